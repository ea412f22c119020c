// A case: what it asks for and why, what each target did; and one cell of the matrix in full.

function badgeOf(kind) {
  return el("span", { class: `badge v-${kind.verdict}` }, el("b", {}, kind.verdict.toUpperCase()), ` ${outcomeWords(kind)}`);
}

function requirementLine(name, level) {
  const requirement = requirementOf(name);
  return el("p", { class: "requirement" }, el("b", {}, `${name}, ${level || requirement.level || "level unknown"}`), requirement.wording ? `: ${requirement.wording} ` : " ", requirement.address ? rfcLink(requirement.address, "Read it in the RFC") : null);
}

function requirementBlock(name, level) {
  return [
    requirementLine(name, level),
    data.strictness[level] ? el("p", { class: "why" }, el("b", {}, "Why nothing less strict fits: "), data.strictness[level]) : null,
  ];
}

function requiredSection(item) {
  const bySeat = item.seats.map(([seat, level, name]) => [el("h3", {}, `At the seat of a ${seat}`), requirementBlock(name, level)]);
  const named = new Set(item.seats.map((seat) => seat[2]));
  const others = item.cites.filter((name) => !named.has(name)).map((name) => {
    const requirement = requirementOf(name);
    return el("li", {}, el("b", {}, `${name}, ${requirement.level}`), `: ${requirement.wording} `, rfcLink(requirement.address, "RFC"));
  });
  return el(
    "section",
    {},
    el("h2", {}, "What is required"),
    bySeat.length > 0 ? bySeat : el("p", {}, "The program that made this report does not know this case."),
    others.length > 0 ? [el("h3", {}, "What it is about besides"), el("ul", {}, others)] : null,
  );
}

function resultsTable(item, chosen) {
  const rows = columns.filter((column) => column.cells[item.number]).map((column) => {
    const entries = column.cells[item.number];
    const { kind } = entries[0];
    const same = entries.filter((entry) => entry.kind.verdict === kind.verdict).length;
    return el(
      "tr",
      { class: column === chosen ? "chosen" : null },
      el("th", { scope: "row" }, el("a", { href: cellLink(item, column), "aria-current": column === chosen ? "true" : null }, column.label), el("span", { class: "pair" }, ` ${column.pair}`)),
      el("td", {}, badgeOf(kind)),
      el("td", {}, entries.length > 1 ? `${same} of ${entries.length}` : ""),
      el("td", { class: "wire-words" }, observedWords(kind)),
    );
  });
  const head = ["Target", "Result", "Share", "Observed"].map((text) => el("th", { scope: "col" }, text));
  return el("div", { class: "scroller", tabindex: 0, role: "region", "aria-label": "Results of this case" }, el("table", { class: "results" }, el("caption", {}, "Results; follow a target for its transcript"), el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows)));
}

function term(name, ...content) {
  return [el("dt", {}, name), el("dd", {}, content)];
}

function factsOf(column, entry) {
  const { kind } = entry;
  const bad = kind.verdict === "fail" || kind.verdict === "warn";
  const deciding = kind.requirements[0];
  return el(
    "dl",
    { class: "facts" },
    term("Result", badgeOf(kind), " ", kind.meaning),
    deciding ? term({ fail: "Broken", warn: "Not met" }[kind.verdict] ?? "Decided by", requirementBlock(deciding, kind.level)) : null,
    bad && kind.impact ? term("What it does to users", kind.impact) : null,
    kind.verdict === "pass" && !kind.expected ? null : term("Expected", el("code", {}, kind.expected || "nothing")),
    term("Observed", el("code", {}, observedWords(kind))),
    kind.reason ? term("Reason", kind.reason) : null,
    kind.known ? term("Known", kind.known) : null,
    term("Reproduce", el("code", { class: "command" }, reproduceOf(column, entry))),
  );
}

// A line of a transcript, each line of a message on its own.
function wireText(text) {
  const lines = text.split(/(?<=\\r\\n)/);
  return el("code", {}, joined(lines, "\n"));
}

function transcriptTable(lines) {
  const rows = lines.map((line) =>
    el("tr", { class: line.dir }, el("td", { class: "time" }, timeWords(line.us)), el("td", {}, line.lane === line.dir ? line.lane : `${line.lane} ${line.dir === "note" ? "" : line.dir}`), el("td", {}, wireText(line.text))),
  );
  const head = ["Time", "Who", "What"].map((text) => el("th", { scope: "col" }, text));
  return el("div", { class: "scroller", tabindex: 0, role: "region", "aria-label": "Transcript" }, el("table", { class: "transcript" }, el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows)));
}

function withoutTranscript(column, entry) {
  const passed = !["fail", "warn", "error"].includes(entry.kind.verdict);
  const sibling = column.cells[entry.kind.case].find((other) => column.transcripts[other.row] !== undefined);
  return el("p", { class: "empty" }, passed ? "What passed has no transcript." : "This transcript was left out to keep the page small.", " The reproduce line shows every byte.", sibling && !passed ? ` Choose ${sibling.kind.parameter} for one of this case.` : "");
}

async function drawEntry(place, item, column, entry) {
  const expected = sequence("Expected", expectedMessages(item, entry.kind.parameter, entry.kind.reason));
  const diagrams = el("div", { class: "diagrams" }, item.steps ? expected : null);
  const transcript = el("div", {});
  place.replaceChildren(factsOf(column, entry), el("h3", {}, "Choreography"), diagrams, el("h3", {}, "Transcript"), transcript);
  let lines = null;
  try {
    lines = await transcriptOf(column, entry);
  } catch (error) {
    transcript.append(el("p", { class: "empty" }, `This browser cannot unpack the transcripts (${error.message}).`));
    return;
  }
  if (lines === null) {
    transcript.append(withoutTranscript(column, entry));
    return;
  }
  diagrams.append(sequence("Observed", observedMessages(lines)));
  transcript.append(transcriptTable(lines));
}

// One cell: where a case has parameters, each value can be chosen.
function cellSection(item, column) {
  const entries = column.cells[item.number];
  const place = el("div", { class: "entry" });
  const parts = [el("h2", { id: "cell" }, "At ", el("a", { href: targetLink(column) }, columnName(column)))];
  if (entries.length > 1) {
    const options = entries.map((entry, i) => el("option", { value: i }, `${entry.kind.parameter || "none"}: ${entry.kind.verdict.toUpperCase()} ${outcomeWords(entry.kind)}`));
    const select = el("select", { id: "entry" }, options);
    select.addEventListener("change", () => drawEntry(place, item, column, entries[Number(select.value)]));
    parts.push(el("p", { class: "filter" }, el("label", { for: "entry" }, plural(entries.length, "result")), select));
  }
  drawEntry(place, item, column, entries[0]);
  return el("section", { class: "cell" }, parts, place);
}

function impactSection(item) {
  const seen = new Map();
  for (const column of columns) {
    for (const { kind } of column.cells[item.number] ?? []) {
      if ((kind.verdict === "fail" || kind.verdict === "warn") && kind.impact) {
        seen.set(kind.impact, kind.outcome);
      }
    }
  }
  if (seen.size === 0) {
    return null;
  }
  return el("section", {}, el("h2", {}, "What a miss does to users"), el("dl", { class: "facts" }, [...seen].map(([impact, outcome]) => term(outcome, impact))));
}

// The steps with the numbers of their lines, which reasons name.
function caseText(item) {
  const steps = item.steps.split("\n").map((line, i) => [el("span", { class: "number", "data-number": item.line + i }), `${line}\n`]);
  return el("pre", { tabindex: 0 }, item.head ? `${item.head}\n\n` : null, steps);
}

function caseView(item, column) {
  const alone = column === null;
  return el(
    "article",
    {},
    el("p", { class: "crumbs" }, el("a", { href: lastMatrix }, "Matrix"), ` / ${item.group}`),
    el("h1", {}, item.title),
    el("p", { class: "id" }, el("a", { href: caseLink(item) }, item.id)),
    item.why ? el("p", { class: "lead" }, item.why) : null,
    column === null ? null : cellSection(item, column),
    requiredSection(item),
    impactSection(item),
    bugsSection(item),
    item.steps
      ? el("section", {}, el("h2", {}, "The case"), el("div", { class: "diagrams" }, caseText(item), alone ? sequence("Expected", expectedMessages(item, "", "")) : null))
      : null,
    el("section", {}, el("h2", {}, "Results"), resultsTable(item, column)),
  );
}

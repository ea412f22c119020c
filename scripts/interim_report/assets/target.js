// A target: what it does with interim responses, its limits, its delays and its faults.

const MEASURE_WORDS = {
  round_trip_ms: "Longest plain round trip, ms",
  deadline_ms: "Deadline of a wait, ms",
  max_interims: "Interim responses before one final, most that passed",
  max_interim_fields: "Fields in one interim response, most that passed",
};

function profileTable(column) {
  const rows = Object.entries(column.profile).map(([name, value]) => [MEASURE_WORDS[name] ?? name, value]);
  if (column.delays.length > 0) {
    rows.push(["Delay of an interim response, median, ms", column.delays[0]], ["Delay of an interim response, longest, ms", column.delays[1]]);
  }
  const outcomes = new Map();
  for (const number of column.rows) {
    const kind = kinds[number];
    if (kind.verdict !== "skip" && kind.verdict !== "error") {
      outcomes.set(kind.outcome, (outcomes.get(kind.outcome) ?? 0) + 1);
    }
  }
  const ordered = data.outcomes.filter(([outcome]) => outcomes.has(outcome)).reverse();
  const counted = ordered.map(([outcome, meaning]) => el("tr", {}, el("th", { scope: "row" }, outcome), el("td", { class: "number" }, outcomes.get(outcome)), el("td", {}, meaning)));
  const measured = rows.map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", { class: "number" }, value)));
  return [
    el("h2", {}, "What it does with interim responses"),
    el("table", { class: "results" }, el("tbody", {}, counted)),
    el("h2", {}, "Limits and delays"),
    el("table", { class: "results" }, el("tbody", {}, measured)),
  ];
}

function faultsOf(column) {
  const faults = new Map();
  column.rows.forEach((number, row) => {
    const kind = kinds[number];
    if (kind.verdict === "fail" || kind.verdict === "warn") {
      const fault = faults.get(kind.fault) ?? { kind, row, count: 0 };
      fault.count++;
      faults.set(kind.fault, fault);
    }
  });
  return [...faults.values()].sort((a, b) => b.kind.weight - a.kind.weight || a.kind.seriousness - b.kind.seriousness || b.count - a.count);
}

function faultsSection(column) {
  const faults = faultsOf(column);
  if (faults.length === 0) {
    return [el("h2", {}, "Faults"), el("p", {}, "None was found.")];
  }
  const items = faults.map(({ kind, count }) =>
    el(
      "li",
      {},
      badgeOf(kind),
      ` ${plural(count, "result")}, for example `,
      el("a", { href: cellLink(cases[kind.case], column) }, cases[kind.case].id),
      kind.requirements.length > 0 ? requirementLine(kind.requirements[0], kind.level) : null,
      kind.impact ? el("p", { class: "why" }, kind.impact) : null,
    ),
  );
  return [el("h2", {}, plural(faults.length, "fault")), el("ol", { class: "faults" }, items)];
}

function informedSection(column) {
  const seen = new Set();
  const rows = [];
  for (const number of column.rows) {
    const kind = kinds[number];
    const item = cases[kind.case];
    if (kind.verdict === "info" && !seen.has(item.number)) {
      seen.add(item.number);
      rows.push(el("tr", {}, el("th", { scope: "row" }, el("a", { href: cellLink(item, column) }, item.id)), el("td", {}, kind.outcome), el("td", { class: "wire-words" }, kind.observed)));
    }
  }
  if (rows.length === 0) {
    return null;
  }
  const head = ["Case", "Outcome", "Observed"].map((text) => el("th", { scope: "col" }, text));
  return [
    el("h2", {}, "Measured, not judged"),
    el("p", {}, "No sentence decides these."),
    el("div", { class: "scroller", tabindex: 0, role: "region", "aria-label": "Measured, not judged" }, el("table", { class: "results" }, el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows))),
  ];
}

function targetView(column) {
  return el(
    "article",
    {},
    el("p", { class: "crumbs" }, el("a", { href: lastMatrix }, "Matrix"), " / target"),
    el("h1", {}, column.label),
    el("p", { class: "lead" }, `A ${column.seat}, ${column.pair} (towards it / behind it).`),
    column.stopped ? el("p", {}, el("strong", { class: "stopped" }, column.stopped)) : null,
    el("p", { class: "counts" }, countWords(column.counts)),
    countsBar(column),
    faultsSection(column),
    profileTable(column),
    informedSection(column),
    el("h2", {}, "The run"),
    el("dl", { class: "facts" }, term("Name", column.name || "none given"), term("Version", column.version || "none given"), term("Address", column.url), term("Started", column.started), term("Suite", column.suite)),
  );
}

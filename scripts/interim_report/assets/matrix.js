// The first view: cases by targets, with filters. A group is one row until it is opened.

const filters = { seat: "", pair: "", level: "", text: "", verdicts: new Set() };
// Groups that the reader opened or closed; the others are open where filters leave few cells.
const opened = new Map();
const FEW_CELLS = 1200;

function filtersFrom(query) {
  const given = new URLSearchParams(query);
  for (const name of ["seat", "pair", "level", "text"]) {
    filters[name] = given.get(name) ?? "";
  }
  filters.verdicts = new Set((given.get("verdict") ?? "").split(",").filter((verdict) => VERDICTS.includes(verdict)));
}

function filtersToHash() {
  const given = new URLSearchParams();
  for (const name of ["seat", "pair", "level", "text"]) {
    if (filters[name]) {
      given.set(name, filters[name]);
    }
  }
  if (filters.verdicts.size > 0) {
    given.set("verdict", [...filters.verdicts].join(","));
  }
  return given.size > 0 ? `#matrix?${given}` : "#";
}

function shownColumns() {
  return columns.filter(
    (column) => (!filters.seat || column.seat === filters.seat) && (!filters.pair || column.pair === filters.pair),
  );
}

// Does a text filter find a case: in its name and title, or in a requirement or observation of a result.
function caseMatches(item, needle) {
  return !needle || `${item.id} ${item.title} ${item.cites.join(" ")}`.toLowerCase().includes(needle);
}

function entryMatches(entry, needle) {
  const { kind } = entry;
  if (filters.verdicts.size > 0 && !filters.verdicts.has(kind.verdict)) {
    return false;
  }
  if (filters.level && kind.level !== filters.level) {
    return false;
  }
  return !needle || [kind.outcome, kind.observed, kind.reason, ...kind.requirements].join(" ").toLowerCase().includes(needle);
}

// The rows that the filters leave: [{item, cells: entries or null for each shown column}].
function matrixRows(shown) {
  const needle = filters.text.trim().toLowerCase();
  const rows = [];
  for (const item of cases) {
    const inner = caseMatches(item, needle) ? "" : needle;
    const cells = shown.map((column) => {
      const entries = (column.cells[item.number] ?? []).filter((entry) => entryMatches(entry, inner));
      return entries.length > 0 ? entries : null;
    });
    if (cells.some((cell) => cell !== null)) {
      rows.push({ item, cells });
    }
  }
  return rows;
}

function isFiltered() {
  return Boolean(filters.text.trim() || filters.level || filters.verdicts.size > 0);
}

function cellOf(item, column, entries) {
  if (entries === null) {
    return el("td", { class: "none", "data-target": columnName(column) });
  }
  const { kind } = entries[0];
  const all = column.cells[item.number].length;
  const same = entries.filter((entry) => entry.kind.verdict === kind.verdict).length;
  return el(
    "td",
    { class: `v-${kind.verdict}`, "data-target": columnName(column) },
    el(
      "a",
      { href: cellLink(item, column) },
      el("span", { class: "verdict" }, kind.verdict.toUpperCase()),
      el("span", { class: "outcome" }, outcomeWords(kind)),
      all > 1 && kind.verdict !== "pass" ? el("span", { class: "share" }, `${same} of ${all}`) : null,
    ),
  );
}

// The worst verdict of a group, and how many of all its results have it, whatever the filters leave.
function groupCell(group, column, rows, index) {
  const entries = rows.flatMap((row) => row.cells[index] ?? []);
  if (entries.length === 0) {
    return el("td", { class: "none", "data-target": columnName(column) });
  }
  const worst = entries.reduce((a, b) => (b.kind.weight > a.kind.weight ? b : a)).kind.verdict;
  const bad = entries.filter((entry) => entry.kind.verdict === worst).length;
  const all = group.cases.reduce((sum, item) => sum + (column.cells[item.number]?.length ?? 0), 0);
  return el(
    "td",
    { class: `v-${worst}`, "data-target": columnName(column) },
    el("span", { class: "verdict" }, worst.toUpperCase()),
    el("span", { class: "share" }, bad === all ? `all ${bad}` : `${bad} of ${all}`),
  );
}

function groupBody(group, rows, shown, few) {
  const open = opened.get(group.name) ?? few;
  const body = el("tbody", {});
  const toggle = el("button", { type: "button", class: "group", "aria-expanded": String(open), "data-group": group.name });
  toggle.append(el("span", { class: "name" }, group.name), el("span", { class: "count" }, plural(rows.length, "case")));
  toggle.addEventListener("click", () => {
    opened.set(group.name, !open);
    const made = groupBody(group, rows, shown, few);
    body.replaceWith(made);
    made.querySelector("button").focus();
  });
  body.append(
    el("tr", { class: "group" }, el("th", { scope: "rowgroup" }, toggle), shown.map((column, i) => groupCell(group, column, rows, i))),
  );
  if (open) {
    for (const { item, cells } of rows) {
      const head = el("th", { scope: "row" }, el("a", { href: caseLink(item) }, item.id.slice(item.group.length + 1)), el("span", { class: "title" }, item.title));
      body.append(el("tr", {}, head, shown.map((column, i) => cellOf(item, column, cells[i]))));
    }
  }
  return body;
}

function headOf(shown) {
  const head = shown.map((column) =>
    el("th", { scope: "col" }, el("a", { href: targetLink(column) }, column.label), el("span", { class: "pair" }, `${column.seat} ${column.pair}`)),
  );
  return el("thead", {}, el("tr", {}, el("th", { scope: "col", class: "corner" }, "Case"), head));
}

function drawMatrix(view) {
  const shown = shownColumns();
  const rows = matrixRows(shown);
  const few = isFiltered() && rows.length * shown.length <= FEW_CELLS;
  const table = el("table", { class: "matrix" }, el("caption", {}, "Cases by targets: the worst outcome of each case. A cell leads to its case."), headOf(shown));
  for (const group of groups) {
    const own = rows.filter((row) => row.item.group === group.name);
    if (own.length > 0) {
      table.append(groupBody(group, own, shown, few));
    }
  }
  view.querySelector(".scroller").replaceChildren(rows.length > 0 ? table : el("p", { class: "empty" }, "No result is left by these filters."));
  const found = `${rows.length} of ${plural(cases.length, "case")}, ${shown.length} of ${plural(columns.length, "column")}`;
  view.querySelector(".found").textContent = found;
}

function selectOf(name, label, values, changed) {
  const select = el("select", { id: `filter-${name}` }, el("option", { value: "" }, "all"), values.map((value) => el("option", { value }, value)));
  select.value = filters[name];
  select.addEventListener("change", () => {
    filters[name] = select.value;
    changed();
  });
  return el("div", { class: "filter" }, el("label", { for: `filter-${name}` }, label), select);
}

function verdictBoxes(changed) {
  const boxes = [...VERDICTS].reverse().map((verdict) => {
    const box = el("input", { type: "checkbox", id: `filter-${verdict}` });
    box.checked = filters.verdicts.has(verdict);
    box.addEventListener("change", () => {
      filters.verdicts[box.checked ? "add" : "delete"](verdict);
      changed();
    });
    return el("span", { class: `box v-${verdict}` }, box, el("label", { for: `filter-${verdict}` }, verdict.toUpperCase()));
  });
  return el("fieldset", { class: "filter" }, el("legend", {}, "Verdict"), boxes);
}

function filterForm(view) {
  const changed = () => {
    opened.forEach((open, name) => open || opened.delete(name));
    history.replaceState(null, "", filtersToHash());
    current = location.hash;
    drawMatrix(view);
    say(view.querySelector(".found").textContent);
  };
  const text = el("input", { type: "search", id: "filter-text", value: filters.text, autocomplete: "off", placeholder: "102, RFC9110-15.2-4, hang" });
  text.addEventListener("input", () => {
    filters.text = text.value;
    changed();
  });
  const reset = el("button", { type: "button" }, "Clear filters");
  reset.addEventListener("click", () => {
    filtersFrom("");
    form.replaceWith(filterForm(view));
    changed();
    document.getElementById("filter-text").focus();
  });
  const all = el("button", { type: "button", class: "open-all" }, "Open all groups");
  all.addEventListener("click", () => {
    const open = all.textContent === "Open all groups";
    groups.forEach((group) => opened.set(group.name, open));
    all.textContent = open ? "Close all groups" : "Open all groups";
    drawMatrix(view);
  });
  const values = (name) => [...new Set(columns.map((column) => column[name]))].sort();
  const levels = data.levels.filter((level) => kinds.some((kind) => kind.level === level));
  const form = el(
    "div",
    { class: "filters", role: "search", "aria-label": "Filters" },
    el("div", { class: "filter wide" }, el("label", { for: "filter-text" }, "Text"), text),
    selectOf("seat", "Seat", values("seat"), changed),
    selectOf("pair", "Versions", values("pair"), changed),
    selectOf("level", "Level", levels, changed),
    verdictBoxes(changed),
    el("div", { class: "filter buttons" }, reset, all),
  );
  return form;
}

function countsBar(column) {
  const total = Math.max(1, column.rows.length);
  let x = 0;
  const parts = [...VERDICTS].reverse().map((verdict) => {
    const width = (100 * column.counts[verdict]) / total;
    const part = svgEl("rect", { class: `b-${verdict}`, x, y: 0, width, height: 8 });
    x += width;
    return part;
  });
  return svgEl("svg", { class: "bar", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" }, parts);
}

function countWords(counts) {
  return [...VERDICTS].reverse().filter((verdict) => counts[verdict] > 0).map((verdict) =>
    el("span", { class: `count v-${verdict}` }, el("b", {}, counts[verdict]), ` ${verdict}`),
  );
}

function targetList() {
  const entries = columns.map((column) =>
    el(
      "li",
      {},
      el("a", { href: targetLink(column) }, column.label),
      el("span", { class: "pair" }, ` ${column.seat} ${column.pair}`),
      countsBar(column),
      el("span", { class: "counts" }, countWords(column.counts)),
      column.stopped ? el("strong", { class: "stopped" }, column.stopped) : null,
    ),
  );
  return el("ul", { class: "targets" }, entries);
}

function matrixView() {
  const scroller = el("div", { class: "scroller matrix-box", tabindex: 0, role: "region", "aria-label": "Matrix of cases by targets" });
  const view = el(
    "section",
    {},
    el("h1", {}, document.title),
    el("p", { class: "lead" }, `${plural(cases.length, "case")} played around ${plural(new Set(columns.map((column) => column.label)).size, "target")}. Each cell is an outcome and the verdict that a sentence of an RFC gives it.`, bugs.length > 0 ? [" That each case can fail is shown by ", el("a", { href: "#bugs" }, plural(bugs.length, "named bug")), "."] : null),
    el("details", { class: "all-targets", open: columns.length <= 6 || (columns.length <= 24 && window.innerWidth > 640) }, el("summary", {}, el("h2", {}, "Targets")), targetList()),
    el("h2", {}, "Matrix"),
  );
  view.append(filterForm(view), el("p", { class: "found" }), scroller);
  drawMatrix(view);
  return view;
}

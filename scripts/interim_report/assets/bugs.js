// Named bugs of the reference peers, and which cases notice them: make mutants. They prove that a case can fail.

const bugs = data.bugs.map(([name, target, says, breaks, count, ...caught]) => ({
  name,
  target,
  says,
  breaks,
  count,
  caught: caught.map(([item, verdict, outcome]) => ({ item: cases[item], verdict: VERDICTS[verdict], outcome: data.outcomes[outcome][0] })),
}));
const bugByName = new Map(bugs.map((bug) => [bug.name, bug]));
const bugLink = (bug) => `#bug/${encodeURI(bug.name)}`;

function bugTable(rows, label, head) {
  const top = el("thead", {}, el("tr", {}, head.map((text) => el("th", { scope: "col" }, text))));
  return el("div", { class: "scroller", tabindex: 0, role: "region", "aria-label": label }, el("table", { class: "results" }, top, el("tbody", {}, rows)));
}

function badgeWords(verdict, outcome) {
  return el("span", { class: `badge v-${verdict}` }, el("b", {}, verdict.toUpperCase()), ` ${outcome}`);
}

// Of a case: the bugs that it notices, and what it then says.
function bugsSection(item) {
  if (bugs.length === 0) {
    return null;
  }
  const rows = [];
  for (const bug of bugs) {
    const found = bug.caught.find((entry) => entry.item === item);
    if (found) {
      rows.push(el("tr", {}, el("th", { scope: "row" }, el("a", { href: bugLink(bug) }, bug.name)), el("td", {}, badgeWords(found.verdict, found.outcome)), el("td", {}, bug.says)));
    }
  }
  const words = rows.length > 0 ? `${plural(rows.length, "named bug")} of the reference peers that this case notices.` : "No named bug of the reference peers makes this case fail.";
  return el("section", {}, el("h2", {}, "Which bugs it catches"), el("p", {}, words), rows.length > 0 ? bugTable(rows, "Bugs that this case catches", ["Bug", "Then", "What it does"]) : null);
}

function bugsView() {
  const rows = bugs.map((bug) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, el("a", { href: bugLink(bug) }, bug.name)),
      el("td", {}, bug.says),
      el("td", {}, bug.target),
      el("td", {}, bug.breaks),
      el("td", { class: "number" }, bug.count),
    ),
  );
  return el(
    "article",
    {},
    el("p", { class: "crumbs" }, el("a", { href: lastMatrix }, "Matrix"), " / bugs"),
    el("h1", {}, "Bugs that the cases catch"),
    el("p", { class: "lead" }, `A case that cannot fail proves nothing. The suite was played against the reference peers with each of ${plural(bugs.length, "named bug")}; without one, nothing fails.`),
    bugTable(rows, "Named bugs", ["Bug", "What it does", "Peer", "Breaks", "Cases"]),
  );
}

function bugView(bug) {
  const rows = bug.caught.map(({ item, verdict, outcome }) =>
    el("tr", {}, el("th", { scope: "row" }, el("a", { href: caseLink(item) }, item.id)), el("td", {}, badgeWords(verdict, outcome)), el("td", {}, item.title)),
  );
  const elsewhere = bug.count - rows.length;
  return el(
    "article",
    {},
    el("p", { class: "crumbs" }, el("a", { href: lastMatrix }, "Matrix"), " / ", el("a", { href: "#bugs" }, "bugs")),
    el("h1", {}, bug.name),
    el("p", { class: "lead" }, `${bug.says} A bug of the reference ${bug.target}.`),
    requirementLine(bug.breaks, ""),
    el("h2", {}, `Noticed by ${plural(bug.count, "case")}`),
    rows.length > 0 ? bugTable(rows, "Cases that notice this bug", ["Case", "Then", "What it asks for"]) : null,
    elsewhere > 0 ? el("p", {}, `${plural(elsewhere, "case")} of other seats or versions that this report has no result of.`) : null,
  );
}

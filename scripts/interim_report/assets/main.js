// Which view is shown: the part of the address behind # says it, so that each view has a permalink.

const main = document.getElementById("content");
const pageTitle = document.title;
let lastMatrix = "#";
let matrixScroll = 0;
let current = "";

function say(text) {
  document.getElementById("status").textContent = text;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// What the address asks for, and its title; the matrix has none of its own.
function viewOf(hash) {
  const [, kind, rest] = /^#?([a-z]*)[/?]?(.*)$/s.exec(hash) ?? [];
  if (kind === "case") {
    const at = rest.lastIndexOf("@");
    const item = caseByName.get(decoded(at < 0 ? rest : rest.slice(0, at)));
    const column = at < 0 ? null : (columnByKey.get(decoded(rest.slice(at + 1))) ?? null);
    if (item) {
      return { view: caseView(item, column?.cells[item.number] ? column : null), title: item.id };
    }
  } else if (kind === "target" && columnByKey.has(decoded(rest))) {
    const column = columnByKey.get(decoded(rest));
    return { view: targetView(column), title: column.label };
  } else if (kind === "bug" && bugByName.has(decoded(rest))) {
    const bug = bugByName.get(decoded(rest));
    return { view: bugView(bug), title: bug.name };
  } else if (kind === "bugs" && bugs.length > 0) {
    return { view: bugsView(), title: "Bugs" };
  } else if (kind === "matrix" || (kind === "" && rest === "")) {
    filtersFrom(kind === "matrix" ? rest : "");
    document.title = pageTitle;
    return { view: matrixView(), title: "" };
  }
  const missing = el("section", {}, el("h1", {}, "Not in this report"), el("p", {}, "The address names a case or target that this report does not have. ", el("a", { href: "#" }, "To the matrix")));
  return { view: missing, title: "Not in this report" };
}

function show(first) {
  const wasMatrix = current === "" || current.startsWith("#matrix");
  current = location.hash === "#" ? "" : location.hash;
  const { view, title } = viewOf(location.hash);
  main.replaceChildren(view);
  document.title = title ? `${title} - ${pageTitle}` : pageTitle;
  const isMatrix = title === "";
  window.scrollTo(0, isMatrix && !wasMatrix ? matrixScroll : 0);
  if (!first) {
    const heading = view.querySelector("h1");
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }
}

// Before a link takes the reader away: where the matrix was.
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[href^='#']") : null;
  if (link?.classList.contains("skip-link")) {
    event.preventDefault();
    main.focus();
  } else if (link && (current === "" || current.startsWith("#matrix"))) {
    matrixScroll = window.scrollY;
    lastMatrix = filtersToHash();
  }
});

window.addEventListener("hashchange", () => show(false));
show(true);

// Elements made of parts. Text of a target becomes a text node or an attribute's value, never markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) {
      made.setAttribute(name, "");
    } else if (value !== false && value !== null && value !== undefined) {
      made.setAttribute(name, String(value));
    }
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== "") {
      made.append(child);
    }
  }
  return made;
}

function el(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function svgEl(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

// A link out of the page: to an RFC's editor only.
function rfcLink(address, text) {
  if (!address.startsWith("https://www.rfc-editor.org/")) {
    return text;
  }
  return el("a", { href: address, rel: "noreferrer" }, text);
}

// A run of controls "a, b or c" between texts.
function joined(parts, between) {
  return parts.flatMap((part, i) => (i === 0 ? [part] : [between, part]));
}

function plural(count, word) {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

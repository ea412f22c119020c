// Sequence diagrams: lanes for client, target and origin, one row for each message.

const LANES = { client: 92, target: 232, origin: 372 };
const ROW = 34;
const MAX_ROWS = 40;
const MAX_LABEL = 21;

// A step of a case: {lane, who, verb, what, line}.
const STEP = /^(client|origin)(?: (\d+))? +(may see|never sees|sees|sends|closes|aborts|half-closes|\S+) *(.*)$/;

// "{name}" with the value of a case's only parameter.
function substituted(item, parameter) {
  const named = [...item.head.matchAll(/^for +(\S+)/gm)];
  return named.length === 1 && parameter ? item.steps.replaceAll(`{${named[0][1]}}`, parameter) : item.steps;
}

const squeezed = (text) => text.replace(/\s+/g, " ").trim();

// What a case asks for, as messages of a diagram. The step that a reason names is marked.
function expectedMessages(item, parameter, reason) {
  const missed = /^line (\d+), "(.*?)":/.exec(reason ?? "");
  const messages = [];
  for (const [i, line] of substituted(item, parameter).split("\n").entries()) {
    const step = STEP.exec(line);
    if (!step) {
      continue;
    }
    const [, lane, number, verb, what] = step;
    const lost = missed !== null && Number(missed[1]) === item.line + i && squeezed(line) === squeezed(missed[2]);
    const label = squeezed(`${number ? `${lane} ${number}: ` : ""}${what || verb}`);
    const base = { label, full: squeezed(line), lost };
    if (verb === "sends") {
      messages.push({ ...base, from: lane, to: "target", style: "plain" });
    } else if (["sees", "may see", "never sees"].includes(verb)) {
      const style = { sees: "plain", "may see": "may", "never sees": "never" }[verb];
      messages.push({ ...base, label: verb === "sees" ? label : `${verb.split(" ")[0]}: ${label}`, from: "target", to: lane, style });
    } else {
      messages.push({ ...base, label: number ? `${lane} ${number} ${verb}` : verb, from: lane, to: "target", style: "cut" });
    }
  }
  return messages;
}

// What bytes are, in a few words. Line ends are written out in transcripts.
function messageLabel(text) {
  const request = /^([A-Z]+) \S+ HTTP\/\d/.exec(text);
  if (request) {
    return request[1];
  }
  if (text.startsWith("HTTP/1.")) {
    return [...text.matchAll(/(?:^|\\r\\n\\r\\n)HTTP\/1\.\d (\d{3})/g)].map((found) => found[1]).join(", ");
  }
  const frame = /^([A-Z_]+) stream=(\d+)/.exec(text);
  if (frame) {
    const pseudo = /:(?:status|method): ([^\\]*)/.exec(text);
    return `${pseudo ? pseudo[1] : frame[1]} (stream ${frame[2]})`;
  }
  return text;
}

function observedMessages(lines) {
  return lines.map((line) => {
    const [lane, number] = line.lane.split(" ");
    const label = `${number ? `${lane} ${number}: ` : ""}${line.dir === "note" ? line.text : messageLabel(line.text)}`;
    const base = { label, full: line.text, us: line.us, lost: false };
    if (lane === "note" || line.dir === "note") {
      return { ...base, from: lane === "note" ? "target" : lane, to: null, style: "note" };
    }
    return line.dir === "sent" ? { ...base, from: lane, to: "target", style: "plain" } : { ...base, from: "target", to: lane, style: "plain" };
  });
}

function clipped(text) {
  return text.length > MAX_LABEL ? `${text.slice(0, MAX_LABEL - 1)}…` : text;
}

function timeWords(us) {
  return us < 10000 ? `${(us / 1000).toFixed(2)} ms` : us < 1e6 ? `${(us / 1000).toFixed(0)} ms` : `${(us / 1e6).toFixed(2)} s`;
}

function arrow(message, y) {
  const [from, to] = [LANES[message.from], LANES[message.to]];
  const way = Math.sign(to - from);
  const tip = to - way * 2;
  const middle = (from + to) / 2;
  return [
    svgEl("line", { class: "wire", x1: from, y1: y, x2: tip, y2: y }),
    message.style === "cut" || message.style === "never"
      ? svgEl("path", { class: "cross", d: `M${middle - 5} ${y - 5}l10 10m0-10l-10 10` })
      : null,
    svgEl("path", { class: "tip", d: `M${tip} ${y}l${-way * 8} -4.5v9z` }),
    svgEl("text", { class: "label", x: middle, y: y - 6, "text-anchor": "middle" }, clipped(message.label)),
  ];
}

function note(message, y) {
  const x = LANES[message.from];
  const anchor = message.from === "origin" ? "end" : message.from === "target" ? "middle" : "start";
  const shift = { end: -8, middle: 0, start: 8 }[anchor];
  return [
    svgEl("circle", { class: "dot", cx: x, cy: y, r: 3.5 }),
    svgEl("text", { class: "label", x: x + shift, y: y - 6, "text-anchor": anchor }, message.label.length > 40 ? `${message.label.slice(0, 39)}…` : message.label),
  ];
}

// A figure with a diagram; its description lists the messages for who does not see it.
function sequence(caption, messages) {
  const rows = messages.slice(0, MAX_ROWS);
  const height = 40 + rows.length * ROW + 12;
  const lanes = Object.entries(LANES).map(([name, x]) => [
    svgEl("text", { class: "lane", x, y: 14, "text-anchor": "middle" }, name),
    svgEl("line", { class: "life", x1: x, y1: 22, x2: x, y2: height }),
  ]);
  const drawn = rows.map((message, i) => {
    const y = 22 + (i + 1) * ROW;
    const time = message.us === undefined ? null : svgEl("text", { class: "time", x: 4, y: y + 4 }, timeWords(message.us));
    const group = svgEl("g", { class: `message ${message.style}${message.lost ? " lost" : ""}` }, svgEl("title", {}, message.full), time);
    return fill(group, {}, [message.to === null ? note(message, y) : arrow(message, y)]);
  });
  const told = rows.map((message) => `${message.from}${message.to ? ` to ${message.to}` : ""}: ${message.label}`).join("; ");
  const svg = svgEl("svg", { class: "sequence", viewBox: `0 0 460 ${height}`, role: "img", "aria-label": `${caption}: ${told}` }, lanes, drawn);
  const left = messages.length - rows.length;
  return el("figure", {}, el("figcaption", {}, caption), svg, left > 0 ? el("p", { class: "more" }, `${left} more messages are in the transcript.`) : null);
}

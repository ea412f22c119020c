// The data of the page, and what the views ask of it. See page.py, class Data.

// What an element holds: JSON, compressed, in base64.
async function unpack(id) {
  const text = document.getElementById(id).textContent;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

const data = await unpack("data");
const VERDICTS = data.verdicts; // what counts most when several are told as one comes last
const word = (number) => data.words[number];

// A kind of result: all that equal results of several targets share.
const kinds = data.kinds.map((kind) => ({
  case: kind[0],
  verdict: VERDICTS[kind[1]],
  weight: kind[1],
  outcome: data.outcomes[kind[2]][0],
  meaning: data.outcomes[kind[2]][1],
  impact: data.outcomes[kind[2]][0] === "unmet" ? data.requirements[word(kind[10])]?.[3] : data.outcomes[kind[2]][2],
  seriousness: kind[2],
  level: kind[3] < 0 ? "" : data.levels[kind[3]],
  expected: word(kind[4]),
  observed: word(kind[5]),
  reason: word(kind[6]),
  fault: word(kind[7]),
  known: word(kind[8]),
  parameter: word(kind[9]),
  requirements: kind.slice(10).map(word),
}));

const cases = data.cases.map((item, number) => ({ ...item, number, group: item.id.split("/")[0] }));
const columns = data.columns;
const caseByName = new Map(cases.map((item) => [item.id, item]));
const columnByKey = new Map(columns.map((column) => [column.key, column]));
const groups = [...new Set(cases.map((item) => item.group))].map((name) => ({
  name,
  cases: cases.filter((item) => item.group === name),
}));

// column.cells[case number]: the rows of a column that are about a case, the worst first.
for (const column of columns) {
  column.cells = [];
  column.rows.forEach((kind, row) => {
    (column.cells[kinds[kind].case] ??= []).push({ row, kind: kinds[kind], number: kind });
  });
  for (const cell of column.cells) {
    cell?.sort((a, b) => b.kind.weight - a.kind.weight || a.kind.seriousness - b.kind.seriousness || a.row - b.row);
  }
  column.counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0]));
  for (const kind of column.rows) {
    column.counts[kinds[kind].verdict]++;
  }
}

// What was seen, in words. A brief result file says of what passed no more than that.
function observedWords(kind) {
  return kind.observed || (kind.verdict === "pass" && !kind.expected ? "what is required" : "nothing");
}

function requirementOf(name) {
  const known = data.requirements[name];
  return known ? { name, level: known[0], wording: known[1], address: known[2] } : { name, level: "", wording: "", address: "" };
}

// What a cell says: the outcome in words. PASS, WARN and FAIL are about the outcome, the others are not.
function outcomeWords(kind) {
  return kind.verdict === "skip" ? "not played" : kind.verdict === "error" ? "not judged" : kind.outcome;
}

const caseLink = (item) => `#case/${encodeURI(item.id)}`;
const cellLink = (item, column) => `#case/${encodeURI(item.id)}@${column.key}`;
const targetLink = (column) => `#target/${column.key}`;
const columnName = (column) => `${column.label}, ${column.pair}`;

function reproduceOf(column, entry) {
  const item = cases[entry.kind.case];
  const id = entry.kind.parameter ? `${item.id}:${entry.kind.parameter}` : item.id;
  return column.reproduce[entry.row] ?? column.prefix + id;
}

// All transcripts, read when the first is asked for.
let unpacked = null;

// The transcript of an entry of a cell, as [{us, lane, dir, text}]; null when the page has none.
async function transcriptOf(column, entry) {
  const number = column.transcripts[entry.row];
  if (number === undefined) {
    return null;
  }
  unpacked ??= unpack("transcripts");
  return (await unpacked)[number].map(([us, lane, dir, text]) => ({ us, lane, dir, text }));
}

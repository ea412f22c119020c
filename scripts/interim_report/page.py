"""The HTML report: one page that needs nothing else, from any number of result files.

The page carries its data as JSON in elements that no browser runs, and a script that builds what is shown
with text nodes only. Its Content-Security-Policy allows this one script and this one style, by their hashes,
and nothing else: no network, no inline handler, no markup made of text.

Results that many targets share are stored once, and all data is compressed (RFC 1950, then base64). Of the
transcripts as many are taken as the page has room for: first one for each fault of each target, then others.
"""

import base64
import hashlib
import html
import json
import zlib
from pathlib import Path

from interim_report import mutants
from interim_report.results import LEVELS, OUTCOMES, VERDICTS, base_of, group_of, pair_word

ASSETS = Path(__file__).resolve().parent / "assets"
SCRIPTS = ["dom.js", "model.js", "matrix.js", "diagram.js", "bugs.js", "case.js", "target.js", "main.js"]
MAX_BYTES = 1_000_000
# Of one line of a transcript; what is longer loses its middle.
MAX_TEXT = 1200
MAX_LINES = 120


class Words:
    """Strings, each stored once."""

    def __init__(self):
        self.all, self.numbers = [], {}

    def number(self, text):
        if text not in self.numbers:
            self.numbers[text] = len(self.all)
            self.all.append(text)
        return self.numbers[text]


class Transcripts:
    """A growing compressed list of transcripts, that ends where the room does."""

    def __init__(self, room):
        self.room, self.count = room, 0
        self.packer = zlib.compressobj(9)
        self.packed = b""

    def add(self, lines):
        """The number of the transcript, or None when there is no room."""
        piece = json.dumps(lines, ensure_ascii=False, separators=(",", ":"))
        trial = self.packer.copy()
        more = trial.compress(f"{'[,'[self.count > 0]}{piece}".encode())
        if (len(self.packed) + len(more) + len(trial.copy().flush())) * 4 / 3 > self.room:
            return None
        self.packer, self.packed, self.count = trial, self.packed + more, self.count + 1
        return self.count - 1

    def encoded(self):
        end = b"]" if self.count else b"[]"
        return base64.b64encode(self.packed + self.packer.compress(end) + self.packer.flush()).decode()


def shortened(text):
    if len(text) <= MAX_TEXT:
        return text
    half = MAX_TEXT // 2
    return f"{text[:half]} ... {len(text) - 2 * half} characters left out ... {text[-half:]}"


def transcript_of(case):
    lines = case["transcript"]
    kept = [[line["t_us"], line["lane"], line["dir"], shortened(line["text"])] for line in lines[:MAX_LINES]]
    if len(lines) > MAX_LINES:
        kept.append([lines[-1]["t_us"], "note", "note", f"{len(lines) - MAX_LINES} more lines left out"])
    return kept


def in_order(runs):
    """Those of one seat beside each other, as their cases are the same; else as they were given."""
    order = ("gateway", "proxy", "origin", "client")
    return sorted(runs, key=lambda run: order.index(run.target["seat"]))


class Data:
    """What the page's script reads; see assets/model.js."""

    def __init__(self, runs, suite, bugs=None):
        self.words, self.kinds, self.kind_numbers = Words(), [], {}
        self.names = sorted({base_of(case["id"]) for run in runs for case in run.cases}, key=lambda name: (group_of(name), name))
        self.numbers = {name: number for number, name in enumerate(self.names)}
        self.titles = {base_of(case["id"]): case["title"] for run in runs for case in run.cases}
        self.explanations = suite.explain(self.names)
        self.suite = suite
        self.bugs = mutants.for_page(bugs, self.numbers) if bugs else []
        self.keys, self.waiting = set(), []
        self.columns = [self.column(run, pair) for run in in_order(runs) for pair in run.pairs()]

    def kind_of(self, case):
        """The number of all that a result has in common with the same result of other targets."""
        base, _, parameter = case["id"].partition(":")
        texts = [case["expected"], case["observed"], case["reason"], case["fault"], case["known"], parameter]
        kind = [
            *(self.numbers[base], VERDICTS.index(case["verdict"]), OUTCOMES.index(case["outcome"])),
            LEVELS.index(case["level"]) if case["level"] in LEVELS else -1,
            *(self.words.number(text) for text in texts),
            *(self.words.number(name) for name in case["requirements"]),
        ]
        key = tuple(kind)
        if key not in self.kind_numbers:
            self.kind_numbers[key] = len(self.kinds)
            self.kinds.append(kind)
        return self.kind_numbers[key]

    def column(self, run, pair):
        cases = run.of_pair(pair)
        target, document = run.target, run.document
        delays = sorted(case["measured"]["interim_delay_ms"] for case in cases if "interim_delay_ms" in case["measured"])
        prefix = prefix_of(cases)
        rows = [self.kind_of(case) for case in cases]
        column = {
            "key": self.key_of(run.label, pair),
            "label": run.label,
            "pair": pair_word(pair),
            "seat": target["seat"],
            "name": target["name"],
            "version": target["version"],
            "url": target["url"],
            "suite": document["tool"]["suite"],
            "started": document["started"],
            "stopped": document["fatal"] or ("The run was interrupted." if document["interrupted"] else ""),
            "profile": document["profile"],
            "delays": [delays[len(delays) // 2], delays[-1]] if delays else [],
            "prefix": prefix,
            "rows": rows,
            "reproduce": {row: case["reproduce"] for row, case in enumerate(cases) if prefix + case["id"] != case["reproduce"]},
            "transcripts": {},
        }
        self.waiting += waiting_of(column, cases)
        return column

    def key_of(self, label, pair):
        """A name for permalinks, that does not depend on the other files where labels differ."""
        slug = "".join(character if character.isalnum() and character.isascii() else "-" for character in label.lower())
        slug = "-".join(part for part in slug.split("-") if part) or "target"
        key, number = f"{slug}~{pair_word(pair).replace('/', '-')}", 2
        while key in self.keys:
            key, number = f"{slug}-{number}~{pair_word(pair).replace('/', '-')}", number + 1
        self.keys.add(key)
        return key

    def take_transcripts(self, room):
        """Compress as many as there is room for; returns them encoded."""
        transcripts = Transcripts(room)
        for rank in (0, 1):
            ranked = [item for item in self.waiting if item[0] == rank]
            for _, name, column, row, case in sorted(ranked, key=lambda item: (self.numbers[item[1]], item[3])):
                number = transcripts.add(transcript_of(case))
                if number is not None:
                    column["transcripts"][row] = number
        return transcripts.encoded()

    def document(self):
        strictness, outcomes = {}, {}
        for explanation in self.explanations.values():
            strictness |= explanation.strictness
            outcomes |= explanation.outcomes
        return {
            "verdicts": VERDICTS,
            "outcomes": [[word, *outcomes.get(word, ("", ""))] for word in OUTCOMES],
            "levels": LEVELS,
            "strictness": strictness,
            "requirements": self.requirements(),
            "cases": [self.case(name) for name in self.names],
            "words": self.words.all,
            "kinds": self.kinds,
            "columns": self.columns,
            "bugs": self.bugs,
        }

    def requirements(self):
        """Those that a case or a result names, [level, wording, address, what it does to users that it is not met]."""
        wanted = {word for word in self.words.all if word in self.suite.requirements}
        for name in self.names:
            wanted |= set(self.suite.cases.get(name, {}).get("cites", []))
        wanted |= {bug[3] for bug in self.bugs}
        known = self.suite.requirements
        return {
            name: [known[name]["level"], known[name]["wording"], known[name]["address"], known[name]["impact"]]
            for name in sorted(wanted)
            if name in known
        }

    def case(self, name):
        listed = self.suite.cases.get(name)
        if listed is None:
            return {"id": name, "title": self.titles[name], "why": "", "seats": [], "cites": [], "head": "", "steps": "", "line": 1}
        seats = [[seat["seat"], seat["level"], seat["requirement"]] for seat in listed["seats"]]
        told = {"id": name, "title": listed["title"], "why": listed["why"], "seats": seats, "cites": listed["cites"]}
        return told | parts_of(self.explanations[name].text)


def parts_of(text):
    """Steps of a case, the line of its file that they begin in, and what of its head is told nowhere else."""
    head, _, steps = text.partition("\n\n")
    kept = [line for line in head.splitlines() if line.split(" ")[0] not in ("title", "why", "cites", "seat")]
    return {"head": "\n".join(kept), "steps": steps, "line": head.count("\n") + 3}


def prefix_of(cases):
    """How the reproduce lines of a run begin, before the case's name."""
    for case in cases:
        if case["reproduce"].endswith(case["id"]):
            return case["reproduce"][: -len(case["id"])]
    return ""


def waiting_of(column, cases):
    """Transcripts to be had, as (rank, name of the case, column, row, case): 0 for the first of a fault."""
    seen, waiting = set(), []
    for row, case in enumerate(cases):
        if case.get("transcript"):
            rank = 0 if case["fault"] not in seen else 1
            seen.add(case["fault"])
            waiting.append((rank, base_of(case["id"]), column, row, case))
    return waiting


def packed(value):
    """JSON, compressed, in letters that mean nothing to HTML."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def source_hash(text):
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def asset(name):
    return (ASSETS / name).read_text(encoding="utf-8")


def script_text():
    """All scripts as one function, that waits for the data first (assets/model.js)."""
    return '"use strict";\n(async () => {\n' + "\n".join(asset(name) for name in SCRIPTS) + "})();\n"


def static_table(columns):
    """The targets and their counts, for a reader without scripts."""
    head = "".join(f'<th scope="col">{word}</th>' for word in ("Target", "Seat", "Versions", *reversed(VERDICTS)))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(columns)}</tbody></table>"


def static_row(run, pair):
    counts = run.counts(pair)
    cells = [run.target["seat"], pair_word(pair), *(str(counts[verdict]) for verdict in reversed(VERDICTS))]
    return f'<tr><th scope="row">{html.escape(run.label)}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def page(runs, suite, title, max_bytes=MAX_BYTES, bugs=None):
    """The whole page, at most max_bytes long where that only costs transcripts; bugs: see mutants.py."""
    data = Data(runs, suite, bugs)
    style, script = asset("page.css"), script_text()
    parts = {
        "title": html.escape(title),
        "style_hash": source_hash(style),
        "script_hash": source_hash(script),
        "static": static_table([static_row(run, pair) for run in runs for pair in run.pairs()]),
        "style": style,
        "script": script,
        "transcripts": "",
    }
    without = filled(parts | {"data": packed(data.document())})
    # Each transcript also costs its row and number in a column, compressed.
    room = max_bytes - len(without.encode()) - 6 * len(data.waiting)
    parts["transcripts"] = data.take_transcripts(room)
    return filled(parts | {"data": packed(data.document())})


def filled(parts):
    """The skeleton with its @name@ marks replaced, in one pass: no part is searched for marks."""
    pieces = asset("page.html").split("@")
    if len(pieces) % 2 == 0:
        raise ValueError("page.html: an @ has no partner")
    return "".join(parts[piece] if number % 2 else piece for number, piece in enumerate(pieces))

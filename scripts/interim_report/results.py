"""Result files (schema interim-results/1, or interim-brief/1), read with suspicion: a target chose part of
their text."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from interim_report import brief

SCHEMA = brief.RESULTS
# In the order in which they count when several are told as one: what was judged above what was not.
VERDICTS = ["skip", "info", "pass", "warn", "error", "fail"]
SEATS = ["origin", "gateway", "proxy", "client"]
# In order of precedence, the most serious first.
OUTCOMES = [
    *("crashed", "taken-as-final", "desync", "hang", "closed", "replaced", "leaked", "altered", "reordered"),
    *("collapsed", "dropped", "unmet", "held", "forwarded", "ok"),
]
LEVELS = ["MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY", "EXPECTED", "CONTESTED", "HOUSE"]

# What may not reach a page, a terminal or an XML file: controls, changes of direction, halves of characters.
UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufff9-\uffff]"
)

TEXTS = ["id", "title", "front", "back", "verdict", "level", "outcome", "expected", "observed", "reason"]
TEXTS += ["fault", "known", "reproduce"]


class ReportError(Exception):
    """What is wrong with an input, where, and what to do."""


@dataclass(frozen=True)
class Run:
    """One result file."""

    path: str
    label: str
    document: dict = field(repr=False)

    @property
    def target(self):
        return self.document["target"]

    @property
    def cases(self):
        return self.document["cases"]

    def pairs(self):
        """[("h1", "h2"), ...]: the pairs of versions with results, in order."""
        return sorted({(case["front"], case["back"]) for case in self.cases})

    def of_pair(self, pair):
        return [case for case in self.cases if (case["front"], case["back"]) == pair]

    def counts(self, pair=None):
        """{"pass": 3, ...} of all verdicts, of one pair or of all."""
        counts = dict.fromkeys(VERDICTS, 0)
        for case in self.cases if pair is None else self.of_pair(pair):
            counts[case["verdict"]] += 1
        return counts

    def is_whole(self):
        return not self.document["interrupted"] and not self.document["fatal"]


def clean(value):
    """The same value with every unprintable character of its texts written out, as \\u{202e}."""
    if isinstance(value, str):
        return UNPRINTABLE.sub(lambda found: f"\\u{{{ord(found[0]):x}}}", value)
    if isinstance(value, list):
        return [clean(item) for item in value]
    if isinstance(value, dict):
        return {clean(key): clean(item) for key, item in value.items()}
    return value


def worst(verdicts):
    return max(verdicts, key=VERDICTS.index)


def base_of(case_id):
    """The case's name without the values of its parameters."""
    return case_id.split(":", 1)[0]


def group_of(case_id):
    return case_id.split("/", 1)[0]


def pair_word(pair):
    """h2/h1, or - for a side that the seat does not have."""
    return "/".join(version or "-" for version in pair)


def check(path, holds, what):
    if not holds:
        raise ReportError(f"{path}: is no result file of {SCHEMA}: {what}; write one with interim run --json FILE")


def texts_of(path, where, thing, names):
    for name in names:
        check(path, isinstance(thing.get(name), str), f"{where} has no text '{name}'")


def is_measures(value):
    return isinstance(value, dict) and all(
        isinstance(number, (int, float)) and not isinstance(number, bool) for number in value.values()
    )


def check_transcript(path, where, lines):
    check(path, isinstance(lines, list), f"{where} has a transcript that is no list")
    for line in lines:
        check(path, isinstance(line, dict), f"{where} has a transcript line that is no object")
        texts_of(path, f"a transcript line of {where}", line, ["lane", "dir", "text"])
        check(path, isinstance(line.get("t_us"), int), f"a transcript line of {where} has no time")


def check_case(path, number, case):
    check(path, isinstance(case, dict), f"case {number} is no object")
    where = f"case {number}"
    texts_of(path, where, case, TEXTS)
    check(path, "/" in case["id"], f"{where} has no id GROUP/NAME")
    check(path, case["verdict"] in VERDICTS, f"{where} has an unknown verdict")
    check(path, case["outcome"] in OUTCOMES, f"{where} has an unknown outcome")
    requirements = case.get("requirements")
    check(path, isinstance(requirements, list), f"{where} has no list of requirements")
    check(path, all(isinstance(name, str) for name in requirements), f"{where} has a requirement that is no text")
    check(path, is_measures(case.get("measured")), f"{where} has no measures")
    check_transcript(path, where, case.get("transcript", []))


def check_document(path, document):
    check(path, isinstance(document, dict), "it holds no object")
    check(path, document.get("schema") == SCHEMA, f"its schema is not {SCHEMA}")
    for name in ("tool", "target"):
        check(path, isinstance(document.get(name), dict), f"it has no '{name}'")
    texts_of(path, "the tool", document["tool"], ["version", "suite"])
    texts_of(path, "the target", document["target"], ["name", "version", "seat", "url"])
    check(path, document["target"]["seat"] in SEATS, "its seat is unknown")
    texts_of(path, "it", document, ["started", "fatal"])
    check(path, isinstance(document.get("interrupted"), bool), "it does not tell whether it was interrupted")
    check(path, is_measures(document.get("profile")), "it has no profile")
    check(path, isinstance(document.get("cases"), list), "it has no list of cases")
    for number, case in enumerate(document["cases"], 1):
        check_case(path, number, case)


def check_row(path, row):
    check(path, isinstance(row, dict) and isinstance(row.get("results"), dict), "a row has no results")
    texts_of(path, "a row", brief.WORDS | row, brief.WORDS)
    for members in row["results"].values():
        check(path, isinstance(members, dict), "a row's results are not by case")
        for values in members.values():
            is_texts = isinstance(values, list) and all(isinstance(value, str) for value in values)
            check(path, is_texts, "the values of a case are not texts")


def check_brief(path, document):
    """What expanding a brief relies on; what it makes is checked as every result file is."""
    for name, kind in (("reproduce", dict), ("results", list), ("transcripts", list)):
        check(path, isinstance(document.get(name), kind), f"it has no '{name}'")
    texts_of(path, "the beginning of its reproduce lines", document["reproduce"], document["reproduce"])
    for group in document["results"]:
        check(path, isinstance(group, dict) and isinstance(group.get("rows"), list), "a group has no rows")
        judged = brief.JUDGEMENT | group
        texts_of(path, "a group", judged, ["verdict", "outcome"])
        is_names = isinstance(judged["requirements"], list) and all(isinstance(name, str) for name in judged["requirements"])
        check(path, is_names, "a group's requirements are not texts")
        for row in group["rows"]:
            check_row(path, row)
    for sample in document["transcripts"]:
        check(path, isinstance(sample, dict), "a transcript is no object")
        texts_of(path, "a transcript", sample, ["id", "versions"])
        is_lines = isinstance(sample.get("lines"), list) and all(
            isinstance(line, list) and len(line) == 4 for line in sample["lines"]
        )
        check(path, is_lines, "a transcript has no lines")


def expanded(path, document):
    """A result file's object, whichever of the two schemas it has."""
    if not isinstance(document, dict) or document.get("schema") != brief.SCHEMA:
        return document
    check_brief(path, document)
    return brief.expand(document)


def label_of(path, target):
    """What a target is called: its name and version, or the file's name when it has none."""
    name, version = target["name"].strip(), target["version"].strip()
    if not name or name == target["url"]:
        name = Path(path).stem
    return f"{name} {version}".strip()


def load(argument):
    """Read FILE or LABEL=FILE."""
    label, path = "", argument
    if "=" in argument and not Path(argument).exists():
        label, path = argument.split("=", 1)
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise ReportError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ReportError(f"{path}: is no UTF-8: {error.reason}") from error
    try:
        document = expanded(path, clean(json.loads(text)))
    except (json.JSONDecodeError, RecursionError) as error:
        raise ReportError(f"{path}: is no JSON: {error}") from error
    check_document(path, document)
    return Run(path, clean(label) or label_of(path, document["target"]), document)


def load_all(arguments):
    """All files, each with a label of its own: where two have the same, the files' names are added."""
    runs = [load(argument) for argument in arguments]
    labels = [run.label for run in runs]
    seen, distinct = {}, []
    for run in runs:
        label = run.label
        if labels.count(label) > 1:
            label = f"{label} ({Path(run.path).stem})"
        seen[label] = seen.get(label, 0) + 1
        if seen[label] > 1:
            label = f"{label} #{seen[label]}"
        distinct.append(Run(run.path, label, run.document))
    return distinct

"""What each server does with each kind of interim response: one Markdown table for each seat.

It goes into a document between two marks, so that it can be made again in place.
"""

import os
from pathlib import Path

from interim_report.markdown import cell_of, escaped, table
from interim_report.results import OUTCOMES, ReportError, base_of, group_of

BEGIN, END = "<!-- interim matrix -->", "<!-- end of interim matrix -->"
HEADINGS = {"gateway": "Gateways", "proxy": "Forward proxies", "origin": "Origin servers", "client": "Clients"}
# What is shown of gateways and proxies: a word for the case, and the case.
CASES = {
    "100, expected": "expect/100-then-200",
    "102": "forward/102-then-200",
    "103": "forward/103-early-hints",
    "any other 1xx": "forward/any-code",
}
# Said of a case that was not judged.
UNJUDGED = {"skip": "not played", "error": "not judged"}
MEETS = {"ok": "answered", "forwarded": "forwarded", "held": "forwarded late"}


def word_of(case):
    """What a target did, in bold where it is a FAIL."""
    if case["verdict"] in UNJUDGED:
        return UNJUDGED[case["verdict"]]
    word = MEETS.get(case["outcome"], case["outcome"])
    return f"**{word}**" if case["verdict"] == "fail" else word


def words_of(cases):
    """The words of several results, each with its share when there are several."""
    counts = {}
    for case in cases:
        counts[word_of(case)] = counts.get(word_of(case), 0) + 1
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    if len(ordered) == 1:
        return ordered[0][0]
    return ", ".join(f"{word} {count} of {len(cases)}" for word, count in ordered)


def did(run, name):
    """What a target did in a case; where its fronts differ, for each of them."""
    fronts = {}
    for case in run.cases:
        if base_of(case["id"]) == name:
            fronts.setdefault(case["front"], []).append(case)
    words = {front: words_of(cases) for front, cases in fronts.items()}
    if len(set(words.values())) <= 1:
        return next(iter(words.values()), "")
    return "; ".join(f"{front} {word}" for front, word in words.items())


def worst_of(run):
    """The most serious outcome of what failed."""
    outcomes = [case["outcome"] for case in run.cases if case["verdict"] == "fail"]
    return min(outcomes, key=OUTCOMES.index, default="none")


def server_cell(run, document):
    name = escaped(run.label)
    if document is None:
        return name
    path = os.path.relpath(run.path, Path(document).resolve().parent)
    return f"[{name}]({path})"


def versions_of(run):
    """h1 h2 / h1: towards it, and what it speaks behind."""
    sides = [sorted({case[side] for case in run.cases if case[side]}) for side in ("front", "back")]
    return " / ".join(" ".join(side) for side in sides if side)


def between(runs, document):
    """A row for each gateway or proxy."""
    rows = [["server", "versions", *CASES, "FAIL", "WARN", "most serious FAIL"]]
    for run in runs:
        counts = run.counts()
        words = [did(run, name) for name in CASES.values()]
        rows.append([server_cell(run, document), versions_of(run), *words, str(counts["fail"]), str(counts["warn"]), worst_of(run)])
    return table(rows, ["---"] * (2 + len(CASES)) + ["---:", "---:", "---"])


def ends(runs, document):
    """A row for each server that makes the answers, with its groups of cases."""
    groups = sorted({group_of(case["id"]) for run in runs for case in run.cases})
    rows = [["server", "versions", *(group.removeprefix("origin-") for group in groups), "FAIL", "WARN"]]
    for run in runs:
        counts = run.counts()
        cells = [cell_of([case for case in run.cases if group_of(case["id"]) == group]) for group in groups]
        rows.append([server_cell(run, document), versions_of(run), *cells, str(counts["fail"]), str(counts["warn"])])
    return table(rows, ["---"] * (2 + len(groups)) + ["---:"] * 2)


def by_seat(runs, document=None):
    """All tables; document: the file that they are for, which links to the result files."""
    parts = []
    for seat, heading in HEADINGS.items():
        own = sorted((run for run in runs if run.target["seat"] == seat), key=lambda run: run.label)
        if own:
            make = between if seat in ("gateway", "proxy") else ends
            parts.append(f"**{heading}** ({len(own)})\n\n{make(own, document)}")
    return "\n".join(parts)


def put_into(path, text):
    """The document at a path with what is between its marks replaced."""
    try:
        whole = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise ReportError(f"{path}: {error.strerror}") from error
    if whole.count(BEGIN) != 1 or whole.count(END) != 1 or whole.index(BEGIN) > whole.index(END):
        raise ReportError(f"{path}: needs one line '{BEGIN}', and behind it one '{END}'")
    before, _, rest = whole.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{text}\n{END}{rest.partition(END)[2]}"

"""Brief result files (schema interim-brief/1, interim-brief-1.schema.json): what is worth keeping of a run.

A brief has each result with its verdict, the requirement that decided it and the words that explain it. It has
no times, nothing measured but limits, no titles, and of the transcripts one for each fault that is a FAIL.
Results that say the same are one row: the row names their pairs of versions, their cases, and the values of each
case's parameters, which stand in its words as {value}. Rows with one judgement are one group. A second run that
finds the same gives the same file, byte for byte.
"""

import json
import re

SCHEMA = "interim-brief/1"
RESULTS = "interim-results/1"
# What each result of a row says, and before that what each row of a group does; where it is missing in a file,
# this is meant. An outcome is the only one of `outcomes`, and a fault is told in the usual way, see usual_fault.
WORDS = {"expected": "", "observed": "", "reason": ""}
JUDGEMENT = {
    **{"verdict": "pass", "level": "MUST", "requirements": [], "outcome": "ok", "outcomes": None},
    **{"fault": None, "known": "", "unexpected": False},
}
COMMON = JUDGEMENT | WORDS
# Which of several outcomes met a requirement, and where among others a message came, differs from run to run.
VARYING = {"pass": "outcome", "info": "observed"}
VALUE = "{value}"
MAX_LINES = 24
MAX_TEXT = 160


def pair_of(case):
    return f"{case['front']}/{case['back']}"


def template(text, value):
    """A text with its case's value as {value}; None where that cannot be undone."""
    if not value:
        return text
    made = re.sub(rf"(?<![\w.]){re.escape(value)}(?![\w.])", VALUE, text)
    return made if filled(made, value) == text else None


def filled(text, value):
    return text.replace(VALUE, value) if value else text


def usual_fault(row):
    """What a result's fault is called where the requirement and the outcome say it all."""
    if row["verdict"] not in ("fail", "warn"):
        return ""
    return " ".join([*row["requirements"][:1], row["outcome"]])


def row_of(case):
    """(the row that a result belongs to, its case's name, its value)."""
    name, _, value = case["id"].partition(":")
    row = {key: case[key] for key in COMMON}
    # The others are what the case cites.
    row["requirements"] = row["requirements"][:1]
    if case["verdict"] == "pass":
        # That it was as it should be is the verdict; how exactly may differ from run to run.
        row |= {"expected": "", "observed": "", "reason": "", "outcomes": [row["outcome"]]}
    row["outcomes"] = None if row["outcomes"] == [row["outcome"]] else row["outcomes"]
    row["fault"] = None if row["fault"] == usual_fault(row) else row["fault"]
    texts = {key: template(row[key], value) for key in WORDS}
    if None in texts.values():
        # Its words cannot have {value}: it stands alone, its value in its name.
        name, value = case["id"], ""
    else:
        row |= texts
    return {key: word for key, word in row.items() if word != COMMON[key]}, name, value


def key_of(case):
    return case["id"], pair_of(case)


def steady(row, before):
    """The row that a result had before, when the two differ only in what may be a matter of time."""
    varying = VARYING.get(row.get("verdict", "pass"))
    if before is None or varying is None:
        return row
    return before if row | {varying: ""} == before | {varying: ""} else row


def groups_of(cases, before):
    """All groups, in the order of their first results; before: the row that each result had in the old brief."""
    rows = {}
    for case in cases:
        row, name, value = row_of(case)
        row = steady(row, before.get(key_of(case)))
        common, members = rows.setdefault(json.dumps(row), (row, {}))
        values = members.setdefault(name, {}).setdefault(pair_of(case), [])
        if value:
            values.append(value)
    groups = {}
    for row, members in rows.values():
        common = {key: word for key, word in row.items() if key in JUDGEMENT}
        words = {key: word for key, word in row.items() if key in WORDS}
        _, group = groups.setdefault(json.dumps(common), (common, []))
        group.append(words | {"results": by_pairs(members)})
    return [common | {"rows": group} for common, group in groups.values()]


def by_pairs(members):
    """{pairs, with blanks between: {case: values}} of {case: {pair: values}}."""
    found = {}
    for name, pairs in members.items():
        shared = {}
        for pair, values in pairs.items():
            shared.setdefault(tuple(values), []).append(pair)
        for values, same in shared.items():
            found.setdefault(" ".join(same), {})[name] = list(values)
    return found


def shortened(text):
    if len(text) <= MAX_TEXT:
        return text
    half = MAX_TEXT // 2
    return f"{text[:half]} ... {len(text) - 2 * half} characters left out ... {text[-half:]}"


def lines_of(transcript):
    lines = [[line["t_us"], line["lane"], line["dir"], shortened(line["text"])] for line in transcript[:MAX_LINES]]
    if len(transcript) > MAX_LINES:
        lines.append([transcript[-1]["t_us"], "note", "note", f"{len(transcript) - MAX_LINES} more lines left out"])
    return lines


def transcripts_of(cases, before, samples):
    """One for each fault that is a FAIL: the one of the old brief, if the new run has that result too; else the first."""
    results = {key_of(case): case for case in cases}
    kept = {}
    for sample in samples:
        case = results.get((sample["id"], sample["versions"]))
        if case is not None and row_of(case)[0] == before.get((sample["id"], sample["versions"])):
            kept[case["fault"]] = sample
    found = {}
    for case in cases:
        if case.get("transcript") and case["verdict"] == "fail" and case["fault"] not in found:
            fresh = {"id": case["id"], "versions": pair_of(case), "lines": lines_of(case["transcript"])}
            found[case["fault"]] = kept.get(case["fault"], fresh)
    return list(found.values())


def reproduce_of(cases):
    """{pair: how its reproduce lines begin, before the case's name}."""
    found = {}
    for case in cases:
        if case["reproduce"].endswith(case["id"]):
            found.setdefault(pair_of(case), case["reproduce"].removesuffix(case["id"]))
    return found


def condense(document, packages=(), old=None):
    """The brief of a result file; old: the brief that it takes the place of, which it follows where it can."""
    if old is not None and old["target"] != document["target"]:
        old = None
    before = {key_of(case): row_of(case)[0] for case in expand(old)["cases"]} if old else {}
    brief = {
        "schema": SCHEMA,
        "tool": document["tool"],
        "started": document["started"],
        "interrupted": document["interrupted"],
        "fatal": document["fatal"],
        "target": document["target"],
        "packages": list(packages),
        "summary": document["summary"],
        "profile": {name: number for name, number in document["profile"].items() if not name.endswith("_ms")},
        "reproduce": reproduce_of(document["cases"]),
        "results": groups_of(document["cases"], before),
        "transcripts": transcripts_of(document["cases"], before, old["transcripts"] if old else []),
    }
    return old if old and brief | {"started": old["started"]} == old else brief


def expand(brief):
    """The result file that a brief is of, as far as the brief tells."""
    samples = {(sample["id"], sample["versions"]): sample["lines"] for sample in brief["transcripts"]}
    cases = [case for group in brief["results"] for row in group["rows"] for case in cases_of(brief, group | row, samples)]
    kept = ("tool", "started", "interrupted", "fatal", "target", "summary", "profile")
    document = {"schema": RESULTS, "duration_ms": 0} | {name: brief[name] for name in kept if name in brief}
    return document | {"cases": sorted(cases, key=lambda case: (case["front"], case["back"]))}


def cases_of(brief, row, samples):
    common = COMMON | {key: word for key, word in row.items() if key in COMMON}
    common["outcomes"] = common["outcomes"] or [common["outcome"]]
    common["fault"] = usual_fault(common) if common["fault"] is None else common["fault"]
    for pairs, members in row["results"].items():
        for pair in pairs.split(" "):
            front, _, back = pair.partition("/")
            for name, values in members.items():
                for value in values or [""]:
                    words = {key: filled(common[key], value) for key in WORDS}
                    case_id = f"{name}:{value}" if value else name
                    lines = samples.get((case_id, pair), [])
                    made = {"id": case_id, "title": "", "front": front, "back": back, **common, **words}
                    made |= {"duration_ms": 0, "measured": {}, "reproduce": brief["reproduce"].get(pair, "") + case_id, "script": ""}
                    if lines or common["verdict"] in ("fail", "warn", "error"):
                        made["transcript"] = [dict(zip(("t_us", "lane", "dir", "text"), line)) for line in lines]
                    yield made


def line(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def block(thing, name):
    """An object as text, the items of its last member on lines of their own."""
    head = line({key: word for key, word in thing.items() if key != name}).removesuffix("}")
    comma = "," if len(thing) > 1 else ""
    return f"{head}{comma}{line(name)}:[\n" + ",\n".join(map(line, thing[name])) + "]}"


def written(brief):
    """A brief as text: a line for each part, and for each row and line of a transcript."""
    parts = []
    for key, value in brief.items():
        name = {"results": "rows", "transcripts": "lines"}.get(key)
        if name and value:
            parts.append(f"{line(key)}:[\n" + ",\n".join(block(thing, name) for thing in value) + "\n]")
        else:
            parts.append(f"{line(key)}:{line(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"

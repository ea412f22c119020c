"""Results as SARIF 2.1.0 (OASIS), for code scanning: one run for each result file.

A rule is a requirement, a result what failed or warned; its location is the case file, at the line of the
step that was not met.
"""

import re

from interim_report.results import base_of, pair_word

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {"fail": "error", "warn": "warning"}
RULE_LEVELS = {"MUST": "error", "MUST NOT": "error", "HOUSE": "error", "MAY": "note", "CONTESTED": "note"}
REASON_LINE = re.compile(r"line (\d{1,6}),")


def sarif(runs, suite):
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [sarif_run(run, suite) for run in runs]}


def sarif_run(run, suite):
    bad = [case for case in run.cases if case["verdict"] in LEVELS]
    names = sorted({case["requirements"][0] for case in bad if case["requirements"]})
    tool = run.document["tool"]
    return {
        "tool": {
            "driver": {
                "name": "interim",
                "version": tool["version"],
                "rules": [rule(name, suite.requirements.get(name)) for name in names],
            }
        },
        "automationDetails": {"id": f"interim/{run.label}/"},
        "invocations": [invocation(run)],
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The root of the repository of interim."}}},
        "results": [result(run, case, names, title_of(case, suite)) for case in bad],
        "columnKind": "unicodeCodePoints",
    }


def rule(name, requirement):
    if requirement is None:
        return {"id": name, "shortDescription": {"text": f"{name}, unknown to this version of interim."}}
    told = {
        "id": name,
        "shortDescription": {"text": f"{name}, {requirement['level']}"},
        "fullDescription": {"text": requirement["wording"]},
        "defaultConfiguration": {"level": RULE_LEVELS.get(requirement["level"], "warning")},
    }
    if requirement["address"].startswith("https://"):
        told["helpUri"] = requirement["address"]
    return told


def invocation(run):
    told = {"executionSuccessful": run.is_whole(), "startTimeUtc": run.document["started"]}
    notes = [f"{case['id']}: {case['reason']}" for case in run.cases if case["verdict"] == "error"]
    if run.document["interrupted"]:
        notes.insert(0, "The run was interrupted.")
    if run.document["fatal"]:
        notes.insert(0, run.document["fatal"])
    if notes:
        told["toolExecutionNotifications"] = [{"level": "error", "message": {"text": note}} for note in notes]
    return told


def title_of(case, suite):
    """A brief result file has no titles."""
    return case["title"] or suite.cases.get(base_of(case["id"]), {}).get("title", case["id"])


def result(run, case, names, title):
    told = {
        "kind": "fail",
        "level": LEVELS[case["verdict"]],
        "message": {"text": message(run, case, title)},
        "locations": [location(case)],
        "partialFingerprints": {"interimCase/v1": f"{case['id']}@{case['front']}/{case['back']}"},
        "properties": {"outcome": case["outcome"], "target": run.label, "reproduce": case["reproduce"]},
    }
    if case["requirements"]:
        told["ruleId"] = case["requirements"][0]
        told["ruleIndex"] = names.index(case["requirements"][0])
    if case["known"]:
        told["suppressions"] = [{"kind": "external", "justification": case["known"]}]
    return told


def message(run, case, title):
    """Markup of SARIF's message strings is off here: brackets are escaped, braces doubled."""
    pair = pair_word((case["front"], case["back"]))
    words = f"{case['outcome']}: {title}. Expected {case['expected'] or 'nothing'}"
    words += f", observed {case['observed'] or 'nothing'} ({run.label}, {pair}). {case['reason']}"
    for character, written in (("\\", "\\\\"), ("[", "\\["), ("]", "\\]"), ("{", "{{"), ("}", "}}")):
        words = words.replace(character, written)
    return words.strip()


def location(case):
    name = base_of(case["id"])
    line = REASON_LINE.match(case["reason"])
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": f"cases/{quoted(name)}.case", "uriBaseId": "SRCROOT"},
            "region": {"startLine": max(1, int(line[1])) if line else 1},
        },
        "logicalLocations": [{"name": case["id"], "kind": "module"}],
    }


def quoted(name):
    """A case's name as part of a URI: never outside cases/."""
    kept = re.sub(r"[^A-Za-z0-9._/-]", "_", name)
    return "/".join(part if part.strip(".") else "_" for part in kept.split("/"))

"""What make mutants wrote (schema interim-mutants/1): which named bugs of the reference peers a case notices."""

import json
from pathlib import Path

from interim_report.results import OUTCOMES, VERDICTS, ReportError, base_of, clean

SCHEMA = "interim-mutants/1"
TEXTS = ("name", "target", "says", "breaks")


def load(path):
    try:
        document = clean(json.loads(Path(path).read_text(encoding="utf-8")))
    except OSError as error:
        raise ReportError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ReportError(f"{path}: is no JSON: {error}") from error
    if not is_sound(document):
        raise ReportError(f"{path}: is no file of {SCHEMA}; make mutants writes one")
    return document


def is_sound(document):
    """Whether what this module reads is there."""
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        return False
    bugs = document.get("bugs")
    return isinstance(bugs, list) and all(is_bug(bug) for bug in bugs)


def is_bug(bug):
    if not isinstance(bug, dict) or not all(isinstance(bug.get(name), str) for name in TEXTS):
        return False
    changes = bug.get("changed")
    return isinstance(changes, list) and all(is_change(change) for change in changes)


def is_change(change):
    return (
        isinstance(change, dict)
        and isinstance(change.get("id"), str)
        and change.get("verdict") in VERDICTS
        and change.get("outcome") in OUTCOMES
        and isinstance(change.get("worse"), bool)
    )


def caught(bug):
    """{case: (verdict, outcome)}: the worst that a bug made of each case that noticed it."""
    worst = {}
    for change in bug["changed"]:
        if change["worse"]:
            weight = (VERDICTS.index(change["verdict"]), -OUTCOMES.index(change["outcome"]))
            name = base_of(change["id"])
            worst[name] = max(weight, worst.get(name, weight))
    return {name: (verdict, -outcome) for name, (verdict, outcome) in worst.items()}


def for_page(document, numbers):
    """[[name, target, what it does, requirement, number of cases that notice it, [case, verdict, outcome], ...]]:
    of the cases that the page has."""
    bugs = []
    for bug in document["bugs"]:
        found = caught(bug)
        known = [[numbers[name], *weight] for name, weight in found.items() if name in numbers]
        bugs.append([*(bug[name] for name in TEXTS), len(found), *known])
    return bugs

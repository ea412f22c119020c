"""What changed between two versions of a server.

A change for the worse is a regression when both runs judged the case: a verdict that is now WARN, or FAIL,
and was better, or the same one of the two with a more serious outcome. SKIP and ERROR say nothing about the
target, so a change from or to them is told and is no regression.
"""

from dataclasses import dataclass

from interim_report.results import OUTCOMES, pair_word

# How bad a judged verdict is. INFO is as good as PASS: no sentence decides.
WEIGHTS = {"pass": 0, "info": 0, "warn": 1, "fail": 2}


@dataclass(frozen=True)
class Change:
    """One result that is not as it was."""

    kind: str
    name: str
    old: dict
    new: dict

    def line(self):
        was, now = (told(case) for case in (self.old, self.new))
        if was == now:
            was, now = (f"{line} ({case['observed']})" for line, case in ((was, self.old), (now, self.new)))
        return f"{self.name}: {was} -> {now}"


def told(case):
    """The verdict and, where the target was judged, the outcome."""
    verdict = case["verdict"].upper()
    return f"{verdict} {case['outcome']}" if case["verdict"] in WEIGHTS else verdict


def named(run):
    return {f"{case['id']}@{pair_word((case['front'], case['back']))}": case for case in run.cases}


def kind_of(old, new):
    """regression, better, unjudged, changed or None."""
    if old["verdict"] not in WEIGHTS or new["verdict"] not in WEIGHTS:
        return None if old["verdict"] == new["verdict"] else "unjudged"
    before, after = WEIGHTS[old["verdict"]], WEIGHTS[new["verdict"]]
    if before == after and after > 0:
        before, after = (-OUTCOMES.index(case["outcome"]) for case in (old, new))
    if before != after:
        return "regression" if after > before else "better"
    return "changed" if (old["outcome"], old["verdict"]) != (new["outcome"], new["verdict"]) else None


@dataclass(frozen=True)
class Diff:
    """All that is not as it was between two runs."""

    old: object
    new: object
    changes: list
    gone: list
    added: list
    measures: list

    def of(self, kind):
        return [change for change in self.changes if change.kind == kind]


def diff(old, new):
    before, after = named(old), named(new)
    changes = []
    for name in sorted(before.keys() & after.keys()):
        kind = kind_of(before[name], after[name])
        if kind:
            changes.append(Change(kind, name, before[name], after[name]))
    profiles = (old.document["profile"], new.document["profile"])
    # What is a limit of the target; times are of the machine as well.
    measures = [
        (name, *(profile.get(name) for profile in profiles))
        for name in sorted({*profiles[0], *profiles[1]})
        if not name.endswith("_ms") and profiles[0].get(name) != profiles[1].get(name)
    ]
    return Diff(old, new, changes, sorted(before.keys() - after.keys()), sorted(after.keys() - before.keys()), measures)


TITLES = {
    "regression": "Regressions",
    "better": "Better",
    "unjudged": "Judged in one of the two runs only",
    "changed": "Other outcomes, at the same weight",
}


def text(found):
    """The words for a person, most serious first."""
    lines = [f"{found.old.label} -> {found.new.label}"]
    suites = [run.document["tool"]["suite"] for run in (found.old, found.new)]
    if suites[0] != suites[1]:
        lines.append(f"note: the suites differ, {suites[0]} and {suites[1]}: a change may be the suite's")
    for run in (found.old, found.new):
        if not run.is_whole():
            lines.append(f"note: the run of {run.path} is not whole")
    for kind, title in TITLES.items():
        changes = found.of(kind)
        if changes:
            lines += ["", f"{title}: {len(changes)}", *(f"  {change.line()}" for change in changes)]
    for title, names in (("No longer played", found.gone), ("Played for the first time", found.added)):
        if names:
            lines += ["", f"{title}: {len(names)}", *(f"  {name}" for name in names)]
    if found.measures:
        lines += ["", "Measured:"]
        lines += [f"  {name}: {shown(was)} -> {shown(now)}" for name, was, now in found.measures]
    counts = [f"{len(found.of('regression'))} regressions", f"{len(found.of('better'))} better"]
    counts += [f"{len(found.of('unjudged')) + len(found.of('changed'))} other changes"]
    return "\n".join([*lines, "", ", ".join(counts)]) + "\n"


def shown(number):
    return "unknown" if number is None else f"{number:g}"

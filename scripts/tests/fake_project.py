"""A small project around the real driver: its own case files, and a program that plays interim."""

import json
import os
import shutil
import stat
import sys

# It appends its arguments to calls.jsonl, connects to its target if there is one, writes the results that
# script.json holds and ends as that says.
FAKE = """#!{python}
import json, os, pathlib, signal, socket, sys, urllib.parse
here = pathlib.Path(__file__).parent
arguments = sys.argv[1:]
with open(here / "calls.jsonl", "a") as calls:
    calls.write(json.dumps(arguments) + "\\n")
script = json.loads((here / "script.json").read_text())
if "--target" in arguments:
    url = urllib.parse.urlsplit(arguments[arguments.index("--target") + 1])
    socket.create_connection((url.hostname, url.port), timeout=5).close()
print(script["says"], file=sys.stderr)
if script["report"] is not None:
    pathlib.Path(arguments[arguments.index("--json") + 1]).write_text(script["report"])
if script["kill"]:
    os.kill(os.getpid(), script["kill"])
sys.exit(script["status"])
"""


def result(name, verdict="pass", **changes):
    """One entry of "cases" in a result file."""
    words = {
        "id": name,
        "title": f"The title of {name}",
        "front": "h1",
        "back": "h1",
        "verdict": verdict,
        "level": "MUST",
        "requirements": ["RFC9110-15.2-4"],
        "outcome": "forwarded",
        "outcomes": ["forwarded"],
        "expected": "102, 200",
        "observed": "102, 200",
        "reason": "",
        "fault": "",
        "known": "",
        "unexpected": verdict == "fail",
        "duration_ms": 3.1,
        "measured": {},
        "reproduce": f"interim run {name}",
    }
    return words | changes


def report(*results, **changes):
    """A result file's object."""
    verdicts = [entry["verdict"] for entry in results]
    names = ("pass", "fail", "warn", "info", "skip", "error")
    words = {
        "schema": "interim-results/1",
        "tool": {"name": "interim", "version": "0", "suite": "0"},
        "started": "2026-11-21T02:00:00Z",
        "duration_ms": 812,
        "interrupted": False,
        "fatal": "",
        "target": {
            "name": "",
            "version": "",
            "seat": "gateway",
            "url": "",
            "fronts": ["h1"],
            "backs": ["h1"],
        },
        "summary": {name: verdicts.count(name) for name in names},
        "cases": list(results),
        "profile": {},
    }
    return words | changes


class FakeProject:
    """The driver, copied below `directory`, with as many case files as the results need."""

    def __init__(self, directory, root):
        self.directory = directory
        self.build = directory / "build"
        self.build.mkdir(parents=True)
        (directory / "scripts").mkdir()
        (directory / "cases").mkdir()
        shutil.copy(root / ".pytest.ini", directory)
        shutil.copy(root / "cases" / "conftest.py", directory / "cases")
        for name in ("interim_driver.py", "interim_play.py", "interim_targets.py"):
            shutil.copy(root / "scripts" / name, directory / "scripts")
        shutil.copytree(root / "scripts" / "targets", directory / "scripts" / "targets")
        for expect in (directory / "scripts" / "targets").glob("*/expect"):
            expect.unlink()
        self.add_requirement("RFC9110-15.2-4", "A client reads one or more 1xx.")
        self.cases = []

    def add_requirement(self, name, wording):
        header = ["id", "level", "roles", "versions", "wording", "address", "note"]
        row = [name, "MUST", "client", "1.1", wording, "https://example.org/rfc9110", ""]
        text = "\t".join(header) + "\n" + "\t".join(row) + "\n"
        (self.directory / "cases" / "requirements.tsv").write_text(text)

    def add_case(self, name):
        path = self.directory / "cases" / f"{name}.case"
        path.parent.mkdir(exist_ok=True)
        path.write_text("title   A case\n")
        # Older than the program, whenever that is written.
        os.utime(path, (0, 0))
        self.cases.append(path)

    def script(self, *results, status=0, kill=0, says="", **changes):
        """What the fake is to report and how it ends; a case file for each result in a group."""
        for entry in results:
            name = entry["id"].partition(":")[0]
            if not name.startswith("sanity/"):
                self.add_case(name)
        self.script_raw(json.dumps(report(*results, **changes)), status, kill, says)

    def script_raw(self, text, status=0, kill=0, says=""):
        data = {"report": text, "status": status, "kill": int(kill), "says": says}
        (self.build / "script.json").write_text(json.dumps(data))
        program = self.build / "interim"
        program.write_text(FAKE.format(python=sys.executable))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    def calls(self):
        """The arguments of each time that the fake ran."""
        path = self.build / "calls.jsonl"
        if not path.is_file():
            return []
        return [json.loads(line) for line in path.read_text().splitlines()]

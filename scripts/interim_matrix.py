"""The suite against the servers of scripts/targets: started one after another, or some at a time, each run once.

Each target gives one Outcome. What a run found goes as a whole into a working directory, and as a brief
(interim_report/brief.py) into the directory of results, where a run that found the same changes nothing.
"""

import json
import os
import re
import shlex
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from interim_play import EXIT_USAGE, arguments_of, failure_of, is_unexpected, read_report, run_bounded
from interim_report import brief
from interim_report.results import VERDICTS
from interim_targets import NotInstalled, Server, StartFailed

# The nonces come from it, so that two runs differ in what the target did only.
SEED = 1
LOG_TAIL = 600


@dataclass
class Outcome:
    """What came of one target: a report, or why there is none."""

    profile: object
    version: str = ""
    seconds: float = 0.0
    skipped: str = ""  # it cannot be had, or says nothing of the server
    failed: str = ""  # it could not be played to the end
    report: dict = field(default=None, repr=False)
    change: str = ""  # of its brief: new, changed, unchanged
    note: str = ""  # what else is to be told

    @property
    def unexpected(self):
        """What is not as the known deviations say, and each ERROR that is none of them."""
        cases = self.report["cases"] if self.report else []
        return [case for case in cases if is_unexpected(case) or (case["verdict"] == "error" and not case["known"])]

    @property
    def is_good(self):
        return not self.failed and not self.unexpected

    def counts(self):
        return self.report["summary"] if self.report else dict.fromkeys(VERDICTS, 0)


def urls_of(server):
    """{version: URL}: each version that the server takes, without TLS where it does."""
    profile = server.profile
    urls = dict.fromkeys(profile.tls_fronts, server.tls_url) | dict.fromkeys(profile.fronts, server.url)
    return dict(sorted(urls.items()))


def by_hand(server, command):
    """A command that asked a server which is gone, as one that starts it first."""
    names = {server.url: "{url}", server.tls_url: "{tls_url}", server.origin: "{origin}"}
    names[shlex.join(server.triggers)] = "{triggers}"
    for text in sorted(filter(None, names), key=len, reverse=True):
        command = re.sub(rf"{re.escape(text)}(?!\d)", names[text], command)
    command = re.sub(r"^interim ", "build/interim ", command)
    return f"scripts/interim_targets.py {server.profile.name} -- {command}"


def packages_of(profile):
    """The packages that a target is, with their versions."""
    names = [name for either in profile.packages for name in either.split("|")]
    if not names:
        return profile.npm
    command = ["dpkg-query", "-W", "-f=${db:Status-Status} ${Package} ${Version}\n", *names]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        return profile.npm
    found = sorted(line.removeprefix("installed ") for line in listed.splitlines() if line.startswith("installed "))
    return found + profile.npm


def played(profile, program, directory, seconds):
    """Start the server, run the suite against it, stop it."""
    if profile.skip:
        return Outcome(profile, skipped=profile.skip)
    try:
        with Server(profile) as server:
            path = directory / f"{profile.name}.json"
            command = [str(program), "run", *arguments_of(server, urls_of(server))]
            command += ["--seed", str(SEED), "--json", str(path), "--color", "never"]
            status, output = run_bounded(command, seconds)
            if status == EXIT_USAGE:
                return Outcome(profile, failed=output.strip())
            report, unread = read_report(path)
            failed = failure_of(status, report) or unread
            if report and report["interrupted"]:
                failed = f"it was not done in {seconds:g} s"
            if failed:
                path.unlink(missing_ok=True)
                return Outcome(profile, server.version, failed=failed)
            settle(server, report)
            path.write_text(json.dumps(report, indent=1), encoding="utf-8")
            outcome = Outcome(profile, server.version, report=report)
            if server.process.poll() is not None:
                outcome.note = f"the server ended in the run, status {server.process.returncode}; its log ends:\n{server.log()[-LOG_TAIL:]}"
            return outcome
    except NotInstalled as error:
        return Outcome(profile, skipped=str(error))
    except StartFailed as error:
        return Outcome(profile, failed=str(error))


def settle(server, report):
    """In a report, name the server in a way that means something when it is gone."""
    report["target"]["url"] = server.profile.url
    for case in report["cases"]:
        case["reproduce"] = by_hand(server, case["reproduce"])


def keep(outcome, results):
    """Write the brief of a target's report; whether that changed anything."""
    path = results / f"{outcome.profile.name}.json"
    old = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    made = brief.condense(outcome.report, packages_of(outcome.profile), old)
    if old == made:
        return "unchanged"
    new = path.with_suffix(".new")
    new.write_text(brief.written(made), encoding="utf-8")
    os.replace(new, path)
    return "changed" if old else "new"


def play_all(profiles, options, tell):
    """An Outcome for each profile, in their order; `tell` is called with each as it comes."""
    options.work.mkdir(parents=True, exist_ok=True)
    options.results.mkdir(parents=True, exist_ok=True)
    lock = threading.Lock()

    def play(profile):
        (options.work / f"{profile.name}.json").unlink(missing_ok=True)
        began = time.monotonic()
        outcome = played(profile, options.program, options.work, options.limit)
        outcome.seconds = time.monotonic() - began
        if outcome.report:
            outcome.change = keep(outcome, options.results)
        with lock:
            tell(outcome)
        return outcome

    with ThreadPoolExecutor(options.jobs) as pool:
        return list(pool.map(play, profiles))

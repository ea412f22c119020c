"""One `interim run`: its arguments for the server of a profile, its time limit, its result file."""

import json
import os
import signal
import subprocess

SCHEMA = "interim-results/1"
RUN_SECONDS = 300.0
INTERRUPT_SECONDS = 10.0
EXIT_USAGE = 2
# What a run that came to its end exits with: see interim(1).
EXIT_FINISHED = (0, 1, 3)


def arguments_of(server, urls):
    """What tells interim of a running server; urls: {version: where it takes that version}."""
    profile, places = server.profile, sorted(set(urls.values()))
    arguments = ["--seat", profile.seat]
    if len(places) == 1:
        arguments += ["--target", places[0]]
    else:
        arguments += [f"--target={version}={url}" for version, url in urls.items()]
    # h1 is what interim begins with by itself.
    arguments += [] if list(urls) == ["h1"] else [f"--front={version}" for version in urls]
    arguments += ["--insecure"] if any(url.startswith("https:") for url in places) else []
    if profile.seat != "origin":
        arguments += ["--origin", server.origin]
    arguments += server.triggers
    arguments += ["--target-name", profile.name]
    arguments += ["--target-version", server.version] if server.version else []
    arguments += ["--expect", os.path.relpath(profile.expect)] if profile.expect else []
    return arguments


def run_bounded(command, seconds=RUN_SECONDS):
    """Status and output of a command, interrupted when it takes too long."""
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        try:
            output, _ = process.communicate(timeout=seconds)
        except BaseException as error:
            # An interrupted run still writes what it knows.
            process.send_signal(signal.SIGINT)
            try:
                output, _ = process.communicate(timeout=INTERRUPT_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                output, _ = process.communicate()
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
    return process.returncode, output.decode("utf-8", "replace")


def read_report(path):
    """The result file, and what is wrong with it: one of them is empty."""
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None, "interim wrote no result file"
    except ValueError as error:
        return None, f"the result file is not JSON: {error}"
    if report.get("schema") != SCHEMA:
        return None, f"the result file's schema is {report.get('schema')!r}, not {SCHEMA!r}"
    return report, ""


def failure_of(status, report):
    """Why what a run told is not to be relied on as a whole, or ""."""
    if status < 0:
        return f"interim died: {signal.Signals(-status).name}"
    if status not in EXIT_FINISHED:
        return f"interim exited with status {status}"
    if report and report["interrupted"]:
        return "the run was interrupted: its results are not complete"
    if report and report.get("fatal"):
        return report["fatal"]
    if report and status == 1 and not any(map(is_unexpected, report["cases"])):
        return "interim exited with status 1, but no result says why"
    return ""


def is_unexpected(result):
    if "unexpected" in result:
        return result["unexpected"]
    return result["verdict"] == "fail"

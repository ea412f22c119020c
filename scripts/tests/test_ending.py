"""Scripts whose reader is gone, or that somebody interrupts, end without a word."""

import os
import signal
import subprocess
import sys
import time

import pytest
from fake_project import report, result
from interim_report import ending
from report_fixtures import write


def without_reader(*command):
    """(status, standard error) of a command whose standard output nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as gone:
        done = subprocess.run(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=gone,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["matrix", "--help"],
        ["matrix", "--program", "/bin/true", "--seat", "client"],
        ["report", "--help"],
        ["report", "markdown", "{file}"],
        ["mutate", "--list", "--layer", "judge"],
    ],
    ids=" ".join,
)
def test_without_a_reader_a_script_ends_quietly(root, tmp_path, command):
    file = write(tmp_path / "one.json", report(result("a/b")))
    name, *words = [word.format(file=file) for word in command]
    assert without_reader(root / "scripts" / name, *words) == (128 + signal.SIGPIPE, "")


def test_report_still_tells_of_an_output_that_cannot_be_written(root, tmp_path):
    file = write(tmp_path / "one.json", report(result("a/b")))
    done = subprocess.run(
        [root / "scripts/report", "markdown", file, "-o", "/dev/full"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (2, "report: /dev/full: No space left on device\n")


def test_what_was_begun_is_stopped_before_the_end():
    """An interrupted script leaves main by an exception."""
    told = []

    def main():
        try:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(60)
        finally:
            told.append("stopped")

    assert (ending.run(main), told) == (128 + signal.SIGINT, ["stopped"])


def test_a_status_and_an_exit_are_passed_on():
    assert ending.run(int, "3") == 3
    with pytest.raises(SystemExit):
        ending.run(sys.exit, 2)

"""The suite proves itself: every named bug of the reference gateway is caught (CONTRIBUTING.md)."""

import subprocess


def test_every_named_bug_is_caught_and_changes_nothing_else(build):
    run = subprocess.run(
        [str(build / "mutants"), "--limit", "120"], capture_output=True, text=True, timeout=1200
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert " 0 unrelated verdicts" in run.stdout

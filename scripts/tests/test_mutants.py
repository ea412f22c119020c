"""The suite proves itself: every named bug of the reference peers is caught (CONTRIBUTING.md)."""

import json
import subprocess

import jsonschema


def test_every_named_bug_is_caught_and_changes_nothing_else(build, root, tmp_path):
    results = tmp_path / "mutants.json"
    run = subprocess.run(
        [str(build / "mutants"), "--limit", "120", "--json", str(results)],
        capture_output=True,
        text=True,
        timeout=1200,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert " 0 unrelated verdicts" in run.stdout
    schema = json.loads((root / "harness/tests/interim-mutants-1.schema.json").read_text())
    mutants = json.loads(results.read_text())
    jsonschema.validate(mutants, schema)
    assert mutants["summary"]["caught"] == len(mutants["bugs"])
    killers = {bug for case in mutants["cases"] for bug in case["bugs"]}
    assert killers == {bug["name"] for bug in mutants["bugs"]}

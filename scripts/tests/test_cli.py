"""The program from outside: its commands, exit statuses and result file."""

import json

import jsonschema
import pytest


@pytest.fixture(scope="session")
def schema(root):
    """The JSON Schema of the result file."""
    return json.loads((root / "harness/report/interim-results-1.schema.json").read_text())


def test_the_schema_is_one(schema):
    jsonschema.Draft202012Validator.check_schema(schema)


def test_the_result_file_of_the_embedded_run_is_valid(interim, run, schema, tmp_path):
    path = tmp_path / "results.json"
    done = run(interim, "run", "--json", path)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(path.read_text())
    jsonschema.validate(report, schema)
    assert report["interrupted"] is False
    assert sum(report["summary"].values()) == len(report["cases"]) > 0


def test_unknown_command_is_wrong_usage(interim, run):
    done = run(interim, "nothing")
    assert done.returncode == 2
    assert "nothing" in done.stderr

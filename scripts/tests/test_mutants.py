"""The suite proves itself: every named bug of the reference peers is caught (CONTRIBUTING.md)."""

import json
import subprocess

import jsonschema
import pytest


@pytest.mark.parametrize("command, has, lacks", [
    ("relay", "drops", "origin-no-100"),
    ("serve", "origin-no-100", "drops"),
])
def test_bugs_are_listed_for_the_peer_that_has_them(program, command, has, lacks):
    names = [line.split()[0] for line in program(command, "--bugs").stdout.splitlines()]
    assert has in names and lacks not in names
    refused = program(command, "--bug", lacks)
    assert refused.returncode == 2 and f"--bug '{lacks}'" in refused.stderr


@pytest.fixture
def serving(interim):
    """Start the reference origin with a bug; its URL."""
    started = []

    def serving(bug):
        started.append(
            subprocess.Popen(
                [interim, "serve", "--listen", "127.0.0.1:0", "--bug", bug],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        address = started[-1].stdout.readline().removeprefix("serve: listening on ").strip()
        return f"http://{address}/"

    yield serving
    for process in started:
        process.kill()
        process.communicate(timeout=10)


def test_a_bug_shows_over_sockets(program, serving):
    arguments = ["run", "--seat", "origin", "--target", serving("origin-102-as-final")]
    case = ["--trigger", "102=GET /102", "origin-102/then-final"]
    assert program(*arguments, *case).returncode == 1
    assert program(*arguments, "origin-expect/100-or-final").returncode == 0


@pytest.mark.parametrize("bug, case", [
    ("origin-tunnel-refused", "origin-upgrade/then-next"),
    ("origin-pipeline-lost", "origin-pipeline/expect-then-get"),
])
def test_an_answer_that_never_comes_is_no_matter_of_order(program, serving, bug, case):
    played = program("run", "--seat", "origin", "--target", serving(bug), "--json", "-", case)
    (result,) = json.loads(played.stdout)["cases"]
    assert result["fault"] == "RFC9110-15-4 hang"
    assert "RFC9112-9.3.2-1" in result["requirements"], "what the case is about is still told"


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
    # No two stands of a bug read alike, nor two changes of one.
    for bug in mutants["bugs"]:
        stands = [tuple(stand.values()) for stand in bug["stands"]]
        assert len(set(stands)) == len(stands), bug["name"]
        places = [tuple(change[key] for key in ("id", "seat", "front", "back", "pass_expect")) for change in bug["changed"]]
        assert len(set(places)) == len(places), bug["name"]
    assert any(stand["pass_expect"] for bug in mutants["bugs"] for stand in bug["stands"])

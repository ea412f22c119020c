"""scripts/matrix, and the brief result files that it leaves."""

import json
import types

import interim_matrix
import jsonschema
import pytest
from fake_project import report, result
from interim_report import brief
from interim_report.results import load, load_all
from interim_report.servers import by_seat, put_into
from interim_targets import Profile, known_targets
from report_fixtures import failed, hostile, write

# A brief leaves these out of each result, and these too of one that passed; and all requirements but the first.
DROPPED = ("title", "duration_ms", "measured", "script", "transcript")
DROPPED_OF_PASS = ("expected", "observed", "reason", "outcomes")


@pytest.fixture(scope="module")
def is_brief(root):
    """Checks a document against the schema of briefs."""
    path = root / "scripts/interim_report/interim-brief-1.schema.json"
    return jsonschema.Draft202012Validator(json.loads(path.read_text())).validate


def told(document):
    """What a brief is to keep: {(id, pair): all but what it drops}."""
    kept = {}
    for case in document["cases"]:
        dropped = DROPPED + (DROPPED_OF_PASS if case["verdict"] == "pass" else ())
        words = {key: case[key] for key in case if key not in dropped}
        kept[case["id"], case["front"], case["back"]] = words | {"requirements": case["requirements"][:1]}
    return kept


def rows_of(made):
    """All rows of a brief, each with the judgement of its group."""
    return [{key: group[key] for key in group if key != "rows"} | row for group in made["results"] for row in group["rows"]]


def codes(verdict, *values, **changes):
    make = failed if verdict == "fail" else result
    return [
        make(f"forward/any-code:{value}", verdict, **{"expected": f"{value}, 200", "observed": f"{value} x2, 200"} | changes)
        for value in values
    ]


def mixed():
    """A document with all that a brief joins and must tell apart again."""
    document = report(
        *(result("forward/102-then-200"), result("forward/102-then-200", front="h2"), result("forward/103", requirements=["RFC8297-2-1", "RFC9110-15.2-4"])),
        *codes("info", 102, 103, 199),
        *codes("info", 102, 103, front="h2"),
        *codes("fail", 104, 105, reason='line 9, "client  sees   104": nothing came'),
        # A value that is part of another word, and a text that holds what stands for a value.
        *codes("info", "2", expected="200", observed="2, 200, 2.2"),
        *codes("info", "7", expected="{value}, 200", observed="7"),
        failed("forward/103", front="h2", outcome="hang", outcomes=["hang", "leaked"], fault="RFC9110-15.2-4 hang", known="ticket 4711", unexpected=False),
        failed("head/102", "warn", level="SHOULD", observed=""),
        result("a/skipped", "skip", reason="it takes no HTTP/1.1"),
        result("origin-expect/plain", front="h1", back=""),
    )
    document["target"] |= {"name": "haproxy", "version": "2.6.12"}
    document["profile"] = {"max_interims": 400, "round_trip_ms": 0.3}
    return document


def test_a_brief_tells_what_its_run_told(is_brief, schema):
    document = mixed()
    made = brief.condense(document, ["haproxy 2.6.12-1"])
    is_brief(made)
    expanded = brief.expand(made)
    jsonschema.validate(expanded, schema)
    assert told(expanded) == told(document)
    assert made["packages"] == ["haproxy 2.6.12-1"]
    assert expanded["profile"] == {"max_interims": 400}
    assert {key: expanded[key] for key in ("tool", "target", "summary")} == {key: document[key] for key in ("tool", "target", "summary")}


def test_a_brief_has_one_row_for_what_is_the_same():
    cases = [result("forward/102-then-200"), result("forward/102-then-200", front="h2"), *codes("info", 102, 103, 199)]
    rows = rows_of(brief.condense(report(*cases)))
    assert [row["results"] for row in rows] == [
        {"h1/h1 h2/h1": {"forward/102-then-200": []}},
        {"h1/h1": {"forward/any-code": ["102", "103", "199"]}},
    ]
    assert rows[1]["observed"] == "{value} x2, 200"


def test_a_brief_has_one_group_for_one_judgement():
    cases = [failed("a/b"), failed("a/c", observed="nothing"), failed("a/d", outcome="hang", fault="RFC9110-15.2-4 hang")]
    groups = brief.condense(report(*cases))["results"]
    assert [[row["results"]["h1/h1"] for row in group["rows"]] for group in groups] == [[{"a/b": []}, {"a/c": []}], [{"a/d": []}]]


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({}, None),
        ({"fault": "RFC9110-15.2-4 hang, at times"}, "RFC9110-15.2-4 hang, at times"),
        ({"fault": ""}, ""),
        ({"requirements": [], "fault": "hang"}, None),
        ({"verdict": "error", "fault": ""}, None),
    ],
)
def test_a_fault_is_kept_where_it_has_words_of_its_own(changes, kept):
    words = {"outcome": "hang", "requirements": ["RFC9110-15.2-4"], "fault": "RFC9110-15.2-4 hang"}
    document = report(failed("a/b", **words | changes))
    made = brief.condense(document)
    assert made["results"][0].get("fault") == kept
    assert told(brief.expand(made)) == told(document)


def test_a_brief_has_one_transcript_for_each_fault_that_is_a_fail():
    cases = [failed("a/b"), failed("a/c"), failed("a/d", fault="RFC9110-15.2-4 hang"), result("a/e"), failed("a/f", "warn", fault="another")]
    made = brief.condense(report(*cases))
    assert [sample["id"] for sample in made["transcripts"]] == ["a/b", "a/d"]
    assert made["transcripts"][0]["lines"][0][:3] == [100, "client", "sent"]
    shown = [len(case.get("transcript", [])) for case in brief.expand(made)["cases"]]
    assert shown == [6, 0, 6, 0, 0]


def test_a_brief_as_text_is_the_same_brief(is_brief):
    made = brief.condense(mixed())
    text = brief.written(made)
    assert json.loads(text) == made
    assert max(map(len, text.splitlines())) < 700


def later(document, **changes):
    """The same run once more, on another day: other times, other transcripts."""
    again = json.loads(json.dumps(document))
    again |= {"started": "2027-01-01T00:00:00Z", "duration_ms": 1, "profile": {**document["profile"], "round_trip_ms": 9}}
    for case in again["cases"]:
        case |= {"duration_ms": 77, "measured": {"interim_delay_ms": 3}}
        for line in case.get("transcript", []):
            line |= {"t_us": line["t_us"] + 5, "text": line["text"] + "later"}
    return again | changes


def test_a_run_that_found_the_same_changes_nothing():
    old = brief.condense(mixed())
    assert brief.condense(later(mixed()), old=old) is old


@pytest.mark.parametrize(
    ("verdict", "change", "is_news"),
    [
        ("pass", {"outcome": "ok", "outcomes": ["ok"]}, False),
        ("pass", {"level": "SHOULD"}, True),
        ("info", {"observed": "102 x7, 200"}, False),
        ("info", {"outcome": "ok"}, True),
        ("warn", {"observed": "102 x7, 200"}, True),
        ("skip", {"reason": "another"}, True),
    ],
)
def test_what_is_a_matter_of_time_is_no_news(verdict, change, is_news):
    first, again = (report(result("a/b", verdict, outcomes=["forwarded", "ok"]) | words) for words in ({}, change))
    old = brief.condense(first)
    assert (brief.condense(again, old=old) is not old) == is_news
    # Of another version everything is.
    again["target"] |= {"version": "2"}
    assert brief.condense(again, old=old)["results"] == brief.condense(again)["results"]


def test_a_result_that_changed_changes_its_row_and_keeps_other_transcripts():
    first = report(failed("a/b"), failed("a/c", fault="RFC9110-15.2-4 hang"))
    old = brief.condense(first)
    again = later(first)
    again["cases"][0] |= {"level": "HOUSE"}
    made = brief.condense(again, old=old)
    assert [row.get("level", "MUST") for row in rows_of(made)] == ["HOUSE", "MUST"]
    assert made["started"] == "2027-01-01T00:00:00Z"
    ends = [sample["lines"][0][3].endswith("later") for sample in made["transcripts"]]
    assert ends == [True, False]


def test_reports_take_briefs(root, build, run, tmp_path):
    document = mixed()
    whole, short = write(tmp_path / "whole.json", document), tmp_path / "short.json"
    short.write_text(brief.written(brief.condense(document)))
    for command in (["markdown"], ["badge"], ["markdown", "--by", "group"]):
        outputs = [run(root / "scripts/report", *command, path) for path in (whole, short)]
        assert [done.returncode for done in outputs] == [0, 0]
        assert outputs[0].stdout == outputs[1].stdout
    done = run(root / "scripts/report", "sarif", "--program", build / "interim", short)
    texts = [found["message"]["text"] for found in json.loads(done.stdout)["runs"][0]["results"]]
    assert len(texts) == 4 and "forward/any-code" not in texts[0] and "passed on by its class" in texts[0]
    page = tmp_path / "page.html"
    done = run(root / "scripts/report", "html", "--program", build / "interim", short, "-o", page)
    assert (done.returncode, done.stderr) == (0, "") and page.stat().st_size > 10000
    done = run(root / "scripts/report", "diff", whole, short)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "0 regressions, 0 better, 0 other changes")


def test_hostile_text_survives_a_brief_as_text(tmp_path):
    document = hostile()
    path = tmp_path / "brief.json"
    path.write_bytes(brief.written(brief.condense(document)).encode("utf-8", "surrogatepass"))
    path.write_text(json.dumps(brief.condense(document)))
    assert "\x1b" not in str(load(str(path)).cases)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"results": None}, "it has no 'results'"),
        ({"results": [{"verdict": "pass"}]}, "a group has no rows"),
        ({"results": [{"rows": [{}]}]}, "a row has no results"),
        ({"results": [{"rows": [{"results": {"h1/h1": {"a/b": "x"}}}]}]}, "the values of a case are not texts"),
        ({"results": [{"rows": [{"reason": 1, "results": {}}]}]}, "a row has no text 'reason'"),
        ({"results": [{"verdict": 1, "rows": []}]}, "a group has no text 'verdict'"),
        ({"results": [{"verdict": "fail", "requirements": [1], "rows": []}]}, "a group's requirements are not texts"),
        ({"results": [{"verdict": "fine", "rows": [{"results": {"h1/h1": {"a/b": []}}}]}]}, "case 1 has an unknown verdict"),
        ({"transcripts": [{"id": "a/b", "versions": "h1/h1", "lines": [[1]]}]}, "a transcript has no lines"),
        ({"tool": 1}, "it has no 'tool'"),
    ],
)
def test_a_broken_brief_is_refused(root, run, tmp_path, change, says):
    path = write(tmp_path / "broken.json", brief.condense(mixed()) | change)
    done = run(root / "scripts/report", "markdown", path)
    assert done.returncode == 2 and says in done.stderr


# Playing


def options(tmp_path, program, **changes):
    words = {"work": tmp_path / "work", "results": tmp_path / "results", "program": program, "limit": 60, "jobs": 2}
    return types.SimpleNamespace(**words | changes)


def profile(tmp_path, *command, **changes):
    words = {"name": "some-server", "packages": [], "url": "http://127.0.0.1:{listen_port}/", "seat": "origin"}
    return Profile(directory=tmp_path, command=list(command), **words | changes)


def test_a_target_is_played_and_its_brief_kept(root, build, run, is_brief, tmp_path):
    command = [root / "scripts/matrix", "--program", build / "interim", "--work", tmp_path / "work"]
    command += ["--results", tmp_path / "results", "nginx-origin"]
    first = run(*command, cwd=root)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "; new (" in first.stdout
    assert first.stdout.splitlines()[-1].startswith("1 played, 0 skipped, 0 not playable, 0 unexpected results in ")
    path = tmp_path / "results" / "nginx-origin.json"
    text = path.read_text()
    made = json.loads(text)
    is_brief(made)
    assert made["target"]["url"] == "http://127.0.0.1:{listen_port}/"
    assert made["packages"][0].startswith("nginx")
    assert made["reproduce"]["h2/"].startswith("scripts/interim_targets.py nginx-origin -- build/interim run --seat origin")
    assert "{tls_url}" in made["reproduce"]["h2/"] and "{url}" in made["reproduce"]["h1/"]
    assert {case["front"] for case in brief.expand(made)["cases"]} == {"h1", "h2"}
    again = run(*command, cwd=root)
    assert again.returncode == 0 and "; unchanged" in again.stdout
    assert path.read_text() == text


def test_what_cannot_be_had_is_skipped(tmp_path):
    seen = []
    missing = profile(tmp_path, "no-such-server")
    outcomes = interim_matrix.play_all([missing], options(tmp_path, "interim"), seen.append)
    assert outcomes == seen and outcomes[0].is_good
    assert outcomes[0].skipped == "no-such-server is not installed: run scripts/setup --targets some-server"
    assert list((tmp_path / "results").iterdir()) == []


def test_what_says_nothing_of_its_server_is_left_out(tmp_path):
    server = profile(tmp_path, "python3", "-m", "http.server", skip="it is a tunnel")
    outcome = interim_matrix.play_all([server], options(tmp_path, "no-such-program"), print)[0]
    assert outcome.is_good and outcome.skipped == "it is a tunnel"


@pytest.mark.parametrize(
    ("words", "is_good"),
    [
        ({"verdict": "fail"}, False),
        ({"verdict": "fail", "unexpected": False}, True),
        ({"verdict": "pass", "unexpected": True}, False),
        ({"verdict": "warn"}, True),
        ({"verdict": "error"}, False),
        ({"verdict": "error", "known": "it dies of this"}, True),
    ],
)
def test_a_target_is_good_when_all_its_faults_are_known(words, is_good):
    case = result("a/b") | {"unexpected": words["verdict"] == "fail", "known": ""} | words
    outcome = interim_matrix.Outcome(None, report=report(case))
    assert (outcome.is_good, outcome.unexpected) == (is_good, [] if is_good else [case])


def test_what_takes_too_long_is_stopped_and_keeps_nothing(tmp_path):
    server = profile(tmp_path, "python3", "-m", "http.server", "--bind", "127.0.0.1", "{listen_port}")
    program = tmp_path / "interim"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    outcome = interim_matrix.play_all([server], options(tmp_path, program, limit=0.2), print)[0]
    assert outcome.failed == "interim died: SIGINT" and not outcome.is_good
    assert list((tmp_path / "results").iterdir()) == []


# Ends with status 3 once a client said something to it; its connection ends with it.
MORTAL = """
import os, socket, sys
server, said = socket.create_server(("127.0.0.1", int(sys.argv[1]))), b""
while not said:
    connection, _ = server.accept()
    said = connection.recv(1)
print("last words", flush=True)
os._exit(3)
"""

# Plays interim: says something to the target, waits until that is gone, and writes a report.
SAYS = """#!/usr/bin/python3
import shutil, socket, sys
url, path = (sys.argv[sys.argv.index(option) + 1] for option in ("--target", "--json"))
with socket.create_connection(("127.0.0.1", int(url.rstrip("/").rpartition(":")[2]))) as target:
    target.sendall(b"x")
    target.recv(1)
shutil.copy({document!r}, path)
"""


def test_a_server_that_ends_in_the_run_is_told(tmp_path):
    server = profile(tmp_path, "python3", "-c", MORTAL, "{listen_port}")
    document, program = write(tmp_path / "report.json", report(result("a/b", back=""))), tmp_path / "interim"
    program.write_text(SAYS.format(document=str(document)))
    program.chmod(0o755)
    outcome = interim_matrix.play_all([server], options(tmp_path, program), print)[0]
    assert outcome.is_good and outcome.change == "new"
    assert outcome.note == "the server ended in the run, status 3; its log ends:\nlast words\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["no-such-target"], "no target is named 'no-such-target'"),
        (["--jobs", "0"], "--jobs and --limit must be above 0"),
        (["--program", "/nowhere/interim"], "/nowhere/interim is missing"),
        (["--seat", "middle"], "invalid choice: 'middle'"),
    ],
)
def test_wrong_usage_is_told(root, run, arguments, says):
    done = run(root / "scripts/matrix", *arguments)
    assert done.returncode == 2 and says in done.stderr


# What is committed


def committed(root):
    return sorted((root / "scripts" / "results").glob("*.json"))


def test_committed_results_are_briefs_of_known_targets(root, is_brief):
    for path in committed(root):
        text = path.read_text(encoding="utf-8")
        made = json.loads(text)
        is_brief(made)
        assert path.stem in known_targets() and made["target"]["name"] == path.stem
        assert brief.written(made) == text
        run = load(str(path))
        assert run.counts() == made["summary"], path
        assert run.is_whole()


def test_readme_tells_what_the_results_tell(root):
    """`make matrix-readme` would change nothing."""
    readme, files = root / "README.md", [str(path) for path in committed(root)]
    assert files
    assert put_into(readme, by_seat(load_all(files), readme)) == readme.read_text(encoding="utf-8")


def test_the_committed_results_are_small(root):
    assert sum(path.stat().st_size for path in committed(root)) < 2_000_000

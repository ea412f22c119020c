"""The program from outside: a run around the embedded gateway, its options and its reports."""

import os
import pty
import re
import subprocess
import xml.etree.ElementTree

import jsonschema
import pytest
from program_fixtures import RUN_SECONDS

SUMMARY = re.compile(
    r"(\d+) pass, (\d+) fail, (\d+) warn, (\d+) info, (\d+) skip, (\d+) error in [\d.]+ s: .+"
)
NO_VERDICT_LINE = re.compile(r"\b(FAIL|WARN|ERROR)\b")
COLOR = "\x1b["
QUICK = "head/102-then-200"


def counts_of(line):
    found = SUMMARY.fullmatch(line)
    assert found, line
    words = ("pass", "fail", "warn", "info", "skip", "error")
    return dict(zip(words, map(int, found.groups())))


def test_the_schema_is_one(schema):
    jsonschema.Draft202012Validator.check_schema(schema)


def test_the_embedded_gateway_is_without_fault(suite):
    played = suite()
    assert played.status == 0, played.out + played.err
    assert played.err == ""
    assert not NO_VERDICT_LINE.search(played.out)
    assert counts_of(played.last_line) == played.report["summary"]
    assert set(played.summary) <= {"pass", "info", "skip"}
    assert played.report["interrupted"] is False and played.report["fatal"] == ""
    assert played.report["target"] | {"url": "", "version": ""} == {
        "name": "interim-relay",
        "version": "",
        "seat": "gateway",
        "url": "",
        "fronts": ["h1", "h2"],
        "backs": ["h1", "h2"],
    }
    assert all(case["known"] == "" and not case["unexpected"] for case in played.cases.values())


def test_the_result_file_goes_to_standard_output_and_the_text_to_standard_error(
    program, read_report, tmp_path
):
    done = program("run", "--json", "-", "forward/*", "framing/cut")
    assert done.returncode == 0
    path = tmp_path / "captured.json"
    path.write_text(done.stdout)
    report = read_report(path)
    assert counts_of(done.stderr.splitlines()[-1]) == report["summary"]


def test_a_report_that_is_there_already_is_replaced(program, read_report, tmp_path):
    path = tmp_path / "results.json"
    path.write_text("x" * 1_000_000)
    assert program("run", QUICK, "--json", path).returncode == 0
    assert {case["id"] for case in read_report(path)["cases"]} == {QUICK}


def test_junit(suite, bad_target, tmp_path):
    path = tmp_path / "junit.xml"
    target = bad_target("drops-102")
    played = suite(*target.proxy, "forward/102-then-*", "http10/*", "--junit", path)
    assert played.status == 1
    tree = xml.etree.ElementTree.parse(path).getroot()
    (testsuite,) = tree.findall("testsuite")
    rows = testsuite.findall("testcase")
    assert {row.get("name") for row in rows} == set(played.cases)
    for name, element in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        marked = {row.get("name") for row in rows if row.find(element) is not None}
        verdict = {"failures": "fail", "errors": "error", "skipped": "skip"}[name]
        assert int(testsuite.get(name)) == len(marked)
        assert marked == {i for i, case in played.cases.items() if case["verdict"] == verdict}
    assert int(testsuite.get("tests")) == len(rows)
    assert rows[0].get("classname").startswith("interim.proxy.h1-h1.")
    assert float(testsuite.get("time")) > 0


def test_tap(suite, bad_target):
    target = bad_target("drops-102")
    played = suite(*target.proxy, "forward/102-then-*", "http10/*", "--tap")
    assert played.status == 1
    assert counts_of(played.err.splitlines()[-1]) == played.report["summary"]
    lines = played.out.splitlines()
    assert lines[0] == "TAP version 13"
    assert lines[1] == f"1..{len(played.cases)}"
    tests = [line for line in lines if re.match(r"(not )?ok ", line)]
    assert len(tests) == len(played.cases)
    for number, (line, case) in enumerate(zip(tests, played.report["cases"]), 1):
        word = "not ok" if case["verdict"] in ("fail", "error") else "ok"
        assert line.startswith(f"{word} {number} - {case['id']} (h1/h1)")
        assert ("# SKIP" in line) == (case["verdict"] == "skip")


def test_quiet_is_the_summary_line_alone(program):
    done = program("run", "--quiet", "forward/*")
    assert done.returncode == 0 and done.stderr == ""
    (line,) = done.stdout.splitlines()
    assert counts_of(line)["pass"] > 0


@pytest.mark.parametrize("quiet", [(), ("--quiet",)])
def test_colors_only_when_asked_for(program, quiet):
    assert COLOR in program("run", QUICK, *quiet, "--color", "always", colors=True).stdout
    assert COLOR not in program("run", QUICK, *quiet, "--color", "never").stdout
    assert COLOR not in program("run", QUICK, *quiet).stdout, "a pipe is no terminal"


@pytest.mark.parametrize(
    ("arguments", "env", "colored"),
    [
        ((), {}, True),
        ((), {"NO_COLOR": "1"}, False),
        (("--color", "auto"), {"NO_COLOR": "1"}, False),
        (("--color", "never"), {}, False),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
    ],
)
def test_colors_on_a_terminal(interim, arguments, env, colored):
    inherited = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    master, terminal = pty.openpty()
    try:
        done = subprocess.run(
            [interim, "run", QUICK, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=terminal,
            stderr=subprocess.PIPE,
            env=inherited | env,
            timeout=RUN_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        # The few lines wait in the terminal until they are read.
        os.set_blocking(master, False)
        text = os.read(master, 65536).decode()
    finally:
        os.close(terminal)
        os.close(master)
    assert done.stderr == b"", "progress belongs on a terminal alone"
    assert re.search(r"[1-9] pass\b", text)
    assert (COLOR in text) == colored


def test_globs_choose_cases(suite):
    played = suite("head/*", "forward/any-code:10[2-4]", "forward/copy")
    assert {i for i in played.cases if not i.startswith("head/")} == {
        "forward/any-code:102",
        "forward/any-code:104",
        "forward/copy",
    }
    assert QUICK in played.cases


def test_the_name_of_a_group_chooses_it_and_a_case_all_of_its_parameters(suite):
    played = suite("head", "forward/duplicate-102")
    by_glob = suite("head/*", "forward/duplicate-102:*")
    assert set(played.cases) == set(by_glob.cases)
    assert {"forward/duplicate-102:2", QUICK} < set(played.cases)


def test_excluded_cases_are_left_out(suite):
    played = suite("forward/102-*", "--exclude", "forward/*-204", "--exclude", "*error*")
    assert "forward/102-then-200" in played.cases
    assert not [i for i in played.cases if i.endswith("204") or "error" in i]


def test_levels(suite):
    globs = ("forward/102-then-200", "forward/100-unasked", "forward/103-early-hints")
    versions = ("--front", "h1", "--back", "h1")  # They have a say in what binds.
    for level, chosen in (("must", globs[1:2]), ("should", globs[:2]), ("all", globs)):
        assert set(suite(*globs, *versions, "--level", level).cases) == set(chosen)


def test_the_seed_fixes_the_order(suite):
    def order(*arguments):
        return list(suite("forward/any-code", *arguments).cases)

    plain = order()
    seven = order("--shuffle", "--seed", "7")
    assert order("--shuffle", "--seed", "7") == seven
    assert seven != plain and sorted(seven) == sorted(plain)
    assert order("--shuffle", "--seed", "8") != seven


def test_repeat_gives_one_row_a_case(suite):
    once = suite("head/*", "forward/duplicate-102")
    played = suite("head/*", "forward/duplicate-102", "--repeat", "3")
    assert played.status == 0
    assert list(played.cases) == list(once.cases)
    assert counts_of(played.last_line) == once.report["summary"]


def test_repeat_keeps_the_worst_verdict_and_tells_how_often_it_came(suite, bad_target):
    # The first play of the case and the one that confirms it alone meet the fault.
    target = bad_target("replaces", "--until", 2)
    played = suite(*target.gateway, "forward/102-then-200", "--repeat", "3")
    case = played.cases["forward/102-then-200"]
    assert played.status == 1
    assert (case["verdict"], case["outcome"]) == ("fail", "replaced")
    assert case["reason"].startswith("in 1 of 3 runs")
    assert "in 1 of 3 runs" in played.out


def test_cases_of_a_directory(suite, program, root, tmp_path):
    (tmp_path / "cases/own").mkdir(parents=True)
    registry = (root / "cases/requirements.tsv").read_text()
    (tmp_path / "cases/requirements.tsv").write_text(registry)
    text = (root / "cases/forward/102-then-200.case").read_text()
    (tmp_path / "cases/own/mine.case").write_text(text)
    played = suite("--cases", tmp_path / "cases")
    assert played.status == 0
    assert list(played.cases) == ["own/mine"]
    assert f"--cases {tmp_path}/cases" in played.cases["own/mine"]["reproduce"]
    listed = program("list", "--cases", tmp_path / "cases")
    assert listed.stdout.splitlines()[0].startswith("own/mine")


def test_verbose_shows_the_transcript_of_what_did_not_pass(suite, bad_target):
    target = bad_target("drops-102")
    globs = ("forward/102-then-200", "head/102-then-200", "forward/100-unasked")
    plain = suite(*target.gateway, *globs)
    verbose = suite(*target.gateway, *globs, "-v")
    assert plain.status == verbose.status == 0
    assert "HTTP/1.1 102 Processing" in verbose.out
    assert len(verbose.out) > len(plain.out)
    assert "transcript" not in plain.cases["forward/100-unasked"]
    assert all(case["transcript"] for case in verbose.cases.values())
    lanes = {(line["lane"], line["dir"]) for line in plain.cases[globs[0]]["transcript"]}
    assert {("client", "sent"), ("origin", "sent"), ("client", "received")} <= lanes


def test_a_small_number_of_cases_in_flight_changes_no_verdict(suite):
    played = suite("--jobs", "1", "forward/any-code:1[0-2]*", "pairing/*")
    assert played.status == 0
    assert set(played.summary) <= {"pass", "info", "skip"}


def test_the_reports_name_the_target(suite):
    played = suite(QUICK, "--target-name", "my gateway", "--target-version", "1.2 <&>")
    assert played.report["target"]["name"] == "my gateway"
    assert played.report["target"]["version"] == "1.2 <&>"
    assert played.last_line.endswith("my gateway 1.2 <&> at seat gateway")

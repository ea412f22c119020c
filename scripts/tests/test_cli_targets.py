"""The program from outside, around targets that are wrong in one way each (see bad_targets.py)."""

import os
import shlex
import signal
import socket
import subprocess
import time

import pytest
from program_fixtures import SANITIZERS, STOP_SECONDS, assert_well_behaved, bad_target_command

CASE = "forward/102-then-200"
FEW = (CASE, "forward/102-then-201", "forward/102-then-204", "forward/copy", "forward/post")
MOST_RESIDENT_KIB = 512 * 1024


def verdicts(played):
    """What came of the cases, in one set: (verdict, outcome, the requirement that decided)."""
    return {
        (case["verdict"], case["outcome"], case["requirements"][0])
        for case in played.cases.values()
    }


def test_a_sound_gateway_and_a_sound_proxy(suite, bad_target):
    target = bad_target("none")
    for arguments in (target.gateway, target.proxy):
        played = suite(*arguments, "forward/102-*", "head/102-then-200", "expect/100-then-200")
        assert played.status == 0
        assert set(played.summary) == {"pass"}
        assert played.cases[CASE]["outcome"] == "forwarded"
        assert played.report["target"]["url"] == target.url


def test_a_relay_of_bytes_is_a_good_gateway_nearly(suite, bad_target):
    target = bad_target("passes-bytes")
    played = suite(*target.gateway, "forward/102-*", "forward/any-code:1[0-3]*", "http10/get")
    assert played.status == 0
    assert played.cases["http10/get"]["verdict"] == "skip", "it asks the origin with HTTP/1.0"
    assert set(played.summary) == {"pass", "skip"}
    played = suite(*target.gateway, "framing/content-length-in-102", "pairing/stray-102")
    assert played.status == 1
    lengths = played.cases["framing/content-length-in-102:5"]
    assert lengths["verdict"] == "fail"
    assert lengths["requirements"][0] == "RFC9110-8.6-1"
    stray = played.cases["pairing/stray-102"]
    assert stray["verdict"] == "fail"
    # Whether our client reads it before or behind its next request is chance.
    assert stray["fault"] in ("RFC9112-9.2-2 desync", "RFC9112-9.2-4 desync")


# Nothing is judged when plain exchanges do not work; what was seen is told.
@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ("garbage", "200, observed"),
        ("endless-header", "200, observed"),
        ("half-status-line", "200, observed"),
        ("silence", "200, observed nothing"),
        ("closes", "200, observed close"),
        ("answers-500", "200, observed 500"),
    ],
)
def test_a_target_that_works_for_nobody_is_not_judged(suite, bad_target, fault, seen):
    target = bad_target(fault)
    played = suite(*target.gateway, *FEW, "--timeout-scale", "0.1")
    assert played.status == 3
    assert set(played.summary) == {"error"}
    assert "a plain GET through the target did not work" in played.report["fatal"]
    assert seen in played.report["fatal"]
    assert "a plain GET through the target did not work" in played.out


# The verdicts where only the plain exchanges work.
@pytest.mark.parametrize(
    ("fault", "status", "expected"),
    [
        ("garbage", 1, {("fail", "altered", "RFC9110-2.2-2")}),
        ("endless-header", 3, {("error", "unmet", "RFC9110-7.6-1")}),
        ("half-status-line", 3, {("error", "hang", "RFC9110-7.6-1")}),
        ("silence", 3, {("error", "hang", "RFC9110-7.6-1")}),
        ("closes", 0, {("skip", "closed", "RFC9110-7.6-1")}),
        ("answers-500", 0, {("skip", "replaced", "RFC9110-7.6-1")}),
        ("control-bytes", 1, {("fail", "altered", "RFC9110-2.2-2")}),
    ],
)
def test_a_target_that_spares_the_plain_exchanges(suite, bad_target, fault, status, expected):
    target = bad_target(fault, "--spare-plain")
    played = suite(*target.gateway, *FEW)
    assert played.report["fatal"] == ""
    assert verdicts(played) == expected
    assert played.status == status


def test_a_target_with_few_connections_to_its_origin_is_not_silent(suite, bad_target):
    # While plays wait on all of them, for a 102 that does not come, nobody else is answered.
    target = bad_target("few-backs")
    played = suite(*target.gateway, *FEW, "forward/102-*", "forward/any-method", "--timeout-scale", "0.2")
    assert len(played.cases) > 12
    assert verdicts(played) == {("warn", "dropped", "RFC9110-7.6-1")}


def test_an_endless_header_takes_little_memory(interim, bad_target, tmp_path):
    target = bad_target("endless-header", "--spare-plain")
    log = tmp_path / "log"
    with log.open("wb") as out, subprocess.Popen(
        [interim, "run", *target.gateway, *FEW], stdout=out, stderr=out, stdin=subprocess.DEVNULL
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 3, log.read_text()
    assert "over the limit" in log.read_text()
    # Of the program under ASan, which keeps what was freed for a while.
    assert usage.ru_maxrss < MOST_RESIDENT_KIB


def test_control_bytes_of_a_target_never_come_out_raw(suite, bad_target, tmp_path):
    # The fixture holds standard output, standard error and the strings of the result file to it.
    target = bad_target("control-bytes", "--spare-plain")
    junit = tmp_path / "junit.xml"
    played = suite(*target.gateway, *FEW, "-v", "--tap", "--junit", junit)
    assert played.status == 1
    assert r"\x1b" in played.err
    received = [
        line["text"]
        for line in played.cases[CASE]["transcript"]
        if (line["lane"], line["dir"]) == ("client", "received")
    ]
    assert any(r"\x1b[31mred\x07" in text for text in received)
    for text in (junit.read_bytes(), (tmp_path / "results.json").read_bytes()):
        assert not set(text) & (set(range(32)) - {10} | {127} | set(range(128, 256)))


def test_the_name_that_a_target_gives_itself_is_escaped(suite, bad_target, tmp_path):
    target = bad_target("evil-fields")
    junit = tmp_path / "junit.xml"
    played = suite(*target.gateway, CASE, "-v", "--junit", junit)
    assert played.status == 0
    assert rb'name="target" value="e\x80\x9b31m\xc2\x9b31m\xff"' in junit.read_bytes()
    assert played.report["target"]["name"] == r"e\x80\x9b31m\xc2\x9b31m\xff"
    assert played.last_line.endswith(r"e\x80\x9b31m\xc2\x9b31m\xff at seat gateway")


def test_dropped_102s_are_an_unmet_expectation_of_a_gateway(suite, bad_target):
    target = bad_target("drops-102")
    played = suite(*target.gateway, *FEW)
    assert played.status == 0
    assert verdicts(played) == {("warn", "dropped", "RFC9110-7.6-1")}
    assert played.cases[CASE]["level"] == "EXPECTED"
    assert (played.cases[CASE]["expected"], played.cases[CASE]["observed"]) == ("102, 200", "200")
    assert "WARN" in played.out and "FAIL" not in played.out


def test_dropped_102s_are_a_violation_of_a_proxy(suite, bad_target):
    target = bad_target("drops-102")
    played = suite(*target.proxy, *FEW)
    assert played.status == 1
    assert verdicts(played) == {("fail", "dropped", "RFC9110-15.2-6")}
    assert played.cases[CASE]["level"] == "MUST"
    assert "FAIL" in played.out


@pytest.mark.parametrize("seat", ["gateway", "proxy"])
@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("hangs-after-interim", "hang"),
        ("first-is-final", "taken-as-final"),
        ("replaces", "replaced"),
    ],
)
def test_an_interim_response_that_breaks_the_exchange(suite, bad_target, fault, outcome, seat):
    target = bad_target(fault)
    played = suite(*getattr(target, seat), *FEW)
    assert played.status == 1
    assert verdicts(played) == {("fail", outcome, "RFC9110-15.2-4")}
    assert played.report["fatal"] == "", "the plain exchanges still work"


def test_results_with_one_cause_are_one_fault(suite, bad_target):
    played = suite(*bad_target("replaces").gateway, *FEW)
    assert len({case["fault"] for case in played.cases.values()}) == 1
    assert f"{len(FEW)} cases, 1 fault" in played.out


def test_the_outcome_is_the_first_of_all(suite, bad_target):
    played = suite(*bad_target("garbage", "--spare-plain").gateway, *FEW)
    for case in played.cases.values():
        assert case["outcome"] == case["outcomes"][0]


def test_the_line_that_reproduces_a_result_does(suite, run, interim, bad_target):
    target = bad_target("replaces")
    line = suite(*target.gateway, *FEW).cases[CASE]["reproduce"]
    program, *arguments = shlex.split(line)
    assert program == "interim"
    done = run(interim, *arguments)
    assert done.returncode == 1
    assert CASE in done.stdout and "replaced" in done.stdout


def test_the_script_that_reproduces_a_result_runs_without_interim(suite, run, bad_target):
    target = bad_target("replaces")
    script = suite(*target.gateway, *FEW).cases[CASE]["script"]
    assert script
    done = run("sh", "-c", script, timeout=STOP_SECONDS)
    assert done.returncode == 0, done.stderr
    assert "502 Own" in done.stdout


def test_such_a_script_passes_over_a_connection_that_the_target_ended(suite, bad_target):
    target = bad_target("replaces")
    script = suite(*target.gateway, *FEW).cases[CASE]["script"]
    functions = {}
    exec(script.split("\n", 1)[1].split("\nsend(", 1)[0], functions)
    with functions["listener"]:
        socket.create_connection(functions["ORIGIN"]).close()
        with socket.create_connection(functions["ORIGIN"]) as second:
            second.sendall(b"GET")
            with functions["origin"](1) as back:
                assert back.recv(9) == b"GET"


@pytest.mark.parametrize("watched", [False, True])
def test_a_target_that_dies_in_mid_run(suite, bad_target, watched):
    target = bad_target("dies", "--spare-plain", "--after", 3)
    pid = ("--pid", target.pid) if watched else ()
    played = suite(*target.gateway, *FEW, "--jobs", "1", "--timeout-scale", "0.3", *pid)
    assert played.status == 1
    assert target.process.wait(STOP_SECONDS) == 1
    crashed = [i for i, case in played.cases.items() if case["outcome"] == "crashed"]
    assert crashed
    for name in crashed:
        case = played.cases[name]
        assert case["verdict"] == "fail" and case["level"] == "HOUSE"
        assert case["requirements"][0] == "HOUSE-ALIVE"
        assert name in played.out
    others = {case["verdict"] for i, case in played.cases.items() if i not in crashed}
    assert others <= {"pass", "error"}
    assert ("target_deaths" in played.report["profile"]) == watched


@pytest.mark.parametrize(("fault", "runs"), [("dies", 1), ("dies", 2), ("dies-late", 1)])
def test_a_target_that_dies_of_one_case_and_is_restarted(
    suite, reserve, bad_target, tmp_path, fault, runs
):
    pids = tmp_path / "pids"
    target = bad_target(fault, "--on", "forward/copy", port=reserve())
    again = bad_target_command(
        fault, "--on", "forward/copy", "--origin", target.origin, "--listen", target.port
    )
    command = f"{shlex.join(again)} >{tmp_path}/log 2>&1 & echo $! >>{pids}"
    try:
        played = suite(
            *(*target.gateway, *FEW, "--restart", command),
            *("--timeout-scale", "0.5", "--repeat", runs),
        )
    finally:
        for pid in map(int, pids.read_text().split() if pids.exists() else ()):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # It died of the case too.
    assert played.status == 1, played.out
    copy = played.cases.pop("forward/copy")
    assert (copy["verdict"], copy["outcome"]) == ("fail", "crashed")
    assert verdicts(played) == {("pass", "forwarded", "RFC9110-7.6-1")}
    assert "restarting it" in played.err
    starts = len(pids.read_text().split())
    assert starts >= 2 * runs, "it died again in each run, and was started for the others"


@pytest.mark.parametrize("jobs", [1, 32])
@pytest.mark.parametrize("fault", ["dies", "dies-late"])
def test_a_restart_command_that_does_not_help(suite, bad_target, fault, jobs):
    target = bad_target(fault, "--on", "forward/copy")
    started = time.monotonic()
    played = suite(
        *(*target.gateway, *FEW, "--jobs", jobs, "--timeout-scale", "0.1"),
        *("--restart", "echo tried; exit 7"),
    )
    assert time.monotonic() - started < STOP_SECONDS
    assert target.process.wait(STOP_SECONDS) == 1
    assert "tried" in played.err and "tried" not in played.out
    assert played.status == 1
    copy = played.cases.pop("forward/copy")
    assert (copy["verdict"], copy["outcome"], copy["level"]) == ("fail", "crashed", "HOUSE")
    assert copy["requirements"][0] == "HOUSE-ALIVE"
    assert "the restart command ended with status 7" in played.err
    if jobs == 1:  # Of several in flight each may have done it.
        assert {case["verdict"] for case in played.cases.values()} == {"pass", "error"}
    for case in played.cases.values():
        if case["verdict"] == "error":
            assert "the restart command did not bring it back" in case["reason"]


def test_a_worker_that_dies_is_seen_by_pid_and_blamed_on_its_case(suite, bad_target):
    target = bad_target("worker-dies", "--on", "forward/copy")
    played = suite(*target.gateway, *FEW, "--pid", target.pid)
    assert played.report["profile"]["target_deaths"] >= 2
    assert played.status == 1
    copy = played.cases.pop("forward/copy")
    assert (copy["verdict"], copy["outcome"]) == ("fail", "crashed")
    assert verdicts(played) == {("pass", "forwarded", "RFC9110-7.6-1")}


def test_a_case_is_not_blamed_for_what_another_does_to_the_worker_of_both(suite, bad_target):
    target = bad_target("worker-dies", "--on", "forward/copy")
    played = suite(*target.gateway, *FEW, "forward/any-code:1[1-4]*")
    assert played.cases.pop("forward/copy")["outcome"] == "closed"
    assert verdicts(played) == {("pass", "forwarded", "RFC9110-7.6-1")}


# A run that lasts, as each case hangs and all times are long.
@pytest.fixture
def long_run(interim, bad_target, tmp_path):
    started = []

    def long_run(*arguments):
        target = bad_target("hangs-after-interim")
        process = subprocess.Popen(
            [interim, "run", *target.gateway, *FEW, "--timeout-scale", "200", *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env=os.environ | SANITIZERS,
        )
        started.append(process)
        target.await_line("hangs")
        return process

    yield long_run
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_reports_what_it_knows(long_run, read_report, tmp_path, number):
    path = tmp_path / "interrupted.json"
    process = long_run("--json", path, "--junit", tmp_path / "junit.xml")
    process.send_signal(number)
    out, err = process.communicate(timeout=STOP_SECONDS)
    assert_well_behaved(process.returncode, out, err)
    assert process.returncode == 130
    report = read_report(path)
    assert report["interrupted"] is True
    assert set(report["cases"][0]["requirements"])
    assert {case["verdict"] for case in report["cases"]} == {"error"}
    assert all("interrupted" in case["reason"] for case in report["cases"])
    assert " error in " in out.splitlines()[-1]
    assert 'name="interrupted" value="yes"' in (tmp_path / "junit.xml").read_text()


def test_a_reader_that_goes_away_ends_the_run_quietly(interim, run):
    """`interim run ... | head -1`: no report of a sanitizer, no hanging."""
    done = run("sh", "-c", '"$0" run "forward/*" | head -1', interim, env=SANITIZERS)
    assert done.stdout.startswith("interim-relay")
    assert_well_behaved(0, done.stdout, done.stderr)


def test_two_runs_at_once_do_not_disturb_each_other(interim, bad_target):
    targets = [bad_target("none"), bad_target("drops-102")]
    processes = [
        subprocess.Popen(
            [interim, "run", "--quiet", *target.gateway, *FEW],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        for target in targets
    ]
    deadline = time.monotonic() + STOP_SECONDS
    lines = [p.communicate(timeout=max(1, deadline - time.monotonic()))[0] for p in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert lines[0].startswith(f"{len(FEW)} pass, 0 fail, 0 warn")
    assert lines[1].startswith(f"0 pass, 0 fail, {len(FEW)} warn")

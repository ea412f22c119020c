"""The pytest driver over a fake interim: what it runs, and what each verdict becomes."""

import re
import signal
import socket
import sys
import xml.etree.ElementTree as ElementTree

import pytest
from fake_project import FakeProject, result


@pytest.fixture
def project(tmp_path, root):
    return FakeProject(tmp_path / "project", root)


@pytest.fixture
def pytest_in(project, run):
    """Run pytest in the project's directory."""

    def pytest_in(*arguments):
        return run(
            sys.executable,
            *("-m", "pytest", "-p", "no:cacheprovider", "-rA", *arguments),
            cwd=project.directory,
            env={"PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "400"},
        )

    return pytest_in


def summary(done):
    """{"passed": 1, ...} of pytest's last line."""
    last = done.stdout.rstrip().splitlines()[-1]
    return {word: int(count) for count, word in re.findall(r"(\d+) (\w+)", last.split(" in ")[0])}


def nodes(done, word):
    """The node ids that pytest's short summary lists under a word."""
    return re.findall(rf"^{word} (cases/\S+)", done.stdout, re.MULTILINE)


# Results become items.


def test_each_result_is_an_item_of_its_case_file(project, pytest_in):
    project.script(
        result("forward/102-then-200"),
        result("forward/any-code:102"),
        result("forward/any-code:199"),
    )
    done = pytest_in("cases")
    assert done.returncode == 0, done.stdout
    assert nodes(done, "PASSED") == [
        "cases/run::embedded",
        "cases/forward/102-then-200.case::h1-h1",
        "cases/forward/any-code.case::102[h1-h1]",
        "cases/forward/any-code.case::199[h1-h1]",
    ]
    assert len(project.calls()) == 1
    assert "--target" not in project.calls()[0]


def test_keyword_selects_by_result(project, pytest_in):
    project.script(result("forward/any-code:102"), result("forward/plain"), result("abort/plain"))
    done = pytest_in("cases", "-k", "forward and not any")
    assert nodes(done, "PASSED") == ["cases/forward/plain.case::h1-h1"]
    done = pytest_in("cases", "-k", "102")
    assert nodes(done, "PASSED") == ["cases/forward/any-code.case::102[h1-h1]"]


def test_node_id_of_a_parameter_selects_it(project, pytest_in):
    project.script(result("forward/any-code:102"), result("forward/any-code:103"))
    done = pytest_in("cases/forward/any-code.case::103")
    assert nodes(done, "PASSED") == ["cases/forward/any-code.case::103[h1-h1]"]


def test_a_directory_of_cases_is_enough(project, pytest_in):
    project.script(result("forward/plain"), result("abort/plain"))
    done = pytest_in("cases/abort")
    assert nodes(done, "PASSED") == ["cases/abort/plain.case::h1-h1"]


def test_no_arguments_ask_for_some(project, pytest_in):
    project.script(result("forward/plain"))
    done = pytest_in()
    assert done.returncode == pytest.ExitCode.INTERRUPTED
    assert "say which tests: pytest cases, or pytest scripts/tests cases" in done.stdout
    assert project.calls() == []


def test_other_arguments_do_not_run_interim(project, pytest_in):
    project.script(result("forward/plain"))
    other = project.directory / "test_other.py"
    other.write_text("def test_other():\n    pass\n")
    assert summary(pytest_in("test_other.py")) == {"passed": 1}
    assert project.calls() == []


def test_results_without_a_case_file_are_items_too(project, pytest_in):
    project.script(result("sanity/first", "error", reason="no answer"), result("forward/plain"))
    done = pytest_in("cases")
    assert nodes(done, "ERROR") == ["cases/run::sanity/first[embedded-h1-h1]"]


def test_a_case_without_result_is_skipped_aloud(project, pytest_in):
    project.script(result("forward/plain"))
    project.add_case("forward/slow-one")
    done = pytest_in("cases")
    assert summary(done) == {"passed": 2, "skipped": 1}
    assert "no result: the case is slow, or interim was built before it: run make" in done.stdout


def test_arguments_of_the_caller_may_leave_cases_out(project, pytest_in):
    project.script(result("forward/plain"))
    project.add_case("forward/other")
    done = pytest_in("cases", "--interim-args", "--jobs 1 'forward/pl*'")
    assert summary(done) == {"passed": 2}
    assert project.calls()[0][-3:] == ["--jobs", "1", "forward/pl*"]


def test_stale_program_warns(project, pytest_in):
    project.script(result("forward/plain"))
    path = project.cases[0]
    path.write_text("title   Changed\n")
    done = pytest_in("cases")
    assert "StaleCase: newer than interim, which has the cases built in" in done.stdout
    assert "forward/plain.case" in done.stdout


def test_no_case_files_is_no_error(project, pytest_in):
    done = pytest_in("cases")
    assert done.returncode == pytest.ExitCode.NO_TESTS_COLLECTED
    assert "no tests ran" in done.stdout


# Verdicts become outcomes.


def test_fail_shows_its_explanation(project, pytest_in):
    project.script(
        result(
            "forward/plain",
            "fail",
            outcome="taken-as-final",
            outcomes=["taken-as-final", "leaked"],
            observed="102, close",
            reason="The 102 ended the exchange.",
            fault="RFC9110-15.2-4 taken-as-final",
            measured={"interim_delay_ms": 0.4},
            transcript=[{"t_us": 1500, "lane": "client", "dir": "sent", "text": "GET / HTTP/1.1"}],
        ),
        status=1,
    )
    done = pytest_in("cases")
    assert done.returncode == 1
    assert nodes(done, "FAILED") == ["cases/forward/plain.case::h1-h1"]
    for line in (
        "forward/plain [embedded]: The title of forward/plain",
        "FAIL taken-as-final, MUST RFC9110-15.2-4: forward/plain",
        "requirement: RFC9110-15.2-4: A client reads one or more 1xx. <https://example.org/rfc9110>",
        "expected:    102, 200",
        "observed:    102, close",
        "reason:      The 102 ended the exchange.",
        "fault:       RFC9110-15.2-4 taken-as-final",
        "outcomes:    taken-as-final, leaked",
        "measured:    interim_delay_ms 0.4",
        "reproduce:   interim run forward/plain",
        "     1.500 ms  client     sent      GET / HTTP/1.1",
    ):
        assert line in done.stdout
    assert done.stdout.splitlines()[-2] == (
        "FAILED cases/forward/plain.case::h1-h1 - FAIL taken-as-final, MUST RFC9110-15.2-4: "
        "forward/plain The 102 ended the exchange."
    )


def test_error_is_an_error(project, pytest_in):
    project.script(result("forward/plain", "error", reason="The target is gone."), status=3)
    done = pytest_in("cases")
    assert done.returncode == 1
    assert summary(done) == {"passed": 1, "error": 1}
    assert "reason:      The target is gone." in done.stdout


def test_skip_gives_its_reason(project, pytest_in):
    project.script(result("forward/plain", "skip", reason="asks with HTTP/1.0"))
    done = pytest_in("cases")
    assert done.returncode == 0
    assert summary(done) == {"passed": 1, "skipped": 1}
    assert "asks with HTTP/1.0" in done.stdout


def test_warn_passes_with_a_warning(project, pytest_in):
    project.script(result("forward/plain", "warn", level="EXPECTED", reason="It was dropped."))
    done = pytest_in("cases")
    assert done.returncode == 0
    assert summary(done) == {"passed": 2, "warning": 1}
    assert "UnmetExpectation: WARN forwarded, EXPECTED RFC9110-15.2-4" in done.stdout
    assert "It was dropped." in done.stdout


def test_strict_warnings_let_warn_fail(project, pytest_in):
    project.script(result("forward/plain", "warn", reason="It was dropped."))
    done = pytest_in("cases", "--strict-warnings")
    assert summary(done) == {"failed": 1, "passed": 1}


def test_info_passes_and_tells_what_it_found(project, pytest_in):
    project.script(result("forward/plain", "info", measured={"max_interims": 1000}))
    done = pytest_in("cases")
    assert summary(done) == {"passed": 2}
    assert "measured:    max_interims 1000" in done.stdout


def test_known_deviation_is_an_expected_failure(project, pytest_in):
    project.script(result("forward/plain", "fail", known="bug 12", unexpected=False))
    done = pytest_in("cases")
    assert done.returncode == 0
    assert summary(done) == {"passed": 1, "xfailed": 1}
    assert "known: bug 12" in done.stdout


def test_pass_where_a_deviation_was_expected_fails(project, pytest_in):
    project.script(result("forward/plain", unexpected=True, known="bug 12"), status=1)
    done = pytest_in("cases")
    assert summary(done) == {"failed": 1, "passed": 1}
    assert "PASS forwarded, MUST RFC9110-15.2-4: forward/plain" in done.stdout


def test_junit_names_case_and_verdict(project, pytest_in, tmp_path):
    project.script(
        result("forward/any-code:102", "fail", reason="gone & <lost>"),
        result("forward/plain", "error"),
        status=1,
    )
    pytest_in("cases", f"--junitxml={tmp_path}/junit.xml", "-o", "junit_family=xunit2")
    suite = ElementTree.parse(tmp_path / "junit.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "1")
    failed = suite.find("testcase[failure]")
    assert failed.get("classname") == "cases.forward.any-code.case"
    assert failed.get("name") == "102[h1-h1]"
    assert "gone & <lost>" in failed.find("failure").text
    assert failed.find("properties/property[@name='verdict']").get("value") == "fail"


# The run as a whole.


def test_workers_do_not_run_interim_again(project, pytest_in):
    project.script(
        *[result(f"forward/any-code:{code}") for code in range(102, 122)],
        result("forward/plain", "fail", reason="It broke."),
        status=1,
    )
    done = pytest_in("cases", "-n", "2")
    assert done.returncode == 1
    assert summary(done) == {"failed": 1, "passed": 21}
    assert "reason:      It broke." in done.stdout
    assert len(project.calls()) == 1


def test_missing_program_says_what_to_do(project, pytest_in):
    project.add_case("forward/plain")
    done = pytest_in("cases")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "build/interim is missing: run make first" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_another_build_directory(project, pytest_in):
    project.script(result("forward/plain"))
    project.build.rename(project.directory / "other")
    done = pytest_in("cases", "--build", "other")
    assert summary(done) == {"passed": 2}


def test_wrong_usage_ends_with_the_message_of_interim(project, pytest_in):
    project.script(status=2, says="interim: no case matches 'nothing/*'")
    project.add_case("forward/plain")
    done = pytest_in("cases", "--interim-args", "nothing/*")
    assert done.returncode == 2
    assert "no case matches 'nothing/*'" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "INTERNALERROR" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "kwargs, message",
    [
        ({"kill": signal.SIGSEGV}, "interim died: SIGSEGV"),
        ({"status": 130, "interrupted": True}, "interim exited with status 130"),
        ({"status": 0, "interrupted": True}, "the run was interrupted"),
        ({"status": 1}, "interim exited with status 1, but no result says why"),
        ({"status": 3, "fatal": "the sanity conversation failed"}, "sanity conversation failed"),
        ({"schema": "interim-results/2"}, "schema is 'interim-results/2', not 'interim-results/1'"),
    ],
)
def test_a_broken_run_fails(project, pytest_in, kwargs, message):
    project.script(result("forward/plain"), says="last words", **kwargs)
    done = pytest_in("cases")
    assert done.returncode == 1
    assert nodes(done, "FAILED") == ["cases/run::embedded"]
    assert message in done.stdout
    assert "last words" in done.stdout


@pytest.mark.parametrize(
    "text, message",
    [(None, "interim wrote no result file"), ('{"schema": ', "the result file is not JSON")],
)
def test_a_missing_result_file_fails(project, pytest_in, text, message):
    project.add_case("forward/plain")
    project.script_raw(text)
    done = pytest_in("cases")
    assert summary(done)["failed"] == 1
    assert message in done.stdout


# Targets.


def test_target_is_started_once_and_stopped(project, pytest_in):
    project.script(result("forward/plain"))
    done = pytest_in("cases", "--target", "haproxy", "-n", "2")
    assert done.returncode == 0, done.stdout
    (arguments,) = project.calls()
    options = dict(zip(arguments[1::2], arguments[2::2]))
    assert options["--seat"] == "gateway"
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", options["--target"])
    assert re.fullmatch(r"127\.0\.0\.1:\d+", options["--origin"])
    assert options["--target-name"] == "haproxy"
    assert re.fullmatch(r"\d+\.\d+\.\d+", options["--target-version"])
    assert "--expect" not in options
    # The server that listened during the run (the fake connected to it) is gone.
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(options["--target"].rpartition(":")[2]))) != 0


def test_known_deviations_of_a_profile_are_passed_on(project, pytest_in):
    project.script(result("forward/plain"))
    expect = project.directory / "scripts" / "targets" / "haproxy" / "expect"
    expect.write_text("forward/plain FAIL known\n")
    pytest_in("cases", "--target", "haproxy")
    (arguments,) = project.calls()
    assert arguments[arguments.index("--expect") + 1] == str(expect.relative_to(project.directory))


@pytest.mark.parametrize(
    "asked, url, told",
    [
        ([], "http:", []),
        (["--front", "h2"], "http:", ["--front=h2"]),
        (["--front", "h1", "--front", "h2"], "http:", ["--front=h1", "--front=h2"]),
        (["--tls"], "https:", ["--insecure"]),
        (["--tls", "--front", "h2"], "https:", ["--front=h2", "--insecure"]),
    ],
)
def test_fronts_are_asked_as_told(project, pytest_in, asked, url, told):
    project.script(result("forward/plain"))
    pytest_in("cases", "--target", "haproxy", *asked)
    (arguments,) = project.calls()
    assert arguments[arguments.index("--target") + 1].startswith(url)
    assert [word for word in arguments if word.startswith(("--front", "--insecure"))] == told


def test_a_profile_names_its_triggers(project, pytest_in):
    project.script(result("origin-102/then-final"))
    pytest_in("cases", "--target", "node")
    (arguments,) = project.calls()
    triggers = [words[1] for words in zip(arguments, arguments[1:]) if words[0] == "--trigger"]
    assert triggers == ["102=GET /102", "103=GET /103"]


def test_a_front_that_a_target_lacks_is_skipped(project, pytest_in):
    project.script(result("forward/plain"))
    done = pytest_in("cases", "--target", "nginx", "--front", "h2")
    assert summary(done) == {"skipped": 1}
    assert "nginx takes no h2 without TLS" in done.stdout
    assert project.calls() == []


def test_several_targets_are_told_apart(project, pytest_in):
    project.script(result("forward/any-code:102"), result("forward/plain"))
    done = pytest_in("cases", "--target", "haproxy", "--target", "nginx")
    assert nodes(done, "PASSED") == [
        "cases/run::haproxy",
        "cases/run::nginx",
        "cases/forward/any-code.case::102[haproxy-h1-h1]",
        "cases/forward/any-code.case::102[nginx-h1-h1]",
        "cases/forward/plain.case::haproxy-h1-h1",
        "cases/forward/plain.case::nginx-h1-h1",
    ]


def write_profile(project, name, command, **changes):
    directory = project.directory / "scripts" / "targets" / name
    directory.mkdir()
    words = {"name": name, "packages": [name], "command": command, "url": "http://127.0.0.1:1"}
    lines = [f"{key} = {value!r}" for key, value in (words | changes).items()]
    (directory / "profile.toml").write_text("\n".join(lines) + "\n")


def test_missing_server_is_skipped_with_what_to_do(project, pytest_in):
    project.script(result("forward/plain"))
    write_profile(project, "absent", ["no-such-server"])
    done = pytest_in("cases", "--target", "absent")
    assert done.returncode == 0
    assert summary(done) == {"skipped": 1}
    expected = "no-such-server is not installed: run scripts/setup --targets absent"
    assert expected in done.stdout
    assert project.calls() == []


def test_server_that_does_not_start_fails_with_its_log(project, pytest_in):
    project.script(result("forward/plain"))
    write_profile(project, "broken", ["sh", "-c", "echo wrong line 7; exit 3"])
    done = pytest_in("cases", "--target", "broken")
    assert nodes(done, "FAILED") == ["cases/run::broken"]
    assert "broken ended with status 3 at its start; its log:" in done.stdout
    assert "wrong line 7" in done.stdout


def test_unknown_target_lists_the_known(project, pytest_in):
    project.script(result("forward/plain"))
    done = pytest_in("cases", "--target", "ngin")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "no target is named 'ngin'; known: aiohttp, apache, " in done.stderr


def test_server_that_runs_already(project, pytest_in):
    project.script(result("forward/plain"))
    done = pytest_in("cases", "--seat", "proxy", "--url", "http://127.0.0.1:1", "--origin", "127.0.0.1:2")
    # The fake ends with a traceback as nothing listens there: the run is what fails.
    assert nodes(done, "FAILED") == ["cases/run::proxy"]
    (arguments,) = project.calls()
    assert arguments[:7] == [
        *("run", "--seat", "proxy"),
        *("--target", "http://127.0.0.1:1", "--origin", "127.0.0.1:2"),
    ]


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--url", "http://127.0.0.1:1"], "--url needs --origin ADDR"),
        (["--seat", "gateway"], "add --url URL"),
        (["--origin", "127.0.0.1:1"], "add --url URL"),
        (["--url", "http://127.0.0.1:1", "--target", "haproxy"], "give one of them"),
        (["--tls"], "add --target NAME"),
        (["--front", "h2"], "add --target NAME"),
    ],
)
def test_wrong_options(project, pytest_in, arguments, message):
    project.script(result("forward/plain"))
    done = pytest_in("cases", *arguments)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert message in done.stderr
    assert project.calls() == []

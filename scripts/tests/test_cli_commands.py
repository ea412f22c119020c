"""The program from outside: the commands beside run."""

import json
import re
import shutil
import signal
import socket
import subprocess
import threading
from pathlib import Path

import pytest
from program_fixtures import ROOT, SANITIZERS, STOP_SECONDS, assert_well_behaved

CASE = "forward/102-then-200"
COMMANDS = ("run", "list", "explain", "check", "fmt", "judge", "relay")


def test_version_and_help(program):
    version = program("--version")
    assert version.returncode == 0 and re.fullmatch(r"interim \d+\.\d+\.\d+\n", version.stdout)
    done = program("--help")
    assert done.returncode == 0 and done.stderr == ""
    for command in COMMANDS:
        assert f"\n  {command} " in done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help(program, command):
    done = program(command, "--help")
    assert done.returncode == 0 and done.stderr == ""
    assert done.stdout.startswith(f"usage: interim {command}")
    assert done.stdout == program(command, "-h").stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_refuses_an_unknown_option(program, command):
    done = program(command, "--frobnicate")
    assert done.returncode == 2 and done.stdout == ""
    assert f"interim {command}: " in done.stderr and "'--frobnicate'" in done.stderr


def test_each_option_of_run_that_the_manual_names_is_in_the_help(program, root):
    manual = (root / "harness/doc/interim.1").read_text()
    section = manual.partition(".Ss interim run")[2].partition(".Ss interim list")[0]
    items = re.findall(r"^\.It (.*)", section, re.MULTILINE)
    named = {name for item in items for name in re.findall(r"Fl -([a-z-]+)", item)}
    shown = set(re.findall(r"--([a-z-]+)", program("run", "--help").stdout))
    assert {"seat", "restart", "write-expect"} <= named
    assert named - shown == set() and shown - named - {"help"} == set()


def test_list_has_a_line_for_each_case(program, root):
    done = program("list")
    assert done.returncode == 0 and done.stderr == ""
    ids = [line.split()[0] for line in done.stdout.splitlines()]
    assert ids[:-1] == sorted(ids[:-1])
    files = root.glob("cases/*/*.case")
    built_in = program("check").stdout.split()[0]
    assert ids[-1] == built_in == str(len(ids) - 1)
    # The cases are built in: the files may have changed since.
    assert set(ids) & {f"{path.parent.name}/{path.stem}" for path in files}


def test_list_takes_globs(program):
    done = program("list", "head/*", "forward/102-then-200")
    lines = done.stdout.splitlines()
    assert lines[0].startswith(CASE) and all(line.startswith("head/") for line in lines[1:-1])
    assert "gateway EXPECTED" in lines[0] and "proxy MUST" in lines[0]
    assert program("list", "nothing").returncode == 2


def test_list_as_json(program):
    listed = json.loads(program("list", "--json", "forward/102-then-200").stdout)
    assert listed["schema"] == "interim-list/1"
    (case,) = listed["cases"]
    assert case["id"] == CASE and case["results"] == 1
    assert {seat["seat"]: seat["level"] for seat in case["seats"]} == {
        "gateway": "EXPECTED",
        "proxy": "MUST",
    }


def test_list_requirements(program):
    done = program("list", "--requirements", CASE)
    assert done.returncode == 0
    assert "RFC9110-15.2-6" in done.stdout and "RFC9110-9.3.2-1" not in done.stdout
    everything = program("list", "--requirements").stdout
    assert "RFC9110-9.3.2-1" in everything and CASE in everything


def test_explain(program):
    done = program("explain", CASE)
    assert done.returncode == 0
    for text in ("RFC9110-7.6-1", "RFC9110-15.2-6", "https://", "\n   8  origin  sends  102\n", "\n  11    | done\n", "taken-as-final", "steps come first"):
        assert text in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100


def test_explain_an_id_of_a_result(program):
    assert program("explain", "forward/any-code:102").stdout.startswith("forward/any-code")


def test_explain_what_is_not_there_suggests_what_is(program):
    done = program("explain", "forward/102-then-20")
    assert done.returncode == 2 and done.stdout == ""
    assert f"'{CASE}'" in done.stderr


@pytest.fixture
def case_file(root, tmp_path):
    """A copy of one sound case file."""
    return Path(shutil.copy(root / "cases/forward/102-then-200.case", tmp_path / "copy.case"))


def test_check_files(program, case_file):
    assert program("check", case_file).returncode == 0
    case_file.write_text(case_file.read_text().replace("origin  sends  200", "origin  sends  what"))
    done = program("check", case_file)
    assert done.returncode == 2
    assert re.search(rf"{re.escape(str(case_file))}:\d+:\d+: ", done.stdout + done.stderr)


def test_check_tells_every_faulty_file(program, case_file, tmp_path):
    other = tmp_path / "other.case"
    other.write_text("title x\n")
    case_file.write_text("bogus\n")
    done = program("check", case_file, other, tmp_path / "nowhere.case")
    assert done.returncode == 2
    for name in ("copy.case", "other.case", "nowhere.case"):
        assert name in done.stdout + done.stderr


def test_fmt_rewrites_what_differs(program, case_file):
    canonical = case_file.read_text()
    assert program("fmt", "--check", case_file).returncode == 0
    case_file.write_text(canonical.replace("client  sends  GET", "client sends\tGET"))
    differing = case_file.read_text()
    done = program("fmt", "--check", case_file)
    assert (done.returncode, done.stdout) == (1, f"{case_file}\n")
    assert case_file.read_text() == differing
    done = program("fmt", case_file)
    assert (done.returncode, done.stdout) == (0, f"{case_file}\n")
    assert case_file.read_text() == canonical
    assert program("fmt", case_file).stdout == ""


def test_our_cases_are_in_the_form_of_fmt(program):
    cases = sorted((ROOT / "cases").glob("*/*.case"))
    assert cases
    done = program("fmt", "--check", *cases)
    assert (done.returncode, done.stdout) == (0, "")


def test_fmt_leaves_a_file_alone_that_does_not_parse(program, case_file):
    case_file.write_text("title x\nbogus line\n")
    done = program("fmt", case_file)
    assert done.returncode == 2
    assert f"{case_file}:2:1: " in done.stderr
    assert case_file.read_text() == "title x\nbogus line\n"


GOOD = "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
BAD = "HTTP/1.1 102 Processing\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 \x1b[31m\r\n\r\n"


def test_judge_a_stream_without_fault(program, tmp_path):
    done = program("judge", input=GOOD)
    assert done.returncode == 0
    assert [line.split()[:3] for line in done.stdout.splitlines()[:2]] == [
        ["0", "interim", "102"],
        ["27", "final", "200"],
    ]
    path = tmp_path / "stream"
    path.write_text(GOOD, newline="")
    assert program("judge", path).stdout == program("judge", "-", input=GOOD).stdout == done.stdout


def test_judge_a_stream_with_faults(program):
    done = program("judge", input=BAD)
    assert done.returncode == 1
    assert "25  fault     Content-Length" in done.stdout
    assert r"\x1b[31m" in done.stdout
    assert done.stdout.splitlines()[-1].endswith("2 faults")


def test_judge_goes_by_the_methods(program):
    head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
    assert program("judge", "--method", "HEAD", input=head).returncode == 0
    assert program("judge", "--method", "GET", input=head).returncode == 1
    assert program("judge", "--method", "G T", input=head).returncode == 2


def test_judge_any_bytes(interim, run):
    hostile = bytes(range(256)) * 300
    done = subprocess.run(
        [interim, "judge"], input=hostile, capture_output=True, timeout=STOP_SECONDS, check=False
    )
    assert done.returncode == 1
    assert_well_behaved(1, done.stdout.decode(), done.stderr.decode())


def serve_origin(listener, requests):
    """An origin that answers each connection's one request with a 102 and a 200."""
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            connection.settimeout(STOP_SECONDS)
            head = b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(65536)
            requests.append(head)
            connection.sendall(
                b"HTTP/1.1 102 Processing\r\n\r\n"
                b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndone"
            )


@pytest.fixture
def relay(interim):
    """`interim relay` on a free port before a small origin: the process, its address, the requests."""
    requests = []
    with socket.create_server(("127.0.0.1", 0)) as origin:
        thread = threading.Thread(target=serve_origin, args=(origin, requests), daemon=True)
        thread.start()
        port = origin.getsockname()[1]
        process = subprocess.Popen(
            [interim, "relay", "--listen", "127.0.0.1:0", "--origin", f"127.0.0.1:{port}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=SANITIZERS,
        )
        try:
            line = process.stdout.readline()
            found = re.fullmatch(r"relay: listening on (127\.0\.0\.1):(\d+)\n", line)
            assert found, line
            yield process, (found.group(1), int(found.group(2))), requests
        finally:
            process.kill()
            process.communicate(timeout=STOP_SECONDS)
            origin.shutdown(socket.SHUT_RDWR)
            thread.join(STOP_SECONDS)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_relay(relay, number):
    process, address, requests = relay
    for path in (b"/one", b"/two"):
        with socket.create_connection(address, timeout=STOP_SECONDS) as client:
            client.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            answer = b"".join(iter(lambda: client.recv(65536), b""))
        interim, final, content = answer.split(b"\r\n\r\n")
        assert interim.startswith(b"HTTP/1.1 102 ")
        assert final.startswith(b"HTTP/1.1 200 OK\r\n") and content == b"done"
        assert requests[-1].startswith(b"GET " + path + b" HTTP/1.1\r\n")
    process.send_signal(number)
    out, err = process.communicate(timeout=STOP_SECONDS)
    assert process.returncode == 0
    assert_well_behaved(process.returncode, out, err)
    assert err == ""


def test_relay_without_an_origin_answers_502(program, interim, reserve):
    process = subprocess.Popen(
        [interim, "relay", "--listen", "127.0.0.1:0", "--origin", f"127.0.0.1:{reserve()}"],
        stdout=subprocess.PIPE,
        text=True,
        env=SANITIZERS,
    )
    try:
        port = int(process.stdout.readline().rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=STOP_SECONDS) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            answer = b"".join(iter(lambda: client.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 502 ")
        done = program("relay", "--listen", f"127.0.0.1:{port}", "--origin", "127.0.0.1:1")
        assert done.returncode == 2 and "in use" in done.stderr
    finally:
        process.terminate()
        process.communicate(timeout=STOP_SECONDS)
    assert process.returncode == 0


@pytest.fixture
def start_relay(interim, reserve):
    """Starts `interim relay` with options; gives the arguments of a run against it, and its process."""
    started = []

    def start(*options):
        origin = f"127.0.0.1:{reserve()}"
        command = [interim, "relay", "--listen", "127.0.0.1:0", "--origin", origin, *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=SANITIZERS)
        started.append(process)
        port = int(process.stdout.readline().rpartition(":")[2])
        return ("--target", f"http://127.0.0.1:{port}", "--origin", origin), process

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=STOP_SECONDS)


def test_the_suite_finds_no_fault_with_the_relay_as_a_target(suite, start_relay):
    target, process = start_relay()
    played = suite(*target, "--pid", process.pid)
    assert played.status == 0, played.out
    assert set(played.summary) <= {"pass", "info", "skip"}
    assert played.report["profile"]["target_deaths"] == 0
    assert played.report["profile"]["target_memory_kib"] > 0


def test_the_relay_makes_tunnels(suite, start_relay):
    played = suite("--seat", "proxy", *start_relay("--connect")[0], "connect/*")
    assert played.status == 0 and set(played.summary) == {"pass"}, played.out
    played = suite("--seat", "proxy", *start_relay()[0], "connect/*")
    assert played.status == 0 and set(played.summary) == {"skip"}, played.out


def test_the_relay_passes_expectations_on(suite, start_relay):
    strict = "expect/origin-ignores-strict-client"
    for options, outcome in [((), "ok"), (("--pass-expect",), "unmet")]:
        played = suite(*start_relay(*options)[0], "--slow", "expect/*")
        assert played.status == 0 and set(played.summary) <= {"pass", "info"}, played.out
        outcomes = {result["id"]: result["outcome"] for result in played.report["cases"]}
        assert outcomes[strict] == outcome

"""Fixtures of the tests: the built program, a helper that runs it, and a copy of the driver around a fake."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))


def pytest_addoption(pluginmanager):
    pluginmanager.import_plugin("interim_driver")


RUN_SECONDS = 60
STOP_SECONDS = 20
BAD_TARGETS = ROOT / "scripts/tests/bad_targets.py"


@pytest.fixture(scope="session")
def root():
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def build(pytestconfig):
    """The build directory."""
    return ROOT / pytestconfig.getoption("build")


@pytest.fixture(scope="session")
def interim(build):
    """The path of the program under ASan and UBSan where it is built, else of the plain one."""
    for name in ("interim-san", "interim"):
        if (build / name).is_file():
            return build / name
    return pytest.fail(f"{build}/interim is missing: run make first", pytrace=False)


@pytest.fixture
def run():
    """Run a command to its end, bounded in time, without standard input; text in and out."""

    def run(*command, timeout=RUN_SECONDS, env=None, **options):
        environment = {key: value for key, value in os.environ.items() if key not in PRIVATE}
        options = {"stdin": subprocess.DEVNULL} | options
        if "input" in options:
            del options["stdin"]
        return subprocess.run(
            [str(word) for word in command],
            env=environment | (env or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
            **options,
        )

    return run


# What a surrounding pytest or make says to its children, not to the commands that are tested.
PRIVATE = ("PYTEST_ADDOPTS", "PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER", "MAKEFLAGS", "MFLAGS")

# A report of ASan, UBSan or LSan never passes for an exit status of the program.
SANITIZER_STATUS = 99
SANITIZERS = {
    "ASAN_OPTIONS": f"exitcode={SANITIZER_STATUS}",
    "LSAN_OPTIONS": f"exitcode={SANITIZER_STATUS}",
    "UBSAN_OPTIONS": f"exitcode={SANITIZER_STATUS}:print_stacktrace=1",
}
SANITIZER_REPORT = re.compile(r"Sanitizer|runtime error:")
# What a terminal acts on, and U+FFFD, which stands for bytes that are no UTF-8.
RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ufffd]")


def assert_well_behaved(status, out, err):
    """What holds of every run of the program, whatever it met: nothing raw, no sanitizer's report."""
    assert not SANITIZER_REPORT.search(err), err
    assert status != SANITIZER_STATUS and status >= 0, err
    for text in (out, err):
        found = RAW.search(text)
        assert not found, f"raw {found.group()!r} in {text[: found.end() + 80]!r}"


@pytest.fixture
def program(interim, run):
    """Run `interim ARGUMENTS` to its end and check what holds of every run."""

    def program(*arguments, colors=False, env=None, **options):
        done = run(interim, *arguments, env=SANITIZERS | (env or {}), **options)
        out = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout) if colors else done.stdout
        assert_well_behaved(done.returncode, out, done.stderr)
        return done

    return program


@pytest.fixture(scope="session")
def schema(root):
    """The JSON Schema of the result file."""
    return json.loads((root / "harness/report/interim-results-1.schema.json").read_text())


@dataclass
class Played:
    """One `interim run`: its exit status, its text, its result file, and the first row of each case."""

    status: int
    out: str
    err: str
    report: dict
    cases: dict = field(default_factory=dict)

    @property
    def summary(self):
        """The counts that are not 0."""
        return {verdict: count for verdict, count in self.report["summary"].items() if count}

    @property
    def last_line(self):
        return self.out.splitlines()[-1]


@pytest.fixture
def read_report(schema):
    """Read a result file and hold it against its schema, and its counts against its rows."""

    def read_report(path):
        report = json.loads(path.read_text(encoding="utf-8"))
        jsonschema.validate(report, schema)
        verdicts = [case["verdict"] for case in report["cases"]]
        assert report["summary"] == {v: verdicts.count(v) for v in report["summary"]}
        rows = [(case["id"], case["front"], case["back"]) for case in report["cases"]]
        assert len(set(rows)) == len(rows)
        assert all(case["outcome"] in case["outcomes"] for case in report["cases"])
        return report

    return read_report


@pytest.fixture
def suite(program, read_report, tmp_path):
    """Play `interim run ARGUMENTS` with a result file, which is checked and read."""

    def suite(*arguments, **options):
        path = tmp_path / "results.json"
        path.unlink(missing_ok=True)
        done = program("run", *arguments, "--json", path, **options)
        assert path.is_file(), done.stdout + done.stderr
        report = read_report(path)
        cases = {case["id"]: case for case in reversed(report["cases"])}
        return Played(done.returncode, done.stdout, done.stderr, report, cases)

    return suite


@pytest.fixture
def reserve():
    """Ports of 127.0.0.1 that nobody is given while the test runs: bound here, listened on by the test."""
    held = []

    def reserve():
        holder = socket.socket()
        held.append(holder)
        # Who sets this too, as servers do, can listen there: this socket never does.
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        return holder.getsockname()[1]

    yield reserve
    for holder in held:
        holder.close()


@contextmanager
def bounded(process, seconds=STOP_SECONDS):
    """What is read from the process inside comes to an end: one that takes too long is killed."""
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    try:
        yield process
    finally:
        timer.cancel()


@dataclass
class Target:
    """A bad target that serves, and where it looks for its origin."""

    process: subprocess.Popen
    port: int
    origin: str

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self):
        return self.process.pid

    @property
    def gateway(self):
        """The arguments of `interim run` with the target as a reverse proxy."""
        return ("--target", self.url, "--origin", self.origin)

    @property
    def proxy(self):
        """The same with the target as a forward proxy, which needs to know no origin."""
        return ("--seat", "proxy", "--target", self.url, "--origin", "127.0.0.1:0")

    def await_line(self, line):
        """Wait until the target prints the line; one that does not in time is an error."""
        with bounded(self.process):
            for printed in self.process.stdout:
                if printed.strip() == line:
                    return
        raise AssertionError(f"the target did not print {line!r}")


def bad_target_command(fault, *options):
    """The command line of a bad target, alone with the standard library."""
    return ["/usr/bin/python3", "-I", "-S", str(BAD_TARGETS), fault, *map(str, options)]


@pytest.fixture
def bad_target(reserve):
    """Start a target of bad_targets.py with an origin address of its own; stopped with the test."""
    started = []

    def bad_target(fault, *options, port=0):
        origin = f"127.0.0.1:{reserve()}"
        command = bad_target_command(fault, "--origin", origin, "--listen", port, *options)
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        with bounded(process):
            line = process.stdout.readline()
        assert line.startswith("listening on "), line
        return Target(process, int(line.split()[-1]), origin)

    yield bad_target
    for process in started:
        process.kill()
        process.wait(STOP_SECONDS)
        process.stdout.close()

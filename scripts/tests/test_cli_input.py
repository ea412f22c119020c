"""The program from outside: what it says to wrong arguments, wrong files, and targets that are not there."""

import socket

import pytest

CASE = """\
title   One plain exchange
cites   RFC9110-15.2-4
seat    gateway proxy

client  sends  GET
origin  sends  200
client  sees   200
"""


@pytest.fixture
def library(root, tmp_path):
    """A directory of cases with one sound case; its registry and its case file."""
    directory = tmp_path / "cases"
    (directory / "own").mkdir(parents=True)
    registry = directory / "requirements.tsv"
    registry.write_text((root / "cases/requirements.tsv").read_text())
    case = directory / "own/plain.case"
    case.write_text(CASE)
    return registry, case


def refused(done, *words):
    """Exit status 2, nothing played, and each of the words on standard error."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    for word in words:
        assert word in done.stderr
    return True


def test_unknown_command(program):
    assert refused(program("nothing"), "'nothing'", "interim --help")


def test_no_command(program):
    done = program()
    assert refused(done, "a command is missing", "interim --help")


def test_a_broken_case_file_is_told_with_line_and_column(program, library):
    registry, case = library
    case.write_text(CASE.replace("client  sees   200", "client  seees  200"))
    for command in ("run", "list", "check"):
        done = program(command, "--cases", registry.parent)
        assert done.returncode == 2
        text = done.stderr + done.stdout
        assert f"{case}:7:9: " in text and "seees" in text
        lines = text.splitlines()
        caret = next(i for i, line in enumerate(lines) if line.strip() == "^")
        assert lines[caret - 1][lines[caret].index("^") :].startswith("seees")


@pytest.mark.parametrize(
    ("line", "wrong", "words"),
    [
        ("title   One plain exchange\n", "", ":4:1: no title"),
        ("seat    gateway proxy", "seat    kitchen", ":3:9:"),
        ("origin  sends  200", "origin  sends  2000", ":6:"),
        ("cites   RFC9110-15.2-4", "cites   RFC9110-99-9", ":2:9: RFC9110-99-9 is not in the registry"),
        ("client  sends  GET", "client  sends  G\x1b[31mT", ":5:"),
        ("client  sends  GET", "client  sends  G\xff\x9bT", ":5:"),
    ],
)
def test_faults_of_a_case_file(program, library, line, wrong, words):
    registry, case = library
    case.write_bytes(CASE.replace(line, wrong).encode("latin-1"))
    assert refused(program("run", "--cases", registry.parent), f"{case}{words}")


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("RFC9999-1\tMUST\tclient\n", 16),
        ("RFC9999-1\tSOMETIMES\tclient\t1.1\twording\thttps://example.com/\t\n", 11),
        ("RFC9110-15.2-4\tMUST\tclient\t1.1\twording\thttps://example.com/\t\n", 1),
    ],
)
def test_a_bad_row_of_the_registry(program, library, row, column):
    registry, _ = library
    number = len(registry.read_text().splitlines()) + 1
    with registry.open("a") as file:
        file.write(row)
    done = program("run", "--cases", registry.parent)
    assert refused(done, f"{registry}:{number}:{column}: ")


@pytest.mark.parametrize(
    "missing",
    [
        "directory",
        "registry",
        "cases",
    ],
)
def test_cases_that_are_not_there(program, library, missing):
    registry, case = library
    directory = registry.parent
    if missing == "directory":
        directory = directory / "nowhere"
    elif missing == "registry":
        registry.unlink()
    else:
        case.unlink()
    assert refused(program("run", "--cases", directory), str(directory))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--frobnicate"], ["'--frobnicate'"]),
        (["--exclood", "x"], ["'--exclood'", "'--exclude'"]),
        (["-x"], ["-x"]),
        (["--json"], ["'--json'", "needs a value"]),
        (["--jobs", "0"], ["--jobs '0'", "1 to 4096"]),
        (["--jobs", "many"], ["--jobs 'many'"]),
        (["--repeat", "0"], ["--repeat '0'"]),
        (["--seed", "-1"], ["--seed '-1'"]),
        (["--seed", "4294967296"], ["--seed '4294967296'"]),
        (["--timeout-scale", "0"], ["--timeout-scale '0'"]),
        (["--timeout-scale", "nan"], ["--timeout-scale 'nan'"]),
        (["--level", "may"], ["--level 'may'", "must, should or all"]),
        (["--color", "red"], ["--color 'red'", "auto, always or never"]),
        (["--seat", "kitchen"], ["--seat 'kitchen'", "gateway or proxy"]),
        (["--seat", "client"], ["--seat 'client'", "gateway"]),
        (["--front", "h9"], ["--front 'h9'"]),
        (["--pid", "self"], ["--pid 'self'"]),
        (["--junit", "-"], ["--junit '-'"]),
        (["--tap", "--json", "-"], ["--tap", "--json"]),
        (["--seat", "proxy"], ["--target"]),
        (["--target", "http://127.0.0.1:1"], ["--origin"]),
        (["--target", "ftp://127.0.0.1/"], ["--target 'ftp://127.0.0.1/'", "http nor https"]),
        (["--target", "127.0.0.1:80"], ["--target '127.0.0.1:80'", "http://"]),
        (["--target", "http://127.0.0.1:99999"], ["--target 'http://127.0.0.1:99999'"]),
        (["--origin", "127.0.0.1"], ["--origin '127.0.0.1'", "HOST:PORT"]),
        (["--origin", "127.0.0.1:9000,nowhere"], ["nowhere"]),
        (["nothing/*"], ["nothing/*", "interim list"]),
        (["head/*", "nothing"], ["nothing"]),
        (["--exclude", "nothing"], ["nothing"]),
        (["--exclude", "*"], ["no case is left"]),
        ([""], ["empty"]),
        (["--jobs", "\x1b[31m\x07"], [r"\x1b[31m\x07"]),
    ],
    ids=" ".join,
)
def test_wrong_usage(program, arguments, words):
    # ids hold what is no identifier; pytest escapes them.
    assert refused(program("run", *arguments), "interim run: ", *words)


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ("nothing/* FAIL reason", 1, "names no case"),
        ("forward/any-code:999 FAIL reason", 1, "names no case"),
        ("forward/102-then-200", 21, "FAIL, WARN, ERROR or PASS"),
        ("forward/102-then-200 BAD reason", 22, "FAIL, WARN, ERROR or PASS"),
        ("forward/102-then-200 FAIL", 26, "no reason"),
        ("forward/102-then-200 INFO reason", 22, "no deviation"),
        ("forward/102-then-200@h9/h1 FAIL reason", 22, "FRONT/BACK"),
        ("forward/102-then-200@h1 FAIL reason", 22, "FRONT/BACK"),
        ("@h1/h1 FAIL reason", 1, "no glob"),
        ("forward/102-then-200 FAIL \x1b[31mred", 27, "control byte"),
    ],
)
def test_a_bad_line_of_known_deviations(program, tmp_path, line, column, words):
    path = tmp_path / "known"
    path.write_text(f"# a comment\n\nforward/copy WARN sound\n{line}\n")
    done = program("run", "--expect", path)
    assert refused(done, f"{path}:4:{column}: ", words)


@pytest.mark.parametrize("option", ["--expect", "--cases"])
def test_input_that_cannot_be_read(program, tmp_path, option):
    assert refused(program("run", option, tmp_path / "nowhere"), str(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    "option",
    [
        "--json",
        "--junit",
        "--write-expect",
    ],
)
@pytest.mark.parametrize("place", ["nowhere/file", "."])
def test_a_report_that_cannot_be_written(program, tmp_path, option, place):
    path = tmp_path / place
    done = program("run", "head/*", option, path)
    assert done.returncode == 2
    assert "interim run: " in done.stderr and str(path) in done.stderr


def test_nobody_has_the_pid(program):
    # Beyond the highest that Linux gives out.
    assert refused(program("run", "head/*", "--pid", 2**22 + 1), "--pid '4194305'", "no such process")


def test_a_target_that_is_not_there(suite, reserve):
    url = f"http://127.0.0.1:{reserve()}"
    arguments = ("--target", url, "--origin", "127.0.0.1:0", "--timeout-scale", "0.1")
    played = suite(*arguments, "forward/102-then-200", "head/*")
    assert played.status == 3
    assert played.report["target"]["url"] == url
    assert "connection refused" in played.report["fatal"]
    assert "connection refused" in played.out
    assert set(played.summary) == {"error"}
    assert played.last_line.startswith("0 pass, 0 fail, 0 warn, 0 info, 0 skip, ")


def test_a_target_whose_name_nobody_knows(program):
    done = program("run", "--target", "http://target.invalid/", "--origin", "127.0.0.1:0", "head/*")
    assert refused(done, "target.invalid")


def test_an_origin_port_that_is_taken(program):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        origin = f"127.0.0.1:{taken.getsockname()[1]}"
        done = program("run", "--target", "http://127.0.0.1:1", "--origin", origin, "head/*")
    assert refused(done, origin, "in use")

"""make install: what it puts below DESTDIR works there, without the tree that it came from."""

import json
import os
import subprocess

import pytest
from fake_project import report
from report_fixtures import failed, write


@pytest.fixture(scope="module")
def prefix(root, build, tmp_path_factory):
    """An installation below a DESTDIR, moved away from where make put it."""
    directory = tmp_path_factory.mktemp("install")
    command = ["make", "-C", root, f"BUILD={build}", "PREFIX=/usr", f"DESTDIR={directory / 'stage'}", "install"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return (directory / "stage" / "usr").rename(directory / "moved")


def test_the_program_and_its_manuals_are_installed(prefix, run):
    assert run(prefix / "bin/interim", "--version").stdout.startswith("interim ")
    for name in ("man1/interim.1", "man5/interim-case.5"):
        assert (prefix / "share/man" / name).stat().st_size > 1000


@pytest.mark.parametrize(
    ("command", "begins"),
    [("html", "<!DOCTYPE html>"), ("markdown", "| target |"), ("sarif", "{"), ("badge", "<svg")],
)
def test_reports_are_made_from_the_installed_tree(prefix, run, tmp_path, command, begins):
    path = write(tmp_path / "results.json", report(failed()))
    empty = {"PATH": os.defpath, "HOME": str(tmp_path)}
    done = run(prefix / "bin/interim-report", command, path, cwd=tmp_path, env=empty)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(begins)


def test_a_run_of_the_installed_program_becomes_a_report(prefix, run, tmp_path):
    results = tmp_path / "results.json"
    done = run(prefix / "bin/interim", "run", "--seat", "origin", "--json", results)
    assert done.returncode == 0 and json.loads(results.read_text())["summary"]["pass"] > 40
    done = run(prefix / "bin/interim-report", "diff", results, results)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "0 regressions, 0 better, 0 other changes")


def test_all_that_reports_import_is_installed(prefix, root):
    names = {path.relative_to(root / "scripts") for path in (root / "scripts/interim_report").rglob("*.*")}
    wanted = {name for name in names if "__pycache__" not in name.parts}
    assert {path for path in wanted if not (prefix / "share/interim" / path).is_file()} == set()

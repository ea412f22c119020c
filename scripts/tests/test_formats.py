"""JUnit XML against a schema of what its readers agree on (junit.xsd), whatever the run had to tell."""

import xml.etree.ElementTree as ElementTree

import pytest
from report_fixtures import MARKUP

TARGET = ["--seat", "gateway", "--target-name"]


@pytest.fixture
def junit(program, run, root, tmp_path):
    """Run the suite; the root element of its JUnit file, which was held against the schema."""

    def junit(*arguments):
        path = tmp_path / "junit.xml"
        program("run", *arguments, "--junit", path)
        done = run("xmllint", "--noout", "--schema", root / "scripts/tests/junit.xsd", path)
        assert done.returncode == 0, done.stderr[:2000]
        return ElementTree.parse(path).getroot()

    return junit


def test_a_run_that_passes(junit):
    (suite,) = junit("forward/*", "abort/*")
    assert (suite.get("failures"), suite.get("errors")) == ("0", "0")
    assert len(suite.findall("testcase")) == int(suite.get("tests")) > 600


def test_failures_skips_and_what_was_measured(junit, bad_target):
    target = bad_target("first-is-final")
    (suite,) = junit(*target.gateway, *TARGET, MARKUP, "forward/102-then-2*", "forward/options-asterisk", "forward/103*", "connect/*", "http10/*")
    assert len(suite.findall("testcase/failure")) == int(suite.get("failures")) > 0
    assert len(suite.findall("testcase/skipped")) == int(suite.get("skipped")) > 0
    assert suite.find("properties/property[@name='target']").get("value") == MARKUP


def test_a_target_that_is_not_there_is_an_error(junit, reserve):
    (suite,) = junit("--target", f"http://127.0.0.1:{reserve()}", "--origin", "127.0.0.1:0", "forward/102-then-200")
    assert len(suite.findall("testcase/error")) == int(suite.get("errors")) > 0
    assert suite.get("failures") == "0"


def test_known_deviations_are_no_failures(junit, bad_target, tmp_path):
    known, target = tmp_path / "known", bad_target("first-is-final")
    known.write_text("forward/* FAIL <markup> & more\n")
    (suite,) = junit(*target.gateway, "--expect", known, "forward/102-then-200", "forward/post")
    assert suite.get("failures") == "0"
    assert "<markup> & more" in "".join(suite.itertext())


def test_the_schema_refuses_what_breaks_readers(run, root, tmp_path):
    """h2spec's files: a failure count beside the element that holds it, and tests of one name."""
    good = '<testsuites><testsuite name="x" tests="1" failures="0" errors="0" skipped="0" time="1" timestamp="2026-11-21T00:00:00Z">{}</testsuite></testsuites>'
    test = '<testcase classname="a" name="b" time="0.1"/>'
    path = tmp_path / "junit.xml"
    for content, status in ((test, 0), (test * 2, 3), (test.replace("0.1", "-1"), 3), (test.replace(' name="b"', ""), 3), ("<failure/>", 3)):
        path.write_text(good.format(content))
        assert run("xmllint", "--noout", "--schema", root / "scripts/tests/junit.xsd", path).returncode == status, content

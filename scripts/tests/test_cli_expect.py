"""The program from outside: known deviations, written and held to."""

import pytest

GLOBS = ("forward/102-then-20?", "head/102-then-200", "expect/content-at-once")
CASE = "forward/102-then-200"


@pytest.fixture
def known(suite, bad_target, tmp_path):
    """A gateway that fails, and what --write-expect made of its state."""
    target = bad_target("replaces")
    path = tmp_path / "known"
    played = suite(*target.gateway, *GLOBS, "--write-expect", path)
    assert played.status == 1
    assert set(played.summary) == {"fail"}
    return target, path


def test_what_is_written_lists_each_deviation_with_its_reason(known):
    _, path = known
    comment, *lines = path.read_text().splitlines()
    assert comment.startswith("# ")
    assert f"{CASE}@h1/h1 FAIL replaced" in "\n".join(lines)
    assert all(len(line.split(maxsplit=2)) == 3 for line in lines)


def test_a_run_after_that_is_clean_and_shows_what_is_known(suite, known):
    target, path = known
    played = suite(*target.gateway, *GLOBS, "--expect", path)
    assert played.status == 0
    assert set(played.summary) == {"fail"}
    assert all(case["known"].startswith("replaced") for case in played.cases.values())
    assert not any(case["unexpected"] for case in played.cases.values())
    assert "known" in played.out.lower() and CASE in played.out


def test_what_is_written_is_stable_and_keeps_the_reasons(suite, known, tmp_path):
    target, path = known
    again = tmp_path / "again"
    suite(*target.gateway, *GLOBS, "--write-expect", again)
    assert again.read_text() == path.read_text()
    path.write_text(path.read_text().replace("replaced", "reported as #12; replaced"))
    assert suite(*target.gateway, *GLOBS, "--expect", path, "--write-expect", again).status == 0
    assert "reported as #12" in path.read_text()
    assert again.read_text() == path.read_text()


def test_a_file_can_be_read_and_written_at_once(suite, known):
    target, path = known
    before = path.read_text()
    assert suite(*target.gateway, *GLOBS, "--expect", path, "--write-expect", path).status == 0
    assert path.read_text() == before


def test_a_deviation_that_was_mended_fails_the_run(suite, known, bad_target):
    _, path = known
    mended = bad_target("replaces", "--on", "head/")
    played = suite(*mended.gateway, *GLOBS, "--expect", path)
    assert played.status == 1
    case = played.cases[CASE]
    assert (case["verdict"], case["unexpected"], case["known"]) == ("pass", True, "")
    line = 1 + [CASE in text for text in path.read_text().splitlines()].index(True)
    assert f"{path}:{line} expects FAIL here (replaced" in case["reason"]
    assert f"{path.name}:{line} expects FAIL here" in " ".join(played.out.split())
    assert "take that line out" in " ".join(played.out.split())
    still = played.cases["head/102-then-200"]
    assert (still["verdict"], still["unexpected"]) == ("fail", False)
    listed = played.out.partition("Passing against --expect")[2]
    assert f"PASS {CASE}" in listed and "PASS head/102-then-200" not in listed


def test_a_new_deviation_fails_the_run(suite, known):
    target, path = known
    played = suite(*target.gateway, *GLOBS, "forward/copy", "--expect", path)
    assert played.status == 1
    assert [i for i, case in played.cases.items() if case["unexpected"]] == ["forward/copy"]


def test_another_verdict_than_the_known_one_fails_the_run(suite, bad_target, tmp_path):
    path = tmp_path / "known"
    path.write_text(f"{CASE} FAIL it hangs\n")
    target = bad_target("drops-102")
    played = suite(*target.gateway, CASE, "--expect", path)
    assert played.status == 1
    assert played.cases[CASE]["verdict"] == "warn" and played.cases[CASE]["unexpected"]
    path.write_text(f"{CASE} FAIL it hangs\n{CASE} WARN or drops it\n")
    played = suite(*target.gateway, CASE, "--expect", path)
    assert played.status == 0
    assert played.cases[CASE]["known"] == "or drops it"


def test_a_warning_that_nobody_lists_does_not_fail_the_run(suite, bad_target, tmp_path):
    path = tmp_path / "known"
    target = bad_target("drops-102")
    assert suite(*target.gateway, CASE, "--write-expect", path).status == 0
    assert f"{CASE}@h1/h1 WARN dropped" in path.read_text()
    path.write_text("# none\n")
    assert suite(*target.gateway, CASE, "--expect", path).status == 0


def test_known_deviations_in_the_other_reports(suite, known, tmp_path):
    target, path = known
    junit = tmp_path / "junit.xml"
    played = suite(*target.gateway, *GLOBS, "--expect", path, "--tap", "--junit", junit)
    assert played.status == 0
    tests = [line for line in played.out.splitlines() if line.startswith(("ok", "not ok"))]
    # TODO is how TAP marks a failure that counts for nothing.
    assert tests and all(line.startswith("not ok") and "# TODO " in line for line in tests)
    assert ' failures="0"' in junit.read_text()

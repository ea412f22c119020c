"""Each unit test program, as `make` built it, is one item."""

import pytest

UNIT_SECONDS = 600


def pytest_generate_tests(metafunc):
    if "unit" in metafunc.fixturenames:
        root = metafunc.config.rootpath
        names = sorted(path.stem for path in root.glob("harness/tests/*_test.c"))
        metafunc.parametrize("unit", names)


def test_unit(unit, build, run):
    program = build / "tests" / unit
    if not program.is_file():
        pytest.fail(f"{program} is missing: run make test, or make unit", pytrace=False)
    done = run(program, timeout=UNIT_SECONDS)
    if done.returncode != 0:
        pytest.fail(
            f"{program} ended with status {done.returncode}\n{done.stdout}{done.stderr}", pytrace=False
        )

"""Fixtures of the tests: the built program, a helper that runs it, and a copy of the driver around a fake."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))


def pytest_addoption(pluginmanager):
    pluginmanager.import_plugin("interim_driver")

RUN_SECONDS = 60


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

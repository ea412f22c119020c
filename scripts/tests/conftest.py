"""The fixtures of these tests; program_fixtures.py has them under a name that tests can import."""

from program_fixtures import (
    bad_target,
    build,
    interim,
    program,
    pytest_addoption,
    read_report,
    reserve,
    root,
    run,
    schema,
    suite,
)

__all__ = [
    "bad_target",
    "build",
    "interim",
    "program",
    "pytest_addoption",
    "read_report",
    "reserve",
    "root",
    "run",
    "schema",
    "suite",
]

"""The fixtures of these tests; program_fixtures.py has them under a name that tests can import."""

from program_fixtures import *  # noqa: F401,F403

"""`pytest cases`: one pytest item per result of one `interim run`. The work is in scripts/interim_driver.py."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))


def pytest_addoption(pluginmanager):
    pluginmanager.import_plugin("interim_driver")

"""The bench of attacks runs, and what is gone or changed is said: a small part of what `faults.py` tries."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).parents[1] / "scripts" / "bench" / "faults.py"


def test_what_is_gone_or_changed_is_survived() -> None:
    done = subprocess.run(
        [sys.executable, SCRIPT, "--only", "loss"], capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    row = re.search(r"^loss +what is gone or changed +(\d+) +(\d+)$", done.stdout, re.M)
    assert row is not None
    assert row[1] == row[2] == "9"

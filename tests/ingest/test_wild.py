"""The bench over files as people have them: our own sixty, in ten languages, are read right."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "scripts" / "bench" / "wild.py"


@pytest.mark.slow
def test_our_own_files_are_read_right() -> None:
    done = subprocess.run([sys.executable, BENCH, "--show"], capture_output=True, text=True, check=True)
    first, _, last = done.stdout.splitlines()[:3]
    assert first == "60 files"
    assert last.split() == ["toolkit", *["1.000"] * 4, "1.0000"]

"""The bench over files as people have them: our own sixty, in ten languages, are read right."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parents[2] / "scripts" / "bench" / "wild.py"


def test_our_own_files_are_read_right() -> None:
    done = subprocess.run([sys.executable, BENCH, "--show"], capture_output=True, text=True, check=True)
    first, _, last = done.stdout.splitlines()
    assert first == "60 files"
    assert [float(share) for share in last.split()] == [1.0] * 5

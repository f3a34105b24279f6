"""`toolkit --help` starts at once: it loads nothing heavy. Held by what is loaded, not by a clock."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = {
    "daft",
    "datasets",
    "httpx",
    "huggingface_hub",
    "label_studio_sdk",
    "lxml",
    "numpy",
    "pandas",
    "pyarrow",
    "rensa",
    "rich.progress",
    "scipy",
    "sklearn",
    "trafilatura",
    "yaml",
}  # not pydantic: Typer itself loads it for a command's own help where it is installed

PROGRAM = """
import json, sys
from toolkit.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
sys.stderr.write(json.dumps(sorted(sys.modules)))
"""


@pytest.mark.parametrize("arguments", [["--help"], ["ingest", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stderr.splitlines()[-1]))
    assert "typer" in loaded
    assert loaded & HEAVY == set()

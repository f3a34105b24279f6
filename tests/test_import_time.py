"""`toolkit --help` starts at once: it loads nothing heavy. Held by what is loaded, not by a clock."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys

import pytest

HEAVY = {
    "cloudpickle",
    "loky",
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


@pytest.mark.parametrize("package", ["toolkit.labelstudio", "toolkit.report"])
def test_every_name_of_a_lazy_package_is_there_and_none_is_loaded_before(package: str) -> None:
    program = f"import json, sys; import {package} as found; print(json.dumps([sorted(sys.modules), dir(found)]))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded, names = json.loads(done.stdout)
    assert set(loaded) & HEAVY == set()
    assert [name for name in loaded if name.startswith(f"{package}.")] == []
    found = importlib.import_module(package)
    assert names == sorted(found.__all__)
    assert all(getattr(found, name) is not None for name in names)

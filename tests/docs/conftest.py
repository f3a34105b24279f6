"""The tutorial, followed once; what it leaves behind is where the other pages begin."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import new_page

sys.path.insert(0, str(Path(__file__).parent))  # blocks.py lies beside the tests
sys.path.append(str(Path(__file__).parents[1] / "hub"))  # the stand-in imports what lies beside it

from blocks import program

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PROJECT = "my-project"
_HERE = ("http://127.0.0.1", "file:", "data:", "blob:")

Follow = Callable[[Path, Path], str]


def _standin() -> Any:
    """Load the Hub's stand-in from the tests that it was made for."""
    spec = importlib.util.spec_from_file_location("docs_standin", ROOT / "tests" / "hub" / "standin.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["docs_standin"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def hub_address() -> Iterator[str]:
    standin = _standin()
    with standin.serving(standin.Hub()) as address:
        yield address


@pytest.fixture(scope="session")
def follow(studio: Any, studio_home: Path, hub_address: str, tmp_path_factory: pytest.TempPathFactory) -> Follow:
    """Follow a page in a directory, as a reader with a fresh machine would, and return all that was printed."""
    machine = tmp_path_factory.mktemp("machine")
    for entry in studio_home.iterdir():  # installed already, so that no test waits for it; no data of an earlier run
        if entry.name != "data":
            (machine / entry.name).symlink_to(entry)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LABEL_STUDIO_", "HF_"))}
    environment = kept | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "TOOLKIT_STUDIO_HOME": str(machine),
        "HF_ENDPOINT": hub_address,
        "HF_TOKEN": _standin().TOKEN,
        "HF_HOME": str(machine / "hf"),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
        "NO_COLOR": "1",
    }

    def run(page: Path, directory: Path) -> str:
        done = subprocess.run(
            ["bash", "-c", program(page)],
            cwd=directory,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-4000:]
        return done.stdout

    return run


@pytest.fixture(scope="session")
def followed(follow: Follow, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Follow the tutorial in an empty directory; return the project that it made, and what was printed."""
    empty = tmp_path_factory.mktemp("empty")
    printed = follow(DOCS / "tutorial.md", empty)
    return empty / PROJECT, printed


@pytest.fixture
def watched() -> Iterator[tuple[Any, list[str]]]:
    """A page of a real browser, and the list of its faults: errors on its console, and requests off the machine."""
    faults: list[str] = []
    with new_page("THE PAGES ARE") as page:
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda made: None if made.url.startswith(_HERE) else faults.append(made.url))
        yield page, faults

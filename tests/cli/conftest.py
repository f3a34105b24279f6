"""The whole job through the command line in one project, run once for all tests that look at it; and a small model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from toolkit.baselines import Rows, save, train

STAGES = [
    ["ingest"],
    ["segment"],
    ["push"],
    ["studio", "replay"],
    ["pull"],
    ["agreement"],
    ["adjudicate"],
    ["build", "1.0.0"],
    ["train"],
    ["evaluate"],
]


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("end-to-end") / "project"


@pytest.fixture(scope="session")
def toolkit(project: Path, studio: Any) -> Any:
    """Runs `toolkit … --json` in the project and returns what it printed."""
    home = project.parent / "home"
    environment = os.environ | {
        "LABEL_STUDIO_URL": studio.url,
        "LABEL_STUDIO_API_KEY": studio.token,
        "HOME": str(home),
        "HF_HOME": str(home / "hf"),
    }

    def run(*arguments: str) -> Any:
        command = [sys.executable, "-W", "error", "-m", "toolkit", *arguments, "--json"]
        folder = project if project.exists() else project.parent
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        assert studio.token not in done.stdout + done.stderr
        return json.loads(done.stdout)

    run("init", "project", "--samples", "--title", "End to end")
    return run


@pytest.fixture(scope="session")
def run_all(toolkit: Any) -> Callable[[], dict[str, Any]]:
    """Runs every stage and returns what each printed, by its command."""
    return lambda: {stage[-1] if stage[0] == "studio" else stage[0]: toolkit(*stage) for stage in STAGES}


@pytest.fixture(scope="session")
def first(run_all: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What the first run of every stage printed."""
    return run_all()


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that tells a mayor who denied a case from one who opened it."""
    texts = tuple(f"the mayor {verb} case {number}" for number in range(20) for verb in ("denied", "opened"))
    labels = tuple(("denial" if "denied" in text else "none",) for text in texts)
    folder = tmp_path_factory.mktemp("model")
    save(train(Rows(texts=texts, labels=labels, multi=False), baseline="words-lr"), folder)
    return folder

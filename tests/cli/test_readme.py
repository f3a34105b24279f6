"""What the README shows is what happens: its Python runs, its commands exist, its recording has the real counts."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from toolkit import labelstudio, samples
from toolkit.cli.output import counts_line
from toolkit.project import Workspace

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
PAGES = sorted(path.name for path in samples.pages().iterdir())[:4]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.slow
def test_every_command_exists() -> None:
    commands = [line for block in blocks("console") for line in block.splitlines() if "toolkit " in line]
    words = {re.search(r"toolkit ((?:studio |schema )?[a-z-]+)", line)[1] for line in commands}  # type: ignore[index]
    assert len(words) >= 10
    for word in sorted(words):
        done = subprocess.run(
            [sys.executable, "-m", "toolkit", *word.split(), "--help"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, word


@pytest.mark.studio
@pytest.mark.slow
def test_the_python_runs(studio: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LABEL_STUDIO_URL", studio.url)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", studio.token)
    workspace = Workspace.create(tmp_path / "my-project", title="README")
    for name in PAGES:
        shutil.copy(samples.pages() / name, workspace.path("pages", name))
    verbs, reading = blocks("python")
    before, after = verbs.split("# … people label …")
    names: dict[str, Any] = {}
    exec(before, names)  # the README's own code
    labelstudio.replay(workspace, samples.answers())
    exec(after, names)
    assert names["built"].version == "1.0.0"
    fresh = os.environ | {"HF_HOME": str(tmp_path / "hf"), "HF_HUB_OFFLINE": "1"}
    program = f"{reading}\nassert gold['train'].num_rows > 10, gold"
    subprocess.run([sys.executable, "-c", program], env=fresh, check=True)


@pytest.mark.studio
@pytest.mark.slow
def test_the_recording_is_true(first: dict[str, Any]) -> None:
    for name, outcome in first.items():
        assert counts_line(name, outcome["counts"]) in README

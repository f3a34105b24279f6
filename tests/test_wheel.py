"""The built wheel works in an empty environment, without the source."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def run(*command: str | Path, cwd: Path) -> str:
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.slow
def test_the_wheel_carries_its_schemas(tmp_path: Path) -> None:
    run(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path / "dist", ROOT, cwd=tmp_path)
    (wheel,) = (tmp_path / "dist").glob("toolkit-*.whl")
    venv.create(tmp_path / "venv", with_pip=True)
    run(tmp_path / "venv/bin/pip", "install", "--quiet", "--disable-pip-version-check", wheel, cwd=tmp_path)
    toolkit = tmp_path / "venv/bin/toolkit"
    for schema in ("news_events", "claims"):
        assert "no faults" in run(toolkit, "schema", "check", schema, cwd=tmp_path)
        assert "<View" in run(toolkit, "schema", "render", schema, cwd=tmp_path)
    run(toolkit, "init", "project", "--samples", cwd=tmp_path)
    run(toolkit, "ingest", "--project", "project", cwd=tmp_path)
    run(toolkit, "segment", "--project", "project", cwd=tmp_path)
    assert (tmp_path / "project/sentences.parquet").exists()

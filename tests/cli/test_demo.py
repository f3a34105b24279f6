"""`toolkit demo` runs the whole job in a directory of its own, and stops the server that it started."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_without_a_server_it_shows_the_same(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LABEL_STUDIO_")}
    known = kept | {
        "TOOLKIT_STUDIO_HOME": str(tmp_path / "none"),
        "HF_HOME": str(tmp_path / "hf"),
        "HF_HUB_OFFLINE": "1",
    }
    command = [sys.executable, "-m", "toolkit", "demo", "shown", "--offline"]
    done = subprocess.run(command, cwd=tmp_path, env=known, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert not (tmp_path / "none").exists()
    for stage in ("ingest", "segment", "agreement", "adjudicate", "build", "datasets", "train", "evaluate"):
        line = next(line for line in done.stdout.splitlines() if line.startswith(f"{stage} ")).partition("   [")[0]
        assert line in README, line
    assert (tmp_path / "shown" / "reports" / "report.html").stat().st_size > 100_000
    both = subprocess.run([*command, "--keep"], cwd=tmp_path, env=known, capture_output=True, text=True, check=False)
    assert both.returncode == 2


@pytest.mark.studio
def test_the_demonstration_ends_in_a_report_and_a_second_run_has_nothing_to_do(
    studio: object, studio_home: Path, tmp_path: Path
) -> None:
    machine = tmp_path / "machine"
    machine.mkdir()
    for entry in studio_home.iterdir():  # installed already; a data directory of its own
        if entry.name != "data":
            (machine / entry.name).symlink_to(entry)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LABEL_STUDIO_")}
    known = kept | {"TOOLKIT_STUDIO_HOME": str(machine), "HF_HOME": str(tmp_path / "hf"), "HF_HUB_OFFLINE": "1"}

    def demo() -> tuple[dict[str, str], str]:
        command = [sys.executable, "-m", "toolkit", "demo", "shown", "--json"]
        done = subprocess.run(command, cwd=tmp_path, env=known, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout), done.stderr

    made, told = demo()
    assert Path(tmp_path, made["report"]).stat().st_size > 100_000
    assert "replay      2 annotators · 506 answered" in told
    _, again = demo()
    for stage in ("ingest", "segment", "agreement", "adjudicate", "train", "evaluate"):
        line = next(line for line in again.splitlines() if line.startswith(f"{stage} "))
        assert line.endswith("[up to date]"), line
    status = [sys.executable, "-m", "toolkit", "studio", "status"]
    running = subprocess.run(status, env=known, capture_output=True, text=True, check=True)
    assert running.stdout == "does not run\n"

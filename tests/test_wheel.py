"""Wheel and sdist work in an empty environment, without the source and with the oldest libraries allowed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
UV = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))


def run(*command: str | Path, cwd: Path) -> str:
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def oldest() -> str:
    """Return constraints that hold every library of the default install, and embeddings, to its lower bound."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["embeddings"]]
    return "".join(line.partition(",")[0].replace(">=", "==") + "\n" for line in wanted)


def answers() -> list[dict[str, object]]:
    """Return a Label Studio export in which two people agree on twelve texts."""
    return [
        {
            "id": number,
            "data": {"text": f"The harbour master said that {number + 2} boats had left."},
            "annotations": [
                {
                    "id": 10 * number + person,
                    "completed_by": person,
                    "created_at": "2031-03-12T10:00:00Z",
                    "updated_at": "2031-03-12T10:00:00Z",
                    "result": [
                        {
                            "id": "r1",
                            "type": "choices",
                            "from_name": "speech_act",
                            "to_name": "text",
                            "value": {"choices": ["claim"]},
                        }
                    ],
                }
                for person in (1, 2)
            ],
        }
        for number in range(12)
    ]


def empty_environment(folder: Path) -> None:
    """Make an environment `venv` in a folder."""
    run(UV, "venv", "--quiet", "--python", sys.executable, folder / "venv", cwd=folder)


def install(folder: Path, *wanted: str | Path) -> None:
    """Install into the environment of a folder."""
    run(UV, "pip", "install", "--quiet", "--python", folder / "venv/bin/python", *wanted, cwd=folder)


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The distributions, the wheel built from the sdist as an index would have it."""
    target = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--installer", "uv", "--outdir", target, ROOT, cwd=target)
    return target


@pytest.mark.slow
def test_the_sdist_carries_what_is_fixed(dist: Path) -> None:
    (path,) = dist.glob("annotation_dataset_toolkit-*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.split("/")[1] for name in archive.getnames()}
    assert {"pyproject.toml", "toolkit", "schemas", "label_configs", "tests", "scripts", "LICENSE"} <= names


@pytest.mark.slow
def test_the_wheel_does_the_job_with_the_oldest_libraries(dist: Path, tmp_path: Path) -> None:
    (wheel,) = dist.glob("annotation_dataset_toolkit-*.whl")
    constraints = tmp_path / "oldest.txt"
    constraints.write_text(oldest(), encoding="utf-8")
    empty_environment(tmp_path)
    install(tmp_path, "--constraint", constraints, f"{wheel}[embeddings]")
    toolkit = tmp_path / "venv/bin/toolkit"
    for schema in ("news_events", "claims"):
        assert "no faults" in run(toolkit, "schema", "check", schema, cwd=tmp_path)
        assert "<View" in run(toolkit, "schema", "render", schema, cwd=tmp_path)
    run(toolkit, "init", "project", "--samples", cwd=tmp_path)
    project = tmp_path / "project"
    for command in ("ingest", "segment", "verify"):
        run(toolkit, command, cwd=project)
    (project / "export.json").write_text(json.dumps(answers()), encoding="utf-8")
    run(toolkit, "pull", "--from-export", "export.json", "--import-texts", cwd=project)
    for command in ("agreement", "adjudicate", "report", "doctor"):
        run(toolkit, command, cwd=project)
    run(toolkit, "build", "1.0.0", cwd=project)
    run(toolkit, "publish", "1.0.0", "--to", tmp_path / "published", cwd=project)
    rows = [{"text": f"They {verb} it, {number}.", "label": verb} for number in range(9) for verb in ("sold", "denied")]
    (project / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    run(toolkit, "train", "--train", "rows.jsonl", "--baseline", "embeddings", "-o", "model", cwd=project)
    assert '"sold"' in run(toolkit, "predict", "--model", "model", "They sold it.", cwd=project)
    program = "import datasets, sys; print(datasets.load_dataset(sys.argv[1]).num_rows)"
    assert "train" in run(tmp_path / "venv/bin/python", "-c", program, project / "releases/1.0.0", cwd=tmp_path)


@pytest.mark.slow
def test_a_models_requirements_install_from_the_wheel(dist: Path, tmp_path: Path) -> None:
    """Whoever gets a model directory and the wheel can use the model: nothing else has to be known."""
    rows = [{"text": f"They {verb} it, {number}.", "label": verb} for number in range(9) for verb in ("sold", "denied")]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    here = [sys.executable, "-m", "toolkit"]
    run(*here, "train", "--train", "rows.jsonl", "--baseline", "words-lr", "-o", "model", cwd=tmp_path)
    empty_environment(tmp_path)
    install(tmp_path, "--find-links", dist, "--requirement", tmp_path / "model/requirements.txt")
    found = run(tmp_path / "venv/bin/toolkit", "predict", "--model", "model", "They sold it.", cwd=tmp_path)
    assert '"sold"' in found

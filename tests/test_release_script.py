"""`scripts/release` on a copy of the repository, whose checks and tests are left out."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent
VERSION = "7.8.9"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A clone on the branch main, with the environment of these tests."""
    there = tmp_path / "copy"
    subprocess.run(["git", "clone", "--quiet", ROOT, there], check=True)
    for name in ("check", "test"):
        (there / "scripts" / name).write_text("#!/bin/sh\n")
    (there / ".git" / "info" / "exclude").write_text(".venv\n")
    (there / ".venv").symlink_to(sys.prefix)
    for name, value in (("name", "A Tester"), ("email", "tester@example.invalid")):
        subprocess.run(["git", "config", f"user.{name}", value], cwd=there, check=True)
    git(there, "checkout", "--quiet", "-B", "main")
    git(there, "commit", "--quiet", "--all", "--no-verify", "--message", "Leave the checks out")
    return there


def git(there: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=there, check=True, capture_output=True, text=True).stdout


def release(there: Path, version: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [there / "scripts" / "release", version]
    return subprocess.run(command, cwd=there, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_version_is_dated_built_listed_committed_and_tagged_once(copy: Path) -> None:
    under = re.search(r"^## \[Unreleased\]\n(.+?)(?=^## |\Z)", (copy / "CHANGELOG.md").read_text(), re.M | re.S)
    assert under is not None
    done = release(copy, VERSION)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"git push origin main v{VERSION}" in done.stdout
    changelog = (copy / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[Unreleased\]\n\n## \[{VERSION}\] - \d{{4}}-\d\d-\d\d\n", changelog, re.M)
    assert under[1].strip() in changelog
    assert git(copy, "status", "--porcelain") == ""
    assert git(copy, "describe", "--exact-match").strip() == f"v{VERSION}"
    stem = f"annotation_dataset_toolkit-{VERSION}"
    wheel, sdist, bill = (copy / "dist" / f"{stem}{end}" for end in ("-py3-none-any.whl", ".tar.gz", ".cdx.json"))
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {"toolkit/py.typed", "toolkit/_shipped/schemas/claims/1.0.0.yaml", f"{stem}.dist-info/METADATA"} <= names
    with tarfile.open(sdist) as archive:
        held = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    assert {"docs/index.md", "CHANGELOG.md", "NOTICE", "compose.yaml", "mkdocs.yml", "tests/conftest.py"} <= held
    made = json.loads(bill.read_bytes())["metadata"]["component"]
    assert (made["version"], made["purl"]) == (VERSION, f"pkg:pypi/annotation-dataset-toolkit@{VERSION}")
    again = release(copy, VERSION)
    assert (again.returncode, "a tag never moves" in again.stderr) == (2, True)
    other = release(copy, "7.9.0")
    assert (other.returncode, "nothing stands under [Unreleased]" in other.stderr) == (2, True)


def test_what_is_not_committed_is_not_released(copy: Path) -> None:
    (copy / "left.txt").write_text("over")
    done = release(copy, VERSION)
    assert (done.returncode, "there are uncommitted changes" in done.stderr) == (2, True)
    assert release(copy, "soon").returncode == 2

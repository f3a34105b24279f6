"""What people are told to install."""

from __future__ import annotations

import importlib.metadata
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

from toolkit.version import DISTRIBUTION, add_command, install_command

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
STRANGER = re.compile(
    r"""(?:install|uvx|add) (?:-\S+ )*['"]?toolkit(?![\w./-])|(?<![\w-])toolkit\[[a-z]+\]['"`]"""
    r"""|(?:^|['"])toolkit[=>~]=""",
    re.MULTILINE,
)  # somebody else's package has the name of our command


def project_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and name != "tests/test_installation.py"]


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


@pytest.mark.slow
def test_nobody_is_told_to_install_the_package_of_somebody_else() -> None:
    for said in ("pip install toolkit`", "pip install --upgrade toolkit", "pip install 'toolkit[x]'", "\ntoolkit==0.1"):
        assert STRANGER.search(said), said
    for said in ("uvx --from . toolkit ingest", install_command("spacy"), install_command(upgrade=True)):
        assert not STRANGER.search(said), said
    told = [(path.name, found[0]) for path in project_files() if (found := STRANGER.search(text_of(path)))]
    assert not told


def test_no_file_names_the_host_of_a_registry() -> None:
    hosts = re.compile(r"pypi\.org|pythonhosted|--(?:extra-)?index-url \S*//")
    assert not [path.name for path in project_files() if hosts.search(text_of(path))]


def test_the_distribution_has_the_name_that_people_are_told() -> None:
    assert PROJECT["name"] == DISTRIBUTION


@pytest.mark.parametrize("tool", [True, False])
def test_a_part_is_added_to_the_installation_that_runs(
    tool: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = tmp_path / "my checkout"
    checkout.mkdir()
    told = {"direct_url.json": json.dumps({"url": checkout.as_uri(), "dir_info": {}})}
    monkeypatch.setattr(importlib.metadata, "distribution", lambda name: SimpleNamespace(read_text=told.get))
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    if tool:
        (tmp_path / "uv-receipt.toml").touch()
    assert add_command("documents").endswith(f" install {'--force ' * tool}'{checkout}[documents]'")
    assert add_command("documents").startswith("uv tool " if tool else ("pip ", "uv pip "))
    told["direct_url.json"] = ""
    assert add_command("documents").endswith(f"'{DISTRIBUTION}[documents]'")

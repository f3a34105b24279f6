"""The locked libraries are those that pyproject.toml asks for."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def asked_for(extra: str) -> dict[str, Requirement]:
    """Return the libraries that the project, or one of its extras, asks for; extras of its own in their place."""
    found = {}
    for line in PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]:
        requirement = Requirement(line)
        if requirement.name == PROJECT["name"]:
            found |= {name: each for own in requirement.extras for name, each in asked_for(own).items()}
        else:
            found[canonicalize_name(requirement.name)] = requirement
    return found


@pytest.mark.parametrize(("file", "extras"), [("requirements.txt", [""]), ("requirements-dev.txt", ["", "dev"])])
def test_every_library_is_locked_at_a_version_that_is_asked_for(file: str, extras: list[str]) -> None:
    text = (ROOT / "scripts" / file).read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", text, flags=re.MULTILINE))
    wanted = {name: each for extra in extras for name, each in asked_for(extra).items()}
    wrong = [str(each) for name, each in wanted.items() if not each.specifier.contains(locked.get(name, "0"), True)]
    assert not wrong, f"run `scripts/lock` for {', '.join(wrong)}"
    assert "://" not in text, "a registry's address stands in the file"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("platform", "python"),
    [
        ("aarch64-apple-darwin", "3.13"),
        ("x86_64-pc-windows-msvc", "3.12"),
        ("aarch64-unknown-linux-gnu", "3.11"),
        ("x86_64-unknown-linux-gnu", "3.14"),
    ],
)
def test_the_locked_libraries_are_all_and_built_on_other_systems_too(platform: str, python: str) -> None:
    """A lock that was made for one system lacks what another one needs, and every hash of it."""
    command = [sys.executable, "-m", "uv", "pip", "install", "--python", sys.executable, "--dry-run", "--reinstall"]
    command += ["--require-hashes", "--only-binary", ":all:", "--requirement", str(ROOT / "scripts/requirements.txt")]
    tried = subprocess.run(
        [*command, "--python-platform", platform, "--python-version", python], capture_output=True, text=True
    )
    assert tried.returncode == 0, tried.stderr

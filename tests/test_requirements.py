"""The locked libraries are those that pyproject.toml asks for."""

from __future__ import annotations

import re
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

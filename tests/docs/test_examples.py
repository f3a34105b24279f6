"""Every example in a docstring of the package is executed, in a small project with a release and a model."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import shutil
import tarfile
from pathlib import Path

import pytest

import toolkit

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[1] / "project" / "project_of_0_1_0.tar.xz"
REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "python.md"
PUBLIC = re.findall(r"^::: (toolkit\.[\w.]+)$", REFERENCE.read_text(encoding="utf-8"), flags=re.MULTILINE)
MODULES = sorted(
    found.name
    for found in pkgutil.walk_packages(toolkit.__path__, "toolkit.")
    if not found.ispkg and ">>> " in Path(found.module_finder.path, f"{found.name.rpartition('.')[2]}.py").read_text()  # type: ignore[union-attr]
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, measured and decided by this version: `build` refuses what an older one did."""
    root = tmp_path_factory.mktemp("examples")
    with tarfile.open(PROJECT) as archive:
        archive.extractall(root, filter="data")
    toolkit.Project(root).agreement()
    toolkit.Project(root).adjudicate()
    return root


@pytest.mark.parametrize("name", MODULES)
def test_examples_say_what_happens(name: str, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(project, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    failed, tried = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert tried
    assert not failed


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_name_is_reached_by_its_path(path: str) -> None:
    package, _, name = path.rpartition(".")
    try:
        found = getattr(importlib.import_module(package), name)
    except AttributeError:
        found = importlib.import_module(path)
    assert found.__doc__


def test_the_door_shows_its_names_alone() -> None:
    assert dir(toolkit) == ["Project", "__version__", "diff", "load_model", "load_release"]

"""What a default installation brings along, and under which licence; the bill of materials that says so."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "scripts" / "sbom.py"


@pytest.fixture(scope="module")
def sbom() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sbom", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_nothing_in_the_default_installation_is_under_a_licence_that_asks_for_ours(sbom: ModuleType) -> None:
    licences = {name: sbom.licence_of(name) for name in sorted(sbom.needs())}
    assert len(licences) > 30
    assert {name: text for name, text in licences.items() if sbom.asks_for_ours(text)} == {}
    assert {name for name, text in licences.items() if not text} == set()


@pytest.mark.parametrize(
    ("licence", "asks"),
    [
        ("GPL-3.0-only", True),
        ("License :: OSI Approved :: GNU Affero General Public License v3", True),
        ("License :: OSI Approved :: GNU Lesser General Public License v2 (LGPLv2)", False),
        ("MPL-1.1 OR GPL-2.0-only OR LGPL-2.1-or-later", False),
        ("Apache-2.0", False),
    ],
)
def test_a_licence_that_asks_for_ours_is_known(sbom: ModuleType, licence: str, asks: bool) -> None:
    assert sbom.asks_for_ours(licence) is asks


def test_what_is_weakly_copyleft_is_named_in_the_notice(sbom: ModuleType) -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    lesser = {name for name in sbom.needs() if re.search(r"LGPL|Lesser|MPL|Mozilla", sbom.licence_of(name), re.I)}
    assert {name for name in lesser if name not in notice} == set()


@pytest.mark.slow
def test_the_bill_of_materials_has_every_library_with_its_licence_and_what_it_needs(tmp_path: Path) -> None:
    files = [tmp_path / "one.cdx.json", tmp_path / "two.cdx.json"]
    for file in files:
        subprocess.run([sys.executable, SCRIPT, file], check=True, capture_output=True)
    assert files[0].read_bytes() == files[1].read_bytes()
    made = json.loads(files[0].read_bytes())
    references = {each["bom-ref"] for each in (made["metadata"]["component"], *made["components"])}
    assert f"pkg:pypi/scikit-learn@{metadata.version('scikit-learn')}" in references
    assert "pytest" not in {each["name"] for each in made["components"]}
    assert {each["ref"] for each in made["dependencies"]} == references
    assert {one for each in made["dependencies"] for one in each["dependsOn"]} <= references
    for component in made["components"]:
        ((kind, licence),) = component["licenses"][0].items()
        assert licence if kind == "expression" else licence["name"], component["name"]

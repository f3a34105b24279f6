"""What a default installation brings along, and under which licence."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from toolkit.version import DISTRIBUTION

ROOT = Path(__file__).parent.parent
COPYLEFT = re.compile(r"\b(?:A?GPL|GNU (?:Affero )?General Public)", re.I)
UNSAID = {"label-studio-sdk"}
"""Distributions whose metadata say nothing; their repositories do: Apache-2.0."""
LESSER = re.compile(r"\bLGPL|GNU Lesser|GNU Library", re.I)


def brought_along() -> set[str]:
    """Return the names of every distribution that the default installation needs, those that these need included."""
    found: set[tuple[str, str]] = set()
    waiting = [(DISTRIBUTION, "")]
    while waiting:
        name, extra = waiting.pop()
        for wanted in map(Requirement, metadata.requires(name) or ()):
            if wanted.marker is None or wanted.marker.evaluate({"extra": extra}):
                named = re.sub(r"[-_.]+", "-", wanted.name).lower()
                new = {(named, each) for each in ("", *wanted.extras)} - found
                found |= new
                waiting += new
    return {name for name, _ in found}


def licence_of(name: str) -> str:
    """Return all that a distribution says of its licence, in short: expression, classifiers, and the field of old."""
    about = metadata.metadata(name)
    classifiers = [each for each in about.get_all("Classifier") or () if each.startswith("License")]
    return "; ".join(filter(None, [about.get("License-Expression"), *classifiers, (about.get("License") or "")[:80]]))


def test_nothing_in_the_default_installation_is_under_a_licence_that_asks_for_ours() -> None:
    licences = {name: licence_of(name) for name in sorted(brought_along())}
    assert len(licences) > 30
    refused = {
        name: text for name, text in licences.items() if COPYLEFT.search(LESSER.sub("", text)) and " OR " not in text
    }
    assert refused == {}
    assert {name for name, text in licences.items() if not text} <= UNSAID


def test_what_is_weakly_copyleft_is_named_in_the_notice() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    lesser = {name for name in brought_along() if re.search(r"LGPL|Lesser|MPL|Mozilla", licence_of(name), re.I)}
    assert {name for name in lesser if name not in notice} == set()

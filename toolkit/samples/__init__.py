"""Sample pages and recorded answers that the package ships, all invented and CC0 (see README.md beside them)."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from toolkit.samples.recorded import Recorded, read

__all__ = ["LICENCE", "Recorded", "answers", "expert", "figures", "pages", "read"]

LICENCE = "CC0-1.0"
"""SPDX id of all of it."""

_HERE = Path(str(resources.files(__name__)))


def pages() -> Path:
    """Return the folder of the raw sample pages, ready to be copied as a project's pages/."""
    return _HERE / "pages"


def answers() -> Path:
    """Return the JSONL file with the answers of the two invented annotators "ada" and "ben" to every sentence."""
    return _HERE / "answers.jsonl"


def expert() -> Path:
    """Return the JSONL file with the invented expert's ("cleo") answers where "ada" and "ben" differ."""
    return _HERE / "expert.jsonl"


def figures() -> Path:
    """Return the folder of the sentences with casualty figures: one JSONL file per language (see its README.md)."""
    return _HERE / "figures"

"""The sections of a card that only people can write.

They stand in card/NAME.md of the project, one file a section, and go into every release from then on. On the Hub they
can be edited in place, between the marks; see `toolkit.hub.merge`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from toolkit.errors import InvalidInput

FOLDER: Final = "card"

OWN_SECTION: Final = "<!-- own:{name} -->\n{text}<!-- /own -->"
"""How a section of people's own words stands on a card."""

PROMPTS: Final[Mapping[str, str]] = {
    "motivation": "*Nobody has written yet why this dataset was made and who paid for it.*",
    "collection": "*Nobody has written yet how the pages were chosen and fetched.*",
    "annotators": "*Nobody has written yet who the annotators are, how they were trained and paid.*",
    "uses": "*Nobody has written yet what the dataset should and should not be used for.*",
    "limitations": "*Nobody has written yet about biases and limitations beyond those below.*",
    "maintenance": "*Nobody has written yet who maintains the dataset and where to ask.*",
}
"""Sections that only people can write → what stands there until they have."""

_OWN = re.compile(r"<!-- own:([a-z]+) -->\n(.*?)<!-- /own -->", re.DOTALL)
_MARK = re.compile(r"<!-- (?:own:[a-z]+|/own) -->")


def own_sections(text: str) -> dict[str, str]:
    """Return the sections of a card that people may write, by name."""
    return {name: body for name, body in _OWN.findall(text) if name in PROMPTS}


def read_sections(folder: Path) -> dict[str, str]:
    """Return name → text of the sections in a folder, by name; {} if it is not there.

    Raises:
        InvalidInput: A file is no section's, is not UTF-8, or holds the marks that stand around sections; `faults`
            holds every fault.
    """
    found, faults = {}, []
    for path in sorted(folder.glob("*")):
        if path.name.startswith("."):
            continue
        try:
            found[path.stem] = _read(path)
        except InvalidInput as fault:
            faults.append(fault)
    if faults:
        raise InvalidInput.all_of(faults)
    return found


def _read(path: Path) -> str:
    if path.suffix != ".md" or path.stem not in PROMPTS:
        names = ", ".join(f"{name}.md" for name in PROMPTS)
        raise InvalidInput("is no section of the card", where=str(path), remedy=f"there are {names}")
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (UnicodeDecodeError, IsADirectoryError) as error:
        raise InvalidInput("is no UTF-8 text", where=str(path), remedy="save it as UTF-8") from error
    if mark := _MARK.search(text):
        remedy = "write the section's words alone"
        raise InvalidInput(f"holds {mark[0]}, which stands around sections on the card", where=str(path), remedy=remedy)
    return f"{text or PROMPTS[path.stem]}\n"

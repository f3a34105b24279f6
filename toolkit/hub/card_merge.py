"""The merge of a new release's card with the one on the Hub, which others may have edited."""

from __future__ import annotations

from typing import Any

from toolkit.release.card.card import OWN_SECTION, PROMPTS, joined, own_sections, parted

_OURS = (
    "configs",
    "dataset_info",
    "size_categories",
    "pretty_name",
    "license",
    "license_name",
    "license_link",
    "language",
)
"""Metadata that follows from the data: the release's value is kept."""


def merge_cards(ours: str, theirs: str) -> str:
    """Return the release's card with the additions that others made on the Hub.

    Metadata keys that the release does not write are kept (such as `extra_gated_prompt`), lists that it does not
    derive from data are joined, and a section for people's own words is taken over where the release has none.

    Args:
        ours: The release's README.md.
        theirs: README.md as it is on the Hub; "" if there is none.
    """
    mine, body = parted(ours)
    yours, _ = parted(theirs)
    metadata = mine | _added(mine, yours)
    written = {name: text for name, text in own_sections(theirs).items() if text.strip() != PROMPTS[name]}
    for name, text in own_sections(ours).items():
        if text.strip() == PROMPTS[name] and name in written:
            body = body.replace(
                OWN_SECTION.format(name=name, text=text), OWN_SECTION.format(name=name, text=written[name])
            )
    if metadata == mine:
        return ours.removesuffix(parted(ours)[1]) + body
    return joined(metadata, body)


def _added(mine: dict[str, Any], yours: dict[str, Any]) -> dict[str, Any]:
    added = {}
    for key, value in yours.items():
        if key in _OURS:
            continue
        if key not in mine:
            added[key] = value
        elif isinstance(value, list) and isinstance(mine[key], list):
            added[key] = [*mine[key], *(item for item in value if item not in mine[key])]
    return added

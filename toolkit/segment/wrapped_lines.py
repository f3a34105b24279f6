"""Line breaks that only fill a line, read over: `segment` sees a space in their place, and every offset stays."""

from __future__ import annotations

from toolkit.wrapped_text import Unwrap, joints


def read_over(text: str, unwrap: Unwrap) -> str:
    """Return a text of the same length, with a space for each code point of a line break within a paragraph.

    Within a word that a line's end has parted, hyphens stand instead.
    """
    found = joints(text, unwrap=unwrap)
    if not found:
        return text
    parts: list[str] = []
    at = 0
    for joint in found:
        parts += [text[at : joint.start], (" " if joint.text else "-") * (joint.end - joint.start)]
        at = joint.end
    return "".join([*parts, text[at:]])

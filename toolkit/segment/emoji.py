"""Emoji beside the ends of sentences.

They close the sentence that they follow ("Thank you. 🙏"), except in a line that an emoji opens, as channels write:
there each of them opens a sentence, with or without a stop before it.
"""

from __future__ import annotations

import re

from toolkit.segment.glyphs import Span
from toolkit.segment.marks import BREAKS, JOINERS, PICTURES, UPPER, inside

_PICTURE = inside(PICTURES)
_EMOJI = rf"(?:[{_PICTURE}]|[\d#*]\ufe0f?\u20e3)[{JOINERS}\u20e3]*+"
_RUN = re.compile(rf"{_EMOJI}(?:[ ]?{_EMOJI}){{0,11}}")
_LED = re.compile(rf"[{BREAKS}\s]*(?:[{_PICTURE}]|[\d#*]\ufe0f?\u20e3)")
_FLAGS_AND_HEARTS = "\U0001f1e6-\U0001f1ff\u2764\u2665\U0001f493-\U0001f49f\U0001f5a4\U0001f90d\U0001f90e\U0001f9e1"
_LEAD = re.compile(
    rf"(?<=[\w)”\"»%])[ ](?=(?:(?![{_FLAGS_AND_HEARTS}])[{_PICTURE}]|\d\ufe0f?\u20e3)[{JOINERS}{_PICTURE}]{{0,9}}+[ ]"
    rf"[“\"«]?[{UPPER}])"
)
_BREAK = re.compile(f"[{BREAKS}]")


def parted_by_emoji(text: str, spans: list[Span]) -> list[Span]:
    """Part the sentences of each line that an emoji opens: there other emoji open sentences too, without a stop."""
    parted: list[Span] = []
    led, at = False, 0
    for start, end in spans:
        if not parted or _BREAK.search(text, at, start):
            led = _LED.match(text, start) is not None
        at = end
        for match in _LEAD.finditer(text, start, end) if led else ():
            parted.append((start, match.start()))
            start = match.end()
        parted.append((start, end))
    return parted


def past_emoji(text: str, line: int, end: int, after: int) -> tuple[int, int]:
    """Return a sentence's end and the next one's beginning where emoji follow a stop.

    Args:
        text: The text.
        line: Beginning of the line.
        end: End of the sentence without the emoji.
        after: Beginning of the emoji.
    """
    run = _RUN.match(text, after)
    past = run.end() if run else after
    following = past
    while following < len(text) and text[following].isspace() and text[following] not in BREAKS:
        following += 1
    if following == len(text) or text[following] in BREAKS:
        return len(text), len(text)  # nothing follows on the line
    return (end, after) if run is None or _LED.match(text, line) else (past, following)

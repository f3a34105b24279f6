"""A place where a sentence may end, and what the text before it shows: a list's markers, an open quotation."""

from __future__ import annotations

import re
from typing import NamedTuple

from toolkit.segment.marks import BULLETS

QUOTED = 1000
"""Code points before a stop in which quotation marks are paired."""

_MARKER = re.compile(rf"[{re.escape(BULLETS)}]{{0,4}}(?:\d{{1,3}}|[a-z])\.")


class Candidate(NamedTuple):
    """A place where a sentence may end; every offset is in code points.

    Attributes:
        text: The text.
        start: Beginning of the sentence.
        stop: Its last stop mark.
        end: End of the sentence, after the marks that close with it.
        after: Beginning of the next sentence.
    """

    text: str
    start: int
    stop: int
    end: int
    after: int

    @property
    def next(self) -> str:
        """The first character of the next sentence."""
        return self.text[self.after]

    @property
    def second(self) -> str:
        """The character after `next`; "" at the end of the text."""
        return self.text[self.after + 1 : self.after + 2]

    @property
    def closers(self) -> str:
        """The marks that close with the sentence."""
        return self.text[self.stop + 1 : self.end]

    @property
    def said(self) -> str:
        """The sentence so far, or its end."""
        return self.text[max(self.start, self.stop - QUOTED) : self.stop]

    @property
    def is_loud(self) -> bool:
        """Whether the sentence so far is all in capitals."""
        return self.said.isupper()


def is_marker(before: str, token: str) -> bool:
    """Return whether a sentence consists of the number or letter of a list item so far."""
    return (token.isdigit() or len(token) == 1) and not before.strip(BULLETS)


def continues_list(place: Candidate, token: str) -> bool:
    """Return whether a number or letter is the next marker of a list within the sentence: 1. Tea 2. Coffee."""
    if token.isdecimal() and len(token) < 4:
        previous = str(int(token) - 1)
    elif len(token) == 1 and "b" <= token <= "z":
        previous = chr(ord(token) - 1)
    else:
        return False
    if not _MARKER.match(place.text, place.start):
        return False
    return f" {previous}." in f" {place.said.lstrip(BULLETS)}"


def opens_quote(text: str, stop: int) -> bool:
    """Return whether a straight quotation mark after a stop opens a quotation: none is open in the line so far."""
    first = max(0, stop - QUOTED)
    return text.count('"', max(first, text.rfind("\n", first, stop)), stop) % 2 == 0

"""What pages do to text: the distortions in which `segment.py --stress` measures splitters.

Each takes a text, its spans and its optional ends, and returns them as they are after the distortion.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from itertools import pairwise

Span = tuple[int, int]
Gold = tuple[str, tuple[Span, ...], tuple[int, ...]]
Distortion = Callable[[str, tuple[Span, ...], tuple[int, ...]], Gold]

COLUMN = 60
STOPS = frozenset(".!?؟。।۔")


def _moved(pieces: list[str], spans: tuple[Span, ...], optional: tuple[int, ...]) -> Gold:
    """Return the text of the pieces, one per character of the source, and the gold ends in it."""
    offsets = [0]
    for piece in pieces:
        offsets.append(offsets[-1] + len(piece))
    return "".join(pieces), tuple((offsets[a], offsets[b]) for a, b in spans), tuple(offsets[end] for end in optional)


def _each(change: Callable[[str], str]) -> Distortion:
    """Return the distortion that changes every character."""
    return lambda text, spans, optional: _moved([change(character) for character in text], spans, optional)


def _same_length(change: Callable[[str], str]) -> Callable[[str], str]:
    """Return a change of case that leaves a letter alone which would become two (ß)."""
    return lambda character: changed if len(changed := change(character)) == 1 else character


def _hidden(text: str, spans: tuple[Span, ...], optional: tuple[int, ...]) -> Gold:
    """Put a mark before each sentence, another one after it, and a soft hyphen into each long word."""
    pieces = list(text)
    word = 0
    for at, character in enumerate(text):
        word = word + 1 if character.isalpha() else 0
        if word % 6 == 0 and word and text[at + 1 : at + 2].isalpha():
            pieces[at] += "\u00ad"
    for start, end in spans:
        pieces[start] = "\u200e" + pieces[start]
        pieces[end - 1] += "\u200b"
    return _moved(pieces, spans, optional)


def _wrapped(text: str, spans: tuple[Span, ...], optional: tuple[int, ...]) -> Gold:
    """Break lines at a column, and part what were lines by an empty one."""
    pieces = list(text)
    begins, space = 0, -1
    for at, character in enumerate(text):
        if character == "\n":
            pieces[at] = "\n\n"
            begins, space = at + 1, -1
        elif character == " ":
            space = at
        if at - begins >= COLUMN and space > begins:
            pieces[space] = "\n"
            begins, space = space + 1, -1
    return _moved(pieces, spans, optional)


def _glued(text: str, spans: tuple[Span, ...], optional: tuple[int, ...]) -> Gold:
    """Drop the space between a full stop after a word and the next sentence, if a letter begins that one."""
    pieces = list(text)
    for (_, end), (start, _) in pairwise(spans):
        if text[end:start] == " " and text[end - 1] in STOPS and text[end - 2].isalpha() and text[start].isalpha():
            pieces[end] = ""
    return _moved(pieces, spans, optional)


DISTORTIONS: dict[str, Distortion] = {
    "plain": _each(lambda character: character),
    "lower": _each(_same_length(str.lower)),
    "upper": _each(_same_length(str.upper)),
    "decomposed": _each(lambda character: unicodedata.normalize("NFD", character)),
    "no_break": _each(lambda character: "\u00a0" if character == " " else character),
    "hidden": _hidden,
    "wrapped": _wrapped,
    "glued": _glued,
}

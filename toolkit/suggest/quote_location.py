"""Where the words that a model quotes stand in a sentence.

Models copy words and not offsets, and they copy with an editor's hand: a curly apostrophe comes back straight, a
no-break space as a space. So a quote that does not stand in the sentence to the letter is looked for with such marks
taken as the same. What is returned are always offsets of the sentence's own characters.
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise

_SAME = {
    **dict.fromkeys("‘’‚‛′´`＇", "'"),
    **dict.fromkeys("“”„‟″«»＂", '"'),
    **dict.fromkeys("‐‑‒–—―−－", "-"),
    "…": "...",
}
_UNSEEN = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f")


def locate(quote: str, text: str, nth: int = 0) -> tuple[int, int] | None:
    """Return where a quote stands.

    Args:
        quote: The words, as a model has copied them.
        text: The sentence.
        nth: Which of several occurrences, from 0; occurrences may not overlap.

    Returns:
        First code point and one past the last; None if the words do not stand there so often.

    Examples:
        >>> locate("at least 14", "He said at least 14 died."), locate("fourteen", "He said at least 14 died.")
        ((8, 19), None)
        >>> text = "The mayor’s office"
        >>> start, end = locate("mayor's  office", text)
        >>> text[start:end]
        'mayor’s office'
    """
    quote = quote.strip()
    if not quote:
        return None
    if (found := _nth(quote, text, nth)) is not None:
        return found
    wanted, _ = _plain(quote)
    plain, places = _plain(text)
    if not wanted or (found := _nth(wanted, plain, nth)) is None:
        return None
    return places[found[0]][0], places[found[1] - 1][1]


def _nth(words: str, text: str, nth: int) -> tuple[int, int] | None:
    at = -len(words)
    for _ in range(nth + 1):
        at = text.find(words, at + len(words))
        if at < 0:
            return None
    return at, at + len(words)


def _plain(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return a text with marks that look the same made one, and where each of its signs stands in `text`."""
    plain: list[str] = []
    places: list[tuple[int, int]] = []
    for start, end in pairwise([*_letters(text), len(text)]):
        for sign in _folded(text[start:end]):
            if sign != " " or (plain and plain[-1] != " "):
                plain.append(sign)
                places.append((start, end))
    return "".join(plain).rstrip(), places


def _letters(text: str) -> list[int]:
    """Return where each letter begins; its accents, where they are characters of their own, belong to it."""
    return [at for at, sign in enumerate(text) if not (at and unicodedata.combining(sign))]


def _folded(letter: str) -> str:
    if letter in _UNSEEN:
        return ""
    if letter.isspace():
        return " "
    return _SAME.get(letter) or unicodedata.normalize("NFC", letter)

"""Rules such as "=====" that part the articles of a text page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from toolkit.ingest.layout.lines import Line


def separators_of(lines: Sequence[Line]) -> list[int]:
    """Return the lines that stand between two articles: a rule such as "=====", with a title and a sentence below it.

    A rule between two parts of one article has no title below it, or is as short as "* * *". Below the end of a press
    release, "PRESS RELEASE" begins the next one.
    """
    found: list[int] = []
    prose = False
    for index, line in enumerate(lines):
        prose = prose or (line.plain and line.prose)
        if not prose or not (line.effect == "close" or _RULE.fullmatch(line.text)):
            continue
        below = lines[index + 1 : index + 1 + _HEAD]
        if _opens_article(below) and not (line.effect == "close" and _NOTES.match(below[0].text)):
            found.append(index)
            prose = False
    return found


def _opens_article(below: Sequence[Line]) -> bool:
    """Return whether a title comes first, perhaps below labels and above names and times, and then a sentence."""
    heads = [line for line in below if line.effect != "head"]
    titled = bool(heads) and heads[0].titular and not heads[0].prose
    return titled and any(line.plain and line.prose for line in heads[1:])


_HEAD = 6  # lines in which the first sentence of an article comes
_RULE = re.compile(r"([=_*#~-])(?:\s?\1){4,}")
_NOTES = re.compile(
    r"(?:notes?|about|contacts?|media|press|for (?:more|further)|further|background|editors?|über|kontakt|à propos|"
    r"contacto?|sobre|acerca|контакт\w*|о компании|примечани\w*|للتواصل|关于|問い合わせ)\b",
    re.I,
)

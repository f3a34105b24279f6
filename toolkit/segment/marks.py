"""The characters that the sentence rules turn on."""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import groupby

BREAKS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
"""Characters that begin a new line, as `str.splitlines` knows them."""

STOPS = ".!?…؟۔।॥։።፧။៕‼⁇⁈⁉"
"""Marks that may end a sentence when white space follows."""

WIDE_STOPS = "。！？｡．"
"""Marks of scripts without spaces: they may end a sentence whatever follows."""

CLOSERS = "\"'”’»›)]}」』】）〉》］｝"
"""Marks that, right after a stop, close with the sentence."""

LOW_CLOSERS = "“‘«‹"
"""Marks that close in „German“ and »inverted« quotations and open elsewhere: closing when white space follows."""

OPENERS = "\"'“‘„‚«‹»›([{¿¡「『【（〈《［"
"""Marks that may stand before a sentence's first word."""

EMOJI = "\u2600-\u27bf\U0001f300-\U0001faff\ufe0f\u200d"
"""Pictures that close with the sentence whose stop they follow, and what joins and varies them; as a regex range."""

QUOTES = frozenset("\"'”’»›“‘«‹」』")
DASHES = frozenset("-–—")
BULLETS = "•·‣▪*-–— "

CASELESS = "가-힣\u0620-\u064a"
"""Letters without case (Hangul, Arabic) between which a full stop without white space ends a sentence."""

_LAST_CASED = 0x1FFF  # Latin, Greek, Cyrillic, Armenian, Georgian: every script with two cases in today's news


@cache
def letters(*categories: str) -> str:
    """Return the inside of a regex class of the letters of the given Unicode categories ("Ll", "Lu" …)."""
    codes = [code for code in range(_LAST_CASED) if unicodedata.category(chr(code)) in categories]
    runs = [[code for _, code in run] for _, run in groupby(enumerate(codes), lambda pair: pair[1] - pair[0])]
    return "".join(f"{chr(run[0])}-{chr(run[-1])}" if len(run) > 1 else chr(run[0]) for run in runs)

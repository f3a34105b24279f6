"""The languages that figures are read in, each with its words."""

from __future__ import annotations

from toolkit.figures.languages import de, en, es, fr, ru, uk
from toolkit.figures.lexicon import Lexicon

_LEXICONS: dict[str, Lexicon] = {module.LEXICON.language: module.LEXICON for module in (de, en, es, fr, ru, uk)}

LANGUAGES = tuple(sorted(_LEXICONS))
"""ISO 639-1 codes of the languages that figures are read in."""


def lexicon_of(language: str) -> Lexicon | None:
    """Return the words of a language; None for one that figures are not read in."""
    return _LEXICONS.get(language)

"""The words that a labelling page and its instructions have of their own, in the language of the schema."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

_FOLDER = Path(__file__).parent / "words"
_DEFAULT = "en"


def languages() -> tuple[str, ...]:
    """Return the ISO 639-1 codes of the languages that there are words in, sorted."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))


@cache
def page_words(language: str) -> Mapping[str, str]:
    """Return the words of a page by what they are for; those of a language without any are English.

    Args:
        language: ISO 639-1 code.

    Examples:
        >>> page_words("uk")["whole_article"], page_words("sw")["whole_article"]
        ('Уся стаття', 'The whole article')
    """
    path = _FOLDER / f"{language if language in languages() else _DEFAULT}.yaml"
    words: dict[str, str] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return words

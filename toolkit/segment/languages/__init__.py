"""The languages whose lists this package carries; each is read when it is first asked for."""

from __future__ import annotations

from importlib import import_module

from toolkit.segment.language import Language

LANGUAGES: tuple[str, ...] = ("ar", "de", "en", "es", "fr", "ja", "ko", "ru", "uk", "zh")
"""ISO 639-1 codes of the languages with lists of their own."""

DEFAULT = "default"


def primary(language: str) -> str:
    """Return the primary subtag of a language tag in lower case: "en" of "en-GB", "zh" of "zh_Hant"."""
    return language.lower().replace("_", "-").partition("-")[0]


def is_known(language: str) -> bool:
    """Tell whether `language` (a code or a tag such as "en-GB") has lists of its own.

    When it has not, `segment` falls back on the default, which a caller should say to the user.
    """
    return primary(language) in LANGUAGES


def load(language: str) -> Language:
    """Return the lists of `language`, or the default's where it is not known."""
    code = primary(language)
    module = import_module(f"{__name__}.{code if code in LANGUAGES else DEFAULT}")
    lists: Language = module.LANGUAGE
    return lists

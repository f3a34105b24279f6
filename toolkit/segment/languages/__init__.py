"""The languages whose lists this package carries; each is read when it is first asked for."""

from __future__ import annotations

from importlib import import_module

from toolkit.segment.language import Language

LANGUAGES: tuple[str, ...] = ("ar", "de", "en", "es", "fr", "ja", "ko", "ru", "uk", "zh")
"""ISO 639-1 codes of the languages with lists of their own."""

DEFAULT = "default"
"""What `resolve` returns for any other language."""


def resolve(language: str) -> str:
    """Return the code whose lists hold for a language: its primary subtag ("en" of "en-GB"), or `DEFAULT`."""
    code = language if language in LANGUAGES else language.lower().replace("_", "-").partition("-")[0]
    return code if code in LANGUAGES else DEFAULT


def is_known(language: str) -> bool:
    """Tell whether `language` (a code or a tag such as "en-GB") has lists of its own.

    When it has not, `segment` falls back on the default, which a caller should say to the user.
    """
    return resolve(language) != DEFAULT


def load(code: str) -> Language:
    """Return the lists of a code that `resolve` returned."""
    lists: Language = import_module(f"{__name__}.{code}").LANGUAGE
    return lists

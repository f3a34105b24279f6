"""The word before a full stop, and the list that it belongs to, by its entry or by its form."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from toolkit.segment.candidate import Candidate
from toolkit.segment.language import DEFAULT, VERDICTS, Language, load
from toolkit.segment.marks import COMBINING, INITIALS, OPENERS, is_lower

_JOINT = re.compile("[-'’۔]")
_ORDINAL = re.compile(r"(?:\d{1,2}\.)?\d{1,2}|[IVXLC]{1,7}")
_LETTER = re.compile(f"[{INITIALS}][{COMBINING}]*")
_THAI_AND_LAO = "\u0e00", "\u0eff"  # there a full stop belongs to an abbreviation
_LONGEST_THAI = 6
_VOWELS = frozenset("aeiouyæœøıəаеёиіїоуўыэюяєαεηιουω")
_LAST_WITH_VOWELS = "\u052f"  # the end of Cyrillic


class Abbreviations:
    """The abbreviations of a language.

    Args:
        language: The words of the language.

    Attributes:
        lists: The name of the list of each abbreviation, one of `VERDICTS`.
    """

    def __init__(self, language: Language) -> None:
        self._language = language
        self.lists = _lists(language)
        self._folded = {word.lower(): name for word, name in self.lists.items()}

    def verdict(self, place: Candidate, token: str, before: str) -> str | None:
        """Return the list that the word before a full stop belongs to; None for a word that is not an abbreviation.

        Args:
            place: The place after the full stop.
            token: The word before it.
            before: The word before that.
        """
        if before.endswith("."):
            joint = self.lists.get(f"{before}{token}")  # z. B. as z.B.
            if joint:
                return joint
        entry = self.lists.get(token)
        if entry is None and not token.isalnum():
            entry = self.lists.get(_JOINT.split(token)[-1])  # l'art., D-Md.
        return entry or self._by_form(place, token, before)

    def _by_form(self, place: Candidate, token: str, before: str) -> str | None:
        """Return the list of a word that has no entry."""
        last = token[-1:]
        if _THAI_AND_LAO[0] <= last <= _THAI_AND_LAO[1]:
            return "never" if len(token) <= _LONGEST_THAI else None
        if len(token) == 1 and token.isalpha():
            return self._of_letter(place, token, before)
        if last.isalpha() and (token[-2:-1] == "." or token[-3:-1] == ".-"):  # U.S, J.-P
            return "may_end"
        if self._language.ordinal and _ORDINAL.fullmatch(token):
            return None if self._is_cardinal(place, token, before) else "may_end"
        folded = self._folded.get(token.lower())
        if folded and (place.said.isupper() or place.said.islower()):
            return folded
        is_street = token.endswith("str") and place.next.isdigit()  # Bergstr. 5
        is_short = is_street or _is_vowelless(token) or (last > _LAST_WITH_VOWELS and _LETTER.fullmatch(token))
        return "may_end" if is_short else None

    def _of_letter(self, place: Candidate, token: str, before: str) -> str | None:
        """Return the list of a single letter: it is an initial, a unit of measure (14 h.) or the name of a thing."""
        if before in self._language.labels:
            return None
        begins = place.next.isalpha() or place.next in OPENERS
        if is_lower(token) and before[-1:].isdigit() and begins and place.second != ".":
            return None
        has_case = token.lower() != token.upper()
        return "may_end" if has_case or _LETTER.fullmatch(token) else None

    def _is_cardinal(self, place: Candidate, token: str, before: str) -> bool:
        """Return whether a number is not an ordinal one: the word before it is numbered, or is a name (Pius II)."""
        if token[0].isdigit():
            is_labelled = before in self._language.labels or before.lower() in self._language.labels
            return is_labelled or (before[-1:] == "." and before[:-1].lower() in self._folded)
        return before[:1].isupper() and len(before) > 1 and (before[1:].islower() or place.is_loud)


@lru_cache(maxsize=10_000)
def _is_vowelless(word: str) -> bool:
    """Return whether a short word is an abbreviation by its form: "rd" and "kpt" have no vowel, but "krk" has an r."""
    if not (2 <= len(word) <= 5 and word.isalpha() and word[1:].islower() and max(word) <= _LAST_WITH_VOWELS):
        return False
    letters = unicodedata.normalize("NFD", word.lower())
    return _VOWELS.isdisjoint(letters) and (len(word) == 2 or not {*"rlрл"} & {*letters})


def _lists(language: Language) -> dict[str, str]:
    """Return the list of each abbreviation, with its variants in capitals and with a capital first letter."""
    exact = {unicodedata.normalize("NFC", word): name for name in VERDICTS for word in sorted(getattr(language, name))}
    variants: dict[str, str] = _lists(load(DEFAULT)) if language.borrows else {}
    for word, name in exact.items():
        if len(word) > 1:
            variants[word[0].upper() + word[1:]] = name
        if len(word) > 2:
            variants[word.upper()] = name
    return variants | exact

"""Regular expressions that few texts match, tried only on texts that hold the letters without which none can match.

A search for a hundred alternatives that finds nothing tries each one at each character. To look for "subscribe" first,
and then for "reading", takes a hundredth of that, and rules out nearly every text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property

_SIGN = re.compile(r"\(\?:|[()|.^$]|\[\^?(?:\\.|[^\]\\])+\]|\\.|(?:[?*+]|\{\d+(?:,\d*)?\})\??|.", re.S)
_REPEAT = re.compile(r"[?*+{]")
_PLACE_OR_CLASS = re.compile(r"[.^$\[]|\\[AZbBdDsSwW]")  # what stands for no letter, or for more than one

Needed = tuple[str, ...]
"""Strings of which a text must hold one."""


class RarePattern:
    """A regular expression, in which case is ignored, from alternatives.

    Args:
        alternatives: Regular expressions of letters, classes, repeats and groups that capture nothing, `(?:…)`.

    Examples:
        >>> seen = RarePattern(["access (?:was )?denied", "error 40[0-9]"])
        >>> seen.search("Error 404: no such page")[0], seen.search("The ferry sailed on Monday.")
        ('Error 404', None)
    """

    def __init__(self, alternatives: Sequence[str]) -> None:
        self.alternatives = tuple(alternatives)
        self._needs = [_needs(_signs(alternative)) for alternative in alternatives]
        keys = [_keys(needs) for needs in self._needs]
        self._always = [number for number, found in enumerate(keys) if not found]
        self._told = _Told((key, number) for number, found in enumerate(keys) for key in found)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """All alternatives as one regular expression."""
        return re.compile("|".join(self.alternatives), re.I)

    def may_match(self, text: str) -> bool:
        """Return whether a text holds the letters for one of the alternatives; if not, none is in it."""
        return bool(self._possible(text))

    def search(self, text: str) -> re.Match[str] | None:
        """Return what `pattern.search` does: the first match; of two at one place, that of the first alternative."""
        found = [_compiled(self.alternatives[number]).search(text) for number in self._possible(text)]
        return min(filter(None, found), key=re.Match.start) if any(found) else None

    def _possible(self, text: str) -> list[int]:
        """Return the numbers of the alternatives for which a text has the letters."""
        folded = fold(text)
        words = folded.split() if self._told.several else [folded]
        found = set(self._always).union(*filter(None, map(self._told.__getitem__, words)))
        return sorted(n for n in found if all(any(part in folded for part in need) for need in self._needs[n]))


class _Told(dict[str, tuple[int, ...]]):
    """Word → numbers of the alternatives of which it holds a key; the words of a language are soon all known."""

    def __init__(self, keys: Iterable[tuple[str, int]]) -> None:
        super().__init__()
        self._keys = tuple(keys)
        self.several = len(self._keys) > _FEW_KEYS

    def __missing__(self, word: str) -> tuple[int, ...]:
        found = tuple(number for key, number in self._keys if key in word)
        if len(word) <= _LONGEST_WORD and len(self) < _MOST_WORDS:
            self[word] = found
        return found


_LONGEST_WORD, _MOST_WORDS = 30, 50_000
_FEW_KEYS = 20  # they are looked for in the whole text, which is as quick


def _keys(needs: Sequence[Needed]) -> list[str]:
    """Return strings without blanks of which a text needs one in a word; none if it may do without."""
    keys = [[max(part.split(), key=len, default="") for part in need] for need in needs]
    return max((found for found in keys if all(found)), key=lambda found: min(map(len, found)), default=[])


@cache
def _compiled(alternative: str) -> re.Pattern[str]:
    return re.compile(alternative, re.I)


def fold(text: str) -> str:
    """Return a text in which letters are the same that are the same to `re.IGNORECASE`."""
    return text.casefold().replace("ı", "i").replace("i̇", "i")


def _signs(pattern: str) -> Iterator[str]:
    for sign in _SIGN.findall(pattern):
        if sign == "(" or (len(sign) == 2 and sign[1].isalnum() and not _PLACE_OR_CLASS.fullmatch(sign)):
            raise ValueError(f"{sign!r} in {pattern!r} is not of the plain regular expressions that are read here")
        yield sign


def _needs(signs: Iterator[str]) -> list[Needed]:
    """Return what a text needs for a whole pattern, the rarest first; ("",) where nothing is needed."""
    branches = _branches(signs)
    needs = branches[0] if len(branches) == 1 else [_one_of(branches)]
    return sorted(filter(None, needs), key=_rarity, reverse=True) or [("",)]


def _branches(signs: Iterator[str]) -> list[list[Needed]]:
    """Return what each of the alternatives needs that stand before the end of a group, or of the pattern."""
    branches: list[list[str | Needed]] = [[]]
    for sign in signs:
        items = branches[-1]
        if sign == ")":
            break
        if sign == "|":
            branches.append([])
        elif sign == "(?:":
            items.append(_one_of(_branches(signs)))
        elif _REPEAT.match(sign):
            items[-1:] = [()] if sign[0] in "?*" or sign.startswith(("{0,", "{0}")) else [items[-1], ()]
        else:
            items.append(() if _PLACE_OR_CLASS.match(sign) else sign[-1])
    return [_joined(items) for items in branches]


def _joined(items: Sequence[str | Needed]) -> list[Needed]:
    """Return the needs of a sequence; letters that follow one another are one need."""
    needs: list[Needed] = []
    run = ""
    for item in [*items, ()]:
        if isinstance(item, str):
            run += item
            continue
        needs += [need for need in ((fold(run),) if run else (), item) if need]
        run = ""
    return needs


def _one_of(branches: Sequence[Sequence[Needed]]) -> Needed:
    """Return what a text needs for any of the branches: of each one its rarest need."""
    if not all(branches):
        return ()
    return tuple(dict.fromkeys(part for needs in branches for part in max(needs, key=_rarity)))


def _rarity(need: Needed) -> int:
    return min(map(len, need))

"""A look at labelled rows before anything learns from them: what a model would learn wrongly, or could not learn."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Literal

from toolkit.baselines.data.rows import Rows, listed, reading_key, told_rows
from toolkit.errors import InvalidInput
from toolkit.records.base import record
from toolkit.release import text_leakage

ROWS, STORIES = 50, 5
"""With fewer rows, or stories, than these a model says more about them than about the task."""

FEW = 20
"""With fewer rows than these a label is hardly learnt, and its score hardly known."""

_SEPARATORS = re.compile(r"\s*[,;/|+]\s*|\s+(?:and|&)\s+")
_QUOTED = 60  # characters of a text that a finding shows


@record
class Finding:
    """One thing about rows that a person should know.

    Attributes:
        kind: Id of the check.
        severe: Whether training on the rows as they are is refused.
        what: The finding in one clause.
        remedy: What mends it.
    """

    kind: Literal["lists", "spellings", "conflicts", "repeats", "leakage", "rare", "few", "one-label"]
    severe: bool = False
    what: str
    remedy: str | None = None

    def __str__(self) -> str:
        """Return what was found, and what mends it."""
        return f"{self.what}; {self.remedy}" if self.remedy else self.what


def look(rows: Rows, others: Mapping[str, Rows] | None = None, *, leaks: bool = True) -> list[Finding]:
    """Look over labelled rows; like faults are gathered in one finding each.

    Args:
        rows: The rows to learn from.
        others: Name → rows to judge on.
        leaks: Also look for rows to judge on among those to learn from, which takes longest.

    Examples:
        >>> rows = Rows(texts=("a", "b", "a"), labels=(("Yes",), ("yes",), ("No",)), multi=False)
        >>> [finding.kind for finding in look(rows)]
        ['spellings', 'conflicts', 'rare', 'few']
    """
    judged = others or {}
    names = Counter(rows.label_counts)
    for part in judged.values():
        names.update(part.label_counts)
    found = [
        *_lists(names),
        *_spellings(names),
        *_conflicts(rows),
        *(finding for part in judged.items() if leaks for finding in _leaks(rows, *part)),
        *_rare(rows),
        *_few(rows),
    ]
    return sorted(found, key=lambda finding: not finding.severe)


def refuse(findings: Iterable[Finding], where: str | None) -> None:
    """Refuse rows with a severe finding.

    Raises:
        InvalidInput: There is one.
    """
    faults = [InvalidInput(each.what, where=where, remedy=each.remedy) for each in findings if each.severe]
    if faults:
        raise InvalidInput.all_of(faults)


def _lists(names: Counter[str]) -> list[Finding]:
    """Find labels that are lists of other labels, written as text."""
    lists = [
        name
        for name in sorted(names)
        if len(parts := [part for part in _SEPARATORS.split(name.strip("[](){} ")) if part]) > 1
        and all(part.strip("'\" ") in names for part in parts)
    ]
    if not lists:
        return []
    rows = sum(names[name] for name in lists)
    verb = "looks like a list" if len(lists) == 1 else "look like lists"
    return [
        Finding(
            kind="lists",
            severe=True,
            what=f"{listed([repr(name) for name in lists], 5)} {verb} of labels ({told_rows(rows)})",
            remedy='write a JSON list, ["a", "b"], or names between | in a column called labels',
        )
    ]


def _spellings(names: Counter[str]) -> list[Finding]:
    """Find labels that a reader takes for one."""
    alike = defaultdict(list)
    for name in sorted(names):
        alike[_plain(name)].append(name)
    sets = [spelt for spelt in alike.values() if len(spelt) > 1]
    told = [" and ".join((", ".join(map(repr, spelt[:-1])), repr(spelt[-1]))) for spelt in sets]
    if not told:
        return []
    what = (
        f"{'; '.join(told[:5])}{f' and {len(told) - 5} more' if len(told) > 5 else ''} differ only in case, space or "
    )
    return [
        Finding(
            kind="spellings",
            what=what + f"normal form: {'one label' if len(told) == 1 else 'one label each'}?",
            remedy="write each label in one way",
        )
    ]


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "".join(character for character in folded if character.isalnum() or unicodedata.combining(character)) or name


def _conflicts(rows: Rows) -> list[Finding]:
    """Find texts that carry different labels, and say what no model can do better than."""
    given: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    shown: dict[str, str] = {}
    for text, labels in zip(rows.texts, rows.labels, strict=True):
        key = reading_key(text)
        given[key][labels] += 1
        shown.setdefault(key, text)
    apart = [key for key, counts in given.items() if len(counts) > 1]
    if not apart:
        return []
    number = sum(given[key].total() for key in apart)
    best = sum(max(counts.values()) for counts in given.values()) / len(rows)
    sentences = "1 sentence carries" if len(apart) == 1 else f"{len(apart):,} sentences carry"
    return [
        Finding(
            kind="conflicts",
            what=f"{sentences} different labels ({told_rows(number)}), such as {_quoted(shown[apart[0]])}: "
            f"no model can be right on more than {best:.0%} of these rows",
            remedy="decide which label is right",
        )
    ]


def _leaks(rows: Rows, name: str, judged: Rows) -> list[Finding]:
    """Find rows to judge on that stand among those to learn from."""
    pairs = text_leakage({"train": rows.texts, name: judged.texts}).pairs
    later = {pair.later: pair for pair in pairs if pair.later.startswith(f"{name}:")}
    if not later:
        return []
    first = judged.texts[int(next(iter(later)).rpartition(":")[2]) - 1]
    return [
        Finding(
            kind="leakage",
            what=f"{len(later):,} of {told_rows(len(judged))} of {name} stand in the training rows too, exactly or "
            f"nearly, such as {_quoted(first)}",
            remedy="take them out of one of the two",
        )
    ]


def _rare(rows: Rows) -> list[Finding]:
    if len(rows.label_names) < 2 and not rows.multi:
        return [Finding(kind="one-label", what=f"every row is labelled {rows.label_names[0]!r}: nothing can be learnt")]
    rare = sorted((count, name) for name, count in rows.label_counts.items() if count < FEW)
    if not rare:
        return []
    labels = "1 label has" if len(rare) == 1 else f"{len(rare):,} labels have"
    named = listed([f"{name} ({count})" for count, name in rare], 8)
    return [Finding(kind="rare", what=f"{labels} fewer than {FEW} rows: {named}; scores of such labels are rough")]


def _few(rows: Rows) -> list[Finding]:
    stories = len(set(rows.groups))
    if len(rows) >= ROWS and stories >= STORIES:
        return []
    of = f"{told_rows(len(rows))} of {stories:,} {'story' if stories == 1 else 'stories'}"
    return [
        Finding(
            kind="few", what=f"there are {of} to learn from: the model knows little else (at least {ROWS} of {STORIES})"
        )
    ]


def _quoted(text: str) -> str:
    return repr(text if len(text) <= _QUOTED else text[: _QUOTED - 1] + "…")

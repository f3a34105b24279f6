"""A look at labelled rows before anything learns from them: what a model would learn wrongly, or could not learn."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Literal

from toolkit.baselines.data.row_reader import text_list
from toolkit.baselines.data.rows import Rows, listed, reading_key
from toolkit.errors import InvalidInput, tally
from toolkit.records.base import record
from toolkit.release import text_leakage

ROWS, STORIES = 50, 5
"""With fewer rows, or stories, than these a model says more about them than about the task."""

FEW = 20
"""With fewer rows than these a label is hardly learnt, and its score hardly known."""

_SEPARATORS = re.compile(r"\s*[,;/|+#、،，；・]\s*|\s+(?:and|&)\s+")
_MAYBE = re.compile(r"\s+[-–—]\s+|\s*:\s*|\s+")  # between names, but inside of many a name too
_WITHIN = re.compile(r"(?<=[^\W\d])[\s_\-‐‑–]+(?=[^\W\d])|\s")  # no more than a way to write a name
_NUMBER = re.compile(r"0*(\d+)(?:[.,]0+)?")  # 1, 01 and 1.0, as which a column of numbers with gaps is written
_ABSENT = frozenset({"nan", "NaN", "None", "null", "NULL", "NA", "N/A", "n/a", "<NA>", "NaT", "#N/A"})
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

    kind: Literal["lists", "spellings", "missing", "conflicts", "repeats", "leakage", "rare", "few", "one-label"]
    severe: bool = False
    what: str
    remedy: str | None = None

    def __str__(self) -> str:
        """Return what was found, and what mends it."""
        return f"{self.what}; {self.remedy}" if self.remedy else self.what


def look(
    rows: Rows, others: Mapping[str, Rows] | None = None, *, parts: Sequence[Rows] = (), leaks: bool = True
) -> list[Finding]:
    """Look over labelled rows; like faults are gathered in one finding each.

    Args:
        rows: The rows to learn from.
        others: Name → rows to judge on.
        parts: The files that the rows to learn from are of, if several: copies are looked for between them too.
        leaks: Also look for rows to judge on among those to learn from, which takes longest, as copies do.

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
        *_missing(names),
        *_conflicts(rows),
        *_repeats(rows),
        *(finding for part in judged.items() if leaks for finding in _leaks(replace(rows, where=None), *part)),
        *(finding for one, other in combinations(parts, 2) for finding in _leaks(one, _named(other), other)),
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
    written = {name: parts for name in sorted(names) if (parts := text_list(name)) is not None}
    known = {*names, *(part for parts in written.values() for part in parts)}

    def split(between: re.Pattern[str]) -> list[str]:
        cut = {name: [part.strip("'\" ") for part in between.split(name.strip("[](){} ")) if part] for name in names}
        return [name for name, parts in sorted(cut.items()) if len(parts) > 1 and known.issuperset(parts)]

    sure = sorted({*written, *split(_SEPARATORS)})
    maybe = sorted({*split(_MAYBE)} - set(sure))
    remedy = 'write a JSON list, ["a", "b"], or names between | in a column called labels'
    found = []
    for lists, severe, looks in ((sure, True, "look like lists of labels"), (maybe, False, "may be lists of labels")):
        if lists:
            rows, verb = sum(names[name] for name in lists), looks
            if len(lists) == 1:
                verb = looks.replace("look like lists", "looks like a list").replace("may be lists", "may be a list")
            what = f"{listed([repr(name) for name in lists], 5)} {verb} ({tally(rows, 'row')})"
            found.append(Finding(kind="lists", severe=severe, what=what, remedy=remedy))
    return found


def _spellings(names: Counter[str]) -> list[Finding]:
    """Find labels that a reader takes for one."""
    alike = defaultdict(list)
    for name in sorted(names):
        alike[_plain(name)].append(name)
    sets = [spelt for spelt in alike.values() if len(spelt) > 1]
    told = [" and ".join((", ".join(shown[:-1]), shown[-1])) for shown in map(_told_apart, sets)]
    if not told:
        return []
    what = f"{'; '.join(told[:5])}{f' and {len(told) - 5} more' if len(told) > 5 else ''} differ only in case, space, "
    return [
        Finding(
            kind="spellings",
            what=what + f"normal form or zeros: {'one label' if len(told) == 1 else 'one label each'}?",
            remedy="write each label in one way",
        )
    ]


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    if number := _NUMBER.fullmatch(folded):
        return number[1]
    visible = "".join(character for character in folded if unicodedata.category(character) != "Cf")
    return _WITHIN.sub("", visible) or name


def _told_apart(names: Sequence[str]) -> list[str]:
    """Return names as a reader can tell them apart: with escapes where the same would be seen twice."""
    seen = Counter(unicodedata.normalize("NFC", name) for name in names)
    return [repr(name) if seen[unicodedata.normalize("NFC", name)] == 1 else ascii(name) for name in names]


def _missing(names: Counter[str]) -> list[Finding]:
    """Find labels that programs write where there is none."""
    found = [f"{name!r} ({tally(names[name], 'row')})" for name in sorted(_ABSENT & names.keys())]
    if not found:
        return []
    what = f"{listed(found)} may say that there is no label: programs write a missing one so"
    return [Finding(kind="missing", what=what, remedy="leave such rows out, or call the label otherwise")]


def _repeats(rows: Rows) -> list[Finding]:
    """Find texts that stand in several stories: cross-validation keeps stories whole and yet holds out what it saw.

    Those with different labels are told as conflicts.
    """
    stories, labels = defaultdict(set), defaultdict(set)
    keys = list(map(_reading, rows.texts))
    for key, story, given in zip(keys, rows.groups, rows.labels, strict=True):
        stories[key].add(story)
        labels[key].add(given)
    several = {key for key in stories if len(stories[key]) > 1 and len(labels[key]) == 1}
    again = [text for text, key in zip(rows.texts, keys, strict=True) if key in several]
    if not again:
        return []
    what = f"{tally(len(again), 'row')} share the text of another story, such as {_quoted(again[0])}"
    return [
        Finding(
            kind="repeats",
            what=f"{what}, which flatters cross-validation",
            remedy="give copies one story, or take them out",
        )
    ]


def _conflicts(rows: Rows) -> list[Finding]:
    """Find texts that carry different labels, and say what no model can do better than."""
    given: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    shown: dict[str, str] = {}
    for text, labels in zip(rows.texts, rows.labels, strict=True):
        key = _reading(text)
        given[key][labels] += 1
        shown.setdefault(key, text)
    apart = [key for key, counts in given.items() if len(counts) > 1]
    if not apart:
        return []
    number = sum(given[key].total() for key in apart)
    best = sum(max(counts.values()) for counts in given.values()) / len(rows)
    sentences = tally(len(apart), "sentence carries", "sentences carry")
    return [
        Finding(
            kind="conflicts",
            what=f"{sentences} different labels ({tally(number, 'row')}), such as {_quoted(shown[apart[0]])}: "
            f"no model can be right on more than {best:.0%} of these rows",
            remedy="decide which label is right",
        )
    ]


def _reading(text: str) -> str:
    return reading_key(text if text.isascii() else unicodedata.normalize("NFKC", text))


def _leaks(rows: Rows, name: str, judged: Rows) -> list[Finding]:
    """Find rows of one file that stand among those of another, and those of them that are labelled otherwise there."""
    pairs = text_leakage({"": rows.texts, name: judged.texts}).pairs
    later = {pair.later: pair for pair in pairs if pair.later.startswith(f"{name}:")}
    if not later:
        return []
    numbers = {_row(place): _row(pair.earlier) for place, pair in later.items()}
    first = judged.texts[next(iter(numbers))]
    apart = sum(judged.labels[mine] != rows.labels[theirs] for mine, theirs in numbers.items())
    return [
        Finding(
            kind="leakage",
            what=f"{len(later):,} of {tally(len(judged), 'row')} of {name} stand in {rows.where or 'the training rows'}"
            f" too, exactly or nearly, such as {_quoted(first)}" + (f"; {apart:,} with other labels" if apart else ""),
            remedy="take them out of one of the two",
        )
    ]


def _named(rows: Rows) -> str:
    return rows.where or "another file"


def _row(place: str) -> int:
    """Return the index of a row from "name:row"."""
    return int(place.rpartition(":")[2]) - 1


def _rare(rows: Rows) -> list[Finding]:
    if len(rows.label_names) < 2 and not rows.multi:
        return [Finding(kind="one-label", what=f"every row is labelled {rows.label_names[0]!r}: nothing can be learnt")]
    rare = sorted((count, name) for name, count in rows.label_counts.items() if count < FEW)
    if not rare:
        return []
    labels = tally(len(rare), "label has", "labels have")
    named = listed([f"{name} ({count})" for count, name in rare], 8)
    return [Finding(kind="rare", what=f"{labels} fewer than {FEW} rows: {named}; scores of such labels are rough")]


def _few(rows: Rows) -> list[Finding]:
    stories = len(set(rows.groups))
    if len(rows) >= ROWS and stories >= STORIES:
        return []
    of, verb = f"{tally(len(rows), 'row')} of {tally(stories, 'story', 'stories')}", "is" if len(rows) == 1 else "are"
    what = f"there {verb} {of} to learn from: the model knows little else (at least {ROWS} of {STORIES})"
    return [Finding(kind="few", what=what)]


def _quoted(text: str) -> str:
    return repr(text if len(text) <= _QUOTED else text[: _QUOTED - 1] + "…")

"""Labelled sentences, as every baseline takes them: one frozen value of parallel tuples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from toolkit.errors import InvalidInput
from toolkit.records import content_id

LabelsByAnnotator = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Annotator → sentence id → the labels that the annotator gave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """N sentences with their labels and the groups that must not be torn apart.

    Attributes:
        texts: N sentences; an empty one is allowed and says nothing.
        labels: N tuples of label names, sorted, each name once. With `multi` false every tuple holds one name.
        multi: Any number of labels may be given to one sentence.
        groups: N story or article ids; folds and the bootstrap keep a group together. Left out, sentences
            that read the same form a group.
        ids: N sentence ids; left out, they are made from the content.
        columns: Name → N values ("" where unknown) by which scores can be sliced: source, language, year.
        where: The file or release the rows came from, for messages.
    """

    texts: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    multi: bool
    groups: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    where: str | None = None

    def __post_init__(self) -> None:
        """Fill in groups and ids and check that everything is parallel.

        Raises:
            InvalidInput: A column has another length, or a single-label row has not exactly one label.
        """
        if not self.groups:
            object.__setattr__(self, "groups", tuple(reading_key(text) for text in self.texts))
        if not self.ids:
            object.__setattr__(self, "ids", tuple(content_id(text) for text in self.texts))
        parallel = {"labels": self.labels, "groups": self.groups, "ids": self.ids, **self.columns}
        for name, values in parallel.items():
            if len(values) != len(self.texts):
                raise InvalidInput(f"{len(self.texts)} texts but {len(values)} values of {name}", where=self.where)
        object.__setattr__(self, "labels", tuple(tuple(sorted(set(given))) for given in self.labels))
        if not self.multi:
            for number, given in enumerate(self.labels):
                if len(given) != 1:
                    raise InvalidInput(
                        f"{len(given)} labels where every sentence needs exactly one",
                        where=f"{self.where or 'rows'}, id {self.ids[number]}",
                    )

    def __len__(self) -> int:
        """Return the number of sentences."""
        return len(self.texts)

    @property
    def label_names(self) -> tuple[str, ...]:
        """Every label that occurs, sorted."""
        return tuple(sorted({name for given in self.labels for name in given}))

    @property
    def label_counts(self) -> Counter[str]:
        """Number of sentences that carry each label."""
        return Counter(name for given in self.labels for name in given)

    def take(self, numbers: Iterable[int]) -> Rows:
        """Return the rows at `numbers` (from 0), in that order."""
        picked = list(numbers)
        return Rows(
            texts=tuple(self.texts[number] for number in picked),
            labels=tuple(self.labels[number] for number in picked),
            multi=self.multi,
            groups=tuple(self.groups[number] for number in picked),
            ids=tuple(self.ids[number] for number in picked),
            columns={name: tuple(values[number] for number in picked) for name, values in self.columns.items()},
            where=self.where,
        )


def concat(parts: Sequence[Rows]) -> Rows:
    """Put rows of several files one after the other; a column that a part lacks is "" there.

    Raises:
        InvalidInput: There is no part, or some are single-label and others multi-label.
    """
    if not parts:
        raise InvalidInput("no rows were given")
    if len({part.multi for part in parts}) > 1:
        raise InvalidInput(
            "single-label and multi-label files can't be trained on together",
            where=", ".join(part.where or "rows" for part in parts),
            remedy="give every file the same kind of label column",
        )
    names = sorted({name for part in parts for name in part.columns})
    return Rows(
        texts=tuple(text for part in parts for text in part.texts),
        labels=tuple(given for part in parts for given in part.labels),
        multi=parts[0].multi,
        groups=tuple(group for part in parts for group in part.groups),
        ids=tuple(row_id for part in parts for row_id in part.ids),
        columns={
            name: tuple(value for part in parts for value in part.columns.get(name, ("",) * len(part)))
            for name in names
        },
        where=", ".join(part.where for part in parts if part.where) or None,
    )


def reading_key(text: str) -> str:
    """Return the same id for texts that differ in case and spaces only."""
    return content_id(" ".join(text.casefold().split()))


def listed(names: Sequence[str], most: int = 10) -> str:
    """Return names with commas, those beyond `most` only counted."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")

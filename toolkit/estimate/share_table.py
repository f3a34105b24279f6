"""The table of shares: every label, in the whole corpus or by outlet, month, language or story."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from toolkit.agreement.intervals import cluster_numbers
from toolkit.agreement.ratings import FloatArray, IntArray
from toolkit.estimate.corpus_share import Share, share_in_corpus
from toolkit.records.base import record

UNKNOWN: Final = "(not stated)"

COLUMNS: Final = (
    *("label", "group", "share", "low", "high", "people_alone", "people_alone_low", "people_alone_high"),
    *("model_alone", "trust", "labelled", "sentences"),
)
"""Of the CSV file."""


@record
class CorpusRow:
    """A sentence of the corpus.

    Attributes:
        group: What it is counted under, such as the outlet; "" where all are one.
        story: Its story.
        probability: How probable it was that people label it; None where nobody has.
        labels: What people decided; empty where nobody has.
        predicted: What the model says: label → probability, or 1 for a label that it gives.
    """

    group: str
    story: str
    probability: float | None
    labels: tuple[str, ...]
    predicted: Mapping[str, float]


@record
class ShareRow:
    """A label's share in a group.

    Attributes:
        label: Id of the label.
        group: The group; "" for the whole corpus.
        found: The share, with its interval, and what it is made of.
        labelled: Sentences that people have labelled.
    """

    label: str
    group: str
    found: Share
    labelled: int

    @property
    def said(self) -> str:
        """The share in a sentence: "7.3 % of the sentences of The Harbour Post: denial (6.1 to 8.6)"."""
        share, about = self.found.share, f"the sentences of {self.group}" if self.group else "the sentences"
        if share.value is None:
            return f"{self.label}, {about}: {share.reason}"
        bounds = "" if share.low is None or share.high is None else f" ({share.low:.1%} to {share.high:.1%})"
        return f"{share.value:.1%} of {about}: {self.label}{bounds}"

    @property
    def cells(self) -> dict[str, Any]:
        """The row of the CSV file; see `COLUMNS`."""
        share, alone = self.found.share, self.found.alone
        values = (
            *(self.label, self.group, share.value, share.low, share.high, alone.value, alone.low, alone.high),
            *(self.found.model_alone, self.found.trust, self.labelled, self.found.corpus),
        )
        return dict(zip(COLUMNS, values, strict=True))


def share_table(rows: Sequence[CorpusRow], labels: Sequence[str]) -> list[ShareRow]:
    """Return the share of each label in each group, labels in their order and groups by name.

    Args:
        rows: The corpus.
        labels: The labels.
    """
    numbers = cluster_numbers([row.story for row in rows])
    groups: dict[str, list[int]] = {}
    for at, row in enumerate(rows):
        groups.setdefault(row.group, []).append(at)
    return [
        _row(label, group, [rows[at] for at in groups[group]], numbers[groups[group]])
        for label in labels
        for group in sorted(groups)
    ]


def _row(label: str, group: str, rows: Sequence[CorpusRow], stories: IntArray) -> ShareRow:
    given = np.array([row.probability is not None for row in rows])
    labels: FloatArray = np.array([float(label in row.labels) for row in rows])
    predicted: FloatArray = np.array([row.predicted.get(label, 0.0) for row in rows])
    chance: FloatArray = np.array([row.probability or 0.0 for row in rows])
    found = share_in_corpus(
        labels[given],
        predicted[given],
        predicted[~given],
        probabilities=chance[given],
        stories=stories[given],
        rest_stories=stories[~given],
    )
    return ShareRow(label=label, group=group, found=found, labelled=int(given.sum()))


def csv_text(rows: Sequence[ShareRow]) -> str:
    """Return the table as CSV; empty cells are not known."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(row.cells for row in rows)
    return out.getvalue()

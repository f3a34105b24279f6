"""Sentences that a release holds more than once: stock sentences across splits, and equal ones that are labelled apart.

Stories are never divided by a split, but two stories may share a sentence ("Officials did not answer a request for
comment"). A score on such rows measures memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from toolkit.engine.arrow import Digests, digests
from toolkit.errors import GateFailed
from toolkit.release.reader import Release

_LATER: Final = ("validation", "test")


@dataclass(frozen=True, slots=True)
class Repeats:
    """What stands in a release more than once, case, punctuation and white space apart.

    Attributes:
        in_train: Split → (rows whose text stands in train, rows), of the splits after train.
        contradicting: Different texts that were decided in more than one way.
        contradicting_rows: The rows that have them.
    """

    in_train: dict[str, tuple[int, int]]
    contradicting: int
    contradicting_rows: int

    def as_dict(self) -> dict[str, Any]:
        """Return everything for JSON."""
        splits = {split: {"rows": rows, "of": of} for split, (rows, of) in self.in_train.items()}
        texts = {"texts": self.contradicting, "rows": self.contradicting_rows}
        return {"in_train": splits, "contradicting": texts}

    def sentences(self) -> tuple[str, ...]:
        """Say what was found, a sentence for each kind."""
        found = [
            f"{rows} of {of} sentences of `{split}` stand in `train` word for word; a score on them measures memory"
            for split, (rows, of) in self.in_train.items()
            if rows
        ]
        if self.contradicting:
            texts = "1 text was" if self.contradicting == 1 else f"{self.contradicting} texts were"
            found.append(f"{texts} decided in more than one way, in {self.contradicting_rows} rows")
        return tuple(found)


def repeats(release: Release) -> Repeats:
    """Look for equal sentences; a release without text has none that could be seen.

    Examples:
        >>> from toolkit.release import load
        >>> found = repeats(load("releases/1.0.0"))
        >>> found.in_train["test"], found.contradicting
        ((0, 9), 0)
    """
    if "text" not in release.columns().names or release.manifest.get("text", "full") != "full":
        return Repeats({}, 0, 0)
    names = release.splits()
    parts = [_sums(release, split) for split in names]
    if not parts:
        return Repeats({}, 0, 0)
    keys, answers = (np.unique(np.concatenate(sums), return_inverse=True)[1] for sums in zip(*parts, strict=True))
    rows = [len(texts) for texts, _ in parts]
    of_split = dict(zip(names, np.split(keys, np.cumsum(rows)[:-1]), strict=True))
    trained = of_split.get("train", keys[:0])
    in_train = {
        name: (int(np.isin(of_split[name], trained).sum()), len(of_split[name]))
        for name in names
        if name in _LATER or (name != "train" and len(trained))
    }
    pairs = np.unique(np.stack([keys, answers]), axis=1)[0] if len(keys) else keys
    apart = np.flatnonzero(np.bincount(pairs) > 1) if len(pairs) else pairs
    return Repeats(in_train, len(apart), int(np.isin(keys, apart).sum()))


def told(release: Release) -> tuple[str, ...]:
    """Return what a release says of itself that its makers should know: repeats, and what is left out."""
    manifest = release.manifest
    found = manifest.get("repeats", {"in_train": {}, "contradicting": {"texts": 0, "rows": 0}})
    splits = {split: (entry["rows"], entry["of"]) for split, entry in found["in_train"].items()}
    lines = Repeats(splits, found["contradicting"]["texts"], found["contradicting"]["rows"]).sentences()
    left = manifest.get("left_out", {}).get("sentences", {})
    if left.get("undecided"):
        lines += (f"of {left['answered']} answered sentences {left['undecided']} have no decision: see `undecided`",)
    if "test" not in release.splits():
        lines += (
            "there is no test split: no story is divided, and there are too few; label sentences of more stories",
        )
    return lines


def check_repeats(found: Repeats, at_most: float | None) -> None:
    """Hold the share of later rows that stand in train against a gate.

    Raises:
        GateFailed: It is larger.
    """
    rows, of = (sum(pair[place] for pair in found.in_train.values()) for place in (0, 1))
    if at_most is not None and of and rows / of > at_most:
        what = f"{rows} of {of} sentences outside of train stand in it word for word, more than {at_most:.0%}"
        remedy = "raise release.repeated_at_most in toolkit.yaml, or ingest fewer stock sentences"
        raise GateFailed(what, remedy=remedy)


def _plain(texts: pa.ChunkedArray) -> pa.Array:
    """Return texts in lower case without punctuation and symbols, their words separated by one space."""
    words = pc.replace_substring_regex(pc.utf8_lower(texts), r"[\pP\pS\s]+", " ")
    plain = pc.utf8_trim_whitespace(words)
    return pa.concat_arrays(plain.chunks) if isinstance(plain, pa.ChunkedArray) else plain


def _sums(release: Release, split: str) -> tuple[Digests, Digests]:
    """Return digests of the texts and of the labels of a split, row by row: the texts of all rows are never held."""
    texts, labels = [digests(())], [digests(())]
    for part in release.slices("default", split, columns=["text", "labels"]):
        texts.append(digests(_plain(part["text"]).to_pylist()))
        labels.append(digests(pc.binary_join(part["labels"], "\x1f").to_pylist()))
    return np.concatenate(texts), np.concatenate(labels)

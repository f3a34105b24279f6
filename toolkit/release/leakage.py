"""What a later file of a dataset repeats from an earlier one: exactly, and nearly.

Exact: equal after lower-casing, dropping punctuation and symbols and folding white space. Near: not exact, and the
Jaccard similarity of the sets of five-character shingles of what remains is at least `NEAR`; candidates come from
MinHash LSH (Broder 1997; the banding of Leskovec, Rajaraman & Ullman, "Mining of Massive Datasets", ch. 3.4), and every
one is verified.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from toolkit.release.texts import read_texts

NEAR = 0.8
"""Jaccard similarity from which two texts are near duplicates."""

_SHINGLE = 5
_PERMUTATIONS = 128
_BANDS = 32  # a pair at .8 is a candidate with probability 1 - (1 - .8^4)^32 = 1 - 5e-8


@dataclass(frozen=True, slots=True)
class Pair:
    """A row of a later file and the row of an earlier one that it repeats.

    Attributes:
        kind: "exact" or "near".
        later: "name:row", rows counted from 1.
        earlier: "name:row" of the first row that it repeats (exact), or the most similar one (near).
        similarity: Jaccard similarity, 1 if exact.
        text: The later row's text.
    """

    kind: Literal["exact", "near"]
    later: str
    earlier: str
    similarity: float
    text: str


@dataclass(frozen=True, slots=True)
class Leakage:
    """What an audit found.

    Attributes:
        rows: File or split → number of rows, in the order in which they were compared.
        pairs: One for each leaking row of a later file, in the order of the rows.
    """

    rows: Mapping[str, int]
    pairs: tuple[Pair, ...]

    @property
    def exact(self) -> int:
        """Number of rows of a later file that stand in an earlier one."""
        return sum(pair.kind == "exact" for pair in self.pairs)

    @property
    def near(self) -> int:
        """Number of rows of a later file that are nearly in an earlier one, the exact ones not counted."""
        return sum(pair.kind == "near" for pair in self.pairs)

    def as_dict(self) -> dict[str, Any]:
        """Return {"exact", "near", "rows", "pairs"} for JSON."""
        pairs = [{name: getattr(pair, name) for name in Pair.__slots__} for pair in self.pairs]
        return {"exact": self.exact, "near": self.near, "rows": dict(self.rows), "pairs": pairs}


def normalise(text: str) -> str:
    """Return the text in lower case, without punctuation and symbols, words parted by one space.

    A text of nothing but punctuation stays as it is, so that "?" and "!" are not the same sentence.
    """
    kept = "".join(char for char in text.lower() if unicodedata.category(char)[0] not in "PS")
    return " ".join(kept.split()) or " ".join(text.split())


def audit_files(paths: Sequence[str | Path], *, column: str | None = None, near: float = NEAR) -> Leakage:
    """Compare every file with those named before it.

    Args:
        paths: Files (jsonl, json, csv, tsv, parquet, each also .gz where it is text) in the order train, dev, test; or
            one directory with such files, read as train, validation, test by their names.
        column: The text column; by default the first of "text", "sentence", "Text", … that is there.
        near: Jaccard similarity from which two texts are near duplicates.

    Raises:
        InvalidInput: A file cannot be read, or has no text column.
    """
    return audit(read_texts([Path(path) for path in paths], column=column), near=near)


def audit(texts: Mapping[str, Sequence[str]], *, near: float = NEAR) -> Leakage:
    """Compare every list of texts with those before it.

    Args:
        texts: Name → texts, in the order train, validation, test.
        near: Jaccard similarity from which two texts are near duplicates.
    """
    seen: dict[str, str] = {}
    index = _Index(near)
    pairs: list[Pair] = []
    for turn, (name, rows) in enumerate(texts.items()):
        keys = [normalise(row) for row in rows]
        if turn:
            pairs.extend(_repeats(name, rows, keys, seen, index))
        if turn < len(texts) - 1:
            for row, key in enumerate(keys, start=1):
                if key not in seen:
                    seen[key] = f"{name}:{row}"
                    index.add(key)
    return Leakage({name: len(rows) for name, rows in texts.items()}, tuple(pairs))


def _repeats(
    name: str, rows: Sequence[str], keys: Sequence[str], seen: Mapping[str, str], index: _Index
) -> Iterator[Pair]:
    for row, (text, key) in enumerate(zip(rows, keys, strict=True), start=1):
        if key in seen:
            yield Pair("exact", f"{name}:{row}", seen[key], 1.0, text)
        elif (best := index.nearest(key)) is not None:
            yield Pair("near", f"{name}:{row}", seen[best[0]], round(best[1], 4), text)


def _shingles(key: str) -> set[str]:
    return {key[start : start + _SHINGLE] for start in range(max(1, len(key) - _SHINGLE + 1))}


class _Index:
    """Normalised texts, found again by similarity."""

    def __init__(self, near: float) -> None:
        import rensa

        self._near = near
        self._sketch = rensa.RMinHash
        self._lsh = rensa.RMinHashLSH(threshold=near, num_perm=_PERMUTATIONS, num_bands=_BANDS)
        self._keys: list[str] = []

    def _minhash(self, shingles: set[str]) -> Any:
        sketch = self._sketch(num_perm=_PERMUTATIONS, seed=1)
        sketch.update(sorted(shingles))
        return sketch

    def add(self, key: str) -> None:
        """Take in a text."""
        self._lsh.insert(len(self._keys), self._minhash(_shingles(key)))
        self._keys.append(key)

    def nearest(self, key: str) -> tuple[str, float] | None:
        """Return the most similar text that is similar enough, the first taken in on a tie, and its similarity."""
        own = _shingles(key)
        best: tuple[float, int] | None = None
        for candidate in sorted(self._lsh.query(self._minhash(own))):
            other = _shingles(self._keys[candidate])
            similarity = len(own & other) / len(own | other)
            if similarity >= self._near and (best is None or similarity > best[0]):
                best = (similarity, candidate)
        return None if best is None else (self._keys[best[1]], best[0])

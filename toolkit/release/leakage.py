"""Leakage between the files of a dataset: rows of a later file that repeat one of an earlier file.

Exact: equal after lower-casing, dropping punctuation and symbols and folding white space. Near: not exact, and the
Jaccard similarity of the sets of five-character shingles of what remains is at least `NEAR`; see
`toolkit.release.shingles` for how all of them are found.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from toolkit.errors import InvalidInput, UsageError
from toolkit.project.table_files import Fault, is_table, table_file
from toolkit.release.shingles import Near, shingles

_COLUMNS = ("text", "sentence", "Text", "Sentence", "tweet_text", "content", "claim", "headline")
_ORDER = ("train", "valid", "val", "dev", "test", "eval")  # a directory's files are compared in this order

NEAR: Final = 0.8
"""Jaccard similarity from which two texts are near duplicates."""


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
    """The repeated rows that were found.

    Attributes:
        rows: File or split → number of rows, in the order in which they were compared.
        pairs: One for each leaking row of a later file, in the order of the rows.
    """

    rows: Mapping[str, int]
    pairs: tuple[Pair, ...]

    @property
    def exact(self) -> int:
        """Number of rows of a later file that are in an earlier one."""
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
    """Return the text in lower case, without punctuation and symbols, words separated by one space.

    A text of nothing but punctuation is not changed, so that "?" and "!" are not the same sentence.

    Examples:
        >>> normalise("“Don't!”  he said…"), normalise("?!")
        ('dont he said', '?!')
    """
    kept = text.lower().translate(_DROPPED)
    return " ".join(kept.split()) or " ".join(text.split())


class _Dropped(dict[int, int | None]):
    """Character → None if it is punctuation or a symbol, else itself; learnt as characters come."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if unicodedata.category(chr(code))[0] in "PS" else code
        return self[code]


_DROPPED = _Dropped()


def file_leakage(paths: Sequence[str | Path], *, column: str | None = None, near: float = NEAR) -> Leakage:
    """Compare every file with those named before it.

    Args:
        paths: Files (jsonl, json, csv, tsv, parquet, each also .gz where it is text) in the order train, dev, test; or
            one directory with such files, read as train, validation, test by their names.
        column: The text column; by default the first of "text", "sentence", "Text", … that is there.
        near: Jaccard similarity from which two texts are near duplicates, in (0, 1]; default 0.8.

    Raises:
        UsageError: Fewer than two files, or one twice.
        InvalidInput: A file cannot be read, or has no text column.

    Examples:
        >>> file_leakage(["releases/1.0.0"]).rows
        {'train': 61, 'valid': 13, 'test': 9}
    """
    return text_leakage(read_texts([Path(path) for path in paths], column=column), near=near)


def text_leakage(texts: Mapping[str, Sequence[str]], *, near: float = NEAR) -> Leakage:
    """Compare every list of texts with those before it.

    Args:
        texts: Name → texts, in the order train, validation, test. They are read several times and not held.
        near: Jaccard similarity from which two texts are near duplicates, in (0, 1]: |A ∩ B| / |A ∪ B| of the sets A
            and B of five-character shingles of the normalised texts.

    Returns:
        One pair for each row of a later list that an earlier one holds, with the first row that it repeats exactly, or
        the most similar one.

    Examples:
        >>> train = ["Snow fell on Monday in the north of the country.", "The bridge is closed."]
        >>> test = ["the bridge is closed!", "Snow fell on Mondays in the north of the country.", "New here."]
        >>> found = text_leakage({"train": train, "test": test})
        >>> [(pair.kind, pair.later, pair.earlier, pair.similarity) for pair in found.pairs]
        [('exact', 'test:1', 'train:2', 1.0), ('near', 'test:2', 'train:1', 0.8085)]
    """
    earlier: list[_Earlier] = []
    index = Near(near)
    if len(texts) > 1:
        index.count(normalise(row) for rows in texts.values() for row in rows)
    pairs: list[Pair] = []
    for turn, (name, rows) in enumerate(texts.items()):
        if turn:
            pairs.extend(_repeats(name, rows, earlier, near))
        if turn < len(texts) - 1:
            earlier.append(_Earlier(name, rows, index))
    return Leakage({name: len(rows) for name, rows in texts.items()}, tuple(pairs))


def _repeats(name: str, rows: Sequence[str], earlier: Sequence[_Earlier], near: float) -> Iterator[Pair]:
    nearby = zip(*(part.near.candidates(map(normalise, rows)) for part in earlier), strict=True)
    for row, (text, candidates) in enumerate(zip(rows, nearby, strict=True), start=1):
        key = normalise(text)
        exact = next((place for part in earlier if (place := part.exact(key)) is not None), None)
        if exact is not None:
            yield Pair("exact", f"{name}:{row}", exact, 1.0, text)
            continue
        likeliest = (
            part.nearest(key, places, near) for part, places in zip(earlier, candidates, strict=True) if places
        )
        found = [best for best in likeliest if best is not None]
        if found:
            similarity, place = max(found, key=lambda best: best[0])  # of equals, the first
            yield Pair("near", f"{name}:{row}", place, round(similarity, 4), text)


class _Earlier:
    """The rows of a file that later ones are compared with.

    Attributes:
        near: Finds the rows that may be near a text; of the rows themselves only numbers are held.
    """

    def __init__(self, name: str, rows: Sequence[str], counted: Near) -> None:
        self._name = name
        self._rows = rows
        self.near = counted.indexed(map(normalise, rows))
        sums = np.fromiter(map(_sum, map(normalise, rows)), dtype=np.uint64, count=len(rows))
        self._order = np.argsort(sums, kind="stable")
        self._sums = sums[self._order]

    def exact(self, key: str) -> str | None:
        """Return "name:row" of the first row with this normalised text."""
        wanted = np.uint64(_sum(key))
        for place in range(int(np.searchsorted(self._sums, wanted)), len(self._sums)):
            if self._sums[place] != wanted:
                return None
            row = int(self._order[place])
            if normalise(self._rows[row]) == key:
                return f"{self._name}:{row + 1}"
        return None

    def nearest(self, key: str, places: Sequence[int], near: float) -> tuple[float, str] | None:
        """Return the similarity of the most similar of some rows, if it is near, and its "name:row"."""
        own = shingles(key)
        best: tuple[float, str] | None = None
        for row in places:
            other = shingles(normalise(self._rows[row]))
            similarity = len(own & other) / len(own | other)
            if similarity >= near and (best is None or similarity > best[0]):
                best = (similarity, f"{self._name}:{row + 1}")
        return best


def _sum(key: str) -> int:
    return int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def read_texts(paths: Sequence[Path], *, column: str | None = None) -> dict[str, list[str]]:
    """Return file → texts, in the order given.

    Args:
        paths: Table files, see `toolkit.project.table_files`, or one directory of them: its files are then put in the
            order train, validation, test by their names, files of one split together.
        column: The text column; by default the first known name that is there.

    Raises:
        UsageError: Fewer than two files, or one twice.
        InvalidInput: A file cannot be read or has no text column.
    """
    files = _in_directory(paths[0]) if len(paths) == 1 and paths[0].is_dir() else {str(path): [path] for path in paths}
    if len(files) < 2 or sum(map(len, files.values())) < len(paths):
        raise UsageError("two different files are needed at least", remedy="name them in the order train, dev, test")
    return {name: [text for part in parts for text in _texts(part, column)] for name, parts in files.items()}


def _in_directory(folder: Path) -> dict[str, list[Path]]:
    data = folder / "data" if (folder / "data").is_dir() else folder
    found: dict[str, list[Path]] = {}
    for path in sorted(data.iterdir()):
        if path.is_file() and is_table(path):
            split = next((split for split in _ORDER if split in path.name.lower()), path.name)
            found.setdefault(split, []).append(path)
    return {name: found[name] for name in sorted(found, key=lambda name: (_rank(name), name))}


def _rank(name: str) -> int:
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


def _texts(path: Path, column: str | None) -> Iterator[str]:
    with table_file(path) as table:
        for number, fields in table.records:
            if isinstance(fields, Fault):
                raise InvalidInput(fields.what, where=table.place(number, fields.column), remedy="correct that row")
            column = column or next((known for known in _COLUMNS if known in fields), None)
            if column is None or column not in fields:
                there = ", ".join(name for name in fields if name[:1] != "\0")
                what, remedy = f"has no column {column or 'of text'}", f"name one of {there} with --text-column"
                raise InvalidInput(what, where=table.place(number), remedy=remedy)
            if not isinstance(fields[column], str):
                raise InvalidInput("the text is not a string", where=table.place(number), remedy="correct that row")
            yield fields[column]

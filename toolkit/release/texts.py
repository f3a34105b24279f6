"""Texts out of anyone's dataset files."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from toolkit.errors import InvalidInput, UsageError

_COLUMNS = ("text", "sentence", "Text", "Sentence", "tweet_text", "content", "claim", "headline")
_ORDER = ("train", "valid", "val", "dev", "test", "eval")  # a directory's files are compared in this order


def read_texts(paths: Sequence[Path], *, column: str | None = None) -> dict[str, list[str]]:
    """Return file → texts, in the order given.

    Args:
        paths: Files (.jsonl, .json, .csv, .tsv, .parquet, those of text also with .gz), or one directory of them:
            its files are then put in the order train, validation, test by their names, files of one split together.
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
        if path.is_file() and _reader(path) is not None:
            found.setdefault(next((split for split in _ORDER if split in path.name.lower()), path.name), []).append(
                path
            )
    return {name: found[name] for name in sorted(found, key=lambda name: (_rank(name), name))}


def _rank(name: str) -> int:
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


def _texts(path: Path, column: str | None) -> list[str]:
    reader = _reader(path)
    if reader is None:
        raise InvalidInput("is no dataset file", where=str(path), remedy="give jsonl, json, csv, tsv or parquet")
    try:
        rows = reader(path)
    except (OSError, ValueError, KeyError, EOFError, csv.Error, zlib.error) as error:
        raise InvalidInput(f"cannot be read: {error}", where=str(path)) from error
    if not rows:
        return []
    if not all(isinstance(row, Mapping) for row in rows):
        raise InvalidInput("holds rows that are not objects", where=str(path))
    name = column or next((known for known in _COLUMNS if known in rows[0]), None)
    if name is None or name not in rows[0]:
        there = ", ".join(map(str, rows[0]))
        remedy = f"name one of {there} with --text-column"
        raise InvalidInput(f"has no column {name or 'of text'}", where=str(path), remedy=remedy)
    return [_text(row.get(name), f"{path}:{number}") for number, row in enumerate(rows, start=1)]


def _text(value: Any, where: str) -> str:
    if isinstance(value, str):
        return value
    raise InvalidInput("the text is not a string", where=where)


def _reader(path: Path) -> Callable[[Path], list[Any]] | None:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes[-1:] == [".gz"]:
        suffixes.pop()
    return _READERS.get(suffixes[-1] if suffixes else "")


def _open(path: Path) -> io.StringIO:
    raw = path.read_bytes()
    return io.StringIO((gzip.decompress(raw) if path.suffix.lower() == ".gz" else raw).decode("utf-8-sig"), newline="")


def _jsonl(path: Path) -> list[Any]:
    return [json.loads(line) for line in _open(path).read().split("\n") if line.strip()]


def _json(path: Path) -> list[Any]:
    value = json.load(_open(path))
    if not isinstance(value, list):
        raise ValueError("not a list of rows")
    return value


def _csv(path: Path) -> list[Any]:
    return list(csv.DictReader(_open(path)))


def _tsv(path: Path) -> list[Any]:
    return list(csv.DictReader(_open(path), delimiter="\t"))


def _parquet(path: Path) -> list[Any]:
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path)
    rows: list[Any] = file.read().to_pylist()
    return rows


_READERS: Mapping[str, Callable[[Path], list[Any]]] = {
    ".jsonl": _jsonl,
    ".ndjson": _jsonl,
    ".json": _json,
    ".csv": _csv,
    ".tsv": _tsv,
    ".parquet": _parquet,
}

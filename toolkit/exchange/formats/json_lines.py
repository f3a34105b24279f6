"""Files of JSON that tools export: one object per line, or one array of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from toolkit.errors import InvalidInput, border
from toolkit.exchange.document_folders import read_text

ENDINGS: Final = (".jsonl", ".json", ".ndjson")


def json_files(root: Path) -> list[Path]:
    """Return the JSON files of a folder in the order of their names; a file alone.

    Raises:
        InvalidInput: There are none.
    """
    if root.is_file():
        return [root]
    found = sorted(path for path in root.rglob("*") if path.suffix in ENDINGS and not is_hidden(path.relative_to(root)))
    if not found:
        raise InvalidInput(f"holds no file that ends in {', '.join(ENDINGS)}", where=str(root))
    return found


def is_hidden(path: Path) -> bool:
    """Tell whether a path within a folder, or a folder on its way, begins with a dot."""
    return any(part.startswith(".") for part in path.parts)


def objects(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each object of a file with its place.

    Raises:
        InvalidInput: A line is not JSON, or not an object.
    """
    if path.suffix.lower() in (".csv", ".tsv"):
        raise InvalidInput("is a table, not JSON", where=str(path), remedy="import it as annotated-csv")
    text = read_text(path).removeprefix("\ufeff")
    if text.lstrip().startswith("["):
        with border("is not JSON", where=str(path)):
            items = json.loads(text)
        found = [(f"{path}: item {number}", item) for number, item in enumerate(items, start=1)]
    else:
        found = [
            (f"{path}:{number}", _loaded(line, f"{path}:{number}"))
            for number, line in enumerate(text.split("\n"), start=1)
            if line.strip()
        ]
    for where, item in found:
        if not isinstance(item, dict):
            raise InvalidInput("is not an object", where=where)
        yield where, item


def _loaded(line: str, where: str) -> Any:
    with border("is not JSON", where=where):
        return json.loads(line.removeprefix("\ufeff"))  # joined files have a byte order mark in their middle


def write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write one object per line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)

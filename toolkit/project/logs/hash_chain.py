"""The chain of a log: each row carries a hash of itself and of the row before, so that no row changes unseen.

    {"event": "revision", …, "chain": "5f2a…"}

A link is the beginning of SHA-256 over the link of the row before and this row's line without its own link. Rows that
an earlier version wrote have none: the first link stands on all bytes before it, so they are held from then on. The
chain shows accidents and hasty hands: a flipped label, a row that is gone, two logs that were merged. Whoever wants to
can write a chain anew; nothing here is secret. To accept a log that was changed on purpose, take the links out of all
its rows: the next append links it as it is.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

KEY: Final = "chain"
HALF_CHARACTERS: Final = "backslashreplace"
"""The way in which halves of a character, which UTF-8 can't hold, stand in a log: as the escapes of JSON."""
_HEX_DIGITS = 32
_LINK = re.compile(rb',"chain":"([0-9a-f]{32})"\}\n\Z')
LINK_BYTES: Final = len(',"chain":""}\n') + _HEX_DIGITS
"""Bytes at the end of a row that hold its link."""
_BLOCK = 1 << 20


@dataclass(frozen=True)
class BrokenLink:
    """A row that is not the one that was written after the row before it.

    Attributes:
        line: Its number, from 1.
        what: How it shows.
    """

    line: int
    what: str


def line_of(row: Mapping[str, Any]) -> str:
    """Return a row as a line of a log."""
    return strict_json(row, separators=(",", ":")) + "\n"


def strict_json(value: Any, **how: Any) -> str:
    r"""Return JSON that every reader takes: numbers that it does not have stand as their names.

    A server sends them as an overflow (1e400) or by a lenient writer (NaN).

    Args:
        value: What is written.
        how: Further arguments of `json.dumps`.

    Examples:
        >>> strict_json({"lead_time": 1e400, "score": 0.5})
        '{"lead_time": "Infinity", "score": 0.5}'
    """
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, **how)
    except ValueError:
        return json.dumps(_named(value), ensure_ascii=False, allow_nan=False, **how)


def _named(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _named(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_named(each) for each in value]
    return json.dumps(value) if isinstance(value, float) and not math.isfinite(value) else value


def linked(rows: Iterable[Mapping[str, Any]], last: str) -> Iterator[str]:
    """Yield rows as lines with their links.

    Args:
        rows: The rows.
        last: The link of the row before them, from `last_link`.
    """
    for row in rows:
        last = _link(last, line_of(row).encode(errors=HALF_CHARACTERS))
        yield line_of({**row, KEY: last})


def link_in(line: bytes) -> str:
    """Return the link at the end of a row; "" where it has none."""
    found = _LINK.search(line)
    return "" if found is None else found[1].decode()


def last_link(path: Path, length: int, last_line: bytes) -> str:
    """Return what the next row of a log is linked to.

    Args:
        path: The log.
        length: Bytes of its whole lines.
        last_line: The last of them; empty where there is none.
    """
    if link := link_in(last_line):
        return link
    sums = hashlib.sha256()
    if length:
        with path.open("rb") as file:
            while length and (block := file.read(min(length, _BLOCK))):
                sums.update(block)
                length -= len(block)
    return sums.hexdigest()[:_HEX_DIGITS]


def broken_links(path: Path) -> Iterator[BrokenLink]:
    """Yield the rows of a log at which its chain is broken; none where it has no chain.

    Examples:
        >>> import pathlib, tempfile
        >>> from toolkit.project import AppendLog
        >>> log = AppendLog(pathlib.Path(tempfile.mkdtemp()) / "log.jsonl", chained=True)
        >>> log.append([{"label": "claim"}, {"label": "denial"}, {"label": "claim"}])
        3
        >>> _ = log.path.write_text(log.path.read_text().replace("denial", "claims"))
        >>> [(each.line, each.what) for each in broken_links(log.path)]
        [(2, 'it is not the row that was written here')]
    """
    before, last = hashlib.sha256(), ""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.endswith(b"\n"):
                return  # a torn line was never acknowledged
            found = _LINK.search(line)
            if found is None:
                if last:
                    yield BrokenLink(number, "it was not written by this toolkit: it is not linked to the row before")
                before.update(line)
                continue
            link = found[1].decode()
            if link != _link(last or before.hexdigest()[:_HEX_DIGITS], line[: found.start()] + b"}\n"):
                yield BrokenLink(number, "it is not the row that was written here")
            last = link


def _link(last: str, line: bytes) -> str:
    return hashlib.sha256(last.encode() + line).hexdigest()[:_HEX_DIGITS]

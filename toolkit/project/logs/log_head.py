"""The head of a log: how many rows it has and the link of the last, in a file beside it, so that a cut end is seen.

    annotations/log.jsonl     the rows, each linked to the row before
    annotations/log.head      {"rows": 506, "bytes": 981234, "chain": "5f2a…"}

The chain alone can't show that its last rows are gone. The head is written after the rows are on the disk, so a write
that was interrupted leaves a log that is longer than its head says: those rows count, and the next append moves the
head. A log that is shorter than its head says was cut afterwards. A log of an earlier version has no head until the
next append, and one whose links were taken out on purpose is not held against the one it has.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from toolkit.errors import InvalidInput, border
from toolkit.project.files import write_atomic
from toolkit.project.logs.hash_chain import LINK_BYTES, BrokenLink, link_in

SUFFIX: Final = ".head"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class LogHead:
    """What a log held when it was last written to.

    Attributes:
        rows: Number of its rows.
        bytes: Bytes of these rows.
        chain: Link of the last of them.
    """

    rows: int
    bytes: int
    chain: str

    @classmethod
    def of(cls, log: Path) -> LogHead | None:
        """Return the head of a log; None where there is none.

        Raises:
            InvalidInput: The file is not a head.
        """
        path = log.with_suffix(SUFFIX)
        if not path.exists():
            return None
        with border("is not the head of a log", where=str(path), remedy="look whether the log is whole, and remove it"):
            said = json.loads(path.read_bytes())
            return cls(int(said["rows"]), int(said["bytes"]), str(said["chain"]))

    def stands_in(self, log: Path) -> bool:
        """Tell whether a log has the last row at its place; more rows may follow."""
        if not log.exists():
            return False
        with log.open("rb") as file:
            file.seek(max(0, self.bytes - LINK_BYTES))
            return link_in(file.read(min(self.bytes, LINK_BYTES))) == self.chain


def move_head(log: Path, before: LogHead | None, chain: str) -> None:
    """Write the head of a log whose rows are on the disk.

    Args:
        log: The log, of whole lines.
        before: Its head by now; rows are counted from there on if it stands in the log.
        chain: Link of its last row.
    """
    known = before if before is not None and before.stands_in(log) else LogHead(0, 0, "")
    head = LogHead(known.rows + _rows(log, known.bytes), log.stat().st_size, chain)
    write_atomic(log.with_suffix(SUFFIX), json.dumps(asdict(head)) + "\n")


def cut_end(log: Path) -> BrokenLink | None:
    """Return how a log is shorter than it was written; None where it is whole, has no head, or no links any more.

    Raises:
        InvalidInput: Its head can't be read.
    """
    head = LogHead.of(log)
    if head is None or head.stands_in(log):
        return None
    links = _links(log)
    if links and not links[-1]:
        return None
    if len(links) < head.rows:
        gone = head.rows - len(links)
        what = "the last row is gone" if gone == 1 else f"the last {gone:,} of {head.rows:,} rows are gone"
        return BrokenLink(len(links) + 1, what)
    if links[head.rows - 1] != head.chain:
        return BrokenLink(head.rows, "it is not the row that was written here last")
    return None


def refuse_cut(log: Path) -> None:
    """Refuse a log that is shorter than it was written.

    Raises:
        InvalidInput: Rows are gone.
    """
    if (cut := cut_end(log)) is not None:
        remedy = (
            f"bring the log back from a backup; if they were taken out on purpose, remove {log.with_suffix(SUFFIX)}"
        )
        raise InvalidInput(cut.what, where=f"{log}:{cut.line}", remedy=remedy)


def _rows(log: Path, start: int) -> int:
    with log.open("rb") as file:
        file.seek(start)
        return sum(block.count(b"\n") for block in iter(lambda: file.read(_BLOCK), b""))


def _links(log: Path) -> list[str]:
    """Return the link of each whole row, "" where it has none."""
    if not log.exists():
        return []
    with log.open("rb") as file:
        return [link_in(line) for line in file if line.endswith(b"\n")]

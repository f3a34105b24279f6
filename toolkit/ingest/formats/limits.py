"""Limits for files of pages, and the faults of what goes beyond them."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits for files, so that one bad file can't exhaust a machine.

    Attributes:
        page_bytes: Bytes of the longest page, line, row or record payload.
        gzip_ratio: Bytes that one byte of a gzip or Parquet file may unpack to, over the whole file; text has 3 to 20.
    """

    page_bytes: int = 64 << 20
    gzip_ratio: int = 200


def too_long(what: str, where: str, most_bytes: int) -> InvalidInput:
    """Return the fault of a page, line, row or message that is longer than the limit."""
    return InvalidInput(f"a {what} of more than {most_bytes:,} bytes, the limit", where=where, remedy="split it")


def grown(where: str, most_growth: int) -> InvalidInput:
    """Return the fault of a file that unpacks to more than the limit."""
    return InvalidInput(
        f"unpacks to more than {most_growth} times its size, the limit",
        where=where,
        remedy="check what it is; unpack it yourself",
    )

"""Limits for files of pages, what is left of them while a file is read, and the faults of what goes beyond them.

What a file says of its own size is not believed: bytes are counted as they come out, whatever packed them: gzip, zstd,
the encodings within an archive, the dictionaries of a Parquet file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from toolkit.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits for files, so that one bad file can't exhaust a machine.

    Attributes:
        page_bytes: Bytes of the longest page, line, row or record payload.
        gzip_ratio: Bytes that one byte of a file may unpack to, over the whole file; text has 3 to 20.
        free_bytes: Bytes that even the smallest file may unpack to; at most `page_bytes`.
    """

    page_bytes: int = 64 << 20
    gzip_ratio: int = 200
    free_bytes: int = 4 << 20


class Budget:
    """The bytes that a file, or one record of it, may still unpack to.

    Args:
        where: The file.
        limits: Its limits.
        packed: Returns how many of the file's own bytes there are, or were read by now.

    Examples:
        >>> budget = Budget("a.warc", Limits(free_bytes=1000, gzip_ratio=10), lambda: 120)
        >>> budget.take(1000)
        >>> budget.take(201)
        Traceback (most recent call last):
        ...
        toolkit.errors.InvalidInput: a.warc: unpacks to more than 10 times its size, the limit; check what it is; ...
    """

    def __init__(self, where: str, limits: Limits, packed: Callable[[], int]) -> None:
        self._where, self._limits, self._packed = where, limits, packed
        self._taken = 0

    def take(self, size: int) -> None:
        """Count bytes that came out.

        Raises:
            InvalidInput: They are more than the file may unpack to.
        """
        self._taken += size
        if self._taken > min(self._limits.free_bytes, self._limits.page_bytes):
            self.check(self._taken)

    def check(self, size: int) -> None:
        """Refuse a file that holds so many bytes altogether, by its own account or by what came out.

        Raises:
            InvalidInput: They are more than it may unpack to.
        """
        most = self._limits.gzip_ratio
        free = min(self._limits.free_bytes, self._limits.page_bytes)
        if size > free and size > most * max(self._packed(), 1):
            raise InvalidInput(
                f"unpacks to more than {most} times its size, the limit",
                where=self._where,
                remedy="check what it is; unpack it yourself",
            )


def too_long(what: str, where: str, most_bytes: int) -> InvalidInput:
    """Return the fault of a page, line, row or message that is longer than the limit."""
    return InvalidInput(f"a {what} of more than {most_bytes:,} bytes, the limit", where=where, remedy="split it")

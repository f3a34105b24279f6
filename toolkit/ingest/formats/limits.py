"""Limits for files of pages, what is left of them while a file is read, and the faults of what goes beyond them.

What a file says of its own size is not believed: bytes are counted as they come out, whatever packed them: gzip, zstd,
the encodings within an archive, the dictionaries of a Parquet file. The time that a page may take is counted too, in
characters and marks instead of seconds, so that a page is read on every machine or on none.
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


class Allowance:
    """The bytes that the files of a command may unpack to beyond their ratio, altogether.

    Each small file may unpack to `Limits.free_bytes`; ten thousand of them could fill a disk.

    Args:
        free_bytes: The bytes.
    """

    def __init__(self, free_bytes: int = 1 << 30) -> None:
        self._free_bytes, self._left = free_bytes, free_bytes

    def take(self, size: int, where: str) -> None:
        """Count bytes beyond the ratio.

        Raises:
            InvalidInput: They are more than all files together may have.
        """
        self._left -= size
        if size and self._left < 0:
            raise InvalidInput(
                f"the small files so far unpack to {self._free_bytes:,} bytes beyond the limit of each",
                where=where,
                remedy="check what they are; unpack them yourself",
            )


class Budget:
    """The bytes that a file, or one record of it, may still unpack to.

    Args:
        where: The file.
        limits: Its limits.
        packed: Returns how many of the file's own bytes there are, or were read by now.
        allowance: What the files of the command may unpack to beyond the ratio; None for a file on its own.

    Examples:
        >>> budget = Budget("a.warc", Limits(free_bytes=1000, gzip_ratio=10), lambda: 120)
        >>> budget.take(1000)
        >>> budget.take(201)
        Traceback (most recent call last):
        ...
        toolkit.errors.InvalidInput: a.warc: unpacks to more than 10 times its size, the limit; check what it is; ...
    """

    def __init__(
        self, where: str, limits: Limits, packed: Callable[[], int], allowance: Allowance | None = None
    ) -> None:
        self._where, self._limits, self._packed, self._allowance = where, limits, packed, allowance
        self._taken = self._beyond = 0

    def take(self, size: int) -> None:
        """Count bytes that came out.

        Raises:
            InvalidInput: They are more than the file may unpack to.
        """
        self._taken += size
        if self._taken > min(self._limits.free_bytes, self._limits.page_bytes):
            self.check(self._taken)
        if self._allowance is not None:
            beyond = max(self._taken - self._limits.gzip_ratio * max(self._packed(), 1), self._beyond)
            self._allowance.take(beyond - self._beyond, self._where)
            self._beyond = beyond

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


MOST_WORK = 20_000_000
"""Work that a page may take: about a microsecond of an ordinary processor each."""

_OF_A_MARK = 100
"""Work of a tag, or of a mark of Markdown, beside the character's own."""


def check_work(characters: int, marks: int, where: str) -> None:
    """Refuse a page that would take the time of thousands.

    Args:
        characters: Code points of its text.
        marks: Tags of HTML, or characters that mean something in Markdown.
        where: The page.

    Raises:
        InvalidInput: They are too many.

    Examples:
        >>> check_work(5_000_000, 100_000, "long.html")
        >>> check_work(5_000_000, 200_000, "a.html")
        Traceback (most recent call last):
        ...
        toolkit.errors.InvalidInput: a.html: a page of 5,000,000 characters and 200,000 marks of structure, over the ...
    """
    if characters + _OF_A_MARK * marks > MOST_WORK:
        marked = f" and {marks:,} marks of structure" if marks else ""
        raise InvalidInput(
            f"a page of {characters:,} characters{marked}, over the limit of {MOST_WORK:,} (marks count {_OF_A_MARK})",
            where=where,
            remedy="split it, or save its text as .txt",
        )

"""Limits for what comes from outside, the budgets that are left of them, and the faults of what goes beyond.

One class holds every limit: of bytes, of rows and items, of work, and of the seconds that a server's answer may take.

What a file says of its own size is not believed: bytes are counted as they come out, whatever packed them (gzip, zip,
the encodings within an archive, the dictionaries of a Parquet file), and rows and items as they are read. Work is
counted too, in characters and marks instead of seconds, so that a page is read on every machine or on none. Only the
answers of servers are timed.

Who needs more says so in `TOOLKIT_LIMITS`, and the error of each limit names the word to write there:

    TOOLKIT_LIMITS="rows=50000000 document_bytes=8GiB" toolkit ingest
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

from toolkit.errors import InvalidConfig, InvalidInput, ToolkitError, nearest

VARIABLE = "TOOLKIT_LIMITS"
"""The environment variable that changes limits."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits for what comes from outside, so that no bad file and no bad server can exhaust a machine.

    Attributes:
        page_bytes: Bytes of the longest page, line, row or record payload.
        document_bytes: Bytes of the largest file that can only be read whole, such as a JSON list.
        yaml_bytes: The same for YAML, which takes a hundred times as long to read.
        gzip_ratio: Bytes that one byte of a file may unpack to, over the whole file; text has 3 to 20.
        free_bytes: Bytes that even the smallest file may unpack to; at most `page_bytes`.
        all_free_bytes: Bytes that all files of a command may unpack to beyond the ratio, together.
        answer_bytes: Bytes of one answer of a server; 1,000 long tasks with their answers have some ten million.
        stream_bytes: Bytes of one that is read piece by piece.
        answer_seconds: Seconds of one answer, from the first byte sent to the last received.
        stream_seconds: Seconds of one that is read piece by piece.
        rows: Pages, rows or tasks of one file, files of one folder or archive, or tasks of one project.
        all_rows: The same of all files of a command, with these files.
        items: Annotations of a task, marks and answers in one of them, spans and links of a document, columns of a row.
        yaml_values: Values of a YAML file; aliases can multiply them without end.
        work: Work that a page or a task may take, about a microsecond of an ordinary processor each.
    """

    page_bytes: int = 64 << 20
    document_bytes: int = 512 << 20
    yaml_bytes: int = 8 << 20
    gzip_ratio: int = 200
    free_bytes: int = 4 << 20
    all_free_bytes: int = 1 << 30
    answer_bytes: int = 256 << 20
    stream_bytes: int = 64 << 30
    answer_seconds: int = 120
    stream_seconds: int = 3600
    rows: int = 20_000_000
    all_rows: int = 100_000_000
    items: int = 100_000
    yaml_values: int = 100_000
    work: int = 20_000_000

    @staticmethod
    def here() -> Limits:
        """Return the limits that hold: those of the block that is `under` some, else those of the environment."""
        return _UNDER.get() or Limits.stated(os.environ)

    @staticmethod
    def stated(environment: Mapping[str, str]) -> Limits:
        """Return the limits that an environment states.

        Raises:
            InvalidConfig: A word of it is not a limit.

        Examples:
            >>> Limits.stated({"TOOLKIT_LIMITS": "rows=50 document_bytes=8GiB"}).rows
            50
            >>> Limits.stated({"TOOLKIT_LIMITS": "row=50"})
            Traceback (most recent call last):
            ...
            toolkit.errors.InvalidConfig: TOOLKIT_LIMITS: 'row=50' is no limit; did you mean 'rows'?; write ...
        """
        return _stated(environment.get(VARIABLE, ""))


_UNITS = {"": 1, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40}
_SAID = re.compile(r"([a-z_]+)=(\d{1,15})([KMGT]iB)?", re.IGNORECASE)
_UNDER: ContextVar[Limits | None] = ContextVar("limits", default=None)


@lru_cache(maxsize=8)
def _stated(words: str) -> Limits:
    known = tuple(field.name for field in fields(Limits))
    said = {}
    for word in words.replace(",", " ").split():
        found = _SAID.fullmatch(word)
        if found is None or found[1] not in known or int(found[2]) == 0:
            near = nearest(word.partition("=")[0], known)
            remedy = f"write it like rows=50000000 or document_bytes=8GiB, of {', '.join(known)}"
            raise InvalidConfig(f"{word[:80]!r} is no limit{near}", where=VARIABLE, remedy=remedy)
        said[found[1]] = int(found[2]) * _UNITS[(found[3] or "").lower()]
    return Limits(**said)


@contextmanager
def under(some: Limits | None) -> Iterator[None]:
    """Let other limits hold in a block, such as those of the driver in its workers; None changes nothing."""
    token = _UNDER.set(some or _UNDER.get())
    try:
        yield
    finally:
        _UNDER.reset(token)


def _more(name: str, first: str = "check what it is") -> str:
    """Return the remedy of a limit: what to look at, and how more is allowed."""
    return f"{first}; {VARIABLE}={name}=N allows more"


class Allowance:
    """The rows, and the bytes beyond the ratio, that all files of a command may have together.

    Each small file may unpack to `Limits.free_bytes`; ten thousand of them could fill a disk.

    Args:
        most: The limits; default: those that hold here.
    """

    def __init__(self, most: Limits | None = None) -> None:
        self._limits = most or Limits.here()
        self._beyond = self._rows = 0

    def take(self, size: int, where: str) -> None:
        """Count bytes beyond the ratio.

        Raises:
            InvalidInput: They are more than all files together may have.
        """
        self._beyond += size
        if size and self._beyond > self._limits.all_free_bytes:
            most = self._limits.all_free_bytes
            raise InvalidInput(
                f"the small files so far unpack to {most:,} bytes beyond the limit of each",
                where=where,
                remedy=_more("all_free_bytes", "check what they are, or unpack them yourself"),
            )

    def count(self, rows: int, where: str) -> None:
        """Count rows.

        Raises:
            InvalidInput: They are more than all files together may have.
        """
        self._rows += rows
        if self._rows > self._limits.all_rows:
            raise InvalidInput(
                f"the files so far hold more than {self._limits.all_rows:,} rows, the limit",
                where=where,
                remedy=_more("all_rows", "check what they are"),
            )


class Budget:
    """The bytes and rows that a file, or one record of it, may still have.

    Args:
        where: The file.
        most: Its limits.
        packed: Returns how many of the file's own bytes there are, or were read by now.
        allowance: What the files of the command may have together; None for a file on its own.
        raises: The error of too many rows.

    Examples:
        >>> budget = Budget("a.warc", Limits(free_bytes=1000, gzip_ratio=10, rows=2), lambda: 120)
        >>> budget.take(1000)
        >>> budget.take(201)
        Traceback (most recent call last):
        ...
        toolkit.errors.InvalidInput: a.warc: unpacks to more than 10 times its size, the limit; check what it is, ...
        >>> budget.count(2)
        >>> budget.count()
        Traceback (most recent call last):
        ...
        toolkit.errors.InvalidInput: a.warc: holds more than 2 rows, the limit; check what it is; ...
    """

    def __init__(
        self,
        where: str,
        most: Limits,
        packed: Callable[[], int],
        allowance: Allowance | None = None,
        *,
        raises: type[ToolkitError] = InvalidInput,
    ) -> None:
        self._where, self._limits, self._packed, self._allowance = where, most, packed, allowance
        self._raises = raises
        self._taken = self._beyond = self._rows = 0

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
                remedy=_more("gzip_ratio", "check what it is, or unpack it yourself"),
            )

    def count(self, rows: int = 1) -> None:
        """Count rows that came out: pages, tasks, lines, files of an archive.

        Raises:
            InvalidInput: They are more than the file, or all files of the command, may have.
        """
        self._rows += rows
        if self._rows > self._limits.rows:
            what = f"holds more than {self._limits.rows:,} rows, the limit"
            raise self._raises(what, where=self._where, remedy=_more("rows"))
        if self._allowance is not None:
            self._allowance.count(rows, self._where)


def too_long(what: str, where: str, most_bytes: int, name: str = "page_bytes") -> InvalidInput:
    """Return the fault of a page, line, row, message or file that is longer than the limit of this name."""
    fault = f"a {what} of more than {most_bytes:,} bytes, the limit"
    return InvalidInput(fault, where=where, remedy=_more(name, "split it"))


def whole_file(path: Path, *, limit: str = "document_bytes") -> bytes:
    """Return the bytes of a file that can only be read whole.

    Args:
        path: The file.
        limit: The name of its limit.

    Raises:
        InvalidInput: It is larger than that.
        OSError: It can't be read.
    """
    most: int = getattr(Limits.here(), limit)
    with path.open("rb") as file:
        is_short = path.is_file() and path.stat().st_size <= most  # a device or a pipe may have no end
        content = file.read() if is_short else file.read(most + 1)
    if len(content) > most:
        raise too_long("file", str(path), most, limit)
    return content


def too_many_values(where: str) -> InvalidInput:
    """Return the fault of a YAML file of too many values."""
    fault = f"holds more than {Limits.here().yaml_values:,} values, the limit"
    return InvalidInput(fault, where=where, remedy=_more("yaml_values"))


def check_items(number: int, what: str, where: str) -> None:
    """Refuse one thing that holds too many others.

    Args:
        number: How many it holds.
        what: What it is and what they are, as in "a task of {} annotations".
        where: The thing.

    Raises:
        InvalidInput: They are more than `Limits.items`.

    Examples:
        >>> check_items(2_000_000, "a task of {} annotations", "export.json: item 3")
        Traceback (most recent call last):
        ...
        toolkit.errors.InvalidInput: export.json: item 3: a task of 2,000,000 annotations, over the limit of ...
    """
    most = Limits.here().items
    if number > most:
        fault = f"{what.format(f'{number:,}')}, over the limit of {most:,}"
        raise InvalidInput(fault, where=where, remedy=_more("items"))


_OF_A_MARK = 100
"""Work of a tag, or of a mark of Markdown, beside the character's own."""


def check_work(characters: int, marks: int, where: str, *, of: str = "page") -> None:
    """Refuse a page that would take the time of thousands.

    Args:
        characters: Code points of its text.
        marks: Tags of HTML, or characters that mean something in Markdown.
        where: The page.
        of: What it is, if it is not a page.

    Raises:
        InvalidInput: They are too many.

    Examples:
        >>> check_work(5_000_000, 100_000, "long.html")
        >>> check_work(5_000_000, 200_000, "a.html")
        Traceback (most recent call last):
        ...
        toolkit.errors.InvalidInput: a.html: a page of 5,000,000 characters and 200,000 marks of structure, over the ...
    """
    most = Limits.here().work
    if characters + _OF_A_MARK * marks > most:
        marked = f" and {marks:,} marks of structure" if marks else ""
        raise InvalidInput(
            f"a {of} of {characters:,} characters{marked}, over the limit of {most:,} (marks count {_OF_A_MARK})",
            where=where,
            remedy=_more("work", "split it, or save its text as .txt"),
        )

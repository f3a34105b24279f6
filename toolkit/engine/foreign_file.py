"""Files from outside, read within the limits: gzip streams and long lines."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import IO, BinaryIO, cast

from toolkit.errors import border
from toolkit.limits import Budget, Limits, too_long

_PIECE = 1 << 20


class Counted:
    """A stream that counts the bytes that were read from it."""

    def __init__(self, stream: BinaryIO | io.BufferedReader) -> None:
        self._stream = stream
        self.read_bytes = 0

    def read(self, size: int = -1) -> bytes:
        """Read, and count what was read."""
        data = self._stream.read(size)
        self.read_bytes += len(data)
        return data


class Unpacked(io.RawIOBase):
    """A gzip stream that refuses to grow beyond the limits.

    Args:
        packed: The file.
        source: Its name.
        limits: Its limits.
        told: Whether a damaged stream is told as a fault of the file; else it is left to who reads it.
    """

    def __init__(self, packed: BinaryIO | io.BufferedReader, source: str, limits: Limits, *, told: bool = True) -> None:
        self._counted, self._file = Counted(packed), packed
        self._inner = gzip.GzipFile(fileobj=cast("BinaryIO", self._counted))
        self._source, self._told = source, told
        self._budget = Budget(source, limits, lambda: self._counted.read_bytes)

    def readable(self) -> bool:  # noqa: D102
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # narrower than any writable buffer
        """Unpack into a buffer.

        Raises:
            InvalidInput: The stream is damaged, or unpacks to too much.
        """
        told = border("not readable as gzip", where=self._source, remedy="fetch it again")
        with told if self._told else nullcontext():
            data = self._inner.read(len(buffer))
        buffer[: len(data)] = data
        self._budget.take(len(data))
        return len(data)

    def close(self) -> None:
        """Close the file too."""
        self._file.close()
        super().close()


def open_text(path: Path, *, encoding: str = "utf-8", errors: str | None = None, newline: str | None = None) -> IO[str]:
    """Open a file of text; what ends in .gz is unpacked within its limits."""
    file: BinaryIO = path.open("rb")
    if path.suffix.lower() == ".gz":
        file = cast("BinaryIO", io.BufferedReader(Unpacked(file, str(path), Limits.here(), told=False), _PIECE))
    return io.TextIOWrapper(file, encoding=encoding, errors=errors, newline=newline)


def text_lines(file: IO[str], where: str) -> Iterator[str]:
    """Yield the lines of a file with their ends.

    Raises:
        InvalidInput: One is longer than a page may be.
    """
    limits, number = Limits.here(), 0
    while line := file.readline(limits.page_bytes + 1):
        number += 1
        if len(line) > limits.page_bytes:
            raise too_long("line", f"{where}:{number}", limits.page_bytes)
        yield line

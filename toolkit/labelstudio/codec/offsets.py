"""The offsets of a region of Label Studio, checked against the words that it claims to hold.

Label Studio stores code points (measured with emoji, NFD, right-to-left script and CRLF, 1.23.2) but checks nothing:
offsets beyond the text, or copied from a prediction made for another text, are stored as they come. Two of its
habits have to be known. It writes a line break inside `value.text` as backslash and "n" (twice for CRLF), while the
offsets count the real characters. And a double click often takes the space beside a word into the offsets or
into the words, but not into both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Offsets:
    """A checked stretch of a text.

    Attributes:
        start: First code point.
        end: One past the last.
        mended: What had to be mended: "white-space", "utf-16", or None.
    """

    start: int
    end: int
    mended: str | None = None


def locate(text: str, start: Any, end: Any, claimed: Any, *, trim: bool = True) -> Offsets | str:
    """Return the offsets of a region in `text`, or why it has none.

    Args:
        text: The text of the task.
        start: `value.start` as it came.
        end: `value.end` as it came.
        claimed: `value.text` as it came; None where the region claims nothing.
        trim: Leave out white space at its ends; else the region stays as it was sent.

    Returns:
        The offsets, or the reason: "no-offsets", "offset-mismatch" or "only-white-space".
    """
    if not (is_offset(start) and is_offset(end)):
        return "no-offsets"
    if 0 <= start < end <= len(text) and _same_words(text[start:end], claimed):
        held = text[start:end]
        exact = claimed is None or claimed == held or _plain(held) == _plain(claimed)
        mended = None if exact else "white-space"
        return _checked(text, start, end, mended, trim=trim)
    counted = _from_utf16(text, start, end)
    if counted is not None and isinstance(claimed, str) and claimed and text[slice(*counted)] == claimed:
        return _checked(text, *counted, "utf-16", trim=trim)
    return "offset-mismatch"


def is_offset(value: Any) -> bool:
    """Tell whether a value is a whole number; JSON's true and false are not."""
    return isinstance(value, int) and not isinstance(value, bool)


def _same_words(held: str, claimed: Any) -> bool:
    if claimed is None or claimed == held:
        return True
    return isinstance(claimed, str) and _plain(held).strip() == _plain(claimed).strip()


def _plain(text: str) -> str:
    """Return words with every line break as one line feed a character, however Label Studio wrote it."""
    return text.replace("\\n", "\n").replace("\r", "\n")


def _checked(text: str, start: int, end: int, mended: str | None, *, trim: bool) -> Offsets | str:
    held = text[start:end]
    left, right = len(held) - len(held.lstrip()), len(held) - len(held.rstrip())
    if left == len(held):
        return "only-white-space"
    if not trim:
        return Offsets(start, end, mended if mended == "utf-16" else None)
    if left or right:
        mended = mended or "white-space"
    return Offsets(start + left, end - right, mended)


def _from_utf16(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the code points of offsets that count UTF-16 units, None where these cut a character in two."""
    first, last = code_points(text, start), code_points(text, end)
    return (first, last) if start < end and first is not None and last is not None else None


def code_points(text: str, units: int) -> int | None:
    """Return how many code points the first UTF-16 units of a text are; None beyond it, or within a character."""
    coded = text.encode("utf-16-le", "surrogatepass")
    if not 0 <= units <= len(coded) // 2:
        return None
    try:
        return len(coded[: 2 * units].decode("utf-16-le"))
    except UnicodeDecodeError:
        return None

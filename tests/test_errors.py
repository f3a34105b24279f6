"""One border turns any exception into an error with its place."""

from __future__ import annotations

import errno
import json
import struct
import zlib

import pyarrow as pa
import pytest

from toolkit.errors import InvalidInput, RemoteError, UsageError, border, described

KINDS = [
    ValueError("bad"),
    TypeError("'int' object is not iterable"),
    KeyError("id"),
    IndexError("list index out of range"),
    AttributeError("'NoneType' object has no attribute 'strip'"),
    OverflowError("Python int too large to convert to C long"),
    RecursionError("maximum recursion depth exceeded"),
    MemoryError(),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
    ZeroDivisionError("division by zero"),
    AssertionError(),
    OSError("Corrupt snappy compressed data."),
    EOFError("Compressed file ended"),
    zlib.error("Error -3 while decompressing data"),
    struct.error("unpack requires a buffer of 4 bytes"),
    pa.ArrowInvalid("Could not open Parquet input source"),
    json.JSONDecodeError("Expecting value", "x", 0),
    StopIteration(),
]


@pytest.mark.parametrize("fault", KINDS, ids=lambda fault: type(fault).__name__)
def test_any_exception_becomes_an_error_with_its_place(fault: Exception) -> None:
    with (
        pytest.raises(InvalidInput, match=rf"^a\.txt:3: not readable \({type(fault).__name__}.*\); mend it$") as raised,
        border("not readable", where="a.txt:3", remedy="mend it"),
    ):
        raise fault
    assert raised.value.__cause__ is fault


def test_our_own_errors_pass_as_they_are() -> None:
    with pytest.raises(UsageError, match=r"^ours$"), border("not readable"):
        raise UsageError("ours")
    with pytest.raises(RemoteError), border("the server answers", raises=RemoteError):
        raise ValueError


@pytest.mark.parametrize("fault", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_what_no_input_is_to_blame_for_passes(fault: BaseException) -> None:
    with pytest.raises(type(fault)), border("not readable"):
        raise fault


def test_a_message_is_one_short_printable_line() -> None:
    assert described(ValueError("a\n\x1b[31mb" + "c" * 900)).startswith(r"ValueError: a \u001b[31mbccc")
    assert len(described(ValueError("c" * 900))) < 230

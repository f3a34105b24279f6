"""The one error tree. Library code raises these; only `toolkit.cli` turns them into words and exit codes.

    ToolkitError            1  something could not be done
    ├── UsageError          2  the call itself is wrong: an unknown option value, two options that exclude each other
    ├── InvalidInput        3  a file, record, schema or setting breaks a rule
    │   └── InvalidConfig   3  toolkit.yaml or an environment variable
    ├── GateFailed          4  a quality gate was not met
    ├── RemoteError         5  a server refused, failed or could not be reached
    │   └── AccessDenied    5  … because of the token or the rights it carries
    ├── Interrupted         6  part of the work is done and saved; the same command resumes it
    └── Locked              1  another command is at work on the same project

Every error is one sentence: what is wrong, where (file:line or record id), and the command that mends it.
Whatever comes from outside is read inside `border`, so that no exception of a library passes for a fault of toolkit.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from typing import ClassVar, Self, TypeVar

T = TypeVar("T")


class ToolkitError(Exception):
    """What went wrong, where, and what mends it.

    Args:
        what: The fault in one clause, without a full stop.
        where: File, `file:line[:column]`, record id or URL it was found at.
        remedy: What the reader can do, best a command to type.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, where: str | None = None, remedy: str | None = None) -> None:
        super().__init__(what, where, remedy)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        cure = f"; {self.remedy}" if self.remedy else ""
        return f"{place}{self.what}{cure}"


class UsageError(ToolkitError):
    """The call itself is wrong."""

    exit_code = 2


class InvalidInput(ToolkitError):
    """A file, record, schema or setting breaks a rule.

    `faults` holds every fault that was found in the same input, this one first, so that a reader mends a
    file once and not once a fault.
    """

    exit_code = 3

    def __init__(self, what: str, *, where: str | None = None, remedy: str | None = None) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.faults: tuple[InvalidInput, ...] = (self,)

    @classmethod
    def all_of(cls, faults: Sequence[InvalidInput]) -> Self:
        """Fold the faults of one input into a single error to raise.

        Args:
            faults: At least one fault, in the order of their places.
        """
        first = faults[0]
        error = cls(first.what, where=first.where, remedy=first.remedy)
        error.faults = (error, *faults[1:])
        return error


class InvalidConfig(InvalidInput):
    """toolkit.yaml or an environment variable breaks a rule."""


class GateFailed(ToolkitError):
    """A quality gate was not met."""

    exit_code = 4


class RemoteError(ToolkitError):
    """A server refused, failed or could not be reached."""

    exit_code = 5


class AccessDenied(RemoteError):
    """A server refused the token, or the rights that it carries."""


class Interrupted(ToolkitError):
    """Part of the work is done and saved; running the same command again resumes it."""

    exit_code = 6


class Locked(ToolkitError):
    """Another command is at work on the same project."""


@contextmanager
def border(
    what: str, *, where: str | None = None, remedy: str | None = None, raises: type[ToolkitError] = InvalidInput
) -> Iterator[None]:
    """Turn any exception of reading one foreign thing into one error that names the thing.

    The border stands around the reading of a page, a row, an annotation or a server's answer, and around nothing else:
    inside it a library may raise whatever it likes. There is no list of exception types, because every such list was
    one short. Errors of toolkit pass as they are; so do an interrupt, a full disk and a connection that broke, which no
    input is to blame for.

    Args:
        what: What the thing is not, in one clause: "not readable as WARC".
        where: File, `file:line`, record id or URL of the thing.
        remedy: What mends it, best a command.
        raises: The error to raise.

    Raises:
        InvalidInput: The thing can't be read; or what `raises` says.

    Examples:
        >>> import json
        >>> with border("not JSON", where="rows.jsonl:3", remedy="mend the line"):
        ...     json.loads("[" * 100_000)
        Traceback (most recent call last):
        ...
        toolkit.errors.InvalidInput: rows.jsonl:3: not JSON (RecursionError: maximum recursion depth exceeded ...
    """
    try:
        yield
    except ToolkitError:
        raise
    except Exception as fault:
        if isinstance(fault, ConnectionError | TimeoutError) or getattr(fault, "errno", None) in _OF_THE_MACHINE:
            raise
        raise raises(f"{what} ({described(fault)})", where=where, remedy=remedy) from fault


def readable(read: Callable[[], T]) -> T | None:
    """Return what reading a detail gives; None where it can't be read and the thing can do without it.

    Examples:
        >>> readable(lambda: int("7")), readable(lambda: int("seven"))
        (7, None)
    """
    with suppress(InvalidInput), border("a detail can't be read"):
        return read()
    return None


_OF_THE_MACHINE = (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.EIO)
"""Faults of the disk or of the process: to blame a file for them would lose the file."""

_DESCRIBED = 200
"""Characters of a library's message that are shown; some quote the whole input."""


def described(fault: BaseException) -> str:
    """Return an exception's kind and message in one printable line: "ValueError: year 0 is out of range"."""
    text = printable(" ".join(str(fault).split()))
    short = text if len(text) <= _DESCRIBED else f"{text[:_DESCRIBED]} …"
    return f"{type(fault).__name__}: {short}" if short else type(fault).__name__


def one_line(fault: BaseException, most: int | None = None) -> str:
    """Return an exception's message in one line, cut at `most` characters; its kind where it has no message."""
    return " ".join(str(fault).split())[:most] or type(fault).__name__


def printable(text: str) -> str:
    r"""Return a text with its control characters escaped, so that foreign words can't move a terminal's cursor.

    Line feeds and tabs stay, and so do the marks that writing from right to left needs; overrides of its direction
    do not. The escapes are those of JSON, in which they may stand too.

    Examples:
        >>> printable("a\x1b[2J\tb")
        'a\\u001b[2J\tb'
    """
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e\u2028\u2029]")


def tally(number: int, one: str, several: str | None = None) -> str:
    """Return a number with what it counts: "1 story", "2,000 stories".

    Examples:
        >>> tally(1, "sentence"), tally(2000, "story", "stories")
        ('1 sentence', '2,000 stories')
    """
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def nearest(word: str, known: Iterable[str]) -> str:
    """Return '; did you mean "…"?' for the known word that is nearest to `word`, or "" when none is near."""
    near = get_close_matches(word, sorted(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""

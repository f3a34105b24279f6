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

Words for messages about schemas.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import ClassVar, Self


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


def nearest(word: str, known: Iterable[str]) -> str:
    """Return '; did you mean "…"?' for the known word that is nearest to `word`, or "" when none is near."""
    near = get_close_matches(word, sorted(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""

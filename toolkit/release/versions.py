"""Version numbers of releases.

patch: labels were corrected. minor: rows or labels were added. major: rows were removed, or the schema is incompatible
with the one before.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, Self

from toolkit.errors import UsageError

Level = Literal["patch", "minor", "major"]

_FORM = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)")


class Version(NamedTuple):
    """A semantic version without suffixes.

    Examples:
        >>> str(Version.parse("1.2.0").bump("minor"))
        '1.3.0'
        >>> Version.is_one("v1.2")
        False
    """

    major: int
    minor: int
    patch: int

    @classmethod
    def is_one(cls, text: str) -> bool:
        """Tell whether a text is a version."""
        return _FORM.fullmatch(text) is not None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "major.minor.patch".

        Raises:
            UsageError: The text is not of that form.
        """
        found = _FORM.fullmatch(text)
        if found is None:
            raise UsageError(f"{text!r} is not a version", remedy="write it as major.minor.patch, such as 1.2.0")
        return cls(*map(int, found.groups()))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    def bump(self, level: Level) -> Version:
        """Return the next version of a level."""
        if level == "major":
            return Version(self.major + 1, 0, 0)
        if level == "minor":
            return Version(self.major, self.minor + 1, 0)
        return Version(self.major, self.minor, self.patch + 1)


def check_version(version: str, previous: str | None, *, level: Level = "patch") -> None:
    """Check that a version is greater than the one before it by enough.

    Args:
        version: The new one.
        previous: The release before it, None for the first.
        level: The least level that the changes require.

    Raises:
        UsageError: The version is malformed or too small for the changes.
    """
    new = Version.parse(version)
    if previous is None:
        return
    least = Version.parse(previous).bump(level)
    if new < least:
        raise UsageError(
            f"{version} is too small after {previous}: {_WHY[level]}", remedy=f"take {least} or more, or --bump auto"
        )


_WHY = {
    "patch": "a version must grow",
    "minor": "rows or labels were added",
    "major": "rows were removed or the schema is incompatible",
}

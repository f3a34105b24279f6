"""The `ingest` section of toolkit.yaml: how the pages of a project are read, and the same from the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import pydantic

from toolkit.errors import InvalidConfig, InvalidInput, UsageError
from toolkit.ingest.corpus import LEAST_PAGES
from toolkit.ingest.moment import parse_instant
from toolkit.ingest.profile import Profile, parse_profile
from toolkit.ingest.read import Settings
from toolkit.schema.text import nearest

_STRICT = pydantic.ConfigDict(extra="forbid", frozen=True)


def _instant(said: object) -> object:
    """Bring a time, which YAML may have read as a date, into ISO 8601."""
    said = datetime(said.year, said.month, said.day) if type(said) is date else said  # UTC below
    if not isinstance(said, str | datetime):
        return said
    if (instant := parse_instant(said)) is None:
        raise ValueError(f"{said!r} is no time in ISO 8601, such as 2026-03-01T08:00:00Z")
    return instant.isoformat()


class ColumnsConfig(pydantic.BaseModel):
    """By which names the columns of JSON and Parquet go, where they are others than the usual ones."""

    model_config = _STRICT

    text: str | None = None
    html: str | None = None
    title: str | None = None
    url: str | None = None
    publisher: str | None = None
    byline: str | None = None
    published_at: str | None = None
    language: str | None = None
    licence: str | None = None
    fetched_at: str | None = None


class IngestConfig(pydantic.BaseModel):
    """How pages are read.

    Attributes:
        profiles: Files with rules for sites, as `toolkit.ingest.profile` says; paths count from the project.
        fetched_at: When the pages were fetched, ISO 8601; relative times are resolved against it where a page does
            not say itself. Without it they stay text.
        columns: Names of columns.
        recurring: A short line that stands on so many pages is boilerplate; 0: no line is for that reason.
        publisher: Holds for every page that names none.
        language: The same, an ISO 639 code.
        licence: The same.
        urls: Further pages: files or folders by a URL that fsspec knows, such as s3://bucket/news/*.jsonl.gz.
    """

    model_config = _STRICT

    profiles: tuple[str, ...] = ()
    fetched_at: Annotated[str | None, pydantic.BeforeValidator(_instant)] = None
    columns: ColumnsConfig = ColumnsConfig()
    recurring: Annotated[int, pydantic.Field(ge=0)] = LEAST_PAGES
    publisher: str | None = None
    language: Annotated[str | None, pydantic.Field(pattern="^[a-z]{2,3}$")] = None
    licence: str | None = None
    urls: tuple[str, ...] = ()

    def named_columns(self) -> dict[str, str]:
        """Return role → column name of the columns that are named."""
        return {role: name for role, name in self.columns if name is not None}

    def settings(self, root: Path, recurring: frozenset[str] = frozenset()) -> Settings:
        """Return what `toolkit.ingest.read` takes.

        Args:
            root: The project.
            recurring: The lines that were found to recur.

        Raises:
            InvalidInput: A profile is not there or has faults (all of them are named).
        """
        facts = {"publisher": self.publisher, "language": self.language, "licence": self.licence}
        return Settings(
            fetched_at=self.fetched_at,
            profiles=_profiles([root / name for name in self.profiles]),
            recurring=recurring,
            columns=self.named_columns(),
            facts={name: value for name, value in facts.items() if value is not None},
        )

    def with_flags(
        self, *, profiles: Sequence[Path] = (), fetched_at: str | None = None, columns: Sequence[str] = ()
    ) -> IngestConfig:
        """Return the settings that hold when these are given on the command line, which goes before the file.

        Args:
            profiles: Asked before those of the file; paths count from the current directory.
            fetched_at: ISO 8601.
            columns: ROLE=NAME each.

        Raises:
            UsageError: A value is wrong.
        """
        said: dict[str, Any] = {
            "profiles": (*(str(path.absolute()) for path in profiles), *self.profiles),
            "fetched_at": fetched_at or self.fetched_at,
            "columns": self.named_columns() | dict(map(_column, columns)),
        }
        try:
            return IngestConfig.model_validate({**self.model_dump(), **said})
        except pydantic.ValidationError as error:
            what = "; ".join(found["msg"].removeprefix("Value error, ") for found in error.errors(include_url=False))
            raise UsageError(what, remedy="see `toolkit ingest --help`") from error


def _column(said: str) -> tuple[str, str]:
    role, _, name = said.partition("=")
    if role not in ColumnsConfig.model_fields or not name:
        what = f"--column {said!r} is not ROLE=NAME with a role of {', '.join(ColumnsConfig.model_fields)}"
        raise UsageError(what + nearest(role, ColumnsConfig.model_fields), remedy="write, say, --column text=story")
    return role, name


def _profiles(paths: Sequence[Path]) -> tuple[Profile, ...]:
    found: list[Profile] = []
    faults: list[InvalidInput] = []
    for path in paths:
        try:
            found.append(parse_profile(path.read_text(encoding="utf-8"), where=str(path)))
        except OSError as error:
            what = f"the profile can't be read: {error.strerror}"
            faults.append(InvalidConfig(what, where=str(path), remedy="mend `ingest.profiles` in toolkit.yaml"))
        except UnicodeDecodeError:
            faults.append(InvalidInput("the profile is not UTF-8 text", where=str(path), remedy="save it as UTF-8"))
        except InvalidInput as error:
            faults += error.faults
    if faults:
        raise InvalidInput.all_of(faults)
    return tuple(found)


def described(config: IngestConfig) -> Mapping[str, Any]:
    """Return what of the settings is not as it is by default, as JSON values."""
    said: dict[str, Any] = config.model_dump(mode="json", exclude_defaults=True)
    return said

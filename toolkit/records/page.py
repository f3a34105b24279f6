"""One raw page, as it was fetched: a file, one line of a JSONL file, or one record of an archive."""

from __future__ import annotations

from dataclasses import field
from typing import Annotated, Literal

import pydantic

from toolkit.records.base import digest, record

PageKind = Literal["text", "html", "json", "markdown"]
"""The form of a page's bytes: plain text, an HTML page, one JSON object, or a page in Markdown."""

IMPORTED = "imported/"
"""The sources of texts that came with an export; each is an article and one unit, as it was labelled."""


@record
class Page:
    """Where the bytes of one raw page lie.

    Attributes:
        source: The file, relative to the project's pages/, with "/" between folders.
        sha256: SHA-256 of the page's own bytes, 64 hex digits.
        start: First byte of the page within its file, after decompression.
        end: One past its last byte.
        kind: The form of its bytes, as its file says. It is known while the file is open, and no file of the project
            stores it: None for a page that was read back from one. Pages compare without it.
    """

    source: str
    sha256: str
    start: int
    end: int
    kind: Annotated[PageKind | None, pydantic.Field(exclude=True)] = field(default=None, compare=False)

    def __post_init__(self) -> None:
        """Check the byte range."""
        if not 0 <= self.start <= self.end:
            raise ValueError(f"byte range {self.start}-{self.end} is not a range")

    @classmethod
    def of(cls, raw: bytes, *, source: str, start: int = 0, kind: PageKind | None = None) -> Page:
        """Describe the page whose bytes are `raw`, beginning at byte `start` of `source`."""
        return cls(source=source, sha256=digest(raw), start=start, end=start + len(raw), kind=kind)

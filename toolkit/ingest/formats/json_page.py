"""A page that is one JSON object: its columns, and the text of each with its bytes."""

from __future__ import annotations

import json
import json.decoder
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from toolkit.errors import InvalidInput
from toolkit.ingest.formats.encoding import REPLACEMENT
from toolkit.ingest.traced_text import Run, Traced

COLUMNS: dict[str, tuple[str, ...]] = {
    "text": (
        "text",
        "body",
        "content",
        "article",
        "article_text",
        "article_body",
        "articleBody",
        "maintext",
        "full_text",
    ),
    "html": ("html", "raw_html", "content_html", "body_html"),
    "title": ("title", "headline"),
    "url": ("url", "link", "source_url", "canonical_url", "uri"),
    "publisher": (
        "publisher",
        "source",
        "source_name",
        "site",
        "sitename",
        "site_name",
        "source_domain",
        "outlet",
        "domain",
    ),
    "byline": ("byline", "author", "authors", "creator"),
    "published_at": (
        "published_at",
        "published",
        "date",
        "publish_date",
        "date_publish",
        "pub_date",
        "publication_date",
        "datePublished",
        "timestamp",
    ),
    "language": ("language", "lang"),
    "licence": ("licence", "license", "rights"),
    "fetched_at": ("fetched_at", "crawled_at", "date_download", "scraped_at", "retrieved_at"),
}
"""Role → names of columns that have it; the first one that a page fills counts."""

_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.S)
_SPACE = re.compile(r"[ \t\r\n]*")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_DECODER = json.JSONDecoder()
_scan: Callable[[str, int, bool], tuple[str, int]] = vars(json.decoder)["scanstring"]


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a page by role.

    Attributes:
        traced: text, html and title with their bytes, as far as the page has them.
        facts: The other roles as text.
    """

    traced: Mapping[str, Traced]
    facts: Mapping[str, str]


def read_columns(page: Traced, *, where: str, names: Mapping[str, str] | None = None) -> Columns:
    """Read a page that is one JSON object.

    Args:
        page: The page's text.
        where: The page's place, for messages.
        names: Role → column name, tried before those of `COLUMNS`; with "" the role is not read.

    Raises:
        InvalidInput: It is not a JSON object, or it has neither text nor HTML.
    """
    spans, values = _members(page.text, where)
    filled = {name for name, value in values.items() if value not in (None, "", [])}
    traced: dict[str, Traced] = {}
    facts: dict[str, str] = {}
    for role, usual in COLUMNS.items():
        candidates = _candidates((names or {}).get(role), usual)
        column = next(filter(filled.__contains__, candidates), None)
        if column is None:
            continue
        if role in ("text", "html", "title"):
            if column in spans:
                traced[role] = unescaped(page.cut(*spans[column]))
        elif value := _as_text(values[column]):
            facts[role] = value
    if not {"text", "html"} & set(traced):
        raise InvalidInput(
            f"no column holds the text; there are {', '.join(sorted(values)) or 'none'}",
            where=where,
            remedy="name it with `toolkit ingest --column text=NAME`, or in `ingest.columns` of toolkit.yaml",
        )
    return Columns(traced, facts)


def _candidates(named: str | None, usual: tuple[str, ...]) -> tuple[str, ...]:
    if named is None:
        return usual
    return (named, *usual) if named else ()


def _members(source: str, where: str) -> tuple[dict[str, tuple[int, int]], dict[str, Any]]:
    """Return the place between the quotes of each string in an object, and the values of all members."""
    spans: dict[str, tuple[int, int]] = {}
    values: dict[str, Any] = {}
    try:
        at = _past(source, 0, "{")
        while source[at : at + 1] != "}":
            name, at = _scan(source, _past(source, at, '"'), False)
            at = _past(source, at, ":")
            if source[at : at + 1] == '"':
                values[name], end = _scan(source, at + 1, False)
                spans[name] = (at + 1, end - 1)
            else:
                spans.pop(name, None)
                values[name], end = _DECODER.raw_decode(source, at)
            at = _blank(source, end)
            if source[at : at + 1] != "}":
                at = _past(source, at, ",")
        if _blank(source, at + 1) != len(source):
            raise ValueError(f"more than one value @ character {at + 1}")
    except (ValueError, RecursionError) as error:
        what = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        raise InvalidInput(
            f"not a JSON object: {what}", where=where, remedy="write one JSON object per line"
        ) from error
    return spans, values


def _blank(source: str, at: int) -> int:
    found = _SPACE.match(source, at)
    return found.end() if found else at


def _past(source: str, at: int, mark: str) -> int:
    """Return the place after a mark and the blanks around it; blanks after a quote belong to the string."""
    at = _blank(source, at)
    if source[at : at + 1] != mark:
        raise ValueError(f"{mark} expected @ character {at}")
    return at + 1 if mark == '"' else _blank(source, at + 1)


def unescaped(source: Traced) -> Traced:
    """Resolve the escapes of a run of a JSON string; a lone surrogate, which is not text, becomes U+FFFD."""
    return Traced.of_runs(source, _unescaped(source.text))


def _unescaped(source: str) -> Iterator[Run]:
    at = 0
    for found in _ESCAPE.finditer(source):
        if found.start() > at:
            yield (at, found.start(), source[at : found.start()])
        yield (found.start(), found.end(), _SURROGATE.sub(REPLACEMENT, _scan(found[0] + '"', 0, False)[0]))
        at = found.end()
    if len(source) > at:
        yield (at, len(source), source[at:])


def _as_text(value: Any) -> str | None:
    if isinstance(value, list):
        return ", ".join(filter(None, map(_as_text, value))) or None
    if isinstance(value, dict):
        return _as_text(value.get("name"))
    if isinstance(value, bool) or value is None:
        return None
    return _SURROGATE.sub(REPLACEMENT, str(value)).strip() or None

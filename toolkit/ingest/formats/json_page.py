"""A page that is one JSON object: its columns, and the text of each with its bytes."""

from __future__ import annotations

import json
import json.decoder
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from toolkit.errors import InvalidInput, readable
from toolkit.ingest.formats.column_names import TEXTS, ValuePath, as_text, at, chosen, is_text, paragraphs
from toolkit.ingest.formats.encoding import REPLACEMENT
from toolkit.ingest.traced_text import Run, Traced

_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.S)
_SPACE = re.compile(r"[ \t\r\n]*")
_NAME = re.compile(r'"([^"\\]*)"[ \t\r\n]*:[ \t\r\n]*')
_COMMA = re.compile(r"[ \t\r\n]*,[ \t\r\n]*")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_DECODER = json.JSONDecoder()
_scan: Callable[[str, int, bool], tuple[str, int]] = vars(json.decoder)["scanstring"]
_SHOWN = 12  # names of columns in a message


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a page by role.

    Attributes:
        traced: text, markdown, html, summary and title with their bytes, as far as the page has them.
        facts: The other roles as text.
        chosen: Role → the column that was taken for it, such as "body" or "fields.headline".
    """

    traced: Mapping[str, Traced]
    facts: Mapping[str, str]
    chosen: Mapping[str, str] = field(default_factory=dict)


def read_columns(page: Traced, *, where: str, names: Mapping[str, str] | None = None) -> Columns:
    """Read a page that is one JSON object.

    Args:
        page: The page's text.
        where: The page's place, for messages.
        names: Role → column name or path, tried before those of `COLUMNS`; with "" the role is not read.

    Raises:
        InvalidInput: It is not a JSON object, or it has neither text nor HTML.
    """
    try:
        if page.text[blank(page.text, 0) :][:1] == "[":
            raise ValueError("an array")
        found = list(members(page.text, blank(page.text, 0)))
        if blank(page.text, found[-1].after if found else _past_empty(page.text)) != len(page.text):
            raise ValueError("more than one value")
    except (ValueError, RecursionError) as error:
        what = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        raise InvalidInput(
            f"not a JSON object: {what}", where=where, remedy="write one JSON object per line"
        ) from error
    values = {member.name: member.value for member in found}
    places = {member.name: (member.start, member.end) for member in found}
    roles = chosen(values, names or {})
    traced = {
        role: _text_of(page, places, values, path) for role, path in roles.items() if role in TEXTS or role == "title"
    }
    facts = {
        role: said
        for role, path in roles.items()
        if role not in TEXTS and role != "title" and (said := _said(role, at(values, path)))
    }
    if not any(role in traced for role in TEXTS):
        raise _no_text(values, where)
    return Columns(traced, facts, {role: ".".join(map(str, path)) for role, path in roles.items()})


class NoText(InvalidInput):
    """The row has a column for the text and nothing in it, or it is a command between the rows of a search engine."""


def _no_text(values: Mapping[str, Any], where: str) -> InvalidInput:
    if any(is_text(name) for name in values) or (len(values) == 1 and not {"index", "create"}.isdisjoint(values)):
        return NoText("no text in the row", where=where, remedy="remove it")
    named = sorted(values)
    several = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
    there = ", ".join(name if len(name) <= 40 else f"{name[:40]}…" for name in named[:_SHOWN]) + several
    return InvalidInput(
        f"no column holds the text; there are {there or 'none'}",
        where=where,
        remedy="name it with `toolkit ingest --column text=NAME`, or in `ingest.columns` of toolkit.yaml",
    )


def _text_of(page: Traced, places: Mapping[str, tuple[int, int]], values: Mapping[str, Any], path: ValuePath) -> Traced:
    """Return the text at a path, each of its paragraphs on a line of its own."""
    name = str(path[0])
    tree = _tree(page.text, places[name][0])[0]
    runs = [
        [unescaped(page.cut(*at(tree, (*path[1:], *rest)))) for rest in paragraph]
        for paragraph in paragraphs(at(values, path))
    ]
    return Traced.joined([Traced.concatenated(paragraph) for paragraph in runs])


class Member(NamedTuple):
    """A member of an object, or an element of an array, in JSON text.

    Attributes:
        name: Its name, or its number.
        value: Its value.
        start: The first code point of the value.
        end: One past its last.
        after: One past what closes the object or array behind it, for the last member; else the next one's beginning.
    """

    name: str
    value: Any
    start: int
    end: int
    after: int


def members(source: str, start: int) -> Iterator[Member]:
    """Yield the members of the object that begins at a code point, or the elements of the array.

    Raises:
        ValueError: It is neither, or it is malformed; also RecursionError, where it is too deep.
    """
    opens = source[start : start + 1]
    if opens not in ("{", "["):
        raise ValueError(f"{{ expected @ character {start}")
    closes = "}" if opens == "{" else "]"
    place, number = blank(source, start + 1), 0
    while source[place : place + 1] != closes:
        name = str(number)
        if opens == "{" and (found := _NAME.match(source, place)):
            name, place = found[1], found.end()
        elif opens == "{":
            name, place = _scan(source, _past(source, place, '"'), False)
            place = _past(source, place, ":")
        if source[place : place + 1] == '"':
            value, end = _scan(source, place + 1, False)
        else:
            value, end = _DECODER.raw_decode(source, place)
        if found := _COMMA.match(source, end):
            after = found.end()
        else:
            after = blank(source, end)
            if source[after : after + 1] == closes:
                yield Member(name, value, place, end, after + 1)
                return
            after = _past(source, after, ",")
        yield Member(name, value, place, end, after)
        place, number = after, number + 1


def _past_empty(source: str) -> int:
    return blank(source, blank(source, 0) + 1) + 1


def _tree(source: str, start: int) -> tuple[Any, int]:
    """Return a value with each of its strings replaced by the place between its quotes, and where the value ends."""
    opens = source[start : start + 1]
    if opens == '"':
        end = _scan(source, start + 1, False)[1]
        return (start + 1, end - 1), end
    if opens == "{":
        inside = list(members(source, start))
        return {member.name: _tree(source, member.start)[0] for member in inside}, start
    if opens == "[":
        return [_tree(source, member.start)[0] for member in members(source, start)], start
    return None, start


def blank(source: str, place: int) -> int:
    """Return the place after the white space that begins at a code point."""
    found = _SPACE.match(source, place)
    return found.end() if found else place


def _past(source: str, place: int, mark: str) -> int:
    """Return the place after a mark and the blanks around it; blanks after a quote belong to the string."""
    place = blank(source, place)
    if source[place : place + 1] != mark:
        raise ValueError(f"{mark} expected @ character {place}")
    return place + 1 if mark == '"' else blank(source, place + 1)


def unescaped(source: Traced) -> Traced:
    """Resolve the escapes of a run of a JSON string; a lone surrogate, which is not text, becomes U+FFFD."""
    return Traced.of_runs(source, _unescaped(source.text)) if "\\" in source.text else source


def _unescaped(source: str) -> Iterator[Run]:
    place = 0
    for found in _ESCAPE.finditer(source):
        if found.start() > place:
            yield (place, found.start(), source[place : found.start()])
        yield (found.start(), found.end(), _SURROGATE.sub(REPLACEMENT, _scan(found[0] + '"', 0, False)[0]))
        place = found.end()
    if len(source) > place:
        yield (place, len(source), source[place:])


def _said(role: str, value: Any) -> str | None:
    said = as_text(value)
    if said is None:
        return None
    said = _SURROGATE.sub(REPLACEMENT, said)
    return instant(said) if role in ("published_at", "fetched_at") else said


_EPOCH = re.compile(r"\d{10}(?:\.\d+)?|\d{13}")
_NUMBERED = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")  # as .NET writes it
_DIGITS = re.compile(r"(?:19|20)\d{12}")
_FIELDS = ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14))
_LONGEST = 64


def instant(said: str) -> str:
    """Return a time that is a number of seconds or milliseconds, or in the form of e-mail, in ISO 8601; else as it is.

    Examples:
        >>> instant("1710223800"), instant("Wed, 12 Mar 2024 09:30:00 +0200"), instant("12 March")
        ('2024-03-12T06:10:00+00:00', '2024-03-12T09:30:00+02:00', '12 March')
    """
    if numbered := _NUMBERED.fullmatch(said):
        said = numbered[1]
    if _EPOCH.fullmatch(said):
        seconds = float(said) / (1000 if len(said) == 13 and "." not in said else 1)
        return readable(lambda: datetime.fromtimestamp(seconds, UTC).isoformat()) or said
    if _DIGITS.fullmatch(said):
        return "{}-{}-{}T{}:{}:{}".format(*(said[at:end] for at, end in _FIELDS))
    if said.endswith((" UTC", " GMT", " Z")) and said[:4].isdecimal():
        return said.rpartition(" ")[0] + "+00:00"
    if (
        len(said) <= _LONGEST
        and re.search(r"\d:\d\d", said)
        and re.match(r"(?:[A-Za-z]{3,9},? )?\d{1,2} [A-Za-z]{3}", said)
    ):
        return readable(lambda: parsedate_to_datetime(said).isoformat()) or said
    return said


def cell_of(page: Traced, start: int, end: int) -> str | None:
    """Return the column that bytes of a row lie in, and the characters there; None if they lie in no column.

    Args:
        page: The row, one JSON object.
        start: First byte.
        end: One past the last.
    """
    for member in members(page.text, blank(page.text, 0)):
        value = page.cut(member.start, member.end)
        if len(value.starts) and value.starts[0] <= start and end <= value.ends[-1]:
            if not isinstance(member.value, str):
                return f"column {member.name}"
            text = unescaped(page.cut(member.start + 1, member.end - 1))
            first, last = (text.starts < start).sum(), (text.starts < end).sum()
            return f"column {member.name}, characters {first}-{last}"
    return None


def rows_in(source: str) -> Sequence[tuple[int, int]]:
    """Return the places of the rows in the text of a JSON file: all of it, the elements of an array, or of one within.

    What programmes of news and web archives answer with has the rows in an object: {"status": "ok", "articles": […]}.

    Raises:
        ValueError: The text is not one JSON value; also RecursionError.
    """
    start = blank(source, 0)
    value, end = _DECODER.raw_decode(source, start)
    if blank(source, end) != len(source):
        raise json.JSONDecodeError("Extra data", source, end)
    if isinstance(value, list):
        return [(member.start, member.end) for member in members(source, start)]
    if not isinstance(value, dict):
        return [(start, end)]
    path = _rows_path(value)
    if path is None:
        return [(start, end)]
    for step in path:
        start = next(member.start for member in members(source, start) if member.name == step)
    return [(member.start, member.end) for member in members(source, start)]


def stream_of(source: str) -> Iterator[tuple[int, int]]:
    """Yield the places of JSON values that follow one another.

    Raises:
        ValueError: One of them is malformed; also RecursionError.
    """
    place = blank(source, 0)
    while place < len(source):
        end = _DECODER.raw_decode(source, place)[1]
        yield place, end
        place = blank(source, end)


def _rows_path(value: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return the way to the array, or the object by keys, that holds rows; None if the object is a row itself."""
    level: list[tuple[tuple[str, ...], Mapping[str, Any]]] = [((), value)]
    own = any(role in chosen(value, {}) for role in TEXTS if role != "summary")
    for _ in range(4):
        deeper = []
        for path, inside in level:
            for name, held in inside.items():
                if isinstance(held, list) and _are_rows(held, strict=own):
                    return (*path, name)
                if isinstance(held, Mapping):
                    deeper.append(((*path, name), held))
            if len(inside) > 1 and _are_rows(list(inside.values()), strict=not _numbered(inside)):
                return path
        level = deeper
    return None


def _numbered(names: Iterable[str]) -> bool:
    return all(map(str.isdigit, names))


def _are_rows(items: Sequence[Any], *, strict: bool) -> bool:
    """Return whether most of the items are articles; `strict`: by a title beside the text, with a URL or a date."""
    sample = [item for item in items[:20] if isinstance(item, Mapping)]
    if not sample or len(sample) < len(items[:20]):
        return False
    good = 0
    for item in sample:
        roles = chosen(item, {})
        full = "title" in roles and ("url" in roles or "published_at" in roles)
        good += any(role in roles for role in TEXTS) and (full or not strict)
    return 2 * good > len(sample)


def oriented(value: Any) -> list[dict[str, Any]] | None:
    """Return the rows of a table that pandas has written by columns, or split; None if it is not such a table."""
    if not isinstance(value, dict):
        return None
    columns, data = value.get("columns"), value.get("data")
    if isinstance(columns, list) and isinstance(data, list) and all(isinstance(row, list) for row in data):
        return [dict(zip(map(str, columns), row, strict=False)) for row in data]
    held = list(value.values())
    if len(held) < 2 or not all(isinstance(column, dict) and column for column in held):
        return None
    index = list(held[0])
    if any(list(column) != index for column in held) or any(
        isinstance(cell, dict) for column in held for cell in column.values()
    ):
        return None
    if not _numbered(index):
        return None
    return [{name: column[key] for name, column in value.items()} for key in index]

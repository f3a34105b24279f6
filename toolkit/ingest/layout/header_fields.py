"""Lines such as "Title: …" and "Date: …" above the body of a text: what an article says of itself in a file of text.

Scrapers and readers write them, one per line, with or without blank lines between them. Their names are those of
columns. A file may hold several articles, each under its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from toolkit.ingest.formats.column_names import COLUMNS, is_known, key_of
from toolkit.ingest.layout.dates import may_publish, moment_of, timestamp_of

_FIELD = re.compile(r"[ \t]*(?P<name>[^\W\d_][\w -]{0,24}?)[ \t]*[:：][ \t]*(?P<value>[^\r\n]*?)[ \t]*(?:\r?\n|\r|\Z)")
_HEADING = re.compile(r"#{1,2}[ \t]+(?P<value>\S[^\r\n]*?)[ \t]*(?:\r?\n|\r|\Z)")
_BLANK = re.compile(r"[ \t]*(?:\r?\n|\r)")
_RULE = re.compile(r"(?:\s*(?:([=_*#~-])(?:\s?\1){2,})?\s*)\Z")
_BESIDE = frozenset(
    ("tags", "keywords", "category", "section", "words", "word count", "length", "page", "country", "topic")
)
"""Fields that stand among the others and say nothing that an article keeps."""


@dataclass(frozen=True, slots=True)
class Headed:
    """An article of a text with its fields.

    Attributes:
        title: Place of the title.
        body: Place of the body.
        facts: What the other fields say.
        fields: Places of all fields but the title.
    """

    title: tuple[int, int] | None
    body: tuple[int, int]
    facts: dict[str, str] = field(default_factory=dict)
    fields: tuple[tuple[int, int], ...] = ()


def headed_articles(text: str) -> list[Headed]:
    r"""Return the articles of a text that begins with fields, each with its own; none if it does not.

    Examples:
        >>> page = "Title: Ferry sails\nDate: 12 March 2024\n\nThe ferry sailed on Monday.\n"
        >>> [(page[slice(*item.title)], item.facts, page[slice(*item.body)]) for item in headed_articles(page)]
        [('Ferry sails', {'published_at': '12 March 2024'}, 'The ferry sailed on Monday.\n')]
    """
    start = len(text) - len(text.lstrip("\ufeff \t\r\n"))
    first = _head(text, start)
    if first is None:
        return []
    heads = [first, *_further(text, first)] if first.title is not None else [first]
    ends = [*(_begin(head) for head in heads[1:]), len(text)]
    return [_until(text, head, end) for head, end in zip(heads, ends, strict=True)]


def _begin(head: Headed) -> int:
    """Return the first code point of the first field of an article."""
    begins = [start for start, _ in head.fields]
    return min([head.title[0], *begins] if head.title else begins)


def _until(text: str, head: Headed, end: int) -> Headed:
    """Return an article up to the next one's fields, without the rule between them."""
    begin = text.rfind("\n", 0, end) + 1 if end < len(text) else end
    body = text[head.body[0] : begin]
    found = _RULE.search(body) if end < len(text) else None
    last = head.body[0] + (found.start() if found else len(body))
    return Headed(head.title, (head.body[0], last), head.facts, head.fields)


def _further(text: str, first: Headed) -> Iterator[Headed]:
    at = first.body[0]
    for found in re.compile(r"^[ \t]*[^\W\d_][\w -]{0,24}?[ \t]*[:：][ \t]*\S", re.M).finditer(text, at):
        if found.start() < at or is_known(found[0].rpartition(":")[0] or found[0].rpartition("：")[0]) != "title":
            continue
        head = _head(text, found.start())
        if head is not None and head.facts:
            yield head
            at = head.body[0]


def _head(text: str, at: int) -> Headed | None:
    """Return the fields that begin at a place; None unless there are two, or a title with a blank line below it."""
    title: tuple[int, int] | None = None
    facts: dict[str, str] = {}
    fields: list[tuple[int, int]] = []
    if heading := _HEADING.match(text, at):
        title, at = heading.span("value"), heading.end()
    while at < len(text):
        if blank := _BLANK.match(text, at):
            at = blank.end()
            continue
        found = _FIELD.match(text, at)
        role = _role(found["name"], found["value"]) if found else None
        if found is None or role is None or role in facts or (role == "title" and title is not None):
            break
        if role == "text":
            fields.append((found.start("name"), found.start("value")))
            at = found.start("value") if found["value"] else found.end()
            break
        if role == "title":
            title = found.span("value")
        else:
            fields.append((found.start("name"), found.end("value")))
            if role:
                facts[role] = found["value"]
        at = found.end()
    if at >= len(text) or not _is_head(text, title, facts, at):
        return None
    return Headed(title, (at, len(text)), facts, tuple(fields))


def _is_head(text: str, title: tuple[int, int] | None, facts: Collection[str], at: int) -> bool:
    if title is None:
        return len(facts) > 1
    below = text[title[1] : at].replace("\r\n", "\n").replace("\r", "\n").strip(" \t")
    return bool(facts) or below.startswith("\n\n")


def _role(name: str, value: str) -> str | None:
    """Return what a field is: a role of columns, "" for one that says nothing of use, None for no field."""
    if is_known(name) == "text":
        return "text"
    if not value:
        return None
    key = key_of(name.strip())
    found = next((role for role in _FITS if key in _KEYS[role] and _FITS[role](value)), None)
    return "" if found is None and name.strip().casefold() in _BESIDE else found


_LONGEST_NAME = 120  # code points
_FITS: dict[str, Callable[[str], bool]] = {
    "title": lambda value: not value.endswith((".", "。")) or len(value) < _LONGEST_NAME,
    "url": lambda value: re.fullmatch(r"https?://\S+", value) is not None,
    "publisher": lambda value: len(value) < _LONGEST_NAME and may_publish(value),
    "byline": lambda value: len(value) < _LONGEST_NAME,
    "published_at": lambda value: timestamp_of(value) is not None or moment_of(value) is not None,
    "language": lambda value: len(value) < _LONGEST_NAME,
}
_KEYS = {role: frozenset(map(key_of, COLUMNS[role])) for role in _FITS}

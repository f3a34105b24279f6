"""Data for machines in the scripts of a page: JSON-LD and the state of a page that a script draws, with their bytes.

    structured   the facts of the article that JSON-LD describes
    body_of      the places of a body, if a script holds one, and of its title
    updates_of   the places of the posts of a live blog, as JSON-LD lists them

A body is looked for in JSON-LD's `articleBody` and in the strings of `__NEXT_DATA__` and its like.
"""

from __future__ import annotations

import json
import json.decoder
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from toolkit.ingest.traced_text import Run, Traced

_SCRIPT = re.compile(r"<script\b([^<>]{0,500})>", re.I)
_STATE = re.compile(
    r"__NEXT_DATA__|__NUXT(?:_DATA)?__|application/(?:ld\+)?json|__(?:INITIAL|PRELOADED|APOLLO|RELAY)_\w+__"
    r"|\b(?:window|self|globalThis)(?:\.\w+)*(?:\.|\[['\"])\w*(?:state|data|content|store|props|article|page)\w*['\"\]]*\s*="
    r"|\bFusion\.globalContent\s*=",
    re.I,
)
_LD = re.compile(r"application/ld\+json", re.I)
_ARTICLES = re.compile(r"(?:\w*Article|BlogPosting|LiveBlogPosting|Report|Reportage\w*|SocialMediaPosting)$")
_BODY_KEYS_NAMES = "articleBody body bodyText bodyHtml content contentHtml text html story paragraph paragraphs value"
_BODY_KEYS = frozenset(_BODY_KEYS_NAMES.split())
_TITLE_KEYS = ("headline", "title", "name")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_PROSE = re.compile(r"\w[^<>{}]{30,}[.!?…。！？؟।۔](?:\s|[\"'”»<]|$)")
_LEAST_BODY = 120  # code points
_DEEPEST = 60
_scan: Callable[[str, int, bool], tuple[str, int]] = vars(json.decoder)["scanstring"]


class _Text(NamedTuple):
    """A string of a script: its path without numbers, and its place between the quotes."""

    path: tuple[str, ...]
    start: int
    end: int
    value: str


@dataclass(slots=True)
class Structured:
    """What scripts say.

    Attributes:
        facts: published_at, modified_at, byline, publisher, url, headline, as JSON-LD of the article has them.
        live: JSON-LD says that the page is a live blog.
        free: False if JSON-LD says that the article is for subscribers.
    """

    facts: dict[str, str] = field(default_factory=dict)
    live: bool = False
    free: bool = True


def structured(source: str) -> Structured:
    """Read the JSON-LD of a page; see the module."""
    found = Structured()
    for start, end, attributes in _scripts(source):
        if _LD.search(attributes):
            try:
                value = json.loads(source[start:end], strict=False)
            except (ValueError, RecursionError):  # a page's fault, which browsers pass over too
                continue
            for node in _nodes(value):
                _read_node(node, found)
    return found


Place = tuple[int, int]
"""Start and end of a string between its quotes, in code points of the source."""


def body_of(source: str) -> tuple[list[Place], Place | None]:
    """Return the strings that are the body, in order, and the title that stands beside them."""
    texts: list[_Text] = []
    for start, end, attributes in _scripts(source):
        head = min(end, start + _HEAD)
        if _LD.search(attributes) or _STATE.search(attributes) or _STATE.search(source, start, head):
            texts += _strings(source, start, end)
    return _body_among(texts)


class Update(NamedTuple):
    """A post of a live blog in a script: the places of its strings, and its time."""

    heading: Place | None
    body: Place
    when: str | None


def updates_of(source: str) -> list[Update]:
    """Return the posts that JSON-LD lists as `liveBlogUpdate`, in its order."""
    objects: list[dict[str, _Text]] = []
    for start, end, attributes in _scripts(source):
        if not _LD.search(attributes) or source.find("liveBlogUpdate", start, end) < 0:
            continue
        for text in _strings(source, start, end):
            if text.path[-2:-1] != ("liveBlogUpdate",) or not text.value.strip():
                continue
            if not objects or text.path[-1] in objects[-1]:
                objects.append({})
            objects[-1][text.path[-1]] = text
    return [
        Update(
            (head.start, head.end) if (head := item.get("headline")) else None,
            (item["articleBody"].start, item["articleBody"].end),
            item["datePublished"].value if "datePublished" in item else None,
        )
        for item in objects
        if "articleBody" in item
    ]


_HEAD = 200  # code points of a script in which it says what it holds


def _scripts(source: str) -> Iterator[tuple[int, int, str]]:
    at = 0
    while opening := _SCRIPT.search(source, at):
        closing = source.find("</script", opening.end())
        if closing < 0:
            return
        yield opening.end(), closing, opening[1]
        at = closing


def _nodes(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Yield the objects of JSON-LD that describe an article, the outer ones first."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item, depth + 1)
    elif isinstance(value, dict):
        kinds = value.get("@type")
        if any(
            isinstance(kind, str) and _ARTICLES.search(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])
        ):
            yield value
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _nodes(value.get(name), depth + 1)


def _read_node(node: dict[str, Any], found: Structured) -> None:
    kinds = node.get("@type")
    found.live = found.live or "LiveBlogPosting" in (kinds if isinstance(kinds, list) else [kinds])
    said = {
        "published_at": node.get("datePublished"),
        "modified_at": node.get("dateModified"),
        "headline": node.get("headline"),
        "byline": _name(node.get("author")),
        "publisher": _name(node.get("publisher")),
        "url": node.get("url"),
    }
    for name, value in said.items():
        if isinstance(value, str) and value.strip():
            found.facts.setdefault(name, value.strip())
    free = node.get("isAccessibleForFree")
    found.free = found.free and str(free).lower() not in ("false", "no")


def _name(value: Any) -> str | None:
    if isinstance(value, list):
        return ", ".join(filter(None, map(_name, value))) or None
    if isinstance(value, dict):
        return _name(value.get("name"))
    if isinstance(value, str) and not value.startswith(("http://", "https://")):
        return " ".join(value.split())
    return None


def _strings(source: str, start: int, end: int) -> Iterator[_Text]:
    """Yield the string values of the JSON in a script, however it is wrapped in code, with the names above them."""
    path: list[str] = []
    key: str | None = None
    at = start
    for token in re.compile(r'"(?:[^"\\]|\\.)*"\s*:?|[{}\[\]]').finditer(source, start, end):
        text = token[0]
        if text in "{[":
            path.append(key or "")
            key = None
            if len(path) > _DEEPEST:
                return
        elif text in "}]":
            if path:
                path.pop()
            key = None
        elif text.endswith(":"):
            key = text.rstrip(": \t\r\n")[1:-1]
        else:
            at = token.start() + 1
            try:
                value, after = _scan(source, at, False)
            except ValueError:
                return
            yield _Text((*filter(None, path), key or ""), at, after - 1, value)
            key = None


def _body_among(texts: list[_Text]) -> tuple[list[Place], Place | None]:
    """Find the body: the strings of one path, under a name that bodies have, with the most prose."""
    groups: dict[tuple[str, ...], list[_Text]] = {}
    for text in texts:
        name = next((part for part in reversed(text.path) if part), "")
        if name in _BODY_KEYS and _PROSE.search(text.value):
            groups.setdefault(text.path, []).append(text)
    best = max(groups.values(), key=lambda group: sum(len(text.value) for text in group), default=[])
    if sum(len(text.value) for text in best) < _LEAST_BODY:
        return [], None
    above, last = best[0].path[:-1], best[-1].end
    titles = [
        [text for text in texts if text.path == (*above[:depth], name) and text.value.strip() and text.start < last]
        for depth in range(len(above), -1, -1)
        for name in _TITLE_KEYS
    ]
    title = next((found[-1] for found in titles if found), None)
    return [(text.start, text.end) for text in best], (title.start, title.end) if title else None


def unescaped(page: Traced, start: int, end: int) -> Traced:
    """Resolve the escapes of a JSON string between its quotes."""
    return Traced.of_runs(page, _runs(page.text, start, end))


_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.S)


def _runs(source: str, start: int, end: int) -> Iterator[Run]:
    at = start
    for found in _ESCAPE.finditer(source, start, end):
        if found.start() > at:
            yield (at, found.start(), source[at : found.start()])
        text = _scan(found[0] + '"', 0, False)[0].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        yield (found.start(), found.end(), text)
        at = found.end()
    if end > at:
        yield (at, end, source[at:end])

"""Which column of a row holds what: found by its name, whatever its spelling, and only if its value can be that.

The names lie in column_names.yaml. They are compared without case, blanks and marks: "Article Text", "articleText" and
"article_text" are one. Where the text lies deeper, as in {"hits": {"_source": {"body": …}}}, the objects around it are
searched too, the nearest first.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from toolkit.word_lists import Entries, read_file

ValuePath = tuple[str | int, ...]
"""The way to a value: names of members and numbers of elements."""

TEXTS = ("text", "markdown", "html", "summary")
"""The roles that can be an article's text, the best first."""
ROLES = (*TEXTS, "title", "url", "publisher", "byline", "published_at", "language", "licence", "fetched_at")
_LISTS = ("nothing", "whole", "parts", "aside", "naming")


def _read(entries: Entries) -> dict[str, tuple[str, ...]]:
    return {name: entries.words(name) for name in (*ROLES, *_LISTS)}


_WORDS = read_file(Path(__file__).with_suffix(".yaml"), _read, known=(*ROLES, *_LISTS), required=(*ROLES, *_LISTS))

COLUMNS = {role: _WORDS[role] for role in ROLES}
"""Role → names of columns that have it; the first one that a row fills with such a value counts."""

_NOTHING = frozenset(("", *_WORDS["nothing"]))
_LONGEST_NOTHING = max(map(len, _NOTHING))
_WHOLE, _PARTS, _ASIDE, _NAMING = _WORDS["whole"], _WORDS["parts"], frozenset(_WORDS["aside"]), _WORDS["naming"]
_KEY = re.compile(r"[\W_]+")
_BESIDE = ("metadata", "meta", "html")
"""Objects of a row that hold facts of its text."""
_URL = re.compile(r"https?://\S+", re.I)
_NUMBER = re.compile(r"[\d\s.:/,+-]+(?:[TZ][\d:.+Z-]*)?")
_NO_NAME = re.compile(
    r"^\S+@\S+\.\w+$|^[a-z]:\\|[\\/].*\.\w{2,5}$|^\S+\.(?:csv|tsv|xlsx?|jsonl?|parquet|xml|html?|txt|gz|pdf)$"
    r"|^(?:rss|atom|feed|api|scraper|crawler|web|html|csv|json|twitter|manual|import(?:ed)?)$",
    re.I,
)
"""Values of a publisher or byline column that name nobody: a file, an address, the channel of the row."""
_LISTED = re.compile(r"\[\s*(?:'[^'\[\]]*'|\"[^\"\[\]]*\")(?:\s*,\s*(?:'[^'\[\]]*'|\"[^\"\[\]]*\"))*\s*\]")
_DEEPEST = 6


def key_of(name: str) -> str:
    """Return a column's name without case, blanks and marks: what its spellings share."""
    return _known_key(name) if len(name) <= _LONGEST_KNOWN else _key(name)


def _key(name: str) -> str:
    return _KEY.sub("", name).casefold() or name


_known_key = lru_cache(maxsize=4096)(_key)  # the rows of a file have the same columns
_LONGEST_KNOWN = 64  # code points


_KEYS = {role: tuple(dict.fromkeys(map(key_of, names))) for role, names in COLUMNS.items()}
_KEY_SETS = {role: frozenset(keys) for role, keys in _KEYS.items()}


def is_nothing(value: object) -> bool:
    """Return whether a value stands for none: null, NaN, an empty list, or a text such as "nan" or "N/A"."""
    if isinstance(value, str):
        bare = value.strip()
        return len(bare) <= _LONGEST_NOTHING and bare.casefold() in _NOTHING
    if isinstance(value, float):
        return math.isnan(value)
    return value is None or value in ([], {})


def at(values: Any, path: ValuePath) -> Any:
    """Return the value at a path; None if there is none."""
    for step in path:
        try:
            values = values[step]
        except (KeyError, IndexError, TypeError):
            return None
    return values


def chosen(values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, ValuePath]:
    """Return role → path of the column that has it.

    Args:
        values: The members of a row.
        names: Role → name or path ("article.body") that the user gives, tried first; with "" the role is not read.

    Returns:
        The roles that the row fills. Of the roles of `TEXTS` each one that it has on the best level.
    """
    found = {role: path for role, name in names.items() if name and (path := _named(values, name, role)) is not None}
    closed = {role for role, name in names.items() if not name}
    base: ValuePath = ()
    wanted = [role for role in TEXTS if role not in closed]
    if not any(role in found for role in wanted):
        base = _home(values, [role for role in wanted if role != "summary"]) or ()
    homes = [base[:depth] for depth in range(len(base), -1, -1)]
    homes += [(name,) for name in _BESIDE if isinstance(values.get(name), Mapping) and (name,) not in homes]
    filled = {home: _filled(at(values, home)) for home in homes}
    for role in COLUMNS:
        if role in found or role in closed:
            continue
        for home in homes[:1] if role in TEXTS else homes:
            name = _of_role(filled[home], role)
            if name is not None:
                found[role] = (*home, name)
                break
    return found


def _named(values: Mapping[str, Any], name: str, role: str) -> ValuePath | None:
    """Return the path that a name spells: the name of a column as it stands, in another spelling, or a path."""
    same = [column for column in values if column == name] or [c for c in values if key_of(c) == key_of(name)]
    if same:
        path: ValuePath = (same[0],)
    else:
        steps = re.split(r"\.|\[(?=\d+\])", name)
        path = tuple(int(step[:-1]) if re.fullmatch(r"\d+\]", step) else step for step in steps if step)
    value = at(values, path)
    return None if is_nothing(value) or (role in TEXTS and not paragraphs(value)) else path


def _home(values: Mapping[str, Any], roles: Sequence[str]) -> ValuePath | None:
    """Return the path of the object nearest to the surface that has a text."""
    level: list[ValuePath] = [()]
    for _ in range(_DEEPEST):
        deeper: list[ValuePath] = []
        for home in level:
            inside = at(values, home)
            filled = _filled(inside)
            if any(_of_role(filled, role) is not None for role in roles):
                return home
            deeper += [(*home, name) for name, value in inside.items() if _may_hold(name, value)]
        level = deeper
    return None


def _may_hold(name: str, value: object) -> bool:
    return isinstance(value, Mapping) and (name == "_source" or key_of(name) not in _ASIDE)


_Filled = Mapping[str, Sequence[tuple[str, Any]]]
"""Key → names and values of the members of an object that say something."""


def _filled(inside: Mapping[str, Any]) -> _Filled:
    by_key: dict[str, list[tuple[str, Any]]] = {}
    for name, value in inside.items():
        if not is_nothing(value):
            by_key.setdefault(key_of(name), []).append((name, value))
    return by_key


def _of_role(filled: _Filled, role: str) -> str | None:
    """Return the name of the member that has a role, in the order of the role's names."""
    if _KEY_SETS[role].isdisjoint(filled):
        return None
    members = (member for key in _KEYS[role] if key in filled for member in filled[key])
    return next((name for name, value in members if _fits(role, value)), None)


def _fits(role: str, value: Any) -> bool:
    """Return whether a value can have a role: a URL is not a publisher, and a number is not a title."""
    if isinstance(value, str) and role in (*TEXTS, "title"):
        return not is_nothing(value)
    if role in TEXTS:
        return bool(paragraphs(value))
    if role == "title":
        return bool(paragraphs(value)) and len(paragraphs(value)) == 1
    said = as_text(value)
    if said is None:
        return False
    if role == "url":
        return _URL.fullmatch(said) is not None
    if role in ("publisher", "byline"):
        return not _URL.match(said) and not _NUMBER.fullmatch(said) and not _NO_NAME.search(said)
    return True


def paragraphs(value: Any) -> list[list[ValuePath]]:
    """Return the paths, from a value on, of the strings of its text: of each paragraph those that make it up.

    A text may be a string, a list of paragraphs, a list of runs ("eleven ", {"text": "soldiers"}), or an
    object around one of these, such as {"rendered": …} or {"sections": [{"headline": …, "paragraphs": […]}]}.
    """
    return list(_paragraphs(value, (), _DEEPEST))


def _paragraphs(value: Any, path: ValuePath, depth: int) -> Iterator[list[ValuePath]]:
    if isinstance(value, str):
        if not is_nothing(value):
            yield [path]
    elif isinstance(value, list) and depth:
        parts = [list(_paragraphs(item, (*path, number), depth - 1)) for number, item in enumerate(value)]
        if _is_runs(value):
            yield [run for part in parts for paragraph in part for run in paragraph]
        else:
            for part in parts:
                yield from part
    elif isinstance(value, Mapping) and depth:
        by_key = {str(name).casefold(): name for name in value}
        whole = next((by_key[key] for key in _WHOLE if key in by_key and not is_nothing(value[by_key[key]])), None)
        for name in [whole] if whole is not None else [name for name in value if str(name).casefold() in _PARTS]:
            yield from _paragraphs(value[name], (*path, name), depth - 1)


def _is_runs(items: Sequence[Any]) -> bool:
    """Return whether the elements of a list are runs of one line: strings beside objects, or the spans of a block."""
    objects = [item for item in items if isinstance(item, Mapping)]
    if not objects:
        return False
    if len(objects) < len(items):
        return True
    return all("text" in item and item.get("_type", item.get("type")) in ("span", "text") for item in objects)


def as_text(value: Any) -> str | None:
    """Return a value as text: the names of a list of objects, a date out of its wrapper; None if it says nothing."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(as_text, value))) or None
    if isinstance(value, Mapping):
        for name in _NAMING:
            if name in value and (said := as_text(value[name])):
                return said
        return as_text(value["$numberLong"]) if "$numberLong" in value else None
    if isinstance(value, bool) or is_nothing(value):
        return None
    said = str(value).strip()
    if _LISTED.fullmatch(said):  # a list of Python in a cell
        return ", ".join(filter(None, (name.strip() for name in re.split(r"['\"]\s*,\s*['\"]", said[2:-2])))) or None
    return said or None


_ROLES = {key: role for role, keys in reversed(_KEYS.items()) for key in keys}


def is_known(name: str) -> str | None:
    """Return the role that a column's name stands for; None if it is not known. Roles of texts are all "text"."""
    role = _ROLES.get(key_of(name.strip().strip("\ufeff"))) if name.strip() else None
    return "text" if role in TEXTS and role != "summary" else role


def is_text(name: str) -> bool:
    """Return whether a column's name is that of a text, or of a summary."""
    return _ROLES.get(key_of(name)) in TEXTS

"""YAML files of words: lists under names, read and checked.

A list is either a text, whose words are separated by white space, or a YAML list, whose items may be phrases:

    never: |
      Dr Mr Mrs
      Prof
    byline: [By, Edited by]

A file without a fault is read by libyaml alone. A faulty one is read again by `toolkit.schema.yaml_document`, which
knows the line of every value, and all its faults are raised at once.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import yaml

from toolkit.errors import InvalidInput, nearest

if TYPE_CHECKING:
    from toolkit.schema.yaml_document import Document

T = TypeVar("T")
EntryPath = tuple[str | int, ...]
"""Names and positions from the top of the file to a value."""

WordCheck = Callable[[str], str | None]
"""Given a word, returns what is wrong with it, or None."""

_ONE = "keep one of the two"


def _fine(_word: str) -> None:
    """Accept every word."""


class Entries:
    """The entries of a file of words, taken by name.

    A wrong entry is noted in `faults` and an empty value is returned in its place, so that one fault hides no other.
    QuestionRound for a name that the file does not have is a KeyError.

    Args:
        data: The content of the file.
        known: Names that the file may have.
        required: Names that it must have.
    """

    def __init__(self, data: object, known: Collection[str], required: Collection[str] = ()) -> None:
        self.faults: list[tuple[EntryPath, str, str | None]] = []
        self._data: dict[str, Any] = data if isinstance(data, dict) else {}
        self._paths: dict[str, dict[str, EntryPath]] = {}
        if not isinstance(data, dict):
            self.fault((), "a file of words is a mapping from names to lists of words")
            return
        for name in data:
            if name not in known:
                self.fault((name,), f"unknown key {name!r}{nearest(name, known)}")
        for name in required:
            if name not in data:
                self.fault((), f"{name!r} is missing")

    def fault(self, path: EntryPath, what: str, remedy: str | None = None) -> None:
        """Note what is wrong with the value at a path."""
        self.faults.append((path, what, remedy))

    def __contains__(self, name: str) -> bool:
        """Return whether the file has an entry of that name."""
        return name in self._data

    def flag(self, name: str) -> bool:
        """Return an entry that is true or false."""
        value = self._data[name]
        if not isinstance(value, bool):
            self.fault((name,), f"{name!r} is true or false, not {value!r}")
        return value is True

    def text(self, name: str) -> str:
        """Return an entry that is a text."""
        return self._text((name,), self._data[name])

    def words(self, name: str, check: WordCheck = _fine) -> tuple[str, ...]:
        """Return the words of a list, in their order."""
        return tuple(self._words((name,), check))

    def patterns(self, name: str) -> tuple[str, ...]:
        """Return the regular expressions of a list, or of an entry that is a single one."""
        value = self._data[name]
        found = []
        for path, pattern in [((name,), value)] if isinstance(value, str) else self._items((name,), value):
            try:
                re.compile(f"(?:{pattern})")  # as one among others, where flags for the whole are refused
            except re.error as error:
                self.fault(path, f"{pattern!r} is not a regular expression: {error}")
            found.append(pattern)
        return tuple(found)

    def pairs(self, name: str, check: WordCheck = _fine) -> tuple[tuple[str, str], ...]:
        """Return the pairs of words or phrases of a list."""
        value = self._data[name]
        found: dict[tuple[str, str], None] = {}
        if not isinstance(value, list):
            self.fault((name,), f"{name!r} is a list of pairs such as [between, and], not {value!r}")
            return ()
        for position, pair in enumerate(value):
            path = (name, position)
            if not isinstance(pair, list) or len(pair) != 2:
                self.fault(path, f"a pair such as [between, and] is needed, not {pair!r}")
                continue
            first, second = (word for _, word in self._checked(path, pair, check))
            if (first, second) in found:
                self.fault(path, f"the pair {first!r}, {second!r} stands twice in {name!r}", _ONE)
            found[first, second] = None
        return tuple(found)

    def groups(self, name: str, value_of: Callable[[str], T], wanted: str, check: WordCheck = _fine) -> dict[str, T]:
        """Return the words of a mapping from values to lists of words, each word with its value.

        Args:
            name: Name of the entry.
            value_of: Reads a value from its key; raises ValueError for a wrong key.
            wanted: Description of a right key, for messages: "a number".
            check: As for `words`.
        """
        groups = self._data[name]
        if not isinstance(groups, dict):
            self.fault((name,), f"{name!r} is a mapping from {wanted} to a list of words, not {groups!r}")
            return {}
        found: dict[str, T] = {}
        keys: dict[str, str] = {}
        for key in groups:
            try:
                value = value_of(key)
            except ValueError:
                self.fault((name, key), f"a key of {name!r} is {wanted}, not {key!r}")
                continue
            for word, path in self._words((name, key), check).items():
                if word in keys:
                    self.fault(path, f"{word!r} stands under {keys[word]!r} and under {key!r} in {name!r}", _ONE)
                found[word], keys[word] = value, key
        return found

    def path_of(self, name: str, word: str) -> EntryPath:
        """Return the path of a word in an entry whose words have been taken."""
        return self._paths[name][word]

    def keep_apart(self, names: Iterable[str]) -> None:
        """Note each word that stands in two of these entries, whose words have been taken."""
        homes: dict[str, str] = {}
        for name in names:
            for word, path in self._paths.get(name, {}).items():
                if homes.setdefault(word, name) != name:
                    self.fault(path, f"{word!r} stands in {homes[word]!r} and in {name!r}", _ONE)

    def _words(self, path: tuple[str, ...], check: WordCheck) -> dict[str, EntryPath]:
        """Return the words of a list with their paths, each of them once."""
        value: Any = self._data
        for name in path:
            value = value[name]
        found: dict[str, EntryPath] = {}
        for at, word in self._checked(path, value, check):
            if word in found:
                self.fault(at, f"{word!r} stands twice in {path[0]!r}", _ONE)
            elif word:
                found[word] = at
        self._paths.setdefault(path[0], {}).update(found)
        return found

    def _checked(self, path: EntryPath, value: object, check: WordCheck) -> Iterator[tuple[EntryPath, str]]:
        """Yield the words of a list, or "" for one that is not a text, with their paths."""
        for at, word in self._items(path, value):
            what = "white space at its edges or doubled" if word != " ".join(word.split()) else check(word)
            if word and what:
                self.fault(at, f"{word!r}: {what}")
            yield at, word

    def _items(self, path: EntryPath, value: object) -> Iterator[tuple[EntryPath, str]]:
        """Yield the items of a list, or "" for one that is not a text, with their paths."""
        items = value.split() if isinstance(value, str) else value
        if not isinstance(items, list):
            self._text(path, value, "a list of words")
        elif not items:
            self.fault(path, "a list of words is needed, and it is empty")
        else:
            for position, item in enumerate(items):
                yield (*path, position), self._text((*path, position), item)

    def _text(self, path: EntryPath, value: object, wanted: str = "a text") -> str:
        if isinstance(value, str) and value:
            return value
        if value is None or value == "":
            self.fault(path, f"{wanted} is needed, and nothing is given")
        else:
            remedy = "put it in quotes if it is a word"
            self.fault(
                path, f"{wanted} is needed, not {value!r}", remedy if isinstance(value, bool | int | float) else None
            )
        return ""


def read_file(
    path: Path, build: Callable[[Entries], T], *, known: Collection[str], required: Collection[str] = ()
) -> T:
    """Read a file of words.

    Args:
        path: The YAML file.
        build: Makes what is wanted from the file's entries, and notes what else is wrong with them.
        known: Names that the file may have.
        required: Names that it must have.

    Raises:
        InvalidInput: The file has faults; `faults` holds all of them, each with file, line and column.
        OSError: There is no such file.
    """
    data = _swift(path)
    if data is not None:
        entries = Entries(data, known, required)
        made = build(entries)
        if not entries.faults:
            return made
    return _with_places(path, build, known, required)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Takes keys as they are written, and refuses one that is repeated."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        values: dict[Hashable, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.value in values:
                raise yaml.constructor.ConstructorError(problem="a key is repeated, or is not a word")
            values[key.value] = self.construct_object(value, deep=True)
        return values


def _swift(path: Path) -> Any:
    """Return the content of a YAML file; None for a file that cannot be read in this way."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 a safe loader
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def _with_places(path: Path, build: Callable[[Entries], T], known: Collection[str], required: Collection[str]) -> T:
    """Read a file that has faults once more, and raise them with their places."""
    from toolkit.schema.yaml_document import read_document, text_of  # takes longer to load than a good file to read

    text = text_of(path)
    document = read_document(text, str(path))
    entries = Entries(document.data, known, required)
    made = build(entries)
    _enter_words(document, text, (), document.data)
    faults = document.faults + [document.fault(at, what, remedy=remedy) for at, what, remedy in entries.faults]
    if faults:
        raise InvalidInput.all_of(sorted(faults, key=_line_and_column))
    return made


def _enter_words(document: Document, text: str, path: EntryPath, value: object) -> None:
    """Enter the places of the words of each list that is written as a text."""
    if isinstance(value, dict):
        for key, below in value.items():
            _enter_words(document, text, (*path, key), below)
    elif isinstance(value, str) and path:
        line, column = document.places[path]
        starts = [0, *accumulate(map(len, text.splitlines(keepends=True)))]
        at = starts[line - 1] + column - 1 + len(str(path[-1]))
        for position, word in enumerate(value.split()):
            at = text.find(word, at)
            if at < 0:  # the text has an escape; its words get the place of their list
                return
            line = bisect_right(starts, at)
            document.places[*path, position] = line, at - starts[line - 1] + 1
            at += len(word)


def _line_and_column(fault: InvalidInput) -> list[int]:
    return [int(part) for part in str(fault.where).rsplit(":", 2)[1:]]

"""YAML as plain values, with the line and column of every value; for schemas, migrations and toolkit.yaml."""

from __future__ import annotations

import pathlib
from dataclasses import dataclass, field
from typing import Any

import yaml

from toolkit.errors import InvalidInput, one_line
from toolkit.limits import Limits, too_long, too_many_values, whole_file


class _Swift(yaml.composer.Composer, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads events with libyaml, if it is there, and composes them here: libyaml's composer crashes on deep nests."""

    def __init__(self, text: str, name: str, *, typed: bool = True) -> None:
        super(yaml.composer.Composer, self).__init__(text)
        yaml.composer.Composer.__init__(self)
        self._values, self._document = 0, name
        if not typed:
            self.yaml_implicit_resolvers: dict[str, Any] = {}

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Compose a value, as long as there are not too many."""
        self._values += 1
        if self._values > Limits.here().yaml_values:
            raise too_many_values(self._document)
        return super().compose_node(parent, index)


_SHORT = 1 << 20
"""Characters of a file that is worth the time of a better message."""

_Loader = yaml.SafeLoader | yaml.BaseLoader

Path = tuple[str | int, ...]
"""Keys and positions from the root of the document to a value."""


@dataclass
class Document:
    """The values of a YAML file and their places.

    Attributes:
        name: The file, for messages.
        data: Mappings, sequences and scalars.
        places: Path of a value → (line, column), both from 1; for a value in a mapping, the place of its key.
        faults: Repeated keys, and keys that are not plain words.
    """

    name: str
    data: Any = None
    places: dict[Path, tuple[int, int]] = field(default_factory=dict)
    faults: list[InvalidInput] = field(default_factory=list)

    def where(self, path: Path) -> str:
        """Return "file:line:column" of a path, or of the nearest value above it."""
        while path and path not in self.places:
            path = path[:-1]
        line, column = self.places.get(path, (1, 1))
        return f"{self.name}:{line}:{column}"

    def fault(self, path: Path, what: str, *, remedy: str | None = None) -> InvalidInput:
        """Return a fault with its place in the file and its path."""
        return InvalidInput(f"{what} @ {spelled(path)}" if path else what, where=self.where(path), remedy=remedy)


def spelled(path: Path) -> str:
    """Return a path as messages spell it: "labels[0].title"."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def text_of(path: pathlib.Path) -> str:
    """Return the text of a YAML file.

    Raises:
        InvalidInput: It is not UTF-8 (the column counts bytes), or too long.
    """
    try:
        return whole_file(path, limit="yaml_bytes").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
        where = f"{path}:{line}:{column}"
        raise InvalidInput(f"not UTF-8: {error.reason}", where=where, remedy="save it as UTF-8") from error


def yaml_values(text: str, name: str = "YAML", *, typed: bool = True) -> Any:
    """Return the values of a piece of YAML of anybody; of a key that stands twice the first.

    Args:
        text: The YAML.
        name: Where it stands, for messages.
        typed: Whether numbers, dates and the like are read as such; else every value is a text.

    Raises:
        InvalidInput: It is not YAML, or too much of it.
    """
    return read_document(text, name, typed=typed).data


def read_document(text: str, name: str, *, typed: bool = True) -> Document:
    """Parse YAML 1.1 (the safe subset) and note the place of every value.

    Args:
        text: The YAML.
        name: The file, for messages.
        typed: As in `yaml_values`.

    Raises:
        InvalidInput: It is not YAML, or too much of it.
    """
    if len(text) > (most := Limits.here().yaml_bytes):
        raise too_long("file of YAML", name, most, "yaml_bytes")
    try:
        return _read(_Swift(text, name, typed=typed), Document(name))
    except InvalidInput:
        raise
    except Exception as error:
        if len(text) > _SHORT:
            raise InvalidInput(f"not valid YAML: {one_line(error, 200)}", where=name) from error
        return _read_slowly(text, name, typed)  # slower, but its messages are better


def _read_slowly(text: str, name: str, typed: bool) -> Document:
    try:
        return _read(yaml.SafeLoader(text) if typed else yaml.BaseLoader(text), Document(name))
    except InvalidInput:
        raise
    except yaml.reader.ReaderError as error:  # a control character
        before = text[: error.position]
        line, column = before.count("\n") + 1, error.position - before.rfind("\n")
        what = f"not valid YAML: the character U+{ord(text[error.position]):04X} is not allowed"
        raise InvalidInput(what, where=f"{name}:{line}:{column}") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise InvalidInput(f"not valid YAML: {error.problem or error.context}", where=place) from error
    except RecursionError as error:
        raise InvalidInput("not valid YAML: nested too deeply, or within itself", where=name) from error
    except Exception as error:  # such as ValueError, of a date like 2026-99-99
        raise InvalidInput(f"not valid YAML: {one_line(error, 200)}", where=name) from error


def _read(loader: _Loader, document: Document) -> Document:
    try:
        node = loader.get_single_node()
        if node is not None:
            document.data = _value(loader, node, (), document)
    finally:
        loader.dispose()
    return document


def _value(loader: _Loader, node: yaml.Node, path: Path, document: Document) -> Any:
    """Return the value of a node and note its place and the places below it."""
    document.places.setdefault(path, _place(node))
    if len(document.places) > Limits.here().yaml_values:
        raise too_many_values(document.name)
    if isinstance(node, yaml.MappingNode):
        return _mapping(loader, node, path, document)
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, item, (*path, position), document) for position, item in enumerate(node.value)]
    return loader.construct_object(node)


def _mapping(loader: _Loader, node: yaml.MappingNode, path: Path, document: Document) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            line, column = _place(key_node)
            document.faults.append(InvalidInput("a key must be a plain word", where=f"{document.name}:{line}:{column}"))
            continue
        key = str(key_node.value)
        below = (*path, key)
        if key in values:
            line, column = _place(key_node)
            what = f"key {key!r} stands twice, first in line {document.places[below][0]}"
            document.faults.append(InvalidInput(what, where=f"{document.name}:{line}:{column}"))
            continue
        document.places[below] = _place(key_node)
        values[key] = _value(loader, value_node, below, document)
    return values


def _place(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1

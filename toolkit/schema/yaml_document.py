"""The YAML of a schema as plain values, with the place of every value in the file."""

from __future__ import annotations

import pathlib
from dataclasses import dataclass, field
from typing import Any

import yaml

from toolkit.errors import InvalidInput

_LARGEST = 100_000  # values in a document; a schema has some thousands, and aliases can multiply without end


class _Swift(yaml.composer.Composer, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads events by libyaml, where PyYAML has it, and composes them here: its own composer overruns a deep nest."""

    def __init__(self, text: str) -> None:
        super(yaml.composer.Composer, self).__init__(text)
        yaml.composer.Composer.__init__(self)


Path = tuple[str | int, ...]
"""Keys and positions from the root of the document to a value."""


@dataclass
class Document:
    """What a YAML file says and where.

    Attributes:
        name: The file, for messages.
        data: Mappings, sequences and scalars.
        places: Path of a value → (line, column), both from 1; for a value in a mapping, the place of its key.
        faults: Repeated keys, and keys that are no words.
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
        """Return a fault that says where in the file and at which path it is."""
        spelled = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
        return InvalidInput(f"{what} @ {spelled}" if spelled else what, where=self.where(path), remedy=remedy)


def text_of(path: pathlib.Path) -> str:
    """Return the text of a YAML file.

    Raises:
        InvalidInput: It is not UTF-8; the column counts bytes.
    """
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
        where = f"{path}:{line}:{column}"
        raise InvalidInput(f"not UTF-8: {error.reason}", where=where, remedy="save it as UTF-8") from error


def read_document(text: str, name: str) -> Document:
    """Parse YAML 1.1 (the safe subset) and note where everything stands.

    Raises:
        InvalidInput: It is no YAML.
    """
    try:
        return _read(_Swift(text), Document(name))
    except (yaml.YAMLError, ValueError, RecursionError):
        return _read_slowly(text, name)  # its messages are the better ones


def _read_slowly(text: str, name: str) -> Document:
    try:
        return _read(yaml.SafeLoader(text), Document(name))
    except yaml.reader.ReaderError as error:  # a control character
        before = text[: error.position]
        line, column = before.count("\n") + 1, error.position - before.rfind("\n")
        what = f"no valid YAML: the character U+{ord(text[error.position]):04X} is not allowed"
        raise InvalidInput(what, where=f"{name}:{line}:{column}") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise InvalidInput(f"no valid YAML: {error.problem or error.context}", where=place) from error
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date such as 2026-99-99
        raise InvalidInput(f"no valid YAML: {error}", where=name) from error
    except RecursionError as error:
        raise InvalidInput("no valid YAML: nested too deeply, or within itself", where=name) from error


def _read(loader: yaml.SafeLoader, document: Document) -> Document:
    try:
        node = loader.get_single_node()
        if node is not None:
            document.data = _value(loader, node, (), document)
    finally:
        loader.dispose()
    return document


def _value(loader: yaml.SafeLoader, node: yaml.Node, path: Path, document: Document) -> Any:
    """Return the value of a node and enter its place and those below it."""
    document.places.setdefault(path, _place(node))
    if len(document.places) > _LARGEST:
        raise yaml.YAMLError(f"more than {_LARGEST} values")
    if isinstance(node, yaml.MappingNode):
        return _mapping(loader, node, path, document)
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, item, (*path, position), document) for position, item in enumerate(node.value)]
    return loader.construct_object(node)


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode, path: Path, document: Document) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            line, column = _place(key_node)
            document.faults.append(InvalidInput("a key is a word", where=f"{document.name}:{line}:{column}"))
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

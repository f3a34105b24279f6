"""A YAML file that remembers where everything stands, so that a fault can be told with file:line:column."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

import pydantic
import yaml

from toolkit.errors import InvalidInput

M = TypeVar("M", bound=pydantic.BaseModel)
Path = tuple[str | int, ...]


class Document:
    """The value of a YAML text, and the place of each part of it.

    Args:
        text: The YAML.
        where: Name of the file, for messages.

    Raises:
        InvalidInput: The text is not YAML, or a mapping has a key twice (all such faults at once).
    """

    def __init__(self, text: str, where: str) -> None:
        self.where = where
        self._marks: dict[Path, yaml.Mark] = {}
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
            faults = [] if root is None else list(self._visit(root, ()))
            self.value: Any = yaml.safe_load(text)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            place = f"{where}:{mark.line + 1}:{mark.column + 1}" if mark else where
            raise InvalidInput(f"not valid YAML: {error.problem or error.context}", where=place) from error
        except yaml.YAMLError as error:
            raise InvalidInput(f"not valid YAML: {error}", where=where) from error
        if faults:
            raise InvalidInput.all_of(faults)

    def place(self, path: Path) -> str:
        """Return "file:line:column" of the part at `path`, or of the nearest part around it."""
        for length in range(len(path), -1, -1):
            mark = self._marks.get(path[:length])
            if mark is not None:
                return f"{self.where}:{mark.line + 1}:{mark.column + 1}"
        return self.where

    def fault(self, what: str, path: Path, remedy: str | None = None) -> InvalidInput:
        """Return the fault of the part at `path`, with its place and its path."""
        dotted = ".".join(map(str, path))
        return InvalidInput(f"{what} @ {dotted}" if dotted else what, where=self.place(path), remedy=remedy)

    def read_as(self, model: type[M]) -> M:
        """Return the value as a pydantic model.

        Raises:
            InvalidInput: Every fault of the document, in the order of the file; an unknown key with the known
                one that it may be meant for.
        """
        try:
            return model.model_validate({} if self.value is None else self.value)
        except pydantic.ValidationError as error:
            faults = [self._translate(model, fault) for fault in error.errors(include_url=False)]
            raise InvalidInput.all_of(faults) from error

    def _translate(self, model: type[pydantic.BaseModel], fault: Any) -> InvalidInput:
        path: Path = tuple(fault["loc"])
        if fault["type"] == "extra_forbidden":
            known = _keys_at(model, path[:-1])
            return self.fault(f"unknown key {path[-1]!r}", path, did_you_mean(str(path[-1]), known))
        if fault["type"] == "missing":
            return self.fault(f"the key {path[-1]!r} is missing", path)
        return self.fault(fault["msg"].removeprefix("Value error, "), path)

    def _visit(self, node: yaml.Node, path: Path) -> Iterator[InvalidInput]:
        self._marks[path] = node.start_mark
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                inner = (*path, str(key.value))
                if inner in self._marks:
                    yield self.fault(f"the key {key.value!r} stands here twice", inner)
                yield from self._visit(value, inner)
                self._marks[inner] = key.start_mark
        elif isinstance(node, yaml.SequenceNode):
            for number, value in enumerate(node.value):
                yield from self._visit(value, (*path, number))


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return the remedy for a word that is not known: the nearest known one, or all of them."""
    near = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(known))}"


def _keys_at(model: type[pydantic.BaseModel], path: Path) -> list[str]:
    """Return the keys that `model` knows at `path`."""
    schema: Mapping[str, Any] = model.model_json_schema()
    node: Mapping[str, Any] = schema
    for step in path:
        node = node.get("items", {}) if isinstance(step, int) else node.get("properties", {}).get(step, {})
        for branch in node.get("anyOf", []):
            if "$ref" in branch:
                node = branch
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    return list(node.get("properties", {}))

"""The files of label schemas: where they are, and from their YAML to a checked `Schema`."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

from toolkit.errors import InvalidInput, UsageError, nearest
from toolkit.records.base import digest, to_row
from toolkit.schema.consistency import findings
from toolkit.schema.form_errors import read_form
from toolkit.schema.model import Schema
from toolkit.schema.yaml_document import read_document, text_of

_PACKAGE = Path(__file__).resolve().parent.parent
_REMEMBERED = 32  # schemas that a process keeps, by name and text; one project uses two or three


def shipped(kind: Literal["schemas", "label_configs"]) -> Path:
    """Return the folder of shipped schemas or label configs.

    A wheel carries them in `toolkit/_shipped/`; an editable install reads them at the root of the checkout.
    """
    packed = _PACKAGE / "_shipped" / kind
    return packed if packed.is_dir() else _PACKAGE.parent / kind


def find(reference: str) -> Path:
    """Return the file of a schema by its path, by "name" (the newest version), or by "name@version".

    Raises:
        UsageError: There is no such file, name or version; the nearest name is offered.
    """
    if reference.endswith((".yaml", ".yml")) or "/" in reference:
        path = Path(reference)
        if not path.is_file():
            remedy = "a path in toolkit.yaml counts from the project: keep the file in its schemas/, and name it so"
            raise UsageError("there is no such schema file", where=reference, remedy=remedy)
        return path
    name, _, version = reference.partition("@")
    versions = _versions(shipped("schemas") / name)
    if not versions:
        names = sorted(folder.name for folder in shipped("schemas").iterdir() if folder.is_dir())
        raise UsageError(
            f"no schema named {name!r} comes with the package{nearest(name, names)}",
            remedy=f"use one of {', '.join(names)}, or the path of a YAML file",
        )
    if not version:
        return versions[-1]
    for path in versions:
        if path.stem == version:
            return path
    raise UsageError(f"{name} has no version {version}", remedy=f"it has {', '.join(path.stem for path in versions)}")


def _versions(folder: Path) -> list[Path]:
    """Return the version files of one schema, oldest first."""
    found = [path for path in folder.glob("*.yaml") if path.stem.replace(".", "").isdigit()]
    return sorted(found, key=lambda path: [int(part) for part in path.stem.split(".")])


def load(reference: str | Path) -> Schema:
    """Read a label schema and check it.

    A schema is parsed and checked once per process: while its file has the same text, the same object is returned. An
    edited file is parsed again.

    Args:
        reference: Path of a YAML file; or "name" (the newest version that comes with the package) or "name@version".

    Returns:
        The schema, frozen. Its `digest` is the SHA-256 of its content, whatever the layout of the file.

    Raises:
        UsageError: There is no such schema.
        InvalidInput: The schema breaks a rule; `faults` holds all faults, by line.

    Examples:
        >>> schema = load("claims@1.0.0")
        >>> schema.ref, schema.label_ids
        ('claims@1.0.0', ('claim', 'denial', 'none'))
    """
    path = find(str(reference))
    return parse(text_of(path), str(path))


def parse(text: str, name: str = "schema.yaml") -> Schema:
    r"""Read a label schema from the text of its YAML and check it.

    Args:
        text: The YAML.
        name: The name of the file for messages. If it ends with "<name>/<version>.yaml", both have to agree with the
            content.

    Raises:
        InvalidInput: The schema breaks a rule; `faults` holds all faults, by line.

    Examples:
        >>> from toolkit.errors import InvalidInput
        >>> try:
        ...     parse("name: weather\nversion: 1.0\ntitles: Weather\n")
        ... except InvalidInput as error:
        ...     print(error.faults[-1])
        schema.yaml:3:1: unknown key 'titles'; did you mean 'title'? @ titles
    """
    return _checked(text, name)


@lru_cache(maxsize=_REMEMBERED)
def _checked(text: str, name: str) -> Schema:
    schema, faults = _read(text, name)
    if schema is None or faults:
        raise InvalidInput.all_of(faults)
    return _signed(schema)


def check(path: str | Path) -> list[InvalidInput]:
    """Return every fault of a schema file, by line; an empty list for a schema that can be used.

    Beside the form of the YAML it checks what the schema says: names that do not exist, keys used twice, labels with
    too few examples, examples that contradict each other or a rule, rules that no answer can keep, and rules that
    follow from others.

    Args:
        path: Path of a YAML file, or a reference as in `load`.

    Returns:
        The faults; each says in `where` file, line and column.

    Raises:
        UsageError: There is no such file.

    Examples:
        >>> check("claims@1.0.0")
        []
    """
    found = find(str(path))
    try:
        text = text_of(found)
    except InvalidInput as error:
        return [error]
    return _read(text, str(found))[1]


_LISTS = {("layers",), ("labels",), ("spans",)}  # if one of them can't be read, no name in the file can be looked up


def _read(text: str, name: str) -> tuple[Schema | None, list[InvalidInput]]:
    """Return the schema without its digest, and every fault by line; None where the text is not a mapping."""
    try:
        document = read_document(text, name)
    except InvalidInput as error:
        return None, [error]
    if not isinstance(document.data, dict):
        return None, [document.fault((), "a schema is a mapping with name, version, title, layers and labels")]
    form = read_form(document)
    faults = [*document.faults, *form.faults.values()]
    if not form.faults.keys() & _LISTS:
        found = [(path, what) for path, what in findings(form.schema, document) if not form.covers(path)]
        faults += [document.fault(path, form.named(what)) for path, what in found]
    return form.schema, sorted(faults, key=_line_and_column)


def _signed(schema: Schema) -> Schema:
    """Return the schema with its digest."""
    content = to_row(schema)
    del content["digest"]
    # a schema without what came later has the digest that it had before
    for name, default in (("fields", []), ("links", []), ("language", "en")):
        if content[name] == default:
            del content[name]
    for owner in (*content["spans"], content):
        for attribute in owner.get("attributes", owner.get("fields", ())):
            for name in ("titles", "several"):
                if not attribute[name]:
                    del attribute[name]
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return replace(schema, digest=digest(canonical.encode()))


def _line_and_column(fault: InvalidInput) -> list[int]:
    return [int(part) for part in (fault.where or "").rsplit(":", 2)[1:]]

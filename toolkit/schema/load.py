"""Where the schemas and label configs that come with the package lie: in the wheel, or beside it in a checkout.

From the YAML of a schema to a `Schema`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from toolkit.errors import InvalidInput, UsageError, nearest
from toolkit.records.base import digest, to_row
from toolkit.schema.check import findings
from toolkit.schema.form_errors import mended, related, schema_of, translated
from toolkit.schema.model import Schema
from toolkit.schema.yaml_document import read_document, text_of

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped(kind: Literal["schemas", "label_configs"]) -> Path:
    """Return the folder of shipped schemas or label configs.

    A wheel carries them in `toolkit/_shipped/`; an editable install reads them at the root of the checkout.
    """
    packed = _PACKAGE / "_shipped" / kind
    return packed if packed.is_dir() else _PACKAGE.parent / kind


def find(reference: str) -> Path:
    """Return the file of a schema by path, "name" (its newest version) or "name@version".

    Raises:
        UsageError: No such file, name or version; the nearest name is offered.
    """
    if reference.endswith((".yaml", ".yml")) or "/" in reference:
        path = Path(reference)
        if not path.is_file():
            raise UsageError("there is no such schema file", where=reference)
        return path
    name, _, version = reference.partition("@")
    versions = _versions(shipped("schemas") / name)
    if not versions:
        names = sorted(folder.name for folder in shipped("schemas").iterdir() if folder.is_dir())
        raise UsageError(
            f"no schema named {name!r} is shipped{nearest(name, names)}",
            remedy=f"take one of {', '.join(names)}, or a path to a YAML file",
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


_LISTS = {("layers",), ("labels",), ("spans",)}  # where one of them is amiss, no name in the file can be looked up
_PENDING = "0" * 64  # a schema carries its digest, which needs the schema


def load(reference: str | Path) -> Schema:
    """Read a schema and check it.

    Args:
        reference: Path of a YAML file, "name" (newest shipped version) or "name@version".

    Raises:
        UsageError: There is no such schema.
        InvalidInput: It breaks a rule; `faults` holds all of them.
    """
    path = find(str(reference))
    return parse(text_of(path), str(path))


def parse(text: str, name: str = "schema.yaml") -> Schema:
    """Read a schema from the text of its YAML and check it.

    Args:
        text: The YAML.
        name: What to call it in messages: "…/<name>/<version>.yaml" has to agree with what it says.

    Raises:
        InvalidInput: It breaks a rule; `faults` holds all of them.
    """
    schema, faults = _read(text, name)
    if faults or schema is None:
        raise InvalidInput.all_of(faults)
    return schema


def check(path: str | Path) -> list[InvalidInput]:
    """Return every fault of a schema file, by place; none for a schema that can be used.

    Raises:
        UsageError: There is no such file.
    """
    found = find(str(path))
    try:
        text = text_of(found)
    except InvalidInput as error:
        return [error]
    return _read(text, str(found))[1]


def _read(text: str, name: str) -> tuple[Schema | None, list[InvalidInput]]:
    """Return the schema, None where its form has faults, and every fault by place."""
    try:
        document = read_document(text, name)
    except InvalidInput as error:
        return None, [error]
    if not isinstance(document.data, dict):
        return None, [document.fault((), "a schema is a mapping with name, version, title, layers and labels")]
    faults = list(document.faults)
    if "digest" in document.data:
        faults.append(document.fault(("digest",), "the digest is computed, not written"))
    schema, amiss = mended(document.data, _PENDING)
    faults += [translated(document, detail) for detail in amiss.values()]
    if schema is not None and not amiss.keys() & _LISTS:
        found = [(path, what) for path, what in findings(schema, document) if not related(path, list(amiss))]
        faults += [document.fault(path, what) for path, what in found]
    return (_signed(schema) if schema is not None and not amiss else None), _by_place(faults)


def _signed(schema: Schema) -> Schema:
    """Enter the digest."""
    content = to_row(schema)
    del content["digest"]
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return schema_of(content, digest(canonical.encode()))


def _by_place(faults: list[InvalidInput]) -> list[InvalidInput]:
    """Return faults in the order of their lines, those of one line as they were found."""

    def place(fault: InvalidInput) -> list[int]:
        return [int(part) for part in (fault.where or "").rsplit(":", 2)[1:]]

    return sorted(faults, key=place)

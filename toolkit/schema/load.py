"""From the YAML of a schema to a `Schema`."""

from __future__ import annotations

import json
from pathlib import Path

from toolkit.errors import InvalidInput
from toolkit.records.base import to_row
from toolkit.records.ids import digest
from toolkit.schema.check import findings
from toolkit.schema.document import read_document, text_of
from toolkit.schema.form import mended, related, schema_of, translated
from toolkit.schema.model import Schema
from toolkit.schema.shipped import find

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

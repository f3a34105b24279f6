"""Annotated CSV: one row per answer, as spreadsheets and crowdsourcing sites write them.

Columns by their names: the text ("text", "sentence", …), its labels ("label", "labels", …: several with "|", ";" or
as JSON), who answered ("annotator", "worker", …), the split, and for spans, relations, fields and notes JSON. A column
that holds nothing but 0 and 1 is a label; any other one is a fact about the text.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from toolkit.engine.csv_cells import plain_cell, safe_cell
from toolkit.errors import InvalidInput, border
from toolkit.exchange.annotated_document import AnnotatedDocument, Losses, Mention, Part, in_order, values_of
from toolkit.exchange.document_folders import SPLITS, read_text
from toolkit.exchange.offset_units import Unit, check_unit
from toolkit.limits import Limits
from toolkit.project.table_files import told_apart
from toolkit.records import Relation

HOLDS: Final[frozenset[Part]] = frozenset(
    {
        *("labels", "fields", "note", "skips", "spans", "fragments", "overlaps", "white space", "attributes"),
        *("relations", "annotators", "times", "split", "metadata"),
    }
)

_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "text": ("text", "sentence", "content", "tweet_text", "document_text", "body"),
    "name": ("document", "id", "text_id", "doc_id", "sentence_id", "item", "item_id"),
    "labels": ("labels", "label", "category", "class", "annotation"),
    "annotator": ("annotator", "worker", "worker_id", "workerid", "coder", "rater", "user", "annotator_id", "user_id"),
    "split": ("split", "fold", "subset"),
    "spans": ("spans", "entities"),
    "relations": ("relations",),
    "fields": ("fields",),
    "note": ("note", "comment"),
    "skipped": ("skipped",),
    "answered_at": ("answered_at", "created_at", "timestamp"),
    "metadata": ("metadata",),
}
"""Role of a column → names that it may have, in lower case."""

_WRITTEN: Final = ("document", "split", "annotator", "text", "labels", "spans", "relations", "fields", "note")
_COLUMNS: Final = (*_WRITTEN, "skipped", "answered_at", "metadata")
_NOTHING: Final = frozenset({"", "nan", "none", "null", "n/a", "na"})


def read(root: Path, losses: Losses, unit: Unit | None = None) -> Iterator[AnnotatedDocument]:
    """Yield the rows of a CSV or TSV file, or of all of a folder.

    Args:
        root: The file or folder.
        losses: What can't be taken is counted here.
        unit: What offsets of spans count; None: code points.

    Raises:
        InvalidInput: There is no column of texts, or a cell can't be read.
    """
    paths = [root] if root.is_file() else sorted(path for path in root.rglob("*") if path.suffix in (".csv", ".tsv"))
    for path in paths:
        header, rows = _rows(path)
        roles = _roles(header, path)
        flags = _flags(header, rows, roles)
        split = path.stem if path.stem.lower() in SPLITS else None
        for number, row in enumerate(rows, start=2):
            where, cells = f"{path}: row {number}", dict(zip(header, row, strict=True))
            if cells.get(roles.get("labels", ""), "").lower() in _NOTHING - {""}:
                losses.add("labels called nan, none, null or NA, taken for no label", where)
            with border("can't be read", where=where):
                made = _document(cells, roles, flags, f"{path.stem}:{number}", where, unit)
            if made is None:
                losses.add("empty texts", where)
            else:
                yield made if made.split or not split else _with_split(made, split)


def write(documents: Sequence[AnnotatedDocument], folder: Path) -> None:
    """Write documents into one file, with a byte order mark, by which spreadsheets know UTF-8."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "annotations.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(_COLUMNS)
        writer.writerows([safe_cell(cell) for cell in _cells(document)] for document in documents)


def _with_split(document: AnnotatedDocument, split: str) -> AnnotatedDocument:
    from dataclasses import replace

    return replace(document, split=split)


def _rows(path: Path) -> tuple[list[str], list[list[str]]]:
    text = read_text(path).removeprefix("\ufeff")
    first = text.partition("\n")[0]
    delimiter = max(",;\t|", key=first.count)
    csv.field_size_limit(Limits.here().page_bytes)
    with border("is not CSV", where=str(path)):
        header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    told_apart(path, header)
    wrong = next((at for at, row in enumerate(rows, start=2) if row and len(row) != len(header)), None)
    if wrong is not None:
        cells = len(rows[wrong - 2])
        raise InvalidInput(f"has {cells} cells, the header {len(header)}", where=f"{path}: row {wrong}")
    return header, [[plain_cell(cell) for cell in row] for row in rows if row]


def _roles(header: Sequence[str], path: Path) -> dict[str, str]:
    """Return role → column."""
    by_name = {re.sub(r"[\s-]+", "_", name.strip().lower()): name for name in reversed(header)}
    roles = {}
    for role, names in _NAMES.items():
        found = next((by_name[name] for name in names if name in by_name), None)
        if found is not None:
            roles[role] = found
    if "text" not in roles:
        remedy = f"call the column of texts one of {', '.join(_NAMES['text'])}"
        raise InvalidInput(f"has no column of texts among {', '.join(header)}", where=str(path), remedy=remedy)
    return roles


def _flags(header: Sequence[str], rows: Sequence[Sequence[str]], roles: Mapping[str, str]) -> list[str]:
    """Return the columns that are labels, of 0 and 1."""
    taken = set(roles.values())
    return [
        name
        for at, name in enumerate(header)
        if name not in taken and rows and {row[at] for row in rows} <= {"0", "1", "0.0", "1.0"}
    ]


def _document(
    row: Mapping[str, str], roles: Mapping[str, str], flags: Sequence[str], name: str, where: str, unit: Unit | None
) -> AnnotatedDocument | None:
    said = {role: row[column] for role, column in roles.items() if row[column].lower() not in _NOTHING}
    text = row[roles["text"]]
    if not text:
        return None
    spans = json.loads(said.get("spans", "[]"))
    places = [tuple((start, end) for start, end in _fragments(span)) for span in spans]
    mentions = [
        Mention(
            mention_id=str(span.get("id", number)),
            label=span["label"],
            fragments=pieces,
            attributes=values_of(span.get("attributes", {})),
        )
        for number, (span, pieces) in enumerate(
            zip(spans, check_unit(text, places, unit, where=where), strict=True), start=1
        )
    ]
    others = set(row).difference(roles.values(), flags)
    facts = {column: row[column] for column in others if row[column].lower() not in _NOTHING}
    labels = {*_labels(said.get("labels", "")), *(name for name in flags if float(row[name]))}
    return in_order(
        AnnotatedDocument(
            name=said.get("name", name),
            text=text,
            annotator=said.get("annotator"),
            labels=tuple(sorted(labels)),
            mentions=tuple(mentions),
            relations=tuple(Relation(**link) for link in json.loads(said.get("relations", "[]"))),
            fields=values_of(json.loads(said.get("fields", "{}"))),
            note=said.get("note"),
            skipped=said.get("skipped", "").lower() in ("1", "true", "yes"),
            answered_at=said.get("answered_at"),
            split=said.get("split"),
            metadata={**facts, **json.loads(said.get("metadata", "{}"))},
        )
    )


def _fragments(span: Mapping[str, Any]) -> list[Sequence[int]]:
    return list(span["fragments"]) if "fragments" in span else [(span["start"], span["end"])]


def _labels(cell: str) -> list[str]:
    if cell.startswith("["):
        return [str(label) for label in json.loads(cell)]
    return [label.strip() for label in re.split(r"[|;]", cell) if label.strip()]


def _cells(document: AnnotatedDocument) -> Iterator[str]:
    spans = [
        {
            "id": span.mention_id,
            "label": span.label,
            **({"start": span.start, "end": span.end} if len(span.fragments) == 1 else {"fragments": span.fragments}),
            **({"attributes": dict(span.attributes)} if span.attributes else {}),
        }
        for span in document.mentions
    ]
    links = [{"label": link.label, "head": link.head, "tail": link.tail} for link in document.relations]
    joined = "|".join(document.labels)
    plain = all(_labels(label) == [label] and label.lower() not in _NOTHING for label in document.labels)
    yield document.name
    yield document.split or ""
    yield document.annotator or ""
    yield document.text
    yield joined if plain else _json(list(document.labels))
    for held in (spans, links, dict(document.fields)):
        yield _json(held) if held else ""
    yield document.note or ""
    yield "1" if document.skipped else ""
    yield document.answered_at or ""
    yield _json(dict(document.metadata)) if document.metadata else ""


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)

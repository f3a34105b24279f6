"""Prodigy's JSON Lines, as `prodigy db-out` writes them (https://prodi.gy/docs/api-interfaces).

A line is one answer: "text", "spans" with offsets in code points, "relations" whose ends repeat the spans, "accept" or
"label" for labels of the text, and "answer". A rejected line says that what it shows is wrong, not what is right: of
one with a "label" the answer is that the label is not given; any other is counted as lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from toolkit.errors import InvalidInput, border
from toolkit.exchange.annotated_document import AnnotatedDocument, Losses, Mention, Part, joined, values_of
from toolkit.exchange.document_folders import SPLITS
from toolkit.exchange.formats.json_lines import json_files, objects, write_lines
from toolkit.exchange.offset_units import Unit, check_unit
from toolkit.records import AttributeValue, Relation

HOLDS: Final[frozenset[Part]] = frozenset(
    {
        *("labels", "fields", "note", "skips", "spans", "overlaps", "white space", "attributes", "relations"),
        *("annotators", "times", "split", "metadata"),
    }
)

_OWN: Final = ("text", "start", "end", "label", "id", "token_start", "token_end", "source", "input_hash", "type")
"""Keys of a span that are not attributes."""

_KEYS: Final = (*_OWN, "attributes")
_ABOUT: Final = ("document", "split", "fields", "note", "answered_at", "facts")
"""Keys of "meta" that are not facts about the text; a fact that is called like one of them is in "facts"."""


def read(root: Path, losses: Losses, unit: Unit | None = None) -> Iterator[AnnotatedDocument]:
    """Yield the answers of a file, or of all files of a folder.

    Args:
        root: The file or folder.
        losses: What can't be taken is counted here.
        unit: What offsets count; None: code points.

    Raises:
        InvalidInput: A line is not one of Prodigy's, or a span lies outside its text.
    """
    for path in json_files(root):
        split = path.stem if path.stem.lower() in SPLITS else None
        for number, (where, row) in enumerate(objects(path), start=1):
            with border("is not an answer of Prodigy", where=where, remedy="write it with `prodigy db-out`"):
                made = _document(row, f"{path.stem}:{number}", split, where, losses, unit)
            if made is not None:
                yield made


def write(documents: Sequence[AnnotatedDocument], folder: Path) -> None:
    """Write documents into one file."""
    folder.mkdir(parents=True, exist_ok=True)
    labels = sorted({label for document in documents for label in document.labels})
    write_lines(folder / "annotations.jsonl", (_row(document, labels) for document in documents))


def _document(
    row: Mapping[str, Any], place: str, split: str | None, where: str, losses: Losses, unit: Unit | None
) -> AnnotatedDocument | None:
    text, meta = row.get("text"), row.get("meta") or {}
    if not isinstance(text, str):
        raise InvalidInput("has no text", where=where)
    name = str(meta.get("document", row.get("_task_hash", place)))
    answer = row.get("answer", "accept")
    lost = "empty texts" if not text else "rejected answers without a label" if _says_nothing(row, answer) else ""
    if lost:
        losses.add(lost, name)
        return None
    spans = [_span(span, number) for number, span in enumerate(row.get("spans") or [], start=1)]
    places = check_unit(text, [((span["start"], span["end"]),) for span, _ in spans], unit, where=where)
    by_id = {
        span["id"]: Mention(mention_id=span["id"], label=span["label"], fragments=pieces, attributes=more)
        for (span, more), pieces in zip(spans, places, strict=True)
    }
    relations = [_relation(link, by_id) for link in row.get("relations") or []]  # adds ends that are no spans
    more = {**{key: value for key, value in meta.items() if key not in _ABOUT}, **meta.get("facts", {})}
    facts = {key: value for key, value in more.items() if isinstance(value, str)}
    losses.add("facts about the text that are not words", name, len(more) - len(facts))
    seconds = row.get("_timestamp")
    when = datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z") if seconds is not None else None
    person = row.get("_annotator_id", row.get("_session_id"))
    return joined(
        AnnotatedDocument(
            name=name,
            text=text,
            annotator=None if person is None else str(person),
            labels=() if answer == "reject" else _labels(row),
            mentions=tuple(by_id.values()),
            relations=tuple(dict.fromkeys(relations)),
            fields=_values(meta.get("fields") or {}),
            note=meta.get("note"),
            skipped=answer == "ignore",
            answered_at=meta.get("answered_at", when),
            split=meta.get("split", split),
            metadata=facts,
        )
    )


def _says_nothing(row: Mapping[str, Any], answer: Any) -> bool:
    return answer == "reject" and ("label" not in row or bool(row.get("spans")))


def _labels(row: Mapping[str, Any]) -> tuple[str, ...]:
    accepted = row.get("accept")
    if accepted is None:
        accepted = [row["label"]] if isinstance(row.get("label"), str) else []
    return tuple(sorted({str(label) for label in accepted}))


def _span(said: Mapping[str, Any], number: int) -> tuple[dict[str, Any], dict[str, AttributeValue]]:
    own: dict[str, Any] = {"id": str(said.get("id", f"s{number}")), "label": str(said["label"])}
    own |= {"start": int(said["start"]), "end": int(said["end"])}
    more = {key: value for key, value in said.items() if key not in _KEYS}
    return own, _values({**more, **(said.get("attributes") or {})})


def _values(said: Mapping[str, Any]) -> dict[str, AttributeValue]:
    return {key: value for key, value in values_of(said).items() if isinstance(value, str | int | float | tuple)}


def _relation(link: Mapping[str, Any], by_id: dict[str, Mention]) -> Relation:
    """Return a relation; an end that is a word and no span becomes a span with the label `WORD`."""
    head, tail = (_end(link[f"{side}_span"], by_id) for side in ("head", "child"))
    return Relation(label=str(link["label"]), head=head, tail=tail)


WORD: Final = "WORD"
"""The label of a word that a relation leads to without its being marked."""


def _end(said: Mapping[str, Any], by_id: dict[str, Mention]) -> str:
    if said.get("id") in by_id:
        return str(said["id"])
    place, label = ((int(said["start"]), int(said["end"])),), said.get("label")
    for key, span in by_id.items():
        if span.fragments == place and label in (None, span.label):
            return key
    name = f"word {place[0][0]}-{place[0][1]}"
    by_id[name] = Mention(mention_id=name, label=label or WORD, fragments=place)
    return name


def _row(document: AnnotatedDocument, labels: Sequence[str]) -> dict[str, Any]:
    spans = {span.mention_id: _span_of(span) for span in document.mentions}
    row: dict[str, Any] = {"text": document.text, "spans": list(spans.values())}
    row["relations"] = [
        {"label": link.label, "head_span": spans[link.head], "child_span": spans[link.tail]}
        for link in document.relations
    ]
    row["options"] = [{"id": label, "text": label} for label in labels]
    row |= {"accept": list(document.labels), "answer": "ignore" if document.skipped else "accept"}
    if document.annotator is not None:
        row["_annotator_id"] = row["_session_id"] = document.annotator
    about: dict[str, Any] = {"document": document.name, "split": document.split, "fields": dict(document.fields)}
    about |= {"note": document.note, "answered_at": document.answered_at}
    known = {key: value for key, value in about.items() if value not in (None, {})}
    facts = {key: value for key, value in document.metadata.items() if key not in _ABOUT}
    if len(facts) < len(document.metadata):
        known["facts"] = {key: value for key, value in document.metadata.items() if key in _ABOUT}
    return row | {"meta": facts | known}


def _span_of(span: Mention) -> dict[str, Any]:
    row: dict[str, Any] = {key: value for key, value in span.attributes.items() if key not in _KEYS}
    if len(row) < len(span.attributes):
        row["attributes"] = {key: value for key, value in span.attributes.items() if key in _KEYS}
    return row | {"id": span.mention_id, "start": span.start, "end": span.end, "label": span.label}

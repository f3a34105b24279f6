"""doccano's JSON Lines: one file per person (`ada.jsonl`), or `all.jsonl` of a project that people share.

What a line holds depends on the kind of project: "label" has labels of the text or [start, end, label] of spans;
"entities", "relations" and "cats" are those of projects with relations or with both, "annotations" those of exports
before 2021. "Comments" are notes; every other key is a fact about the text. doccano counts code points or, in versions
of some years, UTF-16, and does not say which.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from toolkit.errors import InvalidInput, border
from toolkit.exchange.annotated_document import AnnotatedDocument, Losses, Mention, Part, joined
from toolkit.exchange.document_folders import SPLITS, document_files, file_name, folder_of
from toolkit.exchange.formats.json_lines import json_files, objects, write_lines
from toolkit.exchange.offset_units import Unit, check_unit
from toolkit.records import Relation

HOLDS: Final[frozenset[Part]] = frozenset(
    {"labels", "note", "spans", "overlaps", "white space", "relations", "annotators", "split", "metadata"}
)

_KEYS: Final = (
    "id",
    "text",
    "data",
    "label",
    "labels",
    "entities",
    "relations",
    "cats",
    "Comments",
    "comments",
    "facts",
)
_APPROVERS: Final = ("annotation_approver", "approver", "annotation_approver_username")
_SHARED: Final = frozenset({"all", "unknown", *SPLITS})
"""Files that are not called after a person."""


def read(root: Path, losses: Losses, unit: Unit | None = None) -> Iterator[AnnotatedDocument]:
    """Yield the documents of an export.

    Args:
        root: Its folder, or one file.
        losses: What can't be taken is counted here.
        unit: What offsets count; None: code points.

    Raises:
        InvalidInput: A line is not one of doccano's, or a span lies outside its text.
    """
    paths = json_files(root)
    for file in document_files(root if root.is_dir() else root.parent, paths, lambda path: path):
        stem = file.path.stem
        split = file.split or (stem if stem.lower() in SPLITS else None)
        annotator = None if stem.lower() in _SHARED else unquote(stem)
        for number, (where, row) in enumerate(objects(file.path), start=1):
            for person, answer in _answers(row):
                with border("is not a line of a doccano export", where=where, remedy="export it as JSONL"):
                    made = _document(answer, str(row.get("id", number)), where, losses, unit)
                if made is not None:
                    yield replace(made, split=split, annotator=person or annotator)


def write(documents: Sequence[AnnotatedDocument], folder: Path) -> None:
    """Write documents, one file per split and person."""
    rows: dict[Path, list[dict[str, Any]]] = defaultdict(list)
    form = _form(documents)
    for document in documents:
        name = "all" if document.annotator is None else _own(document.annotator)
        target = folder / folder_of(replace(document, annotator=None)) / f"{name}.jsonl"
        rows[target].append(_row(document, form))
    for target, lines in rows.items():
        write_lines(target, lines)


def _own(annotator: str) -> str:
    name = file_name(annotator)
    return f"%{ord(name[0]):02X}{name[1:]}" if name.lower() in _SHARED else name


def _answers(row: Mapping[str, Any]) -> Iterator[tuple[str | None, Mapping[str, Any]]]:
    """Yield each person of a line with what is theirs; a line is one person's but in exports of before 2021.

    These have "annotations", each with its user, and labels by number, whose names stand nowhere in the file.
    """
    said = row.get("annotations")
    if not isinstance(said, list) or not all(isinstance(each, Mapping) and "label" in each for each in said):
        yield (row["username"] if isinstance(row.get("username"), str) else None), row
        return
    rest = {key: value for key, value in row.items() if key != "annotations"}
    for user in dict.fromkeys(each.get("user") for each in said):
        own = [{**each, "label": str(each["label"])} for each in said if each.get("user") == user]
        spans = [{**each, "id": number} for number, each in enumerate(own, start=1) if "start_offset" in each]
        labels = [each["label"] for each in own if "start_offset" not in each]
        yield None if user is None else str(user), {**rest, "entities": spans, "cats": labels}
    if not said:
        yield None, rest


def _document(
    row: Mapping[str, Any], name: str, where: str, losses: Losses, unit: Unit | None
) -> AnnotatedDocument | None:
    text = row.get("text", row.get("data"))
    if not isinstance(text, str):
        raise InvalidInput("has no text", where=where)
    if not text:
        losses.add("empty texts", name)
        return None
    labels = [each for key in ("label", "labels", "cats") for each in _list(row.get(key)) if isinstance(each, str)]
    said = [
        each for key in ("label", "labels", "entities") for each in _list(row.get(key)) if not isinstance(each, str)
    ]
    spans = [_span(each, number) for number, each in enumerate(said, start=1)]
    places = check_unit(text, [((start, end),) for _, _, start, end in spans], unit, where=where)
    mentions = [
        Mention(mention_id=key, label=label, fragments=pieces)
        for (key, label, _, _), pieces in zip(spans, places, strict=True)
    ]
    ids = {mention.mention_id for mention in mentions}
    relations = [
        Relation(label=str(link["type"]), head=str(link["from_id"]), tail=str(link["to_id"]))
        for link in _list(row.get("relations"))
    ]
    linked = [link for link in relations if {link.head, link.tail} <= ids]
    losses.add("relations between what are not spans", name, len(relations) - len(linked))
    losses.add("names of approvers, who are no annotators", name, sum(bool(row.get(key)) for key in _APPROVERS))
    left = (*_KEYS, *_APPROVERS, "username")
    more = {key: value for key, value in row.items() if key not in left and value not in (None, {}, [])}
    more |= row.get("facts") or {}
    facts = {key: value for key, value in more.items() if isinstance(value, str)}
    losses.add("facts about the text that are not words", name, len(more) - len(facts))
    return joined(
        AnnotatedDocument(
            name=name,
            text=text,
            labels=tuple(sorted(set(labels))),
            mentions=tuple(mentions),
            relations=tuple(dict.fromkeys(linked)),
            note="\n".join(_list(row.get("Comments", row.get("comments")))) or None,
            metadata=facts,
        )
    )


def _list(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _span(said: Any, number: int) -> tuple[str, str, int, int]:
    if isinstance(said, Mapping):
        return str(said.get("id", number)), str(said["label"]), int(said["start_offset"]), int(said["end_offset"])
    start, end, label, *_ = said  # some tools write the words behind them
    return str(number), str(label), int(start), int(end)


def _form(documents: Sequence[AnnotatedDocument]) -> str:
    """Return what kind of project the documents need."""
    labels, spans, links = (
        any(getattr(each, name) for each in documents) for name in ("labels", "mentions", "relations")
    )
    return "relations" if links or (labels and spans) else "spans" if spans else "labels"


def _row(document: AnnotatedDocument, form: str) -> dict[str, Any]:
    row: dict[str, Any] = {"id": document.name, "text": document.text}
    if form == "labels":
        row["label"] = list(document.labels)
    elif form == "spans":
        row["label"] = [[span.start, span.end, span.label] for span in document.mentions]
    else:
        numbers = {span.mention_id: number for number, span in enumerate(document.mentions, start=1)}
        row["entities"] = [
            {"id": numbers[span.mention_id], "label": span.label, "start_offset": span.start, "end_offset": span.end}
            for span in document.mentions
        ]
        row["relations"] = [
            {"id": number, "from_id": numbers[link.head], "to_id": numbers[link.tail], "type": link.label}
            for number, link in enumerate(document.relations, start=1)
        ]
        row["cats"] = list(document.labels)
    row["Comments"] = [document.note] if document.note is not None else []
    known = {key: value for key, value in document.metadata.items() if key in _KEYS}
    row |= {"facts": known} if known else {}
    return row | {key: value for key, value in document.metadata.items() if key not in _KEYS}

"""Argilla's records, as `dataset.records.to_json` and `to_list(flatten=True)` write them, and `from_json` reads them.

A record is one text with everybody's responses, by question. A response is a label, a list of labels, a list of spans,
or else a field of the answer. What a question is, .argilla/settings.json says where it lies beside the records; without
it, words that few records share are labels. Of records in the nested form, Argilla does not say who has skipped one.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from toolkit.errors import InvalidInput, border
from toolkit.exchange.annotated_document import AnnotatedDocument, Losses, Mention, Part, in_order, values_of
from toolkit.exchange.document_folders import read_text
from toolkit.exchange.formats.json_lines import json_files, objects
from toolkit.exchange.offset_units import Unit, check_unit
from toolkit.records import AttributeValue, content_id

HOLDS: Final[frozenset[Part]] = frozenset(
    {"labels", "fields", "spans", "overlaps", "white space", "annotators", "split", "metadata"}
)

_SETTINGS: Final = ".argilla/settings.json"
_LABELS, _SPANS, _NAMES = "labels", "spans", "annotator_names"
_FEW: Final = 20
"""At most so many words are the labels of a question of which nothing else is known."""

_LABEL_TYPES: Final = ("label_selection", "multi_label_selection")
_OWN: Final = ("id", "_server_id", "status", "score")


def read(root: Path, losses: Losses, unit: Unit | None = None) -> Iterator[AnnotatedDocument]:
    """Yield each person's answer to each record.

    Args:
        root: A JSON file, or a folder with one.
        losses: What can't be taken is counted here.
        unit: What offsets count; None: code points.

    Raises:
        InvalidInput: A record has not exactly one text, or a span lies outside it.
    """
    for path in json_files(root):
        found = [(where, _nested(record)) for where, record in objects(path)]
        types = _types(path, [record for _, record in found])
        for where, record in found:
            with border("is not a record of Argilla", where=where, remedy="write it with `records.to_json`"):
                yield from _documents(record, types, where, losses, unit)


def write(documents: Sequence[AnnotatedDocument], folder: Path) -> None:
    """Write documents as records.json, one record per text, and what its questions are."""
    records: dict[tuple[str, str], list[AnnotatedDocument]] = defaultdict(list)
    for document in documents:
        records[document.name, document.text].append(document)
    (folder / _SETTINGS).parent.mkdir(parents=True, exist_ok=True)
    rows = [_record(answers) for answers in records.values()]
    (folder / "records.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    (folder / _SETTINGS).write_text(json.dumps(_settings(documents), ensure_ascii=False, indent=1), encoding="utf-8")


def _nested(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a record as `to_json` has it; a flat one has the responses under "QUESTION.responses"."""
    if "fields" in record:
        return record
    questions = [key.removesuffix(".responses") for key in record if key.endswith(".responses")]
    responses = {}
    for question in questions:
        given = (record.get(f"{question}.responses{more}") or [] for more in ("", ".users", ".status"))
        responses[question] = [
            {"value": value, "user_id": user, "status": status} for value, user, status in zip(*given, strict=True)
        ]
    known = {*_OWN, *(key for key in record if ".responses" in key or ".suggestion" in key)}
    plain = {key: value for key, value in record.items() if key not in known and isinstance(value, str)}
    return {"id": record.get("id"), "fields": plain, "responses": responses, "metadata": {}}


def _types(path: Path, records: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return question → its type, as the settings say it or the values show it."""
    settings = next((each / _SETTINGS for each in path.parents[:2] if (each / _SETTINGS).is_file()), None)
    if settings is not None:
        with border("is not settings of Argilla", where=str(settings)):
            questions = json.loads(read_text(settings))["questions"]
            return {each["name"]: each["settings"]["type"] for each in questions}
    values: dict[str, list[Any]] = defaultdict(list)
    for record in records:
        for question, given in (record.get("responses") or {}).items():
            values[question] += [each["value"] for each in given if each["value"] is not None]
    return {question: _type(found) for question, found in values.items()}


def _type(values: Sequence[Any]) -> str:
    if all(isinstance(value, list) for value in values):
        spans = any(isinstance(each, dict) and "start" in each for value in values for each in value)
        return "span" if spans else "multi_label_selection"
    words = Counter(value for value in values if isinstance(value, str))
    shared = len(words) <= _FEW and len(words) < max(2, words.total())
    return "label_selection" if words.total() == len(values) and shared else "text"


@dataclass
class _Response:
    """One person's responses to one record."""

    labels: list[str] = field(default_factory=list)
    spans: list[Mapping[str, Any]] = field(default_factory=list)
    fields: dict[str, AttributeValue] = field(default_factory=dict)
    skipped: bool = False


def _documents(
    record: Mapping[str, Any], types: Mapping[str, str], where: str, losses: Losses, unit: Unit | None
) -> Iterator[AnnotatedDocument]:
    text, name = _text(record["fields"], where), str(record.get("id") or where)
    metadata = dict(record.get("metadata") or {})
    names = dict(each.split(" ", 1) for each in metadata.pop(_NAMES, ()))
    split = metadata.pop("split", None)
    facts = {key: value for key, value in metadata.items() if isinstance(value, str)}
    losses.add("facts about the text that are not words", name, len(metadata) - len(facts))
    losses.add("suggestions", name, len(record.get("suggestions") or {}))
    for person, response in _by_person(record, types, name, losses).items():
        places = check_unit(text, [((each["start"], each["end"]),) for each in response.spans], unit, where=where)
        mentions = [
            Mention(mention_id=str(number), label=each["label"], fragments=pieces)
            for number, (each, pieces) in enumerate(zip(response.spans, places, strict=True), start=1)
        ]
        yield in_order(
            AnnotatedDocument(
                name=name,
                text=text,
                annotator=names.get(person, person) if person else None,
                labels=tuple(sorted(set(response.labels))),
                mentions=tuple(mentions),
                fields=response.fields,
                skipped=response.skipped,
                split=split,
                metadata=facts,
            )
        )


def _by_person(record: Mapping[str, Any], types: Mapping[str, str], name: str, losses: Losses) -> dict[str, _Response]:
    found: dict[str, _Response] = defaultdict(_Response)
    for question, given in (record.get("responses") or {}).items():
        for each in given:
            status, value = each.get("status"), each["value"]
            if status == "draft":
                losses.add("drafts", name)
                continue
            response = found[str(each.get("user_id") or "")]
            response.skipped = response.skipped or status == "discarded"
            if value is None:
                continue
            kind = types.get(question, "text")
            if kind in _LABEL_TYPES:
                response.labels += [value] if isinstance(value, str) else value
            elif kind == "span":
                response.spans += value
            elif kind == "ranking":
                response.fields[question] = tuple(str(item["value"]) for item in value)
            else:
                response.fields |= values_of({question: value})
    return found


def _text(fields: Mapping[str, Any], where: str) -> str:
    texts = {key: value for key, value in fields.items() if isinstance(value, str) and value}
    if len(texts) != 1 and "text" not in texts:
        names = ", ".join(texts) or "none"
        remedy = "name the field that was labelled `text`, and leave the others out"
        raise InvalidInput(f"has several texts or none ({names})", where=where, remedy=remedy)
    return str(texts.get("text") or next(iter(texts.values())))


def _record(answers: Sequence[AnnotatedDocument]) -> dict[str, Any]:
    first = answers[0]
    responses: dict[str, list[dict[str, Any]]] = {_LABELS: [], _SPANS: []}
    names: list[str] = []
    for document in answers:
        user = None if document.annotator is None else _user(document.annotator)
        if document.annotator not in (user, None):
            names.append(f"{user} {document.annotator}")
        spans = [{"label": span.label, "start": span.start, "end": span.end} for span in document.mentions]
        values = {
            _LABELS: list(document.labels),
            _SPANS: spans,
            **{_question(k): v for k, v in document.fields.items()},
        }
        for question, value in values.items():
            responses.setdefault(question, []).append({"value": value, "user_id": user})
    metadata: dict[str, Any] = dict(first.metadata)
    metadata |= {_NAMES: names} if names else {}
    metadata |= {"split": first.split} if first.split is not None else {}
    return {"id": first.name, "fields": {"text": first.text}, "metadata": metadata, "responses": responses}


def _question(name: str) -> str:
    return name if name not in (_LABELS, _SPANS) else f"{name}_"


def _user(annotator: str) -> str:
    """Return the id of a user, which Argilla wants to be a UUID."""
    try:
        return str(uuid.UUID(annotator))
    except ValueError:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:toolkit:{content_id(annotator)}"))


def _settings(documents: Iterable[AnnotatedDocument]) -> dict[str, Any]:
    labels: set[str] = set()
    spans: set[str] = set()
    fields: set[str] = set()
    for document in documents:
        labels.update(document.labels)
        spans.update(span.label for span in document.mentions)
        fields.update(map(_question, document.fields))
    questions = [
        {"name": _LABELS, "required": False, "settings": {"type": _LABEL_TYPES[1], "options": _options(labels)}},
        {
            "name": _SPANS,
            "required": False,
            "settings": {"type": "span", "field": "text", "allow_overlapping": True, "options": _options(spans)},
        },
        *({"name": name, "required": False, "settings": {"type": "text"}} for name in sorted(fields)),
    ]
    text = {"name": "text", "required": True, "settings": {"type": "text"}}
    return {"fields": [text], "questions": questions, "metadata": [], "vectors": [], "allow_extra_metadata": True}


def _options(words: Iterable[str]) -> list[dict[str, str]]:
    return [{"value": word, "text": word} for word in sorted(words)]

"""One annotation of the server as a record; and everything of it that can't be taken, as rejects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from toolkit.labelstudio.codec.decode import (
    MISFIT,
    DecodedResult,
    ItemFate,
    decode_foreign,
    decode_result,
    is_foreign,
    type_of,
)
from toolkit.labelstudio.codec.round_trip import Origin, RoundTrip
from toolkit.labelstudio.pseudonyms import Pseudonyms
from toolkit.records import Annotation, Reject, content_id, digest
from toolkit.schema import Schema


@dataclass(frozen=True)
class ParsedAnnotation:
    """One annotation as a record, or the reasons why it can't be one.

    Attributes:
        annotation_id: Its id in our records, also where it was rejected.
        annotation: The record; None where the whole annotation can't be taken.
        rejects: Parts that can't be taken, or the whole.
        tally: How many items of its result had which fate.
    """

    annotation_id: str
    annotation: Annotation | None
    rejects: tuple[Reject, ...] = ()
    tally: Counter[ItemFate] = field(default_factory=Counter)


def parse_annotation(
    task: Mapping[str, Any],
    raw: Mapping[str, Any],
    *,
    schema: Schema | None,
    pseudonyms: Pseudonyms,
    source: Callable[[int], str],
) -> ParsedAnnotation:
    """Turn one annotation of a task into a record.

    Args:
        task: The task as the server gives it, with `data`.
        raw: The annotation.
        schema: What the page was made from; None for a foreign project.
        pseudonyms: Of the people on the server.
        source: Task id → where a person finds it.
    """
    text = text_of(task)
    if text is None:
        return _refused(task, raw, source, "no-text", "the task's data has no text that could be told apart")
    pushed = task["data"].get("text_sha256")
    if pushed is not None and pushed != digest(text.encode()):
        changed = f"annotation {raw['id']}: the text is not the one that was pushed"
        return _refused(task, raw, source, "text-changed", changed)
    result = raw.get("result") or []
    if schema is not None and pushed is None and is_foreign(result, schema):
        decoded = decode_foreign(result, text, schema)
    else:
        decoded = decode_result(result, text, schema)
    place = source(task["id"])
    rejects = (
        replace(reject, source=place, detail=f"annotation {raw['id']}: {reject.detail}") for reject in decoded.rejects
    )
    annotation = _record(task, raw, text, decoded, schema, pseudonyms)
    return ParsedAnnotation(annotation.annotation_id, annotation, tuple(rejects), decoded.tally)


def _refused(
    task: Mapping[str, Any], raw: Mapping[str, Any], source: Callable[[int], str], reason: str, detail: str
) -> ParsedAnnotation:
    """Reject a whole annotation, with every item of its result."""
    reject = Reject(stage="pull", reason=reason, source=source(task["id"]), detail=detail)
    tally = Counter(ItemFate(type_of(item), MISFIT) for item in raw.get("result") or [])
    return ParsedAnnotation(id_of(task, raw), None, (reject,), tally)


def _record(
    task: Mapping[str, Any],
    raw: Mapping[str, Any],
    text: str,
    decoded: DecodedResult,
    schema: Schema | None,
    pseudonyms: Pseudonyms,
) -> Annotation:
    exported = RoundTrip.of(raw)
    return Annotation(
        annotation_id=id_of(task, raw),
        sentence_id=sentence_of(task, text),
        annotator=pseudonym_of(raw, pseudonyms),
        labels=decoded.labels,
        spans=decoded.spans,
        relations=decoded.relations,
        schema=exported.schema if exported else schema.ref if schema else "foreign@0.0.0",
        created_at=utc(raw["created_at"]),
        updated_at=utc(raw["updated_at"]),
        lead_time=None if raw.get("lead_time") is None else float(raw["lead_time"]),
        skipped=bool(raw.get("was_cancelled")),
        ground_truth=bool(raw.get("ground_truth")),
        origin=exported.origin if exported else origin(task, raw),
        note=decoded.note,
    )


def id_of(task: Mapping[str, Any], raw: Mapping[str, Any]) -> str:
    """Return the id of an annotation: the same from the API and from an export, and for each of its revisions.

    Its number alone would not do: numbers start at 1 on every server, and task numbers are used again after a
    deletion. The microsecond at which it was made tells those apart.
    """
    exported = RoundTrip.of(raw)
    if exported is not None:
        return exported.annotation_id
    return content_id("label studio", task.get("project"), task["id"], raw["id"], utc(raw["created_at"]))


def pseudonym_of(raw: Mapping[str, Any], pseudonyms: Pseudonyms) -> str:
    """Return the pseudonym of whom an annotation is from: the one that an export wrote, else that of the user."""
    exported = RoundTrip.of(raw)
    return exported.annotator if exported else pseudonyms.of(raw.get("completed_by"))


def text_of(task: Mapping[str, Any]) -> str | None:
    """Return the text that was labelled: `data.text`, or the only text with white space in a foreign task."""
    data = task["data"]
    if isinstance(data.get("text"), str):
        return str(data["text"])
    texts = [value for value in data.values() if isinstance(value, str) and " " in value.strip()]
    return texts[0] if len(texts) == 1 else None


def sentence_of(task: Mapping[str, Any], text: str) -> str:
    """Return the sentence's id: the one that was pushed, else the content id of the text."""
    given = task["data"].get("sentence_id")
    return given if isinstance(given, str) and given else content_id(text)


@lru_cache(maxsize=16)  # the two stamps of one answer are asked for several times
def utc(moment: str) -> str:
    """Return a time as ISO 8601 in UTC, with the microseconds that the server gives."""
    return datetime.fromisoformat(moment).astimezone(UTC).isoformat().replace("+00:00", "Z")


def origin(task: Mapping[str, Any], raw: Mapping[str, Any]) -> Origin:
    """Tell whether an answer is a person's own, a prediction accepted as it was, or a prediction that was changed."""
    items = [item for item in raw.get("result") or [] if item.get("type") != "relation"]
    parent = raw.get("parent_prediction")
    if parent is None and not any(item.get("origin") == "prediction" for item in items):
        return "manual"
    prediction = next((item for item in task.get("predictions") or [] if _number(item) == parent), None)
    if isinstance(prediction, Mapping):
        same = _meaning(prediction.get("result") or []) == _meaning(raw.get("result") or [])
    else:
        same = bool(items) and all(item.get("origin") == "prediction" for item in items)
    return "prediction" if same else "prediction-changed"


def _number(prediction: Any) -> Any:
    return prediction.get("id") if isinstance(prediction, Mapping) else prediction


def _meaning(result: list[Mapping[str, Any]]) -> list[str]:
    """Return the meaning of a result, without ids, scores and order."""
    return sorted(repr((item.get("type"), item.get("from_name"), _sorted(item.get("value")))) for item in result)


def _sorted(value: Any) -> Any:
    return sorted((key, _sorted(entry)) for key, entry in value.items()) if isinstance(value, Mapping) else value

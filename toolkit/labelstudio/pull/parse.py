"""One annotation of the server, as a record; and everything of it that can't be taken, as rejects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from toolkit.labelstudio.codec.decode import is_foreign, read_foreign, read_result, type_of
from toolkit.labelstudio.codec.round_trip import Origin, carried
from toolkit.labelstudio.pseudonyms import Pseudonyms
from toolkit.records import Annotation, Reject, content_id, digest
from toolkit.schema import Schema


@dataclass(frozen=True)
class Taken:
    """What became of one annotation.

    Attributes:
        annotation_id: Its id in our records, also where it was rejected.
        annotation: The record; None where the whole annotation can't be taken.
        rejects: Parts that can't be taken, or the whole.
        kinds: How many items of its result were of which kind; see `Reading.kinds`.
        slips: How many regions were mended, by what.
        fates: How many items of each of Label Studio's types were "taken" and how many "rejected".
    """

    annotation_id: str
    annotation: Annotation | None
    rejects: tuple[Reject, ...] = ()
    kinds: Counter[str] = field(default_factory=Counter)
    slips: Counter[str] = field(default_factory=Counter)
    fates: Counter[tuple[str, str]] = field(default_factory=Counter)


def take(
    task: Mapping[str, Any],
    raw: Mapping[str, Any],
    *,
    schema: Schema | None,
    people: Pseudonyms,
    source: Callable[[int], str],
) -> Taken:
    """Turn one annotation of a task into a record.

    Args:
        task: The task as the server gives it, with `data`.
        raw: The annotation.
        schema: What the page was made from; None for a foreign project.
        people: The pseudonyms.
        source: Task id → where a person finds it.
    """
    annotation_id = id_of(task, raw)
    result = raw.get("result") or []
    place = source(task["id"])

    def refuse(reason: str, detail: str) -> Taken:
        reject = Reject(stage="pull", reason=reason, source=place, text="", detail=detail)
        fates = Counter((type_of(item), "rejected") for item in result)
        return Taken(annotation_id, None, (reject,), Counter({"misfit": len(result)}), fates=fates)

    text = text_of(task)
    if text is None:
        return refuse("no-text", "the task's data has no text that could be told apart")
    known = task["data"].get("text_sha256")
    if known is not None and known != digest(text.encode()):
        return refuse("text-changed", f"annotation {raw['id']}: the text is not the one that was pushed")
    if schema is not None and known is None and is_foreign(result, schema):
        reading = read_foreign(result, text, schema)
    else:
        reading = read_result(result, text, schema)
    known_as = carried(raw)
    annotation = Annotation(
        annotation_id=annotation_id,
        sentence_id=sentence_of(task, text),
        annotator=pseudonym_of(raw, people),
        labels=reading.labels,
        spans=reading.spans,
        relations=reading.relations,
        schema=known_as.schema if known_as else schema.ref if schema else "foreign@0.0.0",
        created_at=utc(raw["created_at"]),
        updated_at=utc(raw["updated_at"]),
        lead_time=None if raw.get("lead_time") is None else float(raw["lead_time"]),
        skipped=bool(raw.get("was_cancelled")),
        ground_truth=bool(raw.get("ground_truth")),
        origin=known_as.origin if known_as else origin(task, raw),
        note=reading.note,
    )
    rejects = tuple(
        Reject(
            stage="pull",
            reason=misfit.reason,
            source=place,
            start=misfit.start,
            end=misfit.end,
            text=misfit.text,
            detail=f"annotation {raw['id']}: {misfit.detail}",
        )
        for misfit in reading.misfits
    )
    return Taken(annotation_id, annotation, rejects, reading.kinds, reading.slips, reading.fates)


def id_of(task: Mapping[str, Any], raw: Mapping[str, Any]) -> str:
    """Return the id of an annotation: the same from the API and from an export, and for each of its revisions.

    Its number alone would not do: numbers start at 1 on every server, and task numbers are used again after a
    deletion. The microsecond at which it was made tells those apart.
    """
    known_as = carried(raw)
    if known_as is not None:
        return known_as.annotation_id
    return content_id("label studio", task.get("project"), task["id"], raw["id"], utc(raw["created_at"]))


def pseudonym_of(raw: Mapping[str, Any], people: Pseudonyms) -> str:
    """Return the pseudonym of whom an annotation is from: the one that it carries, else that of the user."""
    known_as = carried(raw)
    return known_as.annotator if known_as else people.of(raw.get("completed_by"))


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


@lru_cache(maxsize=16)  # one answer's two stamps are asked for several times
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
    """Return what a result says, whatever its ids, scores and order."""
    return sorted(repr((item.get("type"), item.get("from_name"), _sorted(item.get("value")))) for item in result)


def _sorted(value: Any) -> Any:
    return sorted((key, _sorted(entry)) for key, entry in value.items()) if isinstance(value, Mapping) else value

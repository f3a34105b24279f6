"""One annotation of the server as a record; and everything of it that can't be taken, as rejects."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from toolkit.errors import InvalidInput, border
from toolkit.labelstudio.codec.decode import (
    EMPTY,
    MISFIT,
    DecodedResult,
    ItemFate,
    ValueFate,
    decode,
    type_of,
)
from toolkit.labelstudio.codec.foreign_page import values_of
from toolkit.labelstudio.codec.offsets import is_offset
from toolkit.labelstudio.codec.page_map import PageMap, own_page
from toolkit.labelstudio.codec.round_trip import Origin, RoundTrip
from toolkit.labelstudio.codec.visible_text import TaskText
from toolkit.labelstudio.pseudonyms import Pseudonyms
from toolkit.labelstudio.pull.project_survey import Survey, task_text
from toolkit.limits import check_items, check_work
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
        values: How many values of each control had which fate.
    """

    annotation_id: str
    annotation: Annotation | None
    rejects: tuple[Reject, ...] = ()
    tally: Counter[ItemFate] = field(default_factory=Counter)
    values: Counter[ValueFate] = field(default_factory=Counter)


def check_task(task: Mapping[str, Any], where: str) -> None:
    """Refuse a task that holds too much, or whose answers would take the time of thousands.

    Whether an answer is to the text that was pushed, and where its regions lie, is looked for in the whole text: that
    counts a microsecond for 1,000 characters, and each prediction that an answer may come from a tenth of one.

    Args:
        task: The task, as an export or the server gives it.
        where: Where a person finds it.

    Raises:
        InvalidInput: It is beyond a limit.
    """
    answers = _list(task.get("annotations", task.get("completions")))
    predictions = _list(task.get("predictions"))
    check_items(len(answers), "a task of {} annotations", where)
    check_items(len(predictions), "a task of {} predictions", where)
    check_items(len(_list(task.get("drafts"))), "a task of {} drafts", where)
    looks, marked = len(answers), 0
    for found in (*answers, *predictions):
        results = _list(found.get("result")) if isinstance(found, Mapping) else []
        check_items(len(results), "an annotation of {} results", where)
        looks += len(results)
        marked += sum(map(_marked, results))
    if looks <= _FEW:
        return
    characters = sum(len(value if isinstance(value, str) else str(value)) for value in task["data"].values())
    compared = len(answers) * len(predictions) // 10
    check_work(looks * characters // 1000 + compared, 0, where, of="task whose answers take the work")
    check_work(min(marked, looks * characters), 0, where, of="task with marks")


_FEW = 1000
"""Answers and marks that take no time on any text."""


def _marked(result: Any) -> int:
    """Return how many characters a region says that it marks."""
    value = result.get("value") if isinstance(result, Mapping) else None
    value = value.get("globalOffsets", value) if isinstance(value, Mapping) else None
    if not isinstance(value, Mapping) or not (is_offset(value.get("start")) and is_offset(value.get("end"))):
        return 0
    return max(0, int(value["end"]) - int(value["start"]))


def _list(said: Any) -> list[Any]:
    return said if isinstance(said, list) else []


def parse_annotation(
    task: Mapping[str, Any],
    raw: Mapping[str, Any],
    *,
    schema: Schema | None,
    pseudonyms: Pseudonyms,
    source: Callable[[int], str],
    page: PageMap | None = None,
) -> ParsedAnnotation:
    """Turn one annotation of a task into a record; whatever it holds, it stops no other.

    Args:
        task: The task as the server gives it, with `data`.
        raw: The annotation.
        schema: What the answer is read under; None for a foreign project.
        pseudonyms: Of the people on the server.
        source: Task id → where a person finds it.
        page: The meaning of the project's page; default: the schema's own, or what the task alone shows.
    """
    try:
        with border(f"annotation {raw.get('id')} can't be read"):
            return _parsed(task, raw, schema=schema, pseudonyms=pseudonyms, source=source, page=page)
    except InvalidInput as fault:
        return _refused(task, raw, source, "unreadable", fault.what)


def _parsed(
    task: Mapping[str, Any],
    raw: Mapping[str, Any],
    *,
    schema: Schema | None,
    pseudonyms: Pseudonyms,
    source: Callable[[int], str],
    page: PageMap | None,
) -> ParsedAnnotation:
    page = page or page_of_task(task, schema)
    text = text_on(task, page)
    if text is None:
        keys = ", ".join(repr(shown.key) for shown in page.texts)
        return _refused(task, raw, source, "no-text", f"the task's data has no text{' under ' * bool(keys)}{keys}")
    shown = digest(text.text.encode())  # which a text with halves of characters does not survive
    pushed = task["data"].get("text_sha256")
    if pushed is not None and pushed != shown:
        changed = f"annotation {raw['id']}: the text is not the one that was pushed"
        return _refused(task, raw, source, "text-changed", changed)
    decoded = decode(raw.get("result") or [], text, page)
    place = source(task["id"])
    rejects = (
        replace(reject, source=place, detail=f"annotation {raw['id']}: {reject.detail}") for reject in decoded.rejects
    )
    annotation = _record(task, raw, text.text, decoded, schema, pseudonyms)
    return ParsedAnnotation(annotation.annotation_id, annotation, tuple(rejects), decoded.tally, decoded.values)


def page_of_task(task: Mapping[str, Any], schema: Schema | None) -> PageMap:
    """Return the meaning of the page that one task is on, where nothing else of its project is known."""
    if schema is not None and ("text_sha256" in task["data"] or isinstance(task["data"].get("text"), str)):
        return own_page(schema)
    survey = Survey()
    survey.add(task)
    return survey.meaning(schema)


def _refused(
    task: Mapping[str, Any], raw: Mapping[str, Any], source: Callable[[int], str], reason: str, detail: str
) -> ParsedAnnotation:
    """Reject a whole annotation, with every item of its result."""
    reject = Reject(stage="pull", reason=reason, source=source(task["id"]), detail=detail)
    items = [item for item in raw.get("result") or [] if isinstance(item, Mapping)]
    tally = Counter(ItemFate(type_of(item), MISFIT) for item in items)
    values = Counter(
        ValueFate(str(item.get("from_name")), value, reason) for item in items for value in values_of(item) or [""]
    )
    return ParsedAnnotation(id_of(task, raw), None, (reject,), tally, values)


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
        annotator=pseudonym_of(task, raw, pseudonyms),
        labels=decoded.labels,
        spans=decoded.spans,
        relations=decoded.relations,
        fields=decoded.fields,
        schema=exported.schema if exported else schema.ref if schema else "foreign@0.0.0",
        created_at=utc(raw["created_at"]),
        updated_at=utc(raw["updated_at"]),
        lead_time=_seconds(raw.get("lead_time")),
        skipped=bool(raw.get("was_cancelled")),
        ground_truth=bool(raw.get("ground_truth")),
        origin=exported.origin if exported else origin(task, raw),
        note=decoded.note,
        rejected=sum(reject.reason not in EMPTY for reject in decoded.rejects),
    )


def _seconds(said: Any) -> float | None:
    """Return a time taken; None where the server, or who wrote the file, says none."""
    return float(said) if isinstance(said, int | float) and math.isfinite(said) else None


def id_of(task: Mapping[str, Any], raw: Mapping[str, Any]) -> str:
    """Return the id of an annotation: the same from the API and from an export, and for each of its revisions.

    Its number alone would not do: numbers start at 1 on every server, and task numbers are used again after a
    deletion. The microsecond at which it was made tells those apart.
    """
    exported = RoundTrip.of(raw)
    if exported is not None:
        return exported.annotation_id
    return content_id("label studio", task.get("project"), task["id"], raw["id"], _made_at(raw["created_at"]))


def _made_at(said: Any) -> str:
    """Return a time in UTC; one that can't be read as it is, so that its answer can be rejected by its id."""
    try:
        with border("not a time"):
            return utc(said)
    except InvalidInput:
        return str(said)


def pseudonym_of(task: Mapping[str, Any], raw: Mapping[str, Any], pseudonyms: Pseudonyms) -> str:
    """Return the pseudonym of whom an annotation is from: the one that an export wrote, else that of the user.

    An answer of nobody known is an answer of somebody else each time.
    """
    exported = RoundTrip.of(raw)
    if exported:
        return exported.annotator
    return pseudonyms.of(raw.get("completed_by"), alone=id_of(task, raw))


def text_of(task: Mapping[str, Any], page: PageMap | None = None) -> str | None:
    """Return the text that was labelled; None where the task has none, or several that nothing tells apart."""
    found = text_on(task, page or page_of_task(task, None))
    return None if found is None else found.text


def text_on(task: Mapping[str, Any], page: PageMap) -> TaskText | None:
    """Return the text that a task shows on a page."""
    return task_text(task["data"], page.texts, page.others)


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

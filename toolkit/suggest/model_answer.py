"""A language model's answer, read into a suggestion: its form, its quotes and the rules of the schema are checked.

Nothing is mended: a label that does not exist, a quote that does not stand in the sentence or a broken rule is a fault,
and an answer with a fault is none. What a model may write around its JSON (a fence, its thoughts) is passed over.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from toolkit.errors import InvalidInput, border
from toolkit.records import AttributeValue, Relation, Span, Suggestion, content_id
from toolkit.records.base import record
from toolkit.schema import Schema, validate
from toolkit.suggest.quote_location import locate

_THOUGHTS = re.compile(r"\A.*</(think|thinking|reasoning)>", re.DOTALL | re.IGNORECASE)  # some begin without a mark
_BRACES = 200  # so many are tried as the beginning of an answer
_SHOWN = 80  # characters of what a model wrote that a fault shows


@record
class Fault:
    """What is wrong with an answer.

    Attributes:
        reason: Id of the rule: one of `toolkit.schema.Breach`, or "not-json", "wrong-form", "quote-not-found".
        detail: The fault in words, as the model is told it.
    """

    reason: str
    detail: str


EMPTY: Final = Suggestion(sentence_id="", shown=None, model="")


def read_answer(content: str, schema: Schema, text: str) -> Suggestion | list[Fault]:
    """Read an answer to a sentence.

    Args:
        content: What the model wrote.
        schema: The label schema.
        text: The sentence.

    Returns:
        A suggestion without sentence_id and model, or every fault.

    Examples:
        >>> from toolkit.schema import load
        >>> schema = load("claims@1.0.1")
        >>> read_answer('{"labels": ["claim"]}', schema, "The mayor said it rained.").labels
        ('claim',)
        >>> [fault.reason for fault in read_answer('{"labels": ["claim", "none"]}', schema, "It rained.")]
        ['exclusive']
        >>> [fault.reason for fault in read_answer("It is a claim.", schema, "It rained.")]
        ['not-json']
    """
    found = _json_object(content)
    if found is None:
        return [Fault(reason="not-json", detail="the answer is not one JSON object")]
    return read_object(found, schema, text)


def read_object(
    found: Mapping[str, Any], schema: Schema, text: str, *, labels_only: bool = False
) -> Suggestion | list[Fault]:
    """Read an answer that is JSON already: "labels", "spans" with quotes or offsets, "relations", "fields".

    Args:
        found: The answer.
        schema: The label schema.
        text: The sentence.
        labels_only: Whoever answers was not asked for spans, so that none is missing.
    """
    try:
        with border("the answer can't be read"):
            return _read(found, schema, text, labels_only=labels_only)
    except InvalidInput as fault:
        return [_form(fault.what)]


def _read(found: Mapping[str, Any], schema: Schema, text: str, *, labels_only: bool) -> Suggestion | list[Fault]:
    faults: list[Fault] = []
    labels = _labels(found, faults)
    spans = _spans(_objects(found, "spans", faults), text, faults)
    names = {each.get("span_id"): number for number, each in enumerate(_objects(found, "spans", []))}
    relations = _relations(_objects(found, "relations", faults), spans, names, faults)
    fields = _filled(found.get("fields"), "fields", faults)
    unknown = sorted(found.keys() - {"labels", "spans", "relations", "fields"})
    faults += [_form(f"there is no key {name[:_SHOWN]!r} in an answer") for name in unknown]
    if faults:
        return faults
    about_spans = {rule.id for rule in schema.constraints if rule.type == "requires_span"} if labels_only else set()
    breaches = [each for each in validate(schema, labels, spans, relations, fields) if each.rule not in about_spans]
    if breaches:
        return [Fault(reason=breach.rule, detail=breach.message) for breach in breaches]
    return replace(
        EMPTY,
        labels=labels,
        spans=tuple(sorted(spans, key=lambda span: (span.start, span.end, span.label, span.span_id))),
        relations=tuple(sorted(set(relations), key=lambda link: (link.label, link.head, link.tail))),
        schema=schema.ref,
        fields=fields,
    )


def _json_object(content: str) -> dict[str, Any] | None:
    """Return the only JSON object that a text holds after its thoughts; of several nobody knows which one is meant."""
    words, at, decoder = _THOUGHTS.sub("", content), 0, json.JSONDecoder(strict=False)  # line breaks within quotes
    found: list[dict[str, Any]] = []
    for _ in range(_BRACES):
        if (at := words.find("{", at)) < 0:
            break
        try:
            with border("not JSON"):
                each, at = decoder.raw_decode(words, at)
        except InvalidInput:
            at += 1
        else:
            found.append(each)
    return found[0] if found and all(each == found[0] for each in found) else None


def _labels(found: Mapping[str, Any], faults: list[Fault]) -> tuple[str, ...]:
    said = found.get("labels")
    if not isinstance(said, list) or not all(isinstance(label, str) for label in said):
        faults.append(_form('"labels" is not a list of labels'))
        return ()
    return tuple(sorted(set(said)))


def _objects(found: Mapping[str, Any], key: str, faults: list[Fault]) -> Sequence[Mapping[str, Any]]:
    said = found.get(key) or []
    if not isinstance(said, list) or not all(isinstance(each, dict) for each in said):
        faults.append(_form(f'"{key}" is not a list of objects'))
        return []
    return said


def _spans(said: Sequence[Mapping[str, Any]], text: str, faults: list[Fault]) -> list[Span]:
    spans: list[Span] = []
    times: Counter[tuple[str, str]] = Counter()
    for number, each in enumerate(said):
        label, quote = each.get("label"), each.get("quote", each.get("text"))
        if not isinstance(label, str) or not isinstance(quote, str):
            faults.append(_form(f'span {number} has no "label" or no "quote"'))
            continue
        place = _offsets(each, quote, text) if "start" in each else locate(quote, text, times[label, quote])
        times[label, quote] += 1
        if place is None:
            often = " a second time" if times[label, quote] > 1 else ""
            what = f"the quote {quote[:_SHOWN]!r} does not stand in the sentence{often}"
            faults.append(Fault(reason="quote-not-found", detail=what))
            continue
        fields = _filled(each.get("fields", each.get("attributes")), f"the fields of span {number}", faults)
        start, end = place
        name = content_id("suggestion", text, label, start, end, number)
        spans.append(Span(span_id=name, label=label, start=start, end=end, text=text[start:end], attributes=fields))
    return spans


def _offsets(said: Mapping[str, Any], quote: str, text: str) -> tuple[int, int] | None:
    start = said["start"]
    if not isinstance(start, int) or start < 0 or not quote or text[start : start + len(quote)] != quote:
        return None
    return start, start + len(quote)


def _relations(
    said: Sequence[Mapping[str, Any]], spans: Sequence[Span], names: Mapping[Any, int], faults: list[Fault]
) -> list[Relation]:
    """Return the relations; their ends are numbers of spans, or in rows of a log the ids that these have there."""
    relations = []
    for each in said:
        ends = [each.get(end, names.get(str(each.get(name)))) for end, name in (("from", "head"), ("to", "tail"))]
        known = [isinstance(end, int) and 0 <= end < len(spans) for end in ends]
        if not isinstance(each.get("label"), str) or not all(known):
            faults.append(_form('a relation needs a "label", and "from" and "to": numbers of spans, from 0'))
            continue
        head, tail = (spans[end].span_id for end in ends if isinstance(end, int))
        relations.append(Relation(label=each["label"], head=head, tail=tail))
    return relations


def _filled(said: Any, what: str, faults: list[Fault]) -> dict[str, AttributeValue]:
    """Return the fields that are filled; whole numbers as such."""
    if said is None:
        return {}
    if not isinstance(said, dict) or not all(map(_is_plain, said.values())):
        faults.append(_form(f"{what}: not an object of plain values"))
        return {}
    whole = {key: _whole(value) for key, value in said.items()}
    return {key: value for key, value in whole.items() if value is not None}


def _is_plain(value: Any) -> bool:
    words = isinstance(value, list) and bool(value) and all(isinstance(item, str) for item in value)
    return words or isinstance(value, str | int | float | None)


def _whole(value: Any) -> AttributeValue:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    plain: AttributeValue = tuple(value) if isinstance(value, list) else value
    return plain


def _form(detail: str) -> Fault:
    return Fault(reason="wrong-form", detail=detail)

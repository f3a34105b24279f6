"""Decided spans that look wrong, missing or cut off in the wrong place, by what taggers say that have not seen them.

Confident learning (see `label_errors`), carried over to spans: a model is believed where it is surer of the contrary
than it usually is where decisions say the contrary. Reimplemented from that idea.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import fmean
from typing import Literal, NamedTuple, TypeAlias

from toolkit.records import Decision, Span
from toolkit.records.base import record

Candidates: TypeAlias = Sequence[tuple[Span, float]]
"""Spans that a sentence may hold, each with the probability that it is one with these very ends."""


@record
class SpanDoubt:
    """A doubt about one span of a sentence.

    Attributes:
        kind: "wrong": nothing of the label is there. "missing": something is there and was not marked. "bounds": it
            begins or ends elsewhere.
        label: The span label.
        text: The decided span; of a missing one, what should be marked.
        start: Where it starts in the sentence.
        end: One past its last character.
        likely: What is likely in its place, where the ends are doubted; else "".
        probability: That the model, which has not seen the sentence, is right.
        quality: How far it supports what was decided, 0 to 1.
    """

    kind: Literal["wrong", "missing", "bounds"]
    label: str
    text: str
    start: int
    end: int
    likely: str = ""
    probability: float
    quality: float


class _Usual(NamedTuple):
    """How sure a model usually is of a label where it is right: that a span is there, where it ends, that none is."""

    there: float
    ends: float
    none: float


def span_errors(
    decisions: Iterable[Decision], candidates: Mapping[str, Candidates], labels: Sequence[str]
) -> dict[str, tuple[SpanDoubt, ...]]:
    """Return the doubts about decided spans, by sentence_id; the worst of a sentence first.

    Args:
        decisions: The gold; sentences that are not among the candidates are left out, as are experts' decisions.
        candidates: sentence_id → what may be a span, from taggers that were not trained on the sentence.
        labels: Labels to look at.

    Examples:
        A tagger that finds a source in four sentences, in one of which nobody marked it.

        >>> def span(words: str) -> Span:
        ...     return Span(span_id=words, label="SOURCE", start=0, end=len(words), text=words)
        >>> gold = [
        ...     Decision(sentence_id=name, labels=(), spans=spans, schema="s@1.0.0", method="single")
        ...     for name, spans in (("a", (span("police"),)), ("b", (span("the mayor"),)), ("c", ()), ("d", ()))
        ... ]
        >>> sure = {"a": "police", "b": "the mayor", "c": "officials"}
        >>> found = {name: [(span(sure[name]), 0.9)] if name in sure else [] for name in "abcd"}
        >>> doubts = span_errors(gold, found, ["SOURCE"])
        >>> [(name, doubt.kind, doubt.text) for name, each in doubts.items() for doubt in each]
        [('c', 'missing', 'officials')]
    """
    gold = sorted(
        (each for each in decisions if each.sentence_id in candidates and each.method != "expert"),
        key=lambda decision: decision.sentence_id,
    )
    found: dict[str, list[SpanDoubt]] = {}
    for label in labels:
        pairs = [
            (
                each.sentence_id,
                [span for span in each.spans if span.label == label],
                [pair for pair in candidates[each.sentence_id] if pair[0].label == label],
            )
            for each in gold
        ]
        usual = _usual([(spans, likely) for _, spans, likely in pairs])
        for sentence_id, spans, likely in pairs:
            if doubts := [*_of_decided(spans, likely, usual), *_missing(spans, likely, usual)]:
                found.setdefault(sentence_id, []).extend(doubts)
    return {
        name: tuple(sorted(doubts, key=lambda doubt: (doubt.quality, doubt.start, doubt.end, doubt.label)))
        for name, doubts in sorted(found.items())
    }


def _usual(sentences: Sequence[tuple[Sequence[Span], Candidates]]) -> _Usual:
    there = [_support(span, likely) for spans, likely in sentences for span in spans]
    ends = [_exact(span, likely) for spans, likely in sentences for span in spans]
    none = [
        1 - max((_support(span, likely) for span, _ in likely), default=0.0) for spans, likely in sentences if not spans
    ]
    return _Usual(*(fmean(each) if each else 1.0 for each in (there, ends, none)))


def _of_decided(spans: Sequence[Span], likely: Candidates, usual: _Usual) -> Iterator[SpanDoubt]:
    for span in spans:
        support, exact = _support(span, likely), _exact(span, likely)
        if support < 0.5 and 1 - support >= usual.none:
            yield _doubt("wrong", span, probability=1 - support, quality=support)
            continue
        around = [(chance, other) for other, chance in likely if _meet(other, span) and not _same(other, span)]
        chance, other = max(around, key=lambda pair: (pair[0], -pair[1].start, -pair[1].end), default=(0.0, span))
        if chance > exact and chance >= usual.ends:
            yield _doubt("bounds", span, probability=chance, quality=exact / (exact + chance), likely=other.text)


def _missing(spans: Sequence[Span], likely: Candidates, usual: _Usual) -> Iterator[SpanDoubt]:
    """Yield the most probable of those spans that exclude each other, where nothing of the label is marked."""
    free = [(span, chance) for span, chance in likely if not any(_meet(span, each) for each in spans)]
    taken: list[Span] = []
    for span, _ in sorted(free, key=lambda pair: (-pair[1], pair[0].start, pair[0].end)):
        support = _support(span, free)
        if support > 0.5 and support >= usual.there and not any(_meet(span, each) for each in taken):
            taken.append(span)
            yield _doubt("missing", span, probability=support, quality=1 - support)


def _doubt(
    kind: Literal["wrong", "missing", "bounds"], span: Span, *, probability: float, quality: float, likely: str = ""
) -> SpanDoubt:
    return SpanDoubt(
        kind=kind,
        label=span.label,
        text=span.text,
        start=span.start,
        end=span.end,
        likely=likely,
        probability=probability,
        quality=quality,
    )


def _support(span: Span, likely: Candidates) -> float:
    """Return the probability that something of the label shares a character with a span: at most the sum of all."""
    return min(1.0, sum(chance for other, chance in likely if _meet(other, span)))


def _exact(span: Span, likely: Candidates) -> float:
    return sum(chance for other, chance in likely if _same(other, span))


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _same(one: Span, other: Span) -> bool:
    return (one.start, one.end) == (other.start, other.end)

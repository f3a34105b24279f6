"""A figure of people harmed where a source gives it, and whether a later figure of that source stands in its place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from toolkit.figures import Figure, figure_of
from toolkit.ledger.statement import SOURCE, Statement, Told
from toolkit.records import Span

KINDS = ("harm", "status", "scope", "affected_party")
"""Fields of a figure that say what it counts; figures that differ in one of them are never merged."""

_BOUNDS = {"low", "high"}
_UNSAID = {"", "unknown"}
_DOUBTED = {"denied", "disputed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One figure in one statement.

    Attributes:
        told: The statement, with its copies.
        span: The figure as it was marked.
        figure: Its numbers; None where neither fields nor words state any, or the bounds are in the wrong order.
        source: Who gives it, by the words of the SOURCE spans, folded; the publisher for a figure of the narrator.
        disinterested: The source has no stake: a third party, or a side that concedes it.
        vouched: The source neither doubts nor denies it; only such figures are merged.
    """

    told: Told
    span: Span
    figure: Figure | None
    source: str
    disinterested: bool
    vouched: bool

    @property
    def sentence_id(self) -> str:
        """The sentence."""
        return self.told.first.sentence_id

    @property
    def counts(self) -> bool:
        """It has numbers, and its source stands to it."""
        return self.vouched and self.figure is not None

    def kind(self, fields: Sequence[str]) -> tuple[str, ...]:
        """Return what it counts: the values of some fields, folded, "" where one is not said."""
        values = (_folded(str(self.span.attributes.get(field) or "")) for field in fields)
        return tuple("" if value in _UNSAID else value for value in values)


def mentions(told: Told) -> Iterator[Mention]:
    """Yield the figures of a statement in the order of its words."""
    first = told.first
    for span in first.spans:
        if not _BOUNDS & set(span.attributes) and "qualifier" not in span.attributes:
            continue
        sources = _sources(first, span)
        yield Mention(
            told=told,
            span=span,
            figure=figure_of(span.attributes, span.text, first.language),
            source=" + ".join(sorted({_folded(source.text) for source in sources})) or _narrator(first),
            disinterested=span.attributes.get("stance") == "conceded"
            or any(source.attributes.get("party_role") == "third" for source in sources),
            vouched=span.attributes.get("stance") not in _DOUBTED,
        )


def _sources(statement: Statement, figure: Span) -> list[Span]:
    """Return who gives a figure: whoever a relation leads to, and for a model, which draws none, the only source."""
    tails = {relation.tail for relation in statement.relations if relation.head == figure.span_id}
    linked = [span for span in statement.spans if span.label == SOURCE and span.span_id in tails]
    if not linked and statement.probability is not None and len(statement.sources) == 1:
        return list(statement.sources)
    return linked


def _narrator(statement: Statement) -> str:
    return _folded(statement.publisher) if statement.publisher else statement.article_id


def _folded(words: str) -> str:
    return " ".join(words.casefold().split())


@dataclass(frozen=True, slots=True)
class Correction:
    """A figure that its source replaced by another one.

    Attributes:
        before: The earlier figure.
        after: The next one of the same source that was certainly published later.
    """

    before: Mention
    after: Mention


def standing(
    found: Iterable[Mention], updates: Collection[tuple[str, str]] = ()
) -> tuple[list[Mention], list[Correction]]:
    """Return the figures that no later one of the same source replaces, and the corrections among them.

    Args:
        found: Figures of one kind that count, in any order.
        updates: (later sentence, earlier sentence) of figures that people linked as one replacing the other, whenever
            and by whomever they were published.

    Returns:
        Both in the order of time. A figure that is repeated unchanged is replaced without a correction.
    """
    by_source: dict[str, list[Mention]] = {}
    for mention in sorted(found, key=_order):
        by_source.setdefault(mention.source, []).append(mention)
    linked = _without_circles({earlier: later for later, earlier in sorted(updates)})
    in_sentence = {mention.sentence_id: mention for group in by_source.values() for mention in group}
    kept: list[Mention] = []
    corrections: list[Correction] = []
    for group in by_source.values():
        for place, mention in enumerate(group):
            later = in_sentence.get(linked.get(mention.sentence_id, ""))
            later = later or next((other for other in group[place + 1 :] if mention.told.before(other.told)), None)
            if later is None:
                kept.append(mention)
            elif _bounds(mention) != _bounds(later):
                corrections.append(Correction(mention, later))
    return sorted(kept, key=_order), sorted(corrections, key=lambda item: _order(item.before))


def _without_circles(later: dict[str, str]) -> dict[str, str]:
    """Return earlier → later sentence without those that lead back to themselves: they replace nothing."""

    def leads_back(start: str) -> bool:
        at, steps = later[start], 0
        while at != start and at in later and steps < len(later):
            at, steps = later[at], steps + 1
        return at == start

    return {earlier: each for earlier, each in later.items() if not leads_back(earlier)}


def _order(mention: Mention) -> tuple[object, ...]:
    return (*mention.told.order, mention.span.start, mention.span.end, mention.span.span_id)


def _bounds(mention: Mention) -> tuple[int | None, int | None, int | None]:
    figure = mention.figure
    return (None, None, None) if figure is None else (figure.least, figure.most, figure.magnitude)

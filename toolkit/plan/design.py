"""What a design of labelling would cost and show, simulated from the answers of a pilot.

A design says which share of the articles several people answer; one person answers the rest. Agreement is measured on
that share alone. So the pilot's articles are drawn again, with replacement, as many as the share would hold, and the
interval of α is made of each draw as `agreement` makes it. The pilot's articles must be a fair sample of the rest.
Further people, who are asked only where those before differ (`adaptive`), cost answers and leave agreement as it is: it
is measured without them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from statistics import fmean, median

import numpy as np

from toolkit.agreement.answer_table import AnswerTable, label_set
from toolkit.agreement.coefficients import statistic
from toolkit.agreement.intervals import over_stories
from toolkit.agreement.ratings import IntArray, Level, Ratings
from toolkit.agreement.statistic import Statistic
from toolkit.records import Annotation, Estimate, content_id
from toolkit.records.base import record

_DRAWS = 40
_AHEAD = 2  # answers by which the commonest one leads when a sentence is settled
_IDLE = 10  # times the median: who takes longer for a sentence was not at work on it


@record
class Design:
    """A plan of who answers what.

    Attributes:
        share: Of the articles that several people answer, above 0 and at most 1.
        annotators: How many people answer each of those; one answers every other article.
        adaptive: People that a sentence of the share is asked of at most, one after the other while they differ; None:
            no further ones.
    """

    share: float
    annotators: int
    adaptive: int | None = None


@record
class PlanRow:
    """What a design would cost and show.

    Attributes:
        design: The design.
        articles: How many articles several people would answer.
        answers: All answers, those of further people among them.
        hours: Time of all answers at the pilot's pace; None where the server did not say how long they took.
        alpha: Krippendorff's α of the label sets in the pilot, with the interval that is expected of the design.
        widest: The label whose expected interval is the widest, of those that the pilot has.
        of_widest: α of that label, in the same way.
    """

    design: Design
    articles: int
    answers: int
    hours: float | None
    alpha: Estimate
    widest: str | None = None
    of_widest: Estimate | None = None


def expected(
    pilot: AnswerTable,
    labels: Sequence[str],
    designs: Iterable[Design],
    *,
    articles: int,
    sentences: int,
    seed: int = 0,
) -> list[PlanRow]:
    """Return what each design would cost and show.

    Args:
        pilot: Answers of at least two people to the same sentences.
        labels: Labels whose agreement matters.
        designs: What to compare. Of a sentence with more answers than a design asks for, as many are taken as it asks
            for, drawn by a hash; with fewer, those that there are, and then the interval is wider than it would be. The
            same holds for further people: who is not in the pilot is taken to settle nothing, so that the answers of an
            adaptive design are at most as many as said.
        articles: Articles in the whole corpus.
        sentences: Sentences in it.
        seed: Of the draws.

    Returns:
        One row per design, in their order.
    """
    pace = seconds_per_answer(answer for people in pilot.by_sentence.values() for answer in people)
    rows = []
    for design in designs:
        several = min(articles, max(1, round(design.share * articles)))
        beside = design.annotators - 1 + _further(pilot, design)
        answers = round(sentences * (1 + beside * several / articles)) if articles else 0
        thinned = _thinned(pilot, design.annotators)
        drawn = _drawn(thinned.groups, several, seed)
        whole = _interval(_alpha(thinned.rate(label_set, "masi"), "masi"), drawn)
        found = {label: _interval(_alpha(thinned.rate(_gives(label))), drawn) for label in labels}
        known = {label: each for label, each in found.items() if each.low is not None}
        widest = max(sorted(known), key=lambda label: _width(known[label]), default=None)
        rows.append(
            PlanRow(
                design=design,
                articles=several,
                answers=answers,
                hours=None if pace is None else round(answers * pace / 3600, 2),
                alpha=whole,
                widest=widest,
                of_widest=None if widest is None else known[widest],
            )
        )
    return rows


def is_settled(answers: Sequence[Hashable], *, unsure: bool = False) -> bool:
    """Tell whether the answers to a sentence need no further person: one answer is two ahead of every other.

    A single answer is enough unless a model is unsure of the sentence.

    Examples:
        >>> is_settled(["claim", "claim"]), is_settled(["claim", "denial"]), is_settled(["claim"], unsure=True)
        (True, False, False)
        >>> is_settled(["claim", "denial", "claim"]), is_settled(["claim", "denial", "claim", "claim"])
        (False, True)
    """
    if len(answers) == 1:
        return not unsure
    ranked = [number for _, number in Counter(answers).most_common(2)]
    return not ranked or ranked[0] - sum(ranked[1:]) >= _AHEAD


def seconds_per_answer(answers: Iterable[Annotation]) -> float | None:
    """Return the mean time of an answer in seconds; times of more than ten times the median are cut to that.

    None if the server did not say how long any of them took.
    """
    times = [answer.lead_time for answer in answers if answer.lead_time]
    if not times:
        return None
    longest = _IDLE * median(times)
    return fmean(min(time, longest) for time in times)


def _further(pilot: AnswerTable, design: Design) -> float:
    """Return how many further people a sentence is asked of on average."""
    if design.adaptive is None:
        return 0.0
    further = []
    for answers in _in_order_of_asking(pilot).values():
        if len(answers) >= (asked := design.annotators):
            given = [answer.labels for answer in answers]
            while asked < design.adaptive and not is_settled(given[:asked]):
                asked += 1
            further.append(asked - design.annotators)
    return fmean(further) if further else 0.0


def _gives(label: str) -> Callable[[Annotation], bool]:
    return lambda answer: label in answer.labels


def _width(estimate: Estimate) -> float:
    return (estimate.high or 0.0) - (estimate.low or 0.0)


def _thinned(pilot: AnswerTable, people: int) -> AnswerTable:
    """Return a pilot with at most so many answers per sentence, drawn by a hash of sentence and person."""
    kept = {sentence: answers[:people] for sentence, answers in _in_order_of_asking(pilot).items()}
    return replace(pilot, by_sentence=kept)


def _in_order_of_asking(pilot: AnswerTable) -> dict[str, tuple[Annotation, ...]]:
    """Return sentence_id → its answers, people in an order that a hash of sentence and person draws."""
    return {
        sentence: tuple(sorted(answers, key=lambda one: content_id(one.sentence_id, one.annotator)))
        for sentence, answers in pilot.by_sentence.items()
    }


def _alpha(ratings: Ratings, level: Level = "nominal") -> Statistic:
    return statistic(ratings, np.arange(ratings.n_units), "alpha", level=level)


def _drawn(groups: IntArray, articles: int, seed: int) -> list[tuple[IntArray, IntArray]]:
    """Return draws of the pilot's articles: the units of each draw, and the article that each stands for in it."""
    there = np.unique(groups)
    units = {int(article): np.flatnonzero(groups == article) for article in there}
    random = np.random.default_rng(seed)
    draws = []
    for _ in range(_DRAWS if len(there) else 0):
        chosen = [units[int(article)] for article in random.choice(there, size=articles)]
        stands_for = np.repeat(np.arange(articles), [len(each) for each in chosen])
        draws.append((np.concatenate(chosen), stands_for))
    return draws


def _interval(measure: Statistic, draws: Sequence[tuple[IntArray, IntArray]]) -> Estimate:
    """Return the value in the pilot, with the mean bounds of the draws; none where most draws have none."""
    value = float(measure.values(measure.terms.sum(axis=0, keepdims=True))[0]) if len(measure.terms) else float("nan")
    if np.isnan(value):
        return Estimate(value=None, reason="it is undefined in the pilot")
    found = [over_stories(replace(measure, terms=measure.terms[units]), articles) for units, articles in draws]
    bounds = [(each.low, each.high) for each in found if each.low is not None and each.high is not None]
    if 2 * len(bounds) <= len(found):
        return Estimate(value=round(value, 6), reason="too few articles for an interval")
    low, high = (fmean(ends) for ends in zip(*bounds, strict=True))
    low, high = min(low, value), max(high, value)
    return Estimate(value=round(value, 6), low=round(low, 6), high=round(high, 6), method="simulated")

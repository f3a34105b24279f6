"""Agreement on links between sentences, over the pairs that people could have linked."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence

from toolkit.agreement.intervals import estimate, interval, proportion, too_few
from toolkit.agreement.ratings import Ratings
from toolkit.records import Estimate, LinkAnswer
from toolkit.records.base import record
from toolkit.schema import LinkLabel, Schema

LEAST = 8
"""Pairs that somebody linked which an interval rests on, at least: fewer hold the truth too seldom."""


def enough_links(found: Estimate, drawn: int, stories: int) -> Estimate:
    """Return an estimate without its interval where too few pairs were linked.

    Args:
        found: The estimate.
        drawn: Pairs that somebody linked.
        stories: Stories that they are of.

    Examples:
        >>> enough_links(Estimate(value=0.8, low=0.6, high=0.9, method="wilson"), 5, 4).reason
        'too few linked pairs (5, at least 8 are needed) for an interval'
    """
    if found.low is None or drawn >= LEAST:
        return found
    reason = too_few(drawn, stories, LEAST, what="linked pair")
    return Estimate(value=found.value, n=found.n, reason=reason)


@record
class LinkAgreement:
    """Agreement on one link of the schema.

    Attributes:
        link: Its id.
        pairs: Pairs of sentences that two people or more could have linked by it.
        drawn: Pairs among them that somebody linked.
        disputed: Pairs that just half of those who could have linked them did.
        alpha: Krippendorff's α over the pairs, with its interval over stories.
        f1: The chance that a second person draws a link that a first one drew, which is F1 between people.
        recall: Person → the share of the links that others drew which this person drew too, each other counted.
    """

    link: str
    pairs: int
    drawn: int
    disputed: int
    alpha: Estimate
    f1: Estimate
    recall: dict[str, Estimate]


def link_agreement(
    answers: Iterable[LinkAnswer],
    schema: Schema,
    ends: Mapping[str, Collection[str]],
    stories: Mapping[str, str],
) -> tuple[LinkAgreement, ...]:
    """Measure how well people agree on links.

    A pair is a candidate for a link if the labels of its sentences fit the link, and if a window showed both. Most
    candidates are rightly left alone by everybody: α corrects for that, and F1 looks at the links alone.

    Args:
        answers: As they stand; a skip, and an answer with a part that could not be taken, has no vote.
        schema: Its links.
        ends: sentence_id → the labels of the sentence and of its spans.
        stories: sentence_id → story.

    Returns:
        One per link of the schema that has a candidate.
    """
    votes = [answer for answer in answers if answer.votes]
    people = sorted({answer.annotator for answer in votes})
    found = []
    for link in schema.links:
        said = _ratings(votes, link, ends, stories)
        both = {pair: given for pair, given in said.items() if len(given) > 1}
        if both:
            found.append(_measured(link, both, people, stories))
    return tuple(found)


_Pair = tuple[str, str]


def _ratings(
    votes: Iterable[LinkAnswer],
    link: LinkLabel,
    ends: Mapping[str, Collection[str]],
    stories: Mapping[str, str],
) -> dict[_Pair, dict[str, bool]]:
    """Return pair → person → whether they linked it, in any of the windows that showed them both."""
    said: dict[_Pair, dict[str, bool]] = {}
    for answer in votes:
        drawn = {(each.head.sentence_id, each.tail.sentence_id) for each in answer.links if each.label == link.id}
        there = [sentence_id for sentence_id in answer.offered if sentence_id in stories]
        heads = [each for each in there if not set(link.head).isdisjoint(ends.get(each, ()))]
        tails = [each for each in there if not set(link.tail).isdisjoint(ends.get(each, ()))]
        for pair in ((head, tail) for head in heads for tail in tails if head != tail):
            given = said.setdefault(pair, {})
            given[answer.annotator] = given.get(answer.annotator, False) or pair in drawn
    return said


def _measured(
    link: LinkLabel, said: Mapping[_Pair, Mapping[str, bool]], people: list[str], stories: Mapping[str, str]
) -> LinkAgreement:
    pairs = sorted(said)
    number = {person: at for at, person in enumerate(people)}
    cells = ((number[person], unit, given) for unit, pair in enumerate(pairs) for person, given in said[pair].items())
    ratings = Ratings.of_cells(cells, n_annotators=len(people), n_units=len(pairs), categories=(False, True))
    clusters = [stories[head] for head, _ in pairs]
    counted = [(sum(said[pair].values()), len(said[pair])) for pair in pairs]
    linked = sum(drew > 0 for drew, _ in counted)
    return LinkAgreement(
        link=link.id,
        pairs=len(pairs),
        drawn=linked,
        disputed=sum(2 * drew == of for drew, of in counted),
        alpha=enough_links(interval(ratings, clusters, "alpha"), linked, len(set(clusters))),
        f1=enough_links(interval(ratings, clusters, "positive", positive=True), linked, len(set(clusters))),
        recall={person: _recall(person, said, stories) for person in people},
    )


def _recall(person: str, said: Mapping[_Pair, Mapping[str, bool]], stories: Mapping[str, str]) -> Estimate:
    counted: dict[str, list[int]] = {}
    for (head, _), given in said.items():
        if person in given and (others := sum(drew for other, drew in given.items() if other != person)):
            hits_and_trials = counted.setdefault(stories[head], [0, 0])
            hits_and_trials[0] += others * given[person]
            hits_and_trials[1] += others
    return _share(counted, of="story")


@record
class LinkUptake:
    """The shares of suggested links that people drew.

    Where people see a suggestion they may take it because it is there. In the hold-out they drew it by themselves.

    Attributes:
        shown: Share of the suggested links that people drew in windows that showed them.
        held_out: The same in windows that did not.
    """

    shown: Estimate
    held_out: Estimate


def uptake(
    answers: Iterable[LinkAnswer], suggested: Mapping[str, Collection[tuple[str, str, str]]], shown: Collection[str]
) -> LinkUptake:
    """Measure what suggested links do to answers, with intervals over windows.

    Args:
        answers: As they stand; skips count for nothing.
        suggested: window_id → the links that were suggested, or would have been.
        shown: The windows that showed them.

    Examples:
        >>> uptake([], {}, ()).shown.reason
        'it is undefined on these rows'
    """
    taken: dict[bool, dict[str, list[int]]] = {True: {}, False: {}}
    for answer in answers:
        if not answer.skipped and answer.window_id in suggested:
            drawn = {link.ends for link in answer.links}
            counted = taken[answer.window_id in shown].setdefault(answer.window_id, [0, 0])
            counted[0] += sum(ends in drawn for ends in suggested[answer.window_id])
            counted[1] += len(suggested[answer.window_id])
    return LinkUptake(shown=_share(taken[True], of="window"), held_out=_share(taken[False], of="window"))


def _share(counted: Mapping[str, Sequence[int]], *, of: str) -> Estimate:
    """Return a share of links from cluster → its hits and trials."""
    hits, trials = ([each[side] for each in counted.values()] for side in (0, 1))
    few = too_few(sum(trials), len(counted), of=of, what="link")
    value = sum(hits) / sum(trials) if sum(trials) else math.nan
    return estimate(value, proportion(hits or [0], trials or [0]), n=sum(trials), reason=few)

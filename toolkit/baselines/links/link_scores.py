"""Scores of rankers of links, on stories that they have not learnt from, with intervals over stories."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from toolkit.agreement.intervals import cluster_numbers, estimate, proportion, too_few
from toolkit.baselines.evaluation.grouped_counts import GroupedCounts, label_scores
from toolkit.baselines.links.link_pairs import LinkPair
from toolkit.baselines.links.link_ranker import Ends, LinkRanker, RankedPair, nearest_earlier
from toolkit.records import Estimate, digest

FOLDS: Final = 5
TOP: Final = 5
"""Ranks that count for recall."""

PARTS: Final[Mapping[str, Callable[[LinkPair], bool]]] = {
    "all": lambda _: True,
    "within an article": lambda pair: pair.within,
    "across articles": lambda pair: not pair.within,
    "distance 1–3": lambda pair: pair.distance <= 3,
    "distance 4–10": lambda pair: 3 < pair.distance <= 10,
    "distance over 10": lambda pair: pair.distance > 10,
}
"""Part → whether a pair is in it; distances are in sentences of the story."""


@dataclass(frozen=True, slots=True)
class LinkScores:
    """The scores of one ranker on the links of one label in one part of the pairs.

    Attributes:
        label: The link.
        ranker: "ranked" or "nearest earlier".
        part: One of `PARTS`.
        links: Links that people drew there.
        recall: Share of them among the `TOP` likeliest tails of their heads.
        f1: F1 of the links that are suggested.
    """

    label: str
    ranker: str
    part: str
    links: int
    recall: Estimate
    f1: Estimate

    def as_dict(self) -> dict[str, Any]:
        """Return everything for JSON."""
        return asdict(self)


def cross_validated(pairs: Sequence[LinkPair], drawn: Collection[Ends]) -> list[RankedPair]:
    """Rank the pairs of each story by a ranker that has learnt from the other stories, in five parts.

    A story's part follows from its id.
    """
    part_of = {story: int(digest(story.encode())[:8], 16) % FOLDS for story in {pair.story_id for pair in pairs}}
    found = []
    for fold in range(FOLDS):
        ranker = LinkRanker.fitted([pair for pair in pairs if part_of[pair.story_id] != fold], drawn)
        found += ranker.ranked(pair for pair in pairs if part_of[pair.story_id] == fold)
    return found


def link_scores(pairs: Sequence[LinkPair], drawn: Collection[Ends]) -> list[LinkScores]:
    """Score the ranker, by cross-validation, beside the nearest earlier place.

    Args:
        pairs: Every candidate of the stories.
        drawn: The links that hold there.

    Returns:
        By label and part, the ranker first; without the parts in which nothing was drawn.
    """
    rankings = {"ranked": cross_validated(pairs, drawn), "nearest earlier": nearest_earlier(pairs)}
    found = []
    for label in sorted({pair.label for pair in pairs}):
        for part, within in PARTS.items():
            for ranker, ranked in rankings.items():
                mine = [each for each in ranked if each.pair.label == label and within(each.pair)]
                if any(each.pair.ends in drawn for each in mine):
                    found.append(_scored(label, ranker, part, mine, drawn))
    return found


def _scored(label: str, ranker: str, part: str, ranked: Sequence[RankedPair], drawn: Collection[Ends]) -> LinkScores:
    stories = [each.pair.story_id for each in ranked]
    gold = np.array([each.pair.ends in drawn for each in ranked])
    given = np.array([each.suggested for each in ranked])
    near = np.array([each.rank <= TOP for each in ranked])
    member = cluster_numbers(stories, by_name=True)
    trials = np.bincount(member, weights=gold)
    hits = np.bincount(member, weights=gold & near)
    links, held = int(gold.sum()), int((trials > 0).sum())
    recall = estimate(hits.sum() / links, proportion(hits, trials), n=links, reason=too_few(links, held, what="link"))
    (scores,) = label_scores(GroupedCounts(gold[:, None], given[:, None], stories))
    return LinkScores(label, ranker, part, links, recall, scores["f1"])

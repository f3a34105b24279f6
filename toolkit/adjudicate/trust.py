"""How much an annotator's numbers count: as much as what they say of labels is believed."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping

from toolkit.adjudicate.labels import LabelBeliefs
from toolkit.records import Annotation

_LEAST = 0.05  # of one who does no better than chance: enough to be heard


def trust(ballots: Mapping[str, tuple[Annotation, ...]], beliefs: LabelBeliefs) -> dict[str, float]:
    """Return the log-odds that an annotator is right about a label that not everybody agrees on.

    The best weight of independent voters (Nitzan & Paroush 1982, Int Econ Rev 23:289). Labels that all or none of a
    sentence's annotators give say nothing about any of them. One right and one wrong answer are imagined for everybody,
    and everybody counts at least a little; where no label is in dispute, all count the same.

    Args:
        ballots: Answers to each sentence.
        beliefs: What the votes say of every label of every sentence.
    """
    right: dict[str, float] = defaultdict(float)
    asked: Counter[str] = Counter()
    for at, sentence in enumerate(beliefs.sentences):
        for number, label in enumerate(beliefs.labels):
            if 0 < beliefs.shares[at, number] < 1:
                chance = float(beliefs.probabilities[at, number])
                for answer in ballots[sentence]:
                    right[answer.annotator] += chance if label in answer.labels else 1 - chance
                    asked[answer.annotator] += 1
    reliable = {who: (right[who] + 1) / (asked[who] + 2) for who in sorted(asked)}
    return {who: max(math.log(share / (1 - share)), _LEAST) for who, share in reliable.items()}

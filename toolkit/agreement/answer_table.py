"""The answers that an agreement report rests on, by sentence and annotator, and the maker of its rows."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from toolkit.agreement.agreement_report import AgreementRow
from toolkit.agreement.coefficients import Name, describe, statistic
from toolkit.agreement.intervals import bounded, cluster_numbers, over_stories
from toolkit.agreement.ratings import SET_LEVELS, IntArray, Level, Ratings
from toolkit.agreement.statistic import Statistic, prevalence
from toolkit.errors import InvalidInput
from toolkit.records import Annotation, Estimate, latest


@dataclass(frozen=True)
class AnswerTable:
    """The last answer of each person to each sentence, without skipped ones.

    Attributes:
        by_sentence: sentence_id → its answers, sentences by id and answers by annotator.
        annotators: Everybody who answered or skipped, sorted.
        skipped: Annotator → number of sentences skipped.
        article_of: sentence_id → article_id.
    """

    by_sentence: Mapping[str, tuple[Annotation, ...]]
    annotators: tuple[str, ...]
    skipped: Mapping[str, int]
    article_of: Mapping[str, str]

    @classmethod
    def of(cls, annotations: Iterable[Annotation], article_of: Mapping[str, str]) -> AnswerTable:
        """Make the table of a project's answers.

        Raises:
            InvalidInput: The article of a sentence is not known.
        """
        counting = latest(annotations)
        faults = [
            InvalidInput("the article of the sentence is not known", where=f"sentence {sentence}")
            for sentence in sorted({answer.sentence_id for answer in counting} - article_of.keys())
        ]
        if faults:
            raise InvalidInput.all_of(faults)
        by_sentence: dict[str, list[Annotation]] = {}
        skipped: dict[str, int] = {}
        for answer in counting:
            skipped.setdefault(answer.annotator, 0)
            if answer.skipped:
                skipped[answer.annotator] += 1
            elif answer.votes:
                by_sentence.setdefault(answer.sentence_id, []).append(answer)
        kept = {sentence: tuple(answers) for sentence, answers in by_sentence.items()}
        return cls(kept, tuple(sorted(skipped)), skipped, article_of)

    @cached_property
    def doubled(self) -> tuple[tuple[Annotation, ...], ...]:
        """The answers to each sentence with at least two, sentences by id."""
        return tuple(answers for answers in self.by_sentence.values() if len(answers) > 1)

    @cached_property
    def groups(self) -> IntArray:
        """Number of each doubled sentence's article, shape (doubled,)."""
        return cluster_numbers([self.article_of[answers[0].sentence_id] for answers in self.doubled])

    @cached_property
    def number(self) -> dict[str, int]:
        """Index of each annotator."""
        return {annotator: at for at, annotator in enumerate(self.annotators)}

    def rate(self, value: Callable[[Annotation], Any], level: Level = "nominal") -> Ratings:
        """Return one rating per answer to a doubled sentence: what `value` reads in the answer."""
        cells = (
            (self.number[answer.annotator], unit, value(answer))
            for unit, answers in enumerate(self.doubled)
            for answer in answers
        )
        return Ratings.of_cells(cells, n_annotators=len(self.annotators), n_units=len(self.doubled), level=level)

    def within(self, kept: Callable[[Annotation], Hashable]) -> AnswerTable:
        """Return the answers for which `kept` is true."""
        chosen = {
            sentence: tuple(answer for answer in answers if kept(answer))
            for sentence, answers in self.by_sentence.items()
        }
        left = {sentence: answers for sentence, answers in chosen.items() if answers}
        return AnswerTable(left, self.annotators, self.skipped, self.article_of)


_NO_PAIRS: Mapping[str, str] = {
    **dict.fromkeys(("label", "layer", "labels", "tokens"), "no sentence has been answered by two people yet"),
    "attribute": "no two people have filled this field of the same span yet",
    "annotator": "nobody else has answered the same sentences yet",
    "pair": "the two have not answered the same sentences yet",
}
"""Kind of a row → why nothing in it can be compared, where that is so."""


def label_set(answer: Annotation, among: Sequence[str] | None = None) -> frozenset[str]:
    """Return the labels of an answer; only those that `among` lists, if it is given."""
    return frozenset(answer.labels if among is None else set(answer.labels) & set(among))


@dataclass(frozen=True, slots=True)
class Measurer:
    """Makes rows of a report.

    Attributes:
        confidence: Nominal coverage of the intervals.
    """

    confidence: float = 0.95

    def row(
        self,
        kind: str,
        name: str,
        ratings: Ratings,
        groups: IntArray,
        *,
        level: Level = "nominal",
        positive: Hashable | None = None,
        within: IntArray | None = None,
    ) -> AgreementRow:
        """Measure agreement on one question.

        Args:
            kind: As `AgreementRow.kind`.
            name: As `AgreementRow.name`.
            ratings: The ratings.
            groups: Number of each unit's article, shape (units,).
            level: What α takes the values to be; percent agreement is always exact equality.
            positive: The value that positive agreement is about; None if there is no such value.
            within: Number of the sentence of each unit, shape (units,), where units are parts of sentences; left out,
                they are sentences.
        """
        names: list[Name] = ["percent", "alpha"]
        if positive is not None:
            names += ["positive", "negative"]
        if level not in SET_LEVELS:
            names.append("ac1")
        units = np.arange(ratings.n_units) if within is None else within
        clusters = np.zeros(int(units.max(initial=0)) + 1, dtype=np.int64)
        clusters[units] = groups
        measures = [statistic(ratings, units, each, level=level, positive=positive) for each in names]
        found = dict(zip(names, (describe(each, ratings) for each in measures), strict=True))
        drawn = {each: over_stories(one, clusters, self.confidence) for each, one in zip(names, measures, strict=True)}
        whole, share = found["percent"], Estimate(value=None)
        shown = {each: bounded(found[each], drawn[each]) for each in names}
        if not whole.n_units:
            shown = {each: replace(estimate, reason=_NO_PAIRS[kind]) for each, estimate in shown.items()}
        if positive is not None:
            share = self.estimate(prevalence(ratings, units, value=positive), clusters, "nobody has answered yet")
        return AgreementRow(
            kind=kind,
            name=name,
            level=level,
            n_units=whole.n_units,
            n_annotators=whole.n_annotators,
            n_pairable=whole.n_pairable,
            n_articles=len(np.unique(clusters[measures[0].terms.any(axis=1)])),
            prevalence=share.value,
            prevalence_low=share.low,
            prevalence_high=share.high,
            percent=shown["percent"],
            positive=shown.get("positive"),
            negative=shown.get("negative"),
            alpha=shown["alpha"],
            ac1=shown.get("ac1"),
        )

    def estimate(self, measure: Statistic, groups: IntArray, reason: str) -> Estimate:
        """Measure a statistic that is not a coefficient of ratings.

        Args:
            measure: The statistic; its rows are units.
            groups: Number of each unit's article, shape (units,).
            reason: Why it is undefined, if it is.
        """
        value = float(measure.values(measure.terms.sum(axis=0, keepdims=True))[0])
        if np.isnan(value):
            return Estimate(value=None, reason=reason)
        return replace(over_stories(measure, groups, self.confidence), value=value, n=None)

"""The answers that a report rests on, laid out by sentence and annotator."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from toolkit.agreement.intervals import group
from toolkit.agreement.ratings import IntArray, Level, Ratings
from toolkit.errors import InvalidInput
from toolkit.records import Annotation, latest


@dataclass(frozen=True)
class Answers:
    """The last answer of each person to each sentence, without the skipped ones.

    Attributes:
        by_sentence: Answers to each sentence, sentences by id, answers by annotator.
        annotators: Everybody who answered, sorted.
        skipped: Annotator → sentences skipped.
        article_of: Article of each sentence.
    """

    by_sentence: Mapping[str, tuple[Annotation, ...]]
    annotators: tuple[str, ...]
    skipped: Mapping[str, int]
    article_of: Mapping[str, str]

    @classmethod
    def of(cls, annotations: Iterable[Annotation], article_of: Mapping[str, str]) -> Answers:
        """Lay answers out.

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
            else:
                by_sentence.setdefault(answer.sentence_id, []).append(answer)
        kept = {sentence: tuple(answers) for sentence, answers in by_sentence.items()}
        return cls(kept, tuple(sorted(skipped)), skipped, article_of)

    @cached_property
    def doubled(self) -> tuple[tuple[Annotation, ...], ...]:
        """The answers to each sentence that has at least two, sentences by id."""
        return tuple(answers for answers in self.by_sentence.values() if len(answers) > 1)

    @cached_property
    def groups(self) -> IntArray:
        """Article number of each doubled sentence, shape (doubled,)."""
        return group([self.article_of[answers[0].sentence_id] for answers in self.doubled])

    @cached_property
    def number(self) -> dict[str, int]:
        """Index of each annotator."""
        return {annotator: at for at, annotator in enumerate(self.annotators)}

    def rate(self, value: Callable[[Annotation], Any], level: Level = "nominal") -> Ratings:
        """Return a rating of each answer to a doubled sentence, as `value` reads it."""
        cells = (
            (self.number[answer.annotator], unit, value(answer))
            for unit, answers in enumerate(self.doubled)
            for answer in answers
        )
        return Ratings.of_cells(cells, n_annotators=len(self.annotators), n_units=len(self.doubled), level=level)

    def within(self, kept: Callable[[Annotation], Hashable]) -> Answers:
        """Return the answers for which `kept` is true."""
        chosen = {
            sentence: tuple(answer for answer in answers if kept(answer))
            for sentence, answers in self.by_sentence.items()
        }
        left = {sentence: answers for sentence, answers in chosen.items() if answers}
        return Answers(left, self.annotators, self.skipped, self.article_of)


def label_set(answer: Annotation, among: Sequence[str] | None = None) -> frozenset[str]:
    """Return the labels of an answer, of one layer only where `among` lists its labels."""
    return frozenset(answer.labels if among is None else set(answer.labels) & set(among))

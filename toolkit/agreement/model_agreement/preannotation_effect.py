"""The effect of pre-annotation: answers to sentences shown with a suggestion, against answers to the hold-out.

People lean towards what they are shown. A share of the sentences that a model has a suggestion for is shown without it,
chosen by a hash of the sentence, so that the difference between the two groups is the effect of showing it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from toolkit.agreement.intervals import cluster_numbers, over_stories
from toolkit.agreement.ratings import FloatArray, IntArray
from toolkit.agreement.statistic import Statistic
from toolkit.agreement.structures.span_agreement import match
from toolkit.records import Annotation, Estimate, Suggestion
from toolkit.records.base import record


@record
class GroupDifference:
    """One measurement in both groups.

    Attributes:
        name: "labels as suggested", "spans as suggested", "seconds", "skipped", or a label: the share that gives it.
        shown: Mean over the answers with a suggestion; None if there are none.
        held_back: Mean over the answers to the hold-out; None if there are none.
        difference: shown − held_back, with its interval over articles.
    """

    name: str
    shown: float | None
    held_back: float | None
    difference: Estimate


@record
class PreannotationEffect:
    """Answers with a suggestion against answers to the hold-out.

    Attributes:
        sentences_shown: Sentences with a suggestion that have an answer.
        sentences_held_back: Sentences of the hold-out that have an answer.
        answers_shown: Answers to sentences with a suggestion, skips included.
        answers_held_back: Answers to sentences of the hold-out, skips included.
        measures: "labels as suggested" is the share of answers with exactly the suggested labels: where it is higher
            in the shown group, people follow the model.
    """

    sentences_shown: int
    sentences_held_back: int
    answers_shown: int
    answers_held_back: int
    measures: tuple[GroupDifference, ...]


_Reading = Callable[[Annotation, Suggestion], tuple[float, float] | None]
"""Returns an answer's (sum, weight), None if it does not take part; the mean of a group is Σ sum / Σ weight."""


def measure_effect(
    answers: Iterable[Annotation],
    offered: Iterable[Suggestion],
    articles: Mapping[str, str],
) -> PreannotationEffect:
    """Compare answers with and without suggestions.

    Args:
        answers: People's answers.
        offered: Every suggestion that was made; sentences that were in both groups at different times are left out.
        articles: sentence_id → article_id; the intervals are over articles.
    """
    suggestions = _one_group(offered)
    pairs = [(each, suggestions[each.sentence_id]) for each in answers if each.sentence_id in suggestions]
    pairs.sort(key=lambda pair: (pair[0].sentence_id, pair[0].annotation_id))
    groups = cluster_numbers([articles.get(answer.sentence_id, answer.sentence_id) for answer, _ in pairs])
    labels = sorted({label for answer, suggestion in pairs for label in (*answer.labels, *suggestion.labels)})
    measures: dict[str, _Reading] = {
        "labels as suggested": _same_labels,
        "spans as suggested": _same_spans,
        "seconds": _seconds,
        "skipped": lambda answer, _: (float(answer.skipped), 1.0),
        **{label: _gives(label) for label in labels},
    }
    sums = {name: _sums(pairs, measure) for name, measure in measures.items()}
    return PreannotationEffect(
        sentences_shown=len({answer.sentence_id for answer, suggestion in pairs if suggestion.shown}),
        sentences_held_back=len({answer.sentence_id for answer, suggestion in pairs if not suggestion.shown}),
        answers_shown=sum(bool(suggestion.shown) for _, suggestion in pairs),
        answers_held_back=sum(not suggestion.shown for _, suggestion in pairs),
        measures=tuple(_difference(name, found, groups) for name, found in sums.items() if found[:, (1, 3)].any()),
    )


def _one_group(offered: Iterable[Suggestion]) -> dict[str, Suggestion]:
    """Return each sentence's last suggestion, without sentences that were shown at one time and held out at another."""
    latest: dict[str, Suggestion] = {}
    both = set()
    for each in offered:
        before = latest.get(each.sentence_id)
        if before is not None and before.shown != each.shown:
            both.add(each.sentence_id)
        latest[each.sentence_id] = each
    return {sentence_id: each for sentence_id, each in latest.items() if sentence_id not in both}


def _sums(pairs: Sequence[tuple[Annotation, Suggestion]], measure: _Reading) -> FloatArray:
    """Return sum and weight of the shown answers, then of the hold-out, shape (answers, 4)."""
    table = np.zeros((len(pairs), 4))
    for row, (answer, suggestion) in enumerate(pairs):
        found = measure(answer, suggestion)
        if found is not None:
            at = 0 if suggestion.shown else 2
            table[row, at : at + 2] += found
    return table


def _difference(name: str, terms: FloatArray, groups: IntArray) -> GroupDifference:
    def parts(sums: FloatArray) -> tuple[FloatArray, FloatArray]:
        with np.errstate(divide="ignore", invalid="ignore"):
            apart = sums[:, 0] / sums[:, 1] - sums[:, 2] / sums[:, 3]
        return apart, np.zeros_like(apart)

    total = terms.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        shown, held_back = (_plain(total[at] / total[at + 1]) for at in (0, 2))
    if shown is None or held_back is None:
        reason = f"there is no answer {'with' if shown is None else 'without'} a suggestion yet"
        return GroupDifference(
            name=name, shown=shown, held_back=held_back, difference=Estimate(value=None, reason=reason)
        )
    bounds = over_stories(Statistic(name, terms, parts, floor=lambda _: -np.inf), groups)
    return GroupDifference(
        name=name,
        shown=shown,
        held_back=held_back,
        difference=Estimate(
            value=_plain(shown - held_back),
            low=_plain(bounds.low),
            high=_plain(bounds.high),
            method=bounds.method,
            reason=bounds.reason,
        ),
    )


def _same_labels(answer: Annotation, suggestion: Suggestion) -> tuple[float, float] | None:
    return None if answer.skipped or not suggestion.labels else (float(answer.labels == suggestion.labels), 1.0)


def _same_spans(answer: Annotation, suggestion: Suggestion) -> tuple[float, float] | None:
    """Return twice the exact matches over the spans of both: F1 of the answers against the suggestions."""
    if answer.skipped or not suggestion.spans:
        return None
    matches = match(answer.spans, suggestion.spans, exact=True)
    return 2.0 * len(matches), float(len(answer.spans) + len(suggestion.spans))


def _seconds(answer: Annotation, suggestion: Suggestion) -> tuple[float, float] | None:
    return None if answer.skipped or answer.lead_time is None else (answer.lead_time, 1.0)


def _gives(label: str) -> _Reading:
    return lambda answer, _: None if answer.skipped else (float(label in answer.labels), 1.0)


def _plain(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else round(float(value), 6)

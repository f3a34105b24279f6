"""Annotators one by one and two by two, the sentences they dispute, and warnings about annotators to talk to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from statistics import median
from types import MappingProxyType

from toolkit.agreement.agreement_report import AgreementRow, AnnotatorRow, AnnotatorWarning, Disputed, Given
from toolkit.agreement.answer_table import AnswerTable, Measurer, label_set
from toolkit.agreement.distance import label_set_distance
from toolkit.agreement.intervals import clopper_pearson, cluster_numbers
from toolkit.agreement.ratings import Ratings
from toolkit.records import Annotation
from toolkit.schema import Score

PAIR = " · "
"""Between the two names of a pair's row."""

SHARED = 5
"""Sentences that two people must share for a row of their own."""

_ENOUGH = 20  # answers before a habit is worth a warning
_CALIBRATED = 5  # known answers before accuracy is
_FAST = 1 / 3  # of the others' median time
_UNIFORM = 0.95  # share of the same answer …
_UNUSUAL = 0.2  # … and how much more often than others on the same sentences
_ACCURATE = 0.7  # of the known answers


def annotator_rows(
    answers: AnswerTable, measurer: Measurer, quiz: Mapping[str, Score] = MappingProxyType({})
) -> tuple[AnnotatorRow, ...]:
    """Return one row per annotator, sorted; their scores in the quiz count among the known answers."""
    mine: dict[str, list[Annotation]] = {annotator: [] for annotator in answers.annotators}
    shared: dict[str, list[tuple[Annotation, Annotation]]] = defaultdict(list)
    known: dict[str, list[bool]] = defaultdict(list)
    for given in answers.by_sentence.values():
        truth = next((answer for answer in given if answer.ground_truth), None)
        for answer in given:
            mine[answer.annotator].append(answer)
            if truth is not None and answer is not truth:
                known[answer.annotator].append(answer.labels == truth.labels)
            shared[answer.annotator].extend((answer, other) for other in given if other is not answer)
    for annotator, found in quiz.items():
        known[annotator] += [True] * found.correct + [False] * (found.answered - found.correct)
    return tuple(
        _annotator_row(annotator, own, shared[annotator], known[annotator], answers, measurer)
        for annotator, own in mine.items()
    )


def _annotator_row(
    annotator: str,
    own: Sequence[Annotation],
    shared: Sequence[tuple[Annotation, Annotation]],
    known: Sequence[bool],
    answers: AnswerTable,
    measurer: Measurer,
) -> AnnotatorRow:
    times = [answer.lead_time for answer in own if answer.lead_time is not None]
    sets = Counter(answer.labels for answer in own)
    confidence = measurer.confidence
    low, high = clopper_pearson(sum(known), len(known), confidence) if known else (None, None)
    commonest, times_given = min(sets.items(), key=lambda entry: (-entry[1], entry[0]), default=((), 0))
    return AnnotatorRow(
        annotator=annotator,
        answered=len(own),
        skipped=answers.skipped[annotator],
        seconds=median(times) if times else None,
        commonest=commonest,
        commonest_share=times_given / len(own) if own else 0.0,
        calibrated=len(known),
        accuracy=sum(known) / len(known) if known else None,
        accuracy_low=low,
        accuracy_high=high,
        others=_pairwise_row("annotator", annotator, shared, answers, measurer),
    )


def pair_rows(answers: AnswerTable, measurer: Measurer) -> tuple[AgreementRow, ...]:
    """Return one row per two people who share at least `SHARED` sentences, sorted by their names."""
    shared: dict[tuple[str, str], list[tuple[Annotation, Annotation]]] = defaultdict(list)
    for given in answers.doubled:
        for left, right in combinations(given, 2):
            shared[left.annotator, right.annotator].append((left, right))
    return tuple(
        _pairwise_row("pair", PAIR.join(pair), both, answers, measurer)
        for pair, both in sorted(shared.items())
        if len(both) >= SHARED
    )


def _pairwise_row(
    kind: str, name: str, pairs: Sequence[tuple[Annotation, Annotation]], answers: AnswerTable, measurer: Measurer
) -> AgreementRow:
    cells = ((side, unit, label_set(answer)) for unit, pair in enumerate(pairs) for side, answer in enumerate(pair))
    ratings = Ratings.of_cells(cells, n_annotators=2, n_units=len(pairs), level="masi")
    groups = cluster_numbers([answers.article_of[pair[0].sentence_id] for pair in pairs])
    return measurer.row(kind, name, ratings, groups, level="masi")


def disputed(answers: AnswerTable, at_most: int) -> tuple[Disputed, ...]:
    """Return the sentences with the most disagreement on labels, the worst first, equals by id."""
    found = []
    for given in answers.doubled:
        sets: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for answer in given:
            sets[answer.labels].append(answer.annotator)
        if len(sets) > 1:
            apart = [
                label_set_distance(label_set(left), label_set(right), masi=True)
                for left, right in combinations(given, 2)
            ]
            ranked = sorted(sets.items(), key=lambda entry: (-len(entry[1]), entry[0]))
            found.append(
                Disputed(
                    sentence_id=given[0].sentence_id,
                    disagreement=sum(apart) / len(apart),
                    answers=tuple(Given(labels=labels, annotators=tuple(who)) for labels, who in ranked),
                )
            )
    return tuple(sorted(found, key=lambda entry: (-entry.disagreement, entry.sentence_id))[:at_most])


def warnings(rows: Sequence[AnnotatorRow], answers: AnswerTable) -> tuple[AnnotatorWarning, ...]:
    """Return what to talk to annotators about, by annotator."""
    return tuple(warning for row in rows for warning in _warnings_of(row, rows, answers))


def _warnings_of(row: AnnotatorRow, rows: Sequence[AnnotatorRow], answers: AnswerTable) -> Iterator[AnnotatorWarning]:
    if row.calibrated >= _CALIBRATED and row.accuracy is not None and row.accuracy < _ACCURATE:
        text = f"{row.accuracy:.0%} of {row.calibrated} known answers are met; at least {_ACCURATE:.0%} are expected"
        yield AnnotatorWarning(annotator=row.annotator, kind="calibration", message=text)
    if row.answered < _ENOUGH:
        return
    others = [other.seconds for other in rows if other.annotator != row.annotator and other.seconds is not None]
    if row.seconds is not None and others and row.seconds < _FAST * median(others):
        text = f"median {row.seconds:.1f} s per answer, others take {median(others):.1f} s"
        yield AnnotatorWarning(annotator=row.annotator, kind="fast", message=text)
    if row.commonest_share >= _UNIFORM:
        usual = _share_among_others(row, answers)
        if usual is not None and usual <= row.commonest_share - _UNUSUAL:
            labels = ", ".join(row.commonest) or "no label"
            share = f"{row.commonest_share:.0%} of {row.answered} answers are {labels}"
            text = f"{share}; of others' answers there, {usual:.0%}"
            yield AnnotatorWarning(annotator=row.annotator, kind="uniform", message=text)
    high = row.others.alpha.high
    if high is not None and high <= 0:
        text = f"α with everybody else is {row.others.alpha.value:.2f}, at most {high:.2f}: not better than chance"
        yield AnnotatorWarning(annotator=row.annotator, kind="chance", message=text)


def _share_among_others(row: AnnotatorRow, answers: AnswerTable) -> float | None:
    same = [
        other.labels == row.commonest
        for given in answers.doubled
        if any(answer.annotator == row.annotator for answer in given)
        for other in given
        if other.annotator != row.annotator
    ]
    return sum(same) / len(same) if same else None

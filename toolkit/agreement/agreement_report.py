"""The agreement report: every value with its n, its interval and how that was made."""

from __future__ import annotations

from collections.abc import Iterable

from toolkit.agreement.ratings import Level
from toolkit.records import Estimate
from toolkit.records.base import record

INTERVAL = (
    "Wilson's for effectively independent sentences, from the variance between articles; "
    "Clopper-Pearson where all or no pairs agree"
)
"""How every interval of a report is made; see `toolkit.agreement.intervals`."""

REVISION = 6
"""Of the report: raised with every change of its fields or of what they mean, so that older ones are made again."""


@record
class AgreementRow:
    """Agreement on one question.

    Attributes:
        kind: "label", "layer", "labels" (the whole label set), "tokens", "attribute", "annotator" or "pair".
        name: Label, layer, "SPAN.attribute", annotator or "annotator · annotator".
        level: What α takes the values to be.
        n_units: Units with at least two ratings: sentences, tokens or matched spans.
        n_annotators: Annotators with at least one pairable rating.
        n_pairable: Ratings in units with at least two.
        n_articles: Articles that these come from; the interval draws them.
        prevalence: Share of the ratings that are positive; None where there is no positive value.
        prevalence_low: Lower bound of its interval.
        prevalence_high: Upper bound.
        percent: Share of agreeing pairs.
        positive: Given that one person says yes, the chance that another does.
        negative: The same for no.
        alpha: Krippendorff's α.
        ac1: Gwet's AC1, which does not fall where one answer is very common.
    """

    kind: str
    name: str
    level: Level
    n_units: int
    n_annotators: int
    n_pairable: int
    n_articles: int
    prevalence: float | None = None
    prevalence_low: float | None = None
    prevalence_high: float | None = None
    percent: Estimate
    positive: Estimate | None = None
    negative: Estimate | None = None
    alpha: Estimate
    ac1: Estimate | None = None


@record
class SpanRow:
    """Agreement on where the spans of a label are.

    Attributes:
        label: Span label, "" for all.
        n_sentences: Sentences that at least two people answered and at least one of them marked.
        n_annotators: People who answered one of these.
        n_spans: Spans that all of them marked.
        n_articles: Articles of these sentences; the interval draws them.
        exact_f1: Mean pairwise F1 where boundaries must be the same.
        overlap_f1: The same where an overlap is a match.
    """

    label: str
    n_sentences: int
    n_annotators: int
    n_spans: int
    n_articles: int
    exact_f1: Estimate
    overlap_f1: Estimate


@record
class RelationRow:
    """Agreement on one relation between spans.

    Attributes:
        label: Its id.
        n_sentences: Sentences that at least two people answered and in which at least one of them drew it.
        n_annotators: People who answered one of these.
        n_relations: Relations that all of them drew.
        n_articles: Articles of these sentences.
        n_pairs: Pairs of spans that two people both marked and that it may join.
        alpha: Krippendorff's α of who joined these pairs; what was marked by one person only is left out.
        exact_f1: Mean pairwise F1 where both ends must have the same boundaries.
        overlap_f1: The same where an overlap of both ends is a match.
    """

    label: str
    n_sentences: int
    n_annotators: int
    n_relations: int
    n_articles: int
    n_pairs: int
    alpha: Estimate
    exact_f1: Estimate
    overlap_f1: Estimate


@record
class AnnotatorRow:
    """One annotator's work.

    Attributes:
        annotator: Pseudonym.
        answered: Sentences answered.
        skipped: Sentences skipped.
        seconds: Median time of an answer; None where it is not known.
        commonest: The label set given most often.
        commonest_share: Its share of the answers.
        calibrated: Sentences with a known answer, and items of the quiz.
        accuracy: Share of those answered with exactly its labels.
        accuracy_low: Lower bound, Clopper and Pearson's over the known answers.
        accuracy_high: Upper bound.
        others: Agreement on label sets with everybody else, pair by pair.
    """

    annotator: str
    answered: int
    skipped: int
    seconds: float | None
    commonest: tuple[str, ...]
    commonest_share: float
    calibrated: int
    accuracy: float | None
    accuracy_low: float | None = None
    accuracy_high: float | None = None
    others: AgreementRow


@record
class Given:
    """A label set and those who gave it."""

    labels: tuple[str, ...]
    annotators: tuple[str, ...]


@record
class Disputed:
    """A sentence that people answer differently.

    Attributes:
        sentence_id: The sentence.
        disagreement: Mean MASI distance between the label sets of two people, 0 to 1.
        answers: The commonest first.
    """

    sentence_id: str
    disagreement: float
    answers: tuple[Given, ...]


@record
class AnnotatorWarning:
    """An annotator to talk to.

    Attributes:
        annotator: Pseudonym.
        kind: "fast", "uniform", "calibration" or "chance".
        message: What was seen, in a sentence with its numbers.
    """

    annotator: str
    kind: str
    message: str


@record
class Slice:
    """Agreement on whole label sets within a part of the answers, for drift and for what a new schema changed.

    Attributes:
        kind: "schema", "round" or "month".
        name: The version, round, or month ("2026-11") of the answers' last revision.
        row: Agreement within it.
    """

    kind: str
    name: str
    row: AgreementRow


@record
class AgreementReport:
    """How well the annotators of a project agree.

    Attributes:
        schema: "name@version".
        answers: Answers that count: the last of each person to each sentence, if it is not a skip.
        skipped: Last answers that are skips.
        sentences: Sentences with an answer.
        doubled: Sentences with at least two answers; all below rests on them.
        annotators: Number of people.
        articles: Articles of the doubled sentences.
        confidence: Nominal coverage of every interval.
        interval: How intervals are made.
        labels: One row per label that is in use or was given.
        layers: One row per layer, then one for whole label sets; α with MASI distance, percent by exact equality.
        spans: One row per span label, then one for all.
        tokens: Tokens within spans, one row per span label; empty if texts were not given.
        attributes: One row per attribute, over the matched spans of two people each.
        relations: One row per relation of the schema.
        by_annotator: One row per annotator.
        pairs: One row per two people who share at least `annotators.SHARED` sentences.
        slices: Schema versions, rounds and months, where there are several.
        disputed: Sentences that people answer differently, the most disagreement first.
        warnings: By annotator.
    """

    schema: str
    answers: int
    skipped: int
    sentences: int
    doubled: int
    annotators: int
    articles: int
    confidence: float
    interval: str = INTERVAL
    labels: tuple[AgreementRow, ...]
    layers: tuple[AgreementRow, ...]
    spans: tuple[SpanRow, ...]
    tokens: tuple[AgreementRow, ...]
    attributes: tuple[AgreementRow, ...]
    relations: tuple[RelationRow, ...] = ()
    by_annotator: tuple[AnnotatorRow, ...]
    pairs: tuple[AgreementRow, ...]
    slices: tuple[Slice, ...]
    disputed: tuple[Disputed, ...]
    warnings: tuple[AnnotatorWarning, ...]

    def rows(self) -> Iterable[AgreementRow]:
        """Return the rows about labels, then those about layers."""
        return (*self.labels, *self.layers)

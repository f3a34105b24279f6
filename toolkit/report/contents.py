"""The contents of a report: plain frozen values, the same for the page and for `--json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from toolkit.agreement.known_answers import KnownScore
from toolkit.agreement.model_agreement.preannotation_effect import PreannotationEffect
from toolkit.agreement.report_tables import ReportTable
from toolkit.report.charts.plots import Plot


@dataclass(frozen=True)
class Section:
    """A section of a page.

    Attributes:
        anchor: Its id.
        title: Its heading; it and the id are set when the section is put on a page.
        said: What it says in words.
        drawn: Its plots.
        points: Further sentences, as a list.
        tables: Its tables.
        command: What makes it, where it is not there yet.
    """

    anchor: str = ""
    title: str = ""
    said: str = ""
    drawn: tuple[Plot, ...] = ()
    points: tuple[str, ...] = ()
    tables: tuple[ReportTable, ...] = ()
    command: str | None = None


@dataclass(frozen=True)
class Origin:
    """Where the sentences come from.

    Attributes:
        counts: Articles, stories, sentences, publishers, lines cut from pages.
        publishers: Publisher → articles, the most frequent first.
        languages: Language → articles, the most frequent first.
        months: "YYYY-MM" → articles, in order, then "unknown".
        rejects: Reason → lines cut from the pages, the most frequent first.
        unreadable: Pages and files that could not be read, by name.
    """

    counts: Mapping[str, int]
    publishers: Mapping[str, int]
    languages: Mapping[str, int]
    months: Mapping[str, int]
    rejects: Mapping[str, int]
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True)
class AnnotatorWork:
    """The work of one annotator.

    Attributes:
        annotator: Pseudonym.
        answers: Sentences answered.
        skipped: Sentences skipped.
        seconds: Median time an answer took, None where the server did not say.
        first: Day of the first answer, "YYYY-MM-DD".
        last: Day of the last.
        known: The score in the tasks whose answer is known, hidden among the others; None before the first.
    """

    annotator: str
    answers: int
    skipped: int
    seconds: float | None
    first: str
    last: str
    known: KnownScore | None = None


@dataclass(frozen=True)
class LabellingWork:
    """The work of all annotators.

    Attributes:
        people: Annotators, the busiest first.
        coverage: Number of answers to a sentence → number of sentences, from 0 on.
        days: "YYYY-MM-DD" → answers, in order.
    """

    people: tuple[AnnotatorWork, ...]
    coverage: Mapping[str, int]
    days: Mapping[str, int]


@dataclass(frozen=True)
class Breakdown:
    """How often each label was decided on, overall and within groups of sentences.

    Attributes:
        decided: Sentences with a decision.
        labels: Label → sentences that carry it, in the schema's order.
        groups: "source" or "month" → group → sentences decided, in the order shown.
        cells: "source" or "month" → group → label → sentences that carry it.
    """

    decided: int
    labels: Mapping[str, int]
    groups: Mapping[str, Mapping[str, int]]
    cells: Mapping[str, Mapping[str, Mapping[str, int]]]


@dataclass(frozen=True)
class Disagreement:
    """The labels that people disagree on.

    Attributes:
        doubled: Sentences with at least two answers.
        differing: Of these, how many got different sets of labels.
        labels: Label → sentences on which some give it and some do not, the most frequent first.
        pairs: (one label, other label, sentences): one person gave the first and not the other, another person the
            other way round; "(nothing)" where one side gave nothing instead. The most frequent first.
        causes: Sentences that wait for an expert.
    """

    doubled: int
    differing: int
    labels: Mapping[str, int]
    pairs: tuple[tuple[str, str, int], ...]
    causes: int


@dataclass(frozen=True)
class Releases:
    """The newest release, and what changed since the one before.

    Attributes:
        version: The newest.
        splits: As in its prevalence.json: split → {"sentences", "stories", "labels", "spans"}.
        leakage: {"exact", "near", "rows", "pairs"}; None where the release holds no text.
        older: The version before; None when there is one release only.
        level: "major", "minor" or "patch".
        changes: Sentences about what changed.
    """

    version: str
    splits: Mapping[str, Any]
    leakage: Mapping[str, Any] | None
    older: str | None = None
    level: str | None = None
    changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SentenceTable:
    """The sentences that the page shows.

    Attributes:
        total: Sentences in the project.
        shown: Sentences in the table.
        sampled: How the shown ones were chosen, in words; None when all are shown.
        rows: What the page's script reads; see `toolkit.report.sentence_table`.
    """

    total: int
    shown: int
    sampled: str | None
    rows: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Report:
    """All that is known of a project. A part is None where its stage has not run.

    Attributes:
        title: The project's title.
        schema: "name@version".
        toolkit: Version of the toolkit.
        labels: Label id → title, in the schema's order.
        retired: Labels that can no longer be given.
        spans: Span label id → title, in the schema's order.
        migrated: Answers to earlier versions of the schema: "carried" over, "asked again".
        corpus: Where the sentences come from.
        progress: The work of the annotators.
        prevalence: How often each label was decided on.
        agreement: reports/agreement.json.
        disagreement: The labels that people disagree on.
        head_start: Answers with and without suggestions.
        shares: reports/estimate.json.
        ledger: reports/ledger.json.
        decisions: Method → number of decisions.
        overtaken: Sentences that keep an earlier decision which today's answers would change.
        releases: Splits, leakage, changes.
        models: Name → its metrics.json.
        evaluation: reports/evaluation.json.
        curves: Learning curves, each {"of", "points", "summary", …}.
        table: The sentences.
        missing: Part → the command that makes it.
    """

    title: str
    schema: str
    toolkit: str
    labels: Mapping[str, str]
    retired: tuple[str, ...] = ()
    spans: Mapping[str, str] = field(default_factory=dict)
    migrated: Mapping[str, int] = field(default_factory=dict)
    corpus: Origin | None = None
    progress: LabellingWork | None = None
    prevalence: Breakdown | None = None
    agreement: Mapping[str, Any] | None = None
    disagreement: Disagreement | None = None
    head_start: PreannotationEffect | None = None
    shares: Mapping[str, Any] | None = None
    ledger: Mapping[str, Any] | None = None
    decisions: Mapping[str, int] | None = None
    overtaken: int = 0
    releases: Releases | None = None
    models: Mapping[str, Any] = field(default_factory=dict)
    evaluation: Mapping[str, Any] | None = None
    curves: tuple[Mapping[str, Any], ...] = ()
    table: SentenceTable | None = None
    missing: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the numbers as JSON values, without the rows of the table of sentences."""
        plain = asdict(self)
        if self.table is not None:
            del plain["table"]["rows"]
        return plain

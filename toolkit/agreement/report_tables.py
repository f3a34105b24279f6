"""The agreement report as tables of text: one description of rows and columns for the terminal, the page and the card.

A report is read as reports/agreement.json has it, so that one of another toolkit, or of a release, can be shown too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from toolkit.errors import tally

Row = Mapping[str, Any]

UNDEFINED: Final = "–"


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A part of the report.

    Attributes:
        title: Its heading.
        header: Names of the columns.
        rows: Cells, in the order of the header.
        words: How many of the first columns hold words; the others hold numbers.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1


def decimal(value: float | None, digits: int = 2) -> str:
    """Return a number with its decimals, never "-0.00"; a dash where it is undefined."""
    return UNDEFINED if value is None else f"{value:z.{digits}f}"


def bounds(estimate: Row, digits: int = 2) -> str:
    """Return "0.40 to 0.60", a dash where an estimate has no interval."""
    low, high = estimate["low"], estimate["high"]
    return UNDEFINED if low is None or high is None else f"{decimal(low, digits)} to {decimal(high, digits)}"


def bounded(value: float | None, low: float | None, high: float | None) -> str:
    """Return "0.94 [0.89, 0.97]", without brackets where there are no bounds, a dash where there is no value."""
    return decimal(value) + ("" if low is None or high is None else f" [{decimal(low)}, {decimal(high)}]")


def _estimate(estimate: Row | None) -> str:
    return UNDEFINED if estimate is None else bounded(estimate["value"], estimate["low"], estimate["high"])


def _value(name: str) -> Callable[[Row, int], str]:
    return lambda row, digits: decimal(row[name]["value"], digits) if row[name] else UNDEFINED


def _count(name: str) -> Callable[[Row, int], str]:
    return lambda row, digits: f"{row[name]:,}"


def _whole(name: str) -> Callable[[Row, int], str]:
    return lambda row, digits: _estimate(row[name])


_COLUMNS: Final[Mapping[str, Callable[[Row, int], str]]] = {
    "n": _count("n_units"),
    "people": _count("n_annotators"),
    "ratings": _count("n_pairable"),
    "articles": _count("n_articles"),
    "prevalence": lambda row, digits: decimal(row["prevalence"], digits),
    "percent": _value("percent"),
    "positive": _value("positive"),
    "α": _value("alpha"),
    "95 % interval": lambda row, digits: bounds(row["alpha"], digits),
    "AC1": _value("ac1"),
}
"""Column of a row about one question → its cell; "95 % interval" is that of α."""

_WITH_BOUNDS: Final[Mapping[str, Callable[[Row, int], str]]] = {
    **_COLUMNS,
    "prevalence": lambda row, digits: bounded(row["prevalence"], row.get("prevalence_low"), row.get("prevalence_high")),
    "percent": _whole("percent"),
    "positive": _whole("positive"),
    "α": _whole("alpha"),
    "AC1": _whole("ac1"),
}

BRIEF: Final = ("n", "prevalence", "percent", "positive", "α", "95 % interval", "AC1")
FULL: Final = ("n", "people", "articles", "prevalence", "percent", "positive", "α", "AC1")


def questions(report: Row | None) -> list[Row]:
    """Return the rows about labels, then those about layers; none without a report."""
    return [] if report is None else [*report["labels"], *report["layers"]]


def question_cells(row: Row, columns: Sequence[str] = BRIEF, *, digits: int = 2) -> tuple[str, ...]:
    """Return the cells of a row about one question.

    Args:
        row: An entry of the report's "labels", "layers", "tokens", "attributes" or "pairs".
        columns: Names of columns: those of `BRIEF` and `FULL`, and "ratings".
        digits: Decimals.
    """
    return tuple(_COLUMNS[name](row, digits) for name in columns)


def _full_cells(row: Row) -> tuple[str, ...]:
    return tuple(_WITH_BOUNDS[name](row, 2) for name in FULL)


def alone(report: Row) -> str:
    """Say why there is nothing to measure: no sentence has answers of two people."""
    who = "one annotator has" if report["annotators"] == 1 else f"{report['annotators']:,} annotators have"
    answers = tally(report["answers"], "answer")
    return f"{who} given {answers}, and no sentence has been answered by two people yet: agreement needs that"


def brief_tables(report: Row) -> list[ReportTable]:
    """Return labels and layers with the interval of α, parts of the answers, and warnings; of these no empty table."""
    return _filled(
        _questions("Layers and labels", "layer or label", [*report["layers"], *report["labels"]], BRIEF),
        _questions("Schema versions, rounds and months", "part", _parts(report), BRIEF),
        _warnings(report),
    )


def full_tables(report: Row, texts: Mapping[str, str] | None = None) -> list[ReportTable]:
    """Return every number of the report with its interval; but for the first, no table is empty.

    Args:
        report: The report.
        texts: sentence_id → text, to name the disputed sentences by; else by their ids.
    """
    return _filled(
        _questions("Layers and labels", "layer or label", [*report["layers"], *report["labels"]], FULL),
        _questions("Tokens within spans", "span, by token", report["tokens"], FULL),
        _spans(report),
        _questions("Attributes of matched spans", "attribute", report["attributes"], FULL),
        _relations(report),
        _questions("Pairs of annotators", "pair", report["pairs"], FULL),
        _annotators(report),
        _questions("Schema versions, rounds and months", "part", _parts(report), FULL),
        _disputed(report, texts or {}),
        _warnings(report),
    )


def undefined(rows: Iterable[Row]) -> list[str]:
    """Return why α has no value or no interval, rows with the same reason in one sentence: "α of a, b: …"."""
    names = defaultdict(list)
    for row in rows:
        if row["alpha"].get("reason"):
            names[row["alpha"]["reason"]].append(row["name"])
    return [f"α of {', '.join(alike)}: {reason}" for reason, alike in names.items()]


def method(report: Row, what: str = "") -> str:
    """Say how the intervals were made: "95% intervals of α: …; 22 articles"."""
    return f"{report['confidence']:.0%} intervals{what}: {report['interval']}; {tally(report['articles'], 'article')}"


def _filled(first: ReportTable, *others: ReportTable) -> list[ReportTable]:
    return [first, *(table for table in others if table.rows)]


def _questions(title: str, what: str, rows: Iterable[Row], columns: Sequence[str]) -> ReportTable:
    cells = question_cells if columns is BRIEF else _full_cells
    return ReportTable(title, (what, *columns), tuple((row["name"], *cells(row)) for row in rows))


def _parts(report: Row) -> list[Row]:
    return [part["row"] | {"name": part["name"]} for part in report["slices"]]


def _spans(report: Row) -> ReportTable:
    header = ("span", "sentences", "people", "articles", "spans", "exact F1", "overlap F1")
    counts = ("n_sentences", "n_annotators", "n_articles", "n_spans")
    rows = (
        (
            row["label"] or "all",
            *(f"{row[count]:,}" for count in counts),
            _estimate(row["exact_f1"]),
            _estimate(row["overlap_f1"]),
        )
        for row in report["spans"]
    )
    return ReportTable("Spans", header, tuple(rows))


def _relations(report: Row) -> ReportTable:
    header = ("relation", "sentences", "people", "articles", "drawn", "pairs", "α", "exact F1", "overlap F1")
    counts = ("n_sentences", "n_annotators", "n_articles", "n_relations", "n_pairs")
    measures = ("alpha", "exact_f1", "overlap_f1")
    rows = (
        (row["label"], *(f"{row[count]:,}" for count in counts), *(_estimate(row[name]) for name in measures))
        for row in report.get("relations", ())
    )
    return ReportTable("Relations between spans", header, tuple(rows))


def _annotators(report: Row) -> ReportTable:
    header = (
        *("annotator", "most frequent answer", "its share", "answered", "skipped", "median s"),
        *("known answers", "share met", "n with others", "articles", "α"),
    )
    rows = (
        (
            row["annotator"],
            ", ".join(row["commonest"]) or "no label",
            decimal(row["commonest_share"]),
            f"{row['answered']:,}",
            f"{row['skipped']:,}",
            decimal(row["seconds"]),
            f"{row['calibrated']:,}",
            bounded(row["accuracy"], row["accuracy_low"], row["accuracy_high"]),
            f"{row['others']['n_units']:,}",
            f"{row['others']['n_articles']:,}",
            _estimate(row["others"]["alpha"]),
        )
        for row in report["by_annotator"]
    )
    return ReportTable("Annotators, each with everybody else", header, tuple(rows), words=2)


def _disputed(report: Row, texts: Mapping[str, str]) -> ReportTable:
    rows = (
        (
            texts.get(each["sentence_id"], each["sentence_id"]),
            "; ".join(
                f"{', '.join(given['labels']) or 'no label'}: {', '.join(given['annotators'])}"
                for given in each["answers"]
            ),
            decimal(each["disagreement"]),
        )
        for each in report["disputed"]
    )
    header = ("most disputed sentence", "answers", "distance")
    return ReportTable("Most disputed sentences", header, tuple(rows), words=2)


def _warnings(report: Row) -> ReportTable:
    rows = ((each["annotator"], each["kind"], each["message"]) for each in report["warnings"])
    return ReportTable("Warnings", ("annotator", "warning", "what was seen"), tuple(rows), words=3)

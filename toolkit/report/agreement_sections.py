"""The sections about annotators: how well they agree and where not, the effect of suggestions; the agreement page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from toolkit.agreement.report_tables import alone, decimal, full_tables, undefined
from toolkit.errors import tally
from toolkit.records import Estimate
from toolkit.report.charts import plots
from toolkit.report.charts.chart_findings import apart_from, best_and_worst, most_often
from toolkit.report.charts.plots import Plot
from toolkit.report.contents import Report, Section

AGREEMENT = "How well annotators agree"


def estimate(value: Mapping[str, Any] | None) -> Estimate:
    """Read {"value", "low", "high"} of a report of another stage."""
    if value is None:
        return Estimate(value=None)
    return Estimate(value=value["value"], low=value.get("low"), high=value.get("high"))


def agreement_section(report: Mapping[str, Any], titles: Mapping[str, str]) -> Section:
    """Return the section on agreement.

    Args:
        report: As reports/agreement.json has it.
        titles: Label → its title.
    """
    said = (
        f"More than one of {tally(report['annotators'], 'person', 'people')} answered "
        f"{tally(report['doubled'], 'sentence')} of {tally(report['articles'], 'article')}. Intervals are "
        f"{report['confidence']:.0%} ({report['interval']})."
    )
    if not report["doubled"]:
        return Section(said=f"{alone(report).capitalize()}.")
    rows = [*report["layers"], *report["labels"]]
    return Section(said=said, drawn=_agreement_plots(report, titles), points=tuple(undefined(rows)))


def _agreement_plots(report: Mapping[str, Any], titles: Mapping[str, str]) -> tuple[Plot, ...]:
    rows = [*report["layers"], *report["labels"]]
    note = (
        "The dashed lines are Krippendorff's thresholds: from .80 reliable, from .667 good for tentative conclusions. "
        "α falls for rare labels although people agree; AC1 does not. AC1 is not defined for whole layers."
    )
    measured = plots.forest(
        f"Agreement by layer and label: {_reliable(rows)}",
        {titles.get(row["name"], row["name"]): (estimate(row["alpha"]), estimate(row.get("ac1"))) for row in rows},
        series=("Krippendorff's α", "Gwet's AC1"),
        unit="chance-corrected agreement; 1 is perfect, 0 is chance",
        guides=(0.667, 0.8),
        note=note,
    )
    spans = {
        titles.get(row["label"], row["label"]) or "all spans": (estimate(row["exact_f1"]), estimate(row["overlap_f1"]))
        for row in report.get("spans", ())
    }
    if not spans:
        return (measured,)
    title = f"Agreement on spans{best_and_worst({name: same for name, (same, _) in spans.items()})}"
    return measured, plots.forest(title, spans, series=("same ends", "overlapping"), unit="F1 between annotators")


def _reliable(rows: Sequence[Mapping[str, Any]]) -> str:
    lows = [low for row in rows if (low := estimate(row["alpha"]).low) is not None]
    return f"{sum(low >= 0.8 for low in lows)} of {len(rows)} have α of at least .80 with 95 % confidence"


def agreement_page_sections(
    report: Mapping[str, Any], titles: Mapping[str, str], texts: Mapping[str, str]
) -> list[Section]:
    """Return the sections of the page on agreement alone: what the report says of it, then every table.

    Args:
        report: As reports/agreement.json has it.
        titles: Label → its title.
        texts: sentence_id → text, to show the disputed sentences by.
    """
    first = replace(agreement_section(report, titles), anchor="agreement", title=AGREEMENT)
    tables = enumerate(full_tables(report, texts))
    others = (Section(f"table-{n}", table.title, _READING.get(table.title, ""), tables=(table,)) for n, table in tables)
    return [first, *others]


_READING: Mapping[str, str] = {
    "Layers and labels": (
        "n is the number of sentences with at least two ratings. Percent is the share of agreeing pairs; positive, the "
        "chance that a second person gives a label that one gave; α is Krippendorff's, with MASI distance between sets "
        "of labels; AC1 is Gwet's. Intervals are in brackets. A dash stands where a value is not defined."
    ),
    "Annotators, each with everybody else": (
        "Share met is the share of the known answers that were given, with Clopper and Pearson's interval over these."
    ),
    "Most disputed sentences": "Distance is the mean MASI distance between the labels of two people, from 0 to 1.",
}
"""Heading of a table → how to read it."""


def disagreement_section(report: Report, titles: Mapping[str, str]) -> Section | None:
    """Return the section on the labels that people disagree on; None before there are answers."""
    known = report.disagreement
    if known is None:
        return None
    waiting = tally(known.causes, "sentence waits", "sentences wait")
    said = (
        f"People gave different labels to {known.differing:,} of {tally(known.doubled, 'sentence')} with several "
        f"answers; {waiting} for an expert."
    )
    if not known.labels:
        return Section(said=said)
    labels = {titles.get(label, label): number for label, number in known.labels.items()}
    drawn = plots.bars(
        f"Labels that one person gave and another did not{most_often(labels)}", {"sentences": labels}, unit="sentences"
    )
    pairs = {(titles.get(one, one), titles.get(other, other)): float(number) for one, other, number in known.pairs}
    pairs |= {(other, one): number for (one, other), number in pairs.items()}
    names = sorted({name for pair in pairs for name in pair})
    ids = {titles.get(one, one): one for pair in known.pairs for one in pair[:2]}
    together = most_often({f"{one} and {other}": number for (one, other), number in pairs.items() if one < other})
    confused = plots.heat(
        f"Labels that are taken for each other{together}",
        names,
        names,
        pairs,
        write=lambda number: f"{number:.0f}",
        link=lambda row, name: plots.chosen(label=ids[row], other=ids[name]),
        note="Sentences on which one person gave the label of the row where another gave that of the column.",
    )
    return Section(said=said, drawn=(drawn, confused))


def suggestions_section(report: Report, titles: Mapping[str, str]) -> Section | None:
    """Return the section on answers with and without suggestions; None where nothing was suggested."""
    known = report.head_start
    if known is None:
        return None
    if not known.measures:
        return Section(said="No sentence that something was suggested for has an answer yet.")
    differences = {each.name: estimate(asdict(each.difference)) for each in known.measures}
    shares = {titles.get(name, name): (value,) for name, value in differences.items() if name != "seconds"}
    apart = plots.forest(
        f"Answers with a suggestion minus answers without{apart_from(0.0, [value for (value,) in shares.values()])}",
        shares,
        series=("difference",),
        unit="difference between the shares of answers",
        guides=(0.0,),
        whole=False,
        note='"labels as suggested": the share of answers with exactly the suggested labels; above 0, people follow '
        "the model. Of a label: the share of answers that give it.",
    )
    said = (
        f"{tally(known.answers_shown, 'answer')} to {tally(known.sentences_shown, 'sentence')} with a suggestion, "
        f"{tally(known.answers_held_back, 'answer')} to {tally(known.sentences_held_back, 'sentence')} of the "
        "hold-out, whose suggestion was not shown. Intervals are 95 % over articles."
    )
    points = tuple(
        f"{each.name}: {decimal(each.shown)} with, {decimal(each.held_back)} without; "
        f"difference {differences[each.name]}" + (f" ({each.difference.reason})" if each.difference.reason else "")
        for each in known.measures
        if each.name not in report.labels
    )
    return Section(said=said, drawn=(apart,), points=points)

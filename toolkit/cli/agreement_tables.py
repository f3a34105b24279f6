"""The agreement report as tables of a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from toolkit.cli.output import interval, number, put, put_table

if TYPE_CHECKING:
    from toolkit.agreement.headstart import HeadStartReport

_FIGURES = ("n", "prevalence", "percent", "positive", "α", "95 % interval", "AC1")


def put_report(report: dict[str, Any], *, full: bool) -> None:
    """Print a report.

    Args:
        report: As reports/agreement.json has it.
        full: Also spans, attributes, annotators, pairs and the sentences that people disagree on most.
    """
    put_table(["layer or label", *_FIGURES], _measures([*report["layers"], *report["labels"]]))
    put(
        f"{report['confidence']:.0%} intervals of α: {report['interval']}; {report['resamples']:,} resamples of "
        f"{report['articles']:,} articles, seed {report['seed']}"
    )
    if full:
        _put("span, by token", _FIGURES, _measures(report["tokens"]))
        _put("span", ("sentences", "spans", "exact F1", "95 % interval", "overlap F1", "95 % interval"), _spans(report))
        _put("attribute", _FIGURES, _measures(report["attributes"]))
        _put("pair", _FIGURES, _measures(report["pairs"]))
        columns = ("answered", "skipped", "median s", "known answers", "met", "n with others", "α", "95 % interval")
        _put("annotator", columns, _annotators(report))
    _put("part", _FIGURES, _measures(each["row"] | {"name": each["name"]} for each in report["slices"]))
    if full:
        _put("most disputed sentence", ("distance", "answers"), _disputed(report))
    warnings = [[each["annotator"], each["kind"], each["message"]] for each in report["warnings"]]
    _put("annotator", ("warning", "what was seen"), warnings)


def put_head_start(report: HeadStartReport) -> None:
    """Print what suggestions did to the answers."""
    rows = [
        [
            each.name,
            number(each.shown),
            number(each.held_back),
            number(each.difference.value),
            interval({"low": each.difference.low, "high": each.difference.high}),
        ]
        for each in report.measures
    ]
    _put("with and without suggestions", ("shown", "held back", "difference", "95 % interval"), rows)
    put(
        f"{report.answers_shown:,} answers to {report.sentences_shown:,} sentences with a suggestion, "
        f"{report.answers_held_back:,} to {report.sentences_held_back:,} whose suggestion was held back"
    )


def _put(what: str, columns: tuple[str, ...], rows: list[list[str]]) -> None:
    if rows:
        put("")
        put_table([what, *columns], rows)


def _measures(rows: Iterable[dict[str, Any]]) -> list[list[str]]:
    return [
        [
            row["name"],
            str(row["n_units"]),
            number(row["prevalence"]),
            number(row["percent"]["value"]),
            number(row["positive"]["value"]) if row["positive"] else "–",
            number(row["alpha"]["value"]),
            interval(row["alpha"]),
            number(row["ac1"]["value"]) if row["ac1"] else "–",
        ]
        for row in rows
    ]


def _spans(report: dict[str, Any]) -> list[list[str]]:
    return [
        [
            row["label"] or "all",
            str(row["n_sentences"]),
            str(row["n_spans"]),
            number(row["exact_f1"]["value"]),
            interval(row["exact_f1"]),
            number(row["overlap_f1"]["value"]),
            interval(row["overlap_f1"]),
        ]
        for row in report["spans"]
    ]


def _annotators(report: dict[str, Any]) -> list[list[str]]:
    return [
        [
            row["annotator"],
            str(row["answered"]),
            str(row["skipped"]),
            number(row["seconds"]),
            str(row["calibrated"]),
            number(row["accuracy"]),
            str(row["others"]["n_units"]),
            number(row["others"]["alpha"]["value"]),
            interval(row["others"]["alpha"]),
        ]
        for row in report["by_annotator"]
    ]


def _disputed(report: dict[str, Any]) -> list[list[str]]:
    return [
        [
            each["sentence_id"],
            number(each["disagreement"]),
            "; ".join(
                f"{', '.join(given['labels']) or 'no label'}: {', '.join(given['annotators'])}"
                for given in each["answers"]
            ),
        ]
        for each in report["disputed"]
    ]

"""The evaluation of a model as tables of a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from toolkit.cli.output import interval, number, put, put_section, put_table, told

_OVERALL = ("macro_f1", "micro_f1", "accuracy")
_MISTAKES = 20


def put_evaluation(found: dict[str, Any], *, full: bool) -> None:
    """Print an evaluation.

    Args:
        found: As reports/evaluation.json has it.
        full: Also which labels are taken for each other or stand together, parts of the rows, annotators, and the
            surest mistakes with the words that decided.
    """
    header = ("rows", "precision", "recall", "F1", "95 % interval", "AP", "calibration error")
    put_table([f"{found['model']} on {found['split']}", *header], [*_overall(found), *_labels(found), *_spans(found)])
    if full:
        put_section(("label, with 95 % intervals", "precision", "recall", "AP", "calibration error"), _bounds(found))
        pairs = [[gold, given, str(rows)] for gold, row in found["confusion"].items() for given, rows in row.items()]
        put_section(("label in gold", "given", "rows"), pairs)
        together = ([" + ".join(each["labels"]), str(each["gold"]), str(each["given"])] for each in _together(found))
        put_section(("labels together", "in gold", "given"), together)
    parts = [part for part in found["slices"] if full or part["column"] == "since"]
    put_section(("part", "rows", "macro F1", "95 % interval", "accuracy"), _parts(parts))
    put_section(
        ("annotator, against gold", "rows", "macro F1", "95 % interval", "model on these"), _people(found["ceiling"])
    )
    put_section(("why macro F1 moved", "rows", "macro F1", "change", "95 % interval"), _moves(found["moves"]))
    if "against" in found:
        _put_test(found["model"], found["against"])
    if full:
        put_section(
            ("mistake", "label", "probability", "words that decided", "text"), _mistakes(found["errors"][:_MISTAKES])
        )


def _overall(found: dict[str, Any]) -> list[list[str]]:
    return [
        [name, str(found["rows"]), "", "", number(found[name]["value"]), interval(found[name]), "", ""]
        for name in _OVERALL
    ]


def _labels(found: dict[str, Any]) -> list[list[str]]:
    return [
        [each["label"], *_scores(each), number(each["average_precision"]), number(each["calibration_error"])]
        for each in found["labels"]
    ]


def _bounds(found: dict[str, Any]) -> list[list[str]]:
    """Return what the first table gives without its interval, with it; spans have no probabilities."""
    names = ("precision", "recall", "average_precision", "calibration_error")
    rows = [*found["labels"], *found.get("spans", {}).get("scores", [])]
    return [
        [
            f"{each['label']} ({each['by']})" if "by" in each else each["label"],
            *(_bounded(each, name) if name in each else "" for name in names),
        ]
        for each in rows
    ]


def _bounded(each: dict[str, Any], name: str) -> str:
    low, high = each.get("intervals", {}).get(name, (None, None))
    return told({"value": each[name], "low": low, "high": high})


def _spans(found: dict[str, Any]) -> list[list[str]]:
    return [
        [f"{each['label']} ({each['by']})", *_scores(each), "", ""] for each in found.get("spans", {}).get("scores", [])
    ]


def _scores(each: dict[str, Any]) -> list[str]:
    figures = (each["precision"], each["recall"], each["f1"]["value"])
    return [str(each["support"]), *map(number, figures), interval(each["f1"])]


def _together(found: dict[str, Any]) -> list[dict[str, Any]]:
    return sorted(found["co_occurrence"], key=lambda each: (-each["gold"], -each["given"], each["labels"]))


def _parts(slices: Iterable[dict[str, Any]]) -> Iterable[list[str]]:
    for part in slices:
        yield [
            f"{part['column']}: {part['value']}",
            str(part["rows"]),
            number(part["macro_f1"]["value"]),
            interval(part["macro_f1"]),
            told(part["accuracy"]),
        ]


def _people(ceiling: Iterable[dict[str, Any]]) -> Iterable[list[str]]:
    for each in ceiling:
        score, model = each["macro_f1"], each["model_macro_f1"]
        yield [each["annotator"], str(each["rows"]), number(score["value"]), interval(score), told(model)]


def _moves(moves: Iterable[dict[str, Any]]) -> Iterable[list[str]]:
    for each in moves:
        change = each["change"]
        told = ("", "") if change is None else (_signed(change["value"]), interval(change))
        yield [each["cause"], str(each["rows"]), number(each["macro_f1"]["value"]), *told]


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+z.2f}"


def _put_test(model: str, test: dict[str, Any]) -> None:
    difference = test["difference"]
    put("")
    put(
        f"{model} less {test['model']}: {_signed(difference['value'])} macro F1 (95 % interval {interval(difference)}; "
        f"p = {test['p_value']:.3g} by swapping the answers of whole stories, {test['groups']:,} of them)"
    )


def _mistakes(errors: Iterable[dict[str, Any]]) -> Iterable[list[str]]:
    for each in errors:
        words = ", ".join(f"{word} {weight:+.1f}" for word, weight in each["words"])
        yield [each["fault"], each["label"], number(each["probability"]), words, each["text"]]

"""The page of one evaluation: scores, confusions, curves, parts of the rows, and the mistakes to browse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from toolkit.agreement.report_tables import ReportTable, decimal
from toolkit.errors import tally
from toolkit.records import Estimate
from toolkit.report.agreement_sections import estimate
from toolkit.report.charts import plots
from toolkit.report.charts.plots import SERIES, Plot
from toolkit.report.contents import Section
from toolkit.report.html_document import page_of

_SCORES = {"macro_f1": "macro F1", "micro_f1": "micro F1", "accuracy": "accuracy (all labels right)"}
_MATCH_SCORES = ("precision", "recall", "f1")
_LABEL_SCORES = (*_MATCH_SCORES, "average_precision", "calibration_error")
_DRAWN = 12  # labels with curves, the most frequent
_CONFUSED = 25  # labels that a grid has room for


def evaluation_page(report: Mapping[str, Any]) -> str:
    """Return the page of an evaluation; the same report gives the same text.

    Args:
        report: As reports/evaluation.json has it: `Evaluation.to_dict` with "model" and "split".
    """
    sections = [section for section in _sections(report) if section.drawn or section.tables or section.points]
    where = " of ".join(str(report[key]) for key in ("split", "release") if key in report)
    mistakes = report["errors"]
    return page_of(
        title=f"{report['model']} on {where}",
        kind="Evaluation",
        made=[f"baseline {report['baseline']}", "95 % intervals over stories"],
        tiles={"rows": report["rows"], "stories": report["groups"], "labels": len(report["labels"])}
        | {"mistakes shown": len(mistakes)},
        answers=(),
        sections=sections,
        table=None,
        data=mistakes or None,
        shows="mistakes.js",
        mistakes=bool(mistakes),
    )


def _sections(report: Mapping[str, Any]) -> Iterator[Section]:
    yield Section(
        "scores", "Scores", drawn=tuple(_scores(report)), points=tuple(report["notes"]), tables=_tables(report)
    )
    yield Section("confusion", "Confusion", _reading_of_confusion(report), drawn=tuple(_confusion(report)))
    yield Section(
        "precision-recall",
        "Precision and recall",
        "What precision each recall costs, as the threshold falls. A label of little frequency begins low by chance.",
        drawn=tuple(_precision_recall(report)),
    )
    yield Section(
        "reliability",
        "Reliability of the probabilities",
        "How often the label is right where about the same probability was given; on the dashed line both are equal.",
        drawn=tuple(_reliability(report)),
    )
    yield Section("parts", "Parts of the rows", drawn=tuple(_parts(report)), tables=_people(report))
    yield Section("changes", "Differences", points=tuple(_differences(report)))


def _scores(report: Mapping[str, Any]) -> Iterator[Plot]:
    overall = {title: (estimate(report[name]),) for name, title in _SCORES.items()}
    if report.get("f1_positive"):
        overall[f"F1 of {report['positive']}"] = (estimate(report["f1_positive"]),)
    yield plots.forest("Overall", overall, series=("score",), unit="score; 1 is perfect")
    rows = {
        f"{each['label']} · {each['support']:,}": tuple(_of(each, name) for name in _MATCH_SCORES)
        for each in report["labels"]
    }
    note = "The number of rows that carry the label stands with its name."
    yield plots.forest("By label", rows, series=("precision", "recall", "F1"), unit="score; 1 is perfect", note=note)


def _of(row: Mapping[str, Any], name: str) -> Estimate:
    """Return a score of a label: one with its own interval, or one whose bounds stand in "intervals"."""
    if isinstance(row[name], Mapping):
        return estimate(row[name])
    low, high = row["intervals"].get(name, (None, None))
    return Estimate(value=row[name], low=low, high=high)


def _told(value: Estimate) -> str:
    known = value.value is not None and value.low is None
    return f"{value} (too few)" if known else str(value)


def _matched(name: str, row: Mapping[str, Any], scores: Sequence[str] = _MATCH_SCORES) -> tuple[str, ...]:
    """Return a row of a table: how often something was decided and given, and its scores."""
    return name, f"{row['support']:,}", f"{row['given']:,}", *(_told(_of(row, score)) for score in scores)


def _tables(report: Mapping[str, Any]) -> tuple[ReportTable, ...]:
    header = ("label", "rows", "given", "precision", "recall", "F1", "average precision", "calibration error")
    rows = tuple(_matched(each["label"], each, _LABEL_SCORES) for each in report["labels"])
    found = [ReportTable("Every score with its interval", header, rows)]
    if "spans" in report:
        spans = tuple(_matched(f"{each['label']} ({each['by']})", each) for each in report["spans"]["scores"])
        found.append(ReportTable("Spans", ("span", "decided", "given", "precision", "recall", "F1"), spans))
    return tuple(found)


def _reading_of_confusion(report: Mapping[str, Any]) -> str:
    if len(report["labels"]) > _CONFUSED:
        return f"Between the {_CONFUSED} most frequent labels."
    return "Rows: what was decided; columns: what the model gave. Of rows with several labels each pair counts."


def _confusion(report: Mapping[str, Any]) -> Iterator[Plot]:
    totals = {gold: sum(row.values()) for gold, row in report["confusion"].items()}
    given = [name for row in report["confusion"].values() for name in row]
    names = sorted({*totals, *given}, key=lambda name: (-totals.get(name, 0), name))[:_CONFUSED]
    values = {
        (gold, said): float(number)
        for gold, row in report["confusion"].items()
        for said, number in row.items()
        if gold in names and said in names
    }
    if values:
        yield plots.heat("Decided label by given label", names, names, values, write=lambda value: f"{value:,.0f}")


def _drawn(report: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], ...]]:
    """Return the curves of the most frequent labels, as many together as there are colours."""
    support = {each["label"]: each["support"] for each in report["labels"]}
    curves = [each for each in report.get("curves", ()) if support.get(each["label"])]
    ranked = sorted(curves, key=lambda each: (-support[each["label"]], each["label"]))[:_DRAWN]
    return [tuple(ranked[at : at + len(SERIES)]) for at in range(0, len(ranked), len(SERIES))]


def _precision_recall(report: Mapping[str, Any]) -> Iterator[Plot]:
    for together in _drawn(report):
        yield plots.curves(
            f"Precision over recall: {_listed(together)}",
            {
                each["label"]: [
                    (recall, Estimate(value=precision))
                    for recall, precision in zip(each["recall"], each["precision"], strict=True)
                ]
                for each in together
            },
            across="recall",
            unit="precision",
        )


def _reliability(report: Mapping[str, Any]) -> Iterator[Plot]:
    for together in _drawn(report):
        yield plots.curves(
            f"Frequency over probability: {_listed(together)}",
            {
                each["label"]: [(part["probability"], estimate(part["frequency"])) for part in each["bins"]]
                for each in together
            },
            across="mean probability",
            unit="frequency of the label",
            diagonal=True,
            note="Five bins of equal width; bars are intervals over stories, none where there are too few.",
        )


def _listed(together: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(each["label"] for each in together)


def _parts(report: Mapping[str, Any]) -> Iterator[Plot]:
    rows = {
        f"{each['column']}: {each['value']} · {each['rows']:,}": tuple(
            estimate(each[name]) for name in ("macro_f1", "accuracy")
        )
        for each in report["slices"]
    }
    if rows:
        yield plots.forest("Scores of parts", rows, series=("macro F1", "accuracy"), unit="score; 1 is perfect")


def _people(report: Mapping[str, Any]) -> tuple[ReportTable, ...]:
    rows = tuple(
        (
            each["annotator"],
            f"{each['rows']:,}",
            *(_told(estimate(each[name])) for name in ("macro_f1", "model_macro_f1")),
        )
        for each in report["ceiling"]
    )
    header = ("annotator, against what was decided", "rows", "macro F1", "the model on these")
    found = [ReportTable("People on the same rows", header, rows)] if rows else []
    marked = tuple(
        _matched(f"{person['annotator']}: {each['label']} ({each['by']})", each)
        for person in report.get("span_ceiling", ())
        for each in (*person["spans"], *person["relations"])
    )
    if marked:
        names = ("annotator: span or relation", "decided", "given", "precision", "recall", "F1")
        found.append(ReportTable("People's spans and relations", names, marked))
    return tuple(found)


def _differences(report: Mapping[str, Any]) -> Iterator[str]:
    for each in report.get("falls", ()):
        yield f"{each['split']}, {each['score']}: {_told(estimate(each['there']))}, a fall of {estimate(each['fall'])}."
    for step in report.get("moves", ()):
        rows, score = tally(step["rows"], "row"), estimate(step["macro_f1"])
        if step["change"] is None:
            yield f"On {report.get('since', 'the older release')}: macro F1 {score} ({rows})."
        else:
            yield f"{step['cause'].capitalize()} ({rows}): {estimate(step['change'])}, to {decimal(score.value)}."
    if "against" in report:
        test, stories = report["against"], tally(report["against"]["groups"], "story", "stories")
        yield (
            f"{report['model']} less {test['model']}: {estimate(test['difference'])} macro F1, "
            f"p = {test['p_value']:.3g} by swapping the answers of whole stories ({stories})."
        )

"""The agreement report as one HTML page that needs nothing else: no script, no font, no other file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from toolkit.agreement.report import AgreementReport, AnnotatorRow, Estimate, Row, SpanRow
from toolkit.errors import InvalidInput
from toolkit.project.workspace import AGREEMENT, Workspace
from toolkit.records import from_json

_STYLE = """
body{font:15px/1.45 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
table{border-collapse:collapse;margin:.5rem 0 2rem}th,td{padding:.25rem .7rem;text-align:right;border-bottom:1px solid
#ddd}th:first-child,td:first-child{text-align:left}td.t,th.t{text-align:left}thead th{border-bottom:2px solid #888}
small{color:#666}@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}th,td{border-color:#444}}
"""
_ROW = ("units", "people", "ratings", "articles", "prevalence", "percent", "positive", "α", "AC1")


def page(report: AgreementReport, texts: Mapping[str, str]) -> str:
    """Return the report as an HTML document.

    Args:
        report: What was measured.
        texts: sentence_id → text, to show the disputed sentences by.
    """
    parts = [
        f"<h1>Agreement on {escape(report.schema)}</h1>",
        f"<p>{_facts(report)}</p><p><small>{_method(report)}</small></p>",
        _rows("Layers", "layer", report.layers),
        _rows("Labels", "label", report.labels),
        _span_rows(report.spans),
        _rows("Tokens within spans", "span", report.tokens),
        _rows("Attributes of matched spans", "attribute", report.attributes),
        _annotators(report.by_annotator),
        _rows("Pairs", "pair", report.pairs),
        _slices(report),
        _table(
            "Warnings",
            ("annotator", "kind", "what was seen"),
            [(escape(each.annotator), each.kind, escape(each.message)) for each in report.warnings],
            words=3,
        ),
        _disputed(report, texts),
    ]
    head = f'<meta charset="utf-8"><title>Agreement on {escape(report.schema)}</title><style>{_STYLE}</style>'
    body = "\n".join(part for part in parts if part)
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def _facts(report: AgreementReport) -> str:
    return (
        f"{report.answers:,} answers of {report.annotators:,} annotators to {report.sentences:,} sentences "
        f"({report.skipped:,} more were skipped). All below rests on the {report.doubled:,} sentences of "
        f"{report.articles:,} articles that at least two people answered."
    )


def _method(report: AgreementReport) -> str:
    return (
        f"In brackets {report.confidence:.0%} intervals: {escape(report.interval)}, {report.resamples:,} resamples, "
        f"seed {report.seed}. α is Krippendorff's, with MASI distance between label sets; AC1 is Gwet's; percent is "
        "the share of agreeing pairs, for label sets of equal ones; met is the share of the known answers that were "
        "given, with Clopper and Pearson's interval over these. Hover a dash (undefined), or a value without brackets, "
        "for the reason."
    )


def _rows(title: str, what: str, rows: Iterable[Row]) -> str:
    return _table(title, (what, *_ROW), [(escape(row.name), *_cells(row)) for row in rows])


def _cells(row: Row) -> tuple[str, ...]:
    counts = (row.n_units, row.n_annotators, row.n_pairable, row.n_articles)
    estimates = (row.percent, row.positive, row.alpha, row.ac1)
    prevalence = _share(row.prevalence, row.prevalence_low, row.prevalence_high)
    return (*(f"{count:,}" for count in counts), prevalence, *(_estimate(each) for each in estimates))


def _span_rows(rows: Iterable[SpanRow]) -> str:
    cells = [
        (
            escape(row.label) or "all",
            *(f"{count:,}" for count in (row.n_sentences, row.n_annotators, row.n_spans, row.n_articles)),
            _estimate(row.exact_f1),
            _estimate(row.overlap_f1),
        )
        for row in rows
    ]
    return _table("Spans", ("span", "sentences", "people", "spans", "articles", "exact F1", "overlap F1"), cells)


def _annotators(rows: Iterable[AnnotatorRow]) -> str:
    header = ("annotator", "answered", "skipped", "median s", "commonest", "its share", "known answers", "met", *_ROW)
    cells = [
        (
            escape(row.annotator),
            f"{row.answered:,}",
            f"{row.skipped:,}",
            "–" if row.seconds is None else f"{row.seconds:.1f}",
            escape(", ".join(row.commonest)) or "no label",
            f"{row.commonest_share:.0%}",
            f"{row.calibrated:,}",
            _share(row.accuracy, row.accuracy_low, row.accuracy_high),
            *_cells(row.others),
        )
        for row in rows
    ]
    return _table("Annotators, each with everybody else", header, cells)


def _slices(report: AgreementReport) -> str:
    cells = [(f"{each.kind} {escape(each.name)}", *_cells(each.row)) for each in report.slices]
    return _table("Over time and versions", ("part", *_ROW), cells)


def _disputed(report: AgreementReport, texts: Mapping[str, str]) -> str:
    cells = [
        (
            escape(texts.get(each.sentence_id, each.sentence_id)),
            "<br>".join(
                f"{escape(', '.join(given.labels)) or 'no label'}: {escape(', '.join(given.annotators))}"
                for given in each.answers
            ),
            f"{each.disagreement:.2f}",
        )
        for each in report.disputed
    ]
    return _table("Most disputed sentences", ("sentence", "answers", "distance"), cells, words=2)


def _estimate(figure: Estimate | None) -> str:
    if figure is None:
        return ""
    if figure.value is None:
        return f'<span title="{escape(figure.reason or "")}">–</span>'
    if figure.low is None or figure.high is None:
        return f'<span title="{escape(figure.reason or "")}">{figure.value:.2f}</span>'
    how = ' title="exact: all or no pairs agree"' if figure.method == "exact" else ""
    return f"{figure.value:.2f} <small{how}>[{figure.low:.2f}, {figure.high:.2f}]</small>"


def _share(value: float | None, low: float | None, high: float | None) -> str:
    """Return a share in per cent, with its bounds where it has some."""
    if value is None:
        return "–"
    return f"{value:.1%}" + ("" if low is None or high is None else f" <small>[{low:.1%}, {high:.1%}]</small>")


def _table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]], *, words: int = 1) -> str:
    """Return a heading and a table of HTML cells, the first `words` columns to the left; nothing without rows."""
    if not rows:
        return ""
    kinds = [' class="t"' if at < words else "" for at in range(len(header))]
    head = "".join(f"<th{kind}>{name}</th>" for kind, name in zip(kinds, header, strict=True))
    lines = [
        "<tr>" + "".join(f"<td{kind}>{cell}</td>" for kind, cell in zip(kinds, row, strict=True)) + "</tr>"
        for row in rows
    ]
    return f"<h2>{title}</h2>\n<table><thead><tr>{head}</tr></thead><tbody>\n" + "\n".join(lines) + "\n</tbody></table>"


def agreement_page(workspace: Workspace) -> str:
    """Return the last agreement report as one self-contained HTML page.

    Raises:
        InvalidInput: There is none yet.
    """
    path = workspace.path(AGREEMENT)
    if not path.exists():
        raise InvalidInput("is not there yet", where=str(path), remedy="run `toolkit agreement`")
    report = from_json(AgreementReport, path.read_bytes(), where=str(path))
    return page(report, {sentence.sentence_id: sentence.text for sentence in workspace.sentences()})

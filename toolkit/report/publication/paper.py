"""The files of a paper: tables as LaTeX and CSV, plots as SVG and PDF, a paragraph on methods, and how to cite.

Every number comes from the files of the stages; what a stage has not made is left out and named.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from toolkit import release
from toolkit.agreement.report_tables import bounded, decimal
from toolkit.engine.csv_cells import safe_cell
from toolkit.project import Workspace, write_atomic
from toolkit.records import Estimate
from toolkit.report.charts.plots import forest_files
from toolkit.report.contents import Report
from toolkit.report.publication.methods_text import as_tex, methods
from toolkit.report.sections import label_titles
from toolkit.report.stage import project_report

Cell = str | int | Estimate | None
"""A cell of a table: words, a count, or a value with its interval."""

_GUIDES: Final = (0.667, 0.8)  # Krippendorff's bounds for tentative and for good agreement


@dataclass(frozen=True)
class PaperTable:
    """A table of a paper.

    Attributes:
        name: Of its files.
        caption: What it shows.
        header: Names of the columns.
        rows: Cells in the order of the header.
    """

    name: str
    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def tex(self, titles: Mapping[str, str]) -> str:
        """Return a LaTeX table, for the packages booktabs and inputenc with utf8; labels go by their titles."""
        columns = "l" + "r" * (len(self.header) - 1)
        lines = [
            " & ".join(map(as_tex, self.header)),
            *(" & ".join(map(_tex_cell, (titles.get(str(first), first), *row))) for first, *row in self.rows),
        ]
        head, *body = (f"{line} \\\\" for line in lines)
        return "\n".join(
            [
                "\\begin{table}",
                "\\centering",
                f"\\caption{{{as_tex(self.caption)}}}",
                f"\\label{{tab:{self.name}}}",
                f"\\begin{{tabular}}{{{columns}}}",
                "\\toprule",
                head,
                "\\midrule",
                *body,
                "\\bottomrule",
                "\\end{tabular}",
                "\\end{table}",
                "",
            ]
        )

    def csv(self) -> str:
        """Return it as CSV: labels by their ids, a value and its two bounds in three columns, all digits kept."""
        file = io.StringIO(newline="")
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
        bounds = [any(isinstance(row[at], Estimate) for row in self.rows) for at in range(len(self.header))]
        writer.writerow(_spread([(name, f"{name} low", f"{name} high") for name in self.header], bounds))
        for row in self.rows:
            writer.writerow(_spread([_three(cell) for cell in row], bounds))
        return file.getvalue()


def write_paper(workspace: Workspace, folder: Path) -> tuple[tuple[Path, ...], Mapping[str, str]]:
    """Write the files of a paper; the same project gives the same bytes.

    Args:
        workspace: The project; nobody else may be at work on it.
        folder: Where to; files of ours that are there are replaced.

    Returns:
        The files; and part → the command that makes it, for what is left out.

    Raises:
        Locked: Another command is at work on the project.
        InvalidInput: A file of the project is damaged.
    """
    with workspace.lock():
        report = project_report(workspace, shown=0)
        files = dict(_files(workspace, report))
    for name, data in files.items():
        write_atomic(folder / name, data)
    dated = b"date-released" in _bytes(files.get("CITATION.cff", b"date-released"))
    missing = {} if dated else {"date of the release": "toolkit build VERSION --released-on YYYY-MM-DD"}
    return tuple(folder / name for name in sorted(files)), {**report.missing, **missing}


def _bytes(data: bytes | str) -> bytes:
    return data.encode() if isinstance(data, str) else data


def _files(workspace: Workspace, report: Report) -> Iterator[tuple[str, bytes | str]]:
    text, titles = methods(report), {**label_titles(report.labels), **report.spans}
    yield "methods.md", text + "\n"
    yield "methods.tex", as_tex(text) + "\n"
    for table in paper_tables(report):
        yield f"{table.name}.tex", table.tex(titles)
        yield f"{table.name}.csv", table.csv().encode("utf-8-sig")
    for name, (title, unit, values, guides) in _plots(report).items():
        rows = {titles.get(label, label): value for label, value in values.items()}
        found = forest_files(title, rows, series=(unit,), unit=unit, guides=guides)
        yield from ((f"{name}.{ending}", data) for ending, data in found.items())
    newest = release.newest(workspace.path("releases"))
    if newest is not None and "CITATION.cff" in newest.manifest["files"]:
        citation = yaml.safe_load(newest.read("CITATION.cff"))
        citation |= {"doi": doi} if (doi := workspace.config.release.doi) else {}
        yield "CITATION.cff", yaml.safe_dump(citation, sort_keys=False, allow_unicode=True, width=120)


def paper_tables(report: Report) -> list[PaperTable]:
    """Return the tables for which there are numbers."""
    found = [*_agreement(report.agreement or {}), *_scores(report.evaluation or {}), *_splits(report)]
    return [table for table in found if table.rows]


def _agreement(report: Mapping[str, Any]) -> Iterator[PaperTable]:
    rows = [
        (
            row["name"],
            row["n_units"],
            row["n_annotators"],
            _estimate(row["prevalence"], row.get("prevalence_low"), row.get("prevalence_high")),
            *(_read(row[name]) for name in ("percent", "alpha")),
            None if row["ac1"] is None else _read(row["ac1"]),
        )
        for row in (*report.get("layers", ()), *report.get("labels", ()))
    ]
    header = ("label", "n", "annotators", "prevalence", "agreement", "α", "AC1")
    caption = "Agreement per layer and label: Krippendorff's α and Gwet's AC1 with 95 % intervals"
    yield PaperTable("agreement", caption, header, tuple(rows))
    spans = [
        (
            row["label"] or "all",
            row["n_sentences"],
            row["n_spans"],
            _read(row["exact_f1"]),
            _read(row["overlap_f1"]),
        )
        for row in report.get("spans", ())
    ]
    columns = ("span", "sentences", "spans", "exact F1", "overlap F1")
    yield PaperTable("spans", "Agreement on spans: mean pairwise F1 with 95 % intervals", columns, tuple(spans))


def _scores(report: Mapping[str, Any]) -> Iterator[PaperTable]:
    rows: list[tuple[Cell, ...]] = []
    for row in report.get("labels", ()):
        bounds = {name: row["intervals"].get(name, (None, None)) for name in ("precision", "recall")}
        rows.append(
            (
                row["label"],
                row["support"],
                *(_estimate(row[name], *bounds[name]) for name in ("precision", "recall")),
                _read(row["f1"]),
            )
        )
    for name, title in (("macro_f1", "macro F1"), ("micro_f1", "micro F1"), ("accuracy", "accuracy")):
        if report.get(name):
            rows.append((title, report["rows"], None, None, _read(report[name])))
    caption = f"Scores of {report.get('baseline', 'the baseline')} per label on {report.get('split', 'test')}"
    yield PaperTable(
        "scores", f"{caption}, with 95 % intervals", ("label", "n", "precision", "recall", "F1"), tuple(rows)
    )


def _splits(report: Report) -> Iterator[PaperTable]:
    if report.releases is None:
        return
    rows = [(split, held["sentences"], held["stories"]) for split, held in report.releases.splits.items()]
    caption = f"Splits of release {report.releases.version}; no story is divided"
    yield PaperTable("splits", caption, ("split", "sentences", "stories"), tuple(rows))


_Rows = Mapping[str, Sequence[Estimate]]


def _plots(report: Report) -> dict[str, tuple[str, str, _Rows, tuple[float, ...]]]:
    """Return name of the file → title, unit, values and guides."""
    agreement, evaluation = report.agreement or {}, report.evaluation or {}
    asked = {
        row["name"]: (_read(row["alpha"]),) for row in (*agreement.get("layers", ()), *agreement.get("labels", ()))
    }
    scored = {row["label"]: (_read(row["f1"]),) for row in evaluation.get("labels", ())}
    found = {
        "agreement": ("Krippendorff's α with 95 % intervals", "α", asked, _GUIDES),
        "scores": ("F1 per label with 95 % intervals", "F1", scored, ()),
    }
    return {name: plot for name, plot in found.items() if any(mark.value is not None for (mark,) in plot[2].values())}


def _read(said: Mapping[str, Any]) -> Estimate:
    return _estimate(said["value"], said["low"], said["high"])


def _estimate(value: float | None, low: float | None, high: float | None) -> Estimate:
    return Estimate(value=value, low=low, high=high)


def _tex_cell(cell: Cell) -> str:
    if isinstance(cell, Estimate):
        return as_tex(bounded(cell.value, cell.low, cell.high))
    return as_tex(decimal(None) if cell is None else f"{cell:,}" if isinstance(cell, int) else cell)


def _three(cell: Cell) -> tuple[object, object, object]:
    if isinstance(cell, Estimate):
        return tuple("" if part is None else part for part in (cell.value, cell.low, cell.high))  # type: ignore[return-value]
    return ("" if cell is None else cell if isinstance(cell, int) else safe_cell(cell)), "", ""


def _spread(cells: Sequence[tuple[object, object, object]], bounds: Sequence[bool]) -> list[object]:
    return [part for cell, three in zip(cells, bounds, strict=True) for part in (cell if three else cell[:1])]

"""The section on shares of labels in the whole corpus: what `toolkit estimate` found last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toolkit.report.agreement_sections import estimate
from toolkit.report.charts import plots
from toolkit.report.charts.chart_findings import highest
from toolkit.report.contents import Report, Section

MOST = 40
"""Rows that a plot shows; all are in reports/estimate.csv."""


def share_section(report: Report, titles: Mapping[str, str]) -> Section | None:
    """Return the section; None where no share was estimated."""
    known = report.shares
    if known is None:
        return None
    rows = known["rows"]
    drawn = {
        _name(row, titles): [estimate(row["found"]["share"]), estimate(row["found"]["alone"])] for row in rows[:MOST]
    }
    more = f" The first {MOST} of {len(rows)} rows; all are in reports/estimate.csv." if len(rows) > MOST else ""
    found = highest({name: both for name, (both, _) in drawn.items()}, "most")
    plot = plots.forest(
        f"Share of the sentences that carry a label{found}",
        drawn,
        series=("people and model", "people alone"),
        unit="share of all sentences",
        whole=False,
        note=f"Lines are 95 % intervals. They hold however bad the model is.{more}",
    )
    said = (
        f"People's labels on a random part and the answers of {known['model']} on all sentences give the share of each "
        "label in the whole corpus."
    )
    points = tuple(row["said"] for row in rows[:MOST]) + tuple(known["notes"])
    return Section(said=said, drawn=(plot,), points=points)


def _name(row: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    label = titles.get(row["label"], row["label"])
    return f"{label}, {row['group']}" if row["group"] else label

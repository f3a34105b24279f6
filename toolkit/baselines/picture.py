"""The picture on a model card: F1 of each label with its interval."""

from __future__ import annotations

import io

from toolkit.baselines.evaluation import Evaluation

PICTURE = "f1.png"

_ROW = 0.32  # inches a label


def f1_picture(evaluation: Evaluation, *, split: str) -> bytes:
    """Draw F1 of each label, most frequent first, with its interval, as PNG: the same bytes for the same figures.

    Args:
        evaluation: With at least one label.
        split: What it was judged on, for the title.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = sorted(evaluation.labels, key=lambda row: (row.support, row.label))
    figure = Figure(figsize=(7.2, 1.2 + _ROW * len(rows)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for place, row in enumerate(rows):
        score = row.f1
        if score.value is None:
            continue
        if score.low is not None and score.high is not None:
            axes.plot([score.low, score.high], [place, place], color="#666666", linewidth=2)
        axes.plot([score.value], [place], "o", color="#0072b2")
    axes.set_yticks(range(len(rows)), [f"{row.label} ({row.support})" for row in rows])
    axes.set_xlim(0, 1)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_xlabel(f"F1 on {split}, {evaluation.rows} sentences; lines are 95 % intervals over groups")
    axes.grid(axis="x", color="#dddddd")
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=120, metadata={"Software": None})
    return drawn.getvalue()

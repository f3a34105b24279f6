"""A model's mistakes as a table for a spreadsheet: reports/errors.csv."""

from __future__ import annotations

import csv
import io

from toolkit.baselines.evaluation.scores import Evaluation
from toolkit.release.export.formats import safe_cell

COLUMNS = ("sentence_id", "label", "fault", "probability", "gold", "given", "words", "text")


def errors_csv(evaluation: Evaluation) -> str:
    """Return the mistakes as CSV, the surest first, under a line of `COLUMNS`.

    Words stand with what they weighed, in log-odds: "denied +1.52, council -0.31". No cell is a formula.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for error in evaluation.errors:
        words = ", ".join(f"{word} {weight:+.2f}" for word, weight in error.words)
        gold, given = (" | ".join(labels) for labels in (error.gold, error.given))
        cells = (error.id, error.label, error.fault, error.probability, gold, given, words, error.text)
        writer.writerow([safe_cell(cell) for cell in cells])
    return file.getvalue()

"""The dataset of casualty figures is a release that the project builds, with the figures as they were written down."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest

from toolkit import samples

SCRIPT = Path(__file__).parents[2] / "scripts" / "figures_dataset.py"
MOST = 4  # sentences per language


FIELDS = ("low", "low_open", "high", "high_open", "qualifier", "harm")


def stated(figure: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that a figure of the gold has."""
    return {name: figure[name] for name in FIELDS if figure[name] not in (None, False)}


def said(attributes: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a figure with open bounds as true or not there."""
    return {name: value if value != "true" else True for name, value in attributes.items() if value is not None}


@pytest.mark.slow
def test_each_figure_of_the_release_is_the_one_that_was_written_down(tmp_path: Path) -> None:
    assert runpy.run_path(str(SCRIPT))["main"]([str(tmp_path / "p"), "--most", str(MOST)]) == 0
    gold: dict[str, list[tuple[int, int, dict[str, Any]]]] = {}
    for path in samples.figures().glob("*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines()[:MOST]:
            row = json.loads(line)
            gold[row["sentence"]] = [(figure["start"], figure["end"], stated(figure)) for figure in row["figures"]]
    rows = ds.dataset(tmp_path / "p" / "releases" / "1.0.0" / "data", format="parquet").to_table().to_pylist()
    found = {
        row["text"]: [(span["start"], span["end"], said(span["attributes"])) for span in row["spans"]] for row in rows
    }
    assert found == gold
    assert {row["language"] for row in rows} == {"de", "en", "es", "fr", "ru", "uk"}

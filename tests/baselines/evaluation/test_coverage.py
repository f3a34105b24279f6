"""A small part of scripts/bench/coverage.py: every figure's interval holds the truth about as often as it says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

BENCH = Path(__file__).parents[3] / "scripts" / "bench" / "coverage.py"


@pytest.fixture
def bench() -> Any:
    spec = importlib.util.spec_from_file_location("bench_coverage", BENCH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_every_figure_holds_the_truth(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "CLUSTERINGS", (0.35,))
    monkeypatch.setattr(bench, "PREVALENCES", (0.3,))
    found = [cell for cell in bench.cells(400, (5, 20)) if bench.counts(cell)]
    assert {cell["figure"] for cell in found} >= {"macro F1", "difference", "calibration error", "agreement alpha"}
    assert [cell for cell in found if not bench.inside(cell, (0.92, 0.98))] == []

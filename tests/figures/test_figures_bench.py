"""The script that measures the reader of figures."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "bench" / "figures.py"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_figures", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def figure(text: str, start: int, low: int, harm: str = "killed", **more: object) -> dict[str, object]:
    row = {"text": text, "start": start, "low": low, "low_open": False, "high": low, "high_open": False}
    return {**row, "qualifier": "exact", "harm": harm, **more}


def test_each_field_is_judged_and_what_is_no_figure_is_counted(bench: ModuleType) -> None:
    cases = [
        bench.Case("en", "14 died and 20 were hurt.", (figure("14", 0, 14), figure("20", 12, 20, "wounded"))),
        bench.Case("en", "3 died of 40.", (figure("3", 0, 3),)),
    ]
    found = {"14": figure("14", 0, 15), "3": figure("3", 0, 3, "wounded"), "40": figure("40", 10, 40)}

    def read(sentence: str, _language: str) -> list[dict[str, object]]:
        return [row for text, row in found.items() if text in sentence]

    measured = bench.measure(cases, read)
    assert measured["n"] == 3
    assert measured["found"] == pytest.approx(2 / 3)
    assert (measured["low"], measured["bounds"], measured["qualifier"], measured["harm"]) == (0.5, 0.5, 1.0, 0.5)
    assert (measured["all"], measured["false"]) == (0.0, 50.0)


def test_peers_read_every_number(bench: ModuleType) -> None:
    sentence = "In 2014 twenty-one people died 30 km away."
    assert [row["text"] for row in bench.digits(sentence, "en")] == ["2014", "30"]
    assert [row["low"] for row in bench.text2num(sentence, "en")] == [2014, 21, 30]


def test_an_optional_figure_may_be_found_or_not(bench: ModuleType) -> None:
    case = bench.Case("en", "Both died.", (figure("Both", 0, 2, optional=True),))
    assert bench.measure([case], lambda *_: [])["n"] == 0
    assert bench.measure([case], lambda *_: [figure("Both", 0, 2)])["false"] == 0


def test_a_missed_floor_is_exit_code_4(
    bench: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {"language": "en", "sentence": "Five people died.", "expected": [figure("Five", 0, 5)]}
    (tmp_path / "figures.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["figures.py", str(tmp_path), "--floor", "en.all=1,en.false=0"])
    assert bench.main() == 0
    monkeypatch.setattr(sys, "argv", ["figures.py", str(tmp_path), "--floor", "de.all=0.5"])
    assert bench.main() == 4
    assert "missed: de.all" in capsys.readouterr().err

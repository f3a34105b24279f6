import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).parents[2] / "scripts" / "bench" / "segment.py"
GOLD = Path(__file__).parent / "gold"


@pytest.fixture(scope="module")
def bench():
    sys.path.insert(0, str(SCRIPT.parent))
    spec = importlib.util.spec_from_file_location("bench_segment", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]
    sys.path.remove(str(SCRIPT.parent))


def run(*arguments):
    return subprocess.run(
        [sys.executable, SCRIPT, *map(str, arguments)], capture_output=True, text=True, encoding="utf-8", check=False
    )


def score(bench, text, gold, predicted, optional=()):
    document = bench.Document("en", text, tuple(gold), tuple(optional))
    return bench.score([document], lambda _text, _lang: predicted)


#       0123456789012345678901234567
TEXT = "He left. She ran. All fell."
GOLD_SPANS = [(0, 8), (9, 17), (18, 27)]


def test_f1c_does_not_count_the_last_end(bench):
    assert score(bench, TEXT, GOLD_SPANS, [(0, 27)]) == (0.0, 0.0)
    assert score(bench, TEXT, [(0, 27)], [(0, 27)]) == (100.0, 100.0)


def test_f1c_is_the_f1_of_pooled_boundaries(bench):
    # one of two found, none wrong: P 1, R 1/2
    assert score(bench, TEXT, GOLD_SPANS, [(0, 8), (9, 27)]) == (pytest.approx(200 / 3), 0.0)
    # both found, one wrong: P 2/3, R 1
    assert score(bench, TEXT, GOLD_SPANS, [(0, 8), (9, 12), (13, 17), (18, 27)]) == (pytest.approx(80.0), 0.0)


def test_white_space_may_stand_on_either_side_of_a_boundary(bench):
    assert score(bench, TEXT, GOLD_SPANS, [(0, 9), (9, 18), (18, 27)]) == (100.0, 100.0)


def test_optional_ends_and_ends_without_a_stop_are_not_scored_either_way(bench):
    assert score(bench, TEXT, GOLD_SPANS, [(0, 8), (9, 27)], optional=[17]) == (100.0, 100.0)
    assert score(bench, "He left: now", [(0, 8), (9, 12)], [(0, 12)]) == (100.0, 100.0)
    assert score(bench, "He left: now", [(0, 8), (9, 12)], [(0, 8), (9, 12)]) == (100.0, 100.0)


@pytest.mark.parametrize(
    ("text", "end", "is_scored"),
    [
        ("A head\nThe text", 6, True),
        ("A head \r\nThe text", 6, True),
        ("“It ends.” Yes", 10, True),
        ("It ends.) Yes", 9, True),
        ("它结束。” 是", 5, True),
        ("هل انتهى؟ نعم", 9, True),
        ("no stop here", 7, False),
    ],
)
def test_gold_ends_are_scored_at_line_breaks_and_after_stops_of_any_script(bench, text, end, is_scored):
    assert bench.scored(text, end) is is_scored


def test_a_splitter_that_rewrites_text_gets_no_span_for_what_it_rewrote(bench):
    peers = importlib.import_module("peers")
    assert peers.from_sentences(lambda _text: ["He left.", "rewritten", " All fell. "], TEXT) == [(0, 8), (18, 27)]


def test_what_the_repository_ships_meets_its_floor():
    done = run("--rounds", 1, "--floor")
    assert done.returncode == 0, done.stderr
    assert "en.exact" in done.stdout


def test_what_the_repository_ships_withstands_distortion():
    done = run("--stress", "--floor")
    assert done.returncode == 0, done.stderr
    assert "glued.exact" in done.stdout


def test_distortions_move_the_gold_ends_with_the_text(bench):
    distortions = importlib.import_module("stress").DISTORTIONS
    text, spans = "Él cayó.\nIt ended quickly. We ran.", ((0, 8), (9, 26), (27, 34))
    for distort in distortions.values():
        changed, moved, _ = distort(text, spans, ())
        parts = ["".join(filter(str.isalnum, changed[start:end].lower())) for start, end in moved]
        assert [part.replace("e\u0301", "é") for part in parts][1:] == ["itendedquickly", "weran"]
        assert changed[moved[0][1] - 1] in ".\u200b"
    assert distortions["glued"](text, spans, ())[0] == "Él cayó.\nIt ended quickly.We ran."
    assert distortions["hidden"](text, spans, ())[1][2] == (32, 41)


def test_a_missed_floor_exits_with_4_and_says_which():
    done = run(GOLD, "--rounds", 1, "--sets", "ko", "--floor", "ko.exact=100.1,nosuch.f1c=1")
    assert done.returncode == 4
    assert "floor missed: ko.exact: 100.00 is below 100.10" in done.stderr
    assert "floor missed: nosuch.f1c: not measured" in done.stderr


def test_without_floors_beside_the_sets_the_goals_hold(tmp_path):
    (tmp_path / "hard_news.jsonl").write_bytes((GOLD / "ko.jsonl").read_bytes())
    done = run(tmp_path, "--rounds", 1, "--floor")
    assert done.returncode == 4
    assert "avg5.f1c: not measured" in done.stderr
    assert "hard_news" not in done.stderr


def test_a_peer_that_is_not_installed_is_named_with_the_command(tmp_path, monkeypatch):
    (tmp_path / "pysbd.py").write_text("raise ImportError('hidden')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    done = run(GOLD, "--rounds", 1, "--sets", "ko", "--against", "pysbd")
    assert done.returncode == 2
    assert "pip install pysbd" in done.stderr


def test_an_unknown_splitter_and_an_empty_directory_are_refused(tmp_path):
    assert run(GOLD, "--against", "nosuch").returncode == 2
    assert run(tmp_path).returncode == 3

"""A row of a log that was changed, taken out or put in is found, whatever was written before the chain began."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.project import AppendLog
from toolkit.project.logs.hash_chain import broken_links

ROWS = [{"event": "revision", "label": label, "n": number} for number, label in enumerate(["claim", "denial"] * 4)]


@pytest.fixture
def log(tmp_path: Path) -> AppendLog:
    """A log whose first three rows an earlier version wrote."""
    AppendLog(tmp_path / "log.jsonl").append(ROWS[:3])
    log = AppendLog(tmp_path / "log.jsonl", chained=True)
    log.append(ROWS[3:6])
    log.append(ROWS[6:])
    return log


def broken(log: AppendLog) -> list[int]:
    return [each.line for each in broken_links(log.path)]


def test_a_chain_begins_where_it_begins_and_the_rows_are_the_same(log: AppendLog) -> None:
    assert list(log.rows()) == ROWS
    assert broken(log) == []


def test_a_number_that_json_does_not_have_is_written_as_its_name(log: AppendLog) -> None:
    log.append([{"lead_time": float("inf"), "of": [{"score": float("nan")}, -1e400, 0.5]}])
    assert broken(log) == []

    def refuse(name: str) -> None:
        raise AssertionError(name)

    rows = [json.loads(line, parse_constant=refuse) for line in log.path.read_text().splitlines()]
    assert rows[-1]["lead_time"] == "Infinity"
    assert rows[-1]["of"] == [{"score": "NaN"}, "-Infinity", 0.5]


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        (lambda lines: [*lines[:6], lines[6].replace(b"claim", b"smoke"), *lines[7:]], [7]),
        (lambda lines: [*lines[:4], *lines[5:]], [5]),
        (lambda lines: [*lines[:5], lines[4], *lines[5:]], [6]),
        (lambda lines: [*lines[:4], lines[5], lines[4], *lines[6:]], [5, 6, 7]),
        (lambda lines: [*lines[:5], b'{"event":"tombstone"}\n', *lines[5:]], [6]),
        (lambda lines: [lines[0].replace(b"claim", b"smoke"), *lines[1:]], [4]),
        (lambda lines: lines[1:], [3]),
    ],
    ids=["flipped", "taken out", "twice", "exchanged", "put in", "flipped before the chain", "first taken out"],
)
def test_a_change_is_found_at_its_row(
    log: AppendLog, change: Callable[[list[bytes]], list[bytes]], lines: list[int]
) -> None:
    log.path.write_bytes(b"".join(change(log.path.read_bytes().splitlines(keepends=True))))
    assert broken(log) == lines


def test_a_torn_last_line_breaks_nothing(log: AppendLog) -> None:
    log.path.write_bytes(log.path.read_bytes()[:-9])
    log.path.with_suffix(".head").unlink()  # it moves after the rows
    assert broken(log) == []
    log.append([{"event": "after"}])
    assert broken(log) == []
    assert list(log.rows()) == [*ROWS[:-1], {"event": "after"}]


def test_a_change_is_accepted_by_taking_the_links_out(log: AppendLog) -> None:
    rows = [row | {"label": "checked"} for row in log.rows()]
    log.path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    log.append([{"event": "after"}])
    assert broken(log) == []
    log.path.write_bytes(log.path.read_bytes().replace(b"checked", b"changed", 1))
    assert broken(log) == [9]


@pytest.mark.slow
@given(
    st.lists(st.dictionaries(st.text(max_size=3), st.text(max_size=9) | st.floats(), min_size=1), max_size=6),
    st.integers(1, 6),
)
def test_batches_leave_no_trace(tmp_path_factory: pytest.TempPathFactory, rows: list[dict], size: int) -> None:
    rows = [{"event": "x"} | row for row in rows]
    folder = tmp_path_factory.mktemp("log")
    whole, parts = (AppendLog(folder / name, chained=True) for name in ("whole", "parts"))
    whole.append(rows)
    for start in range(0, len(rows), size):
        parts.append(rows[start : start + size])
    if rows:
        assert whole.path.read_bytes() == parts.path.read_bytes()
        assert broken(whole) == []

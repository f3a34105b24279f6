"""A log that was cut at its end is neither read nor added to; one whose last write was interrupted is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from toolkit.errors import InvalidInput
from toolkit.project import AppendLog
from toolkit.project.logs.log_head import LogHead, cut_end

ROWS = [{"event": "revision", "n": number, "text": "é" * number} for number in range(6)]


@pytest.fixture
def log(tmp_path: Path) -> AppendLog:
    log = AppendLog(tmp_path / "log.jsonl", chained=True)
    log.append(ROWS[:2])
    log.append(ROWS[2:])
    return log


def lines(log: AppendLog) -> list[bytes]:
    return log.path.read_bytes().splitlines(keepends=True)


def test_the_head_counts_the_rows_of_all_appends(log: AppendLog) -> None:
    head = LogHead.of(log.path)
    assert head is not None
    assert (head.rows, head.bytes) == (6, log.path.stat().st_size)
    assert cut_end(log.path) is None


@pytest.mark.parametrize(
    ("cut", "said"),
    [
        (lambda rows: rows[:-1], "log.jsonl:6: the last row is gone"),
        (lambda rows: [*rows[:-1], rows[-1][:-1]], "log.jsonl:6: the last row is gone"),
        (lambda rows: rows[:1], "log.jsonl:2: the last 5 of 6 rows are gone"),
        (lambda rows: [], "log.jsonl:1: the last 6 of 6 rows are gone"),
        (lambda rows: [*rows[:-1], rows[-2]], "log.jsonl:6: it is not the row that was written here last"),
    ],
    ids=["one row", "a byte", "five rows", "all rows", "another row"],
)
def test_a_cut_end_is_refused(log: AppendLog, cut: Callable[[list[bytes]], list[bytes]], said: str) -> None:
    log.path.write_bytes(b"".join(cut(lines(log))))
    with pytest.raises(InvalidInput, match=r"log\.head$") as refused:
        list(log.rows())
    assert said in str(refused.value)
    with pytest.raises(InvalidInput):
        log.append([{"event": "after"}])


def test_a_log_that_is_gone_is_refused(log: AppendLog) -> None:
    log.path.unlink()
    with pytest.raises(InvalidInput, match="the last 6 of 6 rows are gone"):
        list(log.rows())


@pytest.mark.parametrize("torn", [b"", b'{"event":"revis'])
def test_a_write_that_was_interrupted_before_its_head_counts(log: AppendLog, torn: bytes) -> None:
    head = log.path.with_suffix(".head")
    before = head.read_bytes()
    log.append([{"event": "after"}])
    log.path.write_bytes(log.path.read_bytes() + torn)
    head.write_bytes(before)
    assert list(log.rows()) == [*ROWS, {"event": "after"}]
    log.append([{"event": "again"}])
    found = LogHead.of(log.path)
    assert found is not None
    assert found.rows == 8
    log.path.write_bytes(b"".join(lines(log)[:-1]))
    assert cut_end(log.path) is not None


def test_rows_taken_out_on_purpose_are_accepted_without_links_or_without_a_head(log: AppendLog) -> None:
    whole = log.path.read_bytes()
    log.path.write_text("".join(json.dumps(row) + "\n" for row in ROWS[:3]))
    assert list(log.rows()) == ROWS[:3]
    log.append([{"event": "after"}])
    found = LogHead.of(log.path)
    assert found is not None
    assert found.rows == 4
    log.path.write_bytes(whole[: whole.index(b"\n") + 1])
    log.path.with_suffix(".head").unlink()
    assert list(log.rows()) == ROWS[:1]


def test_a_log_of_an_earlier_version_has_no_head_until_it_is_added_to(tmp_path: Path) -> None:
    AppendLog(tmp_path / "log.jsonl").append(ROWS)
    log = AppendLog(tmp_path / "log.jsonl", chained=True)
    assert list(log.rows()) == ROWS
    log.append([{"event": "after"}])
    found = LogHead.of(log.path)
    assert found is not None
    assert found.rows == 7


@pytest.mark.parametrize("said", ["", "[]", "[" * 100_000, '{"rows": 1}', '{"rows": "x", "bytes": 0, "chain": ""}'])
def test_what_is_not_a_head_is_one_error(log: AppendLog, said: str) -> None:
    log.path.with_suffix(".head").write_text(said)
    with pytest.raises(InvalidInput, match=r"log\.head: is not the head of a log"):
        list(log.rows())


def test_an_append_of_nothing_moves_a_head_that_a_kill_left_behind(log: AppendLog) -> None:
    whole = LogHead.of(log.path)
    head = log.path.with_suffix(".head")
    earlier = AppendLog(log.path.with_name("earlier.jsonl"), chained=True)
    earlier.append(ROWS[:2])
    for left in (earlier.path.with_suffix(".head").read_bytes(), None):
        head.unlink()
        if left is not None:
            head.write_bytes(left)
        assert log.append([]) == 0
        assert LogHead.of(log.path) == whole


def test_an_append_of_nothing_to_a_cut_log_is_refused(log: AppendLog) -> None:
    log.path.write_bytes(b"".join(lines(log)[:-1]))
    with pytest.raises(InvalidInput, match="the last row is gone"):
        log.append([])

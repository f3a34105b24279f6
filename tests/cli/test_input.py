"""Sentences come in one by one and are answered one by one."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from toolkit.cli.input import Unread, read_batches


def predict(model: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "toolkit", "predict", "--model", str(model)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.slow
def test_a_line_is_answered_before_the_next_one_is_sent(model: Path) -> None:
    with predict(model) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for text, label in (("the mayor denied it", "denial"), ("the mayor opened it", "none")):
            process.stdin.write(json.dumps({"text": text, "id": label}).encode() + b"\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            assert (answer["id"], answer["labels"]) == (label, [label])
        process.stdin.close()
        assert process.wait(timeout=60) == 0


@pytest.mark.slow
def test_a_bad_line_is_answered_with_its_error_and_stops_nothing(model: Path) -> None:
    lines = b'{"text": "the mayor denied it"}\n{"text": 3}\n{broken\n\xff\xfe\n\nthe mayor opened it'
    with predict(model) as process:
        out, err = process.communicate(lines, timeout=60)
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row.get("labels") or row["line"] for row in rows] == [["denial"], 2, 3, 4, ["none"]]
    assert process.returncode == 3
    assert b"error: stdin: 3 lines could not be read" in err


def test_another_encoding_is_no_text() -> None:
    source = io.BytesIO("the mayor\nit opened\n".encode("utf-16-le"))
    (rows,) = list(read_batches(io.BufferedReader(source)))[:1]
    assert all(isinstance(row, Unread) and "not UTF-8 text" in row.error for row in rows)


def test_a_byte_order_mark_in_the_middle_of_joined_files_is_no_part_of_a_line() -> None:
    source = io.BytesIO('\ufeff{"text": "x", "id": 1}\n\ufeff{"text": "y", "id": 2}\n\ufeffz\n'.encode())
    rows = [row for batch in read_batches(io.BufferedReader(source)) for row in batch]
    assert rows == [{"text": "x", "id": 1}, {"text": "y", "id": 2}, {"text": "z"}]


@pytest.mark.slow
def test_half_a_character_comes_back_as_it_was_sent(model: Path) -> None:
    with predict(model) as process:
        out, err = process.communicate(b'{"text": "the mayor denied \\ud800 it"}\n', timeout=60)
    row = json.loads(out)
    assert (row["text"], row["labels"]) == ("the mayor denied \ud800 it", ["denial"])
    assert (process.returncode, err) == (0, b"")


def test_no_more_is_read_than_was_answered() -> None:
    class Endless(io.RawIOBase):
        taken = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            self.taken += len(buffer)
            buffer[:] = (b"a line\n" * len(buffer))[: len(buffer)]
            return len(buffer)

    source = Endless()
    batches = read_batches(io.BufferedReader(source))
    next(batches)
    assert source.taken <= 2 * 65_536


def read(content: bytes) -> list[object]:
    return [row for batch in read_batches(io.BufferedReader(io.BytesIO(content))) for row in batch]


def test_a_json_list_is_not_a_sentence() -> None:
    for content in (b'[{"text": "a"}, {"text": "b"}]', b'["a", "b"]', b'[\n{"text": "a"},\n{"text": "b"}\n]', b"[]"):
        first = read(content)[0]
        assert isinstance(first, Unread)
        assert first.error.startswith("a JSON list, not one object per line")
    for text in ("[Update] the bridge is open", "[1] the bridge is open", "[…]", "[1]"):
        assert read(text.encode()) == [{"text": text}]


def test_a_long_line_costs_as_much_as_it_is_long() -> None:
    def seconds(megabytes: int) -> float:
        line = json.dumps({"text": "word " * (megabytes * 200_000)}).encode() + b"\n"
        started = time.process_time()
        assert len(read(line)) == 1
        return time.process_time() - started

    assert seconds(16) < 40 * max(seconds(1), 0.002)


def test_a_line_that_can_not_be_held_is_named_and_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOOLKIT_LIMITS", "page_bytes=100000")
    long = b"word " * 60_000
    first, second, third = read(b"one\n" + long + b"\nthree\n")
    assert (first, third) == ({"text": "one"}, {"text": "three"})
    assert second == Unread(2, "a line of more than 100,000 bytes, the limit")
    assert read(b"one\n" + long)[1:] == [second]


def test_a_text_of_too_much_work_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOOLKIT_LIMITS", "work=10")
    first, second = read(b"one\nmore words than ten characters\n")
    assert first == {"text": "one"}
    assert isinstance(second, Unread)
    assert second.error.startswith("a text of 30 characters, over the limit of 10")

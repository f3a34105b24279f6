"""The log only grows, and a kill in the middle of an append costs nothing that was acknowledged."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import InvalidInput
from toolkit.project import AppendLog

rows = st.lists(st.dictionaries(st.text("ab\n\u2028", max_size=3), st.text(max_size=5) | st.integers()), max_size=5)


@pytest.mark.slow
@given(rows, rows, st.data())
def test_a_torn_last_line_is_cut_off(
    tmp_path_factory: pytest.TempPathFactory, first: list[dict], second: list[dict], data: st.DataObject
) -> None:
    log = AppendLog(tmp_path_factory.mktemp("log") / "log.jsonl")
    log.append(first)
    acknowledged = log.path.read_bytes() if first else b""
    unfinished = data.draw(st.binary(max_size=20)).replace(b"\n", b"")
    if first or unfinished:
        log.path.write_bytes(acknowledged + unfinished)
    assert list(log.rows()) == first
    log.append(second)
    assert list(log.rows()) == first + second


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    log = AppendLog(tmp_path / "log.jsonl")
    log.append([{"a": 1}])
    log.path.write_bytes(log.path.read_bytes() + b"{]\n")
    with pytest.raises(InvalidInput, match=r"log\.jsonl:2: can't be read"):
        list(log.rows())


def test_a_pipe_in_the_place_of_a_log_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    os.mkfifo(path)
    with pytest.raises(InvalidInput, match="is not a file"):
        list(AppendLog(path).rows())

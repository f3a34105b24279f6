"""One line for people about what a stage counted."""

from __future__ import annotations

import json
import re

import pytest

from toolkit.cli.adjudicate import put_single
from toolkit.cli.output import coloured, counts_line, put, put_error, put_json, put_table, say
from toolkit.errors import InvalidInput
from toolkit.project.annotators_file import Overlap


def test_one_of_a_thing_is_told_in_the_singular() -> None:
    assert counts_line("ingest", {"pages": 1, "stories": 1, "rejects": 2}).split(maxsplit=1)[1] == (
        "1 page · 1 story · 2 rejects"
    )
    assert counts_line("push", {"already there": 1}).endswith("1 already there")


def test_foreign_words_move_no_cursor(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for colours in ("", "1"):
        monkeypatch.setenv("FORCE_COLOR", colours)
        put("a\x1b]0;owned\x07\tb\x9b2Jc\u202ed")
        put_table(["a", "b\x1b[2J"], [["1", "x\x1b[1A\ny"]])
        put_json({"title": "\x1b[2J\x9b\x7f"})
        say("\x1b[2J")
        put_error(InvalidInput("bad\x1b[2J", where="pages/\x1b[31m.txt"))
        shown = capsys.readouterr()
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", shown.out + shown.err)
        assert r"a\u001b]0;owned\u0007" in shown.out
        assert json.loads(shown.out[shown.out.index("{") :]) == {"title": "\x1b[2J\x9b\x7f"}
    put(coloured("done", "green"))
    assert capsys.readouterr().out == "\x1b[32mdone\x1b[0m\n"


def test_decisions_that_rest_on_one_answer_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    for wanted, alone in ((2, 11), (2, 1), (2, 0), (1, 11)):
        put_single({"by single": alone, "decided": 11}, wanted)
    asked = "on one answer although 2 are asked for (annotators_per_sentence in toolkit.yaml); "
    asked += "`least_answers: 2` there queues such sentences"
    assert capsys.readouterr().err == f"11 decisions rest {asked}\n1 decision rests {asked}\n"
    put_single({"by single": 9}, 2, Overlap(share=0.1))
    assert "9 decisions rest on one answer, as planned" in capsys.readouterr().err

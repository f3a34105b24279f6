"""Time grows with the length of a text, and no faster: each public reader over texts that invite backtracking.

Processor time is measured at a length and at four times that length: 4 is linear, 16 is quadratic. What seems to grow
faster is measured again, and the best of three counts. Lengths double until there is something to measure, so that a
quadratic reader is found before it takes a minute.
"""

from __future__ import annotations

import csv
import gc
import io
import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from toolkit import figures
from toolkit.baselines.spans.token_features import token_rows
from toolkit.errors import InvalidInput
from toolkit.ingest import extract
from toolkit.labelstudio.codec.decode import decode_result
from toolkit.labelstudio.pseudonyms import Pseudonyms
from toolkit.labelstudio.pull.export_reader import json_items
from toolkit.labelstudio.pull.parse import parse_annotation
from toolkit.release.privacy.scan import Scanner
from toolkit.schema import load
from toolkit.segment import segment
from toolkit.words import word_bounds
from toolkit.wrapped_text import joints

MOST = 10.0
"""Times that four times the length may take."""

MEASURABLE, LONGEST = 0.02, 20_000
"""Seconds of one call that are measured, and characters of the longest text that is tried to reach them."""

TAIL = ' @ http://a <b> "5" killed; no. -'
"""The end of each text: a reader that looks for one of these signs first would pass over a text without it."""

UNITS = (
    *(
        "a",
        " ",
        ".",
        ". ",
        '"',
        '." ',
        "(",
        ".(",
        "-",
        "’",
        "\n",
        "\r\n",
        "\t",
        "\\",
        "😀",
        "\u0301",
        "\u200b",
        "|",
        "_",
    ),
    *("A. ", "U.S. ", "Mr. ", "word ", "word. the ", "1. a 2. ", "twenty-", "half ", "one hundred ", "5 of 6 ", "1,"),
    *("1", "9 ", "3 people were killed ", "at least ", "between 3 and 4 ", "killed ", "no ", "Jan 1, 2024 ", "12:30 "),
    *(
        "<",
        "&",
        "&amp;",
        "<p>",
        "</p>",
        "<div>",
        "<b>x",
        "<table><tr><td>",
        "<!--",
        "<script>",
        "<li>x</li>",
        "<a href=x>",
    ),
    *(
        "# ",
        "- ",
        "> ",
        "[",
        "[a](b) ",
        "**",
        "```\n",
        "| a | b |\n",
        "![x](y)",
        "a,b\n",
        '"a","b"\n',
        "{",
        "[[",
        '{"a":1}\n',
    ),
    *(
        "http://a.b/ ",
        "a@b.c ",
        "@",
        "www.a.b",
        "Share\n",
        "By A. B.\n",
        "word\n\n",
        "From: a@b.c\n",
        "00:01 --> 00:02\n",
    ),
)


def _html(text: str) -> bytes:
    return f"<html><body><article><h1>Title</h1><p>It rained.</p>{text}</article></body></html>".encode()


def _table(text: str) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([["title", "text"], ["One", text]])
    return out.getvalue().encode()


def _mail(text: str) -> bytes:
    line = text.replace("\r", " ").replace("\n", " ")
    heads = f"From: {line}\nSubject: {line}\nDate: {line}\nContent-Type: text/plain{line}"
    return f"{heads}\n\nIt rained on the quay all day long.\n".encode()


def _exported(text: str) -> None:
    """Read an export of one task with the text, its answer and a note."""
    note = {"type": "textarea", "from_name": "note", "to_name": "text", "id": "n", "value": {"text": [text]}}
    when = "2026-03-01T10:00:00Z"
    answer = {"id": 1, "completed_by": 1, "result": [note], "created_at": when, "updated_at": when}
    task = {"id": 1, "data": {"text": text}, "annotations": [answer], "meta": {"said": text}}
    for each in json_items(io.StringIO(json.dumps([task]))):
        parse_annotation(each, answer, schema=SCHEMA, pseudonyms=Pseudonyms(b"key"), source=str)


def _span_features(text: str) -> None:
    list(token_rows(text, word_bounds(text), "en"))


def _regions(text: str) -> None:
    """Decode a result with a region per 16 characters, each with a number, and a relation from each to the next."""
    result: list[dict[str, Any]] = []
    for number, start in enumerate(range(0, len(text) - 16, 16)):
        value = {"start": start, "end": start + 9, "text": text[start : start + 9]}
        region = {"id": f"r{number}", "from_name": "spans", "to_name": "text", "type": "labels"}
        result += [region | {"value": value | {"labels": ["SOURCE"]}}]
        result += [{"type": "relation", "from_id": f"r{number}", "to_id": f"r{number + 1}", "labels": ["says"]}]
    decode_result(result, text, SCHEMA)


SCHEMA = load("news_events")

READERS: dict[str, Callable[[str], Any]] = {
    "text": lambda text: extract(text.encode(), source="a.txt"),
    "markdown": lambda text: extract(text.encode(), source="a.md"),
    "html": lambda text: extract(_html(text), source="a.html"),
    "rows": lambda text: extract(json.dumps({"title": "One", "text": text}).encode(), source="a.jsonl"),
    "table": lambda text: extract(_table(text), source="a.csv"),
    "mail": lambda text: extract(b"From: a@b.c\nSubject: One\nDate: 1 Jan 2024\n\n" + text.encode(), source="a.eml"),
    "heads of mail": lambda text: extract(_mail(text), source="a.eml"),
    "sentences": segment,
    "figures": figures.find,
    "wrapped lines": joints,
    "private strings": lambda text: Scanner().look_at("card", text),
    "decode": _regions,
    "features of spans": _span_features,
    "pseudonyms": lambda text: Pseudonyms(b"key").strip({"meta": {"said": text}, "completed_by": text}),
    "exports": _exported,
}
SOME = {
    "heads of mail": (";", "(", "a@b.c, ", "=?utf-8?q?a?= ", '"', "<", "a", "Jan 1, 2024 ", "[", "\\"),
    "features of spans": ("3 people were killed ", "5 of 6 ", '"', "a", ".", "word ", "one hundred ", "twenty-"),
}
"""Reader → the units that it is measured with, where all of them would take a minute."""


@pytest.fixture(autouse=True)
def frozen() -> Iterator[None]:
    """Leave what the tests before hold out of the collections of garbage, which would take most of the time."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def seconds(read: Callable[[str], Any], text: str) -> float:
    """Return the processor time of a call, without collections of garbage."""
    gc.collect()
    gc.disable()
    began = time.process_time()
    try:
        with suppress(InvalidInput):  # a text that is refused must be refused in time
            read(text)
        return time.process_time() - began
    finally:
        gc.enable()


def growth(read: Callable[[str], Any], unit: str) -> tuple[float, int]:
    """Return how many times longer four times the text takes, and at which length that was measured."""
    length = 1250
    while True:
        text = (unit * (length // len(unit) + 1))[:length]
        short = seconds(read, text + TAIL)
        if short < MEASURABLE and length < LONGEST:
            length *= 2
            continue
        long = seconds(read, text * 4 + TAIL)
        for _ in range(2 if long > MOST * max(short, MEASURABLE) else 0):
            short, long = min(short, seconds(read, text + TAIL)), min(long, seconds(read, text * 4 + TAIL))
        return long / max(short, MEASURABLE), length


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_four_times_the_text_takes_about_four_times_the_time(name: str) -> None:
    read = READERS[name]
    read("It rained on Monday. Three people were killed. " * 4)  # what is loaded once
    grown = {unit: growth(read, unit) for unit in SOME.get(name, UNITS)}
    assert {unit: found for unit, found in grown.items() if found[0] > MOST} == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", ["<b>a</b> ", "<span>a</span> ", "a <a href=x>b</a> word ", "<img src=x>a ", "<table>a</table> "]
)
def test_a_block_with_four_times_the_elements_takes_about_four_times_the_time(unit: str) -> None:
    """Some 3,000 and 12,000 elements, where the time of what looks linear up to there is seen to be none."""

    def read(count: int) -> float:
        return seconds(lambda text: extract(_html(f"<p>{text}</p>"), source="a.html"), unit * count)

    read(10)
    assert read(12_000) < 6.5 * max(read(3_000), read(3_000), MEASURABLE)

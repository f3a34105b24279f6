"""Columns are held to the rules that records check when they are made: what one refuses, the other refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from toolkit.engine.arrow import arrow_schema, from_table, to_table
from toolkit.errors import InvalidInput
from toolkit.records import Article, Decision, Sentence
from toolkit.release.tables.integrity import article_faults, decision_faults, sentence_faults

RULES: dict[type, Callable[[pa.Table], Any]] = {
    Article: article_faults,
    Sentence: sentence_faults,
    Decision: decision_faults,
}


def rows_of(world: Any, cls: type) -> list[dict[str, Any]]:
    records = {Article: world.articles, Sentence: world.sentences, Decision: world.decisions}[cls]
    return to_table(cls, records).to_pylist()


def with_figure(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return next(row for row in rows if row["spans"])


@pytest.mark.parametrize("cls", [Article, Sentence, Decision])
def test_what_the_records_allow_has_no_fault(world: Any, cls: type) -> None:
    table = pa.Table.from_pylist(rows_of(world, cls), schema=arrow_schema(cls))
    assert list(RULES[cls](table)) == []
    assert list(RULES[cls](table.slice(3, 4))) == []
    assert list(RULES[cls](table.slice(0, 0))) == []
    assert list(RULES[cls](pa.concat_tables([table.slice(0, 2), table.slice(2)]))) == []


def break_piece(row: dict[str, Any], **fields: int) -> None:
    row["pieces"][0] |= fields


def split_piece(row: dict[str, Any], left: int, right: int) -> None:
    (whole,) = row["pieces"]
    row["pieces"] = [whole | {"end": left}, whole | {"start": right}]


BROKEN: list[tuple[type, str, Callable[[dict[str, Any]], Any]]] = [
    (Article, "article_id is not", lambda row: row.update(article_id="0" * 24)),
    (Article, "title is not", lambda row: row.update(title="Another")),
    (Article, "title is not", lambda row: row.update(title=row["title"][:-1])),
    (Article, "byte range", lambda row: row["page"].update(end=-1)),
    (Article, "byte range", lambda row: row["page"].update(start=-1)),
    (Article, "cover", lambda row: row.update(pieces=[])),
    (Article, "cover", lambda row: break_piece(row, start=1)),
    (Article, "cover", lambda row: break_piece(row, end=len(row["text"]) + 1)),
    (Article, "cover", lambda row: break_piece(row, end=len(row["text"]) - 1)),
    (Article, "cover", lambda row: break_piece(row, byte_start=-1)),
    (Article, "cover", lambda row: break_piece(row, byte_end=0)),
    (Article, "cover", lambda row: split_piece(row, 5, 7)),
    (Article, "cover", lambda row: split_piece(row, 7, 5)),
    (Sentence, "sentence_id is not", lambda row: row.update(sentence_id="0" * 24)),
    (Sentence, "sentence_id is not", lambda row: row.update(start=row["start"] + 1, end=row["end"] + 1)),
    (Sentence, "offsets do not hold", lambda row: row.update(text=row["text"] + "x")),
    (Sentence, "offsets do not hold", lambda row: row.update(end=row["start"], text="")),
    (Sentence, "kind is not known", lambda row: row.update(kind="poem")),
    (Decision, "sorted", lambda row: row.update(labels=["denial", "claim"])),
    (Decision, "sorted", lambda row: row.update(labels=["claim", "claim"])),
    (Decision, "soft labels", lambda row: row.update(soft_labels='{"claim":1.5}')),
    (Decision, "soft labels", lambda row: row.update(soft_labels='{"claim":NaN}')),
    (Decision, "soft labels", lambda row: row.update(soft_labels='{"claim":')),
    (Decision, "soft labels", lambda row: row.update(soft_labels="[1.0]")),
    (Decision, "offsets or attributes", lambda row: row["spans"][0].update(start=1)),
    (Decision, "offsets or attributes", lambda row: row["spans"][1].update(attributes='{"low":[1]}')),
    (Decision, "offsets or attributes", lambda row: row["spans"][1].update(attributes='{"low":{"a":1}}')),
    (Decision, "offsets or attributes", lambda row: row["spans"][1].update(attributes='{"low":Infinity}')),
    (Decision, "share an id", lambda row: row["spans"][1].update(span_id="s1")),
    (Decision, "refers to a span", lambda row: row["relations"][0].update(head="s9")),
]


@pytest.mark.parametrize(("cls", "words", "breaks"), BROKEN)
def test_what_a_record_refuses_is_a_fault(world: Any, cls: type, words: str, breaks: Callable[[Any], Any]) -> None:
    rows = rows_of(world, cls)
    broken = with_figure(rows) if cls is Decision else rows[3]
    breaks(broken)
    table = pa.Table.from_pylist(rows, schema=arrow_schema(cls))
    faults = list(RULES[cls](table))
    assert any(words in fault.what for fault in faults)
    assert {fault.where.rpartition(" ")[2] for fault in faults if fault.where} == {next(iter(broken.values()))}
    with pytest.raises((InvalidInput, json.JSONDecodeError)):
        from_table(cls, table)


def test_white_space_between_pieces_comes_from_no_byte(world: Any) -> None:
    rows = rows_of(world, Article)
    at = rows[0]["text"].index("\n")
    split_piece(rows[0], at, at + 1)
    table = pa.Table.from_pylist(rows, schema=arrow_schema(Article))
    assert list(article_faults(table)) == []
    assert len(from_table(Article, table)) == len(rows)

"""What doccano has exported over the years, as bug reports tell it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from toolkit.exchange.annotated_document import AnnotatedDocument, Losses
from toolkit.exchange.formats.doccano import read


def read_all(folder: Path, *rows: dict[str, Any]) -> tuple[list[AnnotatedDocument], Losses]:
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "all.jsonl").write_text(lines, encoding="utf-8")
    losses = Losses()
    return list(read(folder, losses)), losses


def test_an_early_export_has_every_user_with_their_own(tmp_path: Path) -> None:  # doccano/doccano#113
    first = {"label": 7, "start_offset": 0, "end_offset": 2, "user": 1}
    second = {"label": 6, "start_offset": 11, "end_offset": 17, "user": 2}
    row = {"id": 15, "text": "EU rejects German call", "annotations": [first, second], "meta": {}}
    documents, losses = read_all(tmp_path, row, {"id": 16, "text": "Nothing.", "annotations": []})
    found = [(each.annotator, [(one.label, one.words(each.text)) for one in each.mentions]) for each in documents]
    assert found == [("1", [("7", "EU")]), ("2", [("6", "German")]), (None, [])]
    assert losses.rows() == []


def test_labels_of_the_text_in_an_early_export(tmp_path: Path) -> None:
    documents, _ = read_all(tmp_path, {"id": 1, "text": "Good.", "annotations": [{"label": 3, "user": 9}]})
    assert [(each.annotator, each.labels) for each in documents] == [("9", ("3",))]


def test_words_behind_a_span_are_read_over(tmp_path: Path) -> None:  # doccano/doccano#1602
    documents, losses = read_all(tmp_path, {"id": 1, "text": "EU rejects", "label": [[0, 2, "ORG", "EU"]]})
    assert [mention.label for mention in documents[0].mentions] == ["ORG"]
    assert losses.rows() == []


def test_who_approved_is_no_annotator_and_no_fact(tmp_path: Path) -> None:  # doccano/doccano#1093
    row = {"annotation_approver": "bea@paper.example", "username": "ada", "id": 1, "text": "EU.", "labels": []}
    (document,), losses = read_all(tmp_path, row)
    assert (document.annotator, document.metadata) == ("ada", {})
    assert losses.rows()[0][:2] == ("names of approvers, who are no annotators", 1)

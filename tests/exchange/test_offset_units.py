"""Offsets in the units of other tools."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from toolkit.errors import InvalidInput
from toolkit.exchange.annotated_document import AnnotatedDocument, Mention
from toolkit.exchange.catalogue import read_documents, write_documents

FIRE = "👨🏻\u200d🚒 firemen drive firetrucks"


def doccano(folder: Path, *spans: tuple[int, int, str]) -> Path:
    path = folder / "all.jsonl"
    path.write_text(json.dumps({"id": 1, "text": FIRE, "label": spans}) + "\n", encoding="utf-8")
    return path


def test_doccano_that_counts_utf16_is_refused_with_the_way_on(tmp_path: Path) -> None:  # doccano/doccano#2290
    path = doccano(tmp_path, (22, 32, "THING"))
    with pytest.raises(InvalidInput, match=r"22-32 is not in the text; .*--offsets utf-16"):
        read_documents("doccano", path)
    documents, _ = read_documents("doccano", path, unit="utf-16")
    assert documents[0].mentions[0].words(FIRE) == "firetrucks"


def test_offsets_that_lie_in_the_text_and_cut_words_are_refused_too(tmp_path: Path) -> None:  # argilla#5729
    text = "label1 😄 label2, Süßmann café label3"
    path = tmp_path / "all.jsonl"

    def read(*spans: tuple[int, int, str], **how: Any) -> list[str]:
        path.write_text(json.dumps({"id": 1, "text": text, "label": spans}) + "\n", encoding="utf-8")
        documents, _ = read_documents("doccano", path, **how)
        return [mention.words(text) for mention in documents[0].mentions]

    assert read((9, 15, "x"), (17, 21, "x")) == ["label2", "Süßm"], "a part of a word is taken"
    with pytest.raises(InvalidInput, match=r"cut words in two, and would cut none if they counted utf-16; .*--offsets"):
        read((10, 16, "x"), (0, 6, "x"))
    assert read((10, 16, "x"), unit="utf-16") == ["label2"]
    assert read((10, 16, "x"), unit="code-points") == ["abel2,"]
    with pytest.raises(InvalidInput, match="if they counted bytes"):
        read((20, 29, "x"), (30, 35, "x"))


def test_uima_counts_utf16_on_disk_and_code_points_here(tmp_path: Path) -> None:  # inception-project/inception#1811
    span = Mention(mention_id="m1", label="X", fragments=((11, 18),))
    text = "Hello 😊, my name is John."
    write_documents("inception", [AnnotatedDocument(name="d", text=text, mentions=(span,))], tmp_path)
    assert 'begin="12" end="19"' in (tmp_path / "d.xmi").read_text(encoding="utf-8")
    assert read_documents("inception", tmp_path)[0][0].mentions[0].fragments == ((11, 18),)


def test_a_control_character_that_xml_has_no_place_for_goes_into_json(tmp_path: Path) -> None:  # inception#4058
    write_documents("inception", [AnnotatedDocument(name="d", text="a\x01b", labels=("x",))], tmp_path)
    assert (tmp_path / "d.json").exists()
    assert read_documents("inception", tmp_path)[0][0].text == "a\x01b"

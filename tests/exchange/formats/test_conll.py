"""CoNLL as programs write it: without labels, with tags that are missing, and in ten columns."""

from __future__ import annotations

from pathlib import Path

from toolkit.exchange.annotated_document import AnnotatedDocument
from toolkit.exchange.catalogue import read_documents


def read(tmp_path: Path, text: str, name: str = "a.conll") -> tuple[list[AnnotatedDocument], list[tuple[str, int]]]:
    (tmp_path / name).write_text(text, encoding="utf-8")
    documents, losses = read_documents("conll", tmp_path)
    return documents, [(what, number) for what, number, _ in losses.rows() if "white space" not in what]


def test_tags_without_a_label_mark_one_thing_alone(tmp_path: Path) -> None:  # explosion/spaCy#5625
    documents, losses = read(tmp_path, "George\tB\nVI\tI\nis\tO\n")
    assert [(each.label, each.fragments) for each in documents[0].mentions] == [("span", ((0, 9),))]
    assert losses == []


def test_a_tag_that_is_missing_is_counted(tmp_path: Path) -> None:  # explosion/spaCy#6267
    documents, losses = read(tmp_path, "Ada\tB-PER\nfoo\t-\nleft\tO\n")
    assert [(each.label, each.fragments) for each in documents[0].mentions] == [("PER", ((0, 3),))]
    assert losses == [("tokens without a tag", 1)]


def test_the_words_of_ten_columns_stand_in_the_second(tmp_path: Path) -> None:
    empty = "\t_" * 7
    rows = [
        f"1\tAda{empty}\tNER=B-PER|SpaceAfter=No",
        f"2-3\tdell'isola{empty}\t_",
        f"2\t,{empty}\tB-X",
        f"3\tisola{empty}\t_",
        f"3.1\tgone{empty}\t_",
    ]
    documents, losses = read(tmp_path, "\n".join(rows), "a.conllu")
    assert documents[0].text == "Ada, isola"
    assert [(each.label, each.fragments) for each in documents[0].mentions] == [("PER", ((0, 3),)), ("X", ((3, 4),))]
    assert losses == [("tokens without a tag", 1)]

"""What brat and its users have written, as bug reports tell it."""

from __future__ import annotations

from pathlib import Path

from toolkit.exchange.annotated_document import AnnotatedDocument, Losses
from toolkit.exchange.formats.brat import read


def read_one(folder: Path, text: bytes, standoff: bytes) -> tuple[AnnotatedDocument, Losses]:
    (folder / "a.txt").write_bytes(text)
    (folder / "a.ann").write_bytes(standoff)
    losses = Losses()
    return next(iter(read(folder, losses))), losses


def test_a_span_that_brat_cut_at_a_line_break_is_one(tmp_path: Path) -> None:  # nlplab/brat#1042
    document, losses = read_one(tmp_path, b"Foo\n  Bar\n", b"T1\tSpan 0 3;4 9\tFoo   Bar\nT2\tSpan 0 3;6 9\tFoo Bar\n")
    assert [mention.fragments for mention in document.mentions] == [((0, 9),), ((0, 9),)]
    assert losses.rows() == []


def test_a_line_break_of_two_characters_that_counts_as_one(tmp_path: Path) -> None:  # nlplab/brat#853
    text = b"John loves Mary.\r\nHe married her.\n"
    document, losses = read_one(tmp_path, text, b"T1\tA 0 4\tJohn\nT3\tA 17 19\tHe\nT4\tA 28 31\ther\r\n")
    assert [mention.words(document.text) for mention in document.mentions] == ["John", "He", "her"]
    assert losses.rows() == []


def test_a_byte_order_mark_counts_or_not(tmp_path: Path) -> None:  # nlplab/brat#1301
    document, losses = read_one(
        tmp_path, "\ufeffAda left.".encode(), "\ufeffT1\tA 1 4\tAda\nT2\tB 4 8\tleft\n".encode()
    )
    assert [mention.words(document.text) for mention in document.mentions] == ["Ada", "left"]
    assert losses.rows() == []


def test_pieces_far_apart_stay_pieces_and_utf16_is_told_by_the_words(tmp_path: Path) -> None:
    document, losses = read_one(
        tmp_path, "Lorem ipsum dolor 😀 sit".encode(), b"T1\tOrg 0 5;12 17\tLorem dolor\nT2\tV 21 24\tsit\n"
    )
    assert [mention.fragments for mention in document.mentions] == [((0, 5), (12, 17)), ((20, 23),)]
    assert losses.rows() == []


def test_events_normalisations_equivalences_and_what_is_lost(tmp_path: Path) -> None:
    standoff = (
        b"T1\tPerson 0 3\tAda\nT2\tHit 4 7\thit\nT3\tPlace 8 12\ttown\nT4\tPlace 0 4\twrong words\n"
        b"E1\tHit:T2 Agent:T1 Target:T3\nE2\tHit:T2 Target:T3\nA1\tNegated E1\nN1\tReference T1 Wiki:7 Ada\n"
        b"*\tEquiv T1 T3\nR1\tnear Arg1:T1 Arg2:R9\t\n#1\tAnnotatorNotes R1\twhy?\n?? what\n"
    )
    document, losses = read_one(tmp_path, b"Ada hit town", standoff)
    hits = [mention for mention in document.mentions if mention.label == "Hit"]
    assert [dict(mention.attributes) for mention in hits] == [{}, {"Negated": True}]
    assert document.mentions[0].attributes == {"Reference": "Wiki:7 Ada"}
    assert sorted(link.label for link in document.relations) == ["Agent", "Equiv", "Target", "Target"]
    assert {what: number for what, number, _ in losses.rows()} == {
        "attributes of what is not a span": 1,
        "lines that are not standoff": 1,
        "relations between what are not spans": 1,
        "spans whose words stand elsewhere": 1,
    }


def test_spans_without_words_and_pieces_out_of_order(tmp_path: Path) -> None:  # nlplab/brat#86, nerel-ds/NEREL-BIO#10
    lines = b"T1\tA 0 4\nT2\tA 0 4\t\tlung\nT3\tB 20 28;0 4\tinjuries lung\n"
    document, losses = read_one(tmp_path, b"lung and left heart injuries", lines)
    assert [mention.fragments for mention in document.mentions] == [((0, 4),), ((0, 4),), ((0, 4), (20, 28))]
    assert losses.rows() == []


def test_pieces_that_share_characters_are_one(tmp_path: Path) -> None:  # nlplab/brat#956
    document, losses = read_one(tmp_path, b"ab cd ef gh", b"T1\tA 0 8;6 8\tab cd ef ef\n")
    assert [mention.fragments for mention in document.mentions] == [((0, 8),)]
    assert losses.rows() == []


def test_an_end_that_is_the_last_character_is_told_by_the_words(tmp_path: Path) -> None:  # nlplab/brat#260
    document, losses = read_one(tmp_path, b"the erbA grew", b"T1\tA 4 7\terbA\nT2\tA 4 5\tgrew\n")
    assert [mention.fragments for mention in document.mentions] == [((4, 8),)]
    assert losses.rows() == [
        ("spans whose end was one too small, mended by their words", 1, "a"),
        ("spans whose words stand elsewhere", 1, "a"),
    ]

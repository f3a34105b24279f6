"""Round trips: what a format holds comes back field for field, and what it does not hold is counted."""

from __future__ import annotations

import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.errors import InvalidInput, UsageError
from toolkit.exchange.annotated_document import AnnotatedDocument, Losses, Mention, in_order, reduced
from toolkit.exchange.catalogue import FORMATS, document_format, read_documents, write_documents
from toolkit.exchange.offset_units import Unit
from toolkit.records import Relation

WORDS = st.text(st.sampled_from("abz Äé\u0301ß😀👩🏽\u200d🚒\u202eא中\t\n\r'=;|\"\\,#%"), min_size=1, max_size=24)
TEXTS = WORDS.map(lambda words: f"x{words}y")
NAMES = st.text(st.sampled_from("abcdeXYZ-_0 é中/.:"), min_size=2, max_size=8).map(lambda name: f"q{name.strip()}")
VALUES = st.one_of(
    st.booleans(), st.integers(-(2**40), 2**40), st.floats(allow_nan=False, allow_infinity=False, width=32), WORDS,
    st.lists(NAMES, min_size=1, max_size=3).map(tuple),
)  # fmt: skip


@st.composite
def documents(draw: st.DrawFn) -> AnnotatedDocument:
    return draw(answers_to(draw(TEXTS)))


@st.composite
def answers_to(draw: st.DrawFn, text: str) -> AnnotatedDocument:
    places = st.lists(st.integers(0, len(text)), min_size=2, max_size=6, unique=True).map(sorted)
    fragments = places.map(lambda cuts: tuple(zip(cuts[::2], cuts[1::2], strict=False)))
    spans = draw(st.lists(st.tuples(fragments, NAMES), max_size=4, unique=True))
    mentions = [
        Mention(
            mention_id=f"m{number}",
            label=label,
            fragments=pieces,
            attributes=draw(st.dictionaries(NAMES, VALUES, max_size=2)),
        )
        for number, (pieces, label) in enumerate(spans)
    ]
    ends = st.sampled_from([mention.mention_id for mention in mentions]) if mentions else st.nothing()
    links = st.builds(Relation, label=NAMES, head=ends, tail=ends)
    relations = draw(st.lists(links, max_size=3)) if mentions else []
    return in_order(
        AnnotatedDocument(
            name=draw(NAMES),
            text=text,
            annotator=draw(st.none() | NAMES),
            labels=tuple(sorted(draw(st.sets(NAMES, max_size=3)))),
            mentions=tuple(mentions),
            relations=tuple(relations),
            fields=draw(st.dictionaries(NAMES, VALUES, max_size=2)),
            note=draw(st.none() | TEXTS),
            skipped=draw(st.booleans()),
            answered_at=draw(st.none() | st.just("2026-03-01T10:00:00Z")),
            split=draw(st.none() | st.sampled_from(["train", "odd one"])),
            metadata=draw(st.dictionaries(NAMES, TEXTS, max_size=2)),
        )
    )


@st.composite
def teams(draw: st.DrawFn) -> list[AnnotatedDocument]:
    """Answers of one to three people to the same text, each their own."""
    first = draw(documents())
    people = draw(st.lists(NAMES, max_size=2, unique=True)) if first.annotator else []
    shared = {"name": first.name, "split": first.split, "metadata": first.metadata}
    more = [replace(draw(answers_to(first.text)), annotator=who, **shared) for who in people if who != first.annotator]
    return [first, *more]


def flat(teams: list[list[AnnotatedDocument]]) -> list[AnnotatedDocument]:
    return [each for team in teams for each in team]


def key(document: AnnotatedDocument) -> tuple[str, str]:
    return document.name, document.annotator or ""


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=25)
@given(written=st.lists(teams(), min_size=1, max_size=3, unique_by=lambda each: each[0].name).map(flat))
def test_what_a_format_holds_comes_back_field_for_field(name: str, written: list[AnnotatedDocument]) -> None:
    held = [each for document in written if (each := reduced(document, document_format(name).HOLDS, Losses()))]
    with tempfile.TemporaryDirectory() as folder:
        write_documents(name, written, Path(folder) / "out")
        if not held:
            with pytest.raises(InvalidInput):
                read_documents(name, Path(folder) / "out")
            return
        unit: Unit | None = "code-points" if name in ("annotated-csv", "argilla", "doccano", "prodigy") else None
        found, losses = read_documents(name, Path(folder) / "out", unit=unit)  # which spans of chance words don't show
    assert losses.rows() == []
    whole = [reduced_again(name, document) for document in held]
    if name == "conll":  # a sentence is called what its file says, and nothing else of it is held
        whole = [in_order(document) for document in whole]
    assert sorted(found, key=key) == sorted(whole, key=key)


def reduced_again(name: str, document: AnnotatedDocument) -> AnnotatedDocument:
    """Return a document as a reader gives it: spans whose pieces relations link are whole again."""
    from toolkit.exchange.annotated_document import joined

    return joined(document) if "relations" in document_format(name).HOLDS else document


@settings(max_examples=25)
@given(documents())
def test_a_span_in_pieces_survives_a_format_that_has_only_relations(document: AnnotatedDocument) -> None:
    losses = Losses()
    document = replace(document, skipped=False)
    with tempfile.TemporaryDirectory() as folder:
        write_documents("doccano", [document], Path(folder))
        found, _ = read_documents("doccano", Path(folder), unit="code-points")  # chance words don't show it
    assert [mention.fragments for mention in found[0].mentions] == [each.fragments for each in document.mentions]
    assert losses.rows() == []


def test_what_is_not_held_is_counted_with_its_place() -> None:
    spans = (
        Mention(mention_id="a", label="A", fragments=((0, 2), (6, 8)), attributes={"kind": "x"}),
        Mention(mention_id="b", label="B", fragments=((3, 5),)),
    )
    link = Relation(label="near", head="a", tail="b")
    document = AnnotatedDocument(
        name="doc", text="ab cd ef", labels=("claim",), mentions=spans, relations=(link,), note="sure?", skipped=False
    )
    with tempfile.TemporaryDirectory() as folder:
        losses = write_documents("conll", [in_order(document)], Path(folder))
    assert losses.rows() == [
        ("attributes of spans", 1, "doc"),
        ("labels of the document", 1, "doc"),
        ("notes", 1, "doc"),
        ("relations", 1, "doc"),
        ("spans in pieces, of which each is a span now", 1, "doc"),
    ]


def test_an_unknown_format_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UsageError, match="did you mean 'doccano'"):
        document_format("docanno")


def archive(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in files.items():
            package.writestr(name, text)
    return path


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    good = {"a.txt": "Ada left.", "a.ann": "T1\tPerson 0 3\tAda\n"}
    assert len(read_documents("brat", archive(tmp_path / "good.zip", good))[0]) == 1
    bomb = archive(tmp_path / "bomb.zip", good | {"b.txt": "rain " * 2_000_000})
    with pytest.raises(InvalidInput, match=r"bomb\.zip: unpacks to more than 200 times its size, the limit"):
        read_documents("brat", bomb)


@pytest.mark.parametrize(
    ("limit", "what"),
    [
        ("rows=3", r"holds more than 3 rows"),
        ("all_rows=1", r"the files so far hold more than 1 rows"),
        ("items=1", r"a: a document of 2 spans, over the limit of 1"),
        ("work=5", r"a document with marks of 6 characters, over the limit of 5"),
        ("document_bytes=8", r"[ab]\.txt: a file of more than 8 bytes"),
    ],
)
def test_files_documents_spans_and_marks_have_limits(
    limit: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = "T1\tPerson 0 3\tAda\nT2\tName 0 3\tAda\n"
    path = archive(
        tmp_path / "two.zip",
        {"a.txt": "Ada left.", "a.ann": lines, "b.txt": "Ben left.", "b.ann": lines.replace("Ada", "Ben")},
    )
    assert len(read_documents("brat", path)[0]) == 2
    monkeypatch.setenv("TOOLKIT_LIMITS", limit)
    with pytest.raises(InvalidInput, match=f"{what}.*; TOOLKIT_LIMITS="):
        read_documents("brat", path)


def test_words_that_are_compared_with_a_long_text_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("rain " * 100)
    (tmp_path / "a.ann").write_text("".join(f"T{n}\tWord 0 499\tsnow\n" for n in range(100)))
    monkeypatch.setenv("TOOLKIT_LIMITS", "work=20000")
    with pytest.raises(InvalidInput, match=r"a: a document with marks of .* characters, over the limit of 20,000"):
        read_documents("brat", tmp_path)

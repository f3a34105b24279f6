"""Every record is the same after a trip through JSON, through a row, and through a Parquet file."""

from __future__ import annotations

import io

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.engine.arrow import from_table, parquet_bytes, to_table
from toolkit.errors import InvalidInput
from toolkit.records import (
    KINDS,
    Annotation,
    Article,
    Decision,
    Page,
    Piece,
    Reject,
    Relation,
    Sentence,
    Span,
    from_json,
    from_row,
    to_json,
    to_row,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
names = st.text("abcdefgh_", min_size=1, max_size=8)
values = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False), texts
)


@st.composite
def articles(draw: st.DrawFn) -> Article:
    title, body = draw(st.none() | texts), draw(texts)
    text = body if title is None else f"{title}\n{body}"
    raw = text.encode()
    pieces = (Piece(start=0, end=len(text), byte_start=0, byte_end=len(raw)),)
    page = Page.of(raw, source=draw(names))
    return Article.of(text, page=page, pieces=pieces, title=title, language=draw(st.sampled_from(["en", "und"])))


@st.composite
def sentences(draw: st.DrawFn) -> Sentence:
    article = draw(articles())
    start = draw(st.integers(0, len(article.text) - 1))
    end = draw(st.integers(start + 1, len(article.text)))
    return Sentence.of(article, start, end, paragraph=draw(st.integers(0, 5)), kind=draw(st.sampled_from(KINDS)))


@st.composite
def spans(draw: st.DrawFn) -> tuple[Span, ...]:
    found = []
    for number in range(draw(st.integers(0, 3))):
        text, start = draw(texts), draw(st.integers(0, 50))
        attributes = draw(st.dictionaries(names, values, max_size=3))
        found.append(
            Span(
                span_id=f"s{number}",
                label=draw(names),
                start=start,
                end=start + len(text),
                text=text,
                attributes=attributes,
            )
        )
    return tuple(found)


@st.composite
def judgements(draw: st.DrawFn) -> dict[str, object]:
    marked = draw(spans())
    ids = [span.span_id for span in marked]
    pair = st.sampled_from(ids) if ids else st.nothing()
    relation = st.builds(Relation, label=names, head=pair, tail=pair)
    return {
        "labels": tuple(sorted(draw(st.sets(names, max_size=4)))),
        "spans": marked,
        "relations": tuple(draw(st.lists(relation, max_size=2))) if ids else (),
    }


@st.composite
def annotations(draw: st.DrawFn) -> Annotation:
    return Annotation(
        annotation_id=draw(names),
        sentence_id=draw(names),
        annotator=draw(names),
        schema="s@1.0.0",
        created_at="2026-01-01T00:00:00Z",
        updated_at="2026-01-01T00:00:00Z",
        lead_time=draw(st.none() | st.floats(0, 1e6)),
        note=draw(st.none() | texts),
        **draw(judgements()),  # type: ignore[arg-type]
    )


@st.composite
def decisions(draw: st.DrawFn) -> Decision:
    return Decision(
        sentence_id=draw(names),
        schema="s@1.0.0",
        method="majority",
        votes=tuple(draw(st.lists(names, max_size=3))),
        soft_labels=draw(st.dictionaries(names, st.floats(0, 1), max_size=3)),
        **draw(judgements()),  # type: ignore[arg-type]
    )


rejects = st.builds(Reject, stage=names, reason=names, source=names, start=st.none() | st.integers(0, 99), text=texts)
records = st.one_of(articles(), sentences(), annotations(), decisions(), rejects)


@given(records)
def test_json_and_back(item: object) -> None:
    line = to_json(item)
    assert "\n" not in line
    assert from_json(type(item), line) == item


@given(records)
def test_row_and_back(item: object) -> None:
    assert from_row(type(item), to_row(item)) == item


@pytest.mark.slow
@given(
    st.one_of(
        *(st.lists(kind, min_size=1, max_size=4) for kind in (articles(), sentences(), annotations(), decisions()))
    )
)
def test_parquet_and_back(items: list[object]) -> None:
    cls = type(items[0])
    data = parquet_bytes(to_table(cls, items))
    assert from_table(cls, pq.read_table(io.BytesIO(data))) == items


@given(sentences())
def test_a_sentence_holds_exactly_its_offsets(sentence: Sentence) -> None:
    assert sentence.end - sentence.start == len(sentence.text)


def test_all_faults_of_a_line_are_told_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        from_json(Page, '{"source": 3, "sha256": "x", "start": 0}', where="pages.jsonl:7")
    assert [str(fault) for fault in caught.value.faults] == [
        "pages.jsonl:7: not a valid Page: Input should be a valid string @ source",
        "pages.jsonl:7: not a valid Page: Field required @ end",
    ]

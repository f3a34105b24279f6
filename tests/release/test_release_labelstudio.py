"""Release → Label Studio JSON → pull gives back the same answers, field for field."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from toolkit.engine.arrow import parquet_bytes, to_table
from toolkit.errors import UsageError
from toolkit.labelstudio import export_tasks, infer_schema, pull_export, read_export, read_export_all
from toolkit.labelstudio.codec.export_writer import as_task
from toolkit.labelstudio.codec.round_trip import KEY
from toolkit.labelstudio.pseudonyms import Pseudonyms
from toolkit.labelstudio.pull.export_reader import read_tasks
from toolkit.labelstudio.pull.parse import parse_annotation, text_of
from toolkit.project import Workspace
from toolkit.records import Annotation, Article, Relation, Sentence, Span, content_id, digest, to_row
from toolkit.release import Release, TextRule
from toolkit.schema import Attribute, Schema, load, parse


def _richer() -> Schema:
    """news_events with every kind of field: of spans and of sentences, with one value and with several."""
    content = {key: value for key, value in to_row(load("news_events")).items() if key != "digest"}
    kinds = {"id": "manner", "title": "Manner", "type": "choice", "choices": ["seen", "heard", "read"], "several": True}
    words = {"id": "wording", "title": "Other words", "type": "text", "several": True}
    content["spans"][0]["attributes"] += [kinds, words]
    sure = {"id": "certainty", "title": "How sure?", "type": "number"}
    content["fields"] = [sure, {**kinds, "id": "topics"}, {"id": "urgent", "title": "Urgent", "type": "boolean"}]
    return parse(yaml.safe_dump(content, allow_unicode=True))


SCHEMA = _richer()
TEXT = "At least nine 😀 men died, the mayor said;\nthe army denies it."
MOMENTS = ("2026-01-01T10:00:00Z", "2026-01-01T10:00:00.000001Z", "2026-02-28T23:59:59.999999Z")


def _value(attribute: Attribute) -> st.SearchStrategy[Any]:
    if attribute.several:
        one = st.sampled_from(attribute.choices) if attribute.choices else st.text(min_size=1)
        return st.lists(one, min_size=1, max_size=3, unique=True).map(tuple)
    match attribute.type:
        case "choice":
            return st.sampled_from(attribute.choices)
        case "boolean":
            return st.just(True)
        case "number":
            return st.integers(0, 10**6) | st.floats(0, 1e6)
        case "text":
            return st.text(min_size=1)


@st.composite
def _annotations(draw: st.DrawFn) -> Annotation:
    spans: list[Span] = []
    for number in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(TEXT) - 1))
        words = TEXT[start : draw(st.integers(start + 1, len(TEXT)))]
        if words != words.strip():
            continue  # the page trims what it stores
        kind = draw(st.sampled_from(SCHEMA.spans))
        fields = {attribute.id: draw(_value(attribute)) for attribute in kind.attributes if draw(st.booleans())}
        name = f"s{number}" if number % 2 else f"s{number}#2"
        spans.append(
            Span(span_id=name, label=kind.id, start=start, end=start + len(words), text=words, attributes=fields)
        )
    links: set[tuple[str, str, str]] = set()
    if spans:
        ends = st.sampled_from([span.span_id for span in spans])
        names = st.sampled_from([relation.id for relation in SCHEMA.relations])
        links = draw(st.sets(st.tuples(names, ends, ends), max_size=3))
    return Annotation(
        annotation_id=content_id(draw(st.integers())),
        sentence_id=content_id("a sentence"),
        annotator=draw(st.sampled_from(("annotator-0a1b2c3d4e", "annotator-1", "user-7"))),
        labels=tuple(sorted(draw(st.sets(st.sampled_from(SCHEMA.label_ids))))),
        spans=tuple(sorted(spans, key=lambda span: (span.start, span.end, span.label, span.span_id))),
        relations=tuple(Relation(label=label, head=head, tail=tail) for label, head, tail in sorted(links)),
        schema=draw(st.sampled_from((SCHEMA.ref, "news_events@0.9.0"))),
        created_at=draw(st.sampled_from(MOMENTS)),
        updated_at=draw(st.sampled_from(MOMENTS)),
        lead_time=draw(st.none() | st.floats(0, 1e5)),
        skipped=draw(st.booleans()),
        ground_truth=draw(st.booleans()),
        origin=draw(st.sampled_from(("manual", "prediction", "prediction-changed"))),
        note=draw(st.none() | st.text(min_size=1)),
        fields={field.id: draw(_value(field)) for field in SCHEMA.fields if draw(st.booleans())},
    )


def through_json(answer: Annotation, text: str, schema: Schema) -> Annotation | None:
    data = {"text": text, "sentence_id": answer.sentence_id, "text_sha256": digest(text.encode())}
    task = json.loads(json.dumps(as_task(1, data, [answer], schema)))
    taken = parse_annotation(task, task["annotations"][0], schema=schema, pseudonyms=Pseudonyms(b"secret"), source=str)
    assert taken.rejects == ()
    return taken.annotation


@pytest.mark.slow
@given(_annotations())
def test_an_answer_comes_back_field_for_field(answer: Annotation) -> None:
    assert through_json(answer, TEXT, SCHEMA) == answer


@pytest.mark.skipif("TOOLKIT_EXPORTS" not in os.environ, reason="TOOLKIT_EXPORTS names no directory of exports")
def test_the_answers_of_real_exports_come_back_field_for_field() -> None:
    paths = sorted(Path(os.environ["TOOLKIT_EXPORTS"]).glob("*.json*"))
    assert paths
    for path in paths:
        schema = parse(infer_schema(path), path.name)
        answers = read_export_all(path, schema).annotations
        texts = [text_of(task) for task in read_tasks(path) for _ in task["annotations"]]
        assert len(answers) == len(texts) > 0
        for answer, text in zip(answers, texts, strict=True):
            assert text is not None
            assert through_json(answer, text, schema) == answer


def as_the_page_stores(answer: Annotation) -> Annotation:
    """A box that is not ticked stores nothing."""
    spans = tuple(
        replace(span, attributes={name: value for name, value in span.attributes.items() if value is not False})
        for span in answer.spans
    )
    return replace(answer, spans=spans)


@pytest.fixture(scope="module")
def release(world: Any, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """A release with the times of answers as they were: by default it tells only the day."""
    from toolkit.release import Terms, freeze

    return freeze(world.corpus(), tmp_path_factory.mktemp("exact"), Terms(version="1.0.0", times="exact"))


@pytest.mark.slow
def test_a_whole_release_comes_back(world: Any, release: Release, tmp_path: Path) -> None:
    files = export_tasks(release, tmp_path / "out")
    assert [path.name for path in files] == ["label_config.xml", *(f"tasks-{s}.json" for s in release.splits())]
    found = {a.annotation_id: a for path in files[1:] for a in read_export(path, release.schema)}
    assert found == {answer.annotation_id: as_the_page_stores(answer) for answer in world.annotations}
    numbers = [task["id"] for path in files[1:] for task in json.loads(path.read_text())]
    assert numbers == list(range(1, len(world.sentences) + 1))  # the undecided ones that were answered are there too


@pytest.mark.slow
def test_experts_are_kept_apart(world: Any, tmp_path: Path) -> None:
    expert = replace(world.annotations[0], annotation_id=content_id("expert"), annotator="expert-1")
    from toolkit.release import Terms, freeze

    release = freeze(world.corpus(experts=[expert]), tmp_path, Terms(version="1.0.0", times="exact"))
    export_tasks(release, tmp_path / "out")
    (path,) = (tmp_path / "out").glob("expert-*.json")
    assert list(read_export(path, release.schema)) == [as_the_page_stores(expert)]


@pytest.mark.slow
def test_pull_takes_it_back_once(world: Any, release: Release, tmp_path: Path) -> None:
    files = export_tasks(release, tmp_path / "out")[1:]
    workspace = Workspace.create(tmp_path / "project")
    workspace.write("articles.parquet", parquet_bytes(to_table(Article, world.articles)))
    workspace.write("sentences.parquet", parquet_bytes(to_table(Sentence, world.sentences)))
    new = [pull_export(workspace, path).counts.get("new", 0) for path in files]
    assert sum(new) == len(world.annotations)
    expected = sorted(world.annotations, key=lambda a: (a.sentence_id, a.annotator, a.annotation_id))
    assert workspace.answers() == [as_the_page_stores(answer) for answer in expected]
    assert all(pull_export(workspace, path).up_to_date for path in files)


@pytest.mark.parametrize(
    "carried",
    [None, "x", {}, {"annotation_id": "1", "annotator": "ada@example.org", "schema": "a@1.0.0", "origin": "manual"}],
)
def test_what_no_export_of_ours_carries_is_not_believed(carried: object) -> None:
    data = {"text": TEXT, "sentence_id": "s", "text_sha256": digest(TEXT.encode())}
    raw = {"id": 5, "created_at": MOMENTS[0], "updated_at": MOMENTS[0], "result": [], "completed_by": 3, KEY: carried}
    taken = parse_annotation(
        {"id": 1, "data": data}, raw, schema=SCHEMA, pseudonyms=Pseudonyms(None), source=str
    ).annotation
    assert taken is not None
    assert (taken.annotator, taken.origin, len(taken.annotation_id)) == ("user-3", "manual", 24)


@pytest.mark.slow
def test_without_text_there_is_nothing_to_label(world: Any, tmp_path: Path) -> None:
    bare = world.freeze(tmp_path / "1.0.0", text=TextRule.parse("offsets"))
    with pytest.raises(UsageError, match="no text to label"):
        export_tasks(bare, tmp_path / "out")

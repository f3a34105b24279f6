"""A schema from a foreign export, and the export read under it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from toolkit.errors import InvalidInput
from toolkit.labelstudio import infer_schema, pull_export, read_export, read_export_all
from toolkit.project import Workspace
from toolkit.schema import load

TEXTS = ["Nine sailors drowned off the cape.", "The cape is steep.", "Two boats sank."]


def task(number: int, text: str, result: list[Any], user: int = 1) -> dict[str, Any]:
    made = f"2024-03-11T22:49:11.8369{number:02}Z"
    raw = {"id": number, "completed_by": user, "result": result, "created_at": made, "updated_at": made}
    return {"id": number, "project": 1, "data": {"story": text}, "annotations": [raw]}


def item(kind: str, name: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"id": "r1", "type": kind, "from_name": name, "to_name": "story", "value": value}


NINE = {"start": 0, "end": 4, "text": "Nine"}


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "export.json"
    first = [
        item("taxonomy", "Category", {"taxonomy": [["Harm", "Drowned"], ["2nd"]]}),
        item("labels", "tag", NINE | {"labels": ["How many?"]}),
        item("number", "Lowest value", NINE | {"number": 9}),
        item("choices", "certainty", NINE | {"choices": ["sure"]}),
    ]
    second = [item("choices", "Category", {"choices": ["Place"]})]
    path.write_text(json.dumps([task(1, TEXTS[0], first), task(2, TEXTS[1], second), task(3, TEXTS[2], [])]))
    return path


def test_the_inferred_schema_loads_and_reads_the_export_by_its_titles(
    export: Path, tmp_path: Path, make_project: Callable[..., Workspace]
) -> None:
    path = tmp_path / "schema.yaml"
    path.write_text(infer_schema(export, name="cape"))
    schema = load(str(path))
    assert [(label.id, label.title) for label in schema.labels] == [
        ("x_2nd", "2nd"),
        ("harm_drowned", "Harm/Drowned"),
        ("place", "Place"),
    ]
    assert [(span.id, span.title) for span in schema.spans] == [("HOW_MANY", "How many?")]
    everything = read_export_all(export, schema)
    assert everything.rejects == []
    first = everything.annotations[0]
    assert first.labels == ("harm_drowned", "x_2nd")
    assert [(span.label, dict(span.attributes)) for span in first.spans] == [
        ("HOW_MANY", {"certainty": "sure", "lowest_value": 9})
    ]
    workspace = make_project(["\n".join(TEXTS)])
    config = workspace.path("toolkit.yaml")
    config.write_text(config.read_text().replace("schema: news_events@1.0.0", f"schema: {path}"))
    workspace = Workspace(workspace.root)
    assert pull_export(workspace, export).counts == {"new": 3, "empty": 1}
    texts = {sentence.sentence_id: sentence.text for sentence in workspace.sentences()}
    assert sorted(texts[answer.sentence_id] for answer in workspace.answers()) == sorted(TEXTS)


def test_what_the_schema_does_not_have_is_rejected(export: Path) -> None:
    everything = read_export_all(export, load("news_events"))
    reasons = sorted(reject.reason for reject in everything.rejects)
    hanging = ["field-without-span"] * 2  # on the span that was not taken
    assert reasons == [*hanging, "unknown-label", "unknown-label", "unknown-label", "unknown-span"]
    assert len(everything.annotations) == len(list(read_export(export))) == 3


def test_an_export_without_answers_gives_no_schema(tmp_path: Path) -> None:
    path = tmp_path / "empty.json"
    path.write_text(json.dumps([task(1, TEXTS[0], [])]))
    with pytest.raises(InvalidInput, match="no labels and no spans"):
        infer_schema(path)


def test_what_the_config_offers_and_nobody_has_used_is_there_too(export: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.xml"
    config.write_text(
        '<View><Text name="t" value="$story"/><Labels name="tag" toName="t"><Label value="When?"/></Labels>'
        '<Taxonomy name="k" toName="t"><Choice value="Harm"><Choice value="Burnt"/></Choice></Taxonomy>'
        '<Choices name="c" toName="t" perRegion="true"><Choice value="unsure"/></Choices></View>'
    )
    path = tmp_path / "schema.yaml"
    path.write_text(infer_schema(export, config=config))
    schema = load(str(path))
    assert {label.title for label in schema.labels} == {"2nd", "Harm/Burnt", "Harm/Drowned", "Place"}
    assert {span.title for span in schema.spans} == {"How many?", "When?"}
    config.write_text("<View>")
    with pytest.raises(InvalidInput, match=r"config\.xml: is not a label config"):
        infer_schema(export, config=config)
    with pytest.raises(InvalidInput, match="can't be a schema's name"):
        infer_schema(export, name="My Schema")

"""Attributes of spans and fields of sentences are columns of their own types, in every config and way out."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from toolkit.errors import InvalidInput
from toolkit.hub.reload_check import reload_differences
from toolkit.records import Span
from toolkit.release import TextRule, diff, hydrate, load
from toolkit.release.export.formats import export
from toolkit.release.manifest import file_sums, json_text, sealed, write_table
from toolkit.release.proof import proof
from toolkit.release.tables import attribute_columns
from toolkit.release.tables.attribute_columns import OF_SENTENCES, OF_SPANS, held_in, sentence_fields, span_attributes
from toolkit.release.tables.columns import arrow_schemas
from toolkit.schema import Attribute, Schema
from toolkit.schema import load as load_schema

STATED = {"id": "kind", "title": "Kind", "type": "choice", "choices": ("said", "shown"), "several": True}
OF_FIGURE = {
    "sure": Attribute(id="sure", title="Sure?", type="boolean"),
    "label": Attribute(id="label", title="Named like a column", type="text"),
    "kind": Attribute(**STATED),
    "words": Attribute(id="words", title="Other words", type="text", several=True),
}
OF_SENTENCE = (
    Attribute(id="certainty", title="How sure?", type="number"),
    Attribute(id="stance", title="Stance", type="choice", choices=("against", "for_it")),
    Attribute(id="title", title="Named like a column too", type="text"),
    Attribute(id="topics", title="Topics", type="choice", choices=("sea", "land", "air"), several=True),
)
FIELDS = {"certainty": 4, "stance": "for_it", "title": "free words", "topics": ("air", "sea")}
MORE = {"sure": False, "label": "own", "kind": ("shown",), "words": ("nine", "IX")}


def schema() -> Schema:
    found = load_schema("news_events@1.0.0")
    spans = [
        replace(span, attributes=(*span.attributes, *OF_FIGURE.values())) if span.id == "FIGURE" else span
        for span in found.spans
    ]
    return replace(found, spans=tuple(spans), fields=OF_SENTENCE)


def with_more(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    return tuple(replace(s, attributes={**s.attributes, **MORE}) if s.label == "FIGURE" else s for s in spans)


@pytest.fixture(scope="module")
def rich(make_world: Any) -> Any:
    """The world with attributes of every type, and fields of its sentences."""
    world = make_world(6, 6)
    return replace(
        world,
        schema=schema(),
        decisions=tuple(replace(each, spans=with_more(each.spans), fields=FIELDS) for each in world.decisions),
        annotations=tuple(replace(each, spans=with_more(each.spans), fields=FIELDS) for each in world.annotations),
    )


@pytest.fixture(scope="module")
def typed(rich: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return rich.freeze(tmp_path_factory.mktemp("typed") / "1.0.0")


def test_no_attribute_takes_the_name_of_a_column() -> None:
    plain = replace(load_schema("news_events@1.1.0"), fields=())
    bare = replace(plain, spans=tuple(replace(span, attributes=()) for span in plain.spans))
    for text in (True, False):
        columns = arrow_schemas(bare, text=text)
        tags = {name for name in columns["default"].names if name.startswith("tags")}
        assert {*columns["default"].names, *columns["annotations"].names} - tags <= OF_SENTENCES
        assert {*columns["spans"].names} <= OF_SPANS


@pytest.mark.slow
def test_each_type_is_a_column(typed: Any) -> None:
    spans, default = typed.columns("spans"), typed.columns("default")
    assert {name: str(spans.field(name).type) for name in ("low", "low_open", "qualifier", "attribute_label")} == {
        "low": "double",
        "low_open": "bool",
        "qualifier": "string",
        "attribute_label": "string",
    }
    assert all(pa.types.is_list(spans.field(name).type) for name in ("kind", "words"))
    row = typed.table("default").to_pylist()[0]
    assert {name: row[name] for name in ("certainty", "stance", "field_title", "topics")} == {
        "certainty": 4.0,
        "stance": "for_it",
        "field_title": "free words",
        "topics": ["air", "sea"],
    }
    assert default.field("title").type == pa.string()
    assert row["title"].startswith("Headline"), "the article's title keeps its name"
    assert "fields" not in default.names
    assert "attributes" not in spans.names


def test_a_record_comes_back_as_it_was(rich: Any, typed: Any) -> None:
    columns = span_attributes(typed.schema)
    found = {
        (row["sentence_id"], row["span_id"]): held_in(row, columns, "attributes")
        for row in typed.table("spans").to_pylist()
    }
    assert found == {
        (each.sentence_id, span.span_id): dict(span.attributes) for each in rich.decisions for span in each.spans
    }
    asked = sentence_fields(typed.schema)
    assert all(held_in(row, asked, "fields") == FIELDS for row in typed.table("annotations").to_pylist())


def test_relations_are_a_config(rich: Any, typed: Any) -> None:
    rows = typed.table("relations").to_pylist()
    assert {(row["sentence_id"], row["label"], row["head"], row["tail"]) for row in rows} == {
        (each.sentence_id, link.label, link.head, link.tail) for each in rich.decisions for link in each.relations
    }
    assert {(row["head_label"], row["tail_label"]) for row in rows} == {("FIGURE", "SOURCE")}
    texts = {row["sentence_id"]: row["text"] for row in typed.table("default").to_pylist()}
    for row in rows:
        assert texts[row["sentence_id"]][row["head_start"] : row["head_end"]] == row["head_text"]


LOAD = """
import json, sys
import datasets
path = sys.argv[1]
default = datasets.load_dataset(path, split="train")
spans = datasets.load_dataset(path, "spans", split="train")
streamed = next(iter(datasets.load_dataset(path, split="train", streaming=True)))
row = next(row for row in default if row["spans"])
inner = [dict(span["attributes"]) for span in row["spans"] if span["attributes"]["low"] is not None]
features = {name: str(kind) for name, kind in spans.features.items()}
figures = [dict(row) for row in spans if row["low"] is not None]
names = spans.features["qualifier"].names
whole = {name: default.features[name].names for name in ("stance",)}
print(json.dumps([inner[0], features, figures[0], names, whole, row["topics"], row["stance"], streamed["stance"]]))
"""


@pytest.mark.slow
def test_datasets_reads_choices_as_numbers(typed: Any, tmp_path: Path) -> None:
    environment = {"HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1", "PATH": "", "HOME": str(tmp_path)}
    command = [sys.executable, "-c", LOAD, str(typed.path)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    inner, features, figure, names, whole, topics, stance, streamed = json.loads(run.stdout)
    assert names == ["exact", "at_least", "more_than", "up_to", "about", "range", "vague"]
    assert (inner["qualifier"], figure["qualifier"], inner["kind"], figure["kind"]) == (0, 0, [1], [1])
    assert (inner["low_open"], figure["sure"], figure["words"]) == (False, False, ["nine", "IX"])
    assert (features["low"], features["low_open"]) == ("Value('float64')", "Value('bool')")
    assert features["kind"] == "List(ClassLabel(names=['said', 'shown']))"
    assert (whole["stance"], topics, stance, streamed) == (["against", "for_it"], [2, 0], 1, 1)


def test_the_card_names_every_choice_in_the_order_of_its_number(typed: Any) -> None:
    card = typed.read("README.md").decode()
    assert "| `stance` | string | Stance: against, for_it |" in card
    assert "| `kind` | list of string | Kind: said, shown |" in card
    assert "| `harm` | string | What happened to them? killed, wounded" in card
    assert "### `relations`" in card


@pytest.mark.slow
def test_verify_holds_them_and_finds_what_was_changed(typed: Any, tmp_path: Path) -> None:
    assert "spans" in proof(typed).checks
    changed = tmp_path / "1.0.0"
    copied = load_changed(typed, changed, "spans", {"low": 1_000_000.0})
    with pytest.raises(InvalidInput, match="spans of train are not the spans that default has"):
        proof(copied)


def load_changed(release: Any, target: Path, config: str, values: dict[str, Any]) -> Any:
    """Return a copy in which the first row of a table of train is another, with hashes that say so."""
    shutil.copytree(release.path, target)
    manifest = json.loads((target / "manifest.json").read_bytes())
    table = release.table(config, "train")
    rows = table.to_pylist()
    at = next(number for number, row in enumerate(rows) if row[next(iter(values))] is not None)
    rows[at] |= values
    entry = write_table(target, config, "train", table.schema, [pa.Table.from_pylist(rows, schema=table.schema)])
    manifest["tables"][config] |= entry[config]
    manifest["files"] = file_sums(target)
    (target / "manifest.json").write_text(json_text(sealed(manifest)))
    return load(target)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["full", "offsets"])
def test_hydration_gives_the_same_rows(rich: Any, typed: Any, tmp_path: Path, text: str) -> None:
    bare = rich.freeze(tmp_path / "1.0.0", text=TextRule.parse("offsets")) if text == "offsets" else typed
    whole = hydrate(bare, rich.articles, tmp_path / "whole").release if text == "offsets" else bare
    assert not {"text", "head_text"} & {*bare.columns("relations").names} or text == "full"
    for config in ("spans", "figures", "relations", "annotations"):
        assert whole.table(config).to_pylist() == typed.table(config).to_pylist()
    assert (
        whole.table("default")
        .select(["spans", "topics", "tags"])
        .equals(typed.table("default").select(["spans", "topics", "tags"]))
    )
    proof(whole)


def test_csv_has_a_column_for_each(typed: Any, tmp_path: Path) -> None:
    files = {file.name: file for file in export(typed, "csv", tmp_path / "csv")}
    with files["spans-train.csv"].open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["low"]]
    assert {"low", "qualifier", "kind", "attribute_label"} <= rows[0].keys()
    assert json.loads(rows[0]["kind"]) == ["shown"]
    assert float(rows[0]["low"]) == float(rows[0]["high"])


@pytest.mark.slow
def test_a_difference_names_the_column_that_changed(rich: Any, typed: Any, tmp_path: Path) -> None:
    lower = [
        replace(
            each,
            spans=tuple(replace(span, attributes={**span.attributes, "low": 1}) for span in each.spans[1:2]),
            relations=(),
        )
        for each in rich.decisions
    ]
    changed = replace(rich, decisions=tuple(lower)).freeze(tmp_path / "2.0.0", version="2.0.0", previous=typed)
    found = diff(typed, changed)
    assert found.configs["spans"].columns["low"]
    assert found.configs["relations"].removed.num_rows == typed.counts["relations"]
    assert found.labels.num_rows == sum(bool(each.spans) for each in rich.decisions)


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"qualifier": "roughly"}, "'roughly' of field qualifier of FIGURE is not in news_events@1.0.0"),
        ({"low": "nine"}, "'nine' of field low of FIGURE is not in"),
        ({"colour": "red"}, "field colour of FIGURE is not in"),
        ({"kind": ("said", "sung")}, "of field kind of FIGURE is not in"),
    ],
)
def test_a_value_without_a_column_stops_the_build(rich: Any, tmp_path: Path, more: dict[str, Any], what: str) -> None:
    wrong = tuple(
        replace(
            each,
            spans=tuple(replace(s, attributes={**s.attributes, **more}) for s in each.spans if s.label == "FIGURE"),
            relations=(),
        )
        for each in rich.decisions
    )
    with pytest.raises(InvalidInput, match=what) as caught:
        replace(rich, decisions=wrong).freeze(tmp_path / "1.0.0")
    assert "toolkit schema migrate" in str(caught.value)


def test_an_unknown_field_of_a_sentence_stops_the_build(rich: Any, tmp_path: Path) -> None:
    wrong = tuple(replace(each, fields={"stance": "neither"}) for each in rich.decisions)
    with pytest.raises(InvalidInput, match="'neither' of field stance is not in"):
        replace(rich, decisions=wrong).freeze(tmp_path / "1.0.0")


def test_an_attribute_that_two_labels_type_differently_is_a_string() -> None:
    found = load_schema("news_events@1.0.0")
    both = (Attribute(id="size", title="Size", type="number"), Attribute(id="size", title="Size", type="text"))
    spans = tuple(replace(span, attributes=(one,)) for span, one in zip(found.spans, both, strict=False))
    column = span_attributes(replace(found, spans=spans))[0]
    assert (column.type, column.choices) == (pa.string(), ())
    assert attribute_columns.as_type(4, column.type) == "4"


def test_a_relation_of_a_span_that_is_gone_is_told(typed: Any, tmp_path: Path) -> None:
    copied = load_changed(typed, tmp_path / "1.0.0", "relations", {"head_start": 0, "head_end": 3})
    with pytest.raises(InvalidInput, match="relations of train have a head that is not the span of that id"):
        proof(copied)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of mlcroissant's own libraries
def test_croissant_reads_them_within_a_sentence_and_alone(typed: Any) -> None:
    import mlcroissant

    described = mlcroissant.Dataset(jsonld=typed.path / "croissant.json", mapping={"repo": typed.path})
    assert described.metadata.ctx.issues.errors == set()
    spans = list(described.records("spans"))
    rows = typed.table("spans").to_pylist()
    assert [record["spans/low"] for record in spans] == [row["low"] for row in rows]
    assert next(record["spans/kind"] for record in spans if record["spans/low"]) == [b"shown"]
    marked = [record for record in described.records("default") if len(record["default/spans"])]
    within = [span for record in marked for span in record["default/spans"]]
    assert [span["default/spans/attributes/low"] for span in within] == [row["low"] for row in rows]
    assert {bytes(span["default/spans/attributes/qualifier"] or b"") for span in within} == {b"", b"exact"}
    assert marked[0]["default/stance"] == b"for_it"
    assert list(marked[0]["default/topics"]) == [b"air", b"sea"]
    assert sum(1 for _ in described.records("relations")) == typed.counts["relations"]


@pytest.mark.slow
def test_what_datasets_loads_is_held_against_the_tables(
    typed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    assert reload_differences(str(typed.path), "", str(typed.path)) == []

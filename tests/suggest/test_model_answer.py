"""What a model writes becomes a suggestion only if its form, its quotes and the rules of the schema all hold."""

from __future__ import annotations

import json
from typing import Any

import pytest

from toolkit.records import Suggestion, to_row
from toolkit.schema import load, validate
from toolkit.suggest.answer_schema import answer_schema
from toolkit.suggest.model_answer import read_answer, read_object
from toolkit.suggest.prompt import answer_json

SCHEMA = load("news_events@1.0.1")
TEXT = "At least 14 people were killed and 14 were hurt, the army said."
FIGURE = {"label": "FIGURE", "quote": "14", "fields": {"low": 14, "qualifier": "exact", "harm": "killed"}}
SOURCE = {"label": "SOURCE", "quote": "the army", "fields": {"type": "military"}}


def answer(**said: Any) -> dict[str, Any]:
    return {"labels": ["casualty_figure", "claim"], "spans": [FIGURE, SOURCE], "relations": [], **said}


def faults(said: Any) -> list[str]:
    found = read_answer(said if isinstance(said, str) else json.dumps(said), SCHEMA, TEXT)
    assert isinstance(found, list)
    return [fault.reason for fault in found]


def test_quotes_become_spans_with_offsets_and_relations_join_them() -> None:
    hurt = FIGURE | {"fields": {"low": 14.0, "qualifier": "exact", "harm": "wounded", "status": None}}
    links = [{"label": "figure_source", "from": 1, "to": 2}]
    found = read_answer(json.dumps(answer(spans=[FIGURE, hurt, SOURCE], relations=links)), SCHEMA, TEXT)
    assert isinstance(found, Suggestion)
    assert [(span.start, span.text) for span in found.spans] == [(9, "14"), (35, "14"), (49, "the army")]
    assert dict(found.spans[1].attributes) == {"low": 14, "qualifier": "exact", "harm": "wounded"}
    assert isinstance(found.spans[1].attributes["low"], int), "a whole number is one, as people's are"
    (link,) = found.relations
    assert (link.head, link.tail) == (found.spans[1].span_id, found.spans[2].span_id)
    assert validate(SCHEMA, found.labels, found.spans, found.relations) == []
    assert read_answer(answer_json(found, SCHEMA), SCHEMA, TEXT) == found, "written as a model is to write it"


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "```json\n{}\n```",
        "<think>{{is it a claim}} or not</think>\n{}",
        '{{"labels": ["none"]}}? No, somebody asserts it.</think>{}',
        "Here it is: {} I hope this helps.",
    ],
)
def test_what_stands_around_the_json_is_passed_over(around: str) -> None:
    found = read_answer(around.format(json.dumps(answer())), SCHEMA, TEXT)
    assert isinstance(found, Suggestion)
    assert found.labels == ("casualty_figure", "claim")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("", "not-json"),
        ("It is a claim.", "not-json"),
        ('{"labels": ["claim"', "not-json"),
        ("[" * 100_000, "not-json"),
        ('{"labels": ["none"]} or {"labels": ["denial"]}', "not-json"),
        ({"labels": "claim"}, "wrong-form"),
        ({"labels": [["claim"]]}, "wrong-form"),
        ({}, "wrong-form"),
        ({"labels": ["none"], "spans": {"SOURCE": "the army"}}, "wrong-form"),
        ({"labels": ["none"], "spans": [{"label": "SOURCE"}]}, "wrong-form"),
        ({"labels": ["none"], "verdict": "sure"}, "wrong-form"),
        (answer(relations=[{"label": "figure_source", "from": 0, "to": 7}]), "wrong-form"),
        (answer(spans=[FIGURE | {"fields": {"low": [14]}}]), "wrong-form"),
        ({"labels": ["lie"]}, "unknown-label"),
        ({"labels": []}, "no-label"),
        ({"labels": ["claim", "none"]}, "exclusive"),
        ({"labels": ["casualty_figure"]}, "figure_for_casualties"),
        (answer(spans=[FIGURE | {"fields": {"low": 14, "qualifier": "sure", "harm": "killed"}}]), "attribute-value"),
        (answer(spans=[FIGURE | {"quote": "fourteen"}]), "quote-not-found"),
        (answer(spans=[SOURCE, SOURCE]), "quote-not-found"),
    ],
)
def test_a_fault_is_named_and_nothing_is_mended(said: Any, reason: str) -> None:
    assert reason in faults(said)


def test_offsets_count_where_a_file_gives_them_and_must_hold_the_words() -> None:
    span = {"label": "SOURCE", "text": "the army", "start": 49, "attributes": {"type": "military"}}
    found = read_object({"labels": ["claim"], "spans": [span]}, SCHEMA, TEXT)
    assert isinstance(found, Suggestion)
    assert found.spans[0].end == 57
    assert isinstance(read_object({"labels": ["claim"], "spans": [span | {"start": 48}]}, SCHEMA, TEXT), list)


def test_a_row_of_the_log_is_read_as_it_was_written() -> None:
    links = [{"label": "figure_source", "from": 0, "to": 1}]
    found = read_object(answer(relations=links), SCHEMA, TEXT)
    assert isinstance(found, Suggestion)
    row = {key: value for key, value in to_row(found).items() if key in ("labels", "spans", "relations", "fields")}
    assert read_object(row, SCHEMA, TEXT) == found


def test_the_json_schema_holds_everything_to_its_form_as_strict_servers_ask() -> None:
    form = answer_schema(SCHEMA)

    def objects(node: Any) -> list[dict[str, Any]]:
        inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        own = [node] if isinstance(node, dict) and node.get("type") == "object" else []
        return own + [found for each in inner for found in objects(each)]

    assert len(objects(form)) > 3
    for each in objects(form):
        assert each["required"] == list(each["properties"])
        assert each["additionalProperties"] is False
    assert set(form["properties"]["labels"]["items"]["enum"]) == {label.id for label in SCHEMA.active}
    assert "fields" not in form["properties"], "this schema asks nothing of a sentence but labels and spans"


def test_a_line_break_within_a_quote_is_no_broken_json() -> None:
    """XpressAI/xaibo#36: models write it as it is; the inner object was read in place of the whole answer."""
    text = "The mayor\nsaid that it rained."
    fields = '{"type": "state_civil", "party_role": null}'
    spans = f'[{{"label": "SOURCE", "quote": "The mayor\nsaid", "fields": {fields}}}]'
    said = f'{{"labels": ["claim"], "spans": {spans}, "relations": []}}'
    found = read_answer(said, load("news_events@1.0.0"), text)
    assert isinstance(found, Suggestion), found
    assert [(span.start, span.end) for span in found.spans] == [(0, 14)]


def test_thoughts_without_a_beginning_or_after_other_words_are_passed_over() -> None:
    """admonstrator/zettelrobbe#74 and vllm-project/vllm#50938."""
    for around in ("<think>a {maybe}</think>{}", 'Sure.<think>{{"labels": ["none"]}}</think>{}'):
        content = around.replace("{}", '{"labels": ["claim"]}').replace("{{", "{").replace("}}", "}")
        found = read_answer(content, load("claims@1.0.1"), "The mayor said it rained.")
        assert isinstance(found, Suggestion), content
        assert found.labels == ("claim",)

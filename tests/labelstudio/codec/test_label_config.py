"""The labelling page as XML: what is committed, what Label Studio's own parser makes of it, what text may do to it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from toolkit.errors import InvalidInput
from toolkit.labelstudio.codec.decode import decode_result
from toolkit.labelstudio.codec.encode import encode_result
from toolkit.labelstudio.codec.label_config import DATA, GATE, TRUE, control_name, controls, render_config
from toolkit.labelstudio.codec.page_check import PageCheck
from toolkit.schema import Schema, load, shipped

NAMES = ("claims", "news_events")


@pytest.mark.parametrize("path", sorted(shipped("schemas").glob("*/*.yaml")), ids=lambda path: path.parent.name)
def test_committed_configs_are_the_rendered_ones(path: Path) -> None:
    schema = load(path)
    committed = shipped("label_configs") / schema.name / f"{schema.version}.xml"
    assert committed.read_text(encoding="utf-8") == render_config(schema), "run `toolkit schema render`"


@pytest.mark.parametrize("name", NAMES)
def test_label_studios_parser_sees_the_ids_of_the_schema(name: str) -> None:
    from label_studio_sdk.label_interface import LabelInterface

    schema = load(name)
    interface = LabelInterface(render_config(schema))
    interface.validate()
    seen = {control.name: control for control in interface.controls}
    assert set(seen) - {GATE} == set(controls(schema))
    for layer in schema.layers:
        assert set(seen[layer.id].labels) == {label.id for label in schema.active if label.layer == layer.id}
    for span in schema.spans:
        assert span.id in seen["spans"].labels
        for attribute in span.attributes:
            expected = {TRUE} if attribute.type == "boolean" else set(attribute.choices)
            assert set(seen[control_name(span, attribute)].labels) == expected


@pytest.mark.parametrize("name", NAMES)
def test_the_page_shows_only_data_that_a_task_carries(name: str) -> None:
    root = etree.fromstring(render_config(load(name)))
    shown = {value[1:] for element in root.iter() for key, value in element.attrib.items() if value.startswith("$")}
    assert shown <= set(DATA)
    assert shown == {"headline", "publisher", "date", "place", "link", "before", "text", "after", "article"}


@pytest.mark.parametrize("name", NAMES)
def test_every_choice_and_span_has_a_key_of_its_own(name: str) -> None:
    root = etree.fromstring(render_config(load(name)))
    keys = [element.get("hotkey") for element in root.iter("Choice", "Label")]
    assert None not in keys
    assert len(set(keys)) == len(keys)


HOSTILE = [
    "<script>alert(1)</script>",
    "&amp; &lt;b&gt;",
    "$text and ${text} for $5",
    "\"double\" 'single' `back`",
    "true",
    "false",
    "two\nlines",
    "نص من اليمين",
]


def renamed(schema: Schema, words: str) -> Schema:
    label = replace(schema.labels[0], title=words, rule=words)
    layer = replace(schema.layers[0], title=words)
    span = replace(schema.spans[0], rule=words)
    return replace(
        schema,
        labels=(label, *schema.labels[1:]),
        layers=(layer, *schema.layers[1:]),
        spans=(span, *schema.spans[1:]),
    )


@pytest.mark.parametrize("words", HOSTILE)
def test_words_of_a_schema_never_change_the_page(words: str) -> None:
    schema = load("news_events")
    root, plain = etree.fromstring(render_config(renamed(schema, words))), etree.fromstring(render_config(schema))
    assert [element.tag for element in root.iter()] == [element.tag for element in plain.iter()]
    choice = next(root.iter("Choice"))
    first = next(element for element in root.iter("Choices") if element.get("name") == "speech_act")[0]
    assert choice.get("alias") == "state_civil"
    assert first.get("alias") == "claim"
    shown = first.get("value")
    assert shown.replace("\u2060", "") == " ".join(words.split())
    assert not [sign for sign in ("$t", "${", "$5") if sign in shown]
    assert shown not in {"true", "false"}


def test_without_an_exclusive_label_nothing_is_hidden_and_no_gate_stands() -> None:
    schema = load("claims")
    open_schema = replace(schema, labels=schema.labels[:2], layers=(replace(schema.layers[0], required=True),))
    root = etree.fromstring(render_config(open_schema))
    choices = root.find(".//Choices")
    assert choices is not None
    assert choices.get("required") == "true"
    assert choices.get("visibleWhen") is None
    assert all(number.get("name") != GATE for number in root.iter("Number"))


def test_rendering_is_deterministic() -> None:
    assert render_config(load("news_events")) == render_config(load("news_events"))


def test_sixty_labels_take_no_key_of_a_span_or_field() -> None:
    schema = load("news_events")
    more = tuple(replace(schema.labels[0], id=f"more_{n}", title=f"More {n}", hotkey=None) for n in range(60))
    root = etree.fromstring(render_config(replace(schema, labels=(*schema.labels, *more), digest="0" * 64)).encode())
    keys = [element.get("hotkey") for element in root.iter("Label", "Choice")]
    given = {span.hotkey for span in schema.spans} | {label.hotkey for label in schema.labels}
    assert None not in keys
    assert len(set(keys)) == len(keys)
    assert given - {None} <= set(keys)


def test_what_the_sdk_refuses_is_refused_here_too() -> None:
    schema = load("news_events")
    check = PageCheck(render_config(schema).strip(), schema.ref)
    good = encode_result(schema, labels=[schema.label_ids[0]], note="unsure")
    assert check.fits(good)
    assert check.faults({"result": good}) == []
    bad = [{**good[0], "value": {"choices": ["weather"]}}]
    assert not check.fits(bad)
    assert "weather" in check.faults({"result": bad})[0]
    assert [reject.reason for reject in decode_result(bad, "Nine.", schema).rejects] == ["unknown-label"]
    with pytest.raises(InvalidInput, match="not one that Label Studio can show"):
        PageCheck("<View>", "here")

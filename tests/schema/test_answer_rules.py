"""Which answers keep the rules of news_events."""

from __future__ import annotations

import pytest

from toolkit.records import AttributeValue, Relation, Span
from toolkit.schema import load, parse, relation_between, validate

SCHEMA = load("news_events@1.0.0")


def figure(**attributes: AttributeValue) -> Span:
    fields: dict[str, AttributeValue] = {"qualifier": "exact", "harm": "killed", **attributes}
    return Span(span_id="f", label="FIGURE", start=0, end=2, text="14", attributes=fields)


def source(**attributes: AttributeValue) -> Span:
    return Span(span_id="s", label="SOURCE", start=5, end=8, text="she", attributes={"type": "person", **attributes})


def rules(labels: tuple[str, ...], *spans: Span, relations: tuple[Relation, ...] = ()) -> list[str]:
    return [breach.rule for breach in validate(SCHEMA, labels, spans, relations)]


@pytest.mark.parametrize("labels", [("claim",), ("none",), ("not_article",), ("denial", "weapon_transfer")])
def test_good_answers(labels: tuple[str, ...]) -> None:
    assert rules(labels) == []


def test_a_figure_with_its_source_is_good() -> None:
    link = Relation(label="figure_source", head="f", tail="s")
    assert rules(("casualty_figure", "claim"), figure(low=14, high=14), source(), relations=(link,)) == []


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ((), ["no-label"]),
        (("claim", "none"), ["exclusive"]),
        (("none", "not_article"), ["exclusive"]),
        (("clam",), ["unknown-label"]),
        (("casualty_figure",), ["figure_for_casualties"]),
    ],
)
def test_bad_labels(labels: tuple[str, ...], expected: list[str]) -> None:
    assert rules(labels) == expected


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"low": 15, "high": 14}, ["low_not_above_high"]),
        ({"low": 14, "high": 14}, []),
        ({"low": -1}, ["attribute-value"]),
        ({"low": True}, ["attribute-value"]),
        ({"low_open": "yes"}, ["attribute-value"]),
        ({"harm": "hurt"}, ["attribute-value"]),
        ({"harm": None}, ["required-attribute"]),
        ({"hram": "killed"}, ["unknown-attribute"]),
    ],
)
def test_fields_of_a_figure(attributes: dict[str, AttributeValue], expected: list[str]) -> None:
    assert rules(("casualty_figure",), figure(**attributes)) == expected


def test_a_figure_needs_its_label() -> None:
    breaches = validate(SCHEMA, ("claim",), (figure(),))
    assert [(breach.rule, breach.span_ids) for breach in breaches] == [("casualties_for_figure", ("f",))]


def test_relations_lead_from_head_to_tail() -> None:
    labels, spans = ("casualty_figure",), (figure(), source())
    assert rules(labels, *spans, relations=(Relation(label="figure_source", head="s", tail="f"),)) == ["relation-ends"]
    assert rules(labels, *spans, relations=(Relation(label="source", head="f", tail="s"),)) == ["unknown-relation"]


def test_the_ends_of_a_link_tell_its_relation() -> None:
    assert relation_between(SCHEMA, "FIGURE", "SOURCE") == "figure_source"
    assert relation_between(SCHEMA, "CUE", "CUE") == "denial_claim"
    assert relation_between(SCHEMA, "SOURCE", "FIGURE") is None


def test_required_layers_and_retired_labels() -> None:
    schema = parse(
        """
name: small
version: 1.0.0
title: Small
description: Two layers, one of them required.
layers: [{id: tone, title: Tone, required: true}, {id: topic, title: Topic}]
labels:
  - {id: warm, title: Warm, layer: tone, rule: r, positives: &w [{text: a, labels: [warm]}, {text: b, labels: [warm]}],
     near_misses: &c [{text: c, labels: [cold]}, {text: d, labels: [cold]}]}
  - {id: cold, title: Cold, layer: tone, rule: r, positives: *c, near_misses: *w}
  - {id: old, title: Old, layer: topic, rule: r, retired: true}
  - {id: sport, title: Sport, layer: topic, rule: r,
     positives: [{text: e, labels: [sport, warm]}, {text: f, labels: [sport, cold]}], near_misses: *w}
"""
    )
    assert [breach.rule for breach in validate(schema, ("sport",))] == ["required-layer"]
    assert [breach.rule for breach in validate(schema, ("cold", "old"))] == ["retired-label"]
    assert schema.label_ids == ("warm", "cold", "old", "sport")

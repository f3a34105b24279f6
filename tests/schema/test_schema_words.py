"""Guidelines, JSON Schema and quiz all follow from the YAML."""

from __future__ import annotations

import json

import jsonschema
import pytest
import yaml
from lxml import html

from toolkit.schema import (
    contradictions,
    guidelines,
    guidelines_html,
    instructions,
    json_schema,
    load,
    parse,
    quiz,
    score,
    shipped,
)

NAMES = ("claims", "news_events")


def test_the_committed_json_schema_is_the_model() -> None:
    assert (shipped("schemas") / "schema.json").read_text(encoding="utf-8") == json_schema()


@pytest.mark.parametrize("name", NAMES)
def test_the_json_schema_accepts_the_shipped_schemas(name: str) -> None:
    rules = json.loads(json_schema())
    jsonschema.Draft202012Validator.check_schema(rules)
    data = yaml.safe_load((shipped("schemas") / name / "1.0.0.yaml").read_text(encoding="utf-8"))
    jsonschema.validate(data, rules)
    data["labelz"] = []
    with pytest.raises(jsonschema.ValidationError, match="labelz"):
        jsonschema.validate(data, rules)


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_and_example_is_in_all_guidelines(name: str) -> None:
    schema = load(name)
    shown = [" ".join(html.fromstring(page(schema)).text_content().split()) for page in (guidelines_html, instructions)]
    markdown = guidelines(schema)
    for label in schema.labels:
        assert all(" ".join(label.rule.split()) in text for text in shown)
        for example in (*label.positives, *label.near_misses):
            assert all(example.text in text for text in shown)
            assert example.text.split()[0] in markdown
    assert markdown.endswith("\n")
    assert markdown == guidelines(schema)


def hostile(text: str) -> str:
    """Return the YAML of claims with `text` as one example's words."""
    path = shipped("schemas") / "claims" / "1.0.0.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    data["labels"][0]["positives"][0]["text"] = text
    return yaml.safe_dump(data, allow_unicode=True)


@pytest.mark.parametrize("text", ["<script>alert(1)</script> said so.", "A & B said &amp; *wrote* `x` [y](z)."])
def test_examples_are_words_and_never_markup(text: str) -> None:
    schema = parse(hostile(text))
    page = html.fromstring(guidelines_html(schema))
    assert not page.findall(".//script")
    assert text in page.text_content()
    assert "<script>" not in guidelines(schema)


def test_editing_one_example_changes_everything_that_is_made_of_it() -> None:
    before, after = load("claims"), parse(hostile("The harbour master said the tide was late."))
    for made in (guidelines, guidelines_html, instructions):
        assert made(before) != made(after)
    changed = set(quiz(before)) ^ set(quiz(after))
    assert {item.text for item in changed} == {
        before.labels[0].positives[0].text,
        "The harbour master said the tide was late.",
    }
    assert before.digest != after.digest


def test_the_quiz_holds_every_example_once_with_a_valid_answer() -> None:
    schema = load("news_events")
    items = quiz(schema)
    assert len({item.item_id for item in items}) == len(items)
    assert len(items) == len(
        {example.text for label in schema.labels for example in (*label.positives, *label.near_misses)}
    )
    assert {item.about for item in items} == set(schema.label_ids)


def test_a_person_is_scored_with_what_went_wrong() -> None:
    items = quiz(load("claims"))[:3]
    answers = {items[0].item_id: ("claim",), items[1].item_id: ("claim", "denial")}
    result = score(items, answers)
    assert (result.answered, result.correct, result.share) == (2, 1, 0.5)
    assert [(mistake.item, mistake.missing, mistake.extra) for mistake in result.mistakes] == [
        (items[1], (), ("denial",))
    ]
    assert score(items, {}).share is None


def test_gold_that_contradicts_an_example_is_reported() -> None:
    schema = load("claims")
    item = quiz(schema)[0]
    judged = [
        ("a", item.text.upper(), ["denial"]),
        ("b", f" {item.text}\n", item.labels),
        ("c", "Other words.", ["none"]),
    ]
    assert [(found.sentence_id, found.labels) for found in contradictions(schema, judged)] == [("a", ("denial",))]

"""Guidelines and instructions follow from the YAML."""

from __future__ import annotations

import pytest
import yaml
from lxml import html

from toolkit.schema import guidelines, guidelines_html, instructions, load, parse, quiz, shipped

NAMES = ("claims", "news_events")


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
    for link in schema.links:
        assert all(" ".join(link.rule.split()) in text for text in shown)
        assert all(pair.first in text and pair.second in text for text in shown for pair in link.positives)
        assert f"(`{link.id}`)" in markdown
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

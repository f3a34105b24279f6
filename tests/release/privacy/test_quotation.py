"""Words of articles that must not be released stand in no file of a release."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from toolkit.errors import InvalidInput
from toolkit.release import Release, Terms, TextRule, freeze
from toolkit.release.privacy.quotation import RUN, Withheld, words
from toolkit.release.privacy.withheld import read_takedowns
from toolkit.release.proof import proof
from toolkit.schema import parse

OFFSETS = TextRule.parse("offsets")


def runs(text: str) -> set[str]:
    found = words(text)
    return {" ".join(found[at : at + RUN]) for at in range(len(found) - RUN + 1)}


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings(item)


def released_runs(release: Release) -> set[str]:
    """Every run of words in every file of a release, tables too."""
    found: set[str] = set()
    for path in release.path.rglob("*"):
        if path.suffix == ".parquet":
            found |= {run for row in pq.read_table(path).to_pylist() for text in strings(row) for run in runs(text)}
        elif path.is_file():
            found |= runs(path.read_text(encoding="utf-8"))
    return found


def secret_runs(world: Any) -> set[str]:
    return {run for article in world.articles for run in runs(article.text)}


def with_example(world: Any, text: str) -> Any:
    first, *others = world.schema.labels
    example = replace(first.positives[0], text=text)
    return replace(world.schema, labels=(replace(first, positives=(example, *first.positives)), *others))


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["offsets", "snippet:12"])
def test_examples_notes_and_attributes_of_a_release_without_text_quote_nothing(
    world: Any, tmp_path: Path, rule: str
) -> None:
    sentence = world.sentences[0].text
    noted = replace(world.annotations[0], note=f"I doubt that {sentence.upper()}")
    spoken = replace(world, schema=with_example(world, sentence), annotations=(noted, *world.annotations[1:]))
    release = spoken.freeze(tmp_path / "1.0.0", text=TextRule.parse(rule), guidelines=True)
    assert not secret_runs(world) & released_runs(release)
    left_out = release.manifest["left_out"]
    assert (left_out["notes_that_quote_an_article"], left_out["examples_that_quote_an_article"]) == (1, 1)
    assert "words of an article, not released" in (release.path / "schema" / "guidelines.md").read_text()
    proof(release)  # the copy of the schema is whole, and is the one of the manifest
    full = spoken.freeze(tmp_path / "full" / "1.0.0", guidelines=True)
    assert sentence in (full.path / "schema" / "1.0.0.yaml").read_text()


def test_a_short_example_that_is_a_sentence_is_a_quotation_too(world: Any) -> None:
    texts = pa.chunked_array([["Rain fell on Arlo. Then it stopped."]])
    assert Withheld(texts).quoted({1: "Rain fell on Arlo.", 2: "Rain fell."}, whole=True) == {1: "rain fell on arlo"}


@pytest.mark.parametrize("text", ["会議は昨日の午後に市役所で開かれた。", "ผู้ว่าราชการเปิดสะพานใหม่เมื่อวานนี้"])
def test_scripts_without_spaces_are_compared_by_character(text: str) -> None:
    withheld = Withheld(pa.chunked_array([[f"前文。{text}後文。"]]))
    assert list(withheld.quoted({"card": f"- {text}", "title": text[:6]})) == ["card"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("terms", "place"),
    [
        ({"sections": {"uses": "As in: {quoted}\n"}}, "README.md"),
        ({"title": "{quoted}"}, "CITATION.cff"),
        ({"takedowns": {"0" * 24: "it says {quoted}"}}, "manifest.json"),
    ],
)
def test_what_people_wrote_is_refused_by_its_file(world: Any, tmp_path: Path, terms: Any, place: str) -> None:
    quoted = " ".join(world.articles[3].body.split()[:14])
    said = json.loads(json.dumps(terms).replace("{quoted}", quoted))
    with pytest.raises(InvalidInput, match="quotes an article whose words are not released") as caught:
        world.freeze(tmp_path / "1.0.0", text=OFFSETS, **said)
    assert place in {fault.where for fault in caught.value.faults}
    assert world.freeze(tmp_path / "full" / "1.0.0", **said).version == "1.0.0"


@pytest.mark.slow
def test_words_of_an_article_that_was_taken_down_stand_nowhere_unless_another_has_them(
    world: Any, tmp_path: Path
) -> None:
    gone = world.articles[0]
    quoted = " ".join(gone.body.split()[:14])
    takedowns = {gone.article_id: "asked for"}
    with pytest.raises(InvalidInput, match="quotes an article"):
        world.freeze(tmp_path / "1.0.0", takedowns=takedowns, sections={"uses": f"{quoted}\n"})
    shared = " ".join(world.articles[1].body.split()[:14])
    fine = world.freeze(tmp_path / "1.0.0", takedowns=takedowns, sections={"uses": f"{shared}\n"})
    assert not runs(gone.text) & released_runs(fine) - {run for a in world.articles[1:] for run in runs(a.text)}


def test_an_article_is_taken_down_by_any_address_of_a_copy(world: Any, tmp_path: Path) -> None:
    articles = world.corpus().articles
    assert "addresses" not in articles.column_names  # not released
    from toolkit.engine.arrow import to_table
    from toolkit.records import Article

    first = replace(world.articles[0], addresses=("https://two.example/b",))
    table = to_table(Article, [first, *world.articles[1:]])
    listed = tmp_path / "takedowns.yaml"
    for address in (first.url, "https://two.example/b", "http://www.two.example/b/", "HTTPS://Two.Example/b#top"):
        listed.write_text(f"{address}: asked for\n")
        assert read_takedowns(listed, table) == {first.article_id: "asked for"}
    listed.write_text("https://two.example/c: asked for\n")
    with pytest.raises(InvalidInput, match="no article has this url"):
        read_takedowns(listed, table)


@pytest.mark.slow
def test_an_example_of_the_released_schema_is_read_again(world: Any, tmp_path: Path) -> None:
    spoken = replace(world, schema=with_example(world, world.sentences[0].text))
    corpus = spoken.corpus()
    release = freeze(corpus, tmp_path, Terms(version="1.0.0", text=OFFSETS))
    text = (release.path / "schema" / "1.0.0.yaml").read_text()
    assert parse(text).digest == release.manifest["schema"]["digest"] != world.schema.digest

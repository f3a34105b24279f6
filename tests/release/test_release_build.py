"""What is frozen: the rows, the files, the same bytes every time, and nothing at all when it fails."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from lxml import etree

from toolkit.errors import InvalidInput, UsageError
from toolkit.release import Release, TextRule, load
from toolkit.release.tables.attribute_columns import span_attributes
from toolkit.schema import load as load_schema

pytestmark = pytest.mark.slow

LOAD = """
import json, sys
from datasets import get_dataset_config_names, load_dataset
folder = sys.argv[1]
found = {}
for config in get_dataset_config_names(folder):
    found[config] = {split: len(rows) for split, rows in load_dataset(folder, config).items()}
default = load_dataset(folder)
names = default["train"].features["labels"].feature.names
streamed = next(iter(load_dataset(folder, split="train", streaming=True)))
assert streamed["labels"] == default["train"][0]["labels"]
print(json.dumps({"rows": found, "names": names, "first": default["train"][0]}))
"""


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_datasets_loads_every_config_offline(release: Release, tmp_path: Path) -> None:
    environment = {"HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1", "PATH": "", "HOME": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", LOAD, str(release.path)], env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    answer = json.loads(run.stdout)
    expected = {
        config: {split: release.table(config, split).num_rows for split in release.splits(config)}
        for config in release.configs
    }
    assert answer["rows"] == expected
    ledger = {"figures", "claims", "tolls"}
    assert set(expected) == {"default", "undecided", "annotations", "spans", "relations", "articles"} | ledger
    assert answer["names"] == list(release.schema.label_ids)
    first = release.table("default", "train").slice(0, 1).to_pylist()[0]
    assert [answer["names"][number] for number in answer["first"].pop("labels")] == first.pop("labels")
    tags = {name: first.pop(name) for name in list(first) if name.startswith("tags")}
    numbers = {name: answer["first"].pop(name) for name in tags}
    assert {name: [number > 0 for number in row] for name, row in numbers.items()} == {
        name: [tag != "O" for tag in row] for name, row in tags.items()
    }
    for span in first["spans"]:
        for column in span_attributes(release.schema):
            if column.choices and span["attributes"][column.id] is not None:
                span["attributes"][column.id] = column.choices.index(span["attributes"][column.id])
    assert answer["first"] == first


def test_default_has_the_decided_sentences_with_their_context(world, release: Release) -> None:
    rows = {row["sentence_id"]: row for row in release.table("default").to_pylist()}
    assert set(rows) == {decision.sentence_id for decision in world.decisions}
    articles = {article.article_id: article for article in world.articles}
    for article in world.articles:
        own = [sentence for sentence in world.sentences if sentence.article_id == article.article_id]
        for place, sentence in enumerate(own):
            row = rows.get(sentence.sentence_id)
            if row is None:
                continue
            assert row["text"] == articles[row["article_id"]].text[row["start"] : row["end"]]
            assert row["context_before"] == (own[place - 1].text if place else None)
            assert row["context_after"] == (own[place + 1].text if place + 1 < len(own) else None)
            assert (row["n_annotators"], row["method"]) == (2, "unanimous")
            assert sorted(label for label, share in row["soft_labels"].items() if share) == row["labels"]


def test_spans_and_figures_are_where_they_say(release: Release) -> None:
    texts = {row["sentence_id"]: row["text"] for row in release.table("default").to_pylist()}
    spans = release.table("spans").to_pylist()
    assert {span["label"] for span in spans} == {"SOURCE", "FIGURE"}
    assert all(texts[span["sentence_id"]][span["start"] : span["end"]] == span["text"] for span in spans)
    figures = release.table("figures").to_pylist()
    assert len(figures) == sum(span["label"] == "FIGURE" for span in spans)
    assert all(figure["low"] == figure["high"] == float(figure["text"]) for figure in figures)
    assert {link["tail"] for span in spans for link in span["relations"]} == {"s1"}


def test_annotations_know_which_of_them_counted(world, release: Release) -> None:
    rows = release.table("annotations").to_pylist()
    assert len(rows) == len(world.annotations)
    decided = {decision.sentence_id for decision in world.decisions}
    assert all(row["counted"] == (row["sentence_id"] in decided) for row in rows)


def test_a_story_is_in_one_split_only(release: Release) -> None:
    seen: dict[str, set[str]] = {}
    for split in release.splits():
        for story in release.table("default", split)["story_id"].to_pylist():
            seen.setdefault(story, set()).add(split)
    assert len(seen) == 12
    assert all(len(splits) == 1 for splits in seen.values())


def test_the_same_records_in_any_order_give_the_same_bytes(world, release: Release, tmp_path: Path) -> None:
    chance = random.Random(1)
    shuffled = {
        name: tuple(chance.sample(getattr(world, name), len(getattr(world, name))))
        for name in ("articles", "sentences", "decisions", "annotations")
    }
    again = replace(world, **shuffled).freeze(tmp_path / "other place" / "1.0.0")
    assert contents(again.path) == contents(release.path)


def test_verify_names_every_file_that_changed(world, tmp_path: Path) -> None:
    release = world.freeze(tmp_path / "1.0.0")
    release.verify()
    (release.path / "README.md").write_text("changed")
    (release.path / "LICENSE").unlink()
    (release.path / "stray.txt").write_text("")
    with pytest.raises(InvalidInput) as caught:
        load(release.path).verify()
    assert [fault.what for fault in caught.value.faults] == [
        "is damaged: LICENSE is missing",
        "is damaged: README.md has been changed",
        "is damaged: stray.txt does not belong to the release",
    ]


def test_a_release_is_never_overwritten(world, release: Release) -> None:
    before = contents(release.path)
    with pytest.raises(UsageError, match="there already"):
        world.freeze(release.path)
    assert contents(release.path) == before


def test_a_failed_build_leaves_nothing(world, tmp_path: Path) -> None:
    leaky = replace(world.annotations[0], note="ask jane.doe@example.org")
    with pytest.raises(InvalidInput, match="an e-mail address would be released") as caught:
        replace(world, annotations=(leaky, *world.annotations[1:])).freeze(tmp_path / "1.0.0")
    assert caught.value.where == f"annotations.note of annotation_id {leaky.annotation_id}"
    assert list(tmp_path.iterdir()) == []


def test_an_address_in_the_agreement_report_is_found(world, tmp_path: Path) -> None:
    report = {"labels": [], "layers": [], "disputed": [{"note": "ask jane.doe@example.org"}]}
    with pytest.raises(InvalidInput, match=r"agreement\.json:[0-9]+: an e-mail address would be released"):
        world.freeze(tmp_path / "1.0.0", agreement=report)


def test_an_address_in_a_text_is_found(world, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"an e-mail address would be released") as caught:
        world.freeze(tmp_path / "1.0.0", takedowns={"f" * 24: "jane.doe@example.org asked for it"})
    assert [fault.where for fault in caught.value.faults] == [f"takedowns.yaml, {'f' * 24}:1"]
    assert list(tmp_path.iterdir()) == []


REPORT = {
    "labels": [
        {
            "name": "claim",
            "n_units": 9,
            "prevalence": 0.2,
            "percent": {"value": 0.9},
            "alpha": {"value": 0.7, "low": 0.6, "high": 0.8},
        },
        {
            "name": "denial",
            "n_units": 9,
            "prevalence": None,
            "percent": {"value": 1.0},
            "alpha": {"value": None, "low": None, "high": None},
        },
    ],
    "layers": [],
}


def test_the_card_has_pictures_of_the_same_bytes(world, tmp_path: Path) -> None:
    one, two = (world.freeze(tmp_path / place / "1.0.0", agreement=REPORT) for place in ("here", "there"))
    card = (one.path / "README.md").read_text()
    for name in ("pictures/prevalence.svg", "pictures/agreement.svg"):
        drawn = (one.path / name).read_bytes()
        assert f"]({name})" in card
        assert name in one.manifest["files"]
        assert drawn == (two.path / name).read_bytes()
        assert b"dc:date" not in drawn
        assert etree.fromstring(drawn).tag == "{http://www.w3.org/2000/svg}svg"
    assert b"undefined" in drawn  # what has no value is said, not left out
    one.verify()


def test_what_a_person_wrote_on_the_card_survives_the_next_build(world, tmp_path: Path) -> None:
    first = world.freeze(tmp_path / "1.0.0")
    card = first.path / "README.md"
    prompt = "*Nobody has written yet what the dataset should and should not be used for.*"
    assert prompt in card.read_text()
    card.write_text(card.read_text().replace(prompt, "Not for **hiring**.\n\n- Nor for lending."))
    second = world.freeze(tmp_path / "1.0.1", version="1.0.1", previous=load(first.path))
    text = (second.path / "README.md").read_text()
    assert "<!-- own:uses -->\nNot for **hiring**.\n\n- Nor for lending.\n<!-- /own -->" in text
    assert prompt not in text


def test_the_card_and_the_licence_count_every_article_that_is_released(world, release: Release, tmp_path: Path) -> None:
    last = world.articles[-1].article_id
    of_last = {sentence.sentence_id for sentence in world.sentences if sentence.article_id == last}
    undecided = tuple(item for item in world.decisions if item.sentence_id not in of_last)
    fewer = replace(world, decisions=undecided).freeze(tmp_path / "1.0.0")
    assert fewer.counts["articles"] == len(world.articles)
    for made in (release, fewer):
        assert f"| CC0-1.0 | {len(world.articles)} |" in (made.path / "README.md").read_text()
        assert f"  CC0-1.0: {len(world.articles)}\n" in (made.path / "LICENSE").read_text()


@pytest.mark.parametrize("stated", [None, "CC-BY-4.0"])
def test_the_licence_of_the_labels_does_not_cover_the_words_of_others(
    world, tmp_path: Path, stated: str | None
) -> None:
    owned = replace(world, articles=(replace(world.articles[0], licence=stated), *world.articles[1:]))
    for text, licence in (("full", "other"), ("snippet:20", "other"), ("offsets", "cc0-1.0")):
        made = owned.freeze(tmp_path / text / "1.0.0", text=TextRule.parse(text))
        metadata = yaml.safe_load((made.path / "README.md").read_text().split("---\n")[1])
        assert (metadata["license"], "license_link" in metadata) == (licence, licence == "other")
        assert "no right to the article's words is granted" in (made.path / "LICENSE").read_text()
        croissant = json.loads((made.path / "croissant.json").read_text())["license"]
        assert croissant.endswith("/LICENSE" if licence == "other" else "/CC0-1.0.html")
        assert ("license" in yaml.safe_load((made.path / "CITATION.cff").read_text())) == (licence != "other")


@pytest.mark.parametrize(
    ("spdx", "written"),
    [("ODbL-1.0", "odbl"), ("ODC-By-1.0", "odc-by"), ("PDDL-1.0", "pddl"), ("GPL-3.0-or-later", "gpl-3.0")],
)
def test_a_licence_is_spelled_as_the_hub_does(world, tmp_path: Path, spdx: str, written: str) -> None:
    made = world.freeze(tmp_path / "1.0.0", licence=spdx, text=TextRule.parse("offsets"))
    assert f"\nlicense: {written}\n" in (made.path / "README.md").read_text()
    assert yaml.safe_load((made.path / "CITATION.cff").read_text())["license"] == spdx


def test_a_licence_that_the_hub_does_not_know_is_named(world, tmp_path: Path) -> None:
    made = world.freeze(tmp_path / "1.0.0", licence="Licence Ouverte 1", text=TextRule.parse("offsets"))
    metadata = yaml.safe_load((made.path / "README.md").read_text().split("---\n")[1])
    assert (metadata["license"], metadata["license_name"], metadata["license_link"]) == (
        "other",
        "licence-ouverte-1",
        "LICENSE",
    )
    assert "spdx.org" not in (made.path / "LICENSE").read_text()


def test_a_release_of_a_newer_toolkit_is_refused(release: Release, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({**release.manifest, "format": 3}))
    with pytest.raises(InvalidInput, match=r"has format 3, and this toolkit reads formats 1 to 2; run `pip install"):
        load(tmp_path)


def test_without_an_agreement_report_there_is_no_picture_of_it(release: Release) -> None:
    assert [path.name for path in (release.path / "pictures").iterdir()] == ["prevalence.svg"]
    assert "agreement.svg" not in (release.path / "README.md").read_text()


def test_an_allowed_address_is_released(world, tmp_path: Path) -> None:
    note = replace(world.annotations[0], note="ask desk@example.org")
    changed = replace(world, annotations=(note, *world.annotations[1:]))
    assert changed.freeze(tmp_path / "1.0.0", allowed=("desk@example.org",)).version == "1.0.0"


def test_every_fault_of_the_records_at_once(world) -> None:
    labels = replace(world.decisions[0], labels=("gossip",))
    lost = replace(world.decisions[1], sentence_id="f" * 24)
    with pytest.raises(InvalidInput) as caught:
        replace(world, decisions=(labels, labels, lost)).corpus()
    assert [fault.what for fault in caught.value.faults] == [
        "occurs more than once",
        "is decided but not there",
        "label gossip is not in news_events@1.0.0",
        "label gossip is not in news_events@1.0.0",
    ]


def test_nothing_decided_is_no_release(world, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no sentence is decided"):
        replace(world, decisions=()).freeze(tmp_path / "1.0.0")


def test_one_article_is_a_release_with_one_split(make_world, tmp_path: Path) -> None:
    release = make_world(1, 4).freeze(tmp_path / "1.0.0")
    assert release.splits() == ("train",)
    release.verify()


def test_a_schema_without_spans_has_no_such_configs(make_world, world, tmp_path: Path) -> None:
    small = make_world(6, 4)

    claims = load_schema("claims@1.0.0")
    plain = tuple(replace(item, labels=("none",), spans=(), relations=(), soft_labels={}) for item in small.decisions)
    answers = tuple(replace(item, labels=("none",), spans=(), relations=()) for item in small.annotations)
    release = replace(small, schema=claims, decisions=plain, annotations=answers).freeze(tmp_path / "1.0.0")
    assert release.configs == ("default", "undecided", "annotations", "articles")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the validator's own libraries
def test_croissant_is_valid(release: Release) -> None:
    import mlcroissant

    described = mlcroissant.Dataset(jsonld=release.path / "croissant.json")
    assert described.metadata.ctx.issues.errors == set()
    assert {item.id for item in described.metadata.record_sets} == set(release.configs)

"""Links in a release: their rows, what the ledger says with them, what changed and why, and the copies made of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from toolkit.api import references
from toolkit.errors import InvalidInput, UsageError
from toolkit.exchange.catalogue import read_documents
from toolkit.exchange.released_documents import export_documents
from toolkit.ledger import ledgers
from toolkit.records import Anchor, Decision, Link, LinkDecision, Sentence
from toolkit.release import Corpus, Release, Terms, TextRule, diff, freeze, load
from toolkit.release.export.formats import export
from toolkit.release.export.hydration import hydrate
from toolkit.release.proof import proof
from toolkit.release.statements import links, statements
from toolkit.schema import parse

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SCHEMA = "news_events@1.1.0"
LOAD = """
import json, sys
from datasets import load_dataset
rows = {name: [row for part in load_dataset(sys.argv[1], name).values() for row in part] for name in sys.argv[2:]}
print(json.dumps(rows))
"""


def place(sentence: Sentence, label: str) -> Anchor:
    text = sentence.text
    return Anchor(sentence_id=sentence.sentence_id, label=label, start=0, end=len(text), text=text)


def drawn(world: Any) -> list[LinkDecision]:
    """Return a link from the first denial of each story to its first claim, and one from a figure to the one before."""
    story_of = {article.article_id: article.story_id for article in world.articles}
    decided: dict[str, Decision] = {each.sentence_id: each for each in world.decisions}
    found = []
    for story in sorted({*story_of.values()}):
        lines = [each for each in world.sentences if story_of[each.article_id] == story]
        lines = [each for each in lines if each.sentence_id in decided]
        denials = [each for each in lines if "denial" in decided[each.sentence_id].labels]
        claims = [each for each in lines if "claim" in decided[each.sentence_id].labels]
        if denials and claims:
            found.append(Link(label="denies", head=place(denials[0], "denial"), tail=place(claims[0], "claim")))
        if len(claims) > 1:
            ends = []
            for each in claims[:2]:
                figure = next(span for span in decided[each.sentence_id].spans if span.label == "FIGURE")
                ends.append(
                    Anchor(
                        sentence_id=each.sentence_id,
                        label="FIGURE",
                        start=figure.start,
                        end=figure.end,
                        text=figure.text,
                    )
                )
            found.append(Link(label="updates", head=ends[1], tail=ends[0]))
    return [LinkDecision(link=link, drawn=2, offered=2, holds=True, method="unanimous") for link in found]


@pytest.fixture(scope="module")
def linked(make_world: Callable[..., Any]) -> Any:
    return make_world(10, 8, schema=SCHEMA)


def frozen(world: Any, target: Path, decided: list[LinkDecision], previous: Release | None = None, **terms: Any) -> Any:
    corpus: Corpus = world.corpus(links=decided, without=terms.get("takedowns", {}))
    return freeze(corpus, target.parent, Terms(version=target.name, **terms), previous=previous)


@pytest.fixture(scope="module")
def release(linked: Any, tmp_path_factory: pytest.TempPathFactory) -> Release:
    return frozen(linked, tmp_path_factory.mktemp("linked") / "1.0.0", drawn(linked))


def test_links_of_a_schema_without_spans_prove_themselves(linked: Any, tmp_path: Path) -> None:
    whole = yaml.safe_load((ROOT / "schemas" / "news_events" / "1.1.0.yaml").read_text(encoding="utf-8"))
    told = {name: part for name, part in whole.items() if name not in ("spans", "relations", "constraints")}
    told["links"] = [link for link in whole["links"] if link["id"] != "updates"]
    for example in (each for part in (*told["labels"], *told["links"]) for each in _examples(part)):
        for name in ("spans", "relations"):
            example.pop(name, None)
    bare = replace(
        linked,
        schema=parse(yaml.safe_dump(told, allow_unicode=True, sort_keys=False)),
        decisions=tuple(replace(each, spans=(), relations=()) for each in linked.decisions),
        annotations=tuple(replace(each, spans=(), relations=()) for each in linked.annotations),
    )
    links_drawn = [each for each in drawn(linked) if each.link.label == "denies"]
    made = frozen(bare, tmp_path / "1.0.0", links_drawn)
    assert "spans" not in made.columns("default").names
    assert made.counts["links"] == len(links_drawn) > 3
    assert proof(made).rows["links"] == len(links_drawn)


def _examples(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in ("positives", "near_misses"):
        yield from part.get(name, ())


def test_each_link_is_a_row_with_its_places_and_votes(linked: Any, release: Release) -> None:
    rows = {row["link_id"]: row for row in release.table("links").to_pylist()}
    decided = drawn(linked)
    assert len(rows) == len(decided) > 10
    sentences = {each.sentence_id: each for each in linked.sentences}
    for each in decided:
        row = rows[each.link.link_id]
        assert (row["label"], row["head"], row["tail"]) == each.link.ends
        assert (row["votes"], row["offered"], row["method"]) == (2, 2, "unanimous")
        for side in ("head", "tail"):
            text = sentences[row[side]].text
            assert text[row[f"{side}_start"] : row[f"{side}_end"]] == row[f"{side}_text"]
    assert sorted(links(release), key=lambda link: link.link_id) == sorted(
        (each.link for each in decided), key=lambda link: link.link_id
    )


def test_the_ledger_of_a_release_has_its_links_and_the_release_has_the_ledger(release: Release) -> None:
    claims = release.table("claims").to_pylist()
    denied = {(row["sentence_id"], denial) for row in claims for denial in row["denied_by"]}
    assert denied == {
        (link.tail.sentence_id, link.head.sentence_id) for link in links(release) if link.label == "denies"
    }
    found = ledgers(statements(release), links=links(release))
    assert sum(len(ledger.claims) for ledger in found) == len(claims)
    assert sum(len(ledger.tolls) for ledger in found) == release.counts["tolls"]
    replaced = {link.tail.sentence_id for link in links(release) if link.label == "updates"}
    tolls = release.table("tolls").to_pylist()
    assert replaced.isdisjoint(name for row in tolls for name in row["low_from"])
    assert proof(release).rows["links"] == release.counts["links"]


def test_datasets_loads_links_claims_and_tolls(release: Release, tmp_path: Path) -> None:
    names = ["links", "claims", "tolls"]
    environment = {"HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1", "PATH": "", "HOME": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", LOAD, str(release.path), *names],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == {name: release.table(name).to_pylist() for name in names}


def test_card_and_croissant_have_the_configs(release: Release) -> None:
    described = {item["@id"] for item in json.loads(release.read("croissant.json"))["recordSet"]}
    card = release.read("README.md").decode()
    for name in ("links", "claims", "tolls"):
        assert name in described
        assert f"config_name: {name}\n" in card
        assert f"### `{name}`" in card


def test_a_changed_end_a_changed_count_and_an_unknown_link_are_told(release: Release, tmp_path: Path) -> None:
    """The rows are edited and the manifest's hashes with them: what the rows say gives it away."""
    from toolkit.release.proof import _ledger, _links

    split = release.splits("links")[0]
    rows = release.table("links", split).to_pylist()
    edits = {"label": "befriends", "head_end": rows[0]["head_end"] - 1, "head_label": "claim"}
    for column, value in edits.items():
        changed = _Edited(release, "links", split, [{**rows[0], column: value}, *rows[1:]])
        assert list(_links(changed)), column
    tolls = release.table("tolls", split).to_pylist()
    changed = _Edited(release, "tolls", split, [{**tolls[0], "high": 10_000}, *tolls[1:]])
    assert list(_ledger(changed)) == [f"tolls of {split} are not what the ledger of its sentences says"]
    assert not [*_links(release), *_ledger(release)]


class _Edited(Release):
    """A release of which one table reads otherwise."""

    def __init__(self, release: Release, config: str, split: str, rows: list[dict[str, Any]]) -> None:
        super().__init__(release.path, release.manifest)
        table = pa.Table.from_pylist(rows, schema=release.columns(config))
        object.__setattr__(self, "_edited", (config, split, table))

    def table(self, config: str = "default", split: str | None = None, *, columns: Any = None) -> pa.Table:
        mine, part, table = self._edited  # type: ignore[attr-defined]
        if (config, split) == (mine, part):
            return table.select(columns) if columns else table
        return super().table(config, split, columns=columns)


def test_a_link_without_its_place_waits_and_is_counted(linked: Any, tmp_path: Path) -> None:
    decided = drawn(linked)
    denial = next(each.link for each in decided if each.link.label == "denies")
    others = tuple(
        replace(each, labels=("none",)) if each.sentence_id == denial.head.sentence_id else each
        for each in linked.decisions
    )
    less = frozen(replace(linked, decisions=others), tmp_path / "1.0.0", decided)
    assert less.counts["links"] == len(decided) - 1
    assert "1 link between sentences is not in `links`" in less.read("README.md").decode()
    refused = [replace(decided[0], holds=False), *decided[1:]]
    assert frozen(linked, tmp_path / "1.0.1", refused).counts["links"] == len(decided) - 1
    head = decided[0].link.head
    broken = replace(decided[0], link=replace(decided[0].link, head=replace(head, text="x" * len(head.text))))
    with pytest.raises(InvalidInput, match="is not the text of sentence"):
        frozen(linked, tmp_path / "1.0.2", [broken])


def test_a_diff_says_why_links_changed(linked: Any, release: Release, tmp_path: Path) -> None:
    first, second, third, fifth, *rest, fourth = drawn(linked)
    of = {each.sentence_id: each for each in linked.sentences}
    down = of[fourth.link.head.sentence_id].article_id
    relabelled = tuple(
        replace(each, labels=("none",), spans=(), relations=(), method="expert")
        if each.sentence_id == fifth.link.head.sentence_id
        else each
        for each in linked.decisions
    )
    decided = [
        replace(first, holds=False, method="expert"),
        replace(second, holds=False, drawn=0),
        replace(third, method="expert"),
        fifth,
        *rest,
        fourth,
    ]
    later = frozen(
        replace(linked, decisions=relabelled), tmp_path / "2.0.0", decided, release, takedowns={down: "asked for it"}
    )
    change = diff(release, later)
    causes = {row["link_id"]: (row["cause"], row["removed"]) for row in change.links.to_pylist()}
    assert causes[first.link.link_id] == ("adjudication", True)
    assert causes[second.link.link_id] == ("annotation", True)
    assert causes[third.link.link_id] == ("adjudication", False)
    assert causes[fourth.link.link_id] == ("takedown", True)
    assert causes[fifth.link.link_id] == ("adjudication", True)
    assert change.level == "major"
    assert "link" in change.as_markdown()
    assert change.as_dict()["link_causes"] == change.link_causes
    same = frozen(linked, tmp_path / "other" / "1.0.1", drawn(linked), release)
    assert diff(release, same).links.num_rows == 0


def test_without_words_a_release_has_the_places_and_hydration_puts_the_words_back(
    linked: Any, release: Release, tmp_path: Path
) -> None:
    bare = frozen(linked, tmp_path / "1.0.0", drawn(linked), text=TextRule.parse("offsets"))
    for config in ("links", "claims", "tolls"):
        assert not {"text", "head_text", "tail_text", "source_words", "figure_words"} & {*bare.columns(config).names}
    proof(bare)
    whole = hydrate(bare, linked.articles, tmp_path / "whole").release
    for config in ("links", "claims", "tolls"):
        assert whole.same_rows(release, config)
    proof(whole)
    part = hydrate(bare, linked.articles[:5], tmp_path / "part").release
    proof(part)
    assert 0 < part.counts["links"] < whole.counts["links"]
    for entry in part.manifest["tables"]["links"].values():
        assert pq.read_metadata(part.path / entry["file"]).num_rows == entry["rows"]
    assert load(part.path).counts == part.counts


@pytest.mark.parametrize("name", ["brat", "inception", "web-annotation"])
def test_a_story_keeps_its_links_in_the_formats_of_other_tools(release: Release, tmp_path: Path, name: str) -> None:
    files, losses = export_documents(release, name, tmp_path / "out", stories=True)
    assert files
    assert not any("relation" in what or "span" in what for what, _, _ in losses.rows())
    documents, _ = read_documents(name, tmp_path / "out")
    found = []
    for document in documents:
        words = {each.mention_id: (each.label, each.words(document.text)) for each in document.mentions}
        found += [
            (link.label, words[link.head], words[link.tail])
            for link in document.relations
            if link.label in ("denies", "updates")
        ]
    wanted = [
        (link.label, (link.head.label, link.head.text), (link.tail.label, link.tail.text)) for link in links(release)
    ]
    assert sorted(found) == sorted(wanted)


def test_conllu_has_links_as_comments_and_tokens_at_their_offsets(release: Release, tmp_path: Path) -> None:
    split = release.splits("links")[0]
    export(release, "conllu", tmp_path / "out")
    blocks = (tmp_path / "out" / f"default-{split}.conllu").read_text().strip().split("\n\n")
    texts = {row["sentence_id"]: row["text"] for row in release.table("default", split).to_pylist()}
    drawn_ = []
    for block in blocks:
        lines = block.split("\n")
        about = dict(line[2:].split(" = ", 1) for line in lines if line.startswith("# ") and " = " in line)
        drawn_ += [
            (line.split()[3], about["sent_id"], line.split()[5]) for line in lines if line.startswith("# link = ")
        ]
        tokens = [line.split("\t") for line in lines if not line.startswith("# ")]
        assert [int(each[0]) for each in tokens] == list(range(1, len(tokens) + 1))
        for token in tokens:
            assert len(token) == 10
            misc = dict(part.split("=") for part in token[9].split("|"))
            start, end = map(int, misc["Offset"].split(":"))
            assert texts[about["sent_id"]][start:end] == token[1]
    rows = release.table("links", split).to_pylist()
    assert sorted(drawn_) == sorted((row["label"], row["head"], row["tail"]) for row in rows)
    assert sum(block.count("# newdoc id = ") for block in blocks) == len(
        {row["story_id"] for row in release.table("default", split).to_pylist()}
    )


def test_stories_go_with_the_formats_of_tools(release: Release, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="csv has no stories"):
        references.export(str(release.path), tmp_path / "out", "csv", stories=True)

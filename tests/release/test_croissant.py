"""croissant.json read by the library of its makers: records of a checkout and of a tag, origin, terms of use."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from toolkit.release import Release
from toolkit.release.card.croissant import placed

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of mlcroissant's own libraries


def plain(value: Any) -> Any:
    """Return a value as mlcroissant and a table both can be asked for it."""
    if isinstance(value, bytes):
        return value.decode()
    if hasattr(value, "tolist"):
        value = value.tolist()
    return [plain(each) for each in value] if isinstance(value, list) else value


@pytest.mark.slow
@pytest.mark.parametrize("config", ["default", "annotations", "articles"])
def test_records_are_the_rows_of_the_tables(release: Release, config: str) -> None:
    import mlcroissant

    described = mlcroissant.Dataset(jsonld=release.path / "croissant.json", mapping={"repo": release.path})
    assert described.metadata.ctx.issues.errors == set()
    records = [{key: plain(value) for key, value in record.items()} for record in described.records(config)]
    rows = release.table(config).to_pylist()
    assert len(records) == len(rows)
    keys = {"default": "sentence_id", "annotations": "annotation_id", "articles": "article_id"}[config]
    by_id = {record[f"{config}/{keys}"]: record for record in records}
    for row in rows:
        record = by_id[row[keys]]
        for name in ("text", "story_id", "publisher", "annotator", "labels"):
            if name in row:
                assert record[f"{config}/{name}"] == row[name], name


@pytest.mark.slow
def test_records_are_read_from_a_tag_of_a_repository(
    release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlcroissant

    work, home = tmp_path / "work", tmp_path / "hub" / "owner" / "name"
    shutil.copytree(release.path, work)
    described = placed(json.loads((work / "croissant.json").read_bytes()), "owner/name", release.version)
    (work / "croissant.json").write_text(json.dumps(described), encoding="utf-8")
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"], ["tag", f"v{release.version}"]):
        subprocess.run([*git, *words], cwd=work, check=True)
    subprocess.run(["git", "clone", "-q", "--bare", str(work), str(home)], check=True)
    (tmp_path / "gitconfig").write_text(f'[url "{tmp_path}/hub/"]\n\tinsteadOf = https://huggingface.co/datasets/\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("CROISSANT_CACHE", str(tmp_path / "cache"))
    found = mlcroissant.Dataset(jsonld=work / "croissant.json")
    assert sum(1 for _ in found.records("default")) == release.counts["default"]


def test_the_origin_goes_from_pages_to_decisions_and_names_people_by_pseudonym(release: Release) -> None:
    described = json.loads(release.read("croissant.json"))
    sets = {each["@id"]: each for each in described["recordSet"]}
    assert described["conformsTo"][0] == "http://mlcommons.org/croissant/1.1"
    assert described["prov:wasDerivedFrom"]["@id"] == sets["articles"]["prov:wasDerivedFrom"]["@id"] == "pages"
    assert [each["@id"] for each in sets["default"]["prov:wasDerivedFrom"]] == ["articles", "annotations"]
    agents = sets["annotations"]["prov:wasGeneratedBy"]["prov:wasAssociatedWith"]
    people = {agent["prov:label"] for agent in agents if agent["@type"] == "prov:Person"}
    rows = release.table("annotations").to_pylist()
    assert people == {row["annotator"] for row in rows if row["role"] == "annotator"}
    fields = {field["@id"]: field for each in sets.values() for field in each["field"]}
    assert fields["annotations/annotator"]["equivalentProperty"] == "prov:wasAttributedTo"
    ids = [item["@id"] for item in (*described["distribution"], *sets.values(), *fields.values())]
    assert len(ids) == len(set(ids))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("licence", "duties", "forbidden"),
    [
        ("CC0-1.0", set(), set()),
        ("CC-BY-SA-4.0", {"cc:Attribution", "cc:ShareAlike"}, set()),
        ("CC-BY-NC-ND-4.0", {"cc:Attribution"}, {"cc:CommercialUse", "odrl:derive"}),
    ],
)
def test_the_terms_of_use_say_what_the_licence_says(
    world, tmp_path: Path, licence: str, duties: set[str], forbidden: set[str]
) -> None:  # type: ignore[no-untyped-def]
    release = world.freeze(tmp_path / "1.0.0", licence=licence)
    offer = json.loads(release.read("croissant.json"))["usageInfo"]
    assert {each["odrl:action"]["@id"] for each in offer["odrl:permission"].get("odrl:duty", ())} == duties
    assert {each["odrl:action"]["@id"] for each in offer.get("odrl:prohibition", ())} == forbidden


@pytest.mark.slow
def test_words_without_a_licence_are_not_granted(world, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    bare = replace(world, articles=tuple(replace(each, licence=None) for each in world.articles))
    offer = json.loads(bare.freeze(tmp_path / "1.0.0").read("croissant.json"))["usageInfo"]
    (forbidden,) = offer["odrl:prohibition"]
    assert forbidden["odrl:target"] == {"@id": "articles/text"}
    offsets = json.loads(bare.freeze(tmp_path / "x" / "1.0.0", text=_offsets()).read("croissant.json"))["usageInfo"]
    assert "odrl:prohibition" not in offsets


def _offsets() -> Any:
    from toolkit.release import TextRule

    return TextRule.parse("offsets")

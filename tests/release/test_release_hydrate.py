"""A release without text carries none, and becomes the one with text again out of the reader's own articles."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from toolkit.errors import InvalidInput, UsageError
from toolkit.release import Release, TextRule, hydrate


@pytest.fixture
def bare(world: Any, tmp_path: Path) -> Release:
    return world.freeze(tmp_path / "1.0.0", text=TextRule.parse("offsets"))


@pytest.mark.slow
def test_no_word_of_an_article_is_in_any_file(world: Any, bare: Release) -> None:
    words = [sentence.text for sentence in world.sentences] + [article.title for article in world.articles]
    rows = "".join(str(bare.table(config).to_pylist()) for config in bare.configs)
    texts = "".join(
        path.read_text() for path in bare.path.rglob("*") if path.suffix not in (".parquet",) and path.is_file()
    )
    assert not [word for word in words if word in rows or word in texts]
    assert "mayor" not in rows
    assert set(bare.table().column_names) >= {"url", "article_sha256", "start", "end"}


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["offsets", "snippet:5"])
def test_all_articles_give_all_rows_back(world: Any, release: Release, tmp_path: Path, rule: str) -> None:
    short = world.freeze(tmp_path / "1.0.0", text=TextRule.parse(rule))
    if rule == "snippet:5":
        assert max(map(len, short.table()["text"].to_pylist())) == 5
    full = hydrate(short, world.articles, tmp_path / "full")
    assert full.missing == ()
    assert full.release.manifest["tables"] == release.manifest["tables"]
    full.release.verify()
    for config in release.configs:
        for split in release.splits(config):
            name = release.manifest["tables"][config][split]["file"]
            assert (full.release.path / name).read_bytes() == (release.path / name).read_bytes()


@pytest.mark.slow
def test_what_is_missing_is_named(world: Any, bare: Release, tmp_path: Path) -> None:
    found = hydrate(bare, world.articles[1:], tmp_path / "full")
    gone = world.articles[0]
    assert [(item.article_id, item.url, item.page) for item in found.missing] == [
        (gone.article_id, gone.url, "0000.txt")
    ]
    assert [str(item) for item in found.missing] == [f"{gone.article_id}  {gone.url}"]
    assert str(replace(found.missing[0], url=None)) == f"{gone.article_id}  0000.txt"
    assert (
        "Text released: offsets. This copy was hydrated with 14 of 15 articles;"
        in (found.release.path / "README.md").read_text()
    )
    left = set(found.release.table()["article_id"].to_pylist())
    assert left == {article.article_id for article in world.articles[1:]}


@pytest.mark.slow
def test_without_any_of_the_articles_nothing_is_made(bare: Release, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="none of its 15 articles is among yours; copy the pages"):
        hydrate(bare, [], tmp_path / "full")
    assert not (tmp_path / "full").exists()


def test_a_release_with_text_needs_none(world: Any, release: Release, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has its text already"):
        hydrate(release, world.articles, tmp_path / "full")


@pytest.mark.parametrize("text", ["", "none", "snippet", "snippet:0", "snippet:-1"])
def test_an_unknown_rule_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="full, offsets or snippet:N"):
        TextRule.parse(text)

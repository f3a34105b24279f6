"""The proof of a release: whatever is changed after it was frozen is found, by whoever reads it."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from toolkit.errors import InvalidInput
from toolkit.hub import publish_to
from toolkit.release import Release, TextRule, diff, hydrate, load
from toolkit.release.export.formats import export
from toolkit.release.manifest import NAME, file_sums, sealed
from toolkit.release.proof import proof

pytestmark = pytest.mark.slow


@pytest.fixture
def copy(release: Release, tmp_path: Path) -> Path:
    """A copy of the release that a test may spoil."""
    return Path(shutil.copytree(release.path, tmp_path / "copy"))


def other_values(folder: Path, column: str) -> None:
    """Change a column of the test split of `default`."""
    path = folder / "data" / "test-00000-of-00001.parquet"
    table = pq.read_table(path)
    values = table[column].to_pylist()
    turned = pa.array(values[1:] + values[:1], table.schema.field(column).type)
    pq.write_table(table.set_column(table.column_names.index(column), table.schema.field(column), turned), path)


def resealed(folder: Path, **changed: Any) -> None:
    """Write a manifest anew that fits the files that are there now, as somebody would who hides a change."""
    manifest = json.loads((folder / NAME).read_text())
    (folder / NAME).write_text(json.dumps(sealed({**manifest, "files": file_sums(folder), **changed})))


READERS: dict[str, Callable[[Path, Release], object]] = {
    "table": lambda copy, _: load(copy).table(),
    "diff": lambda copy, release: diff(load(copy), release),
    "export": lambda copy, _: export(load(copy), "csv", copy.parent / "out"),
    "publish": lambda copy, _: publish_to(load(copy), copy.parent / "out", check=False),
    "proof": lambda copy, _: proof(load(copy)),
}


def test_a_release_proves_itself(release: Release) -> None:
    found = proof(release)
    assert (found.version, dict(found.rows)) == (release.version, release.counts)
    assert "licence" in found.checks


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("column", ["text", "labels"])
def test_a_changed_column_is_found_by_every_reader(release: Release, copy: Path, reader: str, column: str) -> None:
    other_values(copy, column)
    with pytest.raises(InvalidInput, match=r"is damaged: data/test-00000-of-00001\.parquet has been changed"):
        READERS[reader](copy, release)


@pytest.mark.parametrize("reader", READERS)
def test_damaged_bytes_are_one_error(release: Release, copy: Path, reader: str) -> None:
    path = copy / "data" / "test-00000-of-00001.parquet"
    data = bytearray(path.read_bytes())
    data[40:440] = bytes(byte ^ 255 for byte in data[40:440])
    path.write_bytes(data)
    with pytest.raises(InvalidInput, match="is damaged"):
        READERS[reader](copy, release)
    resealed(copy)  # even where the manifest says that these bytes are right
    with pytest.raises(InvalidInput, match=r"is damaged: (data/test.*can't be read|the rows of default/test)"):
        proof(load(copy))


@pytest.mark.parametrize("column", ["text", "labels", "sentence_id"])
def test_a_change_that_the_manifest_was_made_to_fit_is_found(copy: Path, column: str) -> None:
    other_values(copy, column)
    resealed(copy)
    load(copy).verify()
    with pytest.raises(InvalidInput, match="the rows of default/test are not those that were frozen"):
        proof(load(copy))


def test_an_edited_manifest_is_refused(copy: Path) -> None:
    manifest = json.loads((copy / NAME).read_text())
    manifest["takedowns"] = {"0" * 24: "nobody asked"}
    (copy / NAME).write_text(json.dumps(manifest))
    with pytest.raises(InvalidInput, match="is damaged: it has been changed"):
        load(copy)


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        (lambda manifest: manifest["tables"]["default"]["test"].update(rows=9999), "rows, not 9999"),
        (lambda manifest: manifest.update(text="offsets"), "has words of articles"),
        (lambda manifest: manifest.update(text="snippet:3"), "a snippet has"),
        (
            lambda manifest: manifest.update(takedowns={next(iter(manifest["an article"])): "it was asked for"}),
            "is said to be taken down and is there",
        ),
        (lambda manifest: manifest["tables"].pop("spans"), "does not belong|declares a config spans"),
    ],
)
def test_a_manifest_that_says_what_is_not_so_is_refused(copy: Path, changed: Any, found: str) -> None:
    manifest = json.loads((copy / NAME).read_text())
    manifest["an article"] = json.loads((copy / "splits.json").read_text())["articles"]
    changed(manifest)
    (copy / NAME).write_text(json.dumps(sealed(manifest)))
    for look in (proof, lambda release: publish_to(release, copy.parent / "out", check=False)):
        with pytest.raises(InvalidInput) as caught:
            look(load(copy))
        assert any(re.search(found, fault.what) for fault in caught.value.faults)


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "../x.parquet", "data/../../x", "a\\b", "C:x", "", "data//x", ".git/config", "a\x00b", 5, None],
)
def test_a_name_that_leads_out_of_the_release_is_refused(copy: Path, name: Any) -> None:
    manifest = json.loads((copy / NAME).read_text())
    first = manifest["tables"]["default"]["test"]
    manifest["files"] = {**manifest["files"], str(name): {"sha256": "0" * 64, "bytes": 1}}
    first["file"] = name
    (copy / NAME).write_text(json.dumps(sealed(manifest)))
    with pytest.raises(InvalidInput, match=r"names a file outside the release|is damaged"):
        load(copy)


@pytest.mark.parametrize(
    "tables", [{"default": {"train": 5}}, [], {"../x": {}}, {"default": []}, {}, {"default": None}]
)
def test_a_manifest_of_another_shape_is_damaged(copy: Path, tables: Any) -> None:
    manifest = json.loads((copy / NAME).read_text())
    (copy / NAME).write_text(json.dumps({**manifest, "tables": tables}))
    with pytest.raises(InvalidInput, match=r"is damaged|names a file outside the release"):
        load(copy)


@pytest.mark.parametrize("text", ["", "[]", "5", "{", "[" * 100_000, "\xff", '{"version": 1}', "9" * 5000])
def test_what_is_no_manifest_is_damaged(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text, encoding="latin-1")
    with pytest.raises(InvalidInput, match="is damaged"):
        load(tmp_path)


@pytest.mark.parametrize("name", [NAME, "README.md", "data/test-00000-of-00001.parquet", "data", "schema"])
def test_a_link_within_a_release_is_not_followed(release: Release, copy: Path, tmp_path: Path, name: str) -> None:
    place = copy / name
    elsewhere = tmp_path / "elsewhere"
    os.replace(place, elsewhere)
    place.symlink_to(elsewhere)
    with pytest.raises(InvalidInput, match=r"is a link, which is not followed|is damaged"):
        proof(load(copy))


def test_a_hydrated_copy_makes_its_statements_anew_and_stays_here(world: Any, tmp_path: Path) -> None:
    from dataclasses import replace

    owned = replace(world, articles=(replace(world.articles[0], licence=None), *world.articles[1:]))
    bare = owned.freeze(tmp_path / "1.0.0", text=TextRule.parse("offsets"))
    copy = hydrate(bare, owned.articles, tmp_path / "hydrated").release
    proof(copy)
    assert "license: other" in (copy.path / "README.md").read_text()
    assert "Of the articles' words this release carries: full." in (copy.path / "LICENSE").read_text()
    assert "license" not in (copy.path / "CITATION.cff").read_text()
    with pytest.raises(InvalidInput, match=r"copy for your own use \(hydrated\): .* under not stated; publish the rel"):
        publish_to(copy, tmp_path / "out", check=False)
    free = hydrate(
        world.freeze(tmp_path / "free" / "1.0.0", text=TextRule.parse("offsets")), world.articles, tmp_path / "h"
    )
    assert publish_to(free.release, tmp_path / "out", check=False).changed


@pytest.mark.parametrize("reader", READERS)
def test_a_table_that_unpacks_to_too_much_is_refused(release: Release, copy: Path, reader: str) -> None:
    path = copy / "data" / "test-00000-of-00001.parquet"
    table = pq.read_table(path)
    words = pa.array(["rain " * 400_000] * table.num_rows)
    pq.write_table(table.set_column(table.column_names.index("text"), "text", words), path, compression="zstd")
    resealed(copy)
    with pytest.raises(InvalidInput, match=r"test-00000.*: unpacks to more than 200 times its size.*; TOOLKIT_LIMITS="):
        READERS[reader](copy, release)


def test_a_manifest_has_a_limit(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOOLKIT_LIMITS", "page_bytes=1000")
    with pytest.raises(InvalidInput, match=r"manifest\.json: a file of more than 1,000 bytes"):
        load(copy)

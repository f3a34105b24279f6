"""Names from outside never become paths, and links below the folders of a project are not followed."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.errors import InvalidInput
from toolkit.project import Workspace
from toolkit.project.files import held_file, safe_name


@pytest.mark.parametrize("name", ["a.txt", "data/train-00000-of-00001.parquet", "schema/1.0.0.yaml", "Été 北.txt"])
def test_a_plain_name_is_safe(name: str) -> None:
    assert safe_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["", "/", "/a", "..", "../a", "a/..", "a/../b", "a//b", ".a", "a/.b", "a\\b", "C:a", "a\nb", "a\x00", "a" * 300, 5],
)
def test_a_name_that_may_lead_elsewhere_is_refused(name: object) -> None:
    with pytest.raises(InvalidInput, match="names a file outside its directory"):
        safe_name(name)


def test_links_and_devices_are_not_opened(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "folder", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    (elsewhere / "a.txt").write_text("a")
    (folder / "b.txt").symlink_to(elsewhere / "a.txt")
    (folder / "c").symlink_to(elsewhere)
    (folder / "d").mkdir()
    for name in ("b.txt", "c/a.txt"):
        with pytest.raises(InvalidInput, match="is a link, which is not followed"):
            held_file(folder, name)
    with pytest.raises(InvalidInput, match="is not a file"):
        held_file(folder, "d")
    with pytest.raises(FileNotFoundError):
        held_file(folder, "e")


def test_a_snapshot_of_the_hub_s_client_leads_to_its_own_blobs_alone(tmp_path: Path) -> None:
    snapshot, blobs = tmp_path / "datasets--a--b" / "snapshots" / "0f", tmp_path / "datasets--a--b" / "blobs"
    snapshot.mkdir(parents=True)
    blobs.mkdir()
    (blobs / "5e").write_text("content")
    (tmp_path / "other").write_text("secret")
    (snapshot / "README.md").symlink_to(Path("..", "..", "blobs", "5e"))
    (snapshot / "LICENSE").symlink_to(tmp_path / "other")
    assert held_file(snapshot, "README.md").read_text() == "content"
    with pytest.raises(InvalidInput, match="is a link"):
        held_file(snapshot, "LICENSE")


def test_a_link_in_place_of_the_lock_is_neither_followed_nor_emptied(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "project")
    precious = tmp_path / "precious"
    precious.write_text("precious")
    workspace.path(".toolkit").mkdir()
    workspace.path(".toolkit", "lock").symlink_to(precious)
    with pytest.raises(InvalidInput, match=r"is a link, which is not followed; run `rm .*lock`"), workspace.lock():
        pass
    assert precious.read_text() == "precious"


def test_a_link_among_the_pages_is_set_aside_by_its_name(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "project")
    (tmp_path / "secret.txt").write_text("secret")
    workspace.write("pages/good.txt", "A title\n\nA sentence stands here.\n")
    workspace.path("pages", "link.txt").symlink_to(tmp_path / "secret.txt")
    workspace.path("pages", "gone.txt").symlink_to(tmp_path / "nowhere")
    assert [file.source for file in workspace.page_files()] == ["good.txt"]
    assert workspace.files_aside() == {"gone.txt": "link", "link.txt": "link"}

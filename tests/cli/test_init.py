"""`toolkit init --from FOLDER`: pages are copied, read and cut in one go, and it says what was found."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from toolkit.cli import main
from toolkit.project import Workspace


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    return left.value.code or 0  # type: ignore[return-value]


@pytest.fixture
def scrapes(tmp_path: Path) -> Path:
    folder = tmp_path / "scrapes"
    (folder / "sub").mkdir(parents=True)
    (folder / "one.txt").write_text("A storm came.\n\nDozens were hurt on Monday night.\n", encoding="utf-8")
    (folder / "sub" / "two.csv").write_text('title;text\nTalks;"The minister denied talks."\n', encoding="utf-8")
    (folder / ".hidden").write_text("not a page", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("somebody's secret", encoding="utf-8")
    os.symlink(tmp_path / "secret.txt", folder / "link.txt")
    return folder


@pytest.mark.slow
def test_a_folder_becomes_sentences(
    scrapes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("init", "mine", "--from", scrapes) == 0
    told = capsys.readouterr()
    assert "2 articles" in told.out
    assert "sentences" in told.out
    assert "pages/ with 2 pages" in told.err
    assert told.err.splitlines()[-1] == "next: `cd mine` and `toolkit studio start`, then `toolkit push`"
    pages = tmp_path / "mine" / "pages"
    assert sorted(path.relative_to(pages).as_posix() for path in pages.rglob("*") if path.is_file()) == [
        "one.txt",
        "sub/two.csv",
    ]
    assert (tmp_path / "mine" / "sentences.parquet").is_file()


@pytest.mark.parametrize("where", [".", "project"])
def test_a_project_in_the_folder_is_not_a_page_of_itself(
    where: str, scrapes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("init", scrapes / where, "--from", scrapes, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["pages"], found["counts"]["articles"]) == (2, 2)
    assert found["counts"]["sentences"] >= 3


def test_what_can_not_be_read_is_named_and_the_rest_is_there(
    scrapes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (scrapes / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    assert run("init", tmp_path / "mine", "--from", scrapes) == 6
    told = capsys.readouterr()
    assert "broken.pdf" in told.err
    assert "2 articles" in told.out
    assert (tmp_path / "mine" / "sentences.parquet").is_file()


@pytest.mark.parametrize("options", [["--from", "nowhere"], ["--from", "empty"], ["--from", "empty", "--samples"]])
def test_nothing_is_made_where_there_is_nothing(
    options: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    assert run("init", "mine", *options) == 2
    assert not (tmp_path / "mine").exists()


@pytest.mark.slow
def test_a_project_is_called_as_its_folder_where_that_is_a_name(
    scrapes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder, called in (("harbour", "harbour"), ("ab", "News sentences")):
        assert run("init", folder, "--from", scrapes) == 0
        made = Workspace(tmp_path / folder).config
        assert (made.label_studio.project, made.release.title) == (called, "News sentences")
    assert run("init", "h\udcc3fen", "--from", scrapes) == 2
    assert not Path("h\udcc3fen").exists()
    assert run("init", "named", "--title", "Storms") == 0
    assert Workspace(tmp_path / "named").config.label_studio.project == "Storms"

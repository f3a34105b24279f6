"""A published release comes back as it was, and two revisions can be compared."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from standin import TOKEN, Hub

from toolkit.cli import main
from toolkit.errors import InvalidInput, RemoteError
from toolkit.hub import fetch, publish
from toolkit.release import Release, diff

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")  # the client's own way to upload

REPO = "tester/news"
Make = Callable[..., Release]


def run(*arguments: str) -> int | str | None:
    with pytest.raises(SystemExit) as stopped:
        main(list(arguments))
    return stopped.value.code


@pytest.mark.slow
def test_two_revisions_come_back_and_are_compared(hub: Hub, endpoint: str, make_release: Make, tmp_path: Path) -> None:
    first = make_release()
    second = make_release("1.1.0", articles=8, previous=first)
    for release in (first, second):
        publish(release, REPO, token=TOKEN, endpoint=endpoint, check=False)
    older, newer = (
        fetch(REPO, tag, token=TOKEN, endpoint=endpoint, directory=tmp_path / tag) for tag in ("v1.0.0", "v1.1.0")
    )
    assert older.manifest["tables"] == first.manifest["tables"]
    same = {name for name, entry in first.manifest["files"].items() if older.manifest["files"][name] == entry}
    assert set(first.manifest["files"]) - same == {"README.md", "CITATION.cff", "croissant.json"}  # they name the place
    found = diff(older, newer)
    assert (found.level, found.configs["default"].added.num_rows) == ("minor", 4)


@pytest.mark.slow
def test_the_command_compares_what_is_published_with_what_is_here(
    hub: Hub,
    endpoint: str,
    make_release: Make,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    first = make_release()
    second = make_release("1.1.0", articles=8, previous=first)
    publish(first, REPO, token=TOKEN, endpoint=endpoint, check=False)
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    assert run("diff", f"hub:{REPO}@v1.0.0", str(second.path), "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["from"], found["to"], found["level"]) == ("1.0.0", "1.1.0", "minor")
    assert run("diff", f"hub:{REPO}@v9.0.0", str(second.path)) == 5
    assert "no such repository or revision" in capsys.readouterr().err


@pytest.mark.slow
def test_what_is_not_there(hub: Hub, endpoint: str, make_release: Make, tmp_path: Path) -> None:
    with pytest.raises(RemoteError, match="no such repository"):
        fetch("tester/nothing", "main", token=TOKEN, endpoint=endpoint, directory=tmp_path / "a")
    publish(make_release(), REPO, token=TOKEN, endpoint=endpoint, check=False)
    with pytest.raises(RemoteError, match="no such repository or revision"):
        fetch(REPO, "v9.9.9", token=TOKEN, endpoint=endpoint, directory=tmp_path / "b")


@pytest.mark.slow
def test_what_is_no_release(hub: Hub, endpoint: str, make_release: Make, tmp_path: Path) -> None:
    publish(make_release(), REPO, token=TOKEN, endpoint=endpoint, check=False)
    head = hub.repos[REPO].find("main")
    assert head is not None
    hub.repos[REPO].commit("remove", {name: entry for name, entry in head.files.items() if name != "manifest.json"})
    with pytest.raises(InvalidInput, match="there is no release here"):
        fetch(REPO, "main", token=TOKEN, endpoint=endpoint, directory=tmp_path / "c")

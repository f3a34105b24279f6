"""Publishing into a directory: whole or not at all, once, and `load_dataset` reads the same rows there."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from toolkit.cli import main
from toolkit.errors import InvalidInput, RemoteError, UsageError
from toolkit.hub import publish_to
from toolkit.release import Release, load

Make = Callable[..., Release]


def run(*arguments: str) -> int | str | None:
    with pytest.raises(SystemExit) as stopped:
        main(list(arguments))
    return stopped.value.code


@pytest.mark.slow
def test_it_is_there_and_again_changes_nothing(make_release: Make, tmp_path: Path) -> None:
    release = make_release()
    first = publish_to(release, tmp_path / "shared")
    again = publish_to(release, tmp_path / "shared", check=False)
    assert (first.changed, again.changed, first.commit) == (True, False, again.commit)
    assert first.url == (tmp_path / "shared" / "v1.0.0").as_uri()
    copy = load(tmp_path / "shared" / "v1.0.0")
    copy.verify()
    assert copy.manifest == release.manifest


@pytest.mark.slow
def test_tags_are_compared_by_their_names(make_release: Make, tmp_path: Path) -> None:
    release = make_release(labels_of="news_events@1.0.0")
    assert "tags" in release.table("default").column_names
    assert publish_to(release, tmp_path / "shared").changed


@pytest.mark.slow
def test_another_release_of_that_version_is_refused(make_release: Make, tmp_path: Path) -> None:
    first = make_release()
    publish_to(first, tmp_path / "shared", check=False)
    first.path.rename(tmp_path / "old")
    with pytest.raises(RemoteError, match="another content"):
        publish_to(make_release(articles=8), tmp_path / "shared", check=False)
    load(tmp_path / "shared" / "v1.0.0").verify()


@pytest.mark.slow
def test_a_directory_that_datasets_does_not_find_is_refused(make_release: Make, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="takes for a pattern; name another directory"):
        publish_to(make_release(), tmp_path / "shared [1]")
    assert not (tmp_path / "shared [1]").exists()


@pytest.mark.slow
def test_a_copy_that_was_changed_is_noticed(make_release: Make, tmp_path: Path) -> None:
    release = make_release()
    publish_to(release, tmp_path, check=False)
    (tmp_path / "v1.0.0" / "LICENSE").write_text("other")
    with pytest.raises(InvalidInput, match="LICENSE has been changed"):
        publish_to(release, tmp_path, check=False)


@pytest.mark.slow
def test_the_command(make_release: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    release = make_release()
    assert run("publish", str(release.path), "--to", str(tmp_path / "shared"), "--json") == 0
    assert '"tag": "v1.0.0"' in capsys.readouterr().out
    assert run("publish", str(release.path), "--to", str(tmp_path / "shared"), "--repo", "a/b") == 2


@pytest.mark.slow
def test_a_kill_at_any_instant_is_mended_by_the_next_call(make_release: Make, tmp_path: Path) -> None:
    release = make_release()
    code = (
        "import sys; from pathlib import Path; from toolkit.hub import publish_to; from toolkit.release import load; "
    )
    code += "publish_to(load(sys.argv[1]), Path(sys.argv[2]), check=False)"
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", code, str(release.path), str(tmp_path / "whole")], check=True)
    whole = time.monotonic() - started
    chance = random.Random(0)
    for point in range(20):
        target = tmp_path / f"{point}"
        running = subprocess.Popen([sys.executable, "-c", code, str(release.path), str(target)])
        time.sleep(whole * chance.uniform(0.5, 1))  # imports take the first half
        running.kill()
        running.wait()
        publish_to(release, target, check=False)
        assert [path.name for path in target.iterdir()] == ["v1.0.0"]

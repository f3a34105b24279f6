"""The same trip with Xet on, as the client has it by default: chunks instead of files, up and down."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import huggingface_hub.constants
import pytest
from standin import TOKEN, Hub, serving
from xet import Xet

from toolkit.hub import publish
from toolkit.hub.placement import CARD, CITATION, CROISSANT
from toolkit.release import Release, load

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")  # the client's own way to upload

REPO = "tester/news"
Make = Callable[..., Release]


@pytest.fixture(autouse=True)
def _with_xet(_no_ambient_settings: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_DISABLE_XET", False)
    monkeypatch.delenv("HF_HUB_DISABLE_XET")


@pytest.mark.slow
def test_two_versions_go_up_and_come_down_in_chunks(make_release: Make, tmp_path: Path) -> None:
    hub = Hub(Xet(tmp_path / "xet"))
    with serving(hub) as endpoint:
        first = make_release()
        one = publish(first, REPO, token=TOKEN, endpoint=endpoint)
        second = make_release("1.1.0", articles=9, previous=first)
        two = publish(second, REPO, token=TOKEN, endpoint=endpoint)
        assert publish(second, REPO, token=TOKEN, endpoint=endpoint, check=False).changed is False
        assert hub.repos[REPO].tags == {"v1.0.0": one.commit, "v1.1.0": two.commit}
        assert [commit.title for commit in hub.repos[REPO].commits] == [
            "initial commit",
            "Release 1.0.0",
            "Release 1.1.0",
        ]
        assert any("/xet-write-token/" in request for request in hub.requests)
        assert any("/xet-read-token/" in request for request in hub.requests)
        assert not any("/lfs/" in request for request in hub.requests)
        copy = _downloaded(endpoint, tmp_path)
    files, sent = copy.manifest["files"], second.manifest["files"]
    assert {name for name in sent if files[name] != sent[name]} == {CARD, CITATION, CROISSANT}, (
        "these name the repository"
    )
    assert set(files) == set(sent)
    copy.verify()


def _downloaded(endpoint: str, folder: Path) -> Release:
    tool = Path(sys.executable).with_name("hf")
    settings = {"HF_ENDPOINT": endpoint, "HF_TOKEN": TOKEN, "HF_HOME": str(folder / "hf")}
    wanted = [str(tool), "download", REPO, "--repo-type", "dataset", "--revision", "v1.1.0"]
    done = subprocess.run(
        [*wanted, "--exclude", ".gitattributes", "--local-dir", str(folder / "copy")],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return load(folder / "copy")

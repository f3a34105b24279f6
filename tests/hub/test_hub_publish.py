"""Publishing over HTTP with the real clients: one commit, one tag, the same rows, and no harm from any fault."""

from __future__ import annotations

import contextlib
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from standin import TOKEN, Hub

from toolkit.errors import AccessDenied, InvalidInput, RemoteError, UsageError
from toolkit.hub import fetch, publish
from toolkit.release import Release, load
from toolkit.release.proof import proof

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning"),  # the client's own way to upload
]

REPO = "tester/news"
Make = Callable[..., Release]


def titles(hub: Hub) -> list[str]:
    return [commit.title for commit in hub.repos[REPO].commits]


def test_everything_in_one_commit_then_the_tag_and_the_same_rows(hub: Hub, endpoint: str, make_release: Make) -> None:
    release = make_release()
    done = publish(release, REPO, token=TOKEN, endpoint=endpoint, private=True)
    repo = hub.repos[REPO]
    assert titles(hub) == ["initial commit", "Release 1.0.0"]
    assert repo.tags == {"v1.0.0": done.commit}
    assert repo.private
    head = repo.find("main")
    assert head is not None
    expected = {path.relative_to(release.path).as_posix() for path in release.path.rglob("*") if path.is_file()}
    assert set(head.files) == expected | {".gitattributes"}
    assert done.url == f"{endpoint}/datasets/{REPO}/tree/v1.0.0"


def test_again_changes_nothing(hub: Hub, endpoint: str, make_release: Make) -> None:
    release = make_release()
    first = publish(release, REPO, token=TOKEN, endpoint=endpoint, check=False)
    again = publish(release, REPO, token=TOKEN, endpoint=endpoint, check=False)
    assert (first.changed, again.changed, again.commit) == (True, False, first.commit)
    assert len(titles(hub)) == 2


def test_the_next_version_leaves_the_first_tag_and_removes_what_is_no_longer_there(
    hub: Hub, endpoint: str, make_release: Make
) -> None:
    first = make_release(articles=2)
    assert first.splits() == ("train", "validation")
    one = publish(first, REPO, token=TOKEN, endpoint=endpoint, check=False)
    hub.edit(REPO, "notes-of-others.txt", "kept")
    second = make_release("2.0.0", articles=1)
    two = publish(second, REPO, token=TOKEN, endpoint=endpoint)
    assert hub.repos[REPO].tags == {"v1.0.0": one.commit, "v2.0.0": two.commit}
    head = hub.repos[REPO].find("main")
    assert head is not None
    assert "data/validation-00000-of-00001.parquet" not in head.files
    assert hub.text(REPO, "notes-of-others.txt") == "kept"


def test_what_others_wrote_on_the_card_is_kept(hub: Hub, endpoint: str, make_release: Make) -> None:
    first = make_release()
    publish(first, REPO, token=TOKEN, endpoint=endpoint, check=False)
    card = hub.text(REPO, "README.md")
    prompt = "*Nobody has written yet who maintains the dataset and where to ask.*"
    card = card.replace(prompt, "Ask the baker.").replace(
        "tags:\n", "extra_gated_prompt: Say please.\ntags:\n- bread\n"
    )
    hub.edit(REPO, "README.md", card)
    second = make_release("1.1.0", articles=7, previous=first)
    publish(second, REPO, token=TOKEN, endpoint=endpoint)
    merged = hub.text(REPO, "README.md")
    assert "Ask the baker." in merged
    assert "extra_gated_prompt: Say please." in merged
    assert "- bread" in merged
    assert "# News sentences 1.1.0" in merged
    assert publish(second, REPO, token=TOKEN, endpoint=endpoint, check=False).changed is False


def test_a_tag_is_never_moved(hub: Hub, endpoint: str, make_release: Make, tmp_path: Path) -> None:
    first = make_release()
    publish(first, REPO, token=TOKEN, endpoint=endpoint, check=False)
    first.path.rename(tmp_path / "old")
    other = make_release(articles=8)
    before = hub.repos[REPO].tags.copy()
    with pytest.raises(RemoteError, match="never moved"):
        publish(other, REPO, token=TOKEN, endpoint=endpoint, check=False)
    assert hub.repos[REPO].tags == before
    assert len(titles(hub)) == 2


@pytest.mark.parametrize(
    ("method", "part", "status"),
    [
        ("POST", "/commit/", 0),
        ("POST", "/tag/", 0),
        ("POST", "/tag/", 500),
        ("PUT", "/lfs/", 500),
        ("POST", "/preupload/", 0),
        ("POST", "/commit/", 503),
    ],
)
def test_after_a_fault_the_next_call_completes_it(
    hub: Hub, endpoint: str, make_release: Make, method: str, part: str, status: int
) -> None:
    release = make_release()
    hub.faults[method, part] = status
    with contextlib.suppress(RemoteError):  # the client repeats some requests by itself
        publish(release, REPO, token=TOKEN, endpoint=endpoint, check=False)
    done = publish(release, REPO, token=TOKEN, endpoint=endpoint, check=False)
    assert hub.repos[REPO].tags == {"v1.0.0": done.commit}
    assert titles(hub) == ["initial commit", "Release 1.0.0"]


def test_a_lost_answer_says_how_to_go_on(hub: Hub, endpoint: str, make_release: Make) -> None:
    hub.faults["POST", "/tag/"] = 500
    with pytest.raises(RemoteError, match="status 500; run the same command again"):
        publish(make_release(), REPO, token=TOKEN, endpoint=endpoint, check=False)


def test_a_commit_of_somebody_else_in_between(hub: Hub, endpoint: str, make_release: Make) -> None:
    release = make_release()
    hub.faults["POST", "/commit/"] = 412
    publish(release, REPO, token=TOKEN, endpoint=endpoint, check=False)
    assert titles(hub) == ["initial commit", "Release 1.0.0"]


@pytest.mark.parametrize(
    ("token", "words"),
    [(None, "no token"), ("hf_wrong", "does not accept the token"), ("hf_reader", "may not write")],
)
def test_without_the_right_to_write(hub: Hub, endpoint: str, make_release: Make, token: str | None, words: str) -> None:
    with pytest.raises(AccessDenied, match=words):
        publish(make_release(), REPO, token=token, endpoint=endpoint)
    assert hub.repos == {}


@pytest.mark.parametrize("name", ["news", "a/b/c", "tester/", "tester/the news"])
def test_a_name_without_an_owner_makes_no_repository(hub: Hub, endpoint: str, make_release: Make, name: str) -> None:
    with pytest.raises(UsageError, match="write owner/name"):
        publish(make_release(), name, token=TOKEN, endpoint=endpoint)
    assert hub.repos == {}


def test_what_shall_be_private_does_not_go_into_a_public_repository(
    hub: Hub, endpoint: str, make_release: Make
) -> None:
    publish(make_release(), REPO, token=TOKEN, endpoint=endpoint, check=False)
    second = make_release("1.1.0", articles=7)
    with pytest.raises(AccessDenied, match="is there already, and public: nothing was uploaded"):
        publish(second, REPO, token=TOKEN, endpoint=endpoint, private=True, check=False)
    assert titles(hub) == ["initial commit", "Release 1.0.0"]


def test_no_server(make_release: Make) -> None:
    with pytest.raises(RemoteError, match="connection was lost"):
        publish(make_release(), REPO, token=TOKEN, endpoint="http://127.0.0.1:9")


def test_a_changed_release_is_not_published(hub: Hub, endpoint: str, make_release: Make) -> None:
    release = make_release()
    (release.path / "LICENSE").write_text("other")
    with pytest.raises(InvalidInput, match="LICENSE has been changed"):
        publish(release, REPO, token=TOKEN, endpoint=endpoint)
    assert hub.requests == []


def test_rows_that_arrive_otherwise_are_noticed(hub: Hub, endpoint: str, make_release: Make) -> None:
    from toolkit.hub.reload_check import check_reload

    first = make_release(articles=4)
    publish(first, REPO, token=TOKEN, endpoint=endpoint, check=False)
    other = make_release("1.0.1", articles=5)
    with pytest.raises(RemoteError, match="loads with other rows in default/train"):
        check_reload(other, REPO, "v1.0.0", token=TOKEN, endpoint=endpoint)


@pytest.mark.slow
def test_a_kill_at_any_instant_is_mended_by_the_next_call(hub: Hub, endpoint: str, make_release: Make) -> None:
    release = make_release()
    code = "import sys; from toolkit.hub import publish; from toolkit.release import load; "
    code += f"publish(load(sys.argv[1]), '{REPO}', token='{TOKEN}', endpoint=sys.argv[2], check=False)"
    command = [sys.executable, "-c", code, str(release.path), endpoint]
    started = time.monotonic()
    subprocess.run(command, check=True)
    whole = time.monotonic() - started
    chance = random.Random(0)
    for _ in range(8):
        hub.repos.clear()
        hub.blobs.clear()
        running = subprocess.Popen(command)
        time.sleep(whole * chance.uniform(0.5, 1))  # imports take the first half
        running.kill()
        running.wait()
        done = publish(release, REPO, token=TOKEN, endpoint=endpoint, check=False)
        assert hub.repos[REPO].tags == {"v1.0.0": done.commit}
        assert titles(hub) == ["initial commit", "Release 1.0.0"]


def test_the_hub_command_line_sees_it(hub: Hub, endpoint: str, make_release: Make, tmp_path: Path) -> None:
    publish(make_release(), REPO, token=TOKEN, endpoint=endpoint, check=False)
    tool = Path(sys.executable).with_name("hf")
    environment = {
        "HF_ENDPOINT": endpoint,
        "HF_TOKEN": TOKEN,
        "HF_HOME": str(tmp_path / "hf"),
        "HF_HUB_DISABLE_XET": "1",
    }
    wanted = [
        str(tool),
        "download",
        REPO,
        "--repo-type",
        "dataset",
        "--revision",
        "v1.0.0",
        "--local-dir",
        str(tmp_path / "copy"),
    ]
    done = subprocess.run(wanted, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    load(tmp_path / "copy").table()


def test_a_release_that_was_built_for_no_repository_names_the_one_where_it_is(
    hub: Hub, endpoint: str, make_release: Make, tmp_path: Path
) -> None:
    release = make_release()
    first = publish(release, REPO, token=TOKEN, endpoint=endpoint, check=False)
    assert publish(release, REPO, token=TOKEN, endpoint=endpoint, check=False).changed is False
    copy = fetch(REPO, "v1.0.0", endpoint=endpoint, directory=tmp_path / "copy")
    proof(copy)
    text = copy.read("README.md").decode()
    assert f'load_dataset("{REPO}", revision="v1.0.0")' in text
    assert "path/to/this/directory" not in text
    assert f"url = {{https://huggingface.co/datasets/{REPO}}}" in text
    assert f"https://huggingface.co/datasets/{REPO}" in copy.read("CITATION.cff").decode()
    described = json.loads(copy.read("croissant.json"))
    assert described["url"] == f"https://huggingface.co/datasets/{REPO}"
    assert described["distribution"][0]["contentUrl"].endswith(f"{REPO}/tree/refs%2Ftags%2Fv1.0.0")
    assert b"path/to/this/directory" in release.read("README.md")  # what is frozen stays
    assert first.commit == hub.repos[REPO].tags["v1.0.0"]


def test_a_folder_of_the_same_name_is_not_taken_for_the_dataset(  # huggingface/datasets#5228
    hub: Hub, endpoint: str, make_release: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    (here / REPO).mkdir(parents=True)
    (here / REPO / "train.jsonl").write_text('{"other": 1}', encoding="utf-8")
    monkeypatch.chdir(here)
    assert publish(make_release(), REPO, token=TOKEN, endpoint=endpoint).commit

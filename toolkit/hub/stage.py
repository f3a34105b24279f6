"""The stage publish: a release → the Hub (one commit, then the tag, then a look at what readers get) or a directory."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.errors import RemoteError, UsageError
from toolkit.hub.card_merge import merge_cards
from toolkit.hub.placement import PLACED, placed
from toolkit.hub.reload_check import check_reload
from toolkit.hub.repository import checked_name, commit, hub_errors, make_repo, quietly, tags
from toolkit.project.files import staged
from toolkit.records import digest
from toolkit.release import Release, is_pattern, load
from toolkit.release.manifest import NAME, json_text, sealed
from toolkit.release.proof import check_publishable, proof

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_CARD = "README.md"


@dataclass(frozen=True, slots=True)
class Published:
    """The place of a published release or model.

    Attributes:
        repo: "owner/name".
        tag: "v1.2.0".
        commit: The commit that the tag names.
        url: Where a reader finds it.
        changed: False if everything was there already.
    """

    repo: str
    tag: str
    commit: str
    url: str
    changed: bool


def publish(
    release: Release,
    repo: str,
    *,
    token: str | None = None,
    endpoint: str | None = None,
    private: bool = False,
    check: bool = True,
) -> Published:
    """Publish a release. Publishing it again changes nothing; after an interruption it continues where it stopped.

    Args:
        release: The release; its files, and all that is said of them, are checked first.
        repo: "owner/name"; made if it does not exist.
        token: A token with write access, None for the one that the client finds (HF_TOKEN or its own file).
        endpoint: The Hub, None for the public one (or HF_ENDPOINT).
        private: Make a new repository private; one that exists must be private.
        check: Load it afterwards as readers do, and compare every row.

    Raises:
        UsageError: The name is not "owner/name".
        InvalidInput: The release has been changed, or is a copy with words that nobody gave the right to.
        AccessDenied: There is no token, it may not write, or the repository is public and is to be private.
        RemoteError: The tag is there with another content, the Hub failed, the connection was lost, or readers would
            get other rows.
    """
    from huggingface_hub import HfApi

    proof(release)
    check_publishable(release)
    api = HfApi(endpoint=endpoint, token=token)
    tag = f"v{release.version}"
    with hub_errors(checked_name(repo)), quietly():
        api.whoami()
        make_repo(api, repo, "dataset", private=private)
        tagged = tags(api, repo, "dataset").get(tag)
        if tagged is None:
            title = f"Release {release.version}"
            oid = commit(api, repo, "dataset", partial(_operations, api, repo, release), title=title, tag=tag)
            _tag(api, repo, tag, oid)
        else:
            _same_content(api, repo, release, tag)
            oid = tagged
    if check:
        check_reload(release, repo, tag, token=api.token if isinstance(api.token, str) else None, endpoint=endpoint)
    url = f"{api.endpoint}/datasets/{repo}/tree/{tag}"
    return Published(repo, tag, oid, url, changed=tagged is None)


def publish_to(release: Release, directory: Path, *, check: bool = True) -> Published:
    """Copy a release to `directory`/v<version>. Doing it again changes nothing; a killed copy leaves nothing.

    Args:
        release: The release; its files, and all that is said of them, are checked first.
        directory: The shared directory; made if it does not exist.
        check: Load it afterwards as readers do, and compare every row.

    Returns:
        Where it is; `commit` is the SHA-256 of its manifest.

    Raises:
        UsageError: `datasets` would not find the directory.
        InvalidInput: The release, or the copy that is there, has been changed, or is a copy for own use.
        RemoteError: Another release of that version is there, or readers would get other rows.
    """
    proof(release)
    check_publishable(release)
    if is_pattern(directory):
        what = "has one of the signs * ? [ in it, which `datasets` takes for a pattern"
        raise UsageError(what, where=str(directory), remedy="name another directory")
    tag = f"v{release.version}"
    target = directory.absolute() / tag
    changed = not target.exists()
    if changed:
        with staged(target.parent) as copied:
            copied.name(tag)
            for name in (*release.manifest["files"], NAME):
                (copied.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(release.path / NAME if name == NAME else release.file(name), copied.folder / name)
    copy = load(target)
    if copy.manifest != release.manifest:
        remedy = "build the next version; a published one is never changed"
        raise RemoteError(f"{tag} is there with another content", where=str(directory), remedy=remedy)
    copy.verify()
    if check:
        check_reload(release, str(target), None, token=None, endpoint=None)
    commit = digest((target / NAME).read_bytes())
    return Published(str(directory), tag, commit, target.resolve().as_uri(), changed=changed)


def _operations(api: HfApi, repo: str, release: Release, head: str | None) -> list[Any]:
    """Return the operations of the commit: the files of the release, and the removal of an earlier release's files."""
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    there = set(api.list_repo_files(repo, repo_type="dataset", revision=head))
    stated = _stated(api, repo, release, _CARD in there, head)
    contents: dict[str, Any] = {name: release.file(name) for name in release.manifest["files"]}
    contents |= stated
    adds = [CommitOperationAdd(name, content) for name, content in sorted(contents.items())]
    stale = _files_of_release(api, repo, head) if NAME in there else set()
    return [*adds, *(CommitOperationDelete(name) for name in sorted((stale & there) - set(contents)))]


def _stated(api: HfApi, repo: str, release: Release, there: bool, revision: str | None) -> dict[str, bytes]:
    """Return what says where the release is, with the card merged with the one on the Hub, and the manifest of it."""
    stated = placed(release, repo)
    ours = stated.get(_CARD, release.read(_CARD)).decode()
    card = merge_cards(ours, _read(api, repo, _CARD, revision) if there else "").encode()
    stated[_CARD] = card
    sums = {name: {"sha256": digest(content), "bytes": len(content)} for name, content in stated.items()}
    if all(release.manifest["files"][name] == entry for name, entry in sums.items()):
        return {**stated, NAME: (release.path / NAME).read_bytes()}
    files = {**release.manifest["files"], **sums}
    return {**stated, NAME: json_text(sealed({**release.manifest, "files": files})).encode()}


def _files_of_release(api: HfApi, repo: str, revision: str | None) -> set[str]:
    return set(json.loads(_read(api, repo, NAME, revision))["files"])


def _read(api: HfApi, repo: str, name: str, revision: str | None) -> str:
    """Read a small text file of the repository, past every cache."""
    with tempfile.TemporaryDirectory(prefix="toolkit-hub-") as folder:
        path = api.hf_hub_download(repo, name, repo_type="dataset", revision=revision, local_dir=folder)
        return Path(path).read_text(encoding="utf-8")


def _tag(api: HfApi, repo: str, tag: str, oid: str) -> None:
    """Make the tag; if somebody has made it meanwhile, it must name the same commit."""
    api.create_tag(repo, tag=tag, revision=oid, repo_type="dataset", exist_ok=True)
    if tags(api, repo, "dataset").get(tag) != oid:
        raise _taken(repo, tag)


def _same_content(api: HfApi, repo: str, release: Release, tag: str) -> None:
    """Check that the tag names this release; the card may have been merged, and files say where it is."""
    published = json.loads(_read(api, repo, NAME, tag))
    theirs, ours = dict(published["files"]), dict(release.manifest["files"])
    for files in (theirs, ours):
        for name in PLACED:
            files.pop(name, None)
    if theirs != ours or published["tables"] != release.manifest["tables"]:
        raise _taken(repo, tag)


def _taken(repo: str, tag: str) -> RemoteError:
    remedy = "build the next version; a tag is never moved"
    return RemoteError(f"the tag {tag} is there with another content", where=repo, remedy=remedy)

"""A model on the Hub: everything in one commit and a tag, its scores tied to the dataset's git revision."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.errors import InvalidInput, RemoteError, UsageError
from toolkit.hub.repository import checked_name, commit, hub_errors, make_repo, quietly, tags
from toolkit.hub.stage import Published
from toolkit.records import digest
from toolkit.release.card.card import joined, parted

if TYPE_CHECKING:
    from huggingface_hub import HfApi

CARD, CONFIG = "README.md", "config.json"

_TAG = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_OURS = ("model.safetensors", "vocabulary.json", "model.skops", "metrics.json", "requirements.txt", "f1.svg", "f1.png")
_OUR_FOLDERS = (".eval_results/", "spans/")  # toolkit 0.1.0 wrote the first one, which no dataset of it could bear out


def publish_model(
    directory: Path,
    repo: str,
    *,
    token: str | None = None,
    endpoint: str | None = None,
    private: bool = False,
    check: bool = True,
) -> Published:
    """Publish a model directory, tagged with its name. Publishing it again changes nothing.

    The dataset that its card names must be on the same Hub with the tag of its release: model-index then names the
    commit of that tag.

    Args:
        directory: A model as `toolkit train` writes it; its files are checked against its config.json first.
        repo: "owner/name" of a model repository; made if it does not exist. The Hub keeps datasets and models apart, so
            it may have the name of the dataset.
        token: A token with write access, None for the one that the client finds.
        endpoint: The Hub, None for the public one (or HF_ENDPOINT).
        private: Make a new repository private; one that exists must be private.
        check: Fetch it afterwards and compare every byte.

    Raises:
        UsageError: The name is not "owner/name", or a tag cannot have the directory's name.
        InvalidInput: It is not a model directory, or was changed.
        AccessDenied: There is no token, it may not write, or the repository is public and is to be private.
        RemoteError: The dataset is not there, the tag is there with another content, the Hub failed, or readers would
            get other bytes.
    """
    from huggingface_hub import HfApi

    directory = directory.absolute()
    files = _files(directory)
    tag = directory.name
    if _TAG.fullmatch(tag) is None:
        what = f"{tag!r} is not a name that a tag can have"
        raise UsageError(
            what, where=str(directory), remedy="give the directory one of letters, digits, '.', '_' and '-'"
        )
    api = HfApi(endpoint=endpoint, token=token)
    with hub_errors(checked_name(repo)), quietly():
        api.whoami()
        tied = _tied(api, files[CARD].decode())
        contents = files | tied
        make_repo(api, repo, "model", private=private)
        tagged = tags(api, repo, "model").get(tag)
        sent = {name: tied.get(name, directory / name) for name in contents}
        wanted = partial(_operations, api, repo, sent)
        oid = tagged or commit(api, repo, "model", wanted, title=f"Model {tag}", tag=tag)
        if tagged is None:
            api.create_tag(repo, tag=tag, revision=oid, repo_type="model", exist_ok=True)
        if check or tagged is not None:
            _same(api, repo, contents, tag, fresh=tagged is None)
    return Published(repo, tag, oid, f"{api.endpoint}/{repo}/tree/{tag}", changed=tagged is None)


def fetch_model(repo: str, revision: str = "main", *, token: str | None = None, endpoint: str | None = None) -> Path:
    """Download a published model and return its directory, for `toolkit.baselines.load`.

    Args:
        repo: "owner/name" of a model repository.
        revision: Tag, branch or commit.
        token: Read access, None for the one that the client finds.
        endpoint: The Hub, None for the public one (or HF_ENDPOINT).

    Raises:
        UsageError: The name is not "owner/name".
        AccessDenied: The repository is private and the token does not open it.
        RemoteError: There is no such repository or revision, or the connection was lost.
    """
    from huggingface_hub import snapshot_download

    with hub_errors(f"{checked_name(repo)}@{revision}"), quietly():
        folder = snapshot_download(
            repo, repo_type="model", revision=revision, token=token, endpoint=endpoint, ignore_patterns=[".git*"]
        )
    return Path(folder)


def _files(directory: Path) -> dict[str, bytes]:
    """Return the files of a model by name, checked against its config.json."""
    remedy = "train one with `toolkit train`"
    if not (directory / CONFIG).is_file() or not (directory / CARD).is_file():
        raise InvalidInput(
            f"is not a model directory: it lacks {CONFIG} or {CARD}", where=str(directory), remedy=remedy
        )
    paths = sorted(path for path in directory.rglob("*") if path.is_file())
    files = {path.relative_to(directory).as_posix(): path.read_bytes() for path in paths}
    try:
        sums = dict(json.loads(files[CONFIG])["files"])
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput("is not the config.json of a model", where=str(directory / CONFIG), remedy=remedy) from error
    changed = [name for name, known in sorted(sums.items()) if name not in files or digest(files[name]) != known]
    if changed:
        what = f"{', '.join(changed)} is missing or is not the one that {CONFIG} was written with"
        raise InvalidInput(what, where=str(directory), remedy="train it again")
    return files


def _tied(api: HfApi, card: str) -> dict[str, bytes]:
    """Return the card with the commit of the dataset's tag in its place; nothing where it names no dataset."""
    metadata, body = parted(card)
    commits = {name: _commit_of(api, name, metadata) for name in metadata.get("datasets", [])}
    for result in _results(metadata):
        dataset = result["dataset"]
        if dataset.get("type") in commits:
            dataset["revision"] = commits[dataset["type"]]
    return {CARD: joined(metadata, body).encode()} if commits else {}


def _results(metadata: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [result for model in metadata.get("model-index", []) for result in model["results"]]


def _commit_of(api: HfApi, dataset: str, metadata: Mapping[str, Any]) -> str:
    """Return the commit of the tag under which the card names a dataset."""
    revisions = {
        str(result["dataset"]["revision"])
        for result in _results(metadata)
        if result["dataset"].get("type") == dataset and "revision" in result["dataset"]
    }
    remedies = [f"publish it first with `toolkit publish {each.removeprefix('v')}`" for each in sorted(revisions)]
    with hub_errors(f"dataset {dataset}", missing=next(iter(remedies), "publish it first with `toolkit publish`")):
        known = tags(api, dataset, "dataset")
        head = api.repo_info(dataset, repo_type="dataset").sha if not revisions else None
    if not revisions:
        return str(head)
    for revision, remedy in zip(sorted(revisions), remedies, strict=True):
        if revision not in known:
            raise RemoteError(
                f"there is no tag {revision}, on which the model was trained",
                where=f"dataset {dataset}",
                remedy=remedy,
            )
    return known[max(revisions)]


def _operations(api: HfApi, repo: str, contents: Mapping[str, bytes | Path], head: str | None) -> list[Any]:
    """Return what turns the head into the model: its files, and no file of a model that is there now."""
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    there = api.list_repo_files(repo, repo_type="model", revision=head)
    stale = [name for name in there if name not in contents and (name in _OURS or name.startswith(_OUR_FOLDERS))]
    adds = [CommitOperationAdd(name, content) for name, content in sorted(contents.items())]
    return [*adds, *(CommitOperationDelete(name) for name in sorted(stale))]


def _same(api: HfApi, repo: str, contents: Mapping[str, bytes], tag: str, *, fresh: bool) -> None:
    """Fetch what the tag names, past every cache, and compare it with what was to be published."""
    with tempfile.TemporaryDirectory(prefix="toolkit-hub-") as folder:
        api.snapshot_download(repo, repo_type="model", revision=tag, local_dir=folder)
        differing = [
            name
            for name, content in sorted(contents.items())
            if not (Path(folder) / name).is_file() or (Path(folder) / name).read_bytes() != content
        ]
    if not differing:
        return
    if fresh:
        raise RemoteError(f"{', '.join(differing)} arrived with other bytes", where=f"{repo}@{tag}")
    remedy = "give the model's directory another name; a tag is never moved"
    raise RemoteError(f"the tag {tag} is there with another {', '.join(differing)}", where=repo, remedy=remedy)

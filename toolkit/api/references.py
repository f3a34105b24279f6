"""Names of releases and models: a directory, a version, "newest", or hub:OWNER/NAME@TAG; and their loaders."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.errors import InvalidInput, UsageError

if TYPE_CHECKING:
    from toolkit.baselines import Model, Run
    from toolkit.hub import Published
    from toolkit.project import Workspace
    from toolkit.project.config import HubConfig
    from toolkit.release import Release, ReleaseDiff
    from toolkit.release.proof import Proof

HUB = "hub:"
"""Prefix of a release or a model on the Hub: hub:OWNER/NAME@TAG."""


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model directory on this machine.

    Attributes:
        path: Where it is; in the Hub client's cache for a model of the Hub.
        name: What people call it: the directory's name, or OWNER/NAME@REVISION.
    """

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Exported:
    """A release in another format.

    Attributes:
        files: What was written.
        losses: (what, how many, first places) of what the format has no place for.
    """

    files: tuple[Path, ...]
    losses: tuple[tuple[str, int, str], ...] = ()


def load_release(reference: str, *, workspace: Workspace | None = None) -> Release:
    """Open a release.

    Args:
        reference: A directory; hub:OWNER/NAME@TAG; or, in a project, a version such as "1.0.0", or "newest".
        workspace: The project whose versions and Hub settings count; default: the nearest project, if there is one.

    Raises:
        InvalidInput: There is no such release, or it is damaged.
        RemoteError: The Hub does not have it or can't be reached.

    Examples:
        In a project with a release:

        >>> release = load_release("newest")
        >>> release.version, release.counts["default"], release.splits()
        ('1.0.0', 83, ('train', 'validation', 'test'))
        >>> release.table("default", "test").column("labels")[0].as_py()
        ['none']
    """
    from toolkit import hub, release
    from toolkit.project import Workspace

    if (there := on_hub(reference)) is not None:
        settings = hub_settings(workspace)
        return hub.fetch(*there, token=hub_token(settings), endpoint=hub_endpoint(settings))
    if Path(reference).is_dir():
        return release.load(reference)
    if Path(reference).is_file():
        remedy = "give files of rows to `train-files`, `check`, `evaluate --file` or `learning-curve`"
        raise InvalidInput("is a file, not a release directory", where=reference, remedy=remedy)
    if reference != "newest" and workspace is None and Workspace.nearest() is None:
        what = "there is no such directory, and no project here that could have such a version"
        raise InvalidInput(what, where=reference, remedy="name a release directory, or a project with --project DIR")
    workspace = workspace or Workspace.find()
    if reference != "newest":
        return release.load(workspace.release_path(reference))
    newest = release.newest(workspace.path("releases"))
    if newest is None:
        where = str(workspace.path("releases"))
        raise InvalidInput("there is no release yet", where=where, remedy="run `toolkit build 1.0.0`")
    return newest


def load_model(reference: str, *, workspace: Workspace | None = None) -> Model:
    """Load a trained baseline.

    Args:
        reference: A model directory; hub:OWNER/NAME@TAG; or, in a project, "newest".
        workspace: The project whose last model "newest" is, and whose Hub settings count; default: the nearest project.

    Raises:
        InvalidInput: There is no such model, or it is damaged.
        RemoteError: The Hub does not have it or can't be reached.

    Examples:
        In a project with a model:

        >>> model = load_model("newest")
        >>> model.baseline, model.predict(["The ministry denied that shells had crossed the border."])
        ('words-lr', [('claim', 'denial', 'non_disclosure')])
        >>> model.predict_proba(["Rain fell."]).shape == (1, len(model.labels))
        True
    """
    from toolkit import baselines

    return baselines.load(model_folder(reference, workspace=workspace).path)


def diff(older: str, newer: str, *, workspace: Workspace | None = None) -> ReleaseDiff:
    """Return what changed between two releases, and why; each is named as for `load_release`.

    Examples:
        In a project with a release:

        >>> found = diff("1.0.0", "newest")
        >>> found.older, found.newer, found.scores.comparable
        ('1.0.0', '1.0.0', True)
    """
    from toolkit import release

    return release.diff(load_release(older, workspace=workspace), load_release(newer, workspace=workspace), whole=False)


def verify(reference: str, *, workspace: Workspace | None = None) -> Proof:
    """Check a release: its files, its rows, and what manifest, card, licence and croissant.json say of them.

    Raises:
        InvalidInput: Something is not as it is said to be; `faults` holds every fault.

    Examples:
        In a project with a release:

        >>> found = verify("newest")
        >>> found.version, found.rows["default"]
        ('1.0.0', 83)
    """
    from toolkit.release.proof import proof

    return proof(load_release(reference, workspace=workspace))


def export(
    reference: str, target: Path, format_: str, *, stories: bool = False, workspace: Workspace | None = None
) -> Exported:
    """Write a release in another format.

    Args:
        reference: See `load_release`.
        target: The directory to make.
        format_: "csv", "jsonl", "parquet", "conll", "conllu", "spacy" or "labelstudio"; or what
            `Project.import_documents` reads.
        stories: Of the latter: a document per story, with the links between its sentences, instead of per sentence.
        workspace: The project whose versions count; default: the nearest project.

    Returns:
        The files, and what the format has no place for.

    Raises:
        UsageError: `stories` goes with another format, or what the format's writer says.
    """
    tools = ("brat", "doccano", "prodigy", "argilla", "inception", "web-annotation", "annotated-csv")
    if stories and format_ not in tools:
        raise UsageError(f"{format_} has no stories", remedy=f"take one of {', '.join(tools)}, or conllu without it")
    release = load_release(reference, workspace=workspace)
    if format_ == "labelstudio":
        from toolkit.labelstudio import export_tasks

        return Exported(export_tasks(release, target))
    if format_ in tools:
        from toolkit.exchange.released_documents import export_documents

        files, losses = export_documents(release, format_, target, stories=stories)
        return Exported(files, tuple(losses.rows()))
    from toolkit.release.export import formats

    return Exported(formats.export(release, format_, target))


def train(reference: str, directory: Path, *, workspace: Workspace | None = None, **how: Any) -> Run:
    """Train a baseline on a release into a directory outside of any project; see `toolkit.baselines.train_release`."""
    from toolkit import baselines

    baselines.check_place(directory)
    dataset, revision = on_hub(reference) or (None, None)
    release = load_release(reference, workspace=workspace)
    about: dict[str, Any] = {"name": directory.name, "dataset": dataset, "revision": revision}
    return baselines.train_release(release.path, directory.parent, **about, **how)


def learning_curve(files: Sequence[Path], *, baseline: str, more: int, seed: int, **columns: Any) -> dict[str, Any]:
    """Estimate from files of labelled rows what more sentences would add; see `toolkit.baselines.sentence_curve`."""
    from toolkit import baselines

    rows = baselines.concat([baselines.read_rows(path, **columns) for path in files])
    return baselines.sentence_curve(rows, baseline=baseline, more=more, seed=seed).to_dict()


def publish(
    reference: str | None = None,
    *,
    model: str | None = None,
    repo: str | None = None,
    to: Path | None = None,
    private: bool = False,
    endpoint: str | None = None,
    allow_stale: bool = False,
    workspace: Workspace | None = None,
) -> Published:
    """Publish a release or a model: one commit, one tag that never moves, and a check of what readers get.

    Args:
        reference: The release, see `load_release`.
        model: A model instead: its directory, or "newest".
        repo: "OWNER/NAME"; default: `hub.repo` of toolkit.yaml.
        to: A directory instead of the Hub.
        private: Make the repository private.
        endpoint: Another Hub; default: HF_ENDPOINT, then toolkit.yaml.
        allow_stale: Publish a release of the project although its pages were changed since they were read.
        workspace: The project whose settings count; default: the nearest project.

    Raises:
        UsageError: No repository is named.
        InvalidInput: A page was changed, or taken away, since it was read.
        RemoteError: The Hub refuses or can't be reached, or the tag is there with other content.
    """
    from toolkit import baselines, hub

    if (reference is None) == (model is None):
        raise UsageError("give either a RELEASE or --model DIR")
    if to is not None and (repo or private or endpoint or model):
        raise UsageError("--to DIR goes with a RELEASE, and not with --repo, --private or --endpoint")
    if to is not None:
        return hub.publish_to(_fresh(reference, workspace, allow_stale=allow_stale), to)
    settings = hub_settings(workspace)
    wanted = repo or settings.repo
    if wanted is None:
        remedy = "give --repo OWNER/NAME or --to DIR, or set hub.repo in toolkit.yaml"
        raise UsageError("no repository is named", remedy=remedy)
    link: dict[str, Any] = {
        "token": hub_token(settings),
        "endpoint": endpoint or hub_endpoint(settings),
        "private": private,
    }
    if model is None:
        return hub.publish(_fresh(reference, workspace, allow_stale=allow_stale), wanted, **link)
    folder = model_folder(model, workspace=workspace).path
    baselines.load(folder)  # a model that was changed, or can't be loaded, is not published
    return hub.publish_model(folder, wanted, **link)


def _fresh(reference: str | None, workspace: Workspace | None, *, allow_stale: bool) -> Release:
    """Open a release to publish; one of the project only if its pages are still those that were read."""
    from toolkit.release.stage import refuse_old_pages

    release = load_release(reference or "newest", workspace=workspace)
    if workspace is not None and not allow_stale and release.path.resolve().is_relative_to(workspace.root.resolve()):
        refuse_old_pages(workspace)
    return release


def model_folder(reference: str | None, *, workspace: Workspace | None = None) -> ModelFolder:
    """Return the model that is named, from the Hub or from here; None and "newest" are the project's last.

    Raises:
        InvalidInput: Nothing was trained yet.
        RemoteError: The Hub does not have it or can't be reached.
    """
    from toolkit import hub
    from toolkit.baselines.training.stage import trained_model
    from toolkit.project import Workspace

    if (there := on_hub(reference or "")) is not None:
        settings = hub_settings(workspace)
        path = hub.fetch_model(*there, token=hub_token(settings), endpoint=hub_endpoint(settings))
        return ModelFolder(path, "@".join(there))
    if reference is None or reference == "newest":
        folder = trained_model(workspace or Workspace.find())
        return ModelFolder(folder, folder.name)
    return ModelFolder(Path(reference), Path(reference).absolute().name)


def model_or_none(reference: str | None, workspace: Workspace) -> ModelFolder | None:
    """Return the model that is named, or the project's last; None where none is named and none was trained yet."""
    from toolkit.baselines.training.stage import last_model

    if reference is None and last_model(workspace) is None:
        return None
    return model_folder(reference, workspace=workspace)


def hub_settings(workspace: Workspace | None) -> HubConfig:
    """Return the settings of the project, of the nearest one, or the defaults."""
    from toolkit.project import Workspace
    from toolkit.project.config import HubConfig

    found = workspace or Workspace.nearest()
    return HubConfig() if found is None else found.config.hub


def hub_token(settings: HubConfig) -> str | None:
    """Return the token; None where its variable is not set, for the one that the Hub's client finds."""
    return os.environ.get(settings.token_variable, "").strip() or None


def hub_endpoint(settings: HubConfig) -> str | None:
    """Return the Hub's address; None for the public one."""
    return os.environ.get("HF_ENDPOINT") or settings.endpoint


def on_hub(reference: str) -> tuple[str, str] | None:
    """Return repository and revision of hub:OWNER/NAME@REVISION ("main" where none is named); None for a path."""
    if not reference.startswith(HUB):
        return None
    repo, _, revision = reference.removeprefix(HUB).partition("@")
    return repo, revision or "main"


def is_answer_file(model: str) -> bool:
    """Tell whether the name of a model is that of a file with its answers."""
    from toolkit.project.table_files import is_table

    return is_table(Path(model)) and not Path(model).is_dir()

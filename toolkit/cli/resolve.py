"""The server that a command speaks with; where no token is named, a person at a terminal is asked for one.

What releases and models are called on the command line: a directory, a version, or hub:OWNER/NAME@TAG.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.errors import InvalidInput

if TYPE_CHECKING:
    from toolkit.labelstudio import Server
    from toolkit.project import Workspace
    from toolkit.project.config import HubConfig
    from toolkit.release import Release


@contextmanager
def linked(workspace: Workspace) -> Iterator[Server]:
    """Connect to the workspace's server for the length of a block.

    Raises:
        NoToken: No token is named, and nobody is there to be asked.
        InvalidConfig: There is no address.
    """
    from toolkit.labelstudio import connect
    from toolkit.labelstudio.client.tokens import NoToken

    try:
        server = connect(workspace)
    except NoToken as error:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise
        address = workspace.config.label_studio.url
        token = typer.prompt(f"{error.what}\ntoken for {address}", hide_input=True, err=True)
        server = connect(workspace, token=token)
    with server:
        yield server


HUB = "hub:"

RELEASE_HELP = "A release directory, a version, newest, or hub:OWNER/NAME@TAG."
Model = Annotated[
    str | None,
    typer.Option("--model", metavar="DIR", help="Or hub:OWNER/NAME@TAG; default: the one trained last."),
]


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model directory on this machine.

    Attributes:
        path: Where it is; in the Hub client's cache for one of the Hub.
        name: What people call it: the directory's name, or OWNER/NAME@REVISION.
    """

    path: Path
    name: str


def on_hub(reference: str) -> tuple[str, str] | None:
    """Return repository and revision of hub:OWNER/NAME@REVISION ("main" where none is named); None for a path."""
    if not reference.startswith(HUB):
        return None
    repo, _, revision = reference.removeprefix(HUB).partition("@")
    return repo, revision or "main"


def open_release(reference: str, project: Path | None) -> Release:
    """Open a release by directory, by its version in the project, the project's "newest", or one on the Hub.

    Raises:
        InvalidInput: There is no such release, or it is damaged.
        RemoteError: The Hub does not have it or can't be reached.
    """
    from toolkit import hub, release
    from toolkit.project import Workspace

    there = on_hub(reference)
    if there is not None:
        settings = hub_settings(project)
        return hub.fetch(*there, token=hub_token(settings), endpoint=endpoint(settings))
    if Path(reference).is_dir():
        return release.load(reference)
    if reference != "newest" and project is None and Workspace.nearest() is None:
        what = "there is no such directory, and no project here that could have such a version"
        raise InvalidInput(what, where=reference, remedy="name a release directory, or a project with --project DIR")
    workspace = Workspace.find(project)
    if reference != "newest":
        return release.load(workspace.release_path(reference))
    newest, where = release.newest(workspace.path("releases")), str(workspace.path("releases"))
    if newest is None:
        raise InvalidInput("there is no release yet", where=where, remedy="run `toolkit build 1.0.0`")
    return newest


def model_folder(reference: str | None, project: Path | None) -> ModelFolder:
    """Return the model that is named, from the Hub or from here; None and "newest" are the project's last.

    Raises:
        InvalidInput: Nothing was trained yet.
        RemoteError: The Hub does not have it or can't be reached.
    """
    from toolkit import hub
    from toolkit.baselines.training.stage import trained_model
    from toolkit.project import Workspace

    there = on_hub(reference or "")
    if there is not None:
        settings = hub_settings(project)
        token = hub_token(settings)
        return ModelFolder(hub.fetch_model(*there, token=token, endpoint=endpoint(settings)), "@".join(there))
    folder = trained_model(Workspace.find(project)) if reference in (None, "newest") else Path(reference or "")
    return ModelFolder(folder, folder.absolute().name)


def model_or_none(reference: str | None, project: Path | None) -> ModelFolder | None:
    """Return the model that is named, or the project's last; None where none is named and none was trained yet.

    Raises:
        RemoteError: The Hub does not have it or can't be reached.
    """
    from toolkit.baselines.training.stage import last_model
    from toolkit.project import Workspace

    if reference is None and last_model(Workspace.find(project)) is None:
        return None
    return model_folder(reference, project)


def hub_settings(project: Path | None) -> HubConfig:
    """Return the project's settings if there is one, else the defaults. A malformed toolkit.yaml is an error."""
    from toolkit.project import Workspace
    from toolkit.project.config import HubConfig

    workspace = Workspace.nearest() if project is None else Workspace.find(project)
    return HubConfig() if workspace is None else workspace.config.hub


def hub_token(settings: HubConfig) -> str | None:
    """Return the token; None where the variable is not set or empty, for the one that the client finds."""
    return os.environ.get(settings.token_variable, "").strip() or None


def endpoint(settings: HubConfig) -> str | None:
    """Return the Hub's address; None for the public one."""
    return os.environ.get("HF_ENDPOINT") or settings.endpoint

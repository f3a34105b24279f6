"""`toolkit publish`: a release or a model on the Hub."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.api import references
from toolkit.cli.options import Json, ProjectDir, workspace_at
from toolkit.cli.output import progress_bar, put, put_json, say, say_next


def publish(
    release_path: Annotated[
        str | None, typer.Argument(metavar="RELEASE", help="A release directory, a version, or newest.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", metavar="DIR", help="Publish a model instead: its directory, or newest."),
    ] = None,
    repo: Annotated[str | None, typer.Option(metavar="OWNER/NAME", help="Default: hub.repo of toolkit.yaml.")] = None,
    to: Annotated[Path | None, typer.Option("--to", metavar="DIR", help="Publish into a directory instead.")] = None,
    private: Annotated[
        bool, typer.Option("--private", help="Make the repository private; one that is there must be.")
    ] = False,
    endpoint: Annotated[str | None, typer.Option(help="Another Hub; default: HF_ENDPOINT, then toolkit.yaml.")] = None,
    allow_stale: Annotated[
        bool, typer.Option("--allow-stale", help="Publish it though pages were changed since they were read.")
    ] = False,
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Publish a release or a model on the Hub: one commit, one tag that never moves, and a check of what readers get.

    A model's scores are tied to the commit of the dataset that it was trained on, which is published first. Models
    and datasets are apart on the Hub: without --repo both bear the name of hub.repo.

    Example: toolkit publish 1.0.0 --repo your-name/your-dataset
    """
    with progress_bar("publish"):
        published = references.publish(
            release_path,
            model=model,
            repo=repo,
            to=to,
            private=private,
            endpoint=endpoint,
            allow_stale=allow_stale,
            workspace=workspace_at(project),
        )
    if as_json:
        put_json(published)
        return
    put(f"{published.url}  {published.tag}" + ("" if published.changed else "   [up to date]"))
    if to is not None:
        say(f'load_dataset("{published.repo}/{published.tag}")')
    elif model is not None:
        say(f'baselines.load(hub.fetch_model("{published.repo}", "{published.tag}"))')
    else:
        say(f'load_dataset("{published.repo}", revision="{published.tag}")')
    if model is None:
        say_next("`toolkit train` makes a baseline on it, and `toolkit publish --model newest` puts that beside it")
    else:
        say_next("the card of the model names its scores; `toolkit predict --model newest` labels other sentences")

"""`toolkit serve`: suggestions for Label Studio, the moment a task is opened."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from toolkit.api.facade import Project
from toolkit.cli.options import AnyModel, HoldOut, Json, ProjectDir
from toolkit.cli.output import put, put_json, say, say_next


def serve(
    model: AnyModel = None,
    figures: Annotated[
        bool, typer.Option("--figures", help="Suggest casualty figures alone, without a model.")
    ] = False,
    host: Annotated[
        str, typer.Option(help="An address of this machine; everybody who reaches it can ask.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 for a free one.")] = 9090,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(help="A name, beside loopback and --host, by which Label Studio calls this service; repeatable."),
    ] = None,
    held_back: HoldOut = None,
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Serve suggestions to Label Studio as its machine-learning backend, until Ctrl+C.

    Casualty figures are read in the sentence; a trained model adds labels and spans. Connect the printed address
    under Settings → Model of the project in Label Studio.

    Example: toolkit serve --port 9090
    """
    from toolkit import labelstudio

    start = Project.find(project).suggest(model, figures=figures, optional=True, hold_out=held_back)
    if start.note is not None:
        say(start.note)
    with labelstudio.listen(host, port) as listening:
        url = f"http://{host}:{listening.getsockname()[1]}"
        about = {"url": url, "model_version": start.suggester.version, "held_back": start.share}
        put_json(about) if as_json else put(f"serving {about['model_version']} at {url}")
        sys.stdout.flush()
        say("stop with Ctrl+C")
        say_next(f"connect {url} under Settings → Model of the project in Label Studio")
        labelstudio.serve(start, listening, hosts=[host, *(allow_host or ())])

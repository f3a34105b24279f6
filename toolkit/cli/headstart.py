"""Commands that bring a model back to the annotators: select, serve; and the model that push and serve suggest with."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.cli.options import Json, Project, Seed
from toolkit.cli.output import progress_bar, put, put_json, put_outcome, say
from toolkit.cli.resolve import Model, model_folder, model_or_none

if TYPE_CHECKING:
    from toolkit.labelstudio import Preannotation
    from toolkit.project import Workspace

HeldBack = Annotated[
    float | None,
    typer.Option(
        "--held-back",
        min=0,
        max=1,
        metavar="SHARE",
        help="Share of sentences that people see without suggestions; default: label_studio.held_back of toolkit.yaml.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(select)
    app.command()(serve)


def select(
    model: Model = None,
    count: Annotated[int, typer.Option(min=1, help="How many sentences.")] = 500,
    random_share: Annotated[
        float, typer.Option(min=0, max=1, help="Share that is drawn at random, for honest estimates and thresholds.")
    ] = 0.5,
    also_pushed: Annotated[
        bool, typer.Option("--also-pushed", help="Rank also what was pushed and waits for its first answer.")
    ] = False,
    seed: Seed = 0,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Rank what to label next into selection.jsonl, and say what more labels are expected to be worth.

    Before there is a model, all of it is drawn at random. What was pushed and waits for its first answer is left out.

    Example: toolkit select --count 200 && toolkit push --order selection.jsonl --limit 200
    """
    from toolkit import labelstudio
    from toolkit.baselines.selection import stage as choosing
    from toolkit.project import Workspace

    workspace, folder = Workspace.find(project), model_or_none(model, project)
    waiting = () if also_pushed else labelstudio.waiting(workspace)
    how: dict[str, Any] = {"count": count, "random_share": random_share, "seed": seed}
    with progress_bar("select"):
        outcome = choosing.select_project(workspace, folder.path if folder else None, waiting=waiting, **how)
    chosen, written = outcome.counts["chosen"], workspace.path(choosing.ORDER)
    push = f"toolkit push --order {choosing.ORDER} --limit {chosen}" if chosen else None
    worth = json.loads(workspace.path(choosing.REPORT).read_bytes())
    if as_json:
        about = {"stage": "select", "counts": outcome.counts, "up_to_date": outcome.up_to_date}
        put_json(about | {"model": folder.name if folder else None, "path": written, "next": push, **worth})
        return
    put_outcome(outcome, as_json=False)
    _say_selection(outcome.counts, drawn=folder is None)
    for line in (*worth["notes"], worth["summary"]):
        say(line)
    if push is not None:
        say(f"written to {written}; next: `{push}`")


def _say_selection(counts: Mapping[str, int], *, drawn: bool) -> None:
    """Say what a selection was made from, and what was left out of it."""
    waiting = counts["wait for answers"]
    if not counts["chosen"]:
        say(f"there is nothing to choose from: every sentence has an answer{' or waits for one' if waiting else ''}")
    elif drawn:
        say("no model was trained yet, so all are drawn at random; once they have labels, `toolkit train` makes one")
    if waiting:
        were = "1 sentence was pushed and waits" if waiting == 1 else f"{waiting:,} sentences were pushed and wait"
        say(f"{were} for a first answer: left out here, taken in with --also-pushed")


def serve(
    model: Model = None,
    figures: Annotated[
        bool, typer.Option("--figures", help="Suggest casualty figures alone, without a model.")
    ] = False,
    host: Annotated[
        str, typer.Option(help="An address of this machine; everyone who reaches it may ask.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 for a free one.")] = 9090,
    held_back: HeldBack = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Serve suggestions to Label Studio as its machine-learning backend, until it is stopped with Ctrl+C.

    Casualty figures are read in the sentence; a trained model adds labels and spans. Connect the printed address
    under Settings → Model of the project in Label Studio.

    Example: toolkit serve --port 9090
    """
    from toolkit import labelstudio
    from toolkit.project import Workspace

    workspace = Workspace.find(project)
    start = head_start(workspace, model, project, figures=figures, optional=True, held_back=held_back)
    with labelstudio.listen(host, port) as listening:
        url = f"http://{host}:{listening.getsockname()[1]}"
        about = {"url": url, "model_version": start.suggester.name, "held_back": start.share}
        put_json(about) if as_json else put(f"serving {about['model_version']} at {url}")
        sys.stdout.flush()
        say("stop with Ctrl+C")
        labelstudio.serve(start, listening)


def head_start(
    workspace: Workspace,
    model: str | None,
    project: Path | None,
    *,
    figures: bool = False,
    optional: bool = False,
    held_back: float | None = None,
) -> Preannotation:
    """Put a model, or the figure reader alone, before a project's annotators.

    Args:
        workspace: The project.
        model: Its directory, or hub:OWNER/NAME@TAG; default: the one that was trained last.
        project: As it was named on the command line.
        figures: Take no model.
        optional: Take figures alone where nothing was trained yet, instead of refusing.
        held_back: Share without suggestions; default: that of toolkit.yaml.

    Raises:
        InvalidInput: There is no such model, or none was trained and it is not optional.
        UsageError: Figures alone, and a model or a share that is none.
    """
    from toolkit.errors import UsageError
    from toolkit.labelstudio import Preannotation, Suggester

    schema = workspace.schema()
    share = workspace.config.label_studio.held_back if held_back is None else held_back
    if figures and model is not None:
        raise UsageError("--figures goes without --model")
    find = model_or_none if optional else model_folder
    folder = None if figures else find(model, project)
    if folder is None:
        return Preannotation(workspace, Suggester(schema), share=share)
    from toolkit import baselines

    ready = baselines.load(folder.path)
    gap = baselines.schema_note(ready, schema)
    if gap is not None:
        say(f"{folder.name}: {gap}")
    suggester = Suggester(schema, partial(baselines.predictions, ready), name=folder.name)
    return Preannotation(workspace, suggester, share=share)

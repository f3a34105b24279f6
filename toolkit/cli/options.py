"""Options and arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from toolkit.project import Workspace

RELEASE_HELP = "A release directory, a version, newest, or hub:OWNER/NAME@TAG."

ProjectDir = Annotated[
    Path | None,
    typer.Option("--project", metavar="DIR", help="The project; default: the nearest toolkit.yaml upwards."),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change; change nothing.")]
Seed = Annotated[int, typer.Option("--seed", min=0, max=2**32 - 1, help="Seed of everything that is drawn.")]
Resamples = Annotated[int | None, typer.Option(min=0, hidden=True, help="Not used: no interval is drawn.")]
Baseline = Annotated[
    str,
    typer.Option(
        help="A name on the ladder, auto, or auto+embeddings; with :use, :minilm or :static for another encoder."
    ),
]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write the model here; no project is then needed.")]
ReleaseArgument = Annotated[str, typer.Argument(metavar="RELEASE", help=RELEASE_HELP, show_default=True)]
TrainFiles = Annotated[
    list[Path] | None,
    typer.Option("--train", metavar="FILE", help="A file of labelled rows; may be repeated."),
]
Model = Annotated[
    str | None,
    typer.Option("--model", metavar="DIR", help="Or hub:OWNER/NAME@TAG; default: the one trained last."),
]
AnyModel = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME",
        help="llm for the language model of toolkit.yaml, a file of answers (.jsonl), a model directory, or "
        "hub:OWNER/NAME@TAG; default: the one trained last.",
    ),
]
HoldOut = Annotated[
    float | None,
    typer.Option(
        "--held-back",
        min=0,
        max=1,
        metavar="SHARE",
        help="Share of sentences that people see without suggestions; default: label_studio.held_back of toolkit.yaml.",
    ),
]


def workspace_at(project: Path | None) -> Workspace | None:
    """Return the project that `--project` names; None where it is not given, for the nearest one."""
    if project is None:
        return None
    from toolkit.project import Workspace

    return Workspace.find(project)

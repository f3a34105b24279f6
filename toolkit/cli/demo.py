"""`toolkit demo`: the whole job on sample pages, from raw pages to evaluated baselines."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.api.facade import Project
from toolkit.cli import adjudicate, agreement, build, evaluate, ingest, init, pull, push, report, segment, studio, train
from toolkit.cli.options import Json, ProjectDir
from toolkit.cli.output import Talk, put, put_counts, put_json, say, say_next
from toolkit.errors import UsageError

if TYPE_CHECKING:
    from concurrent.futures import Future

    from toolkit.labelstudio.server.embedded import Studio

VERSION = "1.0.0"


def demo(
    directory: Annotated[Path, typer.Argument(help="The project directory to make.")] = Path("demo-project"),
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the Label Studio server running, and print how to log in.")
    ] = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="Without a server and the network: the answers come from a file.")
    ] = False,
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Run the whole job on sample pages: ingest, label, agree, decide, release, train, evaluate, report.

    A real Label Studio on this machine is installed, started and stopped; two recorded annotators answer. With
    --offline their answers come from an export of such a server. A second run says that every stage is up to date.

    Example: toolkit demo --offline
    """
    if keep and offline:
        raise UsageError("--offline has no server that could be kept")
    root = project or directory
    Talk.next_steps = False  # the demonstration goes on by itself
    if not (root / "toolkit.yaml").exists():
        init.init(root, title="Demo: invented news", samples=True)
    with redirect_stdout(sys.stderr) if as_json else nullcontext():
        if offline:
            _answers_from_a_file(root)
        else:
            _answers_from_a_server(root, keep=keep)
        agreement.agreement(root)
        adjudicate.adjudicate(root)
        if not (root / "releases" / VERSION).exists():
            build.build(VERSION, project=root)
        _put_splits(Project(root))
        train.train(project=root)
        evaluate.evaluate(project=root)
        report.report(project=root)
        if keep:
            studio.password()
    Talk.next_steps = True
    made = {"project": root, "release": root / "releases" / VERSION, "report": root / "reports" / "report.html"}
    if as_json:
        put_json(made)
    else:
        put("")
        for name, path in made.items():
            put(f"{name:<12}{path.absolute()}")
    say_next("look at the report in a browser; `toolkit init my-project --from FOLDER` begins with your own pages")


def _answers_from_a_file(root: Path) -> None:
    from toolkit import samples
    from toolkit.labelstudio.server.recorded_export import recorded_export
    from toolkit.project import Workspace

    ingest.ingest(root)
    segment.segment(root)
    workspace = Workspace.find(root)
    export = workspace.write(".toolkit/recorded.json", recorded_export(workspace, samples.read(samples.answers())))
    pull.pull(root, from_export=export)


def _answers_from_a_server(root: Path, *, keep: bool) -> None:
    with _server(keep=keep) as ready:
        ingest.ingest(root)
        segment.segment(root)
        ready()
        push.push(root)
        studio.replay(project=root)
        pull.pull(root)


@contextmanager
def _server(*, keep: bool) -> Iterator[Callable[[], None]]:
    """Start a server beside the block; one that was started for it is stopped after it.

    Yields:
        A function that waits for the server, and lets the commands of the block know it.
    """
    from toolkit.engine.background import beside
    from toolkit.labelstudio.server import embedded

    before = {name: os.environ.get(name) for name in ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY")}

    def ready() -> None:
        server = starting.result()
        os.environ["LABEL_STUDIO_URL"] = server.url
        if server.token is not None:
            os.environ["LABEL_STUDIO_API_KEY"] = server.token

    with beside(partial(embedded.start, told=say)) as starting:  # pages are read while it is installed
        try:
            yield ready
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value
            if not keep:
                _stop(starting)


def _stop(starting: Future[Studio]) -> None:
    """Stop a server that this call started; one that ran before is somebody's."""
    from toolkit.labelstudio.server import embedded

    if starting.exception() is None and starting.result().fresh:
        embedded.stop(data=starting.result().data)


def _put_splits(project: Project) -> None:
    """Load the release as a reader would, and print the rows of each split."""
    import datasets

    datasets.disable_progress_bars()
    for split, rows in datasets.load_dataset(str(project.release(VERSION).path)).items():
        put_counts("datasets", {f"rows of {split}": rows.num_rows})

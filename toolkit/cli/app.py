"""The Typer application, and the entry point that turns the error tree into words and exit codes."""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from toolkit.cli import (
    adjudicate,
    agreement,
    audit,
    audit_leakage,
    build,
    check,
    diff,
    doctor,
    evaluate,
    export,
    hydrate,
    ingest,
    init,
    learning_curve,
    ledger,
    overview,
    predict,
    publish,
    pull,
    push,
    report,
    schema,
    segment,
    select,
    serve,
    status,
    studio,
    trace,
    train,
    train_files,
    verify,
)
from toolkit.cli.output import Talk, put, put_error, speak_utf8
from toolkit.errors import ToolkitError
from toolkit.version import __version__

ALLOCATIONS = 10_000
"""So many objects are made before a search for cycles; records form none, and looking among many takes its time."""

app = typer.Typer(
    name="toolkit",
    help="From raw news pages to a versioned Hugging Face dataset, with people's judgement in between.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(schema.app, name="schema")
app.add_typer(studio.app, name="studio")
for command in (
    init.init,
    ingest.ingest,
    segment.segment,
    trace.trace,
    verify.verify,
    push.push,
    pull.pull,
    status.status,
    agreement.agreement,
    adjudicate.adjudicate,
    audit.audit,
    ledger.ledger,
    build.build,
    diff.diff,
    export.export,
    hydrate.hydrate,
    publish.publish,
    audit_leakage.audit_leakage,
    check.check,
    train.train,
    train_files.train_files,
    learning_curve.learning_curve,
    evaluate.evaluate,
    predict.predict,
    select.select,
    serve.serve,
    report.report,
    doctor.doctor,
):
    app.command()(command)


def _print_version(wanted: bool) -> None:
    if wanted:
        put(f"toolkit {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No talk on stderr, errors only.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    Talk.quiet = quiet
    Talk.debug = Talk.debug or debug
    if context.invoked_subcommand is not None:
        return
    if overview.in_project():
        overview.put_overview()
        return
    put(context.get_help())
    raise typer.Exit(2)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave the process with its exit code.

    Args:
        arguments: The words after `toolkit`; default: those of the process.

    Raises:
        SystemExit: Always, with an exit code of `toolkit.errors`.
    """
    gc.set_threshold(ALLOCATIONS)
    Talk.debug = bool(os.environ.get("TOOLKIT_DEBUG"))
    speak_utf8()
    try:
        app(args=in_todays_words(sys.argv[1:] if arguments is None else arguments), prog_name="toolkit")
    except ToolkitError as error:
        if Talk.debug:
            raise
        put_error(error)
        sys.exit(error.exit_code)
    except Exception as error:
        if Talk.debug:
            raise
        put_error(_unforeseen(error))
        sys.exit(ToolkitError.exit_code)


def in_todays_words(arguments: Sequence[str]) -> list[str]:
    """Return the words of a command line with older forms of commands replaced, which still work.

    `train --curve …` is `learning-curve …`, and `train --train FILE …` is `train-files --train FILE …`.
    """
    words = list(arguments)
    if "train" in words:
        at = words.index("train")
        if "--curve" in words[at:]:
            words[at] = "learning-curve"
        elif any(word.partition("=")[0] == "--train" for word in words[at:]):
            words[at] = "train-files"
    return words


def _unforeseen(error: Exception) -> ToolkitError:
    """Say what no part of the program has foreseen: what the operating system refused, or a fault of the code."""
    if isinstance(error, OSError) and (error.filename is not None or error.errno == errno.ENOSPC):
        where = "output" if error.filename is None else str(error.filename)
        return ToolkitError(
            f"{error.strerror}".lower(), where=where, remedy="check its rights and the room on its disk"
        )
    what = f"this is a fault of toolkit itself ({type(error).__name__}: {error})"
    return ToolkitError(what, remedy="run it again with `toolkit --debug …` and report what that prints")

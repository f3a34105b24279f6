"""The Typer application, and the entry point that turns the error tree into words and exit codes."""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from toolkit.cli import corpus, judgement, labelling, models, publishing, reporting, schemas, studio
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
app.add_typer(schemas.app, name="schema")
app.add_typer(studio.app, name="studio")
for room in (corpus, labelling, judgement, publishing, models, reporting):
    room.register(app)


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
    if reporting.in_project():
        reporting.put_standing()
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
        app(args=arguments, prog_name="toolkit")
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


def _unforeseen(error: Exception) -> ToolkitError:
    """Say what no room of the house has foreseen: what the operating system refused, or a fault of the code."""
    if isinstance(error, OSError) and (error.filename is not None or error.errno == errno.ENOSPC):
        where = "output" if error.filename is None else str(error.filename)
        return ToolkitError(
            f"{error.strerror}".lower(), where=where, remedy="check its rights and the room on its disk"
        )
    what = f"this is a fault of toolkit itself ({type(error).__name__}: {error})"
    return ToolkitError(what, remedy="run it again with `toolkit --debug …` and report what that prints")

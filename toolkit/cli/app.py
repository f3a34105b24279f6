"""The Typer application, and the entry point that turns the error tree into words and exit codes."""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated

import typer

from toolkit.cli import (
    adjudicate,
    agreement,
    audit,
    audit_leakage,
    build,
    check,
    demo,
    diff,
    doctor,
    document_import,
    estimate,
    evaluate,
    export,
    hydrate,
    ingest,
    init,
    learning_curve,
    ledger,
    overview,
    plan,
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
    suggest,
    trace,
    train,
    train_files,
    verify,
)
from toolkit.cli.command_group import CommandApp, CommandGroup
from toolkit.cli.output import Talk, put, put_error, speak_utf8
from toolkit.errors import ToolkitError, UsageError
from toolkit.version import __version__

ALLOCATIONS = 10_000
"""So many objects are made before a search for cycles; records form none, and looking among many takes its time."""

GROUPS: Mapping[str, Mapping[Callable[..., None] | typer.Typer, str]] = {
    "Start": {
        demo.demo: "Run the whole job once, on sample pages.",
        init.init: "Make a project directory, from a folder of pages.",
        doctor.doctor: "Check versions, tokens, server and disk.",
        studio.app: "A Label Studio server of your own on this machine.",
    },
    "From pages to sentences": {
        ingest.ingest: "Read raw pages into articles.",
        segment.segment: "Cut articles into sentences with exact offsets.",
        trace.trace: "Show where a sentence comes from.",
        verify.verify: "Rebuild every sentence from the bytes of its page.",
    },
    "Labelling": {
        schema.app: "Schemas: what people are asked.",
        push.push: "Send sentences to Label Studio.",
        status.status: "Show how far the annotators are.",
        pull.pull: "Fetch the answers.",
        document_import.import_: "Read documents that were annotated in another tool.",
        agreement.agreement: "Measure how well annotators agree.",
        plan.plan: "Compare designs of labelling before anybody is paid.",
        adjudicate.adjudicate: "Decide what the answers agree on.",
        ledger.ledger: "Show who claims what and who counts how many, per story.",
        audit.audit: "Rank gold labels that look wrong.",
        estimate.estimate: "Estimate shares of labels in the whole corpus.",
        select.select: "Rank what to label next.",
        suggest.suggest: "Let a model answer sentences, as one more annotator.",
        serve.serve: "Serve suggestions to Label Studio.",
    },
    "Releases": {
        build.build: "Freeze a release that `datasets` loads.",
        diff.diff: "Show what changed between two releases, and why.",
        export.export: "Write a release in another format.",
        publish.publish: "Publish a release or a model on the Hub.",
        hydrate.hydrate: "Put the text back into a release without text.",
        audit_leakage.audit_leakage: "Find rows of a later file that repeat an earlier one.",
    },
    "Baselines": {
        check.check: "Look over labelled rows before training.",
        train.train: "Train a baseline on a release.",
        train_files.train_files: "Train a baseline on files; no project is needed.",
        learning_curve.learning_curve: "Estimate what more labels would add.",
        evaluate.evaluate: "Evaluate a model, with intervals.",
        predict.predict: "Label sentences with a model.",
    },
    "Reports": {
        report.report: "Write one HTML page about the project.",
    },
}
"""Group → command → its line in `toolkit --help`."""

app = CommandApp(
    name="toolkit",
    help="From raw news pages to a versioned Hugging Face dataset, with people's judgement in between.",
    cls=CommandGroup,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group, members in GROUPS.items():
    for member, line in members.items():
        if isinstance(member, typer.Typer):
            app.add_typer(member, short_help=line, rich_help_panel=group)
        else:
            name = member.__name__.strip("_").replace("_", "-")
            app.command(name, short_help=line, rich_help_panel=group)(member)


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
    Talk.quiet, Talk.next_steps = quiet, True
    Talk.debug = Talk.debug or debug
    if context.invoked_subcommand is not None:
        return
    if overview.in_project():
        overview.put_overview()
        return
    overview.put_first_steps()
    raise typer.Exit(UsageError.exit_code)


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

"""`toolkit pull`: answers into the annotation log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from toolkit.api.facade import Project
from toolkit.cli.connect import connected
from toolkit.cli.options import Json, ProjectDir
from toolkit.cli.output import progress_bar, put_link, put_table, say, say_next
from toolkit.errors import Interrupted, UsageError


def pull(
    project: ProjectDir = None,
    as_json: Json = False,
    full: Annotated[bool, typer.Option("--full", help="Compare every task, which also finds deleted answers.")] = False,
    from_export: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Read a Label Studio JSON export instead of the server.")
    ] = None,
    import_texts: Annotated[
        bool, typer.Option("--import-texts", help="Make articles of texts that are not in the project yet.")
    ] = False,
    label_config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The labelling page (XML) of the project that --from-export is of."),
    ] = None,
    text_field: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY", help="Where a foreign task's data holds the sentence; several are joined."),
    ] = None,
    keep_identities: Annotated[
        bool, typer.Option("--keep-identities", help="Keep names and addresses in the raw JSON of the log.")
    ] = False,
    new_key: Annotated[
        bool, typer.Option("--new-key", help="Go on with another key of the pseudonyms: the old one is lost.")
    ] = False,
) -> None:
    """Fetch answers into annotations/log.jsonl; each revision is written once.

    Example: toolkit pull --full
    """
    if from_export is None and label_config is not None:
        raise UsageError("--label-config goes with --from-export FILE: a server says itself what its page is")
    if from_export is not None and full:
        raise UsageError("--full compares with the server, --from-export reads a file: give one of them")
    opened = Project.find(project)
    with nullcontext() if from_export else connected(opened) as server, progress_bar("pull") as progress:
        result = opened.pull(
            full=full,
            from_export=from_export,
            import_texts=import_texts,
            label_config=label_config,
            texts=text_field or (),
            keep_identities=keep_identities,
            new_key=new_key,
            progress=progress,
            server=server,
        )
    put_link("pull", result, as_json)
    unclear = ("casualty figures whose numbers differ from their words", "casualty figures without a number")
    if any(map(result.counts.get, unclear)):
        say("these figures are in annotations/figures.jsonl")
    if result.counts.get("answers to texts that are not in the project") and not import_texts:
        say("run it again with --import-texts to make articles of the texts that are not in the project")
    if result.texts and not as_json:
        say(f"the sentence of a task is its {' and '.join(result.texts)}; `--text-field` names another")
    if not as_json:
        put_lost(result.values)
    if result.partial and not as_json:
        say(
            f"{result.partial} answers have a part that can't be taken, and no vote: see annotations/rejects.jsonl, "
            "mend annotations/pages.json or the schema and pull again, or let them vote as they are with "
            "`toolkit adjudicate --accept ID`"
        )
    if from_export is not None and not as_json:
        put_fates(result.fates)
    _end_where_unreadable(result.unreadable)
    say_next("`toolkit agreement`, then `toolkit adjudicate`")


def _end_where_unreadable(tasks: Sequence[str]) -> None:
    """End as partly done where the server fails at some tasks, and name them."""
    if not tasks:
        return
    say(f"what was answered to {len(tasks):,} tasks is not taken, because the server itself fails at them:")
    for place in tasks[:_MOST_NAMED]:
        say(f"  {place}")
    say("delete there the answer that it can't show, and run `toolkit pull` again; all others are taken")
    raise typer.Exit(Interrupted.exit_code)


_MOST_NAMED = 20


def put_lost(values: Mapping[str, Mapping[str, Mapping[str, int]]]) -> None:
    """Print what of each control and value was read and could not be taken, by reason."""
    rows = [
        [control, value or "(written)", str(counts["read"]), str(counts["taken"]), _reasons(counts)]
        for control, by_value in values.items()
        for value, counts in by_value.items()
        if counts["read"] != counts["taken"]
    ]
    if rows:
        put_table(["control", "value", "read", "taken", "not taken"], rows)


def _reasons(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.items() if name not in ("read", "taken"))


_FATES = ("read", "taken", "rejected")


def put_fates(fates: Mapping[str, Mapping[str, int]]) -> None:
    """Print what a file holds by kind, and what became of it; how regions were mended, where any were."""
    mended = any(counts.keys() - set(_FATES) for counts in fates.values())
    rows = [
        [kind, *(str(counts[name]) for name in _FATES), *[_mended(counts)] * mended] for kind, counts in fates.items()
    ]
    put_table(["what the file holds", *_FATES, *["mended, of those taken"] * mended], rows)


def _mended(counts: Mapping[str, int]) -> str:
    found = {name.removeprefix("mended: "): number for name, number in counts.items() if name not in _FATES}
    return ", ".join(f"{number} {name}" for name, number in found.items()) or "–"

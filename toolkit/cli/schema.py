"""`toolkit schema …`: check a schema, render what follows from it, compare versions, carry answers between them."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.command_group import CommandApp
from toolkit.cli.options import DryRun, Json, ProjectDir
from toolkit.cli.output import counted, progress_bar, put, put_counts, put_json, say, say_next
from toolkit.errors import InvalidInput, UsageError

if TYPE_CHECKING:
    from toolkit.schema import Schema

app = CommandApp(name="schema", help="Check label schemas, and render what follows from them.", no_args_is_help=True)

Reference = Annotated[
    str | None, typer.Argument(metavar="SCHEMA", help="A path, NAME or NAME@VERSION; default: the project's.")
]


class Rendering(StrEnum):
    """What can be rendered from a schema."""

    CONFIG = "config"
    GUIDELINES = "guidelines"
    HTML = "html"


@app.command()
def check(schema: Reference = None, project: ProjectDir = None, as_json: Json = False) -> None:
    """Check a schema; every fault at once, with file:line:column.

    Example: toolkit schema check schemas/claims/1.0.0.yaml
    """
    from toolkit.schema import check as faults_of
    from toolkit.schema import load

    reference = _reference(schema, project)
    faults = faults_of(reference)
    if as_json:
        put_json({"schema": reference, "faults": [{"what": fault.what, "where": fault.where} for fault in faults]})
    if faults:
        raise InvalidInput.all_of(faults)
    loaded = load(reference)
    found = counted({"labels": len(loaded.labels), "span labels": len(loaded.spans)}).replace(" · ", ", ")
    say(f"{loaded.ref}: no faults; {found}")
    say_next(f"`schema: {reference}` in toolkit.yaml asks by it; `toolkit schema render` shows the page")


@app.command()
def render(
    schema: Reference = None,
    what: Annotated[Rendering, typer.Option("--as", help="What to render.")] = Rendering.CONFIG,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")] = None,
    write: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write all of them below DIR: label_configs/, guidelines/ (NAME/VERSION.…)."),
    ] = None,
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Render the Label Studio config or the guidelines of a schema.

    Example: toolkit schema render claims --as guidelines -o guidelines.md
    """
    from toolkit.labelstudio import render_config
    from toolkit.project import write_atomic
    from toolkit.schema import guidelines, guidelines_html, load

    loaded = load(_reference(schema, project))
    renderers = {Rendering.CONFIG: render_config, Rendering.GUIDELINES: guidelines, Rendering.HTML: guidelines_html}
    if write is not None:
        if output is not None:
            raise UsageError("--write takes a folder and --output a file: give one of them")
        _write_all(write, loaded, renderers, as_json)
        say_next("`toolkit push` makes the labelling page in Label Studio from the same schema")
        return
    text = renderers[what](loaded)
    if output is not None:
        write_atomic(output, text)
        say(f"wrote {output}")
    if as_json:
        put_json({"schema": loaded.ref, "digest": loaded.digest, "output": output, "text": text})
    elif output is None:
        put(text.rstrip("\n"))
    say_next("`toolkit push` makes the labelling page in Label Studio from the same schema")


_PLACES = {
    Rendering.CONFIG: "label_configs/{name}/{version}.xml",
    Rendering.GUIDELINES: "guidelines/{name}/{version}.md",
    Rendering.HTML: "guidelines/{name}/{version}.html",
}


def _write_all(
    folder: Path, schema: Schema, renderers: Mapping[Rendering, Callable[[Schema], str]], as_json: bool
) -> None:
    """Write everything that is rendered from a schema to its place below a folder."""
    from toolkit.project import write_atomic

    written = []
    for what, place in _PLACES.items():
        path = folder / place.format(name=schema.name, version=schema.version)
        write_atomic(path, renderers[what](schema))
        written.append(path)
        say(f"wrote {path}")
    if as_json:
        put_json({"schema": schema.ref, "digest": schema.digest, "written": written})


@app.command()
def migrate(
    migration: Annotated[Path, typer.Argument(help="The reviewed migration, YAML.")],
    dry_run: DryRun = False,
    write_config: Annotated[
        bool, typer.Option("--write-config", help="Write the new schema, and the project's title, into toolkit.yaml.")
    ] = False,
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Carry the project's answers to another version of its schema; ambiguous answers are asked again.

    Run `toolkit pull` before it. The log only grows; a second run adds nothing.

    Example: toolkit schema migrate migrations/2.0.0.yaml --dry-run
    """
    from toolkit.project import Workspace
    from toolkit.project.logs.answer_migration import REQUEUE, migrate_answers

    with progress_bar("migrate"):
        found = migrate_answers(Workspace.find(project), migration, dry_run=dry_run, write_config=write_config)
    if as_json:
        put_json(dataclasses.asdict(found) | {"stage": "migrate", "up_to_date": found.up_to_date})
    else:
        put_counts("migrate", found.counts, up_to_date=found.up_to_date)
    if found.requeued and not dry_run:
        say(f"{len(found.requeued)} sentences are to be answered again ({REQUEUE})")
    if not found.configured:
        title = json.dumps(found.project, ensure_ascii=False)
        say(
            f"toolkit.yaml still names the old version: write `schema: {found.schema}` and, under label_studio, "
            f"`project: {title}`, or run this command with --write-config"
        )
    say_next("the same without --dry-run" if dry_run else f"`toolkit {'push' if found.requeued else 'adjudicate'}`")


@app.command()
def infer(
    export: Annotated[Path, typer.Argument(help="A Label Studio JSON export, .json or .json.gz.")],
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The project's label config, for labels that nobody has used yet."),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="The schema's name.", show_default="NAME of -o …/NAME/1.0.0.yaml, or inferred")
    ] = None,
    text_field: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY", help="Where a task's data holds the sentence; several are joined."),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")] = None,
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Make a schema from the labels that a foreign project uses; you write its rules.

    Example: toolkit schema infer export.json -o schemas/theirs/1.0.0.yaml
    """
    from toolkit.labelstudio import infer_schema
    from toolkit.project import write_atomic

    text = infer_schema(export, name=name or _folder_name(output), config=config, texts=text_field or ())
    if output is not None:
        write_atomic(output, text)
        say(f"wrote {output}")
    if as_json:
        put_json({"output": output, "text": text})
    elif output is None:
        put(text.rstrip("\n"))
    say_next("write its rules and examples, then `toolkit schema check FILE`")


def _folder_name(output: Path | None) -> str:
    """Return the name that a schema in this place must have; "inferred" where the place asks for none."""
    from toolkit.schema.model import LOWER, VERSION

    if output is None or re.fullmatch(VERSION, output.stem) is None:
        return "inferred"
    folder = output.absolute().parent.name
    return folder if re.fullmatch(LOWER, folder) else "inferred"


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="A path or NAME@VERSION.")],
    new: Annotated[str, typer.Argument(help="A path or NAME@VERSION.")],
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """List the changes between two versions; exit 4 if the version number does not fit them.

    Example: toolkit schema diff claims@1.0.0 my-claims/1.1.0.yaml
    """
    from toolkit.schema import diff as changes_between
    from toolkit.schema import load

    found = changes_between(load(old), load(new))
    if as_json:
        put_json({"changes": found.changes, "level": found.level, "declared": found.declared})
    else:
        for change in found.changes:
            put(f"{change.level:<6} {change.path}  {change.what}")
    found.require_agreement()
    say(f"{found.level}, as the version number says")
    say_next("write what becomes of old answers into a file, and `toolkit schema migrate FILE --dry-run`")


def _reference(schema: str | None, project: Path | None) -> str:
    """Return the schema that was named, or that of the project."""
    if schema is not None:
        return schema
    from toolkit.project import Workspace

    return Workspace.find(project).schema_reference()

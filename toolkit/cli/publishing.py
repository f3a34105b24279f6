"""Commands that make, compare and hand on releases: build, diff, export, hydrate, publish, audit-leakage."""

from __future__ import annotations

import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.options import Json, Project
from toolkit.cli.output import progress_bar, put, put_counts, put_json, put_outcome, put_table, say
from toolkit.cli.resolve import RELEASE_HELP, hub_settings, hub_token, model_folder, open_release
from toolkit.cli.resolve import endpoint as at_hub
from toolkit.errors import UsageError

if TYPE_CHECKING:
    from toolkit.hub import Published
    from toolkit.release import Diff

_SHOWN = 20  # decisions that `diff` prints
_LOAD = 'load_dataset("{}", revision="{}")'


class Format(StrEnum):
    """What a release can be exported as."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"
    CONLL = "conll"
    SPACY = "spacy"
    LABELSTUDIO = "labelstudio"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (build, diff, export, hydrate, publish):
        app.command()(command)
    app.command("audit-leakage")(audit_leakage)


def build(
    version: Annotated[str | None, typer.Argument(help="Semantic version, such as 1.0.0.")] = None,
    bump: Annotated[str | None, typer.Option(metavar="auto", help="Let what changed decide the version.")] = None,
    text: Annotated[str | None, typer.Option(help="How much text is released: full, offsets or snippet:N.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the splits; default: that of toolkit.yaml.")] = None,
    released_on: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="Date for changelog and citation; default: none.")
    ] = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Freeze gold, answers and articles as releases/VERSION, which `datasets.load_dataset` reads.

    Example: toolkit build 1.0.0
    """
    from toolkit import release
    from toolkit.project import Workspace

    if (version is None) == (bump is None) or bump not in (None, "auto"):
        raise UsageError("give either a VERSION or --bump auto")
    if released_on is not None and not _is_date(released_on):
        raise UsageError(f"--released-on {released_on!r} is no date", remedy="write it as 2026-01-31")
    workspace = Workspace.find(project)
    with progress_bar("build"):
        built = release.build(workspace, version or "auto", text=text, seed=seed, released_on=released_on)
    if as_json:
        put_json(built)
        return
    put_outcome(built, as_json=False)
    say(f"release     {built.path}")
    if release.is_pattern(built.path):
        say("`datasets` takes a path with * ? or [ for a pattern: copy the release elsewhere to load it")


def diff(
    older: Annotated[str, typer.Argument(help=RELEASE_HELP)],
    newer: Annotated[str, typer.Argument(help=RELEASE_HELP)],
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Say what changed between two releases, here or on the Hub, and why.

    Example: toolkit diff hub:your-name/your-dataset@v1.0.0 1.1.0
    """
    from toolkit import release

    with progress_bar("diff"):
        found = release.diff(open_release(older, project), open_release(newer, project), whole=False)
    if as_json:
        put_json(found.as_dict())
    else:
        put(f"{found.older} → {found.newer}: {found.level}")
        put(found.as_markdown().rstrip("\n"))
        _put_support(found)
        _put_decisions(found)


def _put_support(found: Diff) -> None:
    """Print the labels and span labels whose number of rows changed, split by split."""
    scores = found.scores
    rows = [
        [label, *(str(old) if old == new else f"{old} → {new}" for old, new in supports.values())]
        for supports_of in (scores.labels, scores.spans)
        for label, supports in supports_of.items()
        if any(old != new for old, new in supports.values())
    ]
    if rows:
        put("")
        put_table(["support", *scores.splits], rows)


def _put_decisions(found: Diff) -> None:
    """Print the first sentences whose decision changed or went, with the cause of each."""
    rows = found.labels.slice(0, _SHOWN).to_pylist()
    if not rows:
        return
    put("")
    for row in rows:
        put(f"{row['sentence_id']}  {_decision(row['before'], row['after'])}  ({row['cause']})")
    if found.labels.num_rows > _SHOWN:
        put(f"… and {found.labels.num_rows - _SHOWN} more; --json has all of them")


def _decision(before: list[str], after: list[str] | None) -> str:
    old = ", ".join(before) or "no label"
    if after is None:
        return f"{old} → gone"
    return f"{old}, other spans" if before == after else f"{old} → {', '.join(after) or 'no label'}"


def export(
    release_path: Annotated[str, typer.Argument(metavar="RELEASE", help="A release directory, a version, or newest.")],
    target: Annotated[Path, typer.Argument(help="The directory to make.")],
    kind: Annotated[Format, typer.Option("--format", help="The format.")] = Format.CSV,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Write a release in another format.

    In conll a line is token, start, end and BIO tag; a comment begins with "# ", and a token may be "#".

    Example: toolkit export 1.0.0 out --format conll
    """
    opened = open_release(release_path, project)
    if kind is Format.LABELSTUDIO:
        from toolkit.labelstudio import export_tasks

        files = export_tasks(opened, target)
    else:
        from toolkit.release.export.formats import export as export_release

        files = export_release(opened, kind.value, target)
    if as_json:
        put_json({"files": files})
    else:
        put("\n".join(map(str, files)))


def hydrate(
    release_path: Annotated[str, typer.Argument(metavar="RELEASE", help="A release without text.")],
    target: Annotated[Path, typer.Argument(help="The directory to make.")],
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Put the text back into a release without text, from your own copies of the pages (run `toolkit ingest` first).

    Example: toolkit hydrate releases/1.0.0 hydrated
    """
    from toolkit import release
    from toolkit.project import Workspace

    with progress_bar("hydrate"):
        found = release.hydrate(open_release(release_path, project), Workspace.find(project).articles(), target)
    if as_json:
        put_json({"release": found.release.path, "missing": found.missing})
        return
    put_counts("hydrate", found.release.counts)
    for missing in found.missing:
        put(f"missing     {missing}")


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
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Publish a release or a model on the Hub: one commit, one tag that never moves, and a check of what readers get.

    A model's figures are tied to the commit of the dataset that it was trained on, which is published first. Models
    and datasets are apart on the Hub: without --repo both bear the name of hub.repo.

    Example: toolkit publish 1.0.0 --repo your-name/your-dataset
    """
    from toolkit import baselines, hub

    if (release_path is None) == (model is None):
        raise UsageError("give either a RELEASE or --model DIR")
    if to is not None and (repo or private or endpoint or model):
        raise UsageError("--to DIR goes with a RELEASE, and with no --repo, --private or --endpoint")
    if to is not None and release_path is not None:
        _put_published(hub.publish_to(open_release(release_path, project), to), as_json, 'load_dataset("{}/{}")')
        return
    settings = hub_settings(project)
    wanted = repo or settings.repo
    if wanted is None:
        remedy = "give --repo OWNER/NAME or --to DIR, or set hub.repo in toolkit.yaml"
        raise UsageError("no repository is named", remedy=remedy)
    token, address = hub_token(settings), endpoint or at_hub(settings)
    if model is not None:
        folder = model_folder(model, project).path
        baselines.load(folder)  # one that was changed, or can't be loaded, is nobody's to read
        published = hub.publish_model(folder, wanted, token=token, endpoint=address, private=private)
        _put_published(published, as_json, 'baselines.load(hub.fetch_model("{}", "{}"))')
    elif release_path is not None:
        opened = open_release(release_path, project)
        result = hub.publish(opened, wanted, token=token, endpoint=address, private=private)
        _put_published(result, as_json, _LOAD)


def _put_published(result: Published, as_json: bool, load: str) -> None:
    if as_json:
        put_json(result)
    else:
        put(f"{result.url}  {result.tag}" + ("" if result.changed else "   [up to date]"))
        say(load.format(result.repo, result.tag))


def audit_leakage(
    files: Annotated[list[Path], typer.Argument(help="Files in the order train, dev, test; or a directory.")],
    text_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="Holds the sentence; default: text, sentence … as it is there.")
    ] = None,
    as_json: Json = False,
    project: Project = None,
) -> None:
    """Find rows of a later file that stand, exactly or nearly, in an earlier one.

    Example: toolkit audit-leakage train.jsonl dev.jsonl --json
    """
    from toolkit.release import audit_files

    with progress_bar("audit-leakage"):
        leakage = audit_files(files, column=text_column)
    if as_json:
        put_json(leakage.as_dict())
        return
    put_counts("leakage", {"exact": leakage.exact, "near": leakage.near})
    for pair in leakage.pairs:
        put(f"{pair.kind:<6} {pair.similarity:.2f}  {pair.later} ← {pair.earlier}  {pair.text}")


def _is_date(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False

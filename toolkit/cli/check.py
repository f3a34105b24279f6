"""`toolkit check`: a look at labelled rows before anything learns from them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.api import references
from toolkit.cli.options import Json, ProjectDir, workspace_at
from toolkit.cli.output import progress_bar, put, put_json, say_next
from toolkit.errors import UsageError

if TYPE_CHECKING:
    from toolkit.baselines import Rows


def check(
    places: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE…|RELEASE", help="Files to learn from, or a release; default: the newest release."),
    ] = None,
    test: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Also hold rows to judge on against them; may recur."),
    ] = None,
    text_column: Annotated[str, typer.Option(help="Holds the sentence.")] = "text",
    label_column: Annotated[
        str | None, typer.Option(help="Holds the label or labels; default: labels or label.")
    ] = None,
    group_column: Annotated[str | None, typer.Option(help="Holds the story; default: story_id or article_id.")] = None,
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Look over labelled rows before training: conflicts, spellings, lists as text, copies, rare labels.

    Ends with exit code 3 where rows can't be learnt from as they are; other findings are advice.

    Example: toolkit check train.jsonl --test test.jsonl
    """
    from toolkit import baselines

    columns: dict[str, Any] = {"text_column": text_column, "label_column": label_column, "group_column": group_column}
    with progress_bar("check"):
        if places and all(Path(place).is_file() for place in places):
            parts = [baselines.read_rows(place, **columns) for place in places]
            rows = baselines.concat(parts)
            judged = {path.name: baselines.read_rows(path, **columns) for path in test or ()}
        else:
            parts = []
            rows, judged = _of_release(places or ["newest"], project)
        findings = baselines.look(rows, judged, parts=parts)
    if as_json:
        about = {"rows": len(rows), "stories": len(set(rows.groups)), "labels": dict(sorted(rows.label_counts.items()))}
        put_json(about | {"findings": findings})
    else:
        put("\n".join(f"{finding.kind:<11} {finding}" for finding in findings) or "nothing to mend was found")
    baselines.refuse(findings, rows.where)
    if not as_json:
        of_files = places and all(Path(place).is_file() for place in places)
        say_next(f"`toolkit {'train-files' if of_files else 'train'}{''.join(f' {place}' for place in places or ())}`")


def _of_release(places: Sequence[str], project: Path | None) -> tuple[Rows, dict[str, Rows]]:
    """Return the train split of a release, and its other splits by name.

    Raises:
        UsageError: Several places are named that are not files.
    """
    from toolkit import baselines

    if len(places) > 1:
        missing = next(place for place in places if not Path(place).is_file())
        raise UsageError(f"{missing} is not a file; check files, or one release")
    release = references.load_release(places[0], workspace=workspace_at(project))
    parts = {split: baselines.rows_of_release(release.path, split) for split in release.splits()}
    return parts.pop("train"), parts

"""`toolkit diff`: what changed between two releases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.api import references
from toolkit.api.facade import first_words
from toolkit.cli.options import RELEASE_HELP, Json, ProjectDir, workspace_at
from toolkit.cli.output import progress_bar, put, put_json, put_table, say_next

if TYPE_CHECKING:
    from toolkit.release import ReleaseDiff


def diff(
    older: Annotated[str, typer.Argument(help=RELEASE_HELP)],
    newer: Annotated[str, typer.Argument(help=RELEASE_HELP)],
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Show what changed between two releases, here or on the Hub, and why.

    Example: toolkit diff hub:your-name/your-dataset@v1.0.0 1.1.0
    """
    with progress_bar("diff"):
        found = references.diff(older, newer, workspace=workspace_at(project))
    if as_json:
        put_json(found.as_dict())
    else:
        put(f"{found.older} → {found.newer}: {found.level}")
        put(found.as_markdown().rstrip("\n"))
        _put_support(found)
        _put_decisions(found)
        if found.labels.num_rows:
            say_next(f"`toolkit evaluate --since {older}` says what that did to a model's score")


def _put_support(found: ReleaseDiff) -> None:
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


def _put_decisions(found: ReleaseDiff) -> None:
    """Print the first sentences whose decision changed or was removed, with their words and the cause of each."""
    from toolkit.release.compare.release_diff import SHOWN

    rows = found.labels.slice(0, SHOWN).to_pylist()
    if not rows:
        return
    put("")
    for row in rows:
        text = found.words.get(row["sentence_id"])
        words = f"“{first_words(text)}”  " if text else ""
        put(f"{row['sentence_id']}  {words}{_decision(row['before'], row['after'])}  ({row['cause']})")
    if found.labels.num_rows > SHOWN:
        put(f"… and {found.labels.num_rows - SHOWN} more; --json has all of them")


def _decision(before: list[str], after: list[str] | None) -> str:
    old = ", ".join(before) or "no label"
    if after is None:
        return f"{old} → gone"
    return f"{old}, other spans" if before == after else f"{old} → {', '.join(after) or 'no label'}"

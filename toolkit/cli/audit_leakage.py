"""`toolkit audit-leakage`: rows of a later file that stand in an earlier one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli.options import Json, ProjectDir
from toolkit.cli.output import progress_bar, put, put_counts, put_json, say_next


def audit_leakage(
    files: Annotated[list[Path], typer.Argument(help="Files in the order train, dev, test; or a directory.")],
    text_column: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Holds the sentence; default: text, sentence, …, whichever is there."),
    ] = None,
    as_json: Json = False,
    project: ProjectDir = None,
) -> None:
    """Find rows of a later file that repeat a row of an earlier one, exactly or nearly.

    Example: toolkit audit-leakage train.jsonl dev.jsonl --json
    """
    from toolkit.release import file_leakage

    with progress_bar("audit-leakage"):
        leakage = file_leakage(files, column=text_column)
    if as_json:
        put_json(leakage.as_dict())
        return
    put_counts("leakage", {"exact": leakage.exact, "near": leakage.near})
    for pair in leakage.pairs:
        put(f"{pair.kind:<6} {pair.similarity:.2f}  {pair.later} ← {pair.earlier}  {pair.text}")
    if leakage.pairs:
        say_next("take these rows out of the later file, or divide by story, as `toolkit build` does")
    else:
        say_next("`toolkit train-files FILE --test FILE` trains and judges a baseline on them")

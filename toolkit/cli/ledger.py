"""`toolkit ledger`: who claims, who denies, and how many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from toolkit.api.facade import Project
from toolkit.cli.options import RELEASE_HELP, Json, ProjectDir
from toolkit.cli.output import progress_bar, put, put_json, put_outcome, put_section, put_table, say, say_next
from toolkit.errors import UsageError


def ledger(
    story: Annotated[
        str | None, typer.Argument(help="Show this story: its id, or enough of its beginning.", show_default=False)
    ] = None,
    release: Annotated[str | None, typer.Option("--release", metavar="RELEASE", help=RELEASE_HELP)] = None,
    per: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD",
            help="Tell counts apart by this field only (harm, status, scope, affected_party); may be repeated.",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="Also take what this model says of undecided sentences: a directory, or newest."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="DIR", help="Write the tables into this new directory.")
    ] = None,
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Show who claims what and who counts how many in each story, and how that moved.

    Counts are merged by named rules and never added up: ACLED's most conservative count of people killed, UCDP's low,
    best and high, and the bounds of the latest figures. Of each source its latest figure stands; a copy of a sentence
    counts once.

    Example: toolkit ledger --per harm
    """
    with progress_bar("ledger"):
        outcome = Project.find(project).ledger(release, kinds=per or (), model=model, output=output)
    stories = _chosen(outcome.report["stories"], story)
    if as_json:
        put_json({"stage": "ledger", "counts": outcome.counts, "up_to_date": outcome.up_to_date, "stories": stories})
        return
    if story is None:
        from toolkit.ledger.shown_cells import STORY_HEADER, story_cells

        put_outcome(outcome, as_json=False)
        put_table(STORY_HEADER, list(map(story_cells, stories)))
        if not stories:
            say("no decided sentence has a claim or a figure")
        say_next("`toolkit ledger STORY` shows one story" if stories else "`toolkit adjudicate` decides sentences")
        return
    _put_story(stories[0])
    say_next("`toolkit trace SENTENCE` shows where a sentence comes from; `toolkit report` draws the stories")


def _chosen(stories: Sequence[Mapping[str, Any]], story: str | None) -> list[Mapping[str, Any]]:
    if story is None:
        return list(stories)
    found = [each for each in stories if each["story_id"].startswith(story)]
    if len(found) != 1:
        what = f"{len(found)} stories have" if found else "no story with a claim or a figure has"
        remedy = "give more of the id" if found else "`toolkit ledger` lists them"
        raise UsageError(f"{what} an id that begins with {story!r}", remedy=remedy)
    return found


def _put_story(story: Mapping[str, Any]) -> None:
    from toolkit.ledger.shown_cells import CLAIM_HEADER, TOLL_HEADER, claim_cells, toll_cells

    put(f"story {story['story_id']}, {story['articles']} articles")
    put("")
    rows = list(map(claim_cells, story["claims"]))
    linked = any(row[CLAIM_HEADER.index("links")] for row in rows)
    shown = [number for number, name in enumerate(CLAIM_HEADER) if linked or name != "links"]
    put_table([CLAIM_HEADER[number] for number in shown], [[row[number] for number in shown] for row in rows])
    put_section(TOLL_HEADER, list(map(toll_cells, story["tolls"])))

"""`toolkit ledger`: who claims, who denies, and how many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from toolkit.api.facade import Project
from toolkit.cli.options import RELEASE_HELP, Json, ProjectDir
from toolkit.cli.output import progress_bar, put, put_json, put_outcome, put_section, put_table, say
from toolkit.errors import UsageError

_WORDS = 60
_ID = 8
_LINKS = ("denies", "denied_by", "confirms", "confirmed_by", "repeats")


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
        put_outcome(outcome, as_json=False)
        put_table(["story", "articles", "claims", "tolls", "killed", "contradictions"], list(map(_line, stories)))
        say("one story: `toolkit ledger STORY`" if stories else "no decided sentence has a claim or a figure")
        return
    _put_story(stories[0])


def _chosen(stories: Sequence[Mapping[str, Any]], story: str | None) -> list[Mapping[str, Any]]:
    if story is None:
        return list(stories)
    found = [each for each in stories if each["story_id"].startswith(story)]
    if len(found) != 1:
        what = f"{len(found)} stories have" if found else "no story with a claim or a figure has"
        remedy = "give more of the id" if found else "`toolkit ledger` lists them"
        raise UsageError(f"{what} an id that begins with {story!r}", remedy=remedy)
    return found


def _line(story: Mapping[str, Any]) -> list[str]:
    killed = [toll for toll in story["tolls"] if toll["harm"] == "killed"]
    return [
        story["story_id"][:_ID],
        str(story["articles"]),
        str(len(story["claims"])),
        str(len(story["tolls"])),
        ", ".join(_interval(toll) for toll in killed) or "–",
        str(story["contradictions"]),
    ]


def _put_story(story: Mapping[str, Any]) -> None:
    put(f"story {story['story_id']}, {story['articles']} articles")
    put("")
    rows = list(map(_claim, story["claims"]))
    header = ["time", "who", "says", "figures", "links", "sentence", "id", "page"]
    shown = [number for number, name in enumerate(header) if name != "links" or any(row[number] for row in rows)]
    put_table([header[number] for number in shown], [[row[number] for number in shown] for row in rows])
    put_section(
        ["people", "acled", "low", "best", "high", "latest", "sources", "note", "sentences"],
        list(map(_toll, story["tolls"])),
    )


def _claim(row: Mapping[str, Any]) -> list[str]:
    text = " ".join(row["text"].split())
    said = ", ".join(row["acts"]) or "(narrator)"
    return [
        (row["published_at"] or "no date")[:16],
        ", ".join(row["sources"]) or row["publisher"] or "–",
        said if row["probability"] is None else f"{said} ({row['probability']:.2f})",
        ", ".join(row["figures"]) + (" ≠" if row["contradicts"] else ""),
        "; ".join(
            f"{name.replace('_', ' ')} {' '.join(each[:_ID] for each in row[name])}" for name in _LINKS if row[name]
        ),
        text if len(text) <= _WORDS else text[: _WORDS - 1] + "…",
        row["sentence_id"][:_ID],
        _page(row["from"]),
    ]


def _toll(row: Mapping[str, Any]) -> list[str]:
    people = [str(row[name]) for name in ("harm", "status", "scope", "affected_party") if row[name]]
    notes = [each["words"] for each in row["corrections"]] + (["contradiction"] if row["contradiction"] else [])
    latest = _between(row["latest_low"], row["latest_high"])
    cells = [_number(row[name]) for name in ("acled", "low", "best", "high")]
    return [
        ", ".join(people) or "–",
        *cells[:3],
        cells[3] + ("+" if row["open"] else ""),
        latest,
        str(len(row["sources"])),
        "; ".join(notes),
        " ".join(dict.fromkeys(place["sentence_id"][:_ID] for place in row["low_from"] + row["high_from"])),
    ]


def _interval(toll: Mapping[str, Any]) -> str:
    return _between(toll["low"], toll["high"]) + ("+" if toll["open"] else "")


def _between(low: int | None, high: int | None) -> str:
    if low is None and high is None:
        return "–"
    if low == high:
        return f"{low:,}"
    if high is None:
        return f"{low:,}+"
    return f"{_number(low)}–{high:,}"


def _number(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"


def _page(places: Sequence[Mapping[str, Any]]) -> str:
    if not places:
        return "–"
    ranges = ",".join(f"{place['byte_start']}-{place['byte_end']}" for place in places)
    return f"{places[0]['page']}:{ranges}"

"""The section on who claims what and who counts how many: what `toolkit ledger` found last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toolkit.agreement.report_tables import ReportTable
from toolkit.errors import tally
from toolkit.ledger.shown_cells import (
    CLAIM_HEADER,
    STORY_HEADER,
    TOLL_HEADER,
    claim_cells,
    story_cells,
    toll_cells,
)
from toolkit.report.contents import Report, Section

STORIES = 10
"""Stories that are shown with their claims and tolls; the tables in ledger/ hold all."""


def ledger_section(report: Report, titles: Mapping[str, str]) -> Section | None:
    """Return the section; None where no ledger was made.

    Args:
        report: What the page is about.
        titles: Label → its title.
    """
    if report.ledger is None:
        return None
    stories = sorted(report.ledger["stories"], key=_interest)
    claims = sum(len(story["claims"]) for story in stories)
    contradictions = sum(story["contradictions"] for story in stories)
    denied = sum(bool(row["denied_by"]) for story in stories for row in story["claims"])
    said = (
        f"{tally(len(stories), 'story', 'stories')} hold {tally(claims, 'claim')}; {denied:,} of them are denied. In "
        f"{tally(contradictions, 'count')} no number fits all sources. Counts are merged by rules of ACLED and UCDP "
        "and never added up."
    )
    more = f" (the {STORIES} with most to look at; all are in ledger/)" if len(stories) > STORIES else ""
    tables = [_table(f"Stories{more}", STORY_HEADER, map(story_cells, stories[:STORIES]), words=1)]
    for story in stories[:STORIES]:
        name = f"Story {story['story_id'][:8]}"
        tables.append(
            _table(
                f"{name}: who says what", CLAIM_HEADER, [claim_cells(row, titles) for row in story["claims"]], words=8
            )
        )
        if story["tolls"]:
            tables.append(_table(f"{name}: how many", TOLL_HEADER, map(toll_cells, story["tolls"]), words=1))
    return Section(said=said, tables=tuple(tables))


def _table(title: str, header: tuple[str, ...], rows: Any, *, words: int) -> ReportTable:
    return ReportTable(title, header, tuple(map(tuple, rows)), words=words)


def _interest(story: Mapping[str, Any]) -> tuple[int, int, int, str]:
    """Order stories with contradictions and denials first, then those with many claims."""
    denied = sum(bool(row["denied_by"]) for row in story["claims"])
    return -story["contradictions"], -denied, -len(story["claims"]), story["story_id"]

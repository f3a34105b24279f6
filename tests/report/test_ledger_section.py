"""The report shows the ledger that was made last: contradictions first, each row with its page and bytes."""

from __future__ import annotations

from typing import Any

from tests.ledger.invented_events import events
from toolkit.ledger.stage import ledger_report
from toolkit.report import report_page
from toolkit.report.contents import Report
from toolkit.report.ledger_section import STORIES, ledger_section

STATEMENTS = [statement for event in events(30) for statement in event.statements]


def report(**parts: Any) -> Report:
    return Report(title="News <b>", schema="news_events@1.1.0", toolkit="0", labels={}, **parts)


def test_without_a_ledger_there_is_no_section() -> None:
    assert ledger_section(report(), {}) is None
    assert "Who claims what" not in report_page(report())


def test_the_stories_with_contradictions_come_first_with_their_tables() -> None:
    made = ledger_report(STATEMENTS)
    section = ledger_section(report(ledger=made), {})
    assert section is not None
    stories, *others = section.tables
    assert len(stories.rows) == STORIES < len(made["stories"])
    contradictions = [int(row[-1]) for row in stories.rows]
    assert contradictions == sorted(contradictions, reverse=True)
    assert len(others) == 2 * STORIES
    page = report_page(report(ledger=made))
    first = stories.rows[0][0]
    assert f"<h3>Story {first}: who says what</h3>" in page
    assert report_page(report(ledger=made)) == page


def test_each_row_shows_the_page_and_the_bytes_of_its_sentence() -> None:
    made = ledger_report(each for event in events(3) for each in event.statements)
    page = report_page(report(ledger=made))
    assert len(made["stories"]) == 3
    for row in (row for story in made["stories"] for row in story["claims"]):
        (place,) = row["from"]
        assert f"{place['page']}:{place['byte_start']}-{place['byte_end']}" in page


def test_what_is_said_has_the_titles_of_the_labels() -> None:
    made = ledger_report(STATEMENTS)
    acts = {act for story in made["stories"] for row in story["claims"] for act in row["acts"]}
    assert acts
    titles = {act: f"Title of {act}" for act in acts}
    section = ledger_section(report(ledger=made), titles)
    assert section is not None
    said = {
        cell
        for table in section.tables
        if "who says what" in table.title
        for row in table.rows
        for cell in row[2].split(", ")
    }
    assert said <= {*titles.values(), "(narrator)"}
    assert said & set(titles.values())

"""Lines that are dates or times, and lines that only mention one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from toolkit.ingest.layout.dates import moment_of

FETCHED = datetime(2025, 6, 18, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("44 minutes ago", "2025-06-18T11:16:00+00:00"),
        ("an hour ago", "2025-06-18T11:00:00+00:00"),
        ("2h", "2025-06-18T10:00:00+00:00"),
        ("5 hrs ago", "2025-06-18T07:00:00+00:00"),
        ("yesterday", "2025-06-17"),
        ("a day ago", "2025-06-17"),
        ("il y a 2 heures", "2025-06-18T10:00:00+00:00"),
        ("vor 3 Stunden", "2025-06-18T09:00:00+00:00"),
        ("hace 5 horas", "2025-06-18T07:00:00+00:00"),
        ("2 часа назад", "2025-06-18T10:00:00+00:00"),
        ("منذ ٣ ساعات", "2025-06-18T09:00:00+00:00"),
        ("قبل ساعتين", "2025-06-18T10:00:00+00:00"),
        ("2小时前", "2025-06-18T10:00:00+00:00"),
        ("3時間前", "2025-06-18T09:00:00+00:00"),
        ("3시간 전", "2025-06-18T09:00:00+00:00"),
        ("2 weeks ago", None),
        ("Yesterday, 10:30", None),
        ("June 18, 2025", "2025-06-18"),
        ("Published: 18 June 2025", "2025-06-18"),
        ("Wednesday, June 18, 2025 at 5:30 p.m. EDT", "2025-06-18"),
        ("18. Juni 2025", "2025-06-18"),
        ("18 juin 2025", "2025-06-18"),
        ("18 de junio de 2025", "2025-06-18"),
        ("18 июня 2025 г.", "2025-06-18"),
        ("18.06.2025", "2025-06-18"),
        ("2025-06-18T10:32:00Z", "2025-06-18T10:32:00+00:00"),
        ("2025年6月18日", "2025-06-18"),
        ("06/18/2025", "2025-06-18"),
        ("06/07/2025", None),
        ("June 18", None),
    ],
)
def test_a_line_that_says_when(line: str, at: str | None) -> None:
    moment = moment_of(line)
    assert moment is not None
    assert moment.text == line
    assert moment.at(FETCHED) == at


@pytest.mark.parametrize(
    "line",
    [
        "Two hours ago the boat left",
        "Today he said",
        "May 2025",
        "31.02.2025",
        "2 hours",
        "Chapter 2",
        "The day after",
        "h",
        "!",
        "June",
    ],
)
def test_a_line_that_does_not(line: str) -> None:
    assert moment_of(line) is None


@pytest.mark.parametrize(
    ("line", "publisher"),
    [
        ("Al Arabiya • 5 hours ago", "Al Arabiya"),
        ("5 hours ago | Reuters", "Reuters"),
        ("The Daily Tern - June 18, 2025", "The Daily Tern"),
    ],
)
def test_a_publisher_on_the_same_line(line: str, publisher: str) -> None:
    moment = moment_of(line)
    assert moment is not None
    assert moment.publisher == publisher


def test_without_the_time_of_the_fetch_a_relative_time_stays_text() -> None:
    moment = moment_of("2 hours ago")
    assert moment is not None
    assert moment.at(None) is None

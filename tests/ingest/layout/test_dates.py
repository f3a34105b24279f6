"""Lines that are dates or times, and lines that only mention one."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from toolkit.ingest.layout.dates import iranian, moment_of

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
        ("Wednesday, June 18, 2025 at 5:30 p.m. EDT", "2025-06-18T17:30:00-04:00"),
        ("18. Juni 2025", "2025-06-18"),
        ("18 juin 2025", "2025-06-18"),
        ("18 de junio de 2025", "2025-06-18"),
        ("18 июня 2025 г.", "2025-06-18"),
        ("18.06.2025", "2025-06-18"),
        ("2025-06-18T10:32:00Z", "2025-06-18T10:32:00+00:00"),
        ("2025年6月18日", "2025-06-18"),
        ("06/18/2025", "2025-06-18"),
        ("06/07/2025", None),
        ("Friday, 06/06/2025", "2025-06-06"),
        ("Sat, 06/07/2025 - 10:30", "2025-06-07T10:30:00"),
        ("Sunday 06/07/2025", "2025-07-06"),
        ("Friday 06/07/2025", None),
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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("March 12, 2024 9:30 PM ET", "2024-03-12T21:30:00-04:00"),
        ("January 12, 2024 9:30 PM ET", "2024-01-12T21:30:00-05:00"),
        ("12.03.2024, 21:30 Uhr", "2024-03-12T21:30:00"),
        ("12 mars 2024 à 9h30", "2024-03-12T09:30:00"),
        ("12 марта 2024, 21:30 МСК", "2024-03-12T21:30:00+03:00"),
        ("14:32 12.03.2024", "2024-03-12T14:32:00"),
        ("Updated: 12 March 2024 | 9:30 am", "2024-03-12T09:30:00"),
        ("12 March 2024, 21:30 GMT+2", "2024-03-12T21:30:00+02:00"),
        ("יום שלישי, 12 במרץ 2024", "2024-03-12"),
        ("मंगलवार, 12 मार्च 2024", "2024-03-12"),
        ("سه‌شنبه ۲۲ اسفند ۱۴۰۲", "2024-03-12"),
        ("2024年3月12日（火） 21時30分", "2024-03-12T21:30:00"),
        ("2024년 3월 12일 오후 9:30", "2024-03-12T21:30:00"),
        ("2024. 3. 12.", "2024-03-12"),
        ("2024/03/12 21:30", "2024-03-12T21:30:00"),
        ("12 Mart 2024 Salı", "2024-03-12"),
        ("12 كانون الثاني 2024", "2024-01-12"),
        ("12 آذار/مارس 2024", "2024-03-12"),
        ("12 มีนาคม 2567", "2024-03-12"),
        ("ngày 12 tháng 3 năm 2024", "2024-03-12"),
        ("12-Mar-2024", "2024-03-12"),
        ("20240312", "2024-03-12"),
        ("令和6年3月12日", "2024-03-12"),
        ("3月12日", None),
        ("12/03/2024 09:30", None),
        ("1402/12/22", None),
    ],
)
def test_times_zones_and_calendars(line: str, at: str | None) -> None:
    moment = moment_of(line)
    assert moment is not None
    assert (moment.on, moment.publisher) == (at, None)


@pytest.mark.slow
@pytest.mark.parametrize("line", ["Election night 5 November 2024", "Eleven dead 12 2024", "30 February 2024"])
def test_a_headline_with_a_date_is_a_headline(line: str) -> None:
    assert moment_of(line) is None


@pytest.mark.parametrize("line", ["Karstadt, 12 March 2024", "New York, NY, March 12, 2024", "2024 | March 12, 2024"])
def test_a_place_or_a_year_beside_a_date_publishes_nothing(line: str) -> None:
    moment = moment_of(line)
    assert moment is not None
    assert (moment.on, moment.publisher) == ("2024-03-12", None)


@pytest.mark.parametrize(
    ("year", "day"), [(1399, date(2020, 3, 20)), (1403, date(2024, 3, 20)), (1404, date(2025, 3, 21))]
)
def test_the_iranian_new_year(year: int, day: date) -> None:
    assert iranian(year, 1, 1) == day
    assert iranian(1403, 12, 30) == date(2025, 3, 20)
    assert iranian(1402, 12, 30) is None

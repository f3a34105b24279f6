"""What a reader is shown of an article."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import article


@pytest.mark.parametrize(
    ("published_at", "published_text", "shown"),
    [
        ("2026-01-07T08:00:00+00:00", "7 Jan", "2026-01-07 08:00 UTC"),
        ("2026-01-07T08:00:00+05:30", None, "2026-01-07 08:00 UTC+05:30"),
        ("2026-01-07T08:00:00", None, "2026-01-07 08:00"),
        ("2026-01-07", "7 Jan", "2026-01-07"),
        (None, "Tuesday, 2 hours ago", "Tuesday, 2 hours ago"),
        (None, None, ""),
    ],
)
def test_a_date_is_shown_as_people_write_it(published_at: str | None, published_text: str | None, shown: str) -> None:
    dated = replace(article("It rained."), published_at=published_at, published_text=published_text)
    assert dated.shown_date == shown

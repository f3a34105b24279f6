"""Names above a body: a publisher is never a place, a byline, a time or a year. The text is CC0."""

from __future__ import annotations

import pytest

from toolkit.ingest import read

TITLE = "Dyke of Orrin breaks in two places"
BODY = (
    "The dyke broke on Sunday night, and the lower town of Orrin was under a metre of water by dawn, the mayor said.\n"
    "The province promised pumps and sandbags for the week, and the army sent two hundred men to fill them."
)


@pytest.mark.parametrize(
    ("head", "publisher", "byline"),
    [
        ("Orrin, 12 March 2024", None, None),
        ("Orrin | 12 March 2024", None, None),
        ("Orrin\n12 March 2024", None, None),
        ("Ada Brandt\n12 March 2024", None, "Ada Brandt"),
        ("By Ada Brandt\n12 March 2024", None, "By Ada Brandt"),
        ("By Ada Brandt | 12 March 2024", None, None),
        ("21:30\n12 March 2024", None, None),
        ("12 March 2024 | 9:30 PM ET", None, None),
        ("The Daily Tern\n12 March 2024", "The Daily Tern", None),
        ("The Daily Tern | 12 March 2024", "The Daily Tern", None),
    ],
)
def test_what_stands_beside_a_date(head: str, publisher: str | None, byline: str | None) -> None:
    (article,) = read(f"{TITLE}\n{head}\n\n{BODY}".encode(), source="a.txt").articles
    assert (article.title, article.publisher, article.byline) == (TITLE, publisher, byline)
    assert (article.published_at or "")[:10] == "2024-03-12"
    assert article.body.endswith(BODY)

"""Pages that hold one article: nothing that belongs to it is cut, whatever words it has. The pages' text is CC0."""

from __future__ import annotations

import pytest

from toolkit.ingest import read

TITLE = "Ferry line between Aske and Turholm reopens"

PARAGRAPHS = [
    "Comments on the draft were due on Friday, and the ministry counted eleven thousand of them.",
    "Share prices fell after the announcement.",
    "Share this with your neighbours, the mayor told the crowd, and come back tomorrow.",
    "Related articles of the treaty remain in force until a new one is signed.",
    "Advertisement was once a word for warning, the historian said.",
    "Subscribe to the view that winters are milder, and you will still need a coat.",
    "Two hours ago the first boat left the pier; an hour ago it came back.",
    "“Follow us,” the guide said.",
    "Google uses cookies to recognise its users, the court found.",
    "Like most people on Facebook, she had never read the terms.",
    "Join the discussion, he told them, or be silent.",
    "The phrase all rights reserved was added in 1910.",
    "Read more books, the teacher told the class.",
    "Sign in, please.",
    "Education",
    "No comments were recorded at the hearing.",
    "Ask any AI researcher and you hear worries.",
    "See how AI is changing the work of pilots.",
    "By Monday the water had gone.",
    "« Oui », dit-il, « mais pas demain », ajouta-t-elle.",
    "- two of the five boats are new",
    "• the pier was closed for eleven weeks",
    "1. The boats are painted red.",
    "What happened next",
    "Watch the tides, fishermen say.",
    "Print is not dead.",
    "He said:",
    "More than forty people came",
    "Twitter declined to comment.",
    "The cookie policy of the bakery: one each.",
    "🙂",
]


@pytest.mark.parametrize("paragraph", PARAGRAPHS)
@pytest.mark.parametrize("place", ["second", "last"])
def test_a_paragraph_is_not_cut_for_a_word_in_it(paragraph: str, place: str) -> None:
    first = "The ferry line between Aske and Turholm reopened on Monday after eleven weeks of repairs to the pier."
    last = "Tickets cost as much as they did before the storm, the operator said in a statement on Sunday."
    body = [first, paragraph, last] if place == "second" else [first, last, paragraph]
    found = read("\n".join([TITLE, *body]).encode(), source="page.txt")
    assert [article.body for article in found.articles] == ["\n".join(body)]
    assert not found.rejects


def test_a_chronicle_is_one_article() -> None:
    page = [TITLE, "The pier at Aske was rebuilt in five days of work, of which this is the record."]
    for day in range(1, 6):
        page += [
            "",
            f"June {day}, 2025",
            "The works go on",
            f"On day {day} the crew raised {day} of the piles that carry the pier.",
        ]
    (article,) = read("\n".join(page).encode(), source="page.txt").articles
    assert article.body == "\n".join(line for line in page[1:] if line)


def test_inline_widgets_are_cut_and_the_body_goes_on() -> None:
    first = "The ferry line between Aske and Turholm reopened on Monday after eleven weeks of repairs to the pier."
    last = "Tickets cost as much as they did before the storm, the operator said in a statement on Sunday."
    widgets = [
        "Advertisement",
        "Share",
        "Story continues below",
        "Sign up for our newsletter",
        "Read more: Pier closed again",
    ]
    page = [TITLE, "Share", "Comments", "3 hours ago", first, *widgets, last, "Comments", "No comments yet"]
    found = read("\n".join(page).encode(), source="page.txt")
    (article,) = found.articles
    assert (article.title, article.body, article.published_text) == (TITLE, f"{first}\n{last}", "3 hours ago")
    assert [cut.reason for cut in found.rejects] == [
        "share-bar", "comments-heading", "published", "advertisement", "share-bar", "advertisement", "newsletter",
        "inline-link", "comments-heading", "comments-prompt",
    ]  # fmt: skip


def test_related_titles_without_bodies_are_no_articles() -> None:
    body = "The ferry line between Aske and Turholm reopened on Monday after eleven weeks of repairs to the pier."
    teasers = [
        "Reuters",
        "2 hours ago",
        "- Reuters",
        "Pier closed again",
        "AP",
        "3 hours ago",
        "- AP",
        "Mayor of Aske resigns",
    ]
    found = read("\n".join([TITLE, body, "Related Articles", *teasers]).encode(), source="page.txt")
    assert [article.title for article in found.articles] == [TITLE]
    assert [cut.text for cut in found.rejects if cut.reason == "teaser"] == [
        "Pier closed again",
        "Mayor of Aske resigns",
    ]


def test_what_readers_wrote_is_cut() -> None:
    body = "The ferry line between Aske and Turholm reopened on Monday after eleven weeks of repairs to the pier."
    remarks = [
        "2 Comments",
        "tern_of_the_sea",
        "2 hours ago",
        "About time, and may it last!",
        "Reply",
        "Olle",
        "1 hour ago",
        "My uncle painted that boat.",
        "Reply",
    ]
    (article,) = read("\n".join([TITLE, body, *remarks]).encode(), source="page.txt").articles
    assert article.body == body


@pytest.mark.parametrize(
    ("first", "title"),
    [
        ("Boats return to Aske", True),
        ("Will the boats return to Aske?", True),
        ("Boats return to the U.S.", True),
        ("The boats returned to Aske on Monday.", False),
        ("Лодки возвращаются в Аске", True),
        ("船が港に戻る", True),
        ("船が港に戻った。", False),
    ],
)
def test_a_short_first_line_without_a_full_stop_is_the_title(first: str, title: bool) -> None:
    body = "The crew raised the last of the piles that carry the pier."
    (article,) = read(f"{first}\n{body}".encode(), source="page.txt").articles
    assert article.title == (first if title else None)
    assert article.text == f"{first}\n{body}"

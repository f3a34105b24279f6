"""Articles on a page: several are each found whole, one loses nothing, and no widget is in any. The text is CC0."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from toolkit.ingest import read

PARAGRAPHS = {
    "en": (
        "The harbour council of Port Ellery voted on Monday to rebuild the eastern breakwater, "
        "which two winter storms had left with a gap of forty metres.",
        "Work is to begin in May. Officials put the cost at 12.4 million and expect ferries to keep running.",
        "“We waited too long,” said Mara Quist, who chairs the council. “Share the burden, share the harbour.”",
    ),
    "fr": (
        "Le conseil du port de Valmer a voté lundi la reconstruction de la digue orientale, que "
        "deux tempêtes avaient ouverte sur quarante mètres.",
        "Les travaux commenceront en mai, selon la mairie. Les bateaux continueront de circuler pendant l'été.",
    ),
    "de": (
        "Der Hafenrat von Nordermoor hat am Montag beschlossen, die östliche Mole wieder aufzubauen, "
        "die zwei Stürme aufgerissen hatten.",
        "Die Arbeiten sollen im Mai beginnen. Die Fähren fahren nach Angaben der Stadt weiter, auch im Sommer.",
    ),
    "ar": (
        "صوت مجلس ميناء الواحة يوم الاثنين على إعادة بناء حاجز الأمواج الشرقي الذي فتحت فيه عاصفتان "
        "شتويتان فجوة طولها أربعون مترا.",
        "تبدأ الأعمال في مايو. وتتوقع البلدية أن تستمر العبارات في العمل طوال فصل الصيف، وفق ما أعلنه رئيس المجلس.",
    ),
}


RELATED = (
    (
        "Northern Ledger",
        "Orchard growers of the Orrin valley bring in a record crop",
        "Growers in the Orrin valley picked 31,000 tonnes of apples this season, a tenth more than "
        "ever before, the growers' union said on Tuesday. 'Nobody expected it after the frost,' "
        "said its head, Ana Torv. The union wants the road to the rail yard widened before next "
        "autumn. Comments on the plan are open until June, and the ministry has promised to share "
        "its figures.",
    ),
    (
        "The Daily Tern",
        "Is the Lisse tunnel safe? Inspectors say yes",
        "Inspectors found no fault in the ventilation of the Lisse tunnel, the transport office "
        "announced on Tuesday after a review that took eleven weeks. The tunnel had been closed "
        "in March when smoke alarms failed twice in one night. Drivers will again need about nine "
        "minutes for the passage. Related articles of the safety code are to be revised next year.",
    ),
    (
        "Northern Ledger",
        "Students rebuild a sailing ship from drawings of 1887",
        "Forty students of the Maritime School launched a copy of the schooner Petrel on Wednesday, "
        "built from drawings that a librarian had found in a ledger. The ship will sail to three "
        "ports in July. 'She floats, and that was not a given,' said the master shipwright, who "
        "is 71. Advertisement of the voyage begins this week.",
    ),
)


@dataclass
class Layout:
    """How a site arranges its pages."""

    furniture: tuple[str, ...] = (
        "Hashtags",
        "",
        "Try Our AI Features",
        "Explore what Fetchly AI can do for you:",
        "Comments",
        "No comments yet...",
        "Related Articles",
    )
    card: tuple[str, ...] = ("{publisher}", "{when}", "- {publisher}", "{title}", "{body}")
    times: tuple[str, ...] = ("44 minutes ago", "an hour ago", "2 hours ago")
    gaps: int = 2
    head: tuple[str, ...] = ()
    foot: tuple[str, ...] = ()
    language: str = "en"
    related: tuple[tuple[str, str, str], ...] = field(default=RELATED)

    def page(self, title: str = "Port Ellery to rebuild its eastern breakwater") -> str:
        """Return the page."""
        lines = [*self.head, title, *PARAGRAPHS[self.language], *self.furniture]
        for number, (publisher, headline, body) in enumerate(self.related):
            lines += [""] * self.gaps
            values = {
                "publisher": publisher,
                "when": self.times[number % len(self.times)],
                "title": headline,
                "body": body,
            }
            lines += [part.format(**values) for part in self.card]
        return "\n".join([*lines, *self.foot])


TITLE = "Port Ellery to rebuild its eastern breakwater"


BARE = ("{publisher}", "{when}", "{title}", "{body}")


LAYOUTS = {
    "as-scraped": Layout(),
    "no-echo": Layout(card=BARE),
    "no-publisher": Layout(card=("{when}", "{title}", "{body}")),
    "echo-before-time": Layout(card=("{publisher}", "- {publisher}", "{when}", "{title}", "{body}")),
    "echo-only": Layout(card=("{publisher}", "- {publisher}", "{title}", "{body}")),
    "time-then-echo": Layout(card=("{when}", "- {publisher}", "{title}", "{body}")),
    "en-dash-echo": Layout(card=("{publisher}", "{when}", "– {publisher}", "{title}", "{body}")),
    "one-line-header": Layout(card=("{publisher} • {when}", "{title}", "{body}")),
    "pipe-header": Layout(card=("{when} | {publisher}", "{title}", "{body}")),
    "short-times": Layout(card=BARE, times=("44m", "5h", "2d")),
    "days": Layout(times=("yesterday", "a day ago", "3 days ago")),
    "long-ago": Layout(times=("last week", "2 weeks ago", "a month ago")),
    "dates": Layout(times=("June 18, 2025", "17 June 2025", "2025-06-16")),
    "dates-no-echo": Layout(card=BARE, times=("June 18, 2025", "Jun 17, 2025, 10:32 AM", "Monday, June 16, 2025")),
    "french-times": Layout(times=("il y a 2 heures", "il y a un jour", "hier")),
    "german-times": Layout(times=("vor 3 Stunden", "vor einem Tag", "gestern")),
    "spanish-times": Layout(times=("hace 5 horas", "hace un día", "ayer")),
    "arabic-times": Layout(times=("قبل ساعتين", "منذ 3 ساعات", "أمس")),
    "published-label": Layout(times=("Published 2 hours ago", "Updated: 3 hours ago", "Posted 5 hours ago")),
    "no-blank-lines": Layout(gaps=0),
    "no-blank-lines-no-echo": Layout(gaps=0, card=BARE),
    "blank-lines-within": Layout(card=("{publisher}", "", "{when}", "", "- {publisher}", "", "{title}", "", "{body}")),
    "no-related-heading": Layout(furniture=("Hashtags", "Comments", "No comments yet...")),
    "no-furniture": Layout(furniture=()),
    "no-furniture-bare": Layout(furniture=(), card=BARE),
    "title-above-time": Layout(card=("{title}", "{publisher}", "{when}", "{body}")),
    "time-below-title": Layout(card=("{title}", "{when}", "{body}")),
    "with-byline": Layout(card=("{publisher}", "{when}", "By Jo Lindqvist", "{title}", "{body}")),
    "with-kicker": Layout(card=("{publisher}", "{when}", "World", "{title}", "{body}")),
    "with-reading-time": Layout(card=("{publisher}", "{when}", "3 min read", "{title}", "{body}")),
    "read-more": Layout(card=("{publisher}", "{when}", "- {publisher}", "{title}", "{body}", "Read more", "Share")),
    "body-in-paragraphs": Layout(card=("{publisher}", "{when}", "{title}", "{body}", "It rained all day.", "{body}")),
    "tags": Layout(
        furniture=(
            "Hashtags",
            "#harbour #storm",
            "#ferries",
            "Comments",
            "0 Comments",
            "Be the first to comment",
            "You may also like",
        )
    ),
    "plain-tags": Layout(furniture=("Topics", "Harbours", "Port Ellery", "Storms", "Related Stories")),
    "other-words": Layout(
        furniture=(
            "Share this article",
            "Facebook",
            "Twitter",
            "WhatsApp",
            "Copy link",
            "Ask AI",
            "Summarize this article",
            "Sign up for our newsletter",
            "Enter your email address",
            "Subscribe",
            "Join the conversation",
            "Sign in to comment",
            "More from Fetchly",
            "Recommended for you",
        )
    ),
    "unknown-words": Layout(
        furniture=(
            "Hashtags",
            "Playground",
            "Discover everything that Fetchly can do for you:",
            "Chat room",
            "Nothing here so far...",
            "Related Articles",
        )
    ),
    "french-words": Layout(
        furniture=("Partager", "Mots-clés", "Commentaires", "Aucun commentaire pour le moment", "Articles similaires"),
        times=("il y a 2 heures", "il y a 3 heures", "hier"),
        language="fr",
    ),
    "german-words": Layout(
        furniture=("Teilen", "Schlagwörter", "Kommentare", "Noch keine Kommentare", "Ähnliche Artikel"),
        times=("vor 2 Stunden", "vor 3 Stunden", "gestern"),
        language="de",
    ),
    "arabic-words": Layout(
        furniture=("شارك", "الوسوم", "تعليقات", "لا توجد تعليقات بعد", "مقالات ذات صلة"),
        times=("قبل ساعتين", "منذ 3 ساعات", "أمس"),
        language="ar",
    ),
    "head-and-foot": Layout(
        head=("Home", "Menu", "Sign in", "We use cookies to improve your experience. Read our privacy policy."),
        foot=("", "About us", "Contact", "Privacy Policy", "© 2025 Fetchly. All rights reserved."),
    ),
    "unknown-foot": Layout(foot=("", "", "Fetchly", "The world on one page")),
    "below-the-body": Layout(card=("{title}", "{body}", "{publisher}", "{when}")),
    "time-then-publisher": Layout(card=("{when}", "{publisher}", "{title}", "{body}")),
    "three-in-one-line": Layout(card=("{publisher} · {when} · 3 min read", "{title}", "{body}")),
    "source-label": Layout(card=("Source: {publisher}", "{when}", "{title}", "{body}")),
    "two-times": Layout(card=("{publisher}", "{when}", "Updated 5 minutes ago", "{title}", "{body}")),
    "section-above": Layout(card=("Politics", "{publisher}", "{when}", "- {publisher}", "{title}", "{body}")),
    "buttons-below": Layout(
        card=("{publisher}", "{when}", "{title}", "{body}", "#boats #harbour", "Like", "Comment", "12 comments")
    ),
    "weekdays": Layout(times=("Wednesday", "Tuesday", "Monday")),
    "upper-case": Layout(times=("44 MINUTES AGO", "1 HOUR AGO", "2 HOURS AGO")),
    "title-and-body-only": Layout(card=("{title}", "{body}")),
    "short-bodies": Layout(
        card=BARE, related=tuple((name, title, "The boats sail again.") for name, title, _ in RELATED)
    ),
    "cut-bodies": Layout(related=tuple((name, title, body[:120] + "...") for name, title, body in RELATED)),
    "bodies-cut-in-a-word": Layout(related=tuple((name, title, body[:140].rstrip()) for name, title, body in RELATED)),
    "stopped-titles": Layout(related=tuple((name, title + ".", body) for name, title, body in RELATED)),
    "odd-names": Layout(
        related=tuple(
            (name, *rest)
            for name, (_, *rest) in zip(("Yahoo!", "U.S. News & World Report", "France 24"), RELATED, strict=True)
        )
    ),
    "many": Layout(related=RELATED * 3, times=("1 hour ago", "2 hours ago", "3 hours ago", "5 hours ago")),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_article_is_found_whole_and_alone(name: str) -> None:
    layout = LAYOUTS[name]
    found = read(layout.page(TITLE).encode(), source=f"{name}.txt").articles
    assert [article.title for article in found] == [TITLE, *(title for _, title, _ in layout.related)]
    assert found[0].body == "\n".join(PARAGRAPHS[layout.language])
    bodies = [part for part in layout.card if part == "{body}" or part.startswith("It rained")]
    for article, (publisher, _, body) in zip(found[1:], layout.related, strict=True):
        assert article.body == "\n".join(part.format(body=body) for part in bodies)
        named = any("{publisher}" in part for part in layout.card)
        assert article.publisher == (publisher if named else None)


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_time_is_kept_as_text(name: str) -> None:
    layout = LAYOUTS[name]
    found = read(layout.page(TITLE).encode(), source=f"{name}.txt").articles[1:]
    timed = any("{when}" in part for part in layout.card)
    expected = [layout.times[i % len(layout.times)] if timed else None for i in range(len(layout.related))]
    assert [article.published_text for article in found] == expected


FERRY = "Ferry line between Aske and Turholm reopens"


LIKE_WIDGETS = [
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


@pytest.mark.parametrize("paragraph", LIKE_WIDGETS)
@pytest.mark.parametrize("place", ["second", "last"])
def test_a_paragraph_is_not_cut_for_a_word_in_it(paragraph: str, place: str) -> None:
    first = "The ferry line between Aske and Turholm reopened on Monday after eleven weeks of repairs to the pier."
    last = "Tickets cost as much as they did before the storm, the operator said in a statement on Sunday."
    body = [first, paragraph, last] if place == "second" else [first, last, paragraph]
    found = read("\n".join([FERRY, *body]).encode(), source="page.txt")
    assert [article.body for article in found.articles] == ["\n".join(body)]
    assert not found.rejects


def test_a_chronicle_is_one_article() -> None:
    page = [FERRY, "The pier at Aske was rebuilt in five days of work, of which this is the record."]
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
    page = [FERRY, "Share", "Comments", "3 hours ago", first, *widgets, last, "Comments", "No comments yet"]
    found = read("\n".join(page).encode(), source="page.txt")
    (article,) = found.articles
    assert (article.title, article.body, article.published_text) == (FERRY, f"{first}\n{last}", "3 hours ago")
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
    found = read("\n".join([FERRY, body, "Related Articles", *teasers]).encode(), source="page.txt")
    assert [article.title for article in found.articles] == [FERRY]
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
    (article,) = read("\n".join([FERRY, body, *remarks]).encode(), source="page.txt").articles
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

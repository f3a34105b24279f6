"""Pages that hold several articles: each is found whole, and no widget is in any. The pages' text is CC0."""

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

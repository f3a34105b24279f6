"""How many articles a page holds, where their text and times stand, and pages that hold none. The text is CC0."""

from __future__ import annotations

import json

import pytest

from tests.ingest.hypertext.test_shown_text import FIRST, LAST, TITLE, page_of, read_whole
from toolkit.ingest import read

SECOND = "Ferry sails again after eleven weeks"
THIRD = "The ferry between Vesk and Turholm sailed on Monday with forty people on board, the harbour office said."
FOURTH = "Tickets cost as much as they did before the storm, and the first boat was full, according to its captain."


def whole(body: str, head: str = "", title: str = TITLE) -> bytes:
    return f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode()


def test_several_articles_on_a_page_are_articles() -> None:
    when = "<time datetime='2025-06-18T10:00:00+02:00'></time>"
    one = f"<article><h2>{TITLE}</h2>{when}<p>{FIRST}</p><p>{LAST}</p></article>"
    two = f"<article><h2>{SECOND}</h2><p>{THIRD}</p><p>{FOURTH}</p></article>"
    found = read_whole(whole(f"<main>{one}{two}</main>")).articles
    assert [(article.title, article.body) for article in found] == [
        (TITLE, f"{FIRST}\n{LAST}"),
        (SECOND, f"{THIRD}\n{FOURTH}"),
    ]
    assert [article.published_at for article in found] == ["2025-06-18T10:00:00+02:00", None]


def test_teasers_and_comments_are_no_articles() -> None:
    own = f"<article><h1>{TITLE}</h1><p>{FIRST}</p><p>{LAST}</p></article>"
    teaser = f"<article class='card'><h3><a href='/2'>{SECOND}</a></h3><p>{THIRD}</p></article>"
    bare = f"<article><h3><a href='/2'>{SECOND}</a></h3><p>{THIRD}</p></article>"
    remark = f"<ol class='comment-list'><li><article><h4>Olle</h4><p>{FOURTH}</p><p>{THIRD}</p></article></li></ol>"
    (article,) = read_whole(whole(f"<main>{own}{remark}</main><aside>{teaser}</aside>{bare}{bare}")).articles
    assert article.body == f"{FIRST}\n{LAST}"


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("<article class='post'>", "</article>"),
        ("<div class='liveblog-post'>", "</div>"),
        ("<li class='post entry'>", "</li>"),
    ],
)
def test_posts_of_a_live_blog_have_their_headings_and_times(opening: str, closing: str) -> None:
    times = ["2025-06-18T14:32:00Z", "2025-06-18T13:05:00Z"]
    posts = "".join(
        f"{opening}<time datetime='{when}'>{when[11:16]}</time><h3>{title}</h3><p>{text}</p>{closing}"
        for when, title, text in zip(times, (TITLE, SECOND), (FIRST, THIRD), strict=True)
    )
    found = read_whole(
        whole(f"<h1>The flood: live updates</h1><div class='live-blog'>{posts}</div>", title="Flood live")
    ).articles
    assert [(article.title, article.body) for article in found] == [(TITLE, FIRST), (SECOND, THIRD)]
    assert [article.published_at for article in found] == [when.replace("Z", "+00:00") for when in times]


EMPTY = "<div id='root'>Loading…</div><noscript>You need to enable JavaScript to run this app.</noscript>"


@pytest.mark.parametrize(
    "script",
    [
        '<script type="application/ld+json">'
        + json.dumps({"@type": "NewsArticle", "headline": TITLE, "articleBody": f"{FIRST}\n\nÄ &amp; b. {LAST}"})
        + "</script>",
        '<script id="__NEXT_DATA__" type="application/json">'
        + json.dumps(
            {
                "props": {
                    "article": {"title": TITLE, "content": [{"text": FIRST}, {"text": f"Ä & b. {LAST}"}]},
                    "more": [{"text": "x"}],
                }
            }
        )
        + "</script>",
        "<script>window.__INITIAL_STATE__ = "
        + json.dumps(
            {"story": {"headline": TITLE, "body": f"<p>{FIRST}</p><p>Ä &amp; b. {LAST}</p>"}}, ensure_ascii=False
        )
        + ";</script>",
    ],
)
def test_a_body_that_only_a_script_holds_is_read_with_its_bytes(script: str) -> None:
    (article,) = read_whole(whole(EMPTY + script)).articles
    assert (article.title, article.body) == (TITLE, f"{FIRST}\nÄ & b. {LAST}")


def ld(**said: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **said})}</script>'


@pytest.mark.parametrize(
    ("head", "at"),
    [
        (
            ld(datePublished="2024-03-12T23:30:00-05:00", dateModified="2024-03-20T08:00:00Z"),
            "2024-03-12T23:30:00-05:00",
        ),
        (ld(dateModified="2024-03-20T08:00:00Z"), None),
        ('<meta property="og:updated_time" content="2024-03-20T08:00:00Z">', None),
        ('<meta content="2024-03-12T09:30:00+02:00" property="article:published_time">', "2024-03-12T09:30:00+02:00"),
        ('<meta name="pubdate" content="Tue, 12 Mar 2024 09:30:00 +0200">', "2024-03-12T09:30:00+02:00"),
        ('<meta itemprop="datePublished" content="2024-03-12">', "2024-03-12"),
        ('<meta name="date" content="1710223800">', "2024-03-12T06:10:00+00:00"),
        ('<meta property="date:published_time" content="2024-08-27">', "2024-08-27"),
        ('<meta name="date" content="Tue Mar 12 2024 15:21:41 GMT+0000">', "2024-03-12T15:21:41+00:00"),
        ("<style></style>", None),
    ],
)
def test_the_time_of_publication_is_the_stated_one_and_never_that_of_a_change(head: str, at: str | None) -> None:
    (article,) = read_whole(page_of("", head)).articles
    assert article.published_at == at


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("12 March 2024", "2024-03-12"),
        ("04/03/2024", None),
        ("13/03/2024", "2024-03-13"),
        ("12. März 2024", "2024-03-12"),
    ],
)
def test_a_date_beside_the_title_is_read_unless_it_is_ambiguous(line: str, at: str | None) -> None:
    raw = whole(f"<article><h1>{TITLE}</h1><p class='date'>{line}</p><p>{FIRST}</p><p>{LAST}</p></article>")
    (article,) = read_whole(raw).articles
    assert (article.published_at, article.published_text) == (at, line)


@pytest.mark.parametrize(
    ("title", "body", "reason"),
    [
        (
            "Just a moment...",
            "<p>Checking your browser before you access the site. This takes a few seconds.</p>",
            "challenge-page",
        ),
        (
            "Access denied",
            "<h1>Access denied</h1><p>You don't have permission to access this page on this server.</p>",
            "challenge-page",
        ),
        (
            "404 - Page not found",
            "<h1>Oops!</h1><p>The page you are looking for does not exist. Try the search.</p>",
            "error-page",
        ),
        (
            "Seite nicht gefunden",
            "<p>Die Seite, die Sie suchen, gibt es nicht mehr. Gehen Sie zur Startseite.</p>",
            "error-page",
        ),
        ("502 Bad Gateway", "<h1>502 Bad Gateway</h1><hr>nginx", "error-page"),
        (
            "Before you continue",
            "<p>We and our partners store information on a device, such as cookies, and process data.</p>",
            "consent-page",
        ),
    ],
)
def test_a_page_that_is_no_article_is_a_reject_with_its_reason(title: str, body: str, reason: str) -> None:
    found = read_whole(whole(body, title=title))
    assert not found.articles
    assert [cut.reason for cut in found.rejects] == [reason]


NOTICES = [
    ("Just a moment...", "Enable JavaScript and cookies to continue.", "challenge-page"),
    (
        "DDoS-Guard",
        "Your browser will redirect to the page that you want. Please allow five seconds.",
        "challenge-page",
    ),
    ("Acceso denegado", "No tiene permiso para acceder a esta página. Hable con el administrador.", "challenge-page"),
    ("Harbour Post", "Your browser is not supported. Please take a newer one to see this site.", "challenge-page"),
    ("harbour.example | 522: Connection timed out", "The network could not reach the server in time.", "error-page"),
    ("Страница не найдена", "Запрашиваемая страница не существует или была удалена.", "error-page"),
    ("429 Too Many Requests", "You have sent too many requests in a short time.", "error-page"),
    ("Harbour Post", "We are doing scheduled maintenance, and will soon be there for you again.", "error-page"),
]


@pytest.mark.parametrize(("title", "text", "reason"), NOTICES)
@pytest.mark.parametrize("form", ["html", "txt", "jsonl"])
def test_a_notice_is_no_article_in_whatever_form(title: str, text: str, reason: str, form: str) -> None:
    raw = {
        "html": whole(f"<h1>{title}</h1><p>{text}</p>", title=title),
        "txt": f"{title}\n\n{text}\n".encode(),
        "jsonl": json.dumps({"title": title, "text": text}).encode(),
    }[form]
    found = read(raw, source=f"a.{form}")
    assert not found.articles
    assert reason in {cut.reason for cut in found.rejects}


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Aid convoys denied access to the valley", "Soldiers at the gate said access had been denied since Monday."),
        ("Bank customers see internal server errors", "An internal server error kept thousands from their accounts."),
        ("Page not found in the archive, court hears", "The clerk told the court that a page could not be found."),
    ],
)
def test_short_news_of_such_things_is_news(title: str, text: str) -> None:
    raw = json.dumps({"title": title, "text": text}).encode()
    assert [article.title for article in read(raw, source="a.jsonl").articles] == [title]


@pytest.mark.parametrize("text", [TITLE, "[Removed]", "Content not available"])
def test_a_title_with_nothing_below_it_is_a_reject(text: str) -> None:
    found = read(json.dumps({"title": TITLE, "text": text}).encode(), source="a.jsonl")
    assert (found.articles, "near-empty" in {cut.reason for cut in found.rejects}) == ((), True)


def test_posts_that_only_json_ld_tells_apart() -> None:
    updates = [
        {"@type": "BlogPosting", "headline": title, "datePublished": when, "articleBody": text}
        for title, when, text in ((TITLE, "2025-06-18T10:00:00Z", FIRST), (SECOND, "2025-06-18T11:00:00Z", THIRD))
    ]
    said = json.dumps({"@type": "LiveBlogPosting", "liveBlogUpdate": updates})
    head = f"<script type='application/ld+json'>{said}</script>"
    for body in (
        f"<h1>Flood</h1><h2>{TITLE}</h2><p>{FIRST}</p><h2>{SECOND}</h2><p>{THIRD}</p>",
        "<div id='root'></div>",
    ):
        found = read_whole(whole(body, head)).articles
        assert [(article.title, article.body) for article in found] == [(TITLE, FIRST), (SECOND, THIRD)]
        assert [article.published_at for article in found] == ["2025-06-18T10:00:00+00:00", "2025-06-18T11:00:00+00:00"]


def test_a_long_notice_beside_a_short_article_does_not_take_its_place() -> None:
    notice = (
        "<div class='cc-window'><p>" + "We and our 842 partners store information on your device. " * 12 + "</p></div>"
    )
    raw = whole(f"{notice}<main><article><h1>{TITLE}</h1><p>{FIRST}</p><p>{LAST}</p></article></main>")
    (article,) = read_whole(raw).articles
    assert article.body == f"{FIRST}\n{LAST}"


def test_news_about_an_error_is_news() -> None:
    raw = whole(
        f"<article><h1>Access denied to aid convoys</h1><p>{FIRST}</p><p>{THIRD}</p><p>{LAST}</p></article>",
        title="Access denied to aid convoys",
    )
    assert len(read_whole(raw).articles) == 1


def test_an_article_within_an_aside_is_read_and_not_the_notice_beside_it() -> None:
    notice = (
        "<div><p>We use cookies to improve your visit. By clicking accept you agree to our use of cookies.</p></div>"
    )
    raw = whole(f"{notice}<main><aside><h1>{TITLE}</h1><p>{FIRST}</p><p>{LAST}</p></aside></main>")
    (article,) = read_whole(raw).articles
    assert (article.title, article.body) == (TITLE, f"{FIRST}\n{LAST}")


def test_a_copy_of_an_archive_has_the_address_of_its_page() -> None:
    head = "<link rel='canonical' href='https://web.archive.org/web/20240312093000/https://harbour.example/1'>"
    (article,) = read_whole(whole(f"<article><h1>{TITLE}</h1><p>{FIRST}</p><p>{LAST}</p></article>", head)).articles
    assert (article.url, article.publisher) == ("https://harbour.example/1", "harbour.example")


def test_a_box_for_a_newsletter_is_out_and_an_article_about_one_is_in() -> None:
    box = "<div class='widget newsletter-box'><p>Get the news of the harbour in your inbox every morning.</p></div>"
    (article,) = read_whole(whole(f"{box}<div><h1>{TITLE}</h1><p>{FIRST}</p><p>{LAST}</p></div>")).articles
    assert article.body == f"{FIRST}\n{LAST}"
    body = f"<div class='newsletter'><h1>{TITLE}</h1><p>{FIRST}</p><p>{LAST}</p></div>"
    assert read_whole(whole(body)).articles[0].body == f"{FIRST}\n{LAST}"


def test_a_list_of_sentences_beside_few_paragraphs_belongs_to_the_article() -> None:
    items = f"<ul><li>{THIRD}</li><li>{FOURTH}</li></ul>"
    parts = f"<div><p>{FIRST}</p></div><div><p><b>Not affected:</b></p>{items}</div>"
    raw = whole(f"<div class='page'><h1>{TITLE}</h1>{parts}</div>")
    (article,) = read_whole(raw).articles
    assert article.body.split("\n") == [FIRST, "Not affected:", THIRD, FOURTH]

"""RSS and Atom: each item with its own facts, without markup."""

from __future__ import annotations

import pytest

from toolkit.errors import InvalidInput
from toolkit.ingest import extract, pages, read, rebuild

ITEMS = """<item><title>Quay &amp; port open</title><link>https://tern.example/1</link>
<dc:creator>Ada Holm</dc:creator><pubDate>Tue, 12 Mar 2024 09:30:00 +0200</pubDate><description>Short.</description>
<content:encoded><![CDATA[<p>The quay opened on Monday, the council said.</p>
<p>It had been shut &amp; locked.</p>]]></content:encoded>
</item><item><title>Ferry sails</title><link>https://tern.example/2</link>
<description>&lt;p&gt;The ferry sailed on Tuesday. It was full.&lt;/p&gt;</description></item>
<item><title>Only a title</title><link>https://tern.example/3</link></item>"""
RSS = f"""<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>The Daily Tern</title><language>en-GB</language>
{ITEMS}</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>The Daily Tern</title><entry><title>Ferry sails</title>
<link href="https://tern.example/2"/><published>2024-03-12T09:30:00Z</published><updated>2024-03-14T09:30:00Z</updated>
<content type="html">&lt;p&gt;The ferry sailed on Tuesday. It was full.&lt;/p&gt;</content></entry></feed>"""


@pytest.mark.parametrize("source", ["feed.xml", "feed.rss", "feed.txt", "feed"])
def test_items_are_articles_with_their_facts(source: str) -> None:
    found = read(RSS.encode(), source=source)
    first, second = found.articles
    assert first.text == ("Quay & port open\nThe quay opened on Monday, the council said.\nIt had been shut & locked.")
    assert (first.url, first.byline, first.publisher) == ("https://tern.example/1", "Ada Holm", "The Daily Tern")
    assert (first.published_at, first.language) == ("2024-03-12T09:30:00+02:00", "en")
    assert second.body == "The ferry sailed on Tuesday. It was full."
    assert [(cut.reason, cut.detail) for cut in found.rejects] == [("not-a-page", "an item without a text")]
    for article, page in zip(found.articles, pages(RSS.encode(), source=source), strict=False):
        assert rebuild(article, page) == article.text


def test_atom_has_the_published_date_not_the_updated() -> None:
    (article,) = extract(ATOM.encode(), source="feed.xml")
    assert (article.title, article.published_at) == ("Ferry sails", "2024-03-12T09:30:00+00:00")


def test_a_feed_that_is_cut_short_or_empty_is_told() -> None:
    found = read(RSS[: RSS.index("<item><title>Only")].encode()[:-40], source="feed.xml")
    assert [article.title for article in found.articles] == ["Quay & port open"]
    assert "feed.xml (item 2): the feed is cut short within it" in (found.rejects[0].detail or "")
    with pytest.raises(InvalidInput, match="a feed without items"):
        read(b"<rss version='2.0'><channel><title>T</title></channel></rss>", source="feed.xml")


def test_xml_that_is_no_feed_is_refused_by_its_root() -> None:
    with pytest.raises(InvalidInput, match="XML of <urlset>, which is not known"):
        read(b"<?xml version='1.0'?><urlset><url><loc>https://a.example</loc></url></urlset>", source="sitemap.xml")


def test_entities_that_grow_like_a_bomb_are_not_unpacked() -> None:
    levels = "".join(f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">' for number in range(1, 12))
    feed = f'<?xml version="1.0"?>\n<!DOCTYPE rss [<!ENTITY e0 "aaaaaaaaaa">{levels}]>\n<rss version="2.0"><channel>'
    feed += (
        "<title>&e11;</title><item><title>A</title><description>&e11; The quay opened, he said.</description></item>"
    )
    found = read(f"{feed}</channel></rss>".encode(), source="feed.xml")
    assert all(len(article.text) < 100_000 for article in found.articles)
    with pytest.raises(InvalidInput, match="XML"):
        read(b'<?xml version="1.0"?>\n<!-- nothing but a sentence of prose it is -->', source="a.txt")


def test_what_the_library_stumbles_over_is_a_fault_of_the_file() -> None:
    item = "<item><title>Quay</title><description>The quay {0} opened on Monday, it said.</description></item>"
    feed = f"<rss version='2.0'><channel><title>T</title>{item}</channel></rss>"
    (article,) = extract(feed.format("&nbsp;").encode(), source="feed.xml")
    assert "opened on Monday" in article.text
    with pytest.raises(InvalidInput, match="not readable as RSS or Atom"):
        extract(feed.format("&nbsp;&#1114112;").encode(), source="feed.xml")


def test_a_section_whose_marks_are_escaped_is_text() -> None:
    text = "The ferry sailed on Monday with forty people on board."
    item = f"<item><title>One</title><description>&lt;![CDATA[{text}]]&gt;</description></item>"
    feed = f"<rss version='2.0'><channel><title>The Tern</title>{item}</channel></rss>"
    assert [article.body for article in extract(feed.encode(), source="a.xml")] == [text]

"""Dumps of MediaWiki: pages of the main namespace as text."""

from __future__ import annotations

import pytest

from toolkit.errors import InvalidInput
from toolkit.ingest import read

HEAD = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en">
<siteinfo><sitename>Wikitern</sitename><namespaces><namespace key="0"/><namespace key="6">File</namespace>
<namespace key="14">Category</namespace></namespaces></siteinfo>"""
PAGE = """<page><title>{title}</title><ns>{ns}</ns><id>1</id>{redirect}<revision><id>2</id><parentid>1</parentid>
<timestamp>2024-05-01T00:00:00Z</timestamp><text xml:space="preserve">{text}</text></revision></page>"""
TEXT = """{{date|March 12, 2024}}{{Port}}
[[File:Quay.jpg|thumb|The quay]]
The '''quay''' opened on [[Monday]], the [[w:Council|council]] said.&lt;ref&gt;A note.&lt;/ref&gt;

{| class="wikitable"
|-
| Orlino || 11
|}
== Reactions ==
The mayor was [https://tern.example glad].

== Sources ==
* {{source|url=https://tern.example}}
[[Category:Ports]]"""


def dump(*pages: str, end: str = "</mediawiki>") -> bytes:
    return (HEAD + "".join(pages) + end).encode()


def test_wikitext_is_read_as_text_with_its_date() -> None:
    raw = dump(
        PAGE.format(title="Quay opens", ns=0, redirect="", text=TEXT),
        PAGE.format(title="Old quay", ns=0, redirect='<redirect title="Quay opens"/>', text="#REDIRECT [[Quay opens]]"),
        PAGE.format(title="Talk:Quay opens", ns=1, redirect="", text="Is it true? I do not know."),
    )
    found = read(raw, source="dump.xml")
    (article,) = found.articles
    assert (article.title, article.publisher, article.published_at) == ("Quay opens", "Wikitern", "2024-03-12")
    assert article.body == "The quay opened on Monday, the council said.\nReactions\nThe mayor was glad."
    assert [cut.detail for cut in found.rejects] == ["a redirect", "a page of namespace 1"]


def test_a_dump_that_is_cut_short_is_told() -> None:
    raw = dump(PAGE.format(title="Quay opens", ns=0, redirect="", text=TEXT), end="<page><title>Fer")
    with pytest.raises(InvalidInput, match="not readable as a dump of MediaWiki"):
        read(raw, source="dump.xml")

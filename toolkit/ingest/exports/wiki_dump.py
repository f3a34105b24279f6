"""Dumps of MediaWiki, such as Wikinews: each page of the main namespace is an article, its wikitext read as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any, BinaryIO

from toolkit.ingest.documents.office import damaged, missing
from toolkit.ingest.formats.raw_page import RawPage, Rows

_MAIN, _FILE, _CATEGORY = "0", "6", "14"
_REDIRECT = re.compile(r"\s*#(?:redirect|weiterleitung|redirection|redirección|перенаправление|تحويل)\b", re.I)
_DATES = ("date", "datum", "fecha", "data", "дата")
_OUT_TAGS = ("ref", "gallery", "math", "table", "timeline", "references", "score")
_OUT_SECTIONS = re.compile(
    r"(?:sources?|references?|external links?|related (?:news|articles|stories)|see also|notes|further reading|"
    r"quellen?|"
    r"weblinks|einzelnachweise|siehe auch|themenverwandte artikel|références|liens externes|voir aussi|fuentes?|"
    r"referencias|enlaces externos|noticias relacionadas|véase también|fonti|collegamenti esterni|источники?|ссылки|"
    r"примечания|см\. также|مصادر|المصادر|مراجع|وصلات خارجية|来源|參考|消息来源)",
    re.I,
)


def wiki_pages(stream: BinaryIO, source: str, most_bytes: int) -> Iterator[RawPage]:
    """Yield the pages of a dump; redirects, and pages of other namespaces, are marked as no articles.

    Raises:
        InvalidInput: It is damaged, or the library for it is missing.
    """
    try:
        import mwparserfromhell as wikitext
    except ImportError as error:
        raise missing("mwparserfromhell", source, error) from error
    from lxml import etree

    rows = Rows(source, most_bytes)
    site, asides = "", {"file", "image", "category"}
    with damaged("a dump of MediaWiki", source):
        for _, element in etree.iterparse(stream, events=("end",), huge_tree=True, resolve_entities=False):
            name = etree.QName(element).localname
            if name == "sitename":
                site = element.text or ""
            elif name == "namespace" and element.get("key") in (_FILE, _CATEGORY):
                asides.add((element.text or "").casefold())
            elif name == "page":
                place = f"page {_said(element, 'title')!r}"
                yield rows.guarded(place, partial(_page, element, rows, site, asides, wikitext))
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]


def _page(page: Any, rows: Rows, site: str, asides: set[str], wikitext: Any) -> RawPage:
    title, namespace = _said(page, "title"), _said(page, "ns")
    place = f"page {title!r}"
    revisions = page.findall("{*}revision")
    text = _said(revisions[-1], "text") if revisions else ""
    if namespace not in ("", _MAIN):
        return rows.page({"title": title}, place, aside=f"a page of namespace {namespace}")
    if page.find("{*}redirect") is not None or _REDIRECT.match(text):
        return rows.page({"title": title}, place, aside="a redirect")
    code = wikitext.parse(text)
    date = _date(code)
    body = _plain(code, asides)
    if date is None and revisions and revisions[0].find("{*}parentid") is None:
        date = _said(revisions[0], "timestamp")
    values = {"title": title, "text": body, "publisher": site, "published_at": date}
    aside = None if body else "a page without text"
    return rows.page({name: value for name, value in values.items() if value}, place, aside=aside)


def _said(element: Any, name: str) -> str:
    found = element.find(f"{{*}}{name}")
    return (found.text or "").strip() if found is not None else ""


def _date(code: Any) -> str | None:
    """Return the date that a template such as {{date|March 12, 2024}} gives."""
    for template in code.filter_templates():
        name = str(template.name).strip().casefold()
        if name in _DATES and template.params:
            return str(template.params[0].value).strip()
        for wanted in _DATES:
            if name == "byline" and template.has(wanted):
                return str(template.get(wanted).value).strip()
    return None


def _plain(code: Any, asides: set[str]) -> str:
    """Return wikitext as text: without files, categories, notes, tables, and the sections that list sources."""
    for node in code.filter_wikilinks():
        prefix = str(node.title).partition(":")[0].strip().casefold()
        if ":" in str(node.title) and prefix in asides:
            _remove(code, node)
    for node in code.filter_tags(matches=lambda tag: str(tag.tag).casefold() in _OUT_TAGS):
        _remove(code, node)
    lines: list[str] = []
    skips = False
    for section in code.get_sections(flat=True, include_lead=True):
        headings = section.filter_headings()
        heading = headings[0].title.strip_code().strip() if headings else ""
        level = headings[0].level if headings else 0
        if level <= 2:
            skips = bool(heading) and _OUT_SECTIONS.fullmatch(heading) is not None
        if not skips:
            lines += (line.strip() for line in section.strip_code(normalize=True, collapse=True).split("\n"))
    return "\n".join(filter(None, lines))


def _remove(code: Any, node: Any) -> None:
    try:
        code.remove(node)
    except ValueError:  # it stood within one that is gone already
        return

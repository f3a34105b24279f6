"""Which column of a row holds what: found by its name, whatever its spelling, and only if its value can be that.

A name is compared without case, blanks and marks: "Article Text", "articleText" and "article_text" are one. Where the
text lies deeper, as in {"hits": {"_source": {"body": …}}}, the objects around it are searched too, the nearest first.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Path = tuple[str | int, ...]
"""The way to a value: names of members and numbers of elements."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "text": (
        *("text", "body", "content", "article", "article_text", "article_body", "maintext", "main_text", "full_text"),
        *("plaintext", "plain_text", "body_text", "text_body", "body_plain", "content_text", "text_content"),
        *("article_content", "news_text", "news_content", "news_body", "story_text", "story_body", "post_content"),
        *("post_text", "post_body", "cleaned_text", "clean_text", "page_text", "page_content", "document_text"),
        *(
            "paragraphs",
            "sections",
            "blocks",
            "raw_text",
            "transcript",
            "selftext",
            "tweet",
            "tweet_text",
            "full_content",
            "contents",
            "article_plain",
        ),
        *("texte", "texto", "testo", "volltext", "artikeltext", "tekst", "contenido", "contenu", "cuerpo", "corps"),
        *(
            "conteudo",
            "текст",
            "содержание",
            "النص",
            "نص",
            "المحتوى",
            "متن",
            "正文",
            "内容",
            "本文",
            "본문",
            "내용",
            "metin",
        ),
    ),
    "markdown": ("markdown", "body_markdown", "content_markdown", "text_markdown", "md"),
    "html": ("html", "raw_html", "content_html", "body_html", "html_content", "html_body", "page_html", "source_html"),
    "summary": ("description", "summary", "excerpt", "abstract", "lead_paragraph", "lead", "snippet", "teaser"),
    "title": (
        *("title", "headline", "article_title", "news_title", "post_title", "page_title", "web_title", "subject"),
        *("heading", "titel", "titre", "título", "titulo", "titolo", "tytuł", "rubrik", "überschrift", "schlagzeile"),
        *("заголовок", "название", "العنوان", "عنوان", "标题", "タイトル", "見出し", "제목", "başlık"),
    ),
    "url": (
        *("url", "link", "source_url", "canonical_url", "article_url", "page_url", "web_url", "permalink", "uri"),
        *("href", "short_url", "article_link", "news_url", "post_url", "requested_url", "responded_url", "guid"),
        *("source", "id", "ссылка", "الرابط", "رابط", "链接"),
    ),
    "publisher": (
        *("publisher", "source", "source_name", "source_hostname", "source_title", "site", "sitename", "site_name"),
        *(
            "og_site_name",
            "source_domain",
            "outlet",
            "newspaper",
            "publication",
            "publication_name",
            "media",
            "medium",
            "media_name",
        ),
        *("news_source", "provider", "channel", "domain", "hostname", "quelle", "zeitung", "journal", "fuente"),
        *("medio", "fonte", "testata", "источник", "издание", "المصدر", "来源", "媒体", "媒体", "출처", "kaynak"),
    ),
    "byline": (
        *("byline", "author", "authors", "author_name", "creator", "writer", "reporter", "journalist", "written_by"),
        *("autor", "autoren", "verfasser", "auteur", "auteurs", "autore", "автор", "الكاتب", "作者", "yazar"),
    ),
    "published_at": (
        *("published_at", "published", "date", "publish_date", "date_publish", "published_date", "date_published"),
        *("pub_date", "publication_date", "publishing_date", "web_publication_date", "first_publication_date"),
        *("published_on", "published_time", "publish_time", "publication_time", "post_date", "article_date"),
        *(
            "article_published_time",
            "news_date",
            "display_date",
            "release_date",
            "iso_date",
            "issued",
            "timestamp",
            "datetime",
            "date_time",
        ),
        *("time", "created_at", "created", "date_created", "posted_at", "pubdate_iso", "datum", "fecha", "data"),
        *(
            "veröffentlicht",
            "veröffentlichungsdatum",
            "дата",
            "التاريخ",
            "تاريخ",
            "日期",
            "发布时间",
            "日付",
            "날짜",
            "tarih",
        ),
    ),
    "language": ("language", "lang", "in_language", "language_code", "lang_code", "sprache", "langue", "idioma"),
    "licence": ("licence", "license", "rights", "copyright"),
    "fetched_at": (
        *("fetched_at", "crawled_at", "date_download", "scraped_at", "retrieved_at", "crawl_date", "scrape_date"),
        *("download_date", "downloaded_at", "accessed_at", "fetch_time"),
    ),
}
"""Role → names of columns that have it; the first one that a row fills with such a value counts."""

TEXTS = ("text", "markdown", "html", "summary")
"""The roles that can be an article's text, the best first."""

_NOTHING = frozenset(("", "nan", "none", "null", "nil", "n/a", "na", "#n/a", "nat", "<na>", "undefined", "-", "--"))
_WHOLE = (
    *("rendered", "text", "plaintext", "plain_text", "plain", "main", "value", "#text", "_text", "$t", "__cdata"),
    *("cdata", "html", "markdown", "default"),
)
"""Members of an object that hold all of its text."""
_PARTS = (
    *("headline", "heading", "header", "title", "summary", "lead", "intro", "content", "body", "sections", "section"),
    *("paragraphs", "paragraph", "blocks", "block", "children", "data", "items", "p", "elements", "entities", "nodes"),
)
"""Members of an object that hold a part of its text each."""
_ASIDE = frozenset(
    (
        *(
            "author",
            "authors",
            "image",
            "images",
            "media",
            "video",
            "videos",
            "thumbnail",
            "comments",
            "user",
            "source",
        ),
        *("publisher", "seo", "tags", "categories", "category", "related", "links", "stats", "quoted", "replyto"),
        *("embedded", "yoastheadjson", "meta", "metadata", "parent", "channel", "breadcrumbs", "social", "ads"),
    )
)
"""Objects that hold another text than the article's, compared by key."""
_KEY = re.compile(r"[\W_]+")
_BESIDE = ("metadata", "meta", "html")
"""Objects of a row that hold facts of its text."""
_URL = re.compile(r"https?://\S+", re.I)
_NUMBER = re.compile(r"[\d\s.:/,+-]+(?:[TZ][\d:.+Z-]*)?")
_DEEPEST = 6


def key_of(name: str) -> str:
    """Return a column's name without case, blanks and marks: what its spellings share."""
    return _KEY.sub("", name).casefold() or name


_KEYS = {role: tuple(dict.fromkeys(map(key_of, names))) for role, names in COLUMNS.items()}


def is_nothing(value: object) -> bool:
    """Return whether a value stands for none: null, NaN, an empty list, or a text such as "nan" or "N/A"."""
    if isinstance(value, str):
        return value.strip().casefold() in _NOTHING
    if isinstance(value, float):
        return math.isnan(value)
    return value is None or value in ([], {})


def at(values: Any, path: Path) -> Any:
    """Return the value at a path; None if there is none."""
    for step in path:
        try:
            values = values[step]
        except (KeyError, IndexError, TypeError):
            return None
    return values


def chosen(values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Path]:
    """Return role → path of the column that has it.

    Args:
        values: The members of a row.
        names: Role → name or path ("article.body") that the user gives, tried first; with "" the role is not read.

    Returns:
        The roles that the row fills. Of the roles of `TEXTS` each one that it has on the best level.
    """
    found = {role: path for role, name in names.items() if name and (path := _named(values, name, role)) is not None}
    closed = {role for role, name in names.items() if not name}
    base: Path = ()
    wanted = [role for role in TEXTS if role not in closed]
    if not any(role in found for role in wanted):
        base = _home(values, [role for role in wanted if role != "summary"]) or ()
    homes = [base[:depth] for depth in range(len(base), -1, -1)]
    homes += [(name,) for name in _BESIDE if isinstance(values.get(name), Mapping) and (name,) not in homes]
    for role in COLUMNS:
        if role in found or role in closed:
            continue
        for home in homes[:1] if role in TEXTS else homes:
            path = _of_role(at(values, home), role)
            if path is not None:
                found[role] = (*home, *path)
                break
    return found


def _named(values: Mapping[str, Any], name: str, role: str) -> Path | None:
    """Return the path that a name spells: the name of a column as it stands, in another spelling, or a path."""
    same = [column for column in values if column == name] or [c for c in values if key_of(c) == key_of(name)]
    if same:
        path: Path = (same[0],)
    else:
        steps = re.split(r"\.|\[(?=\d+\])", name)
        path = tuple(int(step[:-1]) if re.fullmatch(r"\d+\]", step) else step for step in steps if step)
    value = at(values, path)
    return None if is_nothing(value) or (role in TEXTS and not paragraphs(value)) else path


def _home(values: Mapping[str, Any], roles: Sequence[str]) -> Path | None:
    """Return the path of the object nearest to the surface that has a text."""
    level: list[Path] = [()]
    for _ in range(_DEEPEST):
        deeper: list[Path] = []
        for home in level:
            inside = at(values, home)
            if any(_of_role(inside, role) is not None for role in roles):
                return home
            deeper += [(*home, name) for name, value in inside.items() if _may_hold(name, value)]
        level = deeper
    return None


def _may_hold(name: str, value: object) -> bool:
    return isinstance(value, Mapping) and (name == "_source" or key_of(name) not in _ASIDE)


def _of_role(inside: Mapping[str, Any], role: str) -> Path | None:
    """Return the path of the member of an object that has a role, in the order of the role's names."""
    by_key: dict[str, list[str]] = {}
    for name, value in inside.items():
        if not is_nothing(value):
            by_key.setdefault(key_of(name), []).append(name)
    for key in _KEYS[role]:
        for name in by_key.get(key, ()):
            if _fits(role, inside[name]):
                return (name,)
    return None


def _fits(role: str, value: Any) -> bool:
    """Return whether a value can have a role: a URL is not a publisher, and a number is not a title."""
    if role in TEXTS:
        return bool(paragraphs(value))
    if role == "title":
        return bool(paragraphs(value)) and len(paragraphs(value)) == 1
    said = as_text(value)
    if said is None:
        return False
    if role == "url":
        return _URL.fullmatch(said) is not None
    if role in ("publisher", "byline"):
        return not _URL.match(said) and not _NUMBER.fullmatch(said)
    return True


def paragraphs(value: Any) -> list[list[Path]]:
    """Return the paths, from a value on, of the strings of its text: of each paragraph those that make it up.

    A text may be a string, a list of paragraphs, a list of runs ("eleven ", {"text": "soldiers"}), or an
    object around one of these, such as {"rendered": …} or {"sections": [{"headline": …, "paragraphs": […]}]}.
    """
    return list(_paragraphs(value, (), _DEEPEST))


def _paragraphs(value: Any, path: Path, depth: int) -> Iterator[list[Path]]:
    if isinstance(value, str):
        if not is_nothing(value):
            yield [path]
    elif isinstance(value, list) and depth:
        parts = [list(_paragraphs(item, (*path, number), depth - 1)) for number, item in enumerate(value)]
        if _is_runs(value):
            yield [run for part in parts for paragraph in part for run in paragraph]
        else:
            for part in parts:
                yield from part
    elif isinstance(value, Mapping) and depth:
        by_key = {str(name).casefold(): name for name in value}
        whole = next((by_key[key] for key in _WHOLE if key in by_key and not is_nothing(value[by_key[key]])), None)
        for name in [whole] if whole is not None else [name for name in value if str(name).casefold() in _PARTS]:
            yield from _paragraphs(value[name], (*path, name), depth - 1)


def _is_runs(items: Sequence[Any]) -> bool:
    """Return whether the elements of a list are runs of one line: strings beside objects, or the spans of a block."""
    objects = [item for item in items if isinstance(item, Mapping)]
    if not objects:
        return False
    if len(objects) < len(items):
        return True
    return all("text" in item and item.get("_type", item.get("type")) in ("span", "text") for item in objects)


_NAMING = ("name", "display_name", "displayName", "original", "title", "label", "text", "value", "rendered", "$date")


def as_text(value: Any) -> str | None:
    """Return a value as text: the names of a list of objects, a date out of its wrapper; None if it says nothing."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(as_text, value))) or None
    if isinstance(value, Mapping):
        for name in _NAMING:
            if name in value and (said := as_text(value[name])):
                return said
        return as_text(value["$numberLong"]) if "$numberLong" in value else None
    if isinstance(value, bool) or is_nothing(value):
        return None
    return str(value).strip() or None


_ROLES = {key: role for role, keys in reversed(_KEYS.items()) for key in keys}


def is_known(name: str) -> str | None:
    """Return the role that a column's name stands for; None if it is not known. Roles of texts are all "text"."""
    role = _ROLES.get(key_of(name.strip().strip("\ufeff"))) if name.strip() else None
    return "text" if role in TEXTS and role != "summary" else role


def is_text(name: str) -> bool:
    """Return whether a column's name is that of a text, or of a summary."""
    return _ROLES.get(key_of(name)) in TEXTS

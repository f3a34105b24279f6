"""Several articles on one page, and the posts of a live blog, each with its heading, its time and its paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

_HEADINGS = ("h1", "h2", "h3", "h4")
_BLOCKS_NAMES = (
    "p div section article li ul ol dl dd dt blockquote table tr td th h1 h2 h3 h4 h5 h6 pre figure header main br"
)
_BLOCKS = frozenset(_BLOCKS_NAMES.split())
_OUTSIDE_NAMES = "script style nav aside footer form button figure noscript iframe svg select template time"
_OUTSIDE = frozenset(_OUTSIDE_NAMES.split())
_NOT_ARTICLES = frozenset({"aside", "nav", "footer", "figure", "form"})
_REMARK = re.compile(r"comment|related|recommend|teaser|promo|sidebar|widget|\bcards?\b|more-|newsletter", re.I)
_LIVE = re.compile(r"live[-_ ]?(?:blog|post|update|feed|ticker|entry|event|coverage)|liveticker|\bticker\b", re.I)
_POST = re.compile(
    r"(?:^|[\s_-])(?:live)?-?(?:blog)?[-_]?(?:post|entry|update|event|item|block|ticker-?\w*|message)(?:$|[\s_-])", re.I
)
_STOP = re.compile(r"[.!?…。！？؟।۔][\"'”»)]*\s*$")
_SCHEMA = re.compile(r"schema\.org/(?:\w*Article|BlogPosting)$")
_LEAST_POST, _LEAST_BODY = 30, 120  # code points of the paragraphs
_FEWEST_POSTS = 2
_WIDE, _WIDE_SCALE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"), 3
_DOMINANT = 0.3


@dataclass(frozen=True, slots=True)
class Post:
    """One of the articles of a page, as texts that are yet to be found in it.

    Attributes:
        heading: Its heading.
        when: Its time as the page states it for machines, or shows it.
        paragraphs: The paragraphs below the heading.
    """

    heading: str | None
    when: str | None
    paragraphs: tuple[str, ...]

    @property
    def size(self) -> int:
        """Code points of the paragraphs."""
        return sum(map(len, self.paragraphs))

    @property
    def weight(self) -> int:
        """The size, scaled for scripts that need fewer characters."""
        return self.size * (_WIDE_SCALE if any(map(_WIDE.search, self.paragraphs)) else 1)

    @property
    def prose(self) -> bool:
        """One of the paragraphs ends as a sentence."""
        return any(_STOP.search(paragraph) for paragraph in self.paragraphs)


def posts_of(tree: Any, *, live: bool) -> list[Post]:
    """Return the articles or posts of a page, in its order; none unless there are several.

    Args:
        tree: The page, from lxml.
        live: The page is known to be a live blog.
    """
    live = live or _is_live(tree)
    elements = [item for item in tree.iter("article") if _is_own(item)]
    if not elements:
        elements = [item for item in tree.iter("div", "section") if _SCHEMA.search(item.get("itemtype") or "")]
    if live:
        elements = _live_posts(tree, elements)
    posts = [(element, _post(element)) for element in elements]
    if live:
        kept = [post for _, post in posts if post.weight >= _LEAST_POST and (post.when or post.heading)]
        return kept if len(kept) >= _FEWEST_POSTS else []
    whole = [(element, post) for element, post in posts if _is_article(element, post)]
    if len(whole) < _FEWEST_POSTS or _dominates(whole):
        return []
    return [post for _, post in whole]


def drop_teasers(tree: Any) -> None:
    """Take the teasers of other articles out of a page that has an article with a heading of the first rank."""
    articles: list[Any] = list(tree.iter("article"))
    others = [item for item in articles if not any(True for _ in item.iter("h1"))]
    for item in others if len(others) < len(articles) else ():
        nested = len(list(item.iter("article"))) > 1
        if not nested and _leads_elsewhere(item) and len(_post(item).paragraphs) <= 1:
            item.drop_tree()


def sole_article(tree: Any) -> Post | None:
    """Return the only `<article>` of a page, or its `<main>`, if it has a heading and a sentence."""
    for name in ("article", "main"):
        found = [item for item in tree.iter(name) if _is_own(item)]
        if len(found) == 1:
            post = _post(found[0])
            if post.heading and post.prose:
                return post
    return None


def _is_own(element: Any) -> bool:
    """Return whether an article is no comment, no teaser at the edge, and not within another one."""
    if _REMARK.search(_names(element)):
        return False
    for above in element.iterancestors():
        if above.tag in _NOT_ARTICLES or above.tag == "article":
            return False
        if above.tag not in ("body", "html", "main") and _REMARK.search(_names(above)):
            return False
    return True


def _names(element: Any) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def _is_live(tree: Any) -> bool:
    if any(
        _LIVE.search(_names(element)) for element in tree.iter("div", "section", "main", "article", "body", "ol", "ul")
    ):
        return True
    title = next((element.text or "" for element in tree.iter("title")), "")
    return (
        re.search(
            r"\blive\b.{0,20}\b(?:updates?|blog|coverage)|liveblog|liveticker|en direct|minuto a minuto|онлайн-",
            title,
            re.I,
        )
        is not None
    )


def _live_posts(tree: Any, articles: Sequence[Any]) -> list[Any]:
    """Return the elements of a live blog's posts: its articles, or else elements of one kind that have times."""
    nested = [item for item in tree.iter("article") if any(above.tag == "article" for above in item.iterancestors())]
    for candidates in (articles, nested):
        timed = [item for item in candidates if next(item.iter("time"), None) is not None]
        if len(timed) >= _FEWEST_POSTS:
            return timed
    groups: dict[tuple[Any, str, str], list[Any]] = {}
    for element in tree.iter("div", "section", "li"):
        names = element.get("class") or ""
        if (_POST.search(names) or _LIVE.search(names)) and next(element.iter("time"), None) is not None:
            first = names.split()[0] if names.split() else ""
            groups.setdefault((element.getparent(), element.tag, first), []).append(element)
    return max(groups.values(), key=len, default=[])


def _is_article(element: Any, post: Post) -> bool:
    if not post.heading or not post.prose or post.weight < _LEAST_BODY:
        return False
    return len(post.paragraphs) > 1 or not _leads_elsewhere(element)


def _leads_elsewhere(element: Any) -> bool:
    """Return whether the heading of an article is a link to another page."""
    heading = next((item for item in element.iter(*_HEADINGS) if _text(item)), None)
    links = [] if heading is None else [*heading.iter("a"), *heading.iterancestors("a")]
    return any(not (link.get("href") or "#").startswith("#") for link in links)


def _dominates(whole: Sequence[tuple[Any, Post]]) -> bool:
    """Return whether one article is the page's own and the others are notes beside it."""
    firsts = [post for element, post in whole if next(element.iter("h1"), None) is not None]
    others = sum(post.size for _, post in whole) - (firsts[0].size if firsts else 0)
    return len(firsts) == 1 and others < _DOMINANT * firsts[0].size


def _post(element: Any) -> Post:
    heading = next((item for item in element.iter(*_HEADINGS) if _text(item)), None)
    time = next(element.iter("time"), None)
    when = None if time is None else (time.get("datetime") or _text(time)).strip() or None
    return Post(None if heading is None else _text(heading), when, tuple(_paragraphs(element, heading)))


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _paragraphs(element: Any, heading: Any) -> Iterator[str]:
    """Yield the text of the innermost blocks, without the heading and what surrounds an article."""
    buffer: list[str] = []
    around = set() if heading is None else set(heading.iterancestors())
    stack: list[tuple[Any, bool]] = [(element, False)]
    while stack:
        item, leaving = stack.pop()
        block = item.tag in _BLOCKS
        if block:
            yield from taken_from(buffer)
        if not leaving:
            outside = item.tag in _OUTSIDE and item not in around
            if item is heading or outside or not isinstance(item.tag, str) or _is_label(item, element):
                buffer.append(item.tail or "")
                continue
            buffer.append(item.text or "")
            stack.append((item, True))
            stack += [(child, False) for child in reversed(item)]
        elif item is not element:
            buffer.append(item.tail or "")
    yield from taken_from(buffer)


def taken_from(buffer: list[str]) -> Iterator[str]:
    """Yield the text of the parts of a block in one line, if they have any, and empty the list of parts."""
    whole = " ".join("".join(buffer).split())
    buffer.clear()
    if whole:
        yield whole


def _is_label(item: Any, element: Any) -> bool:
    return (
        item is not element and item.tag in ("div", "ul", "section", "span", "p") and bool(_LABEL.search(_names(item)))
    )


_LABEL = re.compile(
    r"\b(?:byline|author|share|social|tags?|related|promo|newsletter|advert\w*|caption|timestamp|dateline)\b", re.I
)

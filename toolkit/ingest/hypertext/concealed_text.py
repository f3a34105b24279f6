"""The parts of an HTML page that a reader does not read as its text, found in the source without a tree.

hidden        `hidden`, `display: none`, the classes that sites hide text with, `<dialog>`
struck-out    `<del>`, `<s>`, `<strike>`, `line-through`: the page takes it back
note-mark     `<sup>`, if it is the number of a note and not a part of a word: 11<sup>1</sup> soldiers are not 111
cookie-box    a box that asks for consent, by its id or class
newsletter    a box that asks the reader to subscribe, by its id or class
"""

from __future__ import annotations

import html
import re
from typing import NamedTuple

_WORDS = (
    "hidden", "display:", "display :", "sr-only", "screen", "cookie", "consent", "gdpr", "onetrust", "didomi",
    "usercentrics", "cmpbox", "qc-cmp", "sp_message", "truste", "line-through", "strikethrough", "d-none", "font-size:",
    "newsletter",
)  # fmt: skip
"""Each tag of a part that is not shown has one of these words, or one of the names in `CONCEALING`. To search for the
words one by one is faster than a regex."""
_OPENING = re.compile(r"""<([a-zA-Z][\w:-]*)((?:[^<>"']|"[^"<]*"|'[^'<]*')*)>""")
_HIDDEN = re.compile(
    r"""\shidden(?=[\s=/]|$)(?!\s*=\s*["']?(?:false|until-found))"""
    r"""|\sstyle\s*=\s*(?:"[^"]*|'[^']*)\b(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]))"""
    r"""|\sclass\s*=\s*["']?(?:[^"'>]*\s)?(?:hidden|is-hidden|d-none|(?:\w+-)?visually-?hidden|sr-only"""
    r"""|(?:\w+-)?screen-?reader(?:-text|-only)?)"""
    r"""(?=[\s"'/]|$)""",
    re.I,
)
_SOMETIMES = re.compile(
    r"\b(?:d-)?(?:xs|sm|md|lg|xl|2xl|xxl|print)[:-](?:block|flex|grid|inline\S*|contents|table\S*)\b"
    r"|\bd-(?:xs|sm|md|lg|xl|xxl)-\w+",
    re.I,
)
"""Classes that show on a wider screen what is hidden on a narrow one."""
_COOKIE = re.compile(
    r"""\s(?:id|class)\s*=\s*(?:"[^"]*|'[^']*|[^\s"'>]*)(?:cookie|consent|gdpr|onetrust|didomi|usercentrics|cmpbox"""
    r"""|qc-cmp|sp_message|truste)""",
    re.I,
)
_CROSSED = re.compile(
    r"""\sstyle\s*=\s*(?:"[^"]*|'[^']*)\btext-decoration(?:-line)?\s*:[^;"']*line-through"""
    r"""|\sclass\s*=\s*["']?(?:[^"'>]*\s)?(?:line-through|strikethrough)(?=[\s"'/]|$)""",
    re.I,
)
_NEWSLETTER = re.compile(
    r"""\s(?:id|class)\s*=\s*(?:"(?:[^"]*[\s_-])?|'(?:[^']*[\s_-])?|(?:[^\s"'>]*[_-])?)newsletter""", re.I
)
_BOXES = frozenset(("div", "section", "aside", "form"))
_ARTICLE = re.compile(r"<(?:article|main|h1)\b", re.I)
_TAG = re.compile(r"<[^<>]*>")
_NEVER_NAMES = "html body head main article script style meta link input img br hr"
_NEVER = frozenset(_NEVER_NAMES.split())
_STRUCK = frozenset({"del", "s", "strike"})
CONCEALING = _STRUCK | {"sup", "dialog"}
"""Names of elements that may be concealed whatever their attributes say."""
_MARK = re.compile(r"[\[(]?(?:\d{1,3}|[*†‡§¶#]{1,3})(?:\s?[,–-]\s?\d{1,3})*[\])]?|[\[(](?:\w|note \d+)[\])]")
_UNIT = re.compile(r"(?:^|[\d\s])(?:[kcdmµ]?m|ft|mi|in|yd|[кс]?м|χλμ|m|s)$")
_LONGEST_COOKIE_BOX = 40_000  # code points of source
_LONGEST_BOX, _MOST_OF_BOX = 6_000, 3  # code points of source and paragraphs of a box; with more it is something else
_FEWEST_PARAGRAPHS = 5  # a hidden part with so many is the article, which a script unfolds
_UNCLOSED_NAMES = "p li dd dt td th tr option"
_UNCLOSED = frozenset(_UNCLOSED_NAMES.split())


class Concealed(NamedTuple):
    """A stretch of a page's source that is no part of its text.

    Attributes:
        start: First code point of its opening tag.
        end: One past its closing tag.
        reason: See the module.
    """

    start: int
    end: int
    reason: str


def concealed_at(source: str, opening: int, before: str) -> Concealed | None:
    """Return the stretch that begins with the tag at `opening`, if it is no part of the text.

    Args:
        source: The page's source.
        opening: The place of a "<".
        before: The text right before it.
    """
    found = _OPENING.match(source, opening)
    if found is None:
        return None
    name, attributes = found[1].lower(), found[2]
    if name in _NEVER:
        return None
    reason = _reason(name, attributes)
    if reason is None or attributes.endswith("/"):
        return None
    end = _end_of(source, name, found.end())
    if end is None:
        return None
    inner = source[found.end() : end]
    if reason == "note-mark":
        return Concealed(opening, end, reason) if _is_note_mark(inner, before) else None
    if reason == "newsletter" and (
        inner.count("<p") > _MOST_OF_BOX or end - opening > _LONGEST_BOX or _ARTICLE.search(inner)
    ):
        return None
    if reason == "cookie-box" and (end - opening > _LONGEST_COOKIE_BOX or _ARTICLE.search(inner)):
        return None
    if reason == "hidden" and (inner.count("<p") >= _FEWEST_PARAGRAPHS or "<article" in inner or "<h1" in inner):
        return None
    return Concealed(opening, end, reason)


def suspects(source: str, start: int, end: int) -> set[int]:
    """Return the places of the tags from `start` to `end` whose attributes may conceal something."""
    stretch = source[start:end]
    lower = stretch.lower()
    if len(lower) != len(stretch):  # a letter such as the dotted capital I, which has two small ones
        lower = stretch
    places: set[int] = set()
    for word in _WORDS:
        at = lower.find(word)
        while at >= 0:
            places.add(start + lower.rfind("<", 0, at + 1))
            at = lower.find(word, at + len(word))
    return places


def _reason(name: str, attributes: str) -> str | None:
    if name in _STRUCK:
        return "struck-out"
    if name == "sup":
        return "note-mark"
    if not attributes:
        return "hidden" if name == "dialog" else None
    if (_HIDDEN.search(attributes) and not _SOMETIMES.search(attributes)) or (
        name == "dialog" and " open" not in attributes
    ):
        return "hidden"
    if _CROSSED.search(attributes):
        return "struck-out"
    if _COOKIE.search(attributes):
        return "cookie-box"
    return "newsletter" if name in _BOXES and _NEWSLETTER.search(attributes) else None


def _end_of(source: str, name: str, at: int) -> int | None:
    """Return where the element that is open at a place ends; None if it is never closed."""
    depth = 1
    for found in re.compile(rf"<(/?){name}\b[^<>]*>", re.I).finditer(source, at):
        if found[1]:
            depth -= 1
            if not depth:
                return found.end()
        elif name in _UNCLOSED:
            return found.start()
        else:
            depth += not found[0].endswith("/>")
    return None


def _is_note_mark(inner: str, before: str) -> bool:
    text = html.unescape(_TAG.sub("", inner)).strip()
    if not _MARK.fullmatch(text):
        return False
    return not (text in ("2", "3") and _UNIT.search(before[-6:]))

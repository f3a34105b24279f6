"""What part of an article a line is, by its looks: byline, caption, list item; and where its dateline ends."""

from __future__ import annotations

import re
from functools import cache

from toolkit.records.sentence import Kind
from toolkit.segment.language import Language
from toolkit.segment.languages import load
from toolkit.segment.marks import letters

_LONGEST_BYLINE = 120
_JOINTS = "and|und|et|y|e|и|та|і|&|for|in|à|en|de|von|van|der|la|bin|al|/|[|]"
_LIST_ITEM = re.compile(r"\s*(?:[-*•·‣▪◦]|\(?\d{1,3}[.)]|\(?[a-z]\))\s")
_CREDIT_LINE = re.compile(r"\((?:Reporting|Writing|Editing|Additional reporting) by [^()]*\)\.?")


class Looks:
    """How a language's bylines, captions and datelines look, compiled."""

    def __init__(self, language: Language) -> None:
        upper, lower = letters("Lu", "Lt"), letters("Ll")
        name = rf"[{upper}][\w.’'-]*"
        joined = rf"{name}(?:(?:,? (?:{_JOINTS})|,)? {name}){{0,12}}"
        opening = "|".join(map(re.escape, sorted(language.byline)))
        self._byline = re.compile(rf"(?:{opening}):? {joined}[.]?\s*\Z") if opening else None
        caption = "|".join(map(re.escape, sorted(language.caption)))
        self._caption = re.compile(rf"(?:{caption})\s?(?:[-:–—/]|\bby\b)") if caption else None
        within = r"[^()\[\]]{0,60}"
        self._credit = re.compile(rf"[(\[]{within}\b(?:{caption or 'Photo'})\b{within}[)\]]\.?\s*\Z")
        # KYIV, Ukraine (AP) — · BEIJING, Sept. 3 (Xinhua) -- · Berlin (dpa) -
        capitals = rf"[{upper}][{upper}.’-]{{0,20}}"
        place = rf"[{upper}]{capitals}(?: {capitals}){{0,2}}(?:, [\w.’' ]{{1,40}}?){{0,2}}?(?: ?\([\w /.&-]{{2,40}}\))?"
        agency = (
            rf"[{upper}][{lower}][\w.’' -]{{1,40}}(?:, [\w.’' ]{{1,40}}?){{0,2}}? ?\([{upper}{lower}][\w/.&-]{{1,30}}\)"
        )
        self._dateline = re.compile(rf"(?:{place}|{agency})\s?(?:—|–|--|-)(?=\s)")

    def kind(self, line: str) -> Kind:
        """Return what a line that is no title is."""
        if _CREDIT_LINE.fullmatch(line.strip()):
            return "byline"
        if self._byline and len(line) <= _LONGEST_BYLINE and self._byline.match(line.strip()):
            return "byline"
        if (self._caption and self._caption.match(line.lstrip())) or self._credit.search(line[-160:]):
            return "caption"
        if _LIST_ITEM.match(line):
            return "list"
        return "body"

    def dateline(self, line: str) -> int:
        """Return where a line's dateline ends, its dash included; 0 when it has none."""
        match = self._dateline.match(line)
        return match.end() if match else 0


@cache
def looks(code: str) -> Looks:
    """Return the looks of a code that `languages.resolve` returned; they are compiled once."""
    return Looks(load(code))

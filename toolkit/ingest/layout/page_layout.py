"""The articles on a page, made from its lines, and a reason for every line that is in none of them.

A page is cut where cards begin (see `lines`). The stretch of one article has a title and a body. Widgets between
paragraphs are cut one by one. After a line that ends the article ("Tags", "Comments") the rest is cut as a whole,
unless paragraphs of prose show that the article goes on. Below "Related articles" a page without cards may still list
titles and bodies in turn; a title there begins an article only if the paragraph below takes up a word of it, since a
link between two paragraphs looks the same. Nothing follows a mark such as ENDS.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest

from toolkit.ingest.layout.lines import WIDE, Card, Line, cards_of
from toolkit.ingest.layout.separators import separators_of

_LABEL = re.compile(r"(?:(?:source|from|by|quelle|fuente|fonte|bron|источник|المصدر)\s*[:：]|via\b\s*[:：]?)\s*", re.I)
_LOCAL = (None, "line", "head")
"""Effects that do not concern the lines that follow."""
_KICKER, _KICKER_WORDS = 25, 4
_PLACE_WORDS, _LOOKED_AT = 3, 12
_COMMENT = 280  # readers' comments are mostly shorter; a longer line below such a heading is a paragraph


@dataclass(slots=True)
class Draft:
    """One article, as indexes of lines."""

    title: int | None = None
    body: list[int] = field(default_factory=list)
    publisher: str | None = None
    byline: int | None = None
    when: int | None = None

    def moved(self, by: int) -> Draft:
        """Return the draft with other numbers of lines."""
        title, byline, when = (None if at is None else at + by for at in (self.title, self.byline, self.when))
        return Draft(title, [index + by for index in self.body], self.publisher, byline, when)


@dataclass(slots=True)
class Layout:
    """The articles and the cut lines of a page.

    Attributes:
        drafts: Its articles in the page's order; each has a body.
        cuts: Index of every line that is in no draft → the reason.
    """

    drafts: list[Draft] = field(default_factory=list)
    cuts: dict[int, str] = field(default_factory=dict)


def layout(lines: Sequence[Line], *, titled: bool = False) -> Layout:
    """Find the articles among a page's lines; every line is either in one draft or among the cuts.

    Args:
        lines: The page's lines that are not blank, in order.
        titled: The first line is known to be the title.
    """
    rules = separators_of(lines)
    if rules:
        return _in_parts(lines, rules, titled=titled)
    page = Layout()
    cards = cards_of(lines)
    splits = [card for card in cards if not card.top]
    tops = [card for card in cards if card.top]
    stretch = Stretch(lines, page, bool(splits))
    if splits and _stands_below(lines, splits):
        starts = [0, *(card.end for card in splits)]
        for card, start in zip(splits, starts, strict=False):
            stretch.read(
                tops[0] if tops and not start else None, start, card.first, title=0 if titled and not start else None
            )
            stretch.sign(card)
        stretch.read(None, starts[-1], len(lines))
        return page
    own_end = splits[0].first if splits else len(lines)
    stretch.read(tops[0] if tops else None, 0, own_end, title=0 if titled and lines else None)
    for card, following in zip_longest(splits, splits[1:]):
        stretch.read(card, card.first, following.first if following else len(lines))
    return page


def _in_parts(lines: Sequence[Line], rules: Sequence[int], *, titled: bool) -> Layout:
    """Lay out the stretches between separators one by one."""
    page = Layout()
    for start, end in pairwise([-1, *rules, len(lines)]):
        part = layout(lines[start + 1 : end], titled=titled and start < 0)
        page.drafts += (draft.moved(start + 1) for draft in part.drafts)
        page.cuts |= {index + start + 1: reason for index, reason in part.cuts.items()}
    page.cuts |= dict.fromkeys(rules, "separator")
    return page


def _stands_below(lines: Sequence[Line], cards: Sequence[Card]) -> bool:
    """Return whether publisher and time stand below each article: nothing follows the last ones."""
    follows = any(line.plain for line in lines[cards[-1].end :])
    return not follows and all(card.title is None for card in cards)


class Stretch:
    """Reads stretches of one page, one article each, into its layout."""

    def __init__(self, lines: Sequence[Line], page: Layout, several: bool) -> None:
        self._lines = lines
        self._page = page
        self._several = several

    def read(self, card: Card | None, start: int, end: int, *, title: int | None = None) -> None:
        """Read lines `start` to `end`, whose article's header is `card`."""
        if card is not None and card.remark and card.echo is None and not self._holds_article(card, end):
            self._cut(range(start, end), "comment")
            return
        draft, rest = self.open(card, start, end, title=title)
        self.finish(self._take_body(draft, rest))

    def open(self, card: Card | None, start: int, end: int, *, title: int | None) -> tuple[Draft, list[int]]:
        """Read the head of the article in lines `start` to `end`; return its draft and the lines below the head."""
        draft = Draft(title=card.title if card and title is None else title)
        rest = [index for index in range(start, end) if index != draft.title]
        if card is not None:
            rest = self._take_header(draft, card, rest)
        head_end = self._take_title(draft, rest, headed=card is not None)
        return draft, rest[head_end:]

    def sign(self, card: Card) -> None:
        """Give publisher and time to the article above them."""
        draft = self._page.drafts[-1] if self._page.drafts else Draft()
        signed = Draft(body=draft.body)
        self._take_header(signed, card, [])
        draft.publisher = draft.publisher or signed.publisher
        draft.when = draft.when if draft.when is not None else signed.when

    def _holds_article(self, card: Card, end: int) -> bool:
        rest = [self._lines[index] for index in range(card.end, end)]
        titled = card.title is not None or (bool(rest) and rest[0].titular and not rest[0].prose)
        return titled and any(line.plain and line.substantial for line in rest)

    def _cut(self, indexes: Sequence[int], reason: str) -> None:
        for index in indexes:
            self._page.cuts[index] = self._lines[index].reason or reason

    def _take_header(self, draft: Draft, card: Card, rest: list[int]) -> list[int]:
        """Read publisher and time; return the other lines of the stretch."""
        draft.when = card.when
        moment = self._lines[card.when].moment if card.when is not None else None
        named = _LABEL.sub("", self._lines[card.publisher].text) if card.publisher is not None else None
        draft.publisher = named or (moment.publisher if moment else None)
        if draft.publisher is None and card.echo is not None:
            draft.publisher = self._lines[card.echo].echo
        roles = card.roles()
        if card.top and self._title_is_above(card):
            roles = {index: reason for index, reason in roles.items() if index != card.publisher}
            draft.publisher = moment.publisher if moment else None
        elif card.echo is None and moment is not None and not moment.relative:
            self._doubt_publisher(draft, card, roles, below_title=card.publisher in rest[1:])
        for index, reason in roles.items():
            self._page.cuts[index] = reason
        return [index for index in rest if index not in roles]

    def _doubt_publisher(self, draft: Draft, card: Card, roles: dict[int, str], *, below_title: bool) -> None:
        """Take a name beside a date for the author's if it is a person's, and for none if it is a place's."""
        name = draft.publisher
        if card.publisher is not None and below_title and is_person((name or "").partition(",")[0]):
            roles[card.publisher] = "byline"
            draft.byline, draft.publisher = card.publisher, None
        elif self._is_place(name, card):
            draft.publisher = None

    def _is_place(self, name: str | None, card: Card) -> bool:
        """Return whether a name beside a date is where the news is from: the text below speaks of it."""
        if name is None or len(name.split()) > _PLACE_WORDS:
            return False
        said = re.compile(rf"\b{re.escape(name)}\b", re.I)
        below = (line.text for line in self._lines[card.end : card.end + _LOOKED_AT] if line.plain and line.prose)
        return any(said.search(text) for text in below)

    def _title_is_above(self, card: Card) -> bool:
        """Return whether the supposed publisher at the top of the page is its title: no other stands above or below."""
        if card.publisher is None or card.echo is not None:
            return False
        if any(line.plain for line in self._lines[: card.publisher]):
            return False
        below = next((line for line in self._lines[card.end :] if line.plain), None)
        return below is None or not below.titular or below.size <= self._lines[card.publisher].size

    def _take_title(self, draft: Draft, rest: list[int], *, headed: bool) -> int:
        """Read the lines above the body; return their number."""
        lines, page = self._lines, self._page
        at = 0
        while at < len(rest) and draft.title is None:
            index = rest[at]
            line = lines[index]
            if line.plain and not line.byline:
                break
            at += 1
            if line.byline:
                draft.byline = draft.byline if draft.byline is not None else index
                page.cuts[index] = "byline"
            else:
                self._pass_over(draft, index)
        if draft.title is not None:
            return at
        plain = [place for place in range(at, len(rest)) if lines[rest[place]].plain]
        if headed and self._is_kicker([lines[rest[place]] for place in plain[:3]]):
            kicker = rest[plain.pop(0)]
            page.cuts[kicker] = "kicker" if draft.publisher else "publisher"
            draft.publisher = draft.publisher or _LABEL.sub("", lines[kicker].text)
        if len(plain) > 1 and self._is_title(lines[rest[plain[0]]], lines[rest[plain[1]]], headed=headed):
            draft.title = rest[plain[0]]
            for index in rest[at : plain[0]]:
                if index not in page.cuts:
                    self._pass_over(draft, index)
            at = plain[0] + 1
        return at

    def _is_title(self, line: Line, following: Line, *, headed: bool) -> bool:
        return line.titular or (
            headed and line.size <= SHORT_SENTENCE and following.prose and following.size > line.size
        )

    def _is_kicker(self, lines: list[Line]) -> bool:
        if len(lines) < 3:
            return False
        first, second, third = lines
        brief = first.titular and first.size <= _KICKER and len(first.text.split()) <= _KICKER_WORDS
        return brief and second.titular and not second.prose and second.size > _KICKER and third.prose

    def _pass_over(self, draft: Draft, index: int) -> None:
        """Cut a widget or a time above or within the body."""
        line = self._lines[index]
        if line.moment is not None and draft.when is None and not draft.body:
            draft.when = index
        if line.moment is not None and draft.publisher is None and not draft.body:
            draft.publisher = line.moment.publisher
        self._page.cuts[index] = line.reason or "published"

    def _take_body(self, draft: Draft, rest: list[int]) -> Draft:
        """Read the body and the lines below it; return the draft that is open at the end."""
        over = self._end_of_body(rest)
        body, tail = rest[:over], rest[over:]
        if self._several:
            body, loose = self._without_loose_end(body)
            self._cut(loose, "furniture")
        for index in body:
            self.take_line(draft, index)
        if any(self._lines[index].substantial and self._lines[index].plain for index in tail):
            return self._take_tail(draft, tail)
        self._cut(tail, "furniture")
        return draft

    def _end_of_body(self, rest: list[int]) -> int:
        """Return the place of the first line after some prose that ends the article."""
        begun = False
        for place, index in enumerate(rest):
            line = self._lines[index]
            if begun and line.effect not in _LOCAL:
                return place
            begun = begun or (line.plain and line.prose)
        return len(rest)

    def take_line(self, draft: Draft, index: int) -> None:
        """Take a line of the body, unless it is one of the site's."""
        line = self._lines[index]
        kept_date = line.moment is not None and not line.moment.relative and bool(draft.body)
        subheading = line.effect == "head" and bool(draft.body)
        if line.plain or kept_date or subheading:
            if line.byline and draft.byline is None and not any(self._lines[i].prose for i in draft.body):
                draft.byline = index
            draft.body.append(index)
        else:
            self._pass_over(draft, index)

    def _without_loose_end(self, body: list[int]) -> tuple[list[int], list[int]]:
        """Split off the short lines after a blank one at the end of an article, before the next card."""
        last = max((place for place, index in enumerate(body) if self._lines[index].prose), default=len(body))
        for place in range(last + 1, len(body)):
            if self._lines[body[place]].gap:
                return body[:place], body[place:]
        return body, []

    def _take_tail(self, draft: Draft, tail: list[int]) -> Draft:
        """Read the lines after an article's end if paragraphs are among them: its rest, other articles, or comments.

        Returns:
            The draft that is open at the tail's end.
        """
        effect = "end"
        pending: list[int] = []
        for place, index in enumerate(tail):
            line = self._lines[index]
            if line.effect == "close":
                self._cut([*pending, *tail[place:]], "after-the-end")
                return draft
            if line.effect is not None:
                effect = effect if line.effect in _LOCAL else line.effect
                if line.effect == "comments" and not self._are_remarks(tail[place:]):
                    effect = "body"
                    if not pending:
                        draft.body.append(index)
                        continue
                self._cut([*pending, index], "furniture")
                pending = []
            elif line.plain and line.substantial and (effect != "comments" or line.size >= _COMMENT):
                draft = self._resume(draft, pending, index, other=effect == "related")
                pending = []
                effect = "listed" if effect == "related" or effect == "listed" else "body"
            elif effect == "body" or (effect == "aside" and line.plain and line.stopped):
                effect = "body"
                self._cut(pending, "teaser")
                pending = []
                self.take_line(draft, index)
            elif effect == "comments":
                self._cut([index], "comment")
            else:
                pending.append(index)
        self._cut(pending, "teaser" if effect == "aside" else "furniture")
        return draft

    def _are_remarks(self, tail: Sequence[int]) -> bool:
        """Return whether readers' comments stand below a heading, and not a part of the article.

        A word such as "Reactions" is a subheading too. Below it a paragraph comes at once; comments have names, times
        and buttons.
        """
        heading, *below = (self._lines[index] for index in tail)
        if any(map(str.isdecimal, heading.text)) or not below:
            return True
        first = below[0]
        if not (first.plain and first.substantial):
            return True
        signs = sum(not line.plain or line.name for line in below)
        return signs * 2 > len(below)

    def _resume(self, draft: Draft, pending: list[int], index: int, *, other: bool) -> Draft:
        """Continue the draft at a paragraph, or begin the next one if a title stands before it in a list of others."""
        while pending and self._lines[pending[0]].prose:
            self.take_line(draft, pending.pop(0))
        titles = [i for i in pending if self._lines[i].titular and not self._lines[i].prose]
        listed = other or (titles and self._lines[titles[0]].gap)
        if not titles or not listed or not _shares_word(self._lines[titles[-1]].text, self._lines[index].text):
            self._cut(pending, "furniture")
            draft.body.append(index)
            return draft
        self.finish(draft)
        fresh = Draft(title=titles[-1])
        before = [i for i in pending if i < titles[-1]]
        if before and self._lines[before[-1]].name:
            fresh.publisher = self._lines[before[-1]].text
            self._page.cuts[before.pop()] = "publisher"
        self._cut(before, "teaser")
        for later in (i for i in pending if i > titles[-1]):
            self.take_line(fresh, later)
        fresh.body.append(index)
        return fresh

    def finish(self, draft: Draft) -> None:
        """Add a draft that has a body; a title alone is a teaser."""
        if draft.title is not None and not draft.body:
            self._page.cuts[draft.title] = "teaser"
        elif self._several and draft.title is None and not any(self._lines[i].prose for i in draft.body):
            self._cut(draft.body, "teaser")
        elif draft.body:
            self._page.drafts.append(draft)


_STEM = 4  # letters by which words are compared: "growers" and "growing"


def _shares_word(title: str, paragraph: str) -> bool:
    """Return whether a paragraph takes up a longer word or a number of a title."""
    return bool(_stems(title) & _stems(paragraph))


def _stems(text: str) -> set[str]:
    words = _WORD.findall(text.casefold())
    wide = (pair for word in words if not word.isascii() and WIDE.search(word) for pair in pairwise(word))
    return {word[:_STEM] for word in words if len(word) >= _STEM} | {"".join(pair) for pair in wide}


_WORD = re.compile(r"\w+")
_ORGANISATION = re.compile(
    r"^(?:the|al|el|la|le|les|der|die|das|il|o|a|os|new|daily|radio)\b|\b(?:news|times|post|herald|courier|star|gazette|tribune|"
    r"agency|press|ledger|daily|weekly|zeitung|journal|today|report|mail|mirror|guardian|independent|standard|observer|"
    r"chronicle|telegraph|express|world|tv|radio|network|media|magazine|online|monitor|review|bulletin|tern|sun|globe|echo|"
    r"voice|dispatch|register|examiner|inquirer|sentinel|wire|blog|office|ministry|council|nachrichten|presse|diario)\b|\.\w",
    re.I,
)


def is_person(name: str) -> bool:
    """Return whether a name between a title and a date is an author's: two or three names, none of them a paper's."""
    words = name.split()
    capitals = all(
        word[0].isupper() and not word.isupper() and word.replace("-", "").replace("’", "").isalpha() for word in words
    )
    return 2 <= len(words) <= 3 and capitals and not _ORGANISATION.search(name)


SHORT_SENTENCE = 150
"""A card's first line with a full stop is its title up to this many code points, if a longer paragraph follows."""

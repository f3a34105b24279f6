"""The lines of a page, each judged by itself, and the cards with which further articles begin.

On a page of several articles each one begins with a card, a header such as

    Al Arabiya
    44 minutes ago
    - Al Arabiya

A card is a time, or a publisher's name and its echo. No single sign is enough: chronicles have dates on lines of their
own, and lists have lines that begin with a dash. So the signs are added up, and a card counts from `_ENOUGH` on: a
relative time weighs 2, another time 1; an echo below the publisher's name 3, another echo 1; a place in a list of other
articles, a blank line above a named header, a name that other cards have too, and a title with prose below it, 1 each.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from toolkit.ingest.layout.dates import Moment, may_publish, moment_of
from toolkit.ingest.layout.profile import Effect, Rulebook, fold
from toolkit.ingest.traced_text import Traced

_BREAK = re.compile(r"\r\n|\n|\r")
_CLOSERS = "\"'”’»)]›」』 *"
_STOPS = (".", "!", "?", "。", "！", "？", "؟", "।", "۔", "…")
_LIST_ITEM = re.compile(r"[•●▪◦‣]\s|[-–—*]\s\S|\(?\d{1,2}[.)]\s|\(?[a-z]\)\s")
_ECHO = re.compile(r"[-–—•·|]\s?(\S.{0,58}\S|\S)")
_BYLINE = re.compile(
    r"(?:(?:written |posted |reported )?by|von|par|por|di|door|av|af|автор|от|oleh|yazan|بقلم|كتب)\s?:?\s+"
    r"(?:[^\W\d_][\w.'’-]*|\S)(?:[ ,]+(?:and|und|et|y|e|en|и|&)?[ ]*[^\W\d_][\w.'’-]*){0,9}",
    re.I,
)
_TOP_LEVEL_STOP = re.compile(r"(?:\b[A-Z]\.){2,}$|\b(?:Inc|Jr|Sr|Co|Corp|Ltd|No|vs|St|Dr|Mr|Mrs)\.$")
WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

LONG = 200
"""From this many code points on, a line is prose, whatever its end: headlines are shorter."""
SUBSTANTIAL = 100
"""A prompt or a label with a full stop is shorter; a paragraph of news is longer (median 190 in press texts)."""
_WIDE_SCALE = 3  # Chinese, Japanese and Korean need a third of the characters


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page.

    Attributes:
        text: The line without white space at its ends.
        start: Its first code point in the page.
        end: One past its last.
        gap: It is the first line of the page, or a blank line stands above it.
        reason: Id of the rule that cuts it; None if no rule does.
        effect: The rule's effect on the lines that follow.
        moment: The date or time that it is.
    """

    text: str
    start: int
    end: int
    gap: bool
    reason: str | None = None
    effect: Effect | None = None
    moment: Moment | None = None

    @property
    def plain(self) -> bool:
        """It is neither cut by a rule nor a time: a title, a name, prose, or a widget that no rule knows."""
        return self.reason is None and self.moment is None

    @property
    def size(self) -> int:
        """Length in code points, scaled for scripts that need fewer of them."""
        return _size(self.text)

    @property
    def stopped(self) -> bool:
        """It ends like a sentence; the full stop of an abbreviation does not count."""
        return is_stopped(self.text)

    @property
    def prose(self) -> bool:
        """It is a paragraph, or part of one, and not a title, name or label."""
        return self.stopped or self.size >= LONG or _LIST_ITEM.match(self.text) is not None

    @property
    def substantial(self) -> bool:
        """It is certainly a paragraph, even among widgets."""
        return self.size >= SUBSTANTIAL and (self.stopped or self.size >= LONG)

    @property
    def byline(self) -> bool:
        """It names the author: "By Jane Doe"."""
        return len(self.text) <= 90 and not self.stopped and _BYLINE.fullmatch(self.text) is not None

    @property
    def name(self) -> bool:
        """It may be a publisher's name."""
        few = self.size <= 48 and len(self.text.split()) <= 5 and sum(map(str.isdecimal, self.text)) <= 4
        ends = self.text.endswith((".", "!", "?", ":", "…", ","))
        return self.plain and few and not self.byline and not ends and may_publish(self.text)

    @property
    def titular(self) -> bool:
        """It may be a headline: not long and no full stop."""
        ends = self.text.rstrip(_CLOSERS)
        stopped = self.stopped and not ends.endswith(("!", "?", "！", "？", "؟", "…"))
        return self.plain and self.size < LONG and not stopped and not self.byline

    @property
    def echo(self) -> str | None:
        """The name that a line such as "- Al Arabiya" repeats."""
        found = _ECHO.fullmatch(self.text)
        return found[1] if found and not found[1].endswith((".", "?")) else None


def is_stopped(line: str) -> bool:
    """Return whether a line ends like a sentence; see `Line.stopped`."""
    bare = line.rstrip(_CLOSERS)
    if bare.endswith("..."):
        return _size(line) >= SUBSTANTIAL
    return bare.endswith(_STOPS) and not _TOP_LEVEL_STOP.search(bare[-12:])


def _size(line: str) -> int:
    return len(line) * (_WIDE_SCALE if WIDE.search(line[:40]) else 1)


def lines_of(page: Traced, book: Rulebook, recurring: Collection[str] = frozenset()) -> list[Line]:
    """Split a page into its lines that are not blank, each judged by itself.

    Args:
        page: Line breaks are LF, CRLF and lone CR.
        book: The rules.
        recurring: Folded lines that recur over many pages (see `toolkit.ingest.layout.boilerplate`).
    """
    lines: list[Line] = []
    at, gap = 0, True
    text = page.text
    for found in [*_BREAK.finditer(text), None]:
        end = found.start() if found else len(text)
        raw = text[at:end]
        bare = raw.strip()
        if bare:
            start = at + len(raw) - len(raw.lstrip())
            lines.append(_judged(bare, start, gap, book, recurring))
        gap = not bare
        at = found.end() if found else end
    return [
        replace(line, reason=None, effect=None) if line.reason == _RECURRING and _has_role(lines, index) else line
        for index, line in enumerate(lines)
    ]


_RECURRING = "recurring"


def _has_role(lines: list[Line], index: int) -> bool:
    """Return whether a line stands at the place of a page's title, or of a card's publisher or title."""
    before = lines[index - 1] if index else None
    after = lines[index + 1] if index + 1 < len(lines) else None
    heads = (
        before is None or before.moment is not None or (before.echo is not None and before.echo != lines[index].text)
    )
    return heads or (after is not None and (after.moment is not None or after.echo == lines[index].text))


def _judged(bare: str, start: int, gap: bool, book: Rulebook, recurring: Collection[str]) -> Line:
    end = start + len(bare)
    if len(bare) > 500:
        return Line(bare, start, end, gap)
    if moment := moment_of(bare):
        if moment.publisher is not None:
            names = [name for name in moment.beside if may_publish(name) and not book.judge(name)]
            moment = replace(moment, publisher=names[0] if names else None)
        return Line(bare, start, end, gap, moment=moment)
    if rule := book.judge(bare):
        return Line(bare, start, end, gap, reason=rule.id, effect=rule.effect)
    if recurring and fold(bare) in recurring and not is_stopped(bare):
        return Line(bare, start, end, gap, reason=_RECURRING, effect="line")
    return Line(bare, start, end, gap)


_ENOUGH = 3
_RELATIVE, _ECHOED, _OTHER = 2, 3, 1


@dataclass(frozen=True, slots=True)
class Card:
    """The header of an article on a page of several.

    Attributes:
        first: Its first line.
        end: One past its last line.
        when: The line with the time; None if only an echo marks the card.
        publisher: The line that names the publisher.
        echo: The line that repeats the name.
        title: The line of the title, if it stands above publisher and time.
        top: No prose stands before it, so it belongs to the page's own article.
        remark: It stands below the heading of the readers' comments.
    """

    first: int
    end: int
    when: int | None
    publisher: int | None
    echo: int | None
    title: int | None = None
    top: bool = False
    remark: bool = False

    def roles(self) -> dict[int, str]:
        """Return the lines of the header that are cut, with the reason for each."""
        named = {self.when: "published", self.publisher: "publisher", self.echo: "publisher-echo"}
        return {index: reason for index, reason in named.items() if index is not None}


def cards_of(lines: Sequence[Line]) -> list[Card]:
    """Return the cards with enough signs, in order, without overlap."""
    found = [card for index in range(len(lines)) if (card := _header_at(lines, index))]
    names = Counter(fold(lines[card.publisher].text) for card in found if card.publisher is not None)
    accepted: list[Card] = []
    places = _places(lines)
    for card in found:
        if accepted and (card.first < accepted[-1].end or _is_second_time(card, accepted[-1])):
            continue
        context = places[card.when if card.when is not None else card.first]
        if context.top or _score(lines, card, context, names) >= _ENOUGH:
            floor = accepted[-1].end if accepted else 0
            accepted.append(_with_title_above(lines, card, context, floor))
    return accepted


def _is_second_time(card: Card, before: Card) -> bool:
    """Return whether a header is just a second time below another header, such as "Updated 5 minutes ago"."""
    return card.first == before.end and card.publisher is None and card.echo is None


@dataclass(frozen=True, slots=True)
class _Place:
    """The part of the page above a line: only its top, a list of other articles, readers' comments."""

    top: bool
    listing: bool
    remarks: bool


def _places(lines: Sequence[Line]) -> list[_Place]:
    places: list[_Place] = []
    top, related, ended, remarks = True, False, False, False
    for line in lines:
        places.append(_Place(top, related or ended, remarks and not top))
        if line.plain and line.prose and not (top and line.titular):
            top = ended = False
        elif not top:
            related = related or line.effect in ("related", "aside")
            ended = ended or line.effect == "end"
            remarks = not related and (remarks or line.effect == "comments")
    return places


def _header_at(lines: Sequence[Line], index: int) -> Card | None:
    """Return the header whose time is line `index`; or whose echo it is, if no time stands beside it."""
    line = lines[index]
    if line.moment is None:
        return _untimed_at(lines, index)
    if line.moment.publisher is not None:
        return Card(index, index + 1, index, None, None)
    echo_after = lines[index + 1].echo if index + 1 < len(lines) and lines[index + 1].plain else None
    above = index - 1
    if above >= 1 and _echoes(lines, above):
        return Card(above - 1, index + 1, index, above - 1, above)
    repeated = above >= 0 and lines[above].plain and fold(echo_after or "") == fold(lines[above].text)
    publisher = above if repeated or (above >= 0 and lines[above].name) else None
    first = index if publisher is None else publisher
    if echo_after is not None and (repeated or (publisher is None and len(echo_after) <= 48)):
        return Card(first, index + 2, index, publisher, index + 1)
    return Card(first, index + 1, index, publisher, None)


def _untimed_at(lines: Sequence[Line], index: int) -> Card | None:
    beside = [lines[i] for i in (index - 2, index + 1) if 0 <= i < len(lines)]
    if index >= 1 and _echoes(lines, index) and not any(line.moment for line in beside):
        return Card(index - 1, index + 1, None, index - 1, index)
    return None


def _echoes(lines: Sequence[Line], index: int) -> bool:
    """Return whether a line repeats, after a dash, the name on the line above it."""
    echo, above = lines[index].echo, lines[index - 1]
    return lines[index].plain and above.plain and echo is not None and fold(echo) == fold(above.text)


def _score(lines: Sequence[Line], card: Card, context: _Place, names: Counter[str]) -> int:
    """Return the sum of a header's signs; their weights are at the head of the module."""
    moment = lines[card.when].moment if card.when is not None else None
    score = 0 if moment is None else _RELATIVE if moment.relative else _OTHER
    named = card.publisher is not None or (moment is not None and moment.publisher is not None)
    if card.echo is not None:
        score += _ECHOED if card.publisher is not None else _OTHER
    score += context.listing
    score += named and lines[card.first].gap
    score += card.publisher is not None and names[fold(lines[card.publisher].text)] > 1
    score += _opens_article(lines, card.end)
    return score


def _opens_article(lines: Sequence[Line], at: int) -> bool:
    return (
        at + 1 < len(lines)
        and lines[at].titular
        and not lines[at].prose
        and lines[at + 1].plain
        and lines[at + 1].prose
    )


def _with_title_above(lines: Sequence[Line], card: Card, context: _Place, floor: int) -> Card:
    """Return a header with its place on the page, and with a title above it if prose follows it at once."""
    title, publisher, first = None, card.publisher, card.first
    follows_prose = card.end < len(lines) and lines[card.end].prose and not lines[card.end].titular
    if follows_prose and not context.top and card.echo is None:
        above = first - 1
        if above > floor and lines[above].byline:
            above -= 1
        if above >= floor and _headline(lines[above]) and (publisher is not None or lines[card.end - 1].moment):
            title = first = above
        elif publisher is not None and len(lines[publisher].text.split()) > 3:
            title, publisher = publisher, None
    return Card(first, card.end, card.when, publisher, card.echo, title, context.top, context.remarks)


def _headline(line: Line) -> bool:
    return line.titular and not line.prose and line.size > 15

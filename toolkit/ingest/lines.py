"""A page's lines and what each one is by itself, before its neighbours are asked."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from toolkit.ingest.moment import Moment, moment_of
from toolkit.ingest.profile import Effect, Rulebook, fold
from toolkit.ingest.traced import Traced

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
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

LONG = 200
"""From this many code points a line is prose, whatever it ends with: headlines are shorter."""
SUBSTANTIAL = 100
"""A prompt or a label with a full stop is shorter; a paragraph of news is longer (median 190 in press texts)."""
_WIDE_SCALE = 3  # a line of Chinese, Japanese or Korean says as much in a third of the characters


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page.

    Attributes:
        text: The line without white space at its ends.
        start: Its first code point in the page.
        end: One past its last.
        gap: It stands first on the page or after a blank line.
        reason: Id of the rule that it falls under, None for a line that only its place can condemn.
        effect: What that rule says about what follows.
        moment: The time that it says.
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
        """No rule and no time: title, name, prose or a widget that no rule knows."""
        return self.reason is None and self.moment is None

    @property
    def size(self) -> int:
        """Length in code points, scaled for scripts that need fewer of them."""
        return len(self.text) * (_WIDE_SCALE if _WIDE.search(self.text[:40]) else 1)

    @property
    def stopped(self) -> bool:
        """It ends as a sentence does; an abbreviation's full stop is none."""
        bare = self.text.rstrip(_CLOSERS)
        if bare.endswith("..."):
            return self.size >= SUBSTANTIAL
        return bare.endswith(_STOPS) and not _TOP_LEVEL_STOP.search(bare[-12:])

    @property
    def prose(self) -> bool:
        """It reads as (part of) a paragraph and not as a title, name or label."""
        return self.stopped or self.size >= LONG or _LIST_ITEM.match(self.text) is not None

    @property
    def substantial(self) -> bool:
        """It is a paragraph even where widgets stand around it."""
        return self.size >= SUBSTANTIAL and (self.stopped or self.size >= LONG)

    @property
    def byline(self) -> bool:
        """It names who wrote: "By Jane Doe"."""
        return len(self.text) <= 90 and not self.stopped and _BYLINE.fullmatch(self.text) is not None

    @property
    def name(self) -> bool:
        """It may be a publisher's name."""
        few = self.size <= 48 and len(self.text.split()) <= 5 and sum(map(str.isdecimal, self.text)) <= 4
        return self.plain and few and not self.byline and not self.text.endswith((".", "!", "?", ":", "…", ","))

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


def lines_of(page: Traced, book: Rulebook, recurring: Collection[str] = frozenset()) -> list[Line]:
    """Split a page into its lines that are not blank, each judged by itself.

    Args:
        page: Line breaks are LF, CRLF and lone CR.
        book: The rules.
        recurring: Folded lines that recur over many pages (see `toolkit.ingest.corpus`).
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
    """Whether a line stands where a page has its title, or a card its publisher or title."""
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
        names = [name for name in moment.beside if not book.judge(name) and not moment_of(name)]
        moment = replace(moment, publisher=names[0] if names else None)
        return Line(bare, start, end, gap, moment=moment)
    if rule := book.judge(bare):
        return Line(bare, start, end, gap, reason=rule.id, effect=rule.effect)
    if recurring and fold(bare) in recurring:
        return Line(bare, start, end, gap, reason=_RECURRING, effect="line")
    return Line(bare, start, end, gap)

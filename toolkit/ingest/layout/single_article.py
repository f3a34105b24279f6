"""The layout of a page or row that is one article: it has its own title, and one body that something else has found.

Such a page is never split, and no heading ends it. What a site puts between the paragraphs is still cut line by line:
below "Also read" the titles up to the next sentence, below "Comments" the short lines up to the next sentence.
"""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.ingest.layout.lines import LONG, Line, cards_of
from toolkit.ingest.layout.page_layout import Draft, Layout, Stretch

_LISTS = ("related", "aside")


def single_layout(lines: Sequence[Line], *, titled: bool) -> Layout:
    """Lay out the lines of one article; every line is either in its draft or among the cuts.

    Args:
        lines: Its lines that are not blank, in order.
        titled: The first line is its title.
    """
    page = Layout()
    if not lines:
        return page
    stretch = Stretch(lines, page, several=False)
    top = next((card for card in cards_of(lines) if card.top), None)
    draft, rest = stretch.open(top, 0, len(lines), title=0 if titled else None)
    _Body(lines, page, stretch, draft).read(rest)
    stretch.finish(draft)
    return page


class _Body:
    """Reads the lines below the head of one article into its draft."""

    def __init__(self, lines: Sequence[Line], page: Layout, stretch: Stretch, draft: Draft) -> None:
        self._lines = lines
        self._page = page
        self._stretch = stretch
        self._draft = draft
        self._held: list[int] = []  # lines below a heading of the site, until a sentence shows that the body goes on
        self._heading: int | None = None

    def read(self, rest: Sequence[int]) -> None:
        begun = False
        for index in rest:
            line = self._lines[index]
            if begun and line.reason is not None and line.effect not in (None, "line", "head"):
                self._close()
                self._heading = index
            elif self._heading is not None and not (line.plain and _is_prose(line)):
                self._held.append(index)
            else:
                if self._heading is not None:
                    self._go_on()
                self._stretch.take_line(self._draft, index)
                begun = begun or (line.plain and line.prose)
        self._close()

    def _go_on(self) -> None:
        """Give up a heading because a sentence follows: it was a subheading, or a list between two paragraphs."""
        heading, held = self._heading, self._held
        self._heading, self._held = None, []
        if heading is None:
            return
        effect = self._lines[heading].effect
        if effect == "comments" and not held and not any(map(str.isdecimal, self._lines[heading].text)):
            self._draft.body.append(heading)
            return
        self._cut([heading], "furniture")
        subheading = held[-1:] if effect not in _LISTS and held and self._lines[held[-1]].titular else []
        self._cut(held[: len(held) - len(subheading)], "teaser" if effect in _LISTS else "furniture")
        self._draft.body += subheading

    def _close(self) -> None:
        """Cut a heading and the lines below it: no sentence follows."""
        if self._heading is not None:
            effect = self._lines[self._heading].effect
            self._cut([self._heading], "furniture")
            self._cut(self._held, "teaser" if effect in _LISTS else "furniture")
        self._heading, self._held = None, []

    def _cut(self, indexes: Sequence[int], reason: str) -> None:
        for index in indexes:
            self._page.cuts[index] = self._lines[index].reason or reason


def _is_prose(line: Line) -> bool:
    """Return whether a line below a heading of the site is a sentence; a list item alone is none."""
    return line.stopped or line.size >= LONG

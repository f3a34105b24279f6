"""The elements of HTML that stand within a line, and blocks that are crowded with them.

trafilatura strips such elements from a block, and its time for the texts that are then beside each other grows with the
square of their number: 12,000 `<b>a</b>` in one paragraph take ten seconds. A crowded block is therefore given to it as
one text.
"""

from __future__ import annotations

from typing import Any

_NAMES = (
    "!-- a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark nobr q rp rt ruby s samp "
    "small span strike strong sub sup time tt u var wbr"
)
INLINE = frozenset(_NAMES.split())
"""Names of the elements that break no line."""

_WITHIN_LINES = (*sorted(INLINE - {"!--"}), "img", "input")
_CROWD = 1000
"""Elements within one block from which on they are merged; articles have a few dozen in a paragraph."""

_MOST_LINKED = 0.5
"""Share of a crowded block's text that may be links; with more it is a list of links, and no text."""


def merge_crowds(tree: Any) -> None:
    """Replace the inline elements of crowded blocks by their text, in a time that grows with the size of the page.

    A crowded block that is mostly links is emptied. A block is an element with what it holds up to the next blocks.

    Args:
        tree: A page, from lxml; it is changed.

    Examples:
        >>> from lxml import html
        >>> page = html.fromstring("<div><p>" + "<b>a</b> " * 1000 + "<p>It <i>rained</i>.</div>")
        >>> merge_crowds(page)
        >>> len(page[0]), len(page[0].text), len(page[1])
        (0, 2000, 1)
    """
    if sum(1 for _ in tree.iter(*_WITHIN_LINES)) < _CROWD:
        return
    held: dict[Any, int] = {}  # inline element that holds no block → the inline elements within it, and itself
    for element in reversed(list(tree.iter())):
        inside = [held.get(child) for child in element]
        if element.tag in _WITHIN_LINES and None not in inside:
            held[element] = 1 + sum(count or 0 for count in inside)
        elif sum(count or 0 for count in inside) >= _CROWD:
            _merge(element, held)


def _merge(block: Any, inline: dict[Any, int]) -> None:
    gone = [child for child in block if child in inline]
    linked = sum(len("".join(link.itertext())) for child in gone for link in child.iter("a"))
    whole = sum(len("".join(child.itertext())) + len(child.tail or "") for child in gone)
    keeps = linked <= _MOST_LINKED * whole
    above: Any = None
    parts = [block.text or ""]
    for child in [*block, None]:
        if child is not None and child in inline:
            parts += ["".join(child.itertext()), child.tail or ""] if keeps else []
            block.remove(child)
            continue
        if above is None:
            block.text = "".join(parts)
        else:
            above.tail = "".join(parts)
        if child is not None:
            above, parts = child, [child.tail or ""]

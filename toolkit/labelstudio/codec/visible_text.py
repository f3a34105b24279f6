"""The words that a person sees of a task: plain text, HTML as a browser shows it, or several texts one below the other.

Label Studio gives the regions of `HyperText` twice: as an XPath with an offset inside one text node, and as
`globalOffsets`, which count the characters of all text nodes, white space between the tags too, and every `<br>` as one
(read in its editor's source, and measured with 1.23.2). Neither is a place in the words that a reader sees. So the
visible text is made together with the place of each of its characters, and a region is taken where the words that it
claims stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from lxml import etree, html

from toolkit.labelstudio.codec.dialogue import Dialogue
from toolkit.labelstudio.codec.offsets import Offsets, is_offset, locate

_BLOCKS = frozenset(
    "address article aside blockquote body caption dd details div dl dt fieldset figcaption figure footer form "  # noqa: SIM905
    "h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
_UNSEEN = frozenset({"head", "iframe", "link", "meta", "noscript", "script", "style", "template", "title"})
_SPACE = " \t\n\r\f"  # what HTML collapses; a no-break space stays

PARTING = "\n\n"
"""Stands between two texts of one task."""


@dataclass(frozen=True)
class _Character:
    """A character of the page: what it is, and where it stands in a text node."""

    text: str
    node: str = ""
    offset: int = 0
    is_break: bool = False
    is_block: bool = False


@dataclass(frozen=True)
class VisibleText:
    """The words of an HTML page, and where each character of its text nodes went.

    Attributes:
        text: The words; blocks and `<br>` begin a new line, other white space is one blank.
        places: For each character of the text nodes, and each `<br>`, its place in `text`.
        breaks: The positions in `places` of each `<br>`.
        nodes: XPath of a text node → where its characters begin in `places`.
    """

    text: str
    places: tuple[int, ...]
    breaks: frozenset[int]
    nodes: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, markup: str) -> VisibleText:
        r"""Read HTML; what a browser would not show is left out.

        Examples:
            >>> VisibleText.of("<p>One   <b>two</b></p>\n<p>three</p>").text
            'One two\nthree'
        """
        return _visible(markup)

    def locate(self, value: Mapping[str, Any]) -> Offsets | str:
        """Return the offsets in `text` of a region; or why it has none, as `toolkit.labelstudio.codec.offsets`."""
        claimed = value.get("text") or None  # older editors leave it empty
        found = list(self._candidates(value))
        if not found:
            return locate(self.text, value.get("start"), value.get("end"), claimed)
        for start, end in found:
            offsets = self._between(start, end)
            if not isinstance(offsets, str) and (
                claimed is None or _words(self.text[offsets.start : offsets.end]) == _words(claimed)
            ):
                return offsets
        return self._by_words(str(claimed)) if claimed is not None else "offset-mismatch"

    def _by_words(self, claimed: str) -> Offsets | str:
        """Return the only place where the words that a region claims stand: its offsets count what is not shown."""
        words = [re.escape(word) for word in claimed.replace("\\n", " ").split()]
        places = list(re.finditer(r"\s*".join(words), self.text)) if words else []
        if len(places) != 1:
            return "offset-mismatch"
        return Offsets(places[0].start(), places[0].end(), "by its words")

    def _candidates(self, value: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
        """Yield the positions in `places` that a region may mean, the likeliest first."""
        whole = value.get("globalOffsets")
        if isinstance(whole, Mapping) and is_offset(whole.get("start")) and is_offset(whole.get("end")):
            start, end = whole["start"], whole["end"]
            yield start, end
            yield self._with_breaks(start), self._with_breaks(end)
        start, end = self._in_node(value, "start"), self._in_node(value, "end")
        if start is not None and end is not None:
            yield start, end

    def _with_breaks(self, offset: int) -> int:
        """Return the position of a character that was counted without the breaks before it."""
        for at in sorted(self.breaks):
            offset += at < offset
        return offset

    def _in_node(self, value: Mapping[str, Any], side: str) -> int | None:
        path, offset = value.get(side), value.get(f"{side}Offset")
        if not isinstance(path, str) or not is_offset(offset):
            return None
        node = self.nodes.get(_full(path))
        return None if node is None else node + int(str(offset))

    def _between(self, start: int, end: int) -> Offsets | str:
        if not 0 <= start < end <= len(self.places):
            return "offset-mismatch"
        held = self.places[start:end]
        first, last = held[0], min(held[-1] + 1, len(self.text))
        return locate(self.text, first, max(first, last), None)


def _full(path: str) -> str:
    """Return an XPath with a number after each step, as the nodes are named here."""
    steps = [step for step in path.strip("/").split("/") if step]
    return "/".join(step if step.endswith("]") else f"{step}[1]" for step in steps)


def _words(text: Any) -> str:
    return "".join(str(text).replace("\\n", " ").split())


@lru_cache(maxsize=64)  # several people answer one task
def _visible(markup: str) -> VisibleText:
    out: list[str] = []
    places: list[int] = []
    breaks: set[int] = set()
    nodes: dict[str, int] = {}
    waiting = ""  # white space that shows only if something follows
    for each in _characters(_parsed(markup)):
        if each.is_block:
            waiting = "\n"
            continue
        nodes.setdefault(each.node, len(places))
        if each.is_break:
            breaks.add(len(places))
            waiting = "\n"
        elif each.text in _SPACE:
            waiting = waiting or " "
        else:
            if waiting and out:
                out.append(waiting)
            waiting = ""
            places.append(len(out))
            out.append(each.text)
            continue
        places.append(len(out))
    return VisibleText("".join(out), tuple(places), frozenset(breaks), nodes)


def _parsed(markup: str) -> Any:
    """Return the HTML as the children of one element, as the editor holds it."""
    try:
        return html.fragment_fromstring(markup, create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        root = html.Element("div")
        root.text = markup
        return root


def _characters(element: Any, path: str = "") -> Iterator[_Character]:
    """Yield the characters of an element in order; a block around them is a character of its own."""
    texts = 0
    tags: dict[str, int] = {}
    if element.text:
        texts += 1
        yield from _node(element.text, f"{path}text()[{texts}]")
    for child in element:
        name = child.tag if isinstance(child.tag, str) else ""
        tags[name] = tags.get(name, 0) + 1
        if name == "br":
            yield _Character("\n", node=f"{path}br[{tags[name]}]", is_break=True)
        elif name and name not in _UNSEEN:
            block = name in _BLOCKS
            if block:
                yield _Character("", is_block=True)
            yield from _characters(child, f"{path}{name}[{tags[name]}]/")
            if block:
                yield _Character("", is_block=True)
        if child.tail:
            texts += 1
            yield from _node(child.tail, f"{path}text()[{texts}]")


def _node(text: str, path: str) -> Iterator[_Character]:
    for offset, character in enumerate(text):
        yield _Character(character, node=path, offset=offset)


@dataclass(frozen=True)
class TaskText:
    """The text of one task: one that the page shows, or several one below the other.

    Attributes:
        text: The words.
        parts: Name of the object on the page → where its words begin, and they themselves.
        others: Names of further texts on the page, which are not part of the sentence.
    """

    text: str
    parts: Mapping[str, tuple[int, str | VisibleText | Dialogue]]
    others: frozenset[str] = frozenset()

    @classmethod
    def plain(cls, text: str) -> TaskText:
        """Return a text that every region belongs to, whatever it says."""
        return cls(text, {"": (0, text)})

    def locate(self, value: Mapping[str, Any], to_name: Any, *, trim: bool = True) -> Offsets | str:
        """Return the offsets of a region in `text`, or why it has none; "other-text": it is on another text.

        Args:
            value: The region's value.
            to_name: The object that it is on.
            trim: As for `toolkit.labelstudio.codec.offsets.locate`; HTML collapses white space, so there it is trimmed.
        """
        part = self.parts.get(str(to_name))
        if part is None:
            if len(self.parts) > 1 or str(to_name) in self.others:
                return "other-text"
            part = next(iter(self.parts.values()))
        shift, held = part
        if isinstance(held, VisibleText | Dialogue):
            found = held.locate(value)
        else:
            found = locate(held, value.get("start"), value.get("end"), value.get("text"), trim=trim)
        return found if isinstance(found, str) else Offsets(found.start + shift, found.end + shift, found.mended)

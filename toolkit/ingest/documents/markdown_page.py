"""A page in Markdown, as crawlers, readers and note programs write it: its text without markup, and its front matter.

markdown-it parses the page; every run of text that it gives is looked up in the page, so that each character keeps its
bytes. What is nothing but links is navigation, and an image's alternative text and caption are not the article.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from toolkit.errors import readable
from toolkit.ingest.formats.column_names import TEXTS, as_text, at, chosen
from toolkit.ingest.traced_text import Run, Traced
from toolkit.schema.yaml_document import yaml_values

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_FRONT = re.compile(r"\ufeff?(?P<mark>---|\+\+\+)[ \t]*\r?\n(?P<yaml>.*?)\r?\n(?P=mark)[ \t]*(?:\r?\n|$)", re.S)
_READER = re.compile(
    r"\ufeff?Title: (?P<title>.*)\r?\n\s*URL Source: (?P<url>\S+)\r?\n(?:\s*Published Time: (?P<date>.*)\r?\n)?"
    r"(?:.*\r?\n){0,6}?\s*Markdown Content:\s*"
)
"""What a reader service writes above a page."""
_MARKS = re.compile(
    r"\[\^[^\]\s]{1,20}\]|==(?=\S)|(?<=\S)==|\{%.{0,500}?%\}|\{\{.{0,500}?\}\}|\[\[(?:[^\]|]{0,500}\|)?|\]\]"
)
"""Marks of footnotes, of highlighted text, of templates, and of links between notes."""
_NOTE = re.compile(r"\s*\[\^[^\]\s]{1,20}\]:")
_NOTE_LINK = re.compile(r"\[\[(?:[^\]|]{0,500}\|)?([^\]]{0,500})\]\]")
_LINE = re.compile(r"[^\n]*\n?")
_FILLER = re.compile(r"[\W_]+")
_SENTENCE_END = (".", "!", "?", "…", "。", "؟", ":")
_LONG_LINK = 120  # a paragraph that is one long link is a teaser that the article itself may be


@dataclass(frozen=True, slots=True)
class MarkdownText:
    """The content of a page in Markdown.

    Attributes:
        text: Title, if any, and paragraphs, one per line.
        titled: The first line is the title.
        facts: What the front matter says.
        cuts: Code points of the page that are left out, with the reason.
    """

    text: Traced
    titled: bool
    facts: dict[str, str]
    cuts: list[tuple[int, int, str]] = field(default_factory=list)


def is_markdown(text: str) -> bool:
    """Return whether a text is in Markdown by its marks: front matter, or headings and links."""
    if front_matter(text)[0]:
        return True
    links = len(re.findall(r"\]\((?:https?://|/)[^)\s]*\)", text[:20000]))
    headings = len(re.findall(r"^#{1,6} \S", text[:20000], re.M))
    return links >= 2 and (headings >= 1 or links >= 4)


def front_matter(text: str) -> tuple[dict[str, Any], int]:
    """Return the members of the block above a page's text, and where the text begins."""
    if (reader := _READER.match(text)) is not None:
        return {name: value.strip() for name, value in reader.groupdict().items() if value}, reader.end()
    found = _FRONT.match(text)
    if found is None:
        return {}, 0
    block = found["yaml"]
    if found["mark"] == "+++":
        import tomllib

        said = readable(lambda: tomllib.loads(block))
    else:  # where a value breaks the rules of its kind, such as the 25th month, every value is a text
        said = readable(lambda: yaml_values(block)) or readable(lambda: yaml_values(block, typed=False))
    if not isinstance(said, dict) or not said:
        return {}, 0
    return {str(name): _plain(value) for name, value in said.items()}, found.end()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(item) for item in value if not isinstance(item, list)]  # which aliases may nest without end
    return _NOTE_LINK.sub(r"\1", value) if isinstance(value, str) else value


def read_markdown(page: Traced) -> MarkdownText:
    """Read a page in Markdown."""
    said, start = front_matter(page.text)
    roles = chosen(said, {})
    facts = {
        role: text
        for role, path in roles.items()
        if role not in (*TEXTS, "title") and (text := as_text(at(said, path)))
    }
    body = _Body(page.text, start)
    blocks = list(body.blocks())
    head = next((number for number, block in enumerate(blocks) if block.level == 1), None)
    title = str(at(said, roles["title"])) if "title" in roles else None
    lines = [Traced.of_runs(page, block.runs) for block in blocks]
    cuts = list(body.cuts)
    if head is not None and (title is None or _same(lines[head].text, title)):
        cuts += [_span(block, "outside-article") for block in blocks[:head]]
        kept = lines[head:]
        titled = True
    elif title:
        kept = [_stated(page, title, start), *lines]
        titled = True
    else:
        kept, titled = lines, bool(blocks) and blocks[0].level > 0
    return MarkdownText(Traced.joined(kept), titled, facts, sorted(cuts))


def _span(block: _Block, reason: str) -> tuple[int, int, str]:
    places = [run for run in block.runs if run is not None]
    return places[0][0], places[-1][1], reason


def _same(one: str, other: str) -> bool:
    return _FILLER.sub("", one).casefold() == _FILLER.sub("", other).casefold()


def _stated(page: Traced, title: str, end: int) -> Traced:
    """Return the title of the front matter with its bytes, if it stands there as it is."""
    place = page.text.find(title, 0, end)
    line = " ".join(title.split())
    if place < 0:
        return Traced.of_runs(page, [(0, 0, "")]) if not line else _without_bytes(line)
    return page.cut(place, place + len(title)).one_line()


def _without_bytes(text: str) -> Traced:
    import numpy as np

    nowhere = np.zeros(len(text), dtype=np.int64)
    return Traced(text, nowhere, nowhere)


@dataclass(slots=True)
class _Block:
    """A heading, paragraph, list item or row of a table.

    Attributes:
        level: Of a heading, from 1; 0 for everything else.
        runs: Its text, as runs of the page.
        linked: Characters that are within links.
        pictured: It holds an image.
        plain: Its characters outside emphasis and links.
    """

    level: int
    runs: list[Run] = field(default_factory=list)
    linked: int = 0
    pictured: bool = False
    plain: str = ""

    @property
    def text(self) -> str:
        return "".join("\n" if run is None else run[2] for run in self.runs)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable(["text_join"])


class _Body:
    """The blocks of a page below its front matter."""

    def __init__(self, source: str, start: int) -> None:
        self._source = source
        self._lines = [start]
        self._tokens = _parser().parse(source[start:])
        while (end := _LINE.match(source, self._lines[-1])) and end.end() > self._lines[-1]:
            self._lines.append(end.end())
        self.cuts: list[tuple[int, int, str]] = []

    def blocks(self) -> Iterator[_Block]:
        """Yield the blocks that may be the article's; the others are added to `cuts`."""
        level, row = 0, None
        for token in self._tokens:
            if token.type == "heading_open":
                level = int(token.tag[1])
            elif token.type == "tr_open":
                row = _Block(0)
                at = self._places(token)[0]
            elif token.type == "inline":
                if row is not None:
                    at = self._cell(row, token, at)
                    continue
                if _NOTE.match(token.content):
                    self.cuts.append((*self._places(token), "footnote"))
                    continue
                block = _Block(level)
                self._inline(block, token.children or [], *self._places(token))
                yield from self._judged(block)
            elif token.type == "tr_close" and row is not None:
                yield from self._judged(row)
                row = None
            elif token.type == "heading_close":
                level = 0
            elif token.type in ("fence", "code_block", "html_block"):
                yield from self._verbatim(token)

    def _places(self, token: Token) -> tuple[int, int]:
        first, last = token.map or (0, len(self._lines) - 1)
        return self._lines[min(first, len(self._lines) - 1)], self._lines[min(last, len(self._lines) - 1)]

    def _cell(self, row: _Block, token: Token, at: int) -> int:
        end = self._source.find("\n", at)
        end = len(self._source) if end < 0 else end
        border = self._source.find("|", at, end)
        if row.runs and token.content and border >= 0:
            row.runs += [(border, border, " "), (border, border + 1, "|"), (border, border, " ")]
        return self._inline(row, token.children or [], at, end)

    def _inline(self, block: _Block, tokens: Sequence[Token], at: int, end: int) -> int:
        """Add the runs of an inline text to a block; return where the last one ends."""
        links = marks = 0
        for token in tokens:
            if token.type in ("link_open", "link_close"):
                links += token.nesting
            elif token.nesting:
                marks += token.nesting
            elif token.type == "image":
                block.pictured = True
                at = max(at, self._source.find("](", at, end))
            elif token.type == "softbreak":
                block.runs.append((at, at, " "))
            elif token.type == "hardbreak":
                block.runs.append(None)
            elif token.type in ("text", "text_special", "code_inline") and token.content:
                place = self._found(token, at, end)
                if place is None:
                    continue
                block.runs += _unmarked(place, token)
                at = place[1]
                block.linked += len(token.content.strip()) if links else 0
                block.plain += token.content if not links and not marks else ""
        return at

    def _found(self, token: Token, at: int, end: int) -> tuple[int, int] | None:
        """Return the place of a run of text in the page: as it stands, or as the escape that stands for it."""
        written = token.markup if token.type == "text_special" and token.markup else token.content
        place = self._source.find(written, at, end)
        if place < 0:
            return None
        if token.type == "text_special" and written.startswith("\\") and written != token.content:
            return place + 1, place + len(written)
        return place, place + len(written)

    def _judged(self, block: _Block) -> Iterator[_Block]:
        """Yield a block unless it is navigation or the caption of an image."""
        text = block.text.strip()
        if not text:
            return
        if block.level == 0 and block.linked and _FILLER.sub("", text) and self._is_link(block, text):
            self.cuts.append(_span(block, "link-only"))
        elif block.pictured and not _FILLER.sub("", block.plain):
            self.cuts.append(_span(block, "caption"))
        else:
            yield block

    def _is_link(self, block: _Block, text: str) -> bool:
        words = len(_FILLER.sub("", text))
        return block.linked >= words and not (len(text) >= _LONG_LINK and text.endswith(_SENTENCE_END))

    def _verbatim(self, token: Token) -> Iterator[_Block]:
        """Cut code; of HTML amid Markdown keep the text of each line."""
        start, end = self._places(token)
        if token.type != "html_block":
            self.cuts.append((start, end, "code"))
            return
        markup = self._source[start:end]
        last = markup.rfind(">") + 1  # behind it no tag ends, and each "<" would be followed to the end
        bare = re.sub(r"<[^>]*>", _blanked, markup[:last]) + markup[last:]
        for found in re.finditer(r"[^<>\s][^<>\n]*", bare):  # from the first letter on: blanked tags may be long
            text = found[0].rstrip()
            if not bare.startswith(">", found.end()):
                first = start + found.start()
                yield _Block(0, [(first, first + len(text), text)], plain=text)


def _unmarked(place: tuple[int, int], token: Token) -> Iterator[Run]:
    """Yield a run of text without the marks of footnotes and the like in it."""
    if token.type != "text":
        yield (*place, token.content)
        return
    at = 0
    for mark in [*_MARKS.finditer(token.content), None]:
        end = mark.start() if mark else len(token.content)
        if end > at:
            yield (place[0] + at, place[0] + end, token.content[at:end])
        at = mark.end() if mark else end


def _blanked(tag: re.Match[str]) -> str:
    return "<" + " " * (len(tag[0]) - 2) + ">" if len(tag[0]) > 1 else " "

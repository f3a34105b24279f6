"""PDF with a text layer: an article's paragraphs, in the order in which they are read.

pdfminer gives the lines of each page with their places. Running heads, running feet and page numbers go out: what
stands at the edge of several pages. Lines are ordered by columns, and wrapped lines become paragraphs again.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any, BinaryIO

from toolkit.errors import InvalidInput
from toolkit.ingest.documents.office import damaged, missing
from toolkit.ingest.exports.press_archive import archive_of, documents_in
from toolkit.ingest.formats.raw_page import RawPage, Rows

_EDGE = 0.12  # share of the page's height in which running heads and feet stand
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|seite|p\.|стр\.|página|pagina|صفحة)\s*)?\d{1,4}(?:\s*(?:of|von|de|/|из|sur)\s*\d{1,4})?\W*", re.I
)
_STOPS = (".", "!", "?", "…", ":", '"', "”", "»", "’", "。", "؟")
_HYPHENS = ("-", "\u00ad", "‐")
_WIDE = 0.6  # of the text's width: a line that long runs over all columns
_LARGER = 1.15


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a page; places in points, from its lower left corner."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    bold: bool

    @property
    def height(self) -> float:
        return max(self.top - self.bottom, 1.0)


def pdf_pages(stream: BinaryIO, source: str, most_bytes: int) -> Iterator[RawPage]:
    """Yield the article of a PDF, or the documents of an export that a press archive wrote in this form.

    Raises:
        InvalidInput: It is damaged, has a password, or has no text layer, or the library for it is missing.
    """
    try:
        from pdfminer.pdfdocument import PDFPasswordIncorrect

        from toolkit.ingest.documents.pdf_limits import bounded_layouts
    except ImportError as error:
        raise missing("pdfminer.six", source, error) from error
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    with damaged("PDF", source):
        try:
            pages = [_lines(page) for page in bounded_layouts(stream, source)]
        except PDFPasswordIncorrect as error:
            remedy = "open it with its password, and save it without one"
            raise InvalidInput("protected with a password", where=source, remedy=remedy) from error
    if not any(lines for lines, _ in pages):
        what = "a scan without a text layer" if pages else "a PDF without pages"
        raise InvalidInput(what, where=source, remedy="add one by text recognition, such as with `ocrmypdf`")
    kept = _without_running(pages)
    paragraphs = _paragraphs([_in_order(lines) for lines in kept])
    text = "\n\n".join(paragraph for paragraph, _ in paragraphs)
    if archive_of(text):
        yield from documents_in(text, source, most_bytes)
        return
    title = _title(paragraphs)
    values = {"text": "\n".join(paragraph for number, (paragraph, _) in enumerate(paragraphs) if number != title)}
    if title is not None:
        values["title"] = paragraphs[title][0]
    blank = [str(number) for number, (lines, pictures) in enumerate(pages, start=1) if not lines and pictures]
    fault = f"no text layer on page {', '.join(blank[:5])}: add one by text recognition" if blank else None
    yield Rows(source, most_bytes).page(values, None, fault)


_Page = tuple[list[_Line], bool]
"""The lines of a page, and whether it has pictures."""


def _lines(page: Any) -> _Page:
    from pdfminer.layout import LTChar, LTFigure, LTImage, LTTextContainer, LTTextLine

    found: list[_Line] = []
    pictures = False
    stack = list(page)
    while stack:
        element = stack.pop()
        if isinstance(element, LTTextLine):
            characters = [part for part in element if isinstance(part, LTChar)]
            text = " ".join(element.get_text().split())
            if text and characters:
                size = median(part.size for part in characters)
                bold = sum("bold" in part.fontname.lower() for part in characters) * 2 > len(characters)
                left, bottom, right, top = element.bbox
                found.append(_Line(_without_marks(characters, text, size), left, right, bottom, top, size, bold))
        elif isinstance(element, (LTTextContainer, LTFigure)):
            stack += list(element)
            pictures = pictures or isinstance(element, LTFigure)
        elif isinstance(element, LTImage):
            pictures = True
    height = page.height or 1.0
    lines = [line for line in _merged(found) if line.text.strip()]
    return [_scaled(line, height) for line in lines], pictures


def _scaled(line: _Line, height: float) -> _Line:
    """Return a line with its vertical places as shares of the page's height times 1000."""
    scale = 1000 / height
    return _Line(line.text, line.left, line.right, line.bottom * scale, line.top * scale, line.size, line.bold)


def _without_marks(characters: Sequence[Any], text: str, size: float) -> str:
    """Return the text of a line without the raised numbers of notes, which would change a figure before them."""
    base = median(part.y0 for part in characters)
    raised = [part for part in characters if part.get_text().isdigit() and part.size < 0.8 * size and part.y0 > base]
    if not raised:
        return text
    unseen = set(map(id, raised))
    return " ".join("".join(part.get_text() for part in characters if id(part) not in unseen).split())


def _merged(lines: list[_Line]) -> list[_Line]:
    """Return lines with the parts of one line, which a wide blank between words parts, put together."""
    ordered = sorted(lines, key=lambda line: (-round(line.bottom), line.left))
    merged: list[_Line] = []
    for line in ordered:
        before = merged[-1] if merged else None
        if (
            before is not None
            and abs(before.bottom - line.bottom) < 2
            and 0 <= line.left - before.right < 0.6 * line.size
        ):
            text = f"{before.text} {line.text}"
            merged[-1] = _Line(
                text, before.left, line.right, before.bottom, max(before.top, line.top), before.size, before.bold
            )
        else:
            merged.append(line)
    return merged


def _without_running(pages: Sequence[_Page]) -> list[list[_Line]]:
    """Return the lines of each page without running heads and feet, and page numbers."""
    seen: Counter[str] = Counter()
    for lines, _ in pages:
        seen.update({_folded(line.text) for line in lines if _at_edge(line)})
    several = max(2, len(pages) // 3)

    def runs(line: _Line) -> bool:
        return _at_edge(line) and (
            _PAGE_NUMBER.fullmatch(line.text) is not None or (len(pages) > 1 and seen[_folded(line.text)] >= several)
        )

    return [[line for line in lines if not runs(line)] for lines, _ in pages]


def _at_edge(line: _Line) -> bool:
    return line.bottom > 1000 * (1 - _EDGE) or line.top < 1000 * _EDGE


def _folded(text: str) -> str:
    return re.sub(r"\d+", "#", text).casefold().strip()


def _in_order(lines: Sequence[_Line]) -> list[_Line]:
    """Return the lines of a page in the order of reading: bands between wide lines, in each one column by column."""
    if not lines:
        return []
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    ordered: list[_Line] = []
    band: list[_Line] = []
    for line in sorted(lines, key=lambda line: (-line.top, line.left)):
        if line.right - line.left >= _WIDE * (right - left):
            ordered += [*_by_columns(band), line]
            band = []
        else:
            band.append(line)
    return [*ordered, *_by_columns(band)]


def _by_columns(band: list[_Line]) -> list[_Line]:
    """Return the lines of a band column by column; lines above or below the columns, such as a title, stay there."""
    for cut in range(min(len(band) - 3, _HEAD_LINES)):
        columns = _columns(band[cut:])
        if len(columns) > 1:
            return [*band[:cut], *(line for column in columns for line in column)]
    return band


_HEAD_LINES = 12


def _columns(lines: Sequence[_Line]) -> list[list[_Line]]:
    """Return lines parted at the white gutters between columns."""
    columns: list[list[_Line]] = []
    edge = float("-inf")
    for line in sorted(lines, key=lambda line: line.left):
        if columns and line.left < edge + 3:
            columns[-1].append(line)
            edge = max(edge, line.right)
        else:
            columns.append([line])
            edge = line.right
    if any(len(column) < 2 for column in columns):
        return [list(lines)]
    return [sorted(column, key=lambda line: -line.top) for column in columns]


def _paragraphs(pages: Sequence[Sequence[_Line]]) -> list[tuple[str, _Line]]:
    """Return paragraphs, each with its first line."""
    lines = [line for page in pages for line in page]
    if not lines:
        return []
    steps = [(a.bottom - b.bottom) / b.height for page in pages for a, b in pairwise(page)]
    step = median([step for step in steps if 0 < step < 4] or [1.0])
    words = set(re.findall(r"\w+(?:-\w+)+|\w+", " ".join(line.text for line in lines)))
    groups: list[list[_Line]] = [[lines[0]]]
    for before, line in pairwise(lines):
        if _begins(before, line, step, _edges(lines, before)):
            groups.append([line])
        else:
            groups[-1].append(line)
    return [(_joined([line.text for line in group], words), group[0]) for group in groups]


def _edges(lines: Sequence[_Line], line: _Line) -> tuple[float, float]:
    """Return the edges of the column that a line stands in."""
    beside = [other for other in lines if abs(other.left - line.left) < 30 and abs(other.size - line.size) < 1]
    return min(other.left for other in beside), max(other.right for other in beside)


def _begins(before: _Line, line: _Line, step: float, edges: tuple[float, float]) -> bool:
    """Return whether a line begins a paragraph; `step` is the usual distance of two lines, in heights of a line."""
    if max(before.size, line.size) > _LARGER * min(before.size, line.size) or before.bold != line.bold:
        return True
    left, right = edges
    short = right - before.right > 0.12 * max(right - left, 1)
    stopped = before.text.rstrip().endswith(_STOPS)
    below = (before.bottom - line.bottom) / line.height
    if below <= 0 or below > 6 * step:  # the next column or page
        return stopped and (short or line.left - left > 0.8 * line.size)
    if below > 1.35 * step:
        return stopped or short or below > 1.8 * step
    indented = abs(line.left - before.left) < 60 and line.left - min(left, before.left) > 0.8 * line.size
    return stopped and (short or indented)


def _joined(lines: Sequence[str], words: set[str]) -> str:
    """Return lines as one, words that were parted at a line's end whole again."""
    text = lines[0]
    for line in lines[1:]:
        if text.endswith(_HYPHENS) and line[:1].islower() and len(text) > 1 and text[-2].isalpha():
            first, second = re.search(r"(\w+)\W$", text), re.match(r"\w+", line)
            kept = first and second and f"{first[1]}-{second[0]}" in words
            text = text + line if kept else text[:-1] + line
        else:
            text = f"{text} {line}"
    return text.replace("\u00ad", "").translate(_LIGATURES)


_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
"""What a typesetter draws as one shape: two letters for a reader."""


def _title(paragraphs: Sequence[tuple[str, _Line]]) -> int | None:
    """Return the paragraph that is the title: the one in the largest type before the body; None if all are alike."""
    body = median(line.size for text, line in paragraphs for _ in range(1 + len(text) // 100))
    head = [
        number for number, (text, line) in enumerate(paragraphs[:8]) if line.size > _LARGER * body and len(text) < 300
    ]
    return max(head, key=lambda number: (paragraphs[number][1].size, -number)) if head else None

"""Word documents: paragraphs and rows of tables in their order, as they are printed.

What was deleted under revision is out, what was inserted is in; hidden text and the raised numbers of notes are out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from toolkit.ingest.documents.office import damaged, missing
from toolkit.ingest.exports.press_archive import archive_of, documents_in
from toolkit.ingest.formats.raw_page import RawPage, Rows

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OUT = frozenset(
    (f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}rPr", f"{_W}pPr", f"{_W}footnote", f"{_W}sdtPr")
) | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
_TITLE = re.compile(r"(?:title|titel|titre|titolo|t[ií]tulo|heading ?1|überschrift ?1|titre ?1)", re.I)
_MARK = re.compile(r"[\d*†‡,\[\] ]+")


def word_pages(stream: BinaryIO, source: str, most_bytes: int) -> Iterator[RawPage]:
    """Yield the article of a document, or the documents of an export that a press archive wrote in this form.

    Raises:
        InvalidInput: The file is damaged, or the library for it is missing.
    """
    try:
        import docx
    except ImportError as error:
        raise missing("python-docx", source, error) from error
    with damaged("a Word document", source):
        document = docx.Document(stream)
        styles = {style.style_id: style.name or "" for style in document.styles}
        lines = list(_lines(document.element.body, styles))
    text = "\n\n".join(line for line, _ in lines)
    if archive_of(text):
        yield from documents_in(text, source, most_bytes)
        return
    title = next((number for number, (_, style) in enumerate(lines[:8]) if _TITLE.fullmatch(style)), None)
    values = {"text": "\n".join(line for number, (line, _) in enumerate(lines) if number != title)}
    if title is not None:
        values["title"] = lines[title][0]
    rows = Rows(source, most_bytes)
    yield rows.page(values, aside=None if values["text"].strip() else "a document without text")


def _lines(body: Any, styles: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the paragraphs, and the rows of tables, that have text, each with the name of its style."""
    for block in body:
        if block.tag == f"{_W}p":
            yield from _paragraph(block, styles)
        elif block.tag == f"{_W}tbl":
            for row in block.iter(f"{_W}tr"):
                cells = (" ".join(" ".join(_runs(paragraph)).split()) for paragraph in row.iter(f"{_W}tc"))
                if line := " | ".join(filter(None, cells)):
                    yield line, ""
        elif block.tag in (f"{_W}sdt", f"{_W}ins", f"{_W}sdtContent"):
            yield from _lines(block, styles)


def _paragraph(block: Any, styles: dict[str, str]) -> Iterator[tuple[str, str]]:
    style = block.find(f"{_W}pPr/{_W}pStyle")
    name = styles.get(style.get(f"{_W}val"), "") if style is not None else ""
    for line in "".join(_runs(block)).split("\n"):
        if line.strip():
            yield " ".join(line.split()), name


def _runs(element: Any) -> Iterator[str]:
    """Yield the text of an element as it is printed."""
    for child in element:
        if child.tag in _OUT or not isinstance(child.tag, str):
            continue
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in (f"{_W}br", f"{_W}cr"):
            yield "\n" if child.get(f"{_W}type") in (None, "textWrapping") else ""
        elif child.tag in (f"{_W}tab", f"{_W}p"):
            yield " "
            yield from _runs(child)
        elif child.tag == f"{_W}noBreakHyphen":
            yield "-"
        elif child.tag != f"{_W}r" or not _is_unseen(child):
            yield from _runs(child)


def _is_unseen(run: Any) -> bool:
    """Return whether a run is hidden, or the raised number of a note."""
    looks = run.find(f"{_W}rPr")
    if looks is None:
        return False
    hidden = looks.find(f"{_W}vanish")
    if hidden is not None and hidden.get(f"{_W}val") not in ("0", "false"):
        return True
    raised = looks.find(f"{_W}vertAlign")
    text = "".join(part.text or "" for part in run.iter(f"{_W}t"))
    return raised is not None and raised.get(f"{_W}val") == "superscript" and _MARK.fullmatch(text) is not None

"""Spreadsheets and Word documents, as people save them and as they break."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx.oxml import OxmlElement

from toolkit.errors import InvalidInput
from toolkit.ingest import Limits, extract, pages, read, rebuild

_SHEET = """<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"""
_BOOK = """<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>{sheets}</sheets></workbook>"""
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{parts}</Relationships>'
)
_TYPES = """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Override PartName="/xl/workbook.xml"
ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"""
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(**sheets: list[list[str]]) -> bytes:
    """A workbook of cells with text."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for number, rows in enumerate(sheets.values(), start=1):
            lines = "".join(
                "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>"
                for row in rows
            )
            package.writestr(f"xl/worksheets/sheet{number}.xml", _SHEET.format(rows=lines))
        names = "".join(
            f'<sheet name="{name}" sheetId="{number}" r:id="r{number}"/>' for number, name in enumerate(sheets, start=1)
        )
        package.writestr("[Content_Types].xml", _TYPES)
        book = f'<Relationship Id="b" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        package.writestr("_rels/.rels", _RELATIONS.format(parts=book))
        package.writestr("xl/workbook.xml", _BOOK.format(sheets=names))
        parts = "".join(
            f'<Relationship Id="r{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
            for number in range(1, len(sheets) + 1)
        )
        package.writestr("xl/_rels/workbook.xml.rels", _RELATIONS.format(parts=parts))
    return out.getvalue()


def test_rows_of_the_sheets_that_have_texts_are_articles() -> None:
    raw = workbook(
        Notes=[["made by", "Ada"], ["on", "Monday"]],
        News=[
            ["All news"],
            ["Headline", "Full Text", "Date"],
            ["Quay opens", "The quay opened on Monday.", "2024-03-12"],
        ],
    )
    for source in ("news.xlsx", "news", "news.txt"):
        (article,) = extract(raw, source=source)
        assert (article.title, article.body, article.published_at) == (
            "Quay opens",
            "The quay opened on Monday.",
            "2024-03-12",
        )
        (page,) = pages(raw, source=source)
        assert page.place == "sheet 'News', row 3"
        assert rebuild(article, page) == article.text


def document() -> bytes:
    made = docx.Document()
    made.add_heading("Quay opens again", 0)
    made.add_paragraph("12 March 2024")
    line = made.add_paragraph("The quay opened on Monday, the council said, and 11")
    line.add_run("1").font.superscript = True
    line.add_run(" boats came. ")
    for name, part, text in (("w:ins", "w:t", "It was full."), ("w:del", "w:delText", "It was empty.")):
        change, run, written = OxmlElement(name), OxmlElement("w:r"), OxmlElement(part)
        written.text = text
        run.append(written)
        change.append(run)
        line._p.append(change)
    hidden = line.add_run(" Secret.")
    hidden.font.hidden = True
    table = made.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Orlino", "11"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_a_word_document_reads_as_it_is_printed() -> None:
    (article,) = extract(document(), source="quay.docx")
    assert (article.title, article.published_at) == ("Quay opens again", "2024-03-12")
    assert article.body == "The quay opened on Monday, the council said, and 11 boats came. It was full.\nOrlino | 11"


def test_an_export_of_nexis_as_a_word_document_gives_its_documents() -> None:
    made = docx.Document()
    for number in (1, 2):
        for line in (
            f"Quay {number} opens",
            "The Daily Tern",
            f"March 1{number}, 2024 Tuesday",
            "Copyright 2024 Tern Media All Rights Reserved",
            "Section: NEWS; Pg. 3",
            "Length: 18 words",
            "Byline: Ada Holm",
            "Body",
            f"The quay opened on day {number}, the council said.",
            "It was full.",
            f"Load-Date: March 1{number}, 2024",
            "End of Document",
        ):
            made.add_paragraph(line)
    out = io.BytesIO()
    made.save(out)
    found = extract(out.getvalue(), source="nexis.docx")
    assert [(article.title, article.publisher, article.byline, article.published_at) for article in found] == [
        (f"Quay {number} opens", "The Daily Tern", "Ada Holm", f"2024-03-1{number}") for number in (1, 2)
    ]
    assert found[1].body == "The quay opened on day 2, the council said.\nIt was full."


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", "x" * 30_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (document()[:-200], "a damaged archive"),
        (document().replace(b"word/", b"wrod/"), "a zip archive, not a page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "protected with a password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "a document of an old Word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "not readable as a spreadsheet"),
    ],
    ids=["damaged", "another", "password", "old-word", "broken-sheet"],
)
def test_what_can_not_be_read_is_told_in_a_sentence(raw: bytes, what: str) -> None:
    with pytest.raises(InvalidInput, match=what) as refused:
        read(raw, source="a.docx")
    assert (refused.value.where, bool(refused.value.remedy)) == ("a.docx", True)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(InvalidInput, match="unpacks to more than 200 times its size"):
        list(pages(bomb(), source="a.docx", limits=Limits(page_bytes=1_000_000)))

"""PDF: paragraphs in reading order, without what stands at the edges of pages."""

from __future__ import annotations

import zlib

import pytest

from toolkit.errors import InvalidInput
from toolkit.ingest import extract

Placed = tuple[float, float, float, str]
"""Left, bottom, size of type, text."""


def pdf(*pages: list[Placed]) -> bytes:
    """A PDF with lines of Helvetica, on pages of 600 by 800 points."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for lines in pages:
        text = "".join(f"BT /F {size} Tf {left} {bottom} Td ({line}) Tj ET\n" for left, bottom, size, line in lines)
        objects.append(f"<< /Length {len(text)} >>\nstream\n{text}endstream")
        content = len(objects)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {content} 0 R "
            "/Resources << /Font << /F 3 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out.partition('xref')[0])}\n%%EOF"
    return out.encode("latin-1")


def framed(number: int, lines: list[Placed]) -> list[Placed]:
    return [(60, 770, 9, "THE DAILY TERN, 12 March 2024"), *lines, (290, 30, 9, f"Page {number} of 2")]


FIRST = framed(
    1,
    [
        (60, 720, 20, "Quay opens again after"),
        (60, 696, 20, "a year of repairs"),
        (60, 660, 11, "The quay opened on Monday, the council of Port Ellery said, a year after the minis-"),
        (60, 647, 11, "try had shut it because of the storm that broke the long wall at the mouth of the bay"),
        (60, 634, 11, "in one night."),
        (60, 610, 11, "Nobody was hurt when the first of the ferries came in, the mayor told reporters on the"),
    ],
)
SECOND = framed(2, [(60, 720, 11, "pier.")])


def test_lines_become_paragraphs_over_pages_without_heads_and_numbers() -> None:
    (article,) = extract(pdf(FIRST, SECOND), source="quay.pdf")
    assert article.title == "Quay opens again after a year of repairs"
    assert article.body.split("\n") == [
        "The quay opened on Monday, the council of Port Ellery said, a year after the ministry had shut it because of "
        "the storm that broke the long wall at the mouth of the bay in one night.",
        "Nobody was hurt when the first of the ferries came in, the mayor told reporters on the pier.",
    ]


def test_columns_are_read_one_after_the_other() -> None:
    left = [
        "The quay opened on Monday, the",
        "council said, and the first of the",
        "ferries came in at noon. It was",
        "full to the last seat and had",
    ]
    right = [
        "to leave a hundred people behind,",
        "who waved and shouted from the",
        "pier. The next one came an hour",
        "later and took them all.",
    ]
    lines: list[Placed] = [(60, 720, 20, "Quay opens again")]
    lines += [(60, 680 - 14 * number, 11, line) for number, line in enumerate(left)]
    lines += [(320, 680 - 14 * number, 11, line) for number, line in enumerate(right)]
    (article,) = extract(pdf(lines), source="quay.pdf")
    assert article.body == " ".join([*left, *right])


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (pdf([]), "a scan without a text layer"),
        (b"%PDF-1.4\nnothing more", "not readable as PDF|a PDF without pages"),
        (pdf(FIRST)[:300], "not readable as PDF|without"),
    ],
    ids=["scan", "empty", "cut"],
)
def test_what_can_not_be_read_is_told_in_a_sentence(raw: bytes, what: str) -> None:
    with pytest.raises(InvalidInput, match=what) as refused:
        extract(raw, source="a.pdf")
    assert (refused.value.where, bool(refused.value.remedy)) == ("a.pdf", True)


def drawn(instructions: str, more: str = "") -> bytes:
    """A PDF of one page whose instructions are packed."""
    packed = zlib.compress(f"BT /F 12 Tf 50 750 Td (The quay opened on Monday.) Tj ET\n{instructions}".encode(), 9)
    font = "<< /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> /XObject << /X 5 0 R >> >>"
    return b"%%PDF-1.4\n%b\n%b\n%b\n%b%b\nendstream\nendobj\n%b\ntrailer << /Root 1 0 R >>\n%%%%EOF" % (
        b"1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj",
        b"2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 600 800] >> endobj",
        f"3 0 obj << /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources {font} >> endobj".encode(),
        f"4 0 obj << /Filter /FlateDecode /Length {len(packed)} >> stream\n".encode(),
        packed,
        more.encode(),
    )


FORM = "5 0 obj << /Subtype /Form /BBox [0 0 9 9] /Length 0 >> stream\n\nendstream endobj"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("instructions", "said"),
    [
        (" " * (70 << 20), "a part of it unpacks to more than 67,108,864 bytes"),
        (" " * (20 << 20), "it draws with more than 16,777,216 bytes of instructions"),
        ("/X Do " * 20_000, "it draws with more than 16,777,216 bytes of instructions"),
        ("BT /F 12 Tf 50 700 Td (It rained here all day.) Tj ET\n" * 3000, "it draws thousands of characters upon"),
    ],
    ids=["bomb", "long", "form", "one place"],
)
def test_what_would_take_hours_to_draw_is_refused(instructions: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=f"^a.pdf: {said}.*save its text as .txt"):
        extract(drawn(instructions, FORM), source="a.pdf")


@pytest.mark.slow
def test_a_wrong_checksum_costs_no_text_and_no_time() -> None:
    good = drawn("0 0 m 9 9 l S\n" * 20_000)
    end = good.index(b"\nendstream")
    spoilt = good[: end - 4] + b"\0\0\0\0" + good[end:]
    assert [item.text for item in extract(spoilt, source="a.pdf")] == [
        item.text for item in extract(good, source="a.pdf")
    ]

"""Tables of text: whatever the separator and the encoding, a row is one article or is refused."""

from __future__ import annotations

import csv
import io

import pytest

from toolkit.errors import InvalidInput
from toolkit.ingest import Settings, pages, read, rebuild
from toolkit.ingest.formats.delimited_table import dialect

HEADER = ["Titel", "Article Text", "Quelle", "Veröffentlicht"]
ROWS = [
    [
        "Hafen öffnet wieder",
        'The council said: "We open", and then it did;\nthe port opened on Monday.',
        "Tern",
        "2024-03-12",
    ],
    ["Kai gesperrt", "The quay was shut on Tuesday, the council said. Nobody was hurt.", "Tern", "2024-03-13"],
]


def table(separator: str, encoding: str, *, lead: str = "") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows([HEADER, *ROWS])
    return (lead + out.getvalue()).encode(encoding)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_rows_are_articles_whatever_the_dialect(separator: str, encoding: str) -> None:
    raw = table(separator, encoding)
    found = read(raw, source="rows.csv").articles
    assert [(article.title, article.publisher, article.published_at) for article in found] == [
        (row[0], row[2], row[3]) for row in ROWS
    ]
    assert [article.body for article in found] == [row[1] for row in ROWS]
    for article, page in zip(found, pages(raw, source="rows.csv"), strict=True):
        assert rebuild(article, page) == article.text
        assert page.where.startswith("rows.csv (row ")


@pytest.mark.parametrize("lead", ["sep=;\r\n", "Export of 12 March;;;\r\n;;;\r\n"])
def test_what_programs_write_above_the_header_is_passed_over(lead: str) -> None:
    assert [article.title for article in read(table(";", "utf-8-sig", lead=lead), source="a.csv").articles] == [
        row[0] for row in ROWS
    ]


def test_a_row_with_another_number_of_cells_is_refused_by_its_number() -> None:
    raw = b"title,text,date\nA,The port, which was shut, opened.,2024-01-01\nB,The quay opened on Monday.,2024-01-02\n"
    found = read(raw, source="rows.csv")
    assert [article.title for article in found.articles] == ["B"]
    assert "rows.csv (row 2): 5 cells, where the header has 3" in (found.rejects[0].detail or "")


def test_a_quote_that_is_not_closed_is_told() -> None:
    rows = "".join(f"T{number},The quay opened on day {number}.,2024\n" for number in range(9))
    with pytest.raises(InvalidInput, match=r"row 2\): a quote is not closed"):
        read(f'title,text,date\nA,"The port opened.,2024\n{rows}'.encode(), source="rows.csv")


def test_a_cell_in_another_encoding_is_read_in_that() -> None:
    raw = "title,text\nÉtat,Le café rouvre lundi à Brest, dit-on.\n".replace("Brest, ", "Brest ").encode()
    raw += "Kai,Der Kai wurde am Montag geöffnet, hieß es in München.\n".replace("geöffnet, ", "geöffnet ").encode(
        "cp1252"
    )
    assert [article.body for article in read(raw, source="rows.csv").articles] == [
        "Le café rouvre lundi à Brest dit-on.",
        "Der Kai wurde am Montag geöffnet hieß es in München.",
    ]


def test_escaped_quotes_and_a_table_by_another_name() -> None:
    raw = b'"id","title","body","date"\n"1","A","He said \\"no\\", then left, on Monday.","2024-01-02"\n'
    for source in ("dump.csv", "dump.txt"):
        (article,) = read(raw, source=source).articles
        assert article.body == 'He said "no", then left, on Monday.'


def test_columns_without_a_known_name_are_named_by_the_user() -> None:
    raw = b"a;b\nThe port opened;The port opened on Monday after the storm.\n"
    with pytest.raises(InvalidInput, match="no column holds the text; there are a, b; name it with"):
        read(raw, source="rows.csv")
    found = read(raw, source="rows.csv", settings=Settings(columns={"title": "a", "text": "b"}))
    assert found.articles[0].title == "The port opened"
    assert found.notes == ("columns: text from b, title from a",)


def test_a_file_without_a_table_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no table with a header; write the names of the columns"):
        read(b"The port opened on Monday\nand shut again\n", source="prose.csv")
    assert dialect("") is None


def test_reported_tables() -> None:
    """Kinds that other readers of tables were reported to fail on."""
    cases = {
        'title,text\n0, "The quay, which was shut, opened."\n': ["The quay, which was shut, opened."],
        "text\nThe quay opened, and it was full; so he said.\nIt shut, again.\n": [
            "The quay opened, and it was full; so he said.",
            "It shut, again.",
        ],
        'Id,Text\n1,"<p style=""a:b; c:d; e:f"">\nThe quay opened; it was full.</p>"\n2,"<p>It shut; again.</p>"\n': [
            "The quay opened; it was full.",
            "It shut; again.",
        ],
        'id;text\n1;"The quay opened.\nIt was full."\n2;"It shut, again, “for good”."\n': [
            "The quay opened.\nIt was full.",
            "It shut, again, “for good”.",
        ],
    }
    for raw, bodies in cases.items():
        assert [article.body for article in read(raw.encode(), source="rows.csv").articles] == bodies

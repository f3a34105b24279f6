"""What a reader sees of an HTML page: marks, hidden parts, tables. The text is CC0."""

from __future__ import annotations

import pytest

from toolkit.ingest import Extraction, pages, read, rebuild

TITLE = "Dyke of Orrin breaks in two places"
FIRST = "The dyke of Orrin broke in two places on Sunday night, and the lower town was under a metre of water by dawn."
LAST = "The province promised pumps and sandbags for the week, and the army sent two hundred men to fill them."


def page_of(body: str, head: str = "", before: str = "") -> bytes:
    return (
        f"<html><head><meta charset=utf-8><title>{TITLE}</title>{head}</head><body>{before}<article><h1>{TITLE}</h1>"
        f"<p>{FIRST}</p>{body}<p>{LAST}</p></article></body></html>"
    ).encode()


def read_whole(raw: bytes) -> Extraction:
    """Read a page and check that each of its articles is rebuilt from its bytes."""
    found = read(raw, source="page.html")
    (page,) = pages(raw, source="page.html")
    assert all(rebuild(article, page) == article.text for article in found.articles)
    return found


def test_a_list_of_sentences_between_short_paragraphs_is_kept() -> None:
    points = "<ul><li>that two engineers had seen the dyke in May.</li><li>that nobody had asked for pumps.</li></ul>"
    page = f"<title>{TITLE}</title><body><h1>{TITLE}</h1><p>{FIRST}</p><p>The council says:</p>{points}<p>{LAST}</p>"
    (article,) = read_whole(f"<html>{page}</html>".encode()).articles
    assert article.body.split("\n")[1:4] == [
        "The council says:",
        "that two engineers had seen the dyke in May.",
        "that nobody had asked for pumps.",
    ]


def test_an_abbreviation_may_state_when_a_page_was_published() -> None:
    stated = "<abbr class='published' itemprop='datePublished' title='2016-03-31T03:55:00-07:00'>3:55 AM</abbr>"
    (article,) = read_whole(page_of(stated)).articles
    assert article.published_at == "2016-03-31T03:55:00-07:00"


def body_between(body: str, head: str = "", before: str = "") -> list[str]:
    (article,) = read_whole(page_of(body, head, before)).articles
    first, *between, last = article.body.split("\n")
    assert (article.title, first, last) == (TITLE, FIRST, LAST)
    return between


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("Eleven<sup>1</sup> men, and 11<sup>2</sup> more, were saved.", "Eleven men, and 11 more, were saved."),
        ("They saved 11<sup><a href='#n1'>[3]</a></sup> men on Monday.", "They saved 11 men on Monday."),
        ("Some 12<sup>*</sup> men and 7<sup>a</sup> boats came.", "Some 12 men and 7a boats came."),
        ("Water stood on 40 km<sup>2</sup> on the 19<sup>th</sup> day.", "Water stood on 40 km2 on the 19th day."),
        ("Le 1<sup>er</sup> mai, H<sub>2</sub>O was all they had.", "Le 1er mai, H2O was all they had."),
        ("There were <del>300</del> 30 men in the boat.", "There were 30 men in the boat."),
        ("There were <s>300</s> <ins>30</ins> men in it.", "There were 30 men in it."),
        ("There were <s\n class='x'>300</s> 30 men in it.", "There were 30 men in it."),
        ("There were <script>'<b hidden>'</script><b hidden>300</b> 30 men in it.", "There were 30 men in it."),
        ("There were <!-- <script> --><b hidden>300</b> 30 men in it.", "There were 30 men in it."),
        ("There were <strike class='x'>300 </strike>30 men in it.", "There were 30 men in it."),
        ("The sol&shy;diers of the pro\u00advince dug on.", "The soldiers of the province dug on."),
        ("The zero&#8203;width marks\ufeff are\u2060 gone.", "The zerowidth marks are gone."),
        ("The men <span hidden>ninety</span> dug on.", "The men dug on."),
        ('The men <span style="display:none">ninety</span> dug on.', "The men dug on."),
        ('The men <b style="color:red; display: none;">ninety</b> dug on.', "The men dug on."),
        ('The men <span class="u sr-only">ninety</span> dug on.', "The men dug on."),
        ('The men <span class="visually-hidden">ninety</span> dug on.', "The men dug on."),
        ('The men <span class="not-hidden-x">of Orrin</span> dug on.', "The men of Orrin dug on."),
    ],
)
def test_marks_say_what_they_say_to_a_reader(markup: str, shown: str) -> None:
    assert body_between(f"<p>{markup}</p>") == [shown]


@pytest.mark.parametrize(
    "hidden",
    [
        "<div hidden><p>Machines read that ninety men had died, and nobody else did.</p></div>",
        "<div style='visibility: hidden'><div><p>Machines read that ninety men had died.</p></div></div>",
        "<p class='screen-reader-text'>Machines read that ninety men had died.",
        "<dialog><p>Machines read that ninety men had died, and nobody else did.</p></dialog>",
    ],
)
def test_hidden_parts_are_cut_with_their_reason(hidden: str) -> None:
    found = read_whole(page_of(hidden))
    assert "ninety" not in found.articles[0].text
    assert [cut.reason for cut in found.rejects if "ninety" in cut.text] == ["hidden"]


def test_a_part_that_a_script_unfolds_is_read() -> None:
    paragraphs = "".join(
        f"<p>On day {day} the crew raised {day} of the piles that carry the pier.</p>" for day in range(6)
    )
    assert len(body_between(f"<div class='hidden'>{paragraphs}</div>")) == 6


@pytest.mark.parametrize(
    "box", ["cookie-banner", "onetrust-consent-sdk", "gdpr-notice", "qc-cmp2-ui", "sp_message_container"]
)
def test_a_box_that_asks_for_consent_does_not_replace_the_article(box: str) -> None:
    notice = (
        "<p>We and our 842 partners store information on a device and process personal data such as identifiers.</p>"
    )
    page = page_of("", before=f"<div id='{box}'><h2>We value your privacy</h2>{notice * 4}</div>")
    found = read_whole(page)
    assert found.articles[0].body == f"{FIRST}\n{LAST}"
    assert "cookie-box" in {cut.reason for cut in found.rejects}


def test_a_row_of_a_table_is_one_line_with_the_heads_of_its_columns() -> None:
    rows = "<tr><td>Orrin</td><td>11</td><td>30</td></tr><tr><td>Vesk</td><td>2</td><td></td></tr>"
    head = "<tr><th>Place</th><th>Dead</th><th>Hurt</th></tr>"
    assert body_between(f"<table>{head}{rows}</table>") == ["Place Orrin\tDead 11\tHurt 30", "Place Vesk\tDead 2"]
    bare = "<tr><td>Place</td><td>Dead</td><td>Hurt</td></tr>"
    assert body_between(f"<table>{bare}{rows}</table>") == ["Place Orrin\tDead 11\tHurt 30", "Place Vesk\tDead 2"]
    aside = "<tr><th>Dead</th><td>11</td></tr><tr><th>Hurt</th><td>30</td></tr>"
    assert body_between(f"<table>{aside}</table>") == ["Dead\t11", "Hurt\t30"]


def test_cells_that_span_rows_or_columns_stand_under_their_heads() -> None:
    head = "<tr><th>Place</th><th colspan='2'>Toll</th></tr>"
    rows = "<tr><td rowspan='2'>Orrin</td><td>11</td><td>30</td></tr><tr><td>12</td><td>31</td></tr>"
    found = body_between(f"<table>{head}{rows}</table>")
    assert found == ["Place Orrin\tToll 11\tToll 30", "Place Orrin\tToll 12\tToll 31"]


def test_lists_in_the_cells_of_a_table_are_kept() -> None:
    table = (
        "<tr><th>Place</th><th>Toll</th></tr><tr><td>Orrin</td><td><ul><li>11 dead</li><li>30 hurt</li></ul></td></tr>"
    )
    assert body_between(f"<table>{table}</table>") == ["Place Orrin\tToll 11 dead 30 hurt"]


def test_a_table_that_arranges_the_page_is_paragraphs() -> None:
    cell = f"<td><h1>{TITLE}</h1><p>{FIRST}</p><p>{LAST}</p></td>"
    links = "<td><a href='/'>Home</a> <a href='/a'>Archive</a></td>"
    page = f"<html><title>{TITLE}</title><body><table><tr>{links}{cell}<td>x</td></tr>"
    (article,) = read_whole(f"{page}</table></body></html>".encode()).articles
    assert article.body.split("\n")[:2] == [FIRST, LAST]

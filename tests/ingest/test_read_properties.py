"""What holds of every page, whatever is on it."""

from __future__ import annotations

import gzip
import json
import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.errors import InvalidInput
from toolkit.ingest import Extraction, extract, read, rebuild, why
from toolkit.ingest.formats.encoding import decode

PAGE_LINES = """
Port Ellery rebuilds its breakwater|Al Arabiya|44 minutes ago|- Al Arabiya|Hashtags|Comments|Related Articles|Share
World|The council voted on Monday. It had waited for years, and two storms had left a gap of forty metres in the wall.
No comments yet...|June 18, 2025|By Jo Lindqvist|* * *|| |Cafe\u0301 🙂|\u200fשלום עולם.|a|2 Comments|Sign in|“Yes!”
\ufeff|Read more: elsewhere|- item|12:30|Reuters|- Reuters|yesterday|Tags|Title of another story that the page holds too
"""
LINES = st.sampled_from(re.split(r"[|\n]", PAGE_LINES))
PAGES = st.lists(LINES, min_size=1, max_size=25).flatmap(
    lambda lines: st.sampled_from(["\n", "\r\n", "\r"]).map(lambda end: end.join(lines))
)
ANY_TEXT = st.one_of(PAGES, st.text(max_size=300))


def try_read(raw: bytes, source: str) -> Extraction | None:
    try:
        return read(raw, source=source)
    except InvalidInput as fault:
        if not (fault.where and fault.remedy):
            raise AssertionError(f"{fault} says not where, or no remedy") from fault
        return None


@settings(deadline=None, max_examples=300)
@given(
    st.one_of(st.binary(max_size=400), ANY_TEXT.map(str.encode)),
    st.sampled_from(["a.txt", "a.html", "a.jsonl", "a.json", "a.gz", "a.warc", "a"]),
)
def test_any_bytes_are_read_or_refused_with_place_and_remedy(raw: bytes, source: str) -> None:
    found = try_read(raw, source)
    if found and source in ("a.txt", "a.html"):
        for article in found.articles:
            assert rebuild(article, raw) == article.text


@settings(deadline=None, max_examples=400)
@given(ANY_TEXT, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_every_character_of_a_text_page_is_in_one_article_or_one_reject_in_order(text: str, encoding: str) -> None:
    raw = text.encode(encoding)
    found = try_read(raw, "page.txt")
    if found is None:
        return
    decoded = decode(raw)
    taken = [(piece.byte_start, piece.byte_end) for article in found.articles for piece in article.pieces]
    taken += [(cut.start or 0, cut.end or 0) for cut in found.rejects]
    taken.sort()
    assert all(end <= start for (_, end), (start, _) in pairwise(taken))
    inside = {int(b) for start, end in taken for b in range(start, end)}
    lost = [
        ch
        for ch, start in zip(decoded.text, decoded.bounds.tolist(), strict=False)
        if not ch.isspace() and start not in inside
    ]
    assert not lost
    assert all(why(cut.reason) for cut in found.rejects)
    for article in found.articles:
        assert rebuild(article, raw) == article.text
        starts = [piece.byte_start for piece in article.pieces]
        assert starts == sorted(starts)


@settings(deadline=None, max_examples=150)
@given(title=st.text(max_size=40), text=ANY_TEXT, ascii_only=st.booleans())
def test_a_json_page_is_rebuilt_through_its_escapes(title: str, text: str, ascii_only: bool) -> None:
    row = json.dumps({"title": title, "text": text, "url": "https://example.org/a"}, ensure_ascii=ascii_only).encode()
    found = try_read(row, "rows.jsonl")
    for article in found.articles if found else ():
        assert rebuild(article, row) == article.text


HTML_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=120)


@settings(deadline=None, max_examples=60)
@given(st.lists(HTML_TEXT, min_size=1, max_size=5), st.sampled_from(["a.html", "a.jsonl"]))
def test_an_html_page_is_rebuilt_through_markup_and_references(paragraphs: list[str], source: str) -> None:
    from html import escape

    body = "".join(
        f"<p>The council &amp; the <b>harbour</b> said:\n  {escape(p)} and went&nbsp;home.</p>" for p in paragraphs
    )
    page = (
        f"<html><head><title>Caf&eacute; &#8211; a title</title></head><body><h1>Caf&eacute; &#8211; "
        f"a title</h1><article>{body}</article></body></html>"
    )
    raw = (page if source == "a.html" else json.dumps({"html": page})).encode()
    found = try_read(raw, source)
    assert found
    for article in found.articles:
        assert rebuild(article, raw) == article.text


@settings(deadline=None, max_examples=100)
@given(ANY_TEXT)
def test_reading_twice_gives_the_same(text: str) -> None:
    assert try_read(text.encode(), "a.txt") == try_read(text.encode(), "a.txt")


def test_bytes_that_are_no_utf8_stay_traceable() -> None:
    raw = b"A headline\nThe council \xff\xfe voted on Monday, and then \xc3 went home again."
    found = read(raw, source="page.txt")
    (article,) = found.articles
    assert article.text == raw.decode("utf-8", "replace")
    assert [(cut.reason, cut.start, cut.end) for cut in found.rejects] == [
        ("malformed-bytes", 23, 25),
        ("malformed-bytes", 52, 53),
    ]
    assert rebuild(article, raw) == article.text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        (
            "cp1252",
            "Le maire a déclaré que la digue serait rebâtie « avant l’été », à Valmer. Les élèves étaient "
            "là, très émus.",
        ),
        (
            "cp1250",
            "Rada portu przegłosowała odbudowę falochronu, który zniszczyły dwa zimowe sztormy. Źródła "
            "miejskie milczą.",
        ),
        (
            "cp1254",
            "Liman meclisi pazartesi günü doğu dalgakıranını yeniden inşa etmeye karar verdi, çünkü "
            "fırtına şiddetliydi.",
        ),
        ("cp1256", "صوت مجلس ميناء الواحة يوم الاثنين على إعادة بناء حاجز الأمواج الشرقي الذي دمرته عاصفتان."),
        (
            "koi8-r",
            "Совет порта проголосовал в понедельник за восстановление восточной дамбы, которую разрушили два шторма.",
        ),
        ("cp949", "항구 위원회는 월요일에 동쪽 방파제를 다시 세우기로 결정했다. 두 번의 겨울 폭풍이 지나갔다."),
        (
            "cp1251",
            "Совет порта проголосовал в понедельник за восстановление восточной дамбы, которую разрушили "
            "два зимних шторма.",
        ),
        ("gb18030", "港口委员会星期一投票决定重建东部防波堤，该防波堤在两次冬季风暴中被冲开了四十米的缺口。"),
        ("shift_jis", "港の評議会は月曜日に、二度の冬の嵐で四十メートルの穴が開いた東の防波堤を再建することを決めた。"),
        ("utf-16", "The council voted on Monday."),
    ],
)
def test_other_encodings_are_found_out_and_rebuilt(encoding: str, text: str) -> None:
    raw = (text + "\n" + text).encode(encoding)
    (article,) = extract(raw, source="page.txt")
    assert article.text == text + "\n" + text
    assert rebuild(article, raw) == article.text


RUSSIAN = "Совет порта проголосовал в понедельник за восстановление дамбы.\nЕё разрушили два шторма."
CHINESE = "港口委员会星期一投票决定重建东部防波堤。\n该防波堤在两次冬季风暴中被冲开了四十米的缺口。"
ENGLISH = "The council voted on Monday.\nThe dam was broken by two storms."


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [RUSSIAN, CHINESE, ENGLISH])
def test_utf16_without_a_mark_is_told_by_its_blanks(encoding: str, text: str) -> None:
    raw = text.encode(encoding)
    (article,) = extract(raw, source="page.txt")
    assert article.text == text
    assert rebuild(article, raw) == text


def test_quotation_marks_of_windows_are_no_stray_bytes() -> None:
    text = "A headline\nIt will cost €12 million, officials said — “at most”."
    (article,) = extract(text.encode("cp1252"), source="page.txt")
    assert article.text == text


@pytest.mark.parametrize("encoding", ["shift_jis", "euc_jp", "gbk"])
def test_a_legacy_encoding_is_found_between_tags(encoding: str) -> None:
    text = (
        CHINESE.replace("\n", "")
        if encoding == "gbk"
        else "港の評議会は月曜日に、嵐で穴が開いた東の防波堤を再建することを決めた。"
    )
    raw = f"<html><body><article><p>{text}</p></article></body></html>".encode(encoding)
    (article,) = extract(raw, source="page.html")
    assert article.text == text


def test_a_damaged_page_of_a_legacy_encoding_is_read_all_the_same() -> None:
    text = "\n".join([CHINESE] * 3)
    raw = text.encode("gbk")
    damaged = raw[:20] + b"\xff" + raw[20:-1]  # a stray byte, and the last character cut
    found = read(damaged, source="page.txt")
    (article,) = found.articles
    assert article.text.replace("\ufffd", "") == text[:-1]
    assert {(cut.reason, cut.start) for cut in found.rejects} == {
        ("malformed-bytes", 20),
        ("malformed-bytes", len(raw) - 1),
    }
    assert rebuild(article, damaged) == article.text


def test_a_declared_encoding_is_believed() -> None:
    raw = (
        '<html><head><meta charset="iso-8859-2"></head><body><article><p>Rada portu przegłosowała '
        "odbudowę falochronu, który zniszczyły sztormy.</p></article></body></html>".encode("iso-8859-2")
    )
    (article,) = extract(raw, source="page.html")
    assert "przegłosowała odbudowę" in article.text


@pytest.mark.parametrize("raw", [b"<html><body><script>render()</script></body></html>", b"<html><!-- nothing"])
def test_a_page_that_shows_nothing_is_told(raw: bytes) -> None:
    found = read(raw, source="page.html")
    assert not found.articles
    assert [(cut.reason, cut.start, cut.end) for cut in found.rejects] == [("no-text", 0, len(raw))]


@pytest.mark.parametrize("raw", [b"", b" \n\r\n\t", b"\xef\xbb\xbf\n"])
def test_an_empty_page_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidInput, match=r"page\.txt: the page is empty; "):
        read(raw, source="page.txt")


@pytest.mark.parametrize("raw", [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"text\x00more", bytes(range(256)) * 4])
def test_a_binary_page_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidInput, match=r"page\.txt: the page is binary"):
        read(raw, source="page.txt")


def test_a_byte_order_mark_is_dropped_with_a_note() -> None:
    found = read(b"\xef\xbb\xbfA headline\nThe council voted.", source="page.txt")
    assert found.articles[0].title == "A headline"
    assert found.articles[0].pieces[0].byte_start == 3
    assert found.notes == ("byte order mark dropped",)


def test_gzip_of_a_page_reads_as_the_page() -> None:
    raw = b"A headline\nThe council voted on Monday."
    packed = gzip.compress(raw)
    (article,) = extract(packed, source="page.txt.gz")
    assert article.text == raw.decode()
    assert rebuild(article, raw) == article.text

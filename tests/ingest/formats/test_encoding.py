"""Encodings are found out, and every character keeps its bytes."""

from __future__ import annotations

from itertools import pairwise

import pytest

from toolkit.ingest import RawPage, extract, pages, read, rebuild
from toolkit.ingest.formats.encoding import decode


def page_of(raw: bytes, source: str = "page.txt") -> RawPage:
    """The only page of a file."""
    (page,) = pages(raw, source=source)
    return page


def test_bytes_that_are_no_utf8_stay_traceable() -> None:
    raw = b"A headline\nThe council \xff\xfe voted on Monday, and then \xc3 went home again."
    found = read(raw, source="page.txt")
    (article,) = found.articles
    assert article.text == raw.decode("utf-8", "replace")
    assert [(cut.reason, cut.start, cut.end) for cut in found.rejects] == [
        ("malformed-bytes", 23, 25),
        ("malformed-bytes", 52, 53),
    ]
    assert rebuild(article, page_of(raw)) == article.text


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
    assert rebuild(article, page_of(raw)) == article.text


@pytest.mark.parametrize("encoding", ["iso8859_5", "cp866"])
def test_rarer_encodings_of_a_script_are_found_out(encoding: str) -> None:
    assert extract(RUSSIAN.encode(encoding), source="page.txt")[0].text == RUSSIAN


def test_latin_2_is_not_taken_for_the_code_page_of_windows() -> None:
    text = "Ministerstvo v pondělí oznámilo, že u hranic zahynulo jedenáct vojáků a třicet bylo zraněno."
    for encoding in ("iso8859_2", "cp1250"):
        assert extract(text.encode(encoding), source="page.txt")[0].text == text


RUSSIAN = "Совет порта проголосовал в понедельник за восстановление дамбы.\nЕё разрушили два шторма."


CHINESE = "港口委员会星期一投票决定重建东部防波堤。\n该防波堤在两次冬季风暴中被冲开了四十米的缺口。"


ENGLISH = "The council voted on Monday.\nThe dam was broken by two storms."


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [RUSSIAN, CHINESE, ENGLISH])
def test_utf16_without_a_mark_is_told_by_its_blanks(encoding: str, text: str) -> None:
    raw = text.encode(encoding)
    (article,) = extract(raw, source="page.txt")
    assert article.text == text
    assert rebuild(article, page_of(raw)) == text


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
    assert rebuild(article, page_of(damaged)) == article.text


def test_a_declared_encoding_is_believed() -> None:
    raw = (
        '<html><head><meta charset="iso-8859-2"></head><body><article><p>Rada portu przegłosowała '
        "odbudowę falochronu, który zniszczyły sztormy.</p></article></body></html>".encode("iso-8859-2")
    )
    (article,) = extract(raw, source="page.html")
    assert "przegłosowała odbudowę" in article.text


def test_a_byte_order_mark_is_dropped_with_a_note() -> None:
    found = read(b"\xef\xbb\xbfA headline\nThe council voted.", source="page.txt")
    assert found.articles[0].title == "A headline"
    assert found.articles[0].pieces[0].byte_start == 3
    assert found.notes == ("byte order mark dropped",)


def test_lines_of_two_encodings_are_each_read_in_their_own() -> None:
    sound, other = "Kräne – am Kai\nDas war am Montag.\n", "Die Behörde prüft die Kräne, hieß es.\n"
    raw = sound.encode() + other.encode("cp1252")
    found = decode(raw)
    assert (found.text, found.encoding, found.malformed) == (sound + other, "utf-8 and cp1252", ())
    assert [raw[a:b] for a, b in pairwise(found.bounds.tolist())] == [
        *(ch.encode() for ch in sound),
        *(ch.encode("cp1252") for ch in other),
    ]
    cut = "Kräne am Kai\nEine Behörde prüft".encode()[:-3]
    assert decode(cut).encoding == "utf-8"

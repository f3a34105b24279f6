import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.segment.visible import seen
from toolkit.records.article import Article, Piece
from toolkit.records.page import Page
from toolkit.segment import segment
from toolkit.segment.units import sentences


def article(text, **known):
    raw = text.encode("utf-8", "surrogatepass")
    pieces = (Piece(start=0, end=len(text), byte_start=0, byte_end=len(raw)),) if text else ()
    return Article.of(text, page=Page.of(raw, source="page.txt"), pieces=pieces, **{"language": "en", **known})


def shown(text, **known):
    return [(unit.paragraph, unit.kind, unit.text) for unit in sentences(article(text, **known))]


def test_every_part_of_an_article_has_its_kind_and_its_line():
    text = (
        "Dam fails. Two towns cut off\n"
        "By Ida Holm and Max Ruiz\n"
        "OSLO, Norway (AP) — The dam broke at dawn. Nobody was hurt.\n"
        "\n"
        "FILE - The dam in May, 2019. It was built in 1931.\n"
        "- Roads closed\n"
        "2. Schools closed. Shops open.\n"
        "The end.\n"
        "(Reporting by Ida Holm; Editing by Max Ruiz)"
    )
    assert shown(text, title="Dam fails. Two towns cut off") == [
        (0, "headline", "Dam fails. Two towns cut off"),
        (1, "byline", "By Ida Holm and Max Ruiz"),
        (2, "dateline", "OSLO, Norway (AP) —"),
        (2, "body", "The dam broke at dawn."),
        (2, "body", "Nobody was hurt."),
        (4, "caption", "FILE - The dam in May, 2019."),
        (4, "caption", "It was built in 1931."),
        (5, "list", "- Roads closed"),
        (6, "list", "2. Schools closed."),
        (6, "list", "Shops open."),
        (7, "body", "The end."),
        (8, "byline", "(Reporting by Ida Holm; Editing by Max Ruiz)"),
    ]


def test_without_a_title_the_first_line_is_body():
    assert shown("Dam fails\nIt broke.") == [(0, "body", "Dam fails"), (1, "body", "It broke.")]


DATELINES = [
    ("en", "KYIV —"),
    ("en", "BEIJING, Sept. 3 (Xinhua) --"),
    ("en", "WASHINGTON, D.C. —"),
    ("en", "NEW YORK/LONDON (Reuters) -"),
    ("en", "O'FALLON, Mo. (AP) —"),
    ("en", "CHICAGO, May 3 /PRNewswire/ --"),
    ("de", "Berlin (dpa) -"),
    ("de", "Berlin/Bonn (dpa) -"),
    ("de", "MÜNCHEN, Bayern (AFP) –"),
    ("fr", "KIEV, 3 mars (AFP) —"),
    ("es", "Madrid, 5 may (EFE).-"),
    ("ru", "МОСКВА, 5 мая — РИА Новости."),
    ("ru", "Москва. 5 мая. INTERFAX.RU -"),
    ("ar", "القاهرة (رويترز) -"),
    ("zh", "新华社北京5月3日电"),
    ("ja", "【ワシントン＝時事】"),
    ("ko", "(서울=연합뉴스) 홍길동 기자 ="),
]


@pytest.mark.parametrize(("language", "dateline"), DATELINES)
def test_datelines_of_many_houses(language, dateline):
    first = {"ru": "Шёл дождь.", "ar": "هطل المطر.", "zh": "下雨了。", "ja": "雨が降った。", "ko": "비가 왔다."}.get(
        language
    )
    units = shown(f"{dateline} {first or 'It rained.'}", language=language)
    assert units == [(0, "dateline", dateline), (0, "body", first or "It rained.")]


@pytest.mark.parametrize(
    "line",
    [
        "NATO said no.",
        "NATO — the alliance — said no.",
        "BUDGET — ROADS AND RAIL",
        "Kyiv (which was hit) — it burned.",
        "By noon the hall was empty.",
        "By Tuesday Rome had fallen to them.",
        "The U.S. — Its allies too — said no.",
        "Photo albums burned.",
        "HIV/AIDS funding rose.",
        "3 people left.",
        "AFGHANISTAN: A ban came into force.",
    ],
)
def test_what_only_looks_like_another_kind_is_body(line):
    assert {kind for _, kind, _ in shown(line)} == {"body"}


BYLINES = [
    ("en", "By JANE DOE, Associated Press"),
    ("en", "By Ida Holm, Max Ruiz, and Bo van der Meer"),
    ("en", "By Ida Holm/Reuters"),
    ("en", "By Ida Holm • May 3, 2024"),
    ("en", "Reporting by Ida Holm; Editing by Max Ruiz"),
    ("de", "Von Lena Vogt und Max Roth, Berlin"),
    ("fr", "Par Jean Dupont avec AFP"),
    ("es", "Por Juan Pérez y Ana Gil"),
    ("ru", "Автор: Иван Белкин"),
    ("ar", "بقلم أحمد علي"),
    ("zh", "记者：张三"),
    ("ja", "山田太郎記者"),
    ("ko", "홍길동 기자 gildong@example.kr"),
]


@pytest.mark.parametrize(("language", "line"), BYLINES)
def test_a_byline_is_one_unit(language, line):
    assert shown(line, language=language) == [(0, "byline", line)]


CAPTIONS = [
    ("en", "A bridge in May. (AP Photo/Ida Holm)"),
    ("en", "FILE PHOTO: A bridge in May."),
    ("en", "Image source, Ida Holm"),
    ("en", "A bridge in May. Photograph: Ida Holm/The Post"),
    ("en", "A bridge in May. REUTERS/Ida Holm"),
    ("en", "A bridge in May. [Ida Holm/AFP]"),
    ("en", "© Ida Holm"),
    ("de", "Die Brücke. Foto: Lena Vogt/dpa"),
    ("fr", "Crédit photo : AFP"),
    ("es", "Imagen de archivo: EFE"),
    ("ru", "Фото: Иван Белкин"),
    ("zh", "图片来源：新华社"),
    ("ko", "사진=연합뉴스"),
]


@pytest.mark.parametrize(("language", "line"), CAPTIONS)
def test_captions_and_credits(language, line):
    assert {kind for _, kind, _ in shown(line, language=language)} == {"caption"}


@pytest.mark.parametrize(
    "line", ["• Roads", "– Roads", "1) Roads", "(2) Roads", "a. Roads", "iv) Roads", "① Roads", "✅ Roads"]
)
def test_list_items(line):
    assert shown(line) == [(0, "list", line)]


def test_a_dash_that_opens_speech_is_no_bullet():
    assert shown("— Кто там?", language="ru") == [(0, "body", "— Кто там?")]


def test_paragraphs_are_numbered_by_line():
    assert [unit.paragraph for unit in sentences(article("\n\nIt rained. All left.\n\nThe end."))] == [2, 2, 4]


def test_segmenting_again_keeps_the_ids():
    one = article("It rained. All left.")
    assert [unit.sentence_id for unit in sentences(one)] == [unit.sentence_id for unit in sentences(one)]
    assert [(unit.start, unit.end) for unit in sentences(one)] == segment(one.text)


LINES = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.sampled_from(
            [
                "By Ida Holm",
                "KYIV —",
                "KYIV — It rained. All left.",
                "- one. Two.",
                "FILE - A. B.",
                "(AP Photo/X)",
                "1.",
                "Dr. A left.",
            ]
        ),
    ),
    max_size=6,
)


@given(lines=LINES, titled=st.booleans(), language=st.sampled_from(["en", "de", "ru", "uk", "zh", "und"]))
@example(lines=["\xad", "0"], titled=False, language="en")
@example(lines=["\xad"], titled=False, language="en")
def test_units_cover_the_article_in_order(lines, titled, language):
    text = "\n".join(lines)
    title = lines[0] if titled and lines else None
    made = article(text, title=title, language=language)
    at = 0
    for unit in sentences(made):
        assert unit.text == made.text[unit.start : unit.end] == unit.text.strip() != ""
        assert unit.start >= at
        assert not seen(text[at : unit.start])
        assert unit.paragraph == text.count("\n", 0, unit.start)
        at = unit.end
    assert not seen(text[at:])

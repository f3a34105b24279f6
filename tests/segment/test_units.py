from hypothesis import given
from hypothesis import strategies as st

from toolkit.records.article import Article, Piece
from toolkit.records.page import Page
from toolkit.segment import segment, sentences


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


def test_datelines_of_several_houses():
    for dateline in (
        "KYIV —",
        "BEIJING, Sept. 3 (Xinhua) --",
        "Berlin (dpa) -",
        "WASHINGTON, D.C. —",
        "MÜNCHEN, Bayern (AFP) –",
    ):
        assert shown(f"{dateline} It rained. All left.")[:2] == [(0, "dateline", dateline), (0, "body", "It rained.")]


def test_what_only_looks_like_another_kind_is_body():
    for line in (
        "NATO said no.",
        "By noon the hall was empty.",
        "By Tuesday Rome had fallen to them.",
        "The U.S. — Its allies too — said no.",
        "Photo albums burned.",
        "3 people left.",
        "AFGHANISTAN: A ban came into force.",
    ):
        assert [kind for _, kind, _ in shown(line)] == ["body"], line


def test_photo_credits_make_captions_and_other_languages_have_bylines():
    assert shown("A bridge in May. (AP Photo/Ida Holm)")[0][1] == "caption"
    assert shown("Von Lena Vogt", language="de")[0][1] == "byline"
    assert shown("Фото: Иван Белкин", language="ru")[0][1] == "caption"


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
def test_units_cover_the_article_in_order(lines, titled, language):
    text = "\n".join(lines)
    title = lines[0] if titled and lines else None
    made = article(text, title=title, language=language)
    at = 0
    for unit in sentences(made):
        assert unit.text == made.text[unit.start : unit.end] == unit.text.strip() != ""
        assert unit.start >= at
        assert not text[at : unit.start].strip()
        assert unit.paragraph == text.count("\n", 0, unit.start)
        at = unit.end
    assert not text[at:].strip()

import json
import unicodedata
from functools import partial
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.segment.visible import seen
from toolkit.segment import LANGUAGES, segment

GOLD = Path(__file__).parent / "gold"
DOCUMENTS = [
    pytest.param(row["lang"], row["text"], row["spans"], id=row["id"])
    for path in sorted(GOLD.glob("*.jsonl"))
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())
]


def sentences_of(text, language="en"):
    return [text[start:end] for start, end in segment(text, language=language)]


@pytest.mark.slow
@pytest.mark.parametrize(("language", "text", "spans"), DOCUMENTS)
def test_gold_document_is_exactly_right(language, text, spans):
    assert sentences_of(text, language) == [text[start:end] for start, end in spans]


@pytest.mark.parametrize(("language", "text", "spans"), DOCUMENTS)
def test_a_sentence_alone_stays_whole(language, text, spans):
    for start, end in spans:
        assert segment(text[start:end], language=language) == [(0, end - start)]


# --- what holds for every text ----------------------------------------------------------------------------------------

# Arbitrary Unicode seldom holds a stop, a space and a capital in a row: these pieces do.
PIECES = st.sampled_from(
    [
        *".!?…。！？؟।\"'“”‘’«»()[]-—–•1٣ \n\t\r\u2028\u00a0\u200b\ufeff",
        *(
            "A",
            "b",
            "I",
            "Mr.",
            "U.S.",
            "p.m.",
            "No.",
            "z. B.",
            "г.",
            "т. е.",
            "the",
            "The",
            "said",
            "Он",
            "und",
            "と",
            "「",
            "」",
            "中",
        ),
        *(
            "...",
            ". . .",
            " ...",
            "[4]",
            "5.",
            "12.",
            "II.",
            "Inc.",
            "http://a.b/c?D",
            "a@b.co",
            "🙂",
            "e\u0301",
            "\U0001d400",
            "\x00",
        ),
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join))
CODES = st.sampled_from([*LANGUAGES, "xx"])


@pytest.mark.slow
@given(text=TEXTS, language=CODES)
def test_spans_are_ordered_trimmed_and_lose_only_what_nobody_sees(text, language):
    at = 0
    for start, end in segment(text, language=language):
        assert at <= start < end <= len(text)
        assert not seen(text[at:start])
        assert text[start:end] == text[start:end].strip()
        assert seen(text[start:end])
        at = end
    assert not seen(text[at:])


@pytest.mark.slow
@given(text=TEXTS, language=CODES)
def test_no_sentence_crosses_a_line_break_that_is_not_read_over(text, language):
    spans = segment(text, language=language, unwrap="never")
    assert all(len(text[start:end].splitlines()) == 1 for start, end in spans)


@given(text=st.lists(PIECES.filter(str.isascii)).map("".join), language=CODES)
@example(text="No! Yes? 1. A.", language="en")
def test_marks_that_are_looked_for_alone_end_the_same_sentences(text, language):
    """A line in other letters lets the regex of all marks look for them at once."""
    together = segment(f"{text}\n\u00e9", language=language, unwrap="never")
    assert [*segment(text, language=language, unwrap="never"), (len(text) + 1, len(text) + 2)] == together


@given(first=TEXTS, second=TEXTS, language=CODES)
@example(first="0" * 30, second="a", language="af")  # a full line, over whose break "auto" reads
def test_lines_do_not_see_each_other(first, second, language):
    cut = partial(segment, language=language, unwrap="never")
    moved = [(start + len(first) + 1, end + len(first) + 1) for start, end in cut(second)]
    assert cut(f"{first}\n{second}") == cut(first) + moved


@pytest.mark.slow
@given(text=st.text(st.characters(categories=["L", "N", "M", "Sc"]), min_size=1), language=CODES)
def test_without_stop_or_break_there_is_one_sentence(text, language):
    assert sentences_of(text, language) == [text.strip()]


# A quadratic rule would need hours for these.
ADVERSARIAL = {
    "initials": "A. ",
    "quotes": '"',
    "stops": ".",
    "spaced stops": ". ",
    "spaces": " ",
    "one word": "a",
    "capitals": "A",
    "titles": "Mr. ",
    "acronyms": "U.S. ",
    "ordinals": "5. ",
    "years": "5 г.\tX",
    "detached quotes": '. " ',
    "closing marks": '.")]',
    "references": ". [1] [2]",
    "spaces before breaks": "  \n",
    "attributions": '?" Aa Aa Aa Aa ',
    "dashes": ". - - - ",
    "list markers": "1. \n",
    "wide stops": "。」",
}


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ru", "de", "ja"])
@pytest.mark.parametrize("unit", ADVERSARIAL.values(), ids=ADVERSARIAL)
def test_200_000_characters_that_invite_backtracking(unit, language):
    text = unit * (200_000 // len(unit))
    spans = segment(text, language=language)
    assert sum(len(text[start:end].strip()) for start, end in spans) <= len(text)
    assert bool(spans) == bool(text.strip())


# --- single rules -----------------------------------------------------------------------------------------------------


def test_line_breaks_of_every_kind_separate():
    text = "one\r\ntwo\rthree\u2028four\x85five\x0bsix\n\n  seven "
    assert sentences_of(text) == ["one", "two", "three", "four", "five", "six", "seven"]


@pytest.mark.parametrize("text", ["", " ", "\n \t\r\n", "\u2028"])
def test_white_space_holds_no_sentence(text):
    assert segment(text) == []


def test_offsets_are_code_points_not_bytes_or_utf16_units():
    text = "🙂🙂 left. Ünï came."
    assert segment(text) == [(0, 8), (9, 18)]


def test_decomposed_letters_are_letters():
    text = unicodedata.normalize("NFD", "Il est allé. Élan perdu.")
    assert len(segment(text, language="fr")) == 2


@pytest.mark.parametrize(
    "text",
    [
        "The U.S. Treasury objected.",  # a name goes on
        "Growth was 1.5 percent at node.js and example.com last year.",
        "He asked www.example.org/a?Id=7 for it.",
        "Read it at news.example.Com today.",
        "The Bros.' Grocery burned.",
        "Call J. P. van der Meer now.",
        "He said 'No.' and left.",
    ],
)
def test_one_sentence(text):
    assert sentences_of(text) == [text]


def test_a_straight_quote_between_spaces_closes_what_was_opened_and_opens_otherwise():
    assert sentences_of('" It is over. " He left.') == ['" It is over. "', "He left."]
    assert sentences_of('It is over. " He left. "') == ["It is over.", '" He left. "']


def test_wrapped_text_is_cut_at_its_sentences_unless_it_is_not_to_be() -> None:
    mail = "The ferry between Aske and Turholm sailed again\non Monday. "
    text = f"{mail}It had been in the yard for weeks, and the sol-\ndiers cheered."
    cut = [text[start:end] for start, end in segment(text)]
    assert [part.split()[-1] for part in cut] == ["Monday.", "cheered."]
    assert len(segment(text, unwrap="never")) == 4


@pytest.mark.parametrize(
    ("language", "text", "ends"),
    [
        ("en", "Take, for exam-\nple, the dyke of\nAske. It broke\ntwice.", ["Aske.", "twice."]),
        ("ja", "橋が落ちたのは\n三日の朝だった。死者は\nいない。", ["三日の朝だった。", "いない。"]),
    ],
)
def test_narrow_columns_are_read_over_if_the_text_is_said_to_be_wrapped(language, text, ends) -> None:
    cut = [text[start:end] for start, end in segment(text, language=language, unwrap="always")]
    assert [part.split()[-1] for part in cut] == ends


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("fr", ["Le maire a dit « non ».", "Ils sont partis."]),
        ("uk", ["Це газета « Час ».", "Вони пішли."]),
        ("en", ['He read of " .Net 4 ".', "It was late."]),
    ],
)
def test_a_closing_mark_that_stands_apart_hides_no_lost_space(language, parts) -> None:
    text = "".join(parts) if language != "en" else " ".join(parts)
    assert [text[start:end] for start, end in segment(text, language=language)] == parts


@pytest.mark.parametrize(
    "text",
    [
        "The army of Gen. Yusuf K. Rowan left Aske.",
        "John Doe Sr. VP of Engineering, will meet you.",
        "They flew to St. Louis on Nov. 5 with J. Ramos.",
        "It met the U.S. Army at noon.",
        "He had read R.L. Stevens twice.",
    ],
)
def test_initials_and_dates_go_on(text) -> None:
    assert sentences_of(text) == [text]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("They took vitamin C.", "Ramos left."),
        ("It joined the U.S.", "The army left."),
        ("They left in Nov.", "Rain fell."),
        ("He lives in Washington, D.C.", "She does not."),
    ],
)
def test_labels_starters_and_months_without_a_day_end(first, second) -> None:
    assert sentences_of(f"{first} {second}") == [first, second]


def test_a_reader_does_not_see_format_characters_so_they_decide_nothing():
    assert sentences_of("\ufeffThe dam\u00ad broke.\u200b Water\u2060 rose.") == [
        "\ufeffThe dam\u00ad broke.\u200b",
        "Water\u2060 rose.",
    ]
    assert sentences_of("It fell. \u2066We\u2069 ran.\n\u200b\nAll of us.") == [
        "It fell.",
        "\u2066We\u2069 ran.",
        "All of us.",
    ]
    assert sentences_of("He saw D\u200br. Ruiz. She left.") == ["He saw D\u200br. Ruiz.", "She left."]


def test_no_break_spaces_are_spaces():
    assert sentences_of("No.\u00a05 of J.\u202fM. Barr is\u00a0lost.\u00a0We\u00a0looked.") == [
        "No.\u00a05 of J.\u202fM. Barr is\u00a0lost.",
        "We\u00a0looked.",
    ]


@pytest.mark.parametrize("mark", "։؟܀।။።។᠃᥄꓿꘎꩝。")
def test_stops_of_every_script_end_sentences(mark):
    assert len(segment(f"ሀለ{mark} ሐመ{mark}", language="und")) == 2

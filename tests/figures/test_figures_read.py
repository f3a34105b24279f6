"""What phrases say in numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import UsageError
from toolkit.figures import LANGUAGES, Figure, acled_minimum, differences, fields_of, read


def exact(number: int) -> Figure:
    return Figure(low=number, high=number, best=number, qualifier="exact")


def vague(magnitude: int | None) -> Figure:
    return Figure(qualifier="vague", magnitude=magnitude)


def at_least(number: int) -> Figure:
    return Figure(low=number, qualifier="at_least")


def more_than(number: int) -> Figure:
    return Figure(low=number, low_open=True, qualifier="more_than")


def between(low: int, high: int) -> Figure:
    return Figure(low=low, high=high, qualifier="range")


ENGLISH = {
    "at least 14": at_least(14),
    "At least fourteen": at_least(14),
    "no fewer than 14": at_least(14),
    "14 or more": at_least(14),
    "more than 6,000": more_than(6000),
    "over a hundred": more_than(100),
    "more than a dozen people": more_than(12),
    "up to 300": Figure(high=300, qualifier="up_to"),
    "no more than two": Figure(high=2, qualifier="up_to"),
    "fewer than 20": Figure(high=20, high_open=True, qualifier="up_to"),
    "about 30": Figure(low=30, high=30, qualifier="about"),
    "between 30 and 40": between(30, 40),
    "30-40 people": between(30, 40),
    "30 to 40": between(30, 40),
    "some 30 to 40": between(30, 40),
    "two to three thousand": between(2000, 3000),
    "from 500 to 1 million": between(500, 1_000_000),
    "no": exact(0),
    "nobody": exact(0),
    "two soldiers": exact(2),
    "twenty-five": exact(25),
    "two hundred and five": exact(205),
    "a dozen": exact(12),
    "two dozen": exact(24),
    "one and a half thousand": exact(1500),
    "half a million": exact(500_000),
    "two and a half million": exact(2_500_000),
    "2.5 million": exact(2_500_000),
    "6 thousand": exact(6000),
    "dozens": vague(12),
    "more than dozens": vague(12),
    "tens of thousands": vague(10_000),
    "several hundred": vague(100),
    "several": vague(None),
}


@pytest.mark.parametrize(("phrase", "expected"), ENGLISH.items())
def test_english(phrase: str, expected: Figure) -> None:
    assert read(phrase) == expected


OTHERS = {
    ("de", "mindestens 14 Menschen"): at_least(14),
    ("de", "mehr als 6.000"): more_than(6000),
    ("de", "anderthalb Tausend"): exact(1500),
    ("de", "zwischen dreißig und vierzig"): between(30, 40),
    ("de", "zweihundertfünf"): exact(205),
    ("de", "Dutzende"): vague(12),
    ("de", "keine"): exact(0),
    ("fr", "au moins quatorze"): at_least(14),
    ("fr", "plus de 6\u202f000"): more_than(6000),
    ("fr", "une centaine"): exact(100),
    ("fr", "un millier et demi"): exact(1500),
    ("fr", "entre 30 et 40"): between(30, 40),
    ("fr", "des dizaines"): vague(10),
    ("fr", "aucun"): exact(0),
    ("es", "al menos catorce"): at_least(14),
    ("es", "más de 6.000"): more_than(6000),
    ("es", "un millón y medio"): exact(1_500_000),
    ("es", "dos mil quinientos"): exact(2500),
    ("es", "decenas"): vague(10),
    ("es", "ningún"): exact(0),
    ("ru", "не менее 14 человек"): at_least(14),
    ("ru", "более 6 тыс."): more_than(6000),
    ("ru", "полторы тысячи"): exact(1500),
    ("ru", "двадцать пять"): exact(25),
    ("ru", "двести пятнадцать"): exact(215),
    ("ru", "от 30 до 40"): between(30, 40),
    ("ru", "десятки"): vague(10),
    ("uk", "щонайменше 14"): at_least(14),
    ("uk", "понад 6 тисяч"): more_than(6000),
    ("uk", "півтори тисячі"): exact(1500),
    ("uk", "двісті п’ять"): exact(205),
    ("uk", "від 30 до 40"): between(30, 40),
    ("uk", "сотні"): vague(100),
}


@pytest.mark.parametrize(
    ("key", "expected"), OTHERS.items(), ids=lambda item: item[1] if isinstance(item, tuple) else ""
)
def test_other_languages(key: tuple[str, str], expected: Figure) -> None:
    language, phrase = key
    assert read(phrase, language) == expected


@pytest.mark.parametrize("phrase", ["casualties", "", "heavy losses", "14 killed and 20 wounded", "2.5 people"])
def test_nothing_is_guessed_and_nothing_added_up(phrase: str) -> None:
    assert read(phrase) is None


@pytest.mark.parametrize("language", LANGUAGES)
@given(number=st.integers(min_value=0, max_value=10**9))
def test_plain_digits_are_read_as_they_are(language: str, number: int) -> None:
    assert read(str(number), language) == exact(number)


@given(number=st.integers(min_value=0, max_value=10**9))
def test_digits_in_groups(number: int) -> None:
    assert read(f"{number:,}") == exact(number)
    assert read(f"{number:,}".replace(",", "."), "de") == exact(number)
    assert read(f"{number:,}".replace(",", "\u00a0"), "fr") == exact(number)


@given(low=st.integers(0, 999), high=st.integers(0, 999))
def test_a_range_keeps_its_order(low: int, high: int) -> None:
    figure = read(f"between {low} and {high}")
    assert figure is None if low >= high else figure == between(low, high)


@given(st.text())
def test_any_text_is_read_without_failing(text: str) -> None:
    for language in LANGUAGES:
        figure = read(text, language)
        assert figure is None or figure.low is None or figure.high is None or figure.low <= figure.high


@pytest.mark.parametrize(
    ("phrase", "minimum"),
    [("dozens", 12), ("tens", 10), ("hundreds", 100), ("at least 14", 14), ("more than 14", 15), ("up to 9", None)],
)
def test_minimum_of_a_vague_report_as_acled_counts_it(phrase: str, minimum: int | None) -> None:
    """ACLED: "tens" is 10, "dozens" 12, "hundreds" 100; an upper bound alone says nothing of the least."""
    figure = read(phrase)
    assert figure is not None
    assert acled_minimum(figure) == minimum


def test_a_figure_prefills_only_what_it_says() -> None:
    assert fields_of(more_than(6000)) == {"low": 6000, "low_open": True, "qualifier": "more_than"}
    assert fields_of(vague(12)) == {"qualifier": "vague"}
    assert fields_of(exact(0)) == {"low": 0, "high": 0, "qualifier": "exact"}


def test_a_persons_numbers_are_checked_against_the_words() -> None:
    assert differences("at least 14", {"low": 14, "low_open": False, "qualifier": "at_least", "harm": "killed"}) == ()
    assert differences("more than 14", {"low": 14, "qualifier": "more_than"}) == ("low_open",)
    assert differences("at least 14", {"low": 41, "high": 41, "qualifier": "exact"}) == ("high", "low", "qualifier")
    assert differences("heavy losses", {"low": 3}) == ()


def test_an_unknown_language_is_said_to_be_one() -> None:
    with pytest.raises(UsageError, match="figures are not read in 'xx'"):
        read("14", "xx")

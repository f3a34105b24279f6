"""What phrases say in numbers."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from toolkit.errors import UsageError
from toolkit.figures import LANGUAGES, Figure, Qualifier, acled_minimum, differences, fields_of, read


def exact(number: int) -> Figure:
    return Figure(low=number, high=number, best=number, qualifier="exact")


def more_than(number: int) -> Figure:
    return Figure(low=number, low_open=True, qualifier="more_than")


def between(low: int, high: int) -> Figure:
    return Figure(low=low, high=high, qualifier="range")


PHRASES = Path(__file__).with_name("phrases.tsv")
"""Language, phrase, low, high, qualifier, magnitude; ">" and "<" open a bound, "-" for what is not read."""


def rows() -> list[list[str]]:
    return [line.split("\t") for line in PHRASES.read_text(encoding="utf-8").splitlines()[1:]]


def figure_of(low: str, high: str, qualifier: str, magnitude: str) -> Figure | None:
    if qualifier == "-":
        return None
    lowest, highest = (int(bound.lstrip("<>")) if bound else None for bound in (low, high))
    return Figure(
        low=lowest,
        low_open=low.startswith(">"),
        high=highest,
        high_open=high.startswith("<"),
        best=lowest if qualifier == "exact" else None,
        qualifier=cast(Qualifier, qualifier),
        magnitude=int(magnitude) if magnitude else None,
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_phrases_say(language: str) -> None:
    cases = [(phrase, figure_of(*expected)) for code, phrase, *expected in rows() if code == language]
    assert len(cases) > 50
    assert [(phrase, read(phrase, language)) for phrase, _ in cases] == cases


@pytest.mark.parametrize("language", LANGUAGES)
@given(number=st.integers(0, 999_999))
def test_number_words_that_another_library_writes_are_read(language: str, number: int) -> None:
    """num2words writes "one thousand, two hundred", and "einstausend" inside German numbers; nobody else does."""
    words = num2words(number, lang=language).replace(",", "").replace("einstausend", "eintausend")
    assert read(words, language) == exact(number)


@given(number=st.integers(2, 999_999))
def test_russian_number_words_in_the_genitive_behind_a_qualifier(number: int) -> None:
    words = num2words(number, lang="ru", case="g")
    assert read(f"около {words}", "ru") == Figure(low=number, high=number, qualifier="about")


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
    assert fields_of(Figure(qualifier="vague", magnitude=12)) == {"qualifier": "vague"}
    assert fields_of(exact(0)) == {"low": 0, "high": 0, "qualifier": "exact"}


def test_a_persons_numbers_are_checked_against_the_words() -> None:
    assert differences("at least 14", {"low": 14, "low_open": False, "qualifier": "at_least", "harm": "killed"}) == ()
    assert differences("more than 14", {"low": 14, "qualifier": "more_than"}) == ("low_open",)
    assert differences("at least 14", {"low": 41, "high": 41, "qualifier": "exact"}) == ("high", "low", "qualifier")
    assert differences("heavy losses", {"low": 3}) == ()


def test_an_unknown_language_is_said_to_be_one() -> None:
    with pytest.raises(UsageError, match="figures are not read in 'xx'"):
        read("14", "xx")

"""Figures read from phrases, and figures of people harmed found in sentences."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from toolkit.errors import UsageError
from toolkit.figures import LANGUAGES, Figure, Qualifier, differences, find, read, suggest
from toolkit.schema import load, validate


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


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("12 000 people died.", "en", ["12 000"]),
        ("1 060 personnes sont mortes.", "fr", ["1 060"]),
        ("1'060 Menschen starben.", "de", ["1'060"]),
        ("1,00,000 people died.", "en", ["1,00,000"]),
        ("1,2 million people died.", "en", ["1,2 million"]),
        ("1,20 people died.", "en", []),
        ("12 00 people died.", "en", []),
        ("007 people died.", "en", []),
        ("3/4 people died.", "en", []),
        ("12.00.000 people died.", "en", []),
        ("T72 people died.", "en", []),
        ("1½ million people died.", "en", ["1½ million"]),
        ("½ of the wounded died.", "en", []),
        ("One point two million people died.", "en", []),
        ("10^3 people died.", "en", []),
        ("12.8–13.0 people died per 100,000.", "en", []),
        ("The sixth one was killed.", "en", []),
        ("Nine eleven victims were remembered.", "en", []),
        ("4 killed, 9 injured: 13 in total.", "en", ["4", "9"]),
        ("In 2012–13, 14 people died.", "en", ["14"]),
        ("١٤ people were killed.", "en", ["١٤"]),
        ("The number of the dead is " + "9" * 5_000 + ".", "en", []),
    ],
)
def test_no_number_is_read_from_inside_another(text: str, language: str, expected: list[str]) -> None:
    assert [found.text for found in find(text, language)] == expected


@pytest.mark.parametrize("unit", ["3 of ", "including 3, ", "a soldier and ", "between 3 and "])
def test_a_long_text_is_read_without_failing(unit: str) -> None:
    assert find("killed " + unit * 3_000) is not None


@given(low=st.integers(0, 999), high=st.integers(0, 999))
def test_a_range_keeps_its_order(low: int, high: int) -> None:
    figure = read(f"between {low} and {high}")
    assert figure is None if low >= high else figure == between(low, high)


@given(st.text())
def test_any_text_is_read_without_failing(text: str) -> None:
    for language in LANGUAGES:
        figure = read(text, language)
        assert figure is None or figure.low is None or figure.high is None or figure.low <= figure.high


def test_a_persons_numbers_are_checked_against_the_words() -> None:
    assert differences("at least 14", {"low": 14, "low_open": False, "qualifier": "at_least", "harm": "killed"}) == ()
    assert differences("more than 14", {"low": 14, "qualifier": "more_than"}) == ("low_open",)
    assert differences("at least 14", {"low": 41, "high": 41, "qualifier": "exact"}) == ("high", "low", "qualifier")
    assert differences("heavy losses", {"low": 3}) == ()


def test_an_unknown_language_is_said_to_be_one() -> None:
    with pytest.raises(UsageError, match="figures are not read in 'xx'"):
        read("14", "xx")


SENTENCES = [
    ("en", "At least 14 people were killed and dozens wounded on 12 March 2014.", ["At least 14", "dozens"]),
    ("en", "The death toll rose to 36, the ministry said.", ["36"]),
    ("en", "It put enemy losses above 900 this week.", ["above 900"]),
    ("en", "No one was hurt when the roof fell in.", ["No one"]),
    ("en", "The army fired 40 missiles and killed two soldiers.", ["two"]),
    ("en", "Some 5% of the 3,000 wounded soldiers returned after 12 days.", ["3,000"]),
    ("en", "The clash killed 14 and wounded 20.", ["14", "20"]),
    ("en", "Between 30 and 40 fighters died, and as many as 7 are missing.", ["Between 30 and 40", "as many as 7"]),
    ("en", "A 14-year-old was hurt in a T-72 accident 30 km away at 14:30.", []),
    ("en", "Thousands of soldiers marched through the town in 2014.", []),
    ("en", "The bombardment caused heavy losses.", []),
    ("en", "The dead were buried on 12 March at a cost of $300.", []),
    ("en", "No official confirmed the deaths.", []),
    ("en", "There were no immediate reports of casualties.", []),
    ("en", "Neither of the two pilots was hurt.", ["Neither of the two"]),
    ("en", "Neither soldiers nor civilians were killed.", ["Neither soldiers nor civilians"]),
    ("en", "Neither side reported deaths.", []),
    ("en", "Not a single soldier was wounded.", ["Not a single"]),
    ("en", "None of the 14 crew were hurt.", ["None of the 14"]),
    ("en", "Three of the 14 wounded died.", ["Three", "14"]),
    ("en", "One of the officials said that 14 people had died.", ["14"]),
    ("en", "He was killed at the age of 14, as chapter 7 of the report says.", []),
    ("en", "The second attack killed more than 30 but fewer than 40.", ["more than 30 but fewer than 40"]),
    ("fr", "Plus d’une centaine de personnes ont été tuées.", ["Plus d’une centaine"]),
    ("fr", "Personne n’a été blessé.", ["Personne n’"]),
    ("es", "El número de muertos subió hasta 36.", ["36"]),
    ("ru", "Более тысячи человек погибли, 6 тысяч 500 ранены.", ["Более тысячи", "6 тысяч 500"]),
    ("ru", "Число погибших выросло до 36.", ["36"]),
    ("ru", "Погибли до 36 человек.", ["до 36"]),
    ("ru", "Ни солдаты, ни мирные жители не пострадали.", ["Ни солдаты, ни мирные"]),
    ("uk", "Понад тисячу людей загинули.", ["Понад тисячу"]),
    (
        "de",
        "Bei dem Angriff wurden mindestens 14 Menschen getötet und Dutzende verletzt.",
        ["mindestens 14", "Dutzende"],
    ),
    ("fr", "L'attaque a fait au moins 14 morts et des dizaines de blessés.", ["au moins 14", "des dizaines"]),
    ("es", "El ataque dejó al menos 14 muertos y decenas de heridos.", ["al menos 14", "decenas"]),
    ("ru", "В результате удара погибли не менее 14 человек, десятки ранены.", ["не менее 14", "десятки"]),
    ("uk", "Унаслідок удару загинули щонайменше 14 людей, десятки поранені.", ["щонайменше 14", "десятки"]),
]


@pytest.mark.parametrize(("language", "sentence", "expected"), SENTENCES, ids=[item[1][:30] for item in SENTENCES])
def test_figures_of_people_harmed_and_no_others(language: str, sentence: str, expected: list[str]) -> None:
    assert [found.text for found in find(sentence, language)] == expected


@given(st.text(alphabet=st.sampled_from("14, -.abkilled wounded people no one dozens😀é\u0301\r\n")))
def test_offsets_are_those_of_the_sentence(sentence: str) -> None:
    for language in LANGUAGES:
        ends = [0]
        for found in find(sentence, language):
            assert sentence[found.start : found.end] == found.text
            assert found.start >= ends[-1]
            ends.append(found.end)


def test_suggestions_are_spans_that_the_schema_takes() -> None:
    sentence = "More than 60 soldiers were killed or wounded, and no one is missing."
    spans = suggest(sentence)
    harmed = {"harm": "killed_or_wounded", "affected_party": "soldiers"}
    assert [(span.text, dict(span.attributes)) for span in spans] == [
        ("More than 60", {"low": 60, "low_open": True, "qualifier": "more_than", **harmed}),
        ("no one", {"low": 0, "high": 0, "qualifier": "exact", "harm": "missing"}),
    ]
    assert not validate(load("news_events@1.0.0"), ("casualty_figure",), spans)
    assert suggest(sentence) == spans

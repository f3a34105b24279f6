"""Which quantities of a sentence count people harmed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.figures import LANGUAGES, find, suggest
from toolkit.schema import load, validate

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


def test_suggestions_are_spans_that_the_schema_takes_once_a_person_has_said_what_happened() -> None:
    sentence = "More than 6,000 casualties were reported and no one is missing."
    spans = suggest(sentence)
    assert [(span.text, dict(span.attributes)) for span in spans] == [
        ("More than 6,000", {"low": 6000, "low_open": True, "qualifier": "more_than"}),
        ("no one", {"low": 0, "high": 0, "qualifier": "exact"}),
    ]
    breaches = validate(load("news_events@1.0.0"), ("casualty_figure",), spans)
    assert {breach.rule for breach in breaches} == {"required-attribute"}
    assert all("harm" in breach.message for breach in breaches)
    assert suggest(sentence) == spans

"""A quote is found where its words stand, in an editor's spelling too, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.suggest.quote_location import locate


@pytest.mark.parametrize(
    ("quote", "text", "found"),
    [
        ("at least 14", "He said at least 14 died.", "at least 14"),
        ('"We left"', "“We left”, she said.", "“We left”"),
        ("the mayor's office", "From the\u00a0mayor’s  office came no word.", "the\u00a0mayor’s  office"),
        ("10-12 people", "Some 10–12 people were hurt.", "10–12 people"),
        ("der Präsident", "Es sprach der Pra\u0308sident.", "der Pra\u0308sident"),
        ("soft hyphen", "a so\u00adft hy\u00adphen", "so\u00adft hy\u00adphen"),
        (" 14 ", "14 died", "14"),
        ("14 dead", "14 died", None),
        ("Fourteen", "fourteen died", None),
        ("", "14 died", None),
        ("\u200b", "14 died", None),
    ],
)
def test_words_are_found_as_the_sentence_has_them(quote: str, text: str, found: str | None) -> None:
    place = locate(quote, text)
    assert (None if place is None else text[place[0] : place[1]]) == found


def test_the_same_words_twice_are_two_places() -> None:
    text = "12 died and 12 were hurt."
    assert [locate("12", text, nth) for nth in range(3)] == [(0, 2), (12, 14), None]


@given(st.text(min_size=1, max_size=30), st.data())
def test_every_piece_of_a_text_is_found_with_its_own_words(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    quote = text[start:end]
    place = locate(quote, text)
    assert (place is None) == (not quote.strip())
    if place is not None:
        assert text[place[0] : place[1]] == quote.strip()

"""Where regions lie; the numbers of the real page are from a browser run against Label Studio 1.23.2."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.labelstudio.codec.offsets import Offsets, locate

TEXT = "A😀B𝒳C cafe\u0301 at least 36 people\r\nwere there\nyesterday"


@pytest.mark.parametrize(
    ("start", "end", "claimed"),
    [
        (1, 2, "😀"),
        (3, 4, "𝒳"),
        (6, 11, "cafe\u0301"),
        (21, 30, "36 people"),
        (24, 36, "people\\n\\nwere"),
        (37, 52, "there\\nyesterday"),
    ],
)
def test_code_points_of_the_real_page_fit(start: int, end: int, claimed: str) -> None:
    assert locate(TEXT, start, end, claimed) == Offsets(start, end)


@pytest.mark.parametrize(
    ("start", "end", "claimed"),
    [(20, 30, "36 people"), (21, 30, "36 people "), (20, 30, " 36 people"), (20, 30, "36 people ")],
)
def test_a_space_too_much_on_either_side_is_trimmed_and_said(start: int, end: int, claimed: str) -> None:
    assert locate(TEXT, start, end, claimed) == Offsets(21, 30, "white-space")
    assert locate(TEXT, start, end, claimed, trim=False) == Offsets(start, end), "a foreign region stays as it is"


def test_utf16_offsets_are_mended_only_when_the_words_fit_exactly() -> None:
    assert locate(TEXT, 23, 32, "36 people") == Offsets(21, 30, "utf-16")
    assert locate(TEXT, 23, 32, "37 people") == "offset-mismatch"


@pytest.mark.parametrize(
    ("start", "end", "claimed", "reason"),
    [
        (21, 30, "36 persons", "offset-mismatch"),
        (0, 500, "A", "offset-mismatch"),
        (5, 3, "x", "offset-mismatch"),
        (-2, 3, "x", "offset-mismatch"),
        (5, 6, " ", "only-white-space"),
        ("/div[1]/text()[1]", 3, "x", "no-offsets"),
        (None, None, None, "no-offsets"),
        (True, 2, "😀", "no-offsets"),
    ],
)
def test_what_lies_nowhere_has_a_reason(start: object, end: object, claimed: object, reason: str) -> None:
    assert locate(TEXT, start, end, claimed) == reason


def test_a_region_that_claims_nothing_is_taken_by_its_offsets() -> None:
    assert locate(TEXT, 21, 30, None) == Offsets(21, 30)


@given(st.text(min_size=1), st.data())
def test_every_true_region_is_found_and_never_leaves_its_words(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    place = locate(text, start, end, text[start:end].replace("\r", "\\n").replace("\n", "\\n"))
    if not text[start:end].strip():
        assert place == "only-white-space"
    else:
        assert isinstance(place, Offsets)
        assert text[place.start : place.end] == text[start:end].strip()


@given(st.text(), st.integers(), st.integers(), st.none() | st.text())
def test_no_region_is_taken_outside_the_text(text: str, start: int, end: int, claimed: str | None) -> None:
    place = locate(text, start, end, claimed)
    if isinstance(place, Offsets):
        assert 0 <= place.start < place.end <= len(text)
        assert (
            claimed is None
            or text[place.start : place.end].split() == claimed.replace("\\n", "\n").split()
            or place.mended
        )

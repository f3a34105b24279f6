"""Agreement on spans: matches, F1, tokens and unitising."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest

from toolkit.agreement import unitizing_alpha, unitizing_alphas, unitizing_interval
from toolkit.agreement.structures.span_agreement import match, span_f1, token_cells, token_labels
from toolkit.errors import InvalidInput, UsageError
from toolkit.records import Span
from toolkit.words import word_bounds

TEXT = "At least 14 people died near the old port."


def span(start: int, end: int, label: str = "FIGURE", span_id: str | None = None) -> Span:
    return Span(span_id=span_id or f"{label}{start}", label=label, start=start, end=end, text=TEXT[start:end])


def test_spans_match_one_to_one_by_overlap_and_label():
    left = [span(0, 11), span(12, 18)]
    right = [span(9, 11), span(9, 18, span_id="long"), span(0, 11, "SOURCE")]
    assert match(left, right) == [(left[1], right[1]), (left[0], right[0])]
    assert match(left, right, exact=True) == []
    assert match(left, [span(0, 11)], exact=True) == [(left[0], span(0, 11))]


def test_the_order_of_spans_decides_nothing():
    # the long one goes to whom it leaves the other a partner, however the spans are listed
    left = [span(0, 8), span(8, 16)]
    right = [span(4, 12, span_id="middle"), span(0, 2, span_id="first")]
    expected = {(0, "first"), (8, "middle")}
    for mine, theirs in product(permutations(left), permutations(right)):
        assert {(one.start, other.span_id) for one, other in match(mine, theirs)} == expected
        assert {(other.start, one.span_id) for one, other in match(theirs, mine)} == expected


def test_what_is_the_same_stays_together():
    left = [span(0, 12), span(11, 20)]
    right = [span(0, 12, span_id="same"), span(0, 1, span_id="rest")]
    assert [(one.start, other.span_id) for one, other in match(left, right)] == [(0, "same")]


def test_f1_is_twice_the_matches_over_the_spans_of_both():
    # Three people: {0-11}, {0-11, 12-18}, {9-11}. Exact matches 1, 0, 0 of 3, 2, 3 spans; overlaps 1, 1, 1.
    people = [[span(0, 11)], [span(0, 11), span(12, 18)], [span(9, 11)]]
    exact, overlap = (span_f1([people], exact=exact) for exact in (True, False))
    assert exact.values(exact.terms)[0] == pytest.approx(2 / 8)
    assert overlap.values(overlap.terms)[0] == pytest.approx(6 / 8)


def test_f1_of_nothing_is_undefined():
    empty = span_f1([[[], []]], exact=True)
    assert np.isnan(empty.values(empty.terms)[0])


def test_tokens_are_words_and_signs_and_carry_the_labels_that_touch_them():
    text = "At least 14."
    assert [text[start:end] for start, end in word_bounds(text)] == ["At", "least", "14", "."]
    labels = token_labels(word_bounds(TEXT), [span(0, 11), span(9, 18, "SOURCE")])
    assert labels[:4] == [{"FIGURE"}, {"FIGURE"}, {"FIGURE", "SOURCE"}, {"SOURCE"}]
    assert not any(labels[4:])


def test_where_a_script_has_no_spaces_a_token_is_a_character():
    cells = token_cells([("大臣は否定した", [(0, [span(0, 2)]), (1, [span(3, 7)])])])
    given = [(annotator, unit) for _, annotator, unit, labels in cells if labels]
    assert given == [(0, 0), (0, 1), (1, 3), (1, 4), (1, 5), (1, 6)]


def test_tokens_of_all_sentences_are_numbered_on():
    cells = list(token_cells([("one two", [(0, []), (1, [])]), ("three", [(2, [])])]))
    assert [(at, annotator, unit) for at, annotator, unit, _ in cells] == [
        (0, 0, 0),
        (0, 0, 1),
        (0, 1, 0),
        (0, 1, 1),
        (1, 2, 2),
    ]


def test_alpha_u_meets_its_published_example():
    # Krippendorff (2004), Content Analysis, p. 254: two observers of a continuum from 150 to 450
    observers = [
        {"c": [(225, 295), (370, 400)], "k": [(180, 240), (300, 350)]},
        {"c": [(220, 300), (355, 375), (400, 420)], "k": [(180, 240), (300, 350)]},
    ]
    found = unitizing_alphas(observers, 150, 450)
    assert found["c"].observed == pytest.approx(0.0144, abs=1e-4)
    assert found["c"].expected == pytest.approx(0.0532, abs=1e-4)
    assert found["c"].value == pytest.approx(0.7286, abs=1e-4)
    assert found["k"].observed == 0.0
    assert found["k"].expected == pytest.approx(0.0490, abs=1e-4)
    assert found["k"].value == 1.0
    assert found[""].value == pytest.approx(0.8591, abs=5e-4)


@pytest.mark.parametrize(
    ("first", "second", "published"),
    [
        # Krippendorff (1995), p. 57: observed disagreement of four pairs of observers of 24 positions
        ([(2, 10), (14, 20)], [(4, 8), (15, 17)], 0.03125),
        ([(0, 18)], [(0, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 9), (9, 10)], 2.26736),
        ([(2, 8), (10, 12), (14, 18), (20, 22)], [(0, 2), (4, 8), (10, 14), (16, 18), (20, 22)], 0.02777),
        ([(0, 2), (2, 10), (10, 14), (14, 20), (20, 24)], [(0, 4), (4, 8), (8, 15), (15, 17), (17, 24)], 0.38715),
    ],
)
def test_observed_disagreement_of_units_is_that_published(first, second, published):
    assert unitizing_alpha([first, second], 0, 24).observed == pytest.approx(published, abs=1e-5)


def test_alpha_u_is_undefined_where_nobody_marked_a_unit():
    found = unitizing_alpha([[], []], 0, 10)
    assert (found.value, found.reason) == (None, "nobody marked a unit")


def test_overlapping_units_of_one_observer_are_refused():
    with pytest.raises(InvalidInput, match="unit 3-6 overlaps"):
        unitizing_alpha([[(1, 4), (3, 6)], []], 0, 10)


def test_alpha_u_is_zero_where_one_person_of_three_marked_anything():
    """DKPro Statistics issue 2: an implementation said 1."""
    assert unitizing_alpha([[(0, 1)], [], []], 0, 20).value == pytest.approx(0.0)


def test_alpha_u_needs_two_people():
    found = unitizing_alpha([[(1, 4)]], 0, 10)
    assert (found.value, found.reason) == (None, "fewer than two people have seen it")
    alone = unitizing_interval([([[(1, 4)]], 0, 10)] * 8)
    assert (alone.value, alone.n, alone.reason) == (None, 0, "fewer than two people have seen it")


def test_alpha_u_of_one_text_is_that_of_several_that_are_one():
    text = ([[(225, 295), (370, 400)], [(220, 300), (355, 375), (400, 420)]], 150, 450)
    found = unitizing_interval([text])
    assert found.value == pytest.approx(unitizing_alpha(*text).value)
    assert (found.low, found.reason) == (None, "too few articles (1) for an interval")
    lonely = unitizing_interval([text, ([[(3, 9)]], 0, 20)])
    assert (lonely.value, lonely.n) == (found.value, 1)


def stories_of_units(easy: list[bool]) -> list[tuple[list[list[tuple[int, int]]], int, int]]:
    """Six sentences a story: in an easy one both mark the same, in another half of what one marks is missed."""
    return [
        ([[(10 + at, 30)], [(10 + at, 30)] if yes or at % 2 else []], 0, 80 + 3 * at) for yes in easy for at in range(6)
    ]


def test_the_interval_of_alpha_u_is_over_stories():
    texts, stories = stories_of_units([True, False] * 6), np.repeat(np.arange(12), 6).tolist()
    over_stories, over_sentences = unitizing_interval(texts, stories), unitizing_interval(texts)
    assert (over_stories.n, over_stories.method) == (72, "wilson")
    assert over_stories.low < over_sentences.low < over_stories.value < over_sentences.high < over_stories.high
    order = np.random.default_rng(0).permutation(len(texts)).tolist()
    assert unitizing_interval([texts[at] for at in order], [stories[at] for at in order]) == over_stories


def test_alpha_u_at_its_end_has_a_lower_bound():
    found = unitizing_interval(stories_of_units([True] * 3), np.repeat(np.arange(3), 6).tolist())
    assert (found.value, found.high, found.method) == (1.0, 1.0, "exact")
    assert 0.3 < found.low < 0.9


def test_as_many_clusters_as_texts_are_needed():
    with pytest.raises(UsageError, match="1 clusters are given for 6 texts"):
        unitizing_interval(stories_of_units([True]), ["a"])

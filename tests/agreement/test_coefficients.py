"""Coefficients against their definitions, written out naively, and what happens where they are undefined."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.agreement import COEFFICIENTS, alpha, coefficient
from toolkit.agreement import distance as distances
from toolkit.errors import InvalidInput, UsageError


def naive_alpha(ratings, apart):
    """Krippendorff (2011), word for word: mean δ² of pairs within units over mean δ² of all pairs."""
    units = [[row[at] for row in ratings if row[at] is not None] for at in range(len(ratings[0]))]
    units = [unit for unit in units if len(unit) > 1]
    values = [value for unit in units for value in unit]
    if len(values) < 2:
        return math.nan
    observed = sum(sum(apart(a, b, values) for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in units)
    expected = sum(apart(a, b, values) for a, b in permutations(values, 2)) / (len(values) - 1)
    return 1 - observed / expected if expected > 0 else math.nan


def ordinal(a, b, values):
    low, high = min(a, b), max(a, b)
    between = sum(low <= value <= high for value in values)
    return 0.0 if a == b else (between - (values.count(a) + values.count(b)) / 2) ** 2


def masi(a, b, _):
    if a == b:
        return 0.0
    jaccard = len(a & b) / len(a | b)
    return 1 - jaccard * (2 / 3 if a <= b or b <= a else 1 / 3 if a & b else 0)


APART = {
    "nominal": lambda a, b, _: float(a != b),
    "ordinal": ordinal,
    "interval": lambda a, b, _: (a - b) ** 2,
    "ratio": lambda a, b, _: 0.0 if a == b else ((a - b) / (a + b)) ** 2,
    "masi": masi,
    "jaccard": lambda a, b, _: 0.0 if a == b else 1 - len(a & b) / len(a | b),
}

numbers = st.one_of(st.none(), st.integers(0, 4))
sets = st.one_of(st.none(), st.frozensets(st.sampled_from("abc")))


def tables(cell):
    shape = st.tuples(st.integers(1, 4), st.integers(1, 8))
    return shape.flatmap(
        lambda size: st.lists(st.lists(cell, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0])
    )


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
@given(ratings=tables(numbers))
@settings(max_examples=60, deadline=None)
def test_alpha_of_numbers_is_its_definition(level, ratings):
    assert alpha(ratings, level) == pytest.approx(naive_alpha(ratings, APART[level]), abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("level", ["masi", "jaccard"])
@given(ratings=tables(sets))
@settings(max_examples=60, deadline=None)
def test_alpha_of_label_sets_is_its_definition(level, ratings):
    assert alpha(ratings, level) == pytest.approx(naive_alpha(ratings, APART[level]), abs=1e-9, nan_ok=True)


@given(ratings=tables(numbers), seed=st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_alpha_does_not_depend_on_the_order_of_annotators_and_units(ratings, seed):
    random = np.random.default_rng(seed)
    rows, columns = random.permutation(len(ratings)), random.permutation(len(ratings[0]))
    turned = [[ratings[row][column] for column in columns] for row in rows]
    assert alpha(turned, "interval") == pytest.approx(alpha(ratings, "interval"), abs=1e-9, nan_ok=True)


def test_arrays_with_nan_and_lists_with_none_are_the_same():
    lists = [[1, 2, None, 3], [1, None, 2, 3], [1, 2, 2, 1]]
    array = np.array([[math.nan if value is None else value for value in row] for row in lists])
    assert alpha(array, "ratio") == alpha(lists, "ratio")


def test_many_values_in_a_unit_are_met_in_blocks(monkeypatch):
    ratings = np.random.default_rng(1).integers(1, 60, (40, 9)).astype(float)
    listed = alpha(ratings, "ratio")
    monkeypatch.setattr(distances, "_SPARSE_PAIRS", 0)
    monkeypatch.setattr(distances, "_CHUNK", 200)
    assert alpha(ratings, "ratio") == pytest.approx(listed, abs=1e-12)
    monkeypatch.setattr(distances, "_SPARSE_PAIRS", 1 << 26)
    assert alpha(ratings, "ratio") == pytest.approx(listed, abs=1e-12)  # pairs in several chunks


def test_more_than_64_labels_fit_in_a_set():
    labels = [f"l{at}" for at in range(150)]
    ratings = [[frozenset(labels[:100]), frozenset(labels[140:])], [frozenset(labels[50:]), frozenset(labels[140:])]]
    assert alpha(ratings, "jaccard") == pytest.approx(naive_alpha(ratings, APART["jaccard"]))


@pytest.mark.parametrize("weights", ["linear", "quadratic"])
def test_weighted_kappa_is_that_of_scikit_learn(weights):
    from sklearn.metrics import cohen_kappa_score

    first, second = np.random.default_rng(2).integers(0, 5, (2, 200))
    mine = coefficient([first.tolist(), second.tolist()], "cohen", weights=weights).value
    assert mine == pytest.approx(cohen_kappa_score(first, second, weights=weights))


def test_ac2_is_its_definition():
    # Gwet (2014), equations 3.5.8-10: p_e = T_w / q(q−1) Σ π(1−π), p_a over weighted agreeing pairs
    ratings = np.random.default_rng(3).integers(0, 4, (3, 50))
    near = 1 - np.abs(np.subtract.outer(range(4), range(4))) / 3
    observed = np.mean([np.mean([near[a, b] for a, b in permutations(unit, 2)]) for unit in ratings.T])
    share = np.bincount(ratings.ravel(), minlength=4) / ratings.size
    expected = near.sum() / 12 * (share * (1 - share)).sum()
    found = coefficient(ratings.tolist(), "ac2", weights="linear").value
    assert found == pytest.approx((observed - expected) / (1 - expected))


@pytest.mark.parametrize("name", [name for name in COEFFICIENTS if name not in ("positive", "negative")])
def test_full_agreement_is_one(name):
    assert coefficient([[1, 2, 3, 1], [1, 2, 3, 1]], name).value == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("ratings", "reason"),
    [
        ([["a", "a", "a"], ["a", "a", None]], "every pairable rating is 'a'"),
        ([["a", None], [None, "b"]], "no unit has two ratings"),
        ([], "no unit has two ratings"),
    ],
)
def test_an_undefined_alpha_says_why(ratings, reason):
    found = coefficient(ratings)
    assert found.value is None
    assert reason in found.reason
    assert math.isnan(alpha(ratings))
    assert math.isnan(float(found))


def test_a_coefficient_says_what_it_rests_on():
    found = coefficient([["a", "b", None, None], ["a", "c", "a", None], [None, "b", None, "c"]])
    assert (found.n_units, found.n_annotators, found.n_pairable) == (2, 3, 5)


def test_faults_of_the_input_are_named():
    with pytest.raises(InvalidInput, match="row 1 has 1 units"):
        coefficient([[1, 2], [1]])
    with pytest.raises(InvalidInput, match="no negative values"):
        alpha([[1, -2], [1, 2]], "ratio")
    with pytest.raises(InvalidInput, match="must be numbers"):
        alpha([["a", "b"], ["a", "b"]], "interval")
    with pytest.raises(InvalidInput, match="no set of labels"):
        alpha([["ab", "b"], ["a", "b"]], "masi")
    with pytest.raises(InvalidInput, match="'c' is not among the categories"):
        alpha([["a", "c"], ["a", "b"]], categories=["a", "b"])
    with pytest.raises(UsageError, match="no level 'cardinal'"):
        alpha([[1, 2], [1, 2]], "cardinal")
    with pytest.raises(UsageError, match="no coefficient 'omega'"):
        coefficient([[1, 2], [1, 2]], "omega")
    with pytest.raises(UsageError, match="no weights 'cubic'"):
        coefficient([[1, 2], [1, 2]], "cohen", weights="cubic")


def test_ordinal_words_need_their_order():
    ratings = [["low", "mid", "high"], ["low", "high", "high"]]
    with pytest.raises(UsageError, match="ranks of words are unknown"):
        alpha(ratings, "ordinal")
    ranked = alpha(ratings, "ordinal", categories=["low", "mid", "high"])
    assert ranked == pytest.approx(alpha([[0, 1, 2], [0, 2, 2]], "ordinal"))


@pytest.mark.parametrize(
    ("ratings", "level", "fault"),
    [
        (None, "nominal", "None is no table of ratings"),
        ("abc", "nominal", "'abc' is no table of ratings"),
        ({"a": 1}, "nominal", "is no table of ratings"),
        ([1, 2], "nominal", "1 is no row of ratings"),
        (["ab", "ab"], "nominal", "'ab' is no row of ratings"),
        (np.zeros((2, 2, 2)), "nominal", "3 dimensions, not 2"),
        (np.zeros(2), "nominal", "1 dimensions, not 2"),
        ([[{1}, {2}], [{1}, {2}]], "nominal", "\\{1\\} is no single value"),
        ([[1, float("inf")], [1, 2]], "interval", "must be finite"),
        (np.array([[1, np.inf], [1, 2]]), "ratio", "must be finite"),
    ],
)
def test_what_is_no_table_of_ratings_is_named(ratings, level, fault):
    with pytest.raises(InvalidInput, match=fault):
        alpha(ratings, level)


def test_tables_of_pandas_and_masked_arrays_are_read_as_what_they_show():
    rows = [[1.0, 2.0, None, 1.0], [1.0, 2.0, 2.0, 2.0]]
    frame = pd.DataFrame(rows)
    masked = np.ma.masked_invalid(np.array(rows, dtype=float))
    assert alpha(frame) == alpha(frame.astype("Int64")) == alpha(masked) == pytest.approx(alpha(rows))
    words = pd.DataFrame([["a", None], ["a", "b"], ["b", "b"]])
    assert alpha(words) == alpha([["a", None], ["a", "b"], ["b", "b"]])

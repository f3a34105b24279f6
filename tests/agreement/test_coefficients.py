"""Coefficients against their definitions, written out naively, and against published numbers."""

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
    monkeypatch.setattr(distances, "SPARSE_PAIRS", 0)
    monkeypatch.setattr(distances, "CHUNK", 200)
    assert alpha(ratings, "ratio") == pytest.approx(listed, abs=1e-12)
    monkeypatch.setattr(distances, "SPARSE_PAIRS", 1 << 26)
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
        ([["a", None], [None, "b"]], "no unit has been rated by two people yet"),
        ([], "no unit has been rated by two people yet"),
    ],
)
def test_an_undefined_alpha_says_why(ratings, reason):
    found = coefficient(ratings)
    assert found.value is None
    assert reason in found.reason
    assert math.isnan(alpha(ratings))
    assert math.isnan(float(found))


def test_an_undefined_alpha_of_sets_and_flags_speaks_words():
    for value, told in (({"toll", "claim"}, "'claim' with 'toll'"), (set(), "empty")):
        assert f"every pairable rating is {told}: " in coefficient([[value] * 3] * 2, level="masi").reason
    assert "every pairable rating is yes: " in coefficient([[True] * 3] * 2).reason


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
    with pytest.raises(InvalidInput, match="not a set of labels"):
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
    with pytest.raises(UsageError, match="ranks of words are not known"):
        alpha(ratings, "ordinal")
    ranked = alpha(ratings, "ordinal", categories=["low", "mid", "high"])
    assert ranked == pytest.approx(alpha([[0, 1, 2], [0, 2, 2]], "ordinal"))


@pytest.mark.parametrize(
    ("ratings", "level", "fault"),
    [
        (None, "nominal", "None is not a table of ratings"),
        ("abc", "nominal", "'abc' is not a table of ratings"),
        ({"a": 1}, "nominal", "is not a table of ratings"),
        ([1, 2], "nominal", "1 is not a row of ratings"),
        (["ab", "ab"], "nominal", "'ab' is not a row of ratings"),
        (np.zeros((2, 2, 2)), "nominal", "3 dimensions, not 2"),
        (np.zeros(2), "nominal", "1 dimensions, not 2"),
        ([[{1}, {2}], [{1}, {2}]], "nominal", "\\{1\\} is not a single value"),
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


# Published numbers. Tables are patterns: each word is one unit, a letter or digit a rating, a full stop a missing one;
# "STAT*46" stands for 46 such units. Sources stand in the comments; dkpro-statistics (Apache-2.0) collected the values.


def table(pattern: str) -> list[list[str | None]]:
    units: list[str] = []
    for word in pattern.split():
        unit, _, times = word.partition("*")
        units += [unit] * int(times or 1)
    return [[None if unit[at] == "." else unit[at] for unit in units] for at in range(len(units[0]))]


def numerals(pattern: str) -> list[list[int | None]]:
    return [[None if rating is None else int(rating) for rating in row] for row in table(pattern)]


# Artstein & Poesio (2008), Inter-coder agreement for computational linguistics, example 2
ARTSTEIN_POESIO = table("ss*46 is*6 ii*32 ic*6 cc*10")
# Brennan & Prediger (1981), Coefficient kappa: some uses, misuses, and alternatives
BRENNAN_PREDIGER = table("11*50 21*10 22*10 23*10 31*20")
# Cohen (1960), A coefficient of agreement for nominal scales
COHEN = table("11*25 12*12 13*3 21*13 22*2 23*15 31*12 32*16 33*2")
# Fleiss (1971), Measuring nominal scale agreement among many raters
FLEISS = table(
    "444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 144444 124444 222333 144444 224445 "
    "333335 111455 111112 224444 133555 555555 244444 224555 114444 144445 222224 111155 224444 133333 555555"
)
# Hayes & Krippendorff (2007), Answering the call for a standard reliability measure for coding data
HAYES_KRIPPENDORFF = numerals(
    "112.2 1101. 2333. .00.0 000.0 000.0 102.1 1.20. 222.2 2111. .100. 0000. 1222. 33223 111.1 111.1 212.2 1233. "
    "1101. 000.0 0011. 00.00 2333. 0000. 12.22 0111. 00010 1212. 1122. 112.2 110.0 2121. 22.22 3222. 222.2 223.2 "
    "222.2 22.12 2222. 111.1"
)
# Krippendorff (1980), Content Analysis, 1st ed.
KRIPPENDORFF_1980_TWO = numerals("00 11 01 00 00 01 00 01 10 00")
KRIPPENDORFF_1980_THREE = numerals("111 122 222 444 144 222 123 333 222")
# Krippendorff (2004), Content Analysis, 2nd ed.
KRIPPENDORFF_2004_TWO = numerals("10 11 01 00 00 01 00 01 00 00")
KRIPPENDORFF_2004_LETTERS = table("aa ab bb*4 bc cc*5")
KRIPPENDORFF_2004_MISSING = table("BB.B LLPL PPPP PPPP LLLL BLPC CCCC BBLB LLLL .FFF ..BB ..P.")
KRIPPENDORFF_2004_INTERVAL = numerals("11.1 2232 3333 3333 2222 1234 4444 1121 2222 .555 ..11 ..3.")
# Randolph (2005), Free-marginal multirater kappa
RANDOLPH_1 = table("yyy yyn nny nnn")
RANDOLPH_2 = table("yyy yyn yyn yyy")
# Warrens (2010), Inequalities between multi-rater kappas
WARRENS_2010 = table("NNNNNNNN*14 NNNANNNN NNNNNNNA AAAAAAAA*10 AANAAAAN*2 AANANAAN AANANANN")
# Warrens (2012), Equivalences of weighted kappas for multiple raters
WARRENS_2012_1 = table("1111*10 1010*2 1000*2 0001 0000*15")
WARRENS_2012_2A = table("1111*6 1000*5 0000*4")
WARRENS_2012_2B = table("1111*6 1010*5 0000*4")
# Zwick (1988), Another look at interrater agreement
ZWICK_1 = table("AA*20 AD*5 BB*10 BC*15 CB*15 CC*10 DA*5 DD*20")
ZWICK_2 = table("AA*20 AB*10 AC*10 BA*10 BB*10 CA*10 CC*10 DD*20")
ZWICK_3 = table("AA*20 AB*5 AC*5 AD*10 BB*10 BC*5 BD*5 CB*5 CC*10 CD*5 DD*20")
# The worked examples of dkpro-statistics itself
TWO_RATERS = table("hh hh hl lh ll ll ll lh ll ll")
THREE_RATERS = table("hhh hhl hlh lhh llh lll lll lhl llh llh")
# Gwet (2014), Handbook of Inter-Rater Reliability, two abstractors of pregnancy charts (ectopic, abnormal, normal)
ABSTRACTORS = table("ee*13 aa*20 an*7 na*4 nn*56")
STABILITY_1 = table("11*45000 00*45000 10*5000 01*4999")
STABILITY_2 = table("11*81001 10*9000 01*1000 00*9000")

PUBLISHED = [
    # table, coefficient, level, value, observed, expected agreement (None: not published), tolerance
    ("artstein-poesio", ARTSTEIN_POESIO, "percent", "nominal", 0.88, None, None, 1e-3),
    ("artstein-poesio", ARTSTEIN_POESIO, "bennett", "nominal", 0.82, 0.88, 0.333, 1e-3),
    ("artstein-poesio", ARTSTEIN_POESIO, "scott", "nominal", 0.799, 0.88, 0.401, 1e-3),
    ("artstein-poesio", ARTSTEIN_POESIO, "cohen", "nominal", 0.801, 0.88, 0.396, 1e-3),
    ("brennan-prediger", BRENNAN_PREDIGER, "cohen", "nominal", 0.27, 0.6, 0.45, 1e-2),
    ("brennan-prediger", BRENNAN_PREDIGER, "bennett", "nominal", 0.4, 0.6, 0.33, 1e-2),
    ("cohen", COHEN, "cohen", "nominal", None, 0.29, 0.35, 1e-2),
    ("cohen", COHEN, "cohen_max", "nominal", 0.85, 0.9, 0.35, 1e-2),
    ("fleiss", FLEISS, "fleiss", "nominal", None, 0.5556, 0.2201, 1e-3),
    ("hayes-krippendorff", HAYES_KRIPPENDORFF, "alpha", "ordinal", 0.7598, None, None, 1e-4),
    ("krippendorff-1980", KRIPPENDORFF_1980_TWO, "percent", "nominal", 0.6, None, None, 1e-3),
    ("krippendorff-1980", KRIPPENDORFF_1980_TWO, "alpha", "nominal", 0.095, 1 - 0.4, 1 - 0.442, 1e-3),
    ("krippendorff-1980", KRIPPENDORFF_1980_THREE, "percent", "nominal", 0.74, None, None, 1e-3),
    ("krippendorff-1980", KRIPPENDORFF_1980_THREE, "alpha", "nominal", 0.642, 1 - 0.259, 1 - 0.724, 1e-3),
    ("krippendorff-1980", KRIPPENDORFF_1980_THREE, "alpha", "interval", 0.547, None, None, 1e-3),
    ("krippendorff-1980", KRIPPENDORFF_1980_THREE, "alpha", "ratio", 0.483, None, None, 1e-3),
    ("krippendorff-2004", KRIPPENDORFF_2004_TWO, "percent", "nominal", 0.6, None, None, 1e-3),
    ("krippendorff-2004", KRIPPENDORFF_2004_TWO, "alpha", "nominal", 0.095, 1 - 0.4, 1 - 0.442, 1e-3),
    ("krippendorff-2004", KRIPPENDORFF_2004_LETTERS, "percent", "nominal", 0.833, None, None, 1e-3),
    ("krippendorff-2004", KRIPPENDORFF_2004_LETTERS, "alpha", "nominal", 0.734, 1 - 0.1667, 1 - 0.6268, 1e-3),
    ("krippendorff-2004", KRIPPENDORFF_2004_MISSING, "percent", "nominal", 0.8, None, None, 1e-3),
    ("krippendorff-2004", KRIPPENDORFF_2004_MISSING, "alpha", "nominal", 0.743, 1 - 0.2, 1 - 0.779, 1e-3),
    ("krippendorff-2004", KRIPPENDORFF_2004_INTERVAL, "alpha", "interval", 0.849, 1 - 0.433, 1 - 2.872, 1e-3),
    ("three-raters", THREE_RATERS, "fleiss", "nominal", None, 0.533, 0.508, 1e-3),
    ("stability-1", STABILITY_1, "percent", "nominal", 0.9, None, None, 1e-3),
    ("stability-1", STABILITY_1, "bennett", "nominal", 0.8, 0.9, 0.5, 1e-3),
    ("stability-1", STABILITY_1, "scott", "nominal", 0.8, 0.9, 0.5, 1e-3),
    ("stability-1", STABILITY_1, "cohen", "nominal", 0.8, 0.9, 0.5, 1e-3),
    ("stability-2", STABILITY_2, "percent", "nominal", 0.9, None, None, 1e-3),
    ("stability-2", STABILITY_2, "bennett", "nominal", 0.8, 0.9, 0.5, 1e-3),
    ("stability-2", STABILITY_2, "scott", "nominal", 0.585, 0.9, 0.759, 1e-3),
    ("stability-2", STABILITY_2, "cohen", "nominal", 0.59, 0.9, 0.756, 1e-3),
    ("randolph-1", RANDOLPH_1, "fleiss", "nominal", 0.33, 0.67, 0.5, 1e-2),
    ("randolph-1", RANDOLPH_1, "bennett", "nominal", 0.33, None, None, 1e-2),
    ("randolph-2", RANDOLPH_2, "fleiss", "nominal", -0.2, None, None, 1e-2),
    ("randolph-2", RANDOLPH_2, "bennett", "nominal", 0.33, None, None, 1e-2),
    ("two-raters", TWO_RATERS, "bennett", "nominal", 0.4, 0.7, 0.5, 1e-3),
    ("two-raters", TWO_RATERS, "scott", "nominal", 0.341, 0.7, 0.545, 1e-3),
    ("two-raters", TWO_RATERS, "cohen", "nominal", 0.348, 0.7, 0.54, 1e-3),
    ("warrens-2010", WARRENS_2010, "bennett", "nominal", 0.8358, None, None, 1e-4),
    ("warrens-2010", WARRENS_2010, "fleiss", "nominal", 0.8324, None, None, 1e-4),
    ("warrens-2010", WARRENS_2010, "cohen", "nominal", 0.8326, None, None, 1e-4),
    ("warrens-2010", WARRENS_2010, "light", "nominal", 0.8325, None, None, 1e-4),
    ("warrens-2012", WARRENS_2012_1, "cohen", "nominal", 0.802479, None, None, 1e-6),
    ("warrens-2012", WARRENS_2012_2A, "cohen", "nominal", 0.675, None, None, 1e-3),
    ("warrens-2012", WARRENS_2012_2B, "cohen", "nominal", 0.564, None, None, 1e-3),
    ("zwick-1", ZWICK_1, "percent", "nominal", 0.6, None, None, 1e-3),
    ("zwick-1", ZWICK_1, "bennett", "nominal", 0.467, None, None, 1e-3),
    ("zwick-1", ZWICK_1, "scott", "nominal", 0.467, None, None, 1e-3),
    ("zwick-1", ZWICK_1, "cohen", "nominal", 0.467, None, None, 1e-3),
    ("zwick-2", ZWICK_2, "percent", "nominal", 0.6, None, None, 1e-3),
    ("zwick-2", ZWICK_2, "bennett", "nominal", 0.467, None, None, 1e-3),
    ("zwick-2", ZWICK_2, "scott", "nominal", 0.444, None, None, 1e-3),
    ("zwick-2", ZWICK_2, "cohen", "nominal", 0.444, None, None, 1e-3),
    ("zwick-3", ZWICK_3, "percent", "nominal", 0.6, None, None, 1e-3),
    ("zwick-3", ZWICK_3, "bennett", "nominal", 0.467, None, None, 1e-3),
    ("zwick-3", ZWICK_3, "scott", "nominal", 0.46, None, None, 1e-3),
    ("zwick-3", ZWICK_3, "cohen", "nominal", 0.474, None, None, 1e-3),
    # Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., table 2.11, as irrCAC reports it (raw4raters)
    ("gwet-2014", KRIPPENDORFF_2004_MISSING, "ac1", "nominal", 0.77544, 0.8181818, 0.1903212, 1e-5),
    ("gwet-2014", KRIPPENDORFF_2004_MISSING, "fleiss", "nominal", 0.76117, 0.8181818, 0.2387153, 1e-5),
    ("gwet-2014-3x3", ABSTRACTORS, "cohen", "nominal", 0.7964094, None, None, 1e-6),
    ("gwet-2014-3x3", ABSTRACTORS, "scott", "nominal", 0.7962397, None, None, 1e-6),
]


@pytest.mark.parametrize(
    ("name", "ratings", "measure", "level", "value", "observed", "expected", "tolerance"),
    PUBLISHED,
    ids=[f"{row[0]}-{row[2]}-{row[3]}" for row in PUBLISHED],
)
def test_published_value(name, ratings, measure, level, value, observed, expected, tolerance):
    found = coefficient(ratings, measure, level=level)
    for mine, published in ((found.value, value), (found.observed, observed), (found.expected, expected)):
        if published is not None:
            assert mine == pytest.approx(published, abs=tolerance)


def test_categories_nobody_used_count_when_they_are_declared():
    # dkpro-statistics, TwoRaterAgreementTest.testMissingCategories
    found = coefficient(table("AA AA AA"), "bennett", categories=["A", "B"])
    assert (found.value, found.observed, found.expected) == (1.0, 1.0, 0.5)


@pytest.mark.parametrize(("measure", "value"), [("ac1", 0.9408), ("scott", -0.0288), ("cohen", -0.0234)])
def test_ac1_holds_where_kappa_falls(measure, value):
    # Gwet (2008), Computing inter-rater reliability and its variance in the presence of high agreement
    assert coefficient(table("++*118 +-*5 -+*2"), measure).value == pytest.approx(value, abs=5e-5)


def test_positive_and_negative_agreement():
    # Cicchetti & Feinstein (1990): 2a / (2a + b + c) = 80 / 95 and 2d / (2d + b + c) = 90 / 105
    ratings = table("++*40 +-*9 -+*6 --*45")
    assert coefficient(ratings, "positive", positive="+").value == pytest.approx(80 / 95)
    assert coefficient(ratings, "negative", positive="+").value == pytest.approx(90 / 105)

"""Ratings: who gave which value to which unit, coded as integers, without missing cells."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from toolkit.errors import InvalidInput, UsageError

IntArray: TypeAlias = npt.NDArray[np.int64]
FloatArray: TypeAlias = npt.NDArray[np.float64]
Level = Literal["nominal", "ordinal", "interval", "ratio", "jaccard", "masi"]
"""What the values are: names, ranks, positions, amounts, or sets of labels (Jaccard, MASI)."""

SET_LEVELS: frozenset[str] = frozenset({"jaccard", "masi"})
NUMERIC_LEVELS: frozenset[str] = frozenset({"interval", "ratio"})


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each unit was given each value; only pairs that occur, sorted by unit, then code.

    Attributes:
        unit: Unit of each cell, shape (cells,).
        code: Index of its value in `Ratings.values`, shape (cells,).
        count: How many annotators gave it, shape (cells,).
        per_unit: Ratings of each unit, shape (units,).
    """

    unit: IntArray
    code: IntArray
    count: FloatArray
    per_unit: FloatArray


@dataclass(frozen=True, slots=True)
class Ratings:
    """Ratings as parallel arrays of equal length, one entry per rating that is not missing.

    Attributes:
        annotator: Index of the annotator.
        unit: Index of the unit.
        code: Index into `values`.
        values: The distinct values in their order, with those that were declared but never given.
        n_annotators: Number of annotators, with those who gave no rating.
        n_units: Number of units, with those that have no rating.
    """

    annotator: IntArray
    unit: IntArray
    code: IntArray
    values: tuple[Hashable, ...]
    n_annotators: int
    n_units: int

    @classmethod
    def of(cls, ratings: Any, *, level: Level = "nominal", categories: Sequence[Hashable] | None = None) -> Ratings:
        """Code a 2-D array-like of shape (annotators, units); None and NaN are missing.

        Args:
            ratings: Array or sequence of rows; a cell of a set level is a frozenset, set, list or tuple of labels.
            level: What the values are.
            categories: All values there can be, in rank order; by default those that occur, sorted.

        Raises:
            InvalidInput: Rows differ in length, or a value does not fit the level or the categories.
        """
        if _is_plain(ratings) and not categories and level not in SET_LEVELS:
            return _of_numbers(ratings, level)
        rows = _rows(ratings)
        width = len(rows[0]) if rows else 0
        cells = ((at, unit, value) for at, row in enumerate(rows) for unit, value in enumerate(row))
        return cls.of_cells(cells, n_annotators=len(rows), n_units=width, level=level, categories=categories)

    @classmethod
    def of_cells(
        cls,
        cells: Iterable[tuple[int, int, Any]],
        *,
        n_annotators: int,
        n_units: int,
        level: Level = "nominal",
        categories: Sequence[Hashable] | None = None,
    ) -> Ratings:
        """Code (annotator index, unit index, value) triples; None and NaN are missing. Raises as `of`."""
        as_sets = level in SET_LEVELS
        first_code: dict[Hashable, int] = {}
        annotators, units, codes = [], [], []
        for annotator, unit, value in cells:
            if _is_missing(value):
                continue
            key = _label_set(value) if as_sets else value
            if not isinstance(key, Hashable):
                remedy = "for sets of labels use level='masi' or 'jaccard'"
                raise InvalidInput(
                    f"{value!r} is not a single value", where=f"ratings[{annotator}][{unit}]", remedy=remedy
                )
            annotators.append(annotator)
            units.append(unit)
            codes.append(first_code.setdefault(key, len(first_code)))
        values = _ordered(list(first_code), level, categories)
        final = {value: code for code, value in enumerate(values)}
        recode = np.array([final[value] for value in first_code], dtype=np.int64)
        return cls(
            annotator=np.array(annotators, dtype=np.int64),
            unit=np.array(units, dtype=np.int64),
            code=recode[np.array(codes, dtype=np.int64)] if codes else np.empty(0, dtype=np.int64),
            values=values,
            n_annotators=n_annotators,
            n_units=n_units,
        )

    def counts(self, *, at_least: int = 1) -> Counts:
        """Count the values of each unit that has `at_least` ratings; with 2, these are the pairable ratings."""
        per_unit = np.bincount(self.unit, minlength=self.n_units)
        keep = per_unit[self.unit] >= at_least
        width = max(len(self.values), 1)
        cells, count = np.unique(self.unit[keep] * width + self.code[keep], return_counts=True)
        per_unit = np.where(per_unit >= at_least, per_unit, 0)
        return Counts(cells // width, cells % width, count.astype(np.float64), per_unit.astype(np.float64))

    def select(self, kept: npt.NDArray[np.bool_]) -> Ratings:
        """Return the ratings under a mask of shape (ratings,), with the same indices and values."""
        return Ratings(
            self.annotator[kept], self.unit[kept], self.code[kept], self.values, self.n_annotators, self.n_units
        )


def _is_missing(value: object) -> bool:
    """Return whether a cell is missing: None, pandas' NA, or a value that is not equal to itself (NaN, NaT)."""
    if value is None or type(value).__name__ == "NAType":
        return True
    unlike = value != value
    return isinstance(unlike, bool | np.bool_) and bool(unlike)


def _is_plain(ratings: Any) -> bool:
    """Return whether the ratings are an array of numbers, which can be coded without a look at each cell."""
    numbers = isinstance(ratings, np.ndarray) and ratings.ndim == 2 and ratings.dtype.kind in "fiub"
    return numbers and not isinstance(ratings, np.ma.MaskedArray)


def _rows(ratings: Any) -> list[list[Any]]:
    """Return the rows of a table, whose cells may be anything.

    Raises:
        InvalidInput: It is not a table, or rows differ in length.
    """
    remedy = "give one row per annotator, with one cell per unit"
    if hasattr(ratings, "to_numpy"):  # a table of pandas or polars, which iterates over its columns
        ratings = ratings.to_numpy()
    if isinstance(ratings, np.ndarray):
        if ratings.ndim != 2:
            raise InvalidInput(f"ratings have {ratings.ndim} dimensions, not 2", where="ratings", remedy=remedy)
        return list(ratings.tolist())  # masked cells become None
    if isinstance(ratings, str | bytes | Mapping | Set) or not isinstance(ratings, Iterable):
        raise InvalidInput(f"{ratings!r} is not a table of ratings", where="ratings", remedy=remedy)
    rows = list(ratings)
    faults = [
        InvalidInput(f"{row!r} is not a row of ratings", where=f"ratings[{at}]", remedy=remedy)
        for at, row in enumerate(rows)
        if isinstance(row, str | bytes | Mapping | Set) or not isinstance(row, Iterable)
    ]
    if faults:
        raise InvalidInput.all_of(faults)
    table = [list(row) for row in rows]
    faults = [
        InvalidInput(f"row {at} has {len(row)} units, the first has {len(table[0])}", where=f"ratings[{at}]")
        for at, row in enumerate(table)
        if len(row) != len(table[0])
    ]
    if faults:
        raise InvalidInput.all_of(faults)
    return table


def _of_numbers(array: npt.NDArray[Any], level: Level) -> Ratings:
    there = ~np.isnan(array) if array.dtype.kind == "f" else np.ones(array.shape, dtype=bool)
    annotator, unit = np.nonzero(there)
    values, code = np.unique(array[there], return_inverse=True)
    _check_finite(values, level)
    return Ratings(
        annotator.astype(np.int64),
        unit.astype(np.int64),
        code.reshape(-1).astype(np.int64),
        tuple(values.tolist()),
        array.shape[0],
        array.shape[1],
    )


def _check_finite(values: Any, level: Level) -> None:
    if level in NUMERIC_LEVELS and np.isinf(values).any():
        raise InvalidInput(f"values of level {level} must be finite")


def _label_set(value: object) -> frozenset[Hashable]:
    if isinstance(value, frozenset | set | tuple | list):
        return frozenset(value)
    raise InvalidInput(
        f"{value!r} is not a set of labels", remedy="give a frozenset or a tuple of labels for this level"
    )


def _ordered(found: list[Any], level: Level, categories: Sequence[Any] | None) -> tuple[Hashable, ...]:
    if categories is not None:
        declared = [_label_set(value) if level in SET_LEVELS else value for value in categories]
        faults = [InvalidInput(f"{value!r} is not among the categories") for value in found if value not in declared]
        if faults:
            raise InvalidInput.all_of(faults)
        return tuple(dict.fromkeys(declared))
    if level in SET_LEVELS:
        return tuple(sorted(found, key=lambda labels: sorted(map(str, labels))))
    numeric = all(isinstance(value, int | float | np.number | np.bool_) for value in found)
    if level == "ordinal" and not numeric:
        raise UsageError("the ranks of words are not known", remedy="give categories=[lowest, …, highest]")
    if level in NUMERIC_LEVELS and not numeric:
        raise InvalidInput(f"values of level {level} must be numbers")
    if numeric:
        _check_finite(found, level)
    return tuple(sorted(found) if numeric else sorted(found, key=lambda value: (type(value).__name__, str(value))))

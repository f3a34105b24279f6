"""The search for possible answers, held against trying all of them."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from toolkit.schema.check import Clause, satisfiable

NAMES = "abcd"
LITERALS = st.tuples(st.sampled_from(NAMES), st.booleans())
CLAUSES = st.lists(st.frozensets(LITERALS, max_size=4), max_size=12)


def satisfied_by_some(clauses: list[Clause]) -> bool:
    worlds = (dict(zip(NAMES, values, strict=True)) for values in product((False, True), repeat=len(NAMES)))
    return any(all(any(world[name] is value for name, value in clause) for clause in clauses) for world in worlds)


@given(CLAUSES)
def test_a_world_is_found_exactly_where_there_is_one(clauses: list[Clause]) -> None:
    assert satisfiable(clauses) == satisfied_by_some(clauses)

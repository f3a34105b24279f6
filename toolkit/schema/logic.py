"""Which combinations of labels and spans the rules of a schema leave possible.

The rules between labels and spans are clauses over "this label is given" and "a span of this label is there". A
schema has some dozens of them, so a plain search for a satisfying assignment (Davis, Logemann & Loveland 1962)
answers at once. Rules about numbers in one span never conflict with them and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from toolkit.schema.model import Constraint, Schema

Literal = tuple[str, bool]
"""A label or span label, and whether it is there."""

Clause = frozenset[Literal]
"""Literals of which at least one holds."""


def given(schema: Schema) -> list[Clause]:
    """Return what holds for every answer apart from the constraints: exclusive, retired, required."""
    exclusive = [(label_id, True) for label_id in schema.exclusive]
    active = [label.id for label in schema.active]
    clauses = [frozenset({(label.id, False)}) for label in schema.labels if label.retired]
    clauses += [
        frozenset({(alone, False), (other, False)}) for alone, _ in exclusive for other in active if other != alone
    ]
    if exclusive:
        clauses.append(frozenset((label_id, True) for label_id in active))
    for layer in schema.layers:
        if layer.required:
            members = [(label.id, True) for label in schema.active if label.layer == layer.id]
            clauses.append(frozenset([*members, *exclusive]))
    return clauses


def clauses_of(rule: Constraint) -> list[Clause]:
    """Return the clauses of one constraint; "ordered" has none."""
    match rule.type:
        case "requires_span":
            return [_implies(label, rule.spans) for label in rule.labels]
        case "requires_label":
            return [_implies(span, rule.labels) for span in rule.spans]
        case "excludes":
            return [frozenset({(a, False), (b, False)}) for a, b in combinations(rule.labels, 2)]
        case "ordered":
            return []


def impossible(schema: Schema) -> list[str]:
    """Return the labels and span labels, in the schema's order, that no answer can carry."""
    clauses = [*given(schema), *_constraints(schema)]
    names = [label.id for label in schema.active] + [span.id for span in schema.spans]
    return [name for name in names if not satisfiable([*clauses, frozenset({(name, True)})])]


def idle(schema: Schema) -> list[str]:
    """Return the ids of the constraints that say nothing which the other rules do not say already."""
    found = []
    for rule in schema.constraints:
        own = clauses_of(rule)
        others = [*given(schema), *_constraints(schema, leaving_out=rule.id)]
        if own and all(_follows(clause, others) for clause in own):
            found.append(rule.id)
    return found


def satisfiable(clauses: list[Clause]) -> bool:
    """Return whether some choice of labels and spans satisfies all clauses."""
    if any(not clause for clause in clauses):
        return False
    if not clauses:
        return True
    shortest = min(clauses, key=lambda clause: (len(clause), sorted(clause)))
    literal = min(shortest)
    name, value = literal
    return satisfiable(_assume(clauses, literal)) or satisfiable(_assume(clauses, (name, not value)))


def _assume(clauses: list[Clause], literal: Literal) -> list[Clause]:
    name, value = literal
    return [clause - {(name, not value)} for clause in clauses if literal not in clause]


def _implies(name: str, consequences: tuple[str, ...]) -> Clause:
    return frozenset([(name, False), *((consequence, True) for consequence in consequences)])


def _follows(clause: Clause, others: list[Clause]) -> bool:
    opposite = [frozenset({(name, not value)}) for name, value in clause]
    return not satisfiable([*others, *opposite])


def _constraints(schema: Schema, *, leaving_out: str | None = None) -> Iterator[Clause]:
    for rule in schema.constraints:
        if rule.id != leaving_out:
            yield from clauses_of(rule)

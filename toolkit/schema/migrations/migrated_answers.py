"""Answers under one version of a schema, changed by a migration into answers under the next version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from toolkit.records import Annotation, AttributeValue, Relation, Span
from toolkit.records.base import record
from toolkit.schema.answer_rules import Breach, validate
from toolkit.schema.migrations.migration import AddAttribute, By, Merge, Migration, Rename, Retire, Split
from toolkit.schema.model import Schema


@record
class Migrated:
    """One answer before and after a migration.

    Attributes:
        before: The old answer.
        after: The new answer; None if a label was split and nothing says what the person would have chosen.
        ambiguous: Old labels that only people can split; the sentence has to be asked again.
        changed: Something beside the name of the schema is different.
        breaches: Rules of the new schema that the new answer breaks. Rules that the old answer broke already under the
            old schema are left out.
    """

    before: Annotation
    after: Annotation | None
    ambiguous: tuple[str, ...] = ()
    changed: bool = False
    breaches: tuple[Breach, ...] = ()


def migrate(answers: Iterable[Annotation], migration: Migration, old: Schema, new: Schema) -> Iterator[Migrated]:
    r"""Yield what each answer under the old version of a schema becomes under the new one, in order.

    The same answers and the same migration give the same result in every run. Answers under other schemas than the
    migration's source are left out.

    Args:
        answers: People's answers.
        migration: The steps; see `toolkit.schema.migrations.migration`.
        old: The schema of the answers, `migration.source`.
        new: The schema that they are migrated to, `migration.target`.

    Examples:
        Answers to `claims@1.0.0`, whose label `denial` is retired in the next version:

        >>> from dataclasses import replace
        >>> from toolkit.records import Annotation
        >>> from toolkit.schema import load, parse_migration
        >>> old = load("claims@1.0.0")
        >>> labels = [replace(label, retired=label.id == "denial") for label in old.labels]
        >>> new = replace(old, version="2.0.0", labels=tuple(labels))
        >>> migration = parse_migration(
        ...     "from: claims@1.0.0\nto: claims@2.0.0\nreviewed_by: Ana\n"
        ...     "steps: [{type: retire, label: denial, to: none}]\n", old, new)
        >>> day = "2026-03-01T08:00:00Z"
        >>> answer = Annotation(
        ...     annotation_id="a1", sentence_id="s1", annotator="p1", labels=("denial",), schema="claims@1.0.0",
        ...     created_at=day, updated_at=day)
        >>> [migrated] = migrate([answer], migration, old, new)
        >>> migrated.after.labels, migrated.after.schema
        (('none',), 'claims@2.0.0')
    """
    for answer in answers:
        if answer.schema == migration.source:
            yield _migrated(answer, migration, old, new)


def counts(results: Iterable[Migrated]) -> dict[str, int]:
    """Return how many answers are "unchanged", "changed", "ambiguous", and how many are "breaking" a rule."""
    tally = Counter({"unchanged": 0, "changed": 0, "ambiguous": 0, "breaking": 0})
    for result in results:
        tally["ambiguous" if result.ambiguous else "changed" if result.changed else "unchanged"] += 1
        tally["breaking"] += bool(result.breaches)
    return dict(tally)


@dataclass
class _Draft:
    """An answer while the steps are applied."""

    labels: set[str]
    spans: list[Span]
    relations: list[Relation]
    ambiguous: set[str]


def _migrated(answer: Annotation, migration: Migration, old: Schema, new: Schema) -> Migrated:
    draft = _Draft(set(answer.labels), list(answer.spans), list(answer.relations), set())
    if not answer.skipped:
        for step in migration.steps:
            _apply(step, draft)
    if draft.ambiguous:
        return Migrated(before=answer, after=None, ambiguous=tuple(sorted(draft.ambiguous)))
    spans = tuple(sorted(draft.spans, key=lambda span: (span.start, span.end, span.label, span.span_id)))
    relations = tuple(sorted(draft.relations, key=lambda relation: (relation.label, relation.head, relation.tail)))
    after = replace(answer, labels=tuple(sorted(draft.labels)), spans=spans, relations=relations, schema=new.ref)
    changed = replace(after, schema=answer.schema) != answer
    return Migrated(before=answer, after=after, changed=changed, breaches=_new_breaches(answer, after, old, new))


def _new_breaches(before: Annotation, after: Annotation, old: Schema, new: Schema) -> tuple[Breach, ...]:
    if before.skipped:
        return ()
    known = {breach.rule for breach in validate(old, before.labels, before.spans, before.relations, before.fields)}
    found = validate(new, after.labels, after.spans, after.relations, after.fields)
    return tuple(breach for breach in found if breach.rule not in known)


def _apply(step: Rename | Merge | Split | Retire | AddAttribute, draft: _Draft) -> None:
    match step:
        case Merge():
            if draft.labels & set(step.labels):
                draft.labels = draft.labels - set(step.labels) | {step.to}
        case Split():
            _split(step, draft)
        case AddAttribute(value=value) if value is not None:
            _each_span(draft, step.span, lambda fields: {step.attribute: value, **fields})
        case Rename():
            _rename(step, draft)
        case Retire():
            _retire(step, draft)


def _split(step: Split, draft: _Draft) -> None:
    if step.label not in draft.labels:
        return
    decided = _decided(step.by, draft) if step.by else set()
    if decided:
        draft.labels = draft.labels - {step.label} | decided
    else:
        draft.ambiguous.add(step.label)


def _decided(by: By, draft: _Draft) -> set[str]:
    """Return the labels that the spans decide; none if one of the spans has no value that decides."""
    values = [span.attributes.get(by.attribute) for span in draft.spans if span.label == by.span]
    if not all(isinstance(value, str) and value in by.values for value in values):
        return set()
    return {by.values[str(value)] for value in values}


def _rename(step: Rename, draft: _Draft) -> None:
    if step.label is not None and step.label in draft.labels:
        draft.labels = draft.labels - {step.label} | {step.to}
    if step.relation is not None:
        draft.relations = [
            replace(relation, label=step.to) if relation.label == step.relation else relation
            for relation in draft.relations
        ]
    if step.span is not None and step.attribute is None:
        draft.spans = [replace(span, label=step.to) if span.label == step.span else span for span in draft.spans]
    if step.span is not None and step.attribute is not None:
        _each_span(draft, step.span, lambda fields: dict(_renamed(step, name, value) for name, value in fields.items()))


def _renamed(step: Rename, name: str, value: AttributeValue) -> tuple[str, AttributeValue]:
    if name != step.attribute:
        return name, value
    if step.choice is None:
        return step.to, value
    return name, step.to if value == step.choice else value


def _retire(step: Retire, draft: _Draft) -> None:
    if step.label is not None and step.label in draft.labels:
        draft.labels = draft.labels - {step.label}
        if not draft.labels and step.to is not None:
            draft.labels = {step.to}
    if step.relation is not None:
        draft.relations = [relation for relation in draft.relations if relation.label != step.relation]
    if step.span is not None and step.attribute is not None:
        _each_span(draft, step.span, lambda fields: {n: value for n, value in fields.items() if n != step.attribute})
    if step.span is not None and step.attribute is None:
        gone = {span.span_id for span in draft.spans if span.label == step.span}
        draft.spans = [span for span in draft.spans if span.span_id not in gone]
        draft.relations = [link for link in draft.relations if not gone & {link.head, link.tail}]


def _each_span(
    draft: _Draft, label: str, change: Callable[[dict[str, AttributeValue]], dict[str, AttributeValue]]
) -> None:
    """Change the fields of every span of a label."""
    draft.spans = [
        replace(span, attributes=change(dict(span.attributes))) if span.label == label else span for span in draft.spans
    ]

"""The consistency of a schema whose form is right: every contradiction and gap, with its place in the file.

`findings` is the whole check. Its last part asks which answers the rules leave possible: the rules between labels and
spans are clauses over "this label is given" and "a span of this label is there". A schema has some dozens of them, so a
plain search for a satisfying assignment (Davis, Logemann & Loveland 1962) answers at once. Rules about numbers in one
span never conflict with the others and are left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations

from toolkit.errors import nearest
from toolkit.schema.answer_rules import validate
from toolkit.schema.link_findings import link_findings
from toolkit.schema.model import Attribute, Constraint, Example, Label, Schema
from toolkit.schema.yaml_document import Document, Path

Finding = tuple[Path, str]
"""The place of a fault in the file, and the fault in words."""

EXAMPLES = 2
"""The least number of positives that a label needs, and of near-misses."""

RESERVED = ("answer", "article", "note", "relations", "spans", "text")
"""Names of parts of the labelling page; no layer and no field can have one of them."""

_UNSELECT = "u"  # the labelling page's own key (Label Studio's "region:unselect")

_NEEDS = {
    "requires_span": ("labels", "spans"),
    "requires_label": ("labels", "spans"),
    "excludes": ("labels",),
    "ordered": ("spans", "attributes"),
}


def findings(schema: Schema, document: Document) -> list[Finding]:
    """Return the faults of a schema whose form is right, not sorted.

    Args:
        schema: The schema.
        document: Its file, for the lines in messages.

    Returns:
        Path and words of each fault. A fault that only follows from an unknown name is left out.
    """
    named = [*_ids(schema, document), *_references(schema)]
    return [
        *_names(schema, document),
        *named,
        *_titles(schema, document),
        *_hotkeys(schema, document),
        *_layers(schema, named),
        *_attributes(schema),
        *_examples(schema, document),
        *link_findings(schema, document),
        *_rules(schema, named),
    ]


def _names(schema: Schema, document: Document) -> Iterator[Finding]:
    """Name and version agree with the path, if the path is "<name>/<version>.yaml"."""
    *_, folder, file = ("", "", *document.name.split("/"))
    stem = file.removesuffix(".yaml")
    if stem.replace(".", "").isdigit():
        if stem != schema.version:
            yield ("version",), f"the version is {schema.version}, and the file is called {file}"
        if folder and folder != schema.name:
            yield ("name",), f"the name is {schema.name!r}, and the folder is called {folder!r}"


def _ids(schema: Schema, document: Document) -> Iterator[Finding]:
    """Ids are unique among their kind, choices within their attribute."""
    for kind in ("layers", "labels", "spans", "relations", "constraints", "fields", "links"):
        yield from _repeats(document, [((kind, at, "id"), item.id) for at, item in enumerate(getattr(schema, kind))])
    for at, span in enumerate(schema.spans):
        where: Path = ("spans", at, "attributes")
        yield from _repeats(document, [((*where, n, "id"), item.id) for n, item in enumerate(span.attributes)])
        for n, attribute in enumerate(span.attributes):
            choices = enumerate(attribute.choices)
            yield from _repeats(document, [((*where, n, "choices", m), choice) for m, choice in choices])
    for at, asked in enumerate(schema.fields):
        choices = enumerate(asked.choices)
        yield from _repeats(document, [(("fields", at, "choices", m), choice) for m, choice in choices])
    yield from _page_names(schema)


def _page_names(schema: Schema) -> Iterator[Finding]:
    """Layers and fields have names of their own on the labelling page."""
    fields: list[Finding] = [
        (("spans", at, "attributes", n, "id"), f"{span.id}_{attribute.id}".lower())
        for at, span in enumerate(schema.spans)
        for n, attribute in enumerate(span.attributes)
    ]
    layers = {layer.id for layer in schema.layers}
    asked: list[Finding] = [(("fields", at, "id"), each.id) for at, each in enumerate(schema.fields)]
    of_spans = {name for _, name in fields}
    taken = {*RESERVED, *(name for _, name in fields)}
    parts: list[Finding] = [
        (("layers", at, "id"), layer.id) for at, layer in enumerate(schema.layers) if layer.id in taken
    ]
    parts += [(path, name) for at, (path, name) in enumerate(fields) if _is_another(fields[:at], path, name)]
    parts += [(path, name) for path, name in asked if name in {*RESERVED, *layers, *of_spans}]
    yield from ((path, f"the labelling page has another part that is called {name!r}") for path, name in parts)


def _is_another(fields: Sequence[tuple[Path, str]], path: Path, name: str) -> bool:
    """Return whether a field of another span label has the name already; one of the same is a repeated id."""
    return any(name == other and path[1] != span for (_, span, *_), other in fields)


def _repeats(document: Document, items: Iterable[tuple[Path, str]]) -> Iterator[Finding]:
    seen: dict[str, Path] = {}
    for path, value in items:
        if value in seen:
            line = document.where(seen[value]).rsplit(":", 2)[1]
            yield path, f"{value!r} is used already, in line {line}"
        seen.setdefault(value, path)


def _titles(schema: Schema, document: Document) -> Iterator[Finding]:
    """What people see tells apart what they choose from: the labels of a question, the span labels, the fields."""
    for layer in schema.layers:
        yield from _same_title(
            document,
            [
                (("labels", at), each.title)
                for at, each in enumerate(schema.labels)
                if each.layer == layer.id and not each.retired
            ],
        )
    yield from _same_title(document, [(("layers", at), each.title) for at, each in enumerate(schema.layers)])
    yield from _same_title(document, [(("spans", at), each.title) for at, each in enumerate(schema.spans)])
    yield from _same_title(document, [(("relations", at), each.title) for at, each in enumerate(schema.relations)])
    yield from _same_title(document, [(("links", at), each.title) for at, each in enumerate(schema.links)])
    yield from _same_title(document, [(("fields", at), each.title) for at, each in enumerate(schema.fields)])
    for at, span in enumerate(schema.spans):
        titles: list[Finding] = [(("spans", at, "attributes", n), each.title) for n, each in enumerate(span.attributes)]
        yield from _same_title(document, titles)


def _same_title(document: Document, items: Iterable[Finding]) -> Iterator[Finding]:
    seen: dict[str, Path] = {}
    for path, title in items:
        shown = " ".join(title.split())
        if shown in seen:
            line = document.where((*seen[shown], "title")).rsplit(":", 2)[1]
            yield (*path, "title"), f"the title {title!r} is used already, in line {line}: people can't tell them apart"
        seen.setdefault(shown, path)


def _hotkeys(schema: Schema, document: Document) -> Iterator[Finding]:
    """A key does one thing, and the keys of the labelling page itself stay free."""
    keys: list[tuple[Path, str]] = []
    for at, label in enumerate(schema.labels):
        keys += [(("labels", at, "hotkey"), label.hotkey)] if label.hotkey and not label.retired else []
    for at, span in enumerate(schema.spans):
        keys += [(("spans", at, "hotkey"), span.hotkey)] if span.hotkey else []
        for n, attribute in enumerate(span.attributes):
            path: Path = ("spans", at, "attributes", n, "hotkeys")
            keys += [((*path, m), key) for m, key in enumerate(attribute.hotkeys)]
            expected = {"choice": len(attribute.choices), "boolean": 1}.get(attribute.type, 0)
            if attribute.hotkeys and len(attribute.hotkeys) != expected:
                yield path, f"{len(attribute.hotkeys)} hotkeys for {expected} choices"
    for at, asked in enumerate(schema.fields):
        path = ("fields", at, "hotkeys")
        keys += [((*path, m), key) for m, key in enumerate(asked.hotkeys)]
        expected = {"choice": len(asked.choices), "boolean": 1}.get(asked.type, 0)
        if asked.hotkeys and len(asked.hotkeys) != expected:
            yield path, f"{len(asked.hotkeys)} hotkeys for {expected} choices"
    yield from _repeats(document, keys)
    for path, key in keys:
        if key == _UNSELECT:
            yield path, f"the labelling page needs the key {key!r} to unselect a span"


def _references(schema: Schema) -> Iterator[Finding]:
    """Every name that is used exists."""
    layers = [layer.id for layer in schema.layers]
    labels = schema.label_ids
    spans = [span.id for span in schema.spans]
    for at, label in enumerate(schema.labels):
        yield from _unknown(("labels", at, "layer"), [label.layer], layers, "layer")
        for path, example in _examples_of(at, label):
            yield from _unknown((*path, "labels"), example.labels, labels, "label")
    for at, relation in enumerate(schema.relations):
        yield from _unknown(("relations", at, "head"), relation.head, spans, "span label")
        yield from _unknown(("relations", at, "tail"), relation.tail, spans, "span label")
    ends = [label.id for label in schema.active] + spans
    for at, link in enumerate(schema.links):
        yield from _unknown(("links", at, "head"), link.head, ends, "label that can be given, and no span label")
        yield from _unknown(("links", at, "tail"), link.tail, ends, "label that can be given, and no span label")
    for at, rule in enumerate(schema.constraints):
        yield from _unknown(("constraints", at, "labels"), rule.labels, labels, "label")
        yield from _unknown(("constraints", at, "spans"), rule.spans, spans, "span label")
        for span in schema.spans:
            if span.id in rule.spans:
                known = [attribute.id for attribute in span.attributes]
                path = ("constraints", at, "attributes")
                yield from _unknown(path, rule.attributes, known, f"attribute of {span.id}")


def _unknown(path: Path, used: Iterable[str], known: Iterable[str], kind: str) -> Iterator[Finding]:
    for word in used:
        if word not in known:
            yield path, f"there is no {kind} {word!r}{nearest(word, known)}"


def _layers(schema: Schema, named: Collection[Finding]) -> Iterator[Finding]:
    """Every layer has a label; checked only if every label has a layer."""
    if not schema.active:
        yield ("labels",), "no label can be given: there is none, or all are retired"
    if any(path[0] == "labels" and path[-1] == "layer" for path, _ in named):
        return
    used = {label.layer for label in schema.active}
    for at, layer in enumerate(schema.layers):
        if layer.id not in used:
            yield ("layers", at), f"layer {layer.id!r} has no label that can be given"


def _attributes(schema: Schema) -> Iterator[Finding]:
    for at, span in enumerate(schema.spans):
        for n, attribute in enumerate(span.attributes):
            for what in _attribute_faults(attribute):
                yield ("spans", at, "attributes", n), f"{span.id}.{attribute.id}: {what}"
    for at, asked in enumerate(schema.fields):
        for what in _attribute_faults(asked):
            yield ("fields", at), f"{asked.id}: {what}"


def _attribute_faults(attribute: Attribute) -> Iterator[str]:
    if attribute.type == "choice" and len(attribute.choices) < 2:
        yield "a choice needs at least two choices"
    if attribute.type != "choice" and attribute.choices:
        yield f"a {attribute.type} has no choices"
    if attribute.type != "number" and attribute.minimum is not None:
        yield f"a {attribute.type} has no minimum"
    if attribute.several and attribute.type not in ("choice", "text"):
        yield f"a {attribute.type} has one value"
    if attribute.titles and len(attribute.titles) != len(attribute.choices):
        yield f"{len(attribute.titles)} titles for {len(attribute.choices)} choices"
    elif len({" ".join(title.split()) for title in attribute.titles}) < len(attribute.titles):
        yield "two of its choices have the same title: people can't tell them apart"
    if attribute.type == "boolean" and attribute.required:
        yield "a boolean cannot be required: without an answer it is false"


def _examples_of(at: int, label: Label) -> Iterator[tuple[Path, Example]]:
    for kind in ("positives", "near_misses"):
        for n, example in enumerate(getattr(label, kind)):
            yield ("labels", at, kind, n), example


def _examples(schema: Schema, document: Document) -> Iterator[Finding]:
    """Every label has enough examples, and none contradicts its label, another example or the rules between labels."""
    known = set(schema.label_ids)
    seen: dict[str, tuple[tuple[str, ...], Path]] = {}
    for at, label in enumerate(schema.labels):
        if label.retired:  # its examples are history
            continue
        yield from _example_counts(label, at)
        for path, example in _examples_of(at, label):
            if not example.text.strip():
                yield path, "an example without text"
            if not known.issuperset(example.labels):
                continue
            positive = path[2] == "positives"
            if positive != (label.id in example.labels):
                what = "does not carry it" if positive else "carries it"
                yield path, f"a {_KINDS[str(path[2])][0]} of {label.id!r} {what}"
            labels, first = seen.setdefault(" ".join(example.text.split()), (example.labels, path))
            if labels != example.labels:
                line = document.where(first).rsplit(":", 2)[1]
                yield path, f"the same sentence has other labels in line {line}"
            yield from _example_breaches(schema, path, example)


_KINDS = {"positives": ("positive", "positives"), "near_misses": ("near-miss", "near-misses")}
"""Key of a list of examples → one of them, and several."""


def _example_counts(label: Label, at: int) -> Iterator[Finding]:
    for kind, (_, several) in _KINDS.items():
        count = len(getattr(label, kind))
        if count < EXAMPLES:
            yield ("labels", at, kind), f"label {label.id!r} needs {EXAMPLES} {several} and has {count or 'none'}"


def _example_breaches(schema: Schema, path: Path, example: Example) -> Iterator[Finding]:
    """The labels of an example break no rule; rules that ask for spans do not apply, as an example has none."""
    spans = {rule.id for rule in schema.constraints if rule.type == "requires_span"}
    for breach in validate(schema, example.labels):
        if breach.rule not in spans:
            yield path, f"the labels of this example break a rule: {breach.message}"


def _rules(schema: Schema, named: Collection[Finding]) -> Iterator[Finding]:
    """Constraints are complete, each says something new, and together they leave every label and span possible."""
    incomplete = [fault for at, rule in enumerate(schema.constraints) for fault in _rule_faults(schema, at, rule)]
    yield from incomplete
    if incomplete or any(path[0] == "constraints" or path[-1] in {"id", "layer"} for path, _ in named):
        return  # the rules can't be put together
    places = {label.id: ("labels", at) for at, label in enumerate(schema.labels)}
    places |= {span.id: ("spans", at) for at, span in enumerate(schema.spans)}
    for name in impossible(schema):
        yield places[name], f"the rules leave no answer that carries {name!r}"
    unused = idle(schema)
    for at, rule in enumerate(schema.constraints):
        if rule.id in unused:
            what = f"rule {rule.id!r} changes nothing: it follows from the other rules"
            yield ("constraints", at), what


def _rule_faults(schema: Schema, at: int, rule: Constraint) -> Iterator[Finding]:
    needs = _NEEDS[rule.type]
    for key in ("labels", "spans", "attributes"):
        values = getattr(rule, key)
        if key in needs and not values:
            yield ("constraints", at), f"rule {rule.id!r} ({rule.type}) needs {key!r}"
        if key not in needs and values:
            yield ("constraints", at, key), f"rule {rule.id!r} ({rule.type}) does not use {key!r}"
    if rule.type == "excludes" and len(set(rule.labels)) == 1:
        yield ("constraints", at, "labels"), f"rule {rule.id!r} needs two different labels"
    if rule.type == "ordered" and rule.attributes:
        numbers = {
            attribute.id
            for span in schema.spans
            if span.id in rule.spans
            for attribute in span.attributes
            if attribute.type == "number"
        }
        if len(set(rule.attributes)) != 2 or not set(rule.attributes) <= numbers:
            yield (
                ("constraints", at, "attributes"),
                f"rule {rule.id!r} needs two different attributes of the type number",
            )


Literal = tuple[str, bool]
"""A label or span label, and whether the answer has it."""

Clause = frozenset[Literal]
"""Literals of which at least one is true."""


def given(schema: Schema) -> list[Clause]:
    """Return the clauses of every answer beside the constraints: from `exclusive`, `retired` and `required`."""
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
    """Return the clauses of one constraint; "ordered" has none, as it is about numbers."""
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
    """Return the ids of the constraints that follow from the other rules."""
    found = []
    for rule in schema.constraints:
        own = clauses_of(rule)
        others = [*given(schema), *_constraints(schema, leaving_out=rule.id)]
        if own and all(_follows(clause, others) for clause in own):
            found.append(rule.id)
    return found


def satisfiable(clauses: list[Clause]) -> bool:
    """Return whether some choice of labels and spans makes all clauses true."""
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

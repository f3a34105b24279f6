"""The changes between two versions of a schema, and whether the version number fits them.

- patch: wording. Titles, rules, keys, colours, order, added or dropped examples.
- minor: every old answer stays valid. A label, span label, optional field or choice is added; a rule is removed.
- major: an old answer may have become wrong. Something is retired, removed, moved or redefined; a rule is added.

The examples show what a rule means. If the words of a rule change and all its old examples keep their answers, it was
reworded; if an old example is gone or has another answer, it was redefined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, Protocol, TypeVar

from toolkit.errors import GateFailed
from toolkit.records.base import record
from toolkit.schema.model import (
    Attribute,
    Constraint,
    Example,
    Label,
    Layer,
    LinkLabel,
    Pair,
    RelationLabel,
    Schema,
    SpanLabel,
)

Level = Literal["none", "patch", "minor", "major"]

LEVELS: tuple[Level, ...] = ("none", "patch", "minor", "major")
"""From the smallest to the greatest."""


@record
class Change:
    """One difference.

    Attributes:
        level: "patch", "minor" or "major".
        path: What it is about, such as "labels.claim.rule".
        what: The change in words.
    """

    level: Level
    path: str
    what: str


@record
class Diff:
    """The differences between two versions.

    Attributes:
        old: "name@version".
        new: "name@version".
        changes: In the order of the schema.
        level: The highest level among them; "none" if there are none.
        declared: The level that the version numbers declare; "none" if the new number is the old one, or lower.
        faults: Changes that no version may make: the numbers of labels are append-only and are never reused.
    """

    old: str
    new: str
    changes: tuple[Change, ...]
    level: Level
    declared: Level
    faults: tuple[str, ...] = ()

    def require_agreement(self) -> None:
        """Raise an error unless the version number fits the changes.

        Raises:
            GateFailed: It does not fit, or label numbers were changed or reused.
        """
        if self.faults:
            raise GateFailed("; ".join(self.faults), where=self.new, remedy="retire labels, and append new ones")
        if self.level != self.declared:
            what = f"the changes are {self.level}, but the version number says {self.declared}"
            raise GateFailed(what, where=f"{self.old} → {self.new}", remedy=f"number it {_next(self.old, self.level)}")


def diff(old: Schema, new: Schema) -> Diff:
    """Return the changes from one version of a schema to another.

    Args:
        old: The earlier version.
        new: The later version.

    Returns:
        Every change with its level, the highest level, and the level that the version numbers declare.
        `Diff.require_agreement` raises if the two levels differ.

    Examples:
        >>> from dataclasses import replace
        >>> from toolkit.schema import load
        >>> old = load("claims@1.0.0")
        >>> first, *others = old.labels
        >>> new = replace(old, version="1.0.1", labels=(replace(first, hotkey="c"), *others))
        >>> found = diff(old, new)
        >>> [(change.level, change.path, change.what) for change in found.changes]
        [('patch', 'labels.claim.hotkey', 'reworded')]
        >>> found.level, found.declared
        ('patch', 'patch')
    """
    changes = (
        *_texts(old, new, "", ("title", "description", "licence", "language")),
        *([Change(level="major", path="name", what="renamed")] if old.name != new.name else []),
        *_each("layers", old.layers, new.layers, _layer, added=_added_layer),
        *_each("labels", old.labels, new.labels, _label),
        *_each("spans", old.spans, new.spans, _span),
        *_each("relations", old.relations, new.relations, _relation),
        *_each("constraints", old.constraints, new.constraints, _constraint, added=_tightened, removed="minor"),
        *_each("fields", old.fields, new.fields, _attribute, added=_added_attribute),
        *_each("links", old.links, new.links, _link),
    )
    level = max((change.level for change in changes), key=LEVELS.index, default=LEVELS[0])
    declared = _declared(old.version, new.version)
    faults = tuple(_numbering(old, new))
    return Diff(old=old.ref, new=new.ref, changes=changes, level=level, declared=declared, faults=faults)


class _Named(Protocol):
    @property
    def id(self) -> str: ...


N = TypeVar("N", bound=_Named)


def _minor(_: object) -> Level:
    return "minor"


def _tightened(_: object) -> Level:
    return "major"


def _added_layer(layer: Layer) -> Level:
    return "major" if layer.required else "minor"


def _each(
    path: str,
    old: Sequence[N],
    new: Sequence[N],
    compare: Callable[[N, N, str], Iterable[Change]],
    *,
    added: Callable[[N], Level] = _minor,
    removed: Level = "major",
) -> Iterator[Change]:
    """Compare two lists of things with ids: removed, kept and added ones, and the order."""
    before, after = {item.id: item for item in old}, {item.id: item for item in new}
    for item in old:
        if item.id not in after:
            yield Change(level=removed, path=f"{path}.{item.id}", what="removed")
        else:
            yield from compare(item, after[item.id], f"{path}.{item.id}")
    for item in new:
        if item.id not in before:
            yield Change(level=added(item), path=f"{path}.{item.id}", what="added")
    if [item.id for item in old if item.id in after] != [item.id for item in new if item.id in before]:
        yield Change(level="patch", path=path, what="reordered")


def _texts(old: object, new: object, path: str, names: Sequence[str]) -> Iterator[Change]:
    """Compare fields that only concern wording or appearance."""
    for name in names:
        if getattr(old, name) != getattr(new, name):
            yield Change(level="patch", path=f"{path}.{name}".removeprefix("."), what="reworded")


def _switch(path: str, old: bool, new: bool, name: str, *, on: Level, off: Level) -> Iterator[Change]:
    """Compare a field that is true or false."""
    if old != new:
        yield Change(level=on if new else off, path=f"{path}.{name}", what="switched on" if new else "switched off")


def _members(path: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    """Compare the values that are allowed somewhere: more is minor, less is major."""
    for member in old:
        if member not in new:
            yield Change(level="major", path=path, what=f"{member} removed")
    for member in new:
        if member not in old:
            yield Change(level="minor", path=path, what=f"{member} added")


def _layer(old: Layer, new: Layer, path: str) -> Iterator[Change]:
    yield from _texts(old, new, path, ("title",))
    yield from _switch(path, old.required, new.required, "required", on="major", off="minor")


def _label(old: Label, new: Label, path: str) -> Iterator[Change]:
    yield from _texts(old, new, path, ("title", "hotkey", "colour"))
    yield from _switch(path, old.retired, new.retired, "retired", on="major", off="major")
    yield from _switch(path, old.exclusive, new.exclusive, "exclusive", on="major", off="major")
    if old.layer != new.layer:
        yield Change(level="major", path=f"{path}.layer", what=f"moved from {old.layer} to {new.layer}")
    if not new.retired:
        yield from _examples(old, new, path)


def _examples(old: Label, new: Label, path: str) -> Iterator[Change]:
    """Compare rule and examples, which together define a label."""
    before, after = _answers(old), _answers(new)
    for text, labels in before.items():
        if text in after and after[text] != labels:
            what = f"redefined: an example's answer changed from {', '.join(labels)} to {', '.join(after[text])}"
            yield Change(level="major", path=path, what=what)
    dropped = [text for text in before if text not in after]
    if old.rule != new.rule:
        what = "redefined: its rule changed and an example of the old one is gone" if dropped else "reworded"
        yield Change(level="major" if dropped else "patch", path=f"{path}.rule", what=what)
    if list(_all(old)) != list(_all(new)):
        yield Change(level="patch", path=f"{path}.examples", what="edited")


def _all(label: Label) -> Iterable[Example]:
    return (*label.positives, *label.near_misses)


def _answers(label: Label) -> dict[str, tuple[str, ...]]:
    return {example.text: example.labels for example in _all(label)}


def _span(old: SpanLabel, new: SpanLabel, path: str) -> Iterator[Change]:
    yield from _texts(old, new, path, ("title", "rule", "hotkey", "colour"))
    yield from _each(f"{path}.attributes", old.attributes, new.attributes, _attribute, added=_added_attribute)


def _added_attribute(attribute: Attribute) -> Level:
    return "major" if attribute.required else "minor"


def _attribute(old: Attribute, new: Attribute, path: str) -> Iterator[Change]:
    yield from _texts(old, new, path, ("title", "rule", "hotkeys", "titles"))
    yield from _switch(path, old.required, new.required, "required", on="major", off="minor")
    yield from _members(f"{path}.choices", old.choices, new.choices)
    if old.type != new.type:
        yield Change(level="major", path=f"{path}.type", what=f"changed from {old.type} to {new.type}")
    if old.several != new.several:
        many = "may hold several values" if new.several else "holds one value"
        yield Change(level="minor" if new.several else "major", path=f"{path}.several", what=f"now {many}")
    if old.minimum != new.minimum:
        looser = new.minimum is None or (old.minimum is not None and new.minimum < old.minimum)
        yield Change(level="minor" if looser else "major", path=f"{path}.minimum", what="changed")


def _relation(old: RelationLabel, new: RelationLabel, path: str) -> Iterator[Change]:
    yield from _texts(old, new, path, ("title", "rule"))
    yield from _members(f"{path}.head", old.head, new.head)
    yield from _members(f"{path}.tail", old.tail, new.tail)


def _link(old: LinkLabel, new: LinkLabel, path: str) -> Iterator[Change]:
    yield from _texts(old, new, path, ("title", "colour"))
    yield from _members(f"{path}.head", old.head, new.head)
    yield from _members(f"{path}.tail", old.tail, new.tail)
    if old.scope != new.scope:
        wider: Level = "minor" if new.scope == "story" else "major"
        yield Change(level=wider, path=f"{path}.scope", what=f"changed from {old.scope} to {new.scope}")
    before, after = _verdicts(old), _verdicts(new)
    if any(after.get(pair, holds) != holds for pair, holds in before.items()):
        yield Change(
            level="major", path=path, what="redefined: a pair is a positive in one and a near-miss in the other"
        )
    dropped = [pair for pair in before if pair not in after]
    if old.rule != new.rule:
        what = "redefined: its rule changed and a pair of the old one is gone" if dropped else "reworded"
        yield Change(level="major" if dropped else "patch", path=f"{path}.rule", what=what)
    if (old.positives, old.near_misses) != (new.positives, new.near_misses):
        yield Change(level="patch", path=f"{path}.examples", what="edited")


def _verdicts(link: LinkLabel) -> dict[tuple[str, str], bool]:
    def of(pairs: Sequence[Pair], holds: bool) -> dict[tuple[str, str], bool]:
        return {(pair.first, pair.second): holds for pair in pairs}

    return of(link.positives, True) | of(link.near_misses, False)


def _constraint(old: Constraint, new: Constraint, path: str) -> Iterator[Change]:
    yield from _texts(old, new, path, ("message",))
    for name in ("type", "labels", "spans", "attributes"):
        if getattr(old, name) != getattr(new, name):
            yield Change(level="major", path=f"{path}.{name}", what="changed")


def _numbering(old: Schema, new: Schema) -> Iterator[str]:
    """Label numbers are positions: old labels keep theirs, and a retired label does not come back."""
    known = {label.id: label for label in new.labels}
    for number, label in enumerate(old.labels):
        found = new.label_ids[number] if number < len(new.label_ids) else None
        if found != label.id:
            yield f"label number {number} was {label.id!r} and is now {found!r}"
        elif label.retired and not known[label.id].retired:
            yield f"label {label.id!r} was retired and can be given again"


def _declared(old: str, new: str) -> Level:
    before, after = _parts(old), _parts(new)
    if after <= before:
        return "none"
    kinds: tuple[Level, ...] = ("major", "minor", "patch")
    return next(kind for kind, a, b in zip(kinds, before, after, strict=True) if a != b)


def _parts(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def _next(reference: str, level: Level) -> str:
    """Return the version number that fits the level."""
    major, minor, patch = _parts(reference.partition("@")[2])
    numbers = {"major": (major + 1, 0, 0), "minor": (major, minor + 1, 0), "patch": (major, minor, patch + 1)}
    return ".".join(map(str, numbers.get(level, (major, minor, patch))))

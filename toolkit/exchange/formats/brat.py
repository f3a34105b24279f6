"""brat's standoff: NAME.txt beside NAME.ann (https://brat.nlplab.org/standoff.html).

brat has spans in pieces, attributes, relations and notes. It can't hold what concerns the whole document, nor a value
with spaces; that goes into notes of type "toolkit", as JSON that brat shows and keeps. It cuts a span at each line
break; pieces between which nothing but white space with a line break stands are one piece here.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote

from toolkit.exchange.annotated_document import AnnotatedDocument, Losses, Mention, Part, in_order, values_of
from toolkit.exchange.document_folders import document_files, numbered, read_text
from toolkit.exchange.offset_units import UNITS, OffsetTable, Unit
from toolkit.records import AttributeValue, Relation

HOLDS: Final[frozenset[Part]] = frozenset(
    {
        *("labels", "fields", "note", "skips", "spans", "fragments", "overlaps", "white space", "attributes"),
        *("relations", "annotators", "times", "split", "metadata"),
    }
)

_NOTE, _WHOLE = "toolkit", "Document"
_BREAK = re.compile(r"[\r\n]+")
_NAME = re.compile(r"[A-Za-z0-9_-]+")
_OF_DOCUMENT = ("labels", "fields", "note", "skipped", "answered_at", "metadata")


def read(root: Path, losses: Losses, unit: Unit | None = None) -> Iterator[AnnotatedDocument]:
    """Yield the documents below a folder.

    An event is its trigger, with a relation for each of its arguments; further events of a trigger are further spans of
    the same words. Normalisations and notes are attributes.

    Args:
        root: The folder.
        losses: What can't be taken is counted here.
        unit: What offsets count; None: what fits the words that brat writes beside them.
    """
    texts = {path: read_text(path) for path in root.rglob("*.txt")}
    answered = [path for path in root.rglob("*.ann") if path.with_suffix(".txt") in texts]
    for path in set(root.rglob("*.ann")).difference(answered):
        losses.add("answers without a text", path.name)
    for path in set(texts).difference(path.with_suffix(".txt") for path in answered):
        losses.add("texts without an answer", path.name)
    for file in document_files(root, answered, lambda path: texts[path.with_suffix(".txt")]):
        text = texts[file.path.with_suffix(".txt")]
        if not text.removeprefix("\ufeff"):
            losses.add("empty texts", file.name)
            continue
        standoff = _Standoff(text, (unit,) if unit else UNITS, losses, file.name)
        for line in read_text(file.path).removeprefix("\ufeff").split("\n"):
            standoff.take(line.removesuffix("\r"))
        yield replace(standoff.document(file.name), split=file.split, annotator=file.annotator)


def write(documents: Sequence[AnnotatedDocument], folder: Path) -> None:
    """Write documents, each as NAME.txt and NAME.ann."""
    for path, document in numbered(documents):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.with_name(f"{target.name}.txt").write_bytes(_marked(document.text).encode())
        lines = "".join(f"{line}\n" for line in _lines(document))
        target.with_name(f"{target.name}.ann").write_bytes(lines.encode())


@dataclass
class _Standoff:
    """The lines of one .ann file."""

    whole: str
    units: Sequence[Unit]
    losses: Losses
    name: str
    spans: dict[str, Mention] = field(default_factory=dict)
    attributes: dict[str, dict[str, AttributeValue]] = field(default_factory=dict)
    events: list[tuple[str, str, list[tuple[str, str]]]] = field(default_factory=list)
    links: list[tuple[str, str, str]] = field(default_factory=list)
    notes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.text = self.whole.removeprefix("\ufeff")
        self.table = OffsetTable(self.text, self.name)

    def take(self, line: str) -> None:
        """Take one line, or count it as lost."""
        if not line.strip():
            return
        takes = {"T": self._span, "R": self._relation, "E": self._event, "A": self._attribute, "M": self._attribute}
        takes |= {"N": self._normalisation, "#": self._note, "*": self._equivalence}
        take = takes.get(line[0])
        try:
            taken = take is not None and take(line.split("\t"))
        except (ValueError, IndexError):
            taken = False
        if not taken:
            self.losses.add("lines that are not standoff", self.name)

    def document(self, name: str) -> AnnotatedDocument:
        """Return what the lines say together."""
        owners = {name: name for name in self.spans}
        taken: set[str] = set()
        for event, trigger, _ in self.events:
            if trigger not in self.spans:
                self.losses.add("events without a trigger", self.name)
                continue
            owners[event] = event if trigger in taken else trigger
            if trigger in taken:
                self.spans[event] = replace(self.spans[trigger], mention_id=event)
            taken.add(trigger)
        for event, _, roles in self.events:
            self.links += [(role, event, other) for role, other in roles]
        about: dict[str, Any] = {}
        for key, note in self.notes.items():
            about |= note.pop("document", {})
            if "fragments" in note and key in self.spans:
                pieces = tuple((start, end) for start, end in note["fragments"])
                self.spans[key] = replace(self.spans[key], fragments=pieces)
            self.attributes.setdefault(key, {}).update(values_of(note.get("attributes", {})))
            if note.get("whole"):
                owners.pop(key)
                self.attributes.pop(key)
        return self._made(name, about, owners)

    def _made(self, name: str, about: Mapping[str, Any], owners: Mapping[str, str]) -> AnnotatedDocument:
        given: dict[str, dict[str, AttributeValue]] = {}
        for key, values in self.attributes.items():
            if key in owners:
                given.setdefault(owners[key], {}).update(values)
            else:
                self.losses.add("attributes of what is not a span", self.name, len(values))
        relations = []
        for label, head, tail in self.links:
            if head in owners and tail in owners:
                relations.append(Relation(label=label, head=owners[head], tail=owners[tail]))
            else:
                self.losses.add("relations between what are not spans", self.name)
        kept = set(owners.values())
        mentions = [replace(self.spans[key], attributes=given.get(key, {})) for key in self.spans if key in kept]
        known = {key: about[key] for key in _OF_DOCUMENT if key in about}
        return in_order(
            AnnotatedDocument(
                name=name,
                text=self.text,
                mentions=tuple(mentions),
                relations=tuple(dict.fromkeys(relations)),
                **{**known, "labels": tuple(known.get("labels", ())), "fields": values_of(known.get("fields", {}))},
            )
        )

    def _span(self, cells: list[str]) -> bool:
        label, _, places = cells[1].partition(" ")
        numbers = [[int(number) for number in piece.split(" ")] for piece in places.split(";")]
        shift = len(self.whole) - len(self.text)
        words = "\t".join(cells[2:]).removeprefix("\t")  # early brat wrote two tabs, or no words at all
        tried = [(less, more) for more in (0, 1) for less in dict.fromkeys((0, shift))]
        for less, more in tried:  # a byte order mark counts or not; an end may be the last sign
            if more and not words:
                break
            pieces = tuple((start - less, end - less + more) for start, end in numbers)
            held = self.table.marked(pieces, words or None, self.units)
            if held is not None:
                self.losses.add("spans whose end was one too small, mended by their words", self.name, more)
                fragments = _unbroken(self.text, _apart(held))
                self.spans[cells[0]] = Mention(mention_id=cells[0], label=unquote(label), fragments=fragments)
                return True
        self.losses.add("spans whose words stand elsewhere", self.name)
        return True

    def _relation(self, cells: list[str]) -> bool:
        label, head, tail = cells[1].split(" ")[:3]
        self.links.append((unquote(label), head.partition(":")[2], tail.partition(":")[2]))
        return True

    def _event(self, cells: list[str]) -> bool:
        head, *roles = cells[1].split()
        trigger = head.partition(":")[2]
        said = [tuple(role.split(":")) for role in roles]
        self.events.append((cells[0], trigger, [(unquote(role), other) for role, other in said]))
        return True

    def _attribute(self, cells: list[str]) -> bool:
        name, target, *value = cells[1].split(" ", 2)
        self.attributes.setdefault(target, {})[name] = value[0] if value and value[0] else True
        return True

    def _normalisation(self, cells: list[str]) -> bool:
        name, target, reference = cells[1].split(" ", 2)
        self.attributes.setdefault(target, {})[name] = " ".join([reference, *cells[2:]])
        return True

    def _note(self, cells: list[str]) -> bool:
        name, target = cells[1].split(" ")
        words = "\t".join(cells[2:]).removeprefix("\t")  # early brat wrote two tabs, or no words at all
        if name == _NOTE:
            self.notes[target] = json.loads(words)
        else:
            self.attributes.setdefault(target, {})[name] = words
        return True

    def _equivalence(self, cells: list[str]) -> bool:
        label, *same = cells[1].split()
        self.links += [(label, head, tail) for head, tail in itertools.pairwise(same)]
        return True


def _unbroken(text: str, pieces: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return pieces with those joined between which brat has only cut at a line break."""
    found = [pieces[0]]
    for start, end in pieces[1:]:
        gap = text[found[-1][1] : start]
        if not gap.strip() and (not gap or _BREAK.search(gap)):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(found)


def _lines(document: AnnotatedDocument) -> Iterator[str]:
    names = {mention.mention_id: f"T{number}" for number, mention in enumerate(document.mentions, start=1)}
    numbers = itertools.count(1)
    for mention in document.mentions:
        yield from _span_lines(document.text, mention, names[mention.mention_id], numbers)
    for number, link in enumerate(document.relations, start=1):
        yield f"R{number}\t{_type(link.label)} Arg1:{names[link.head]} Arg2:{names[link.tail]}\t"
    about = {name: value for name in _OF_DOCUMENT if (value := getattr(document, name))}
    if about:
        whole, name = Mention(mention_id="", label=_WHOLE, fragments=((0, len(document.text)),)), f"T{len(names) + 1}"
        yield _text_bound(document.text, whole, name)
        yield f"#{next(numbers)}\t{_NOTE} {name}\t{_json({'whole': True, 'document': about})}"


def _span_lines(text: str, mention: Mention, name: str, numbers: Iterator[int]) -> Iterator[str]:
    yield _text_bound(text, mention, name)
    note: dict[str, Any] = {}
    if _unbroken(text, _cut(text, mention)) != mention.fragments:
        note["fragments"] = mention.fragments
    for key, value in mention.attributes.items():
        if not _NAME.fullmatch(key) or not (value is True or (isinstance(value, str) and re.fullmatch(r"\S+", value))):
            note.setdefault("attributes", {})[key] = value
        else:
            yield f"A{next(numbers)}\t{key} {name}" + ("" if value is True else f" {value}")
    if note:
        yield f"#{next(numbers)}\t{_NOTE} {name}\t{_json(note)}"


def _apart(pieces: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return pieces in their order, those that share characters as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(pieces):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def _text_bound(text: str, mention: Mention, name: str) -> str:
    pieces = _cut(text, mention)
    places = ";".join(f"{start} {end}" for start, end in pieces)
    words = " ".join(_BREAK.sub(" ", text[start:end]) for start, end in pieces)
    return f"{name}\t{_type(mention.label)} {places}\t{words}"


def _cut(text: str, mention: Mention) -> list[tuple[int, int]]:
    """Return a span's pieces cut at line breaks, as brat needs them; of nothing but line breaks the pieces."""
    found = []
    for start, end in mention.fragments:
        borders = [start, *(at for each in _BREAK.finditer(text, start, end) for at in each.span()), end]
        found += [(left, right) for left, right in zip(borders[::2], borders[1::2], strict=True) if left < right]
    return found or list(mention.fragments)


def _marked(text: str) -> str:
    """Return the content of a text file: a byte order mark that is part of the text needs one before it."""
    return f"\ufeff{text}" if text.startswith("\ufeff") else text


def _type(label: str) -> str:
    return quote(label, safe="-_")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True)

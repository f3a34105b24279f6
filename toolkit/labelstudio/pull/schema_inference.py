"""A schema for a foreign project, inferred from its page and from what its answers use.

They say which questions, labels, spans and fields there are; they do not say what they mean. So the schema that is
inferred loads and validates, keeps each foreign name as a title, and says in every rule that a person has still to
write it. A question becomes a layer whose title is the name of its control: by that, and by the titles of its labels,
`toolkit.labelstudio.codec.page_map` finds each (control, value) again.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from toolkit.errors import InvalidInput
from toolkit.labelstudio.codec.foreign_page import LABEL_TYPES, ForeignPage, PageControl
from toolkit.labelstudio.codec.label_config import GATE
from toolkit.labelstudio.codec.page_map import UNNAMED, PageMap, lower_id, plain_names, unique_ids, upper_id
from toolkit.labelstudio.pseudonyms import Pseudonyms
from toolkit.labelstudio.pull.export_reader import annotations_of, content_of, read_tasks, survey_export
from toolkit.labelstudio.pull.parse import text_of
from toolkit.records import Annotation
from toolkit.schema.consistency import EXAMPLES, RESERVED

_LONGEST = 200  # characters of an example
_MOST = 1000  # answers that examples are taken from
_TO_WRITE = "Inferred from answers; write when to use it."


def infer_schema(
    path: Path | str,
    *,
    name: str = "inferred",
    config: Path | str | None = None,
    texts: Sequence[str] = (),
) -> str:
    """Return a schema as YAML that covers every label, span and field that an export uses, or its page offers.

    Each question becomes a layer; labels of a taxonomy become labels whose titles are their paths ("Killed/By
    accident"). With this schema, `pull_export` reads the export by those titles. Fields of a span belong to it, all
    others become fields of the sentence: numbers, choices (of 2 to 20 single words) or text, by the values that they
    hold.

    The schema loads as it is, and each rule in it says that a person has to write it.

    Args:
        path: A Label Studio JSON export, .json or .json.gz.
        name: Name of the schema, lower case.
        config: The project's label config (XML): what it offers and nobody has used is there too. Default: the one
            inside the export.
        texts: Keys of the task's data that hold the sentence, where the page leaves that open.

    Raises:
        InvalidInput: The file is not an export, or neither it nor the config has labels or spans; the config is not
            XML; nothing decides between several texts; or the name is not allowed.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise InvalidInput(f"{name!r} can't be a schema's name", remedy="write lower-case letters, digits and _")
    survey = survey_export(Path(path), None if config is None else content_of(Path(config)), where=str(config or path))
    page = survey.page()
    answers = list(_answers(Path(path), survey.meaning(None, texts)))
    inferred = _Inferred.of(page, answers)
    if not inferred.labels and not inferred.spans and not inferred.fields:
        raise InvalidInput("holds no labels and no spans", where=str(path))
    return yaml.safe_dump(inferred.document(name, Path(path)), sort_keys=False, allow_unicode=True, width=110)


def _answers(path: Path, meaning: PageMap) -> Iterator[tuple[str, Annotation]]:
    """Yield each answer that was not skipped, with its text."""
    for task in read_tasks(path):
        for _, parsed in annotations_of(task, None, Pseudonyms(None), str(path), meaning):
            if parsed.annotation is not None and not parsed.annotation.skipped:
                yield text_of(task, meaning) or "", parsed.annotation


Values = Mapping[str, Mapping[str, set[Any]]]
"""Owner ("" for the sentence) → name of a field → its values."""


@dataclass(frozen=True)
class _Inferred:
    """What a page offers and its answers use, with the ids that it gets.

    Attributes:
        questions: Controls that give labels, in the order of the page.
        labels: Name of a label in the answers → (layer, title, id).
        spans: Name of a span label in the answers → (title, id).
        attributes: Name of a span label → the fields that it has.
        fields: Controls that are fields of the sentence.
        values: What the fields hold.
        page: The page.
        seen: Text → the first answer to it.
        ends: Name of a relation → the span labels that it leads from and to.
    """

    questions: Mapping[str, str]
    labels: Mapping[str, tuple[str, str, str]]
    spans: Mapping[str, tuple[str, str]]
    attributes: Mapping[str, Sequence[PageControl]]
    fields: Sequence[PageControl]
    values: Values
    page: ForeignPage
    seen: Mapping[str, Annotation]
    ends: Mapping[str, tuple[set[str], set[str]]]

    @classmethod
    def of(cls, page: ForeignPage, answers: Sequence[tuple[str, Annotation]]) -> _Inferred:
        values = _field_values(answer for _, answer in answers)
        named = plain_names(page)
        fields = [control for control in page.controls if control.kind == "answer" and control.name != GATE]
        spans = _span_names(page, named)
        by_title = unique_ids(spans.values(), upper_id)
        span_ids = {name: (title, by_title[title]) for name, title in spans.items()}
        attributes = {name: _attributes_of(name, page, values, named) for name in spans}
        taken = {
            f"{id_}_{lower_id(control.name)}".lower()
            for name, (_, id_) in span_ids.items()
            for control in attributes[name]
        }
        asked = [control for control in page.controls if control.kind == "label" and control.values]
        names = list(dict.fromkeys(control.name for control in asked))
        questions = unique_ids(names, lower_id, {*RESERVED, *taken})
        return cls(
            questions=questions,
            labels=_label_ids(asked, named),
            spans=span_ids,
            attributes=attributes,
            fields=fields,
            values=values,
            page=page,
            seen=dict(reversed(answers[:_MOST])),
            ends=_ends(answer for _, answer in answers),
        )

    def document(self, name: str, path: Path) -> dict[str, Any]:
        """Return the schema as what its YAML holds."""
        layers = [{"id": id_, "title": title} for title, id_ in self.questions.items()]
        labels = [
            self._label(label, self.questions[control], title, id_)
            for label, (control, title, id_) in self.labels.items()
        ]
        if not labels:
            layers = [{"id": "labels", "title": "What is said?"}]
            labels = [self._label("", "labels", "Seen", "seen")]
        document: dict[str, Any] = {
            "name": name,
            "version": "1.0.0",
            "title": f"Inferred from {path.name}",
            "description": "What the answers of a Label Studio export use; the rules are still to be written.",
            "layers": layers,
            "labels": labels,
            "spans": [self._span(span, title, id_) for span, (title, id_) in self.spans.items()],
        }
        if self.spans and (relations := list(self._relations())):
            document["relations"] = relations
        if self.fields:
            taken = {*RESERVED, *self.questions.values(), *self._attribute_names()}
            ids = unique_ids([control.name for control in self.fields], lower_id, taken)
            document["fields"] = [
                _attribute(control, ids[control.name], self.values[""][control.name]) for control in self.fields
            ]
        return document

    def _attribute_names(self) -> Iterator[str]:
        for span, (_, id_) in self.spans.items():
            yield from (f"{id_}_{lower_id(control.name)}".lower() for control in self.attributes[span])

    def _label(self, name: str, layer: str, title: str, label_id: str) -> dict[str, Any]:
        """Return a label with examples from the texts; where too few, a person finds a place to write them."""
        examples: dict[bool, dict[str, list[str]]] = {True: {}, False: {}}
        for text, answer in self.seen.items() if name else ():
            shown = _shown(text)
            if shown and answer.labels and not any(shown in found for found in examples.values()):
                ids = sorted(self.labels[label][2] for label in answer.labels if label in self.labels)
                examples[name in answer.labels][shown] = ids
            if min(map(len, examples.values())) >= EXAMPLES:
                break
        return {
            "id": label_id,
            "title": title,
            "layer": layer,
            "rule": _TO_WRITE,
            "positives": _examples(examples[True], f"Write an example of {title!r} ({label_id}) here", [label_id]),
            "near_misses": _examples(examples[False], f"Write a near miss of {title!r} ({label_id}) here", []),
        }

    def _span(self, name: str, title: str, span_id: str) -> dict[str, Any]:
        controls = self.attributes[name]
        ids = unique_ids([control.name for control in controls], lower_id)
        attributes = [_attribute(control, ids[control.name], self.values[name][control.name]) for control in controls]
        return {"id": span_id, "title": title, "rule": _TO_WRITE, "attributes": attributes}

    def _relations(self) -> Iterator[dict[str, Any]]:
        """Yield the relations; where one is offered and nobody has drawn it, it may lead from any span to any."""
        names = list(dict.fromkeys([*self.page.relations, *([UNNAMED] if self.page.unnamed else [])]))
        every = [id_ for _, id_ in self.spans.values()]
        for title, relation_id in unique_ids(names, lower_id).items():
            heads, tails = self.ends.get(title, (set(), set()))
            yield {
                "id": relation_id,
                "title": title,
                "head": [id_ for name, (_, id_) in self.spans.items() if name in heads] or every,
                "tail": [id_ for name, (_, id_) in self.spans.items() if name in tails] or every,
                "rule": _TO_WRITE,
            }


def _label_ids(asked: Sequence[PageControl], named: Mapping[str, Mapping[str, str]]) -> dict[str, tuple[str, str, str]]:
    """Return name in the answers → (control, title, id); a word of two questions gets the question into its id."""
    names = list(
        dict.fromkeys(
            (named[control.name][value], control.name, value) for control in asked for value in control.values
        )
    )
    words = {name: value if name == value else f"{control} {value}" for name, control, value in names}
    ids = unique_ids([name for name, _, _ in names], lambda name: lower_id(words[name]))
    return {name: (control, value, ids[name]) for name, control, value in names}


def _span_names(page: ForeignPage, named: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return name of a span label in the answers → title; a word of two controls has the control behind it."""
    return {
        named[control.name][value]: value if named[control.name][value] == value else f"{value} ({control.name})"
        for control in page.controls
        if control.kind == "span"
        for value in control.values
    }


def _attributes_of(
    span: str, page: ForeignPage, values: Values, named: Mapping[str, Mapping[str, str]]
) -> list[PageControl]:
    """Return the fields of a span label: those that were filled, and those that the page shows for it."""
    word = next((value for names in named.values() for value, name in names.items() if name == span), span)
    return [
        control
        for control in page.controls
        if control.kind == "field"
        and (control.name in values[span] or (page.texts and (not control.only_on or word in control.only_on)))
    ]


def _ends(answers: Iterable[Annotation]) -> dict[str, tuple[set[str], set[str]]]:
    found: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for answer in answers:
        labels = {span.span_id: span.label for span in answer.spans}
        for relation in answer.relations:
            heads, tails = found[relation.label]
            heads.add(labels[relation.head])
            tails.add(labels[relation.tail])
    return found


def _examples(found: Mapping[str, list[str]], missing: str, labels: list[str]) -> list[dict[str, Any]]:
    examples = [{"text": text, "labels": of_text} for text, of_text in list(found.items())[:EXAMPLES]]
    places = range(len(examples) + 1, EXAMPLES + 1)
    return examples + [{"text": f"{missing} ({number}).", "labels": labels} for number in places]


def _shown(text: str) -> str:
    """Return the beginning of a text, cut between words."""
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST else words[:_LONGEST].rpartition(" ")[0] + " …"


def _field_values(answers: Iterable[Annotation]) -> Values:
    found: dict[str, dict[str, set[Any]]] = defaultdict(lambda: defaultdict(set))
    for answer in answers:
        for name, value in answer.fields.items():
            found[""][name].add(value)
        for span in answer.spans:
            for name, value in span.attributes.items():
                found[span.label][name].add(value)
    return found


def _attribute(control: PageControl, field_id: str, values: set[Any]) -> dict[str, Any]:
    """Return a field by the values that it holds; by its control, where nobody has filled it."""
    attribute: dict[str, Any] = {"id": field_id, "title": control.name}
    numeric = control.type in ("number", "rating")
    if numeric and all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return attribute | {"type": "number"}
    words = set(control.values) if control.type in LABEL_TYPES else set()
    attribute |= {"several": True} if any(isinstance(value, tuple) for value in values) else {}
    if control.type == "choices" and words == {"false", "true"} and values <= {"false", "true"}:
        return attribute | {"type": "boolean"}
    plain = all(isinstance(value, str | tuple) for value in values)
    if plain and 2 <= len(words) <= 20 and all(lower_id(word) == word for word in words):
        return attribute | {"type": "choice", "choices": list(control.values)}
    return attribute | {"type": "text"}

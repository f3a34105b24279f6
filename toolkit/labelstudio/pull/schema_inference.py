"""A schema for a foreign export, inferred from the labels, spans and fields that its answers use.

The data say which labels, spans and fields were used; they do not say what they mean. So the schema that is inferred
loads and validates, keeps each foreign name as a title, and says in every rule that a person has still to write it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from lxml import etree

from toolkit.errors import InvalidInput
from toolkit.labelstudio.codec.decode import SEPARATOR
from toolkit.labelstudio.pseudonyms import Pseudonyms
from toolkit.labelstudio.pull.export_reader import annotations_of, read_tasks
from toolkit.labelstudio.pull.parse import text_of
from toolkit.records import Annotation
from toolkit.schema.consistency import EXAMPLES

_LONGEST = 200  # characters of an example
_TO_WRITE = "Inferred from answers; write when to use it."


def infer_schema(path: Path | str, *, name: str = "inferred", config: Path | str | None = None) -> str:
    """Return a schema as YAML that covers every label, span and field that an export uses.

    Labels of a taxonomy become labels whose titles are their paths ("Killed/By accident"). With this schema,
    `pull_export` reads the export by those titles.

    The schema loads as it is, and each rule in it says that a person has to write it. Fields of spans become numbers,
    choices (of 2 to 20 single words) or text, by the values that they hold.

    Args:
        path: A Label Studio JSON export, .json or .json.gz.
        name: Name of the schema, lower case.
        config: The project's label config (XML): what it offers and nobody has used is there too.

    Raises:
        InvalidInput: The file is not an export, or neither it nor the config has labels or spans; the config is not
            XML; or the name is not allowed.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise InvalidInput(f"{name!r} can't be a schema's name", remedy="write lower-case letters, digits and _")
    answers = list(_answers(Path(path)))
    labels, spans, fields = _used(answer for _, answer in answers)
    if config is not None:
        offered = _offered(Path(config))
        labels |= offered[0]
        spans |= offered[1]
    seen = dict(reversed(answers))  # the first answer to each text
    if not labels and not spans:
        raise InvalidInput("holds no labels and no spans", where=str(path))
    ids = unique_ids(sorted(labels), lower_id)
    document: dict[str, Any] = {
        "name": name,
        "version": "1.0.0",
        "title": f"Inferred from {Path(path).name}",
        "description": "What the answers of a Label Studio export use; the rules are still to be written.",
        "layers": [{"id": "labels", "title": "What is said?"}],
        "labels": [_label(title, ids, seen) for title in sorted(labels)],
    }
    if not labels:
        document["labels"] = [_label("Seen", {"Seen": "seen"}, {})]
    span_ids = unique_ids(sorted(spans), upper_id)
    document["spans"] = [
        {
            "id": span_ids[title],
            "title": title,
            "rule": _TO_WRITE,
            "attributes": [_attribute(field, values) for field, values in sorted(fields[title].items())],
        }
        for title in sorted(spans)
    ]
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)


def _offered(path: Path) -> tuple[set[str], set[str]]:
    """Return the labels (of a taxonomy the paths to its leaves) and the span labels that a label config offers."""
    try:
        root = etree.fromstring(path.read_bytes(), etree.XMLParser(resolve_entities=False, no_network=True))
    except FileNotFoundError as error:
        raise InvalidInput("there is no such file", where=str(path)) from error
    except (OSError, etree.XMLSyntaxError) as error:
        raise InvalidInput(
            f"is not a label config ({error})", where=str(path), remedy="copy it from the project"
        ) from error
    whole = (control for control in root.iter("Choices", "Taxonomy") if control.get("perRegion") != "true")
    labels = {leaf for control in whole for leaf in _leaves(control, ())}
    return labels, {str(label.get("value")) for label in root.iter("Label") if label.get("value")}


def _leaves(element: Any, path: tuple[str, ...]) -> Iterator[str]:
    for choice in element.iterchildren("Choice"):
        here = (*path, str(choice.get("alias") or choice.get("value")))
        yield from _leaves(choice, here) if len(choice) else [SEPARATOR.join(here)]


def _answers(path: Path) -> Iterator[tuple[str, Annotation]]:
    """Yield each answer that was not skipped, with its text."""
    for task in read_tasks(path):
        for _, parsed in annotations_of(task, None, Pseudonyms(None), str(path)):
            if parsed.annotation is not None and not parsed.annotation.skipped:
                yield text_of(task) or "", parsed.annotation


def _label(title: str, ids: Mapping[str, str], seen: Mapping[str, Annotation]) -> dict[str, Any]:
    """Return a label with examples from the texts; where there are too few, a person finds a place to write them."""
    label_id = ids[title]
    examples: dict[bool, dict[str, list[str]]] = {True: {}, False: {}}
    for text, answer in seen.items():
        shown = _shown(text)
        if answer.labels and not any(shown in found for found in examples.values()):
            examples[title in answer.labels][shown] = sorted(ids[label] for label in answer.labels)
    return {
        "id": label_id,
        "title": title,
        "layer": "labels",
        "rule": _TO_WRITE,
        "positives": _examples(examples[True], f"Write an example of {title!r} here", [label_id]),
        "near_misses": _examples(examples[False], f"Write a near miss of {title!r} here", []),
    }


def _examples(found: Mapping[str, list[str]], missing: str, labels: list[str]) -> list[dict[str, Any]]:
    examples = [{"text": text, "labels": of_text} for text, of_text in list(found.items())[:EXAMPLES]]
    places = range(len(examples) + 1, EXAMPLES + 1)
    return examples + [{"text": f"{missing} ({number}).", "labels": labels} for number in places]


def _shown(text: str) -> str:
    """Return the beginning of a text, cut between words."""
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST else words[:_LONGEST].rpartition(" ")[0] + " …"


def unique_ids(titles: Iterable[str], make: Callable[[str], str]) -> dict[str, str]:
    """Return an id for each title; titles that would share one are numbered in their order."""
    seen: Counter[str] = Counter()
    ids = {}
    for title in titles:
        base = make(title)
        seen[base] += 1
        ids[title] = base if seen[base] == 1 else f"{base}_{seen[base]}"
    return ids


def lower_id(title: str) -> str:
    """Return an id of lower-case letters, digits and underscores."""
    found = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
    return found if found[:1].isalpha() else f"x_{found}".rstrip("_")


def upper_id(title: str) -> str:
    """Return the same in upper case."""
    return lower_id(title).upper()


def _used(
    annotations: Iterable[Annotation],
) -> tuple[set[str], set[str], dict[str, dict[str, set[Any]]]]:
    labels: set[str] = set()
    spans: set[str] = set()
    fields: dict[str, dict[str, set[Any]]] = defaultdict(lambda: defaultdict(set))
    for annotation in annotations:
        labels.update(annotation.labels)
        for span in annotation.spans:
            spans.add(span.label)
            for field, value in span.attributes.items():
                fields[span.label][field].add(value)
    return labels, spans, fields


def _attribute(field: str, values: set[Any]) -> dict[str, Any]:
    attribute: dict[str, Any] = {"id": lower_id(field), "title": field}
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return attribute | {"type": "number"}
    words = {value for value in values if isinstance(value, str)}
    if len(words) == len(values) and 2 <= len(words) <= 20 and all(lower_id(word) == word for word in words):
        return attribute | {"type": "choice", "choices": sorted(words)}
    return attribute | {"type": "text"}

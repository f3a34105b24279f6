"""The labelling page of a foreign project: what its XML says, or what its answers show where there is no XML.

Nobody's names mean anything here: a control called `note` may be a question, two questions may share a word, and the
text may stand under any key of the data. The page is read once for a project, and every answer is read by it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from lxml import etree

from toolkit.errors import InvalidInput
from toolkit.labelstudio.codec.dialogue import SPEAKER, WORDS
from toolkit.records.base import record

SEPARATOR = "/"

SPAN_TYPES = ("labels", "hypertextlabels", "paragraphlabels")
LABEL_TYPES = ("choices", "taxonomy", "pairwise")
FIELD_TYPES = ("choices", "taxonomy", "number", "rating", "textarea", "datetime", "pairwise")
"""Label Studio's types of result, by what they can be: a marked stretch, an answer to a question, a field."""

RESULT_TYPES = {
    "Choices": "choices",
    "Taxonomy": "taxonomy",
    "Labels": "labels",
    "HyperTextLabels": "hypertextlabels",
    "ParagraphLabels": "paragraphlabels",
    "Number": "number",
    "Rating": "rating",
    "DateTime": "datetime",
    "TextArea": "textarea",
    "Pairwise": "pairwise",
}
"""Tag of a control → type of its results."""

_TEXTS = {"Text": False, "HyperText": True}
_UNREAD = frozenset({"Audio", "Chat", "Image", "List", "PDF", "Pdf", "Table", "TimeSeries", "Video"})
_NOTES = frozenset({"note", "notes", "comment", "comments"})


def control_key(name: str, type_: str, known: Container[str]) -> str:
    """Return the key of a control among those of a page: its name; with its type where that is taken.

    A page that was changed while people answered has controls that gave two types of result.
    """
    return name if name not in known else f"{name} ({type_})"


Kind = Literal["label", "span", "field", "answer", "note", "misfit"]
"""A control gives labels, spans, a field of a span, a field of the whole answer, or a comment."""


@record
class ShownText:
    """A text on the page.

    Attributes:
        name: Name of the object, which `to_name` of a result refers to.
        key: Where in the task's data its words are, such as "content" or "meta.body".
        markup: It is shown as HTML.
        speaker: Of a dialogue, the key of who speaks in a turn; empty for any other text.
        words: Of a dialogue, the key of what is said in a turn.
    """

    name: str
    key: str
    markup: bool = False
    speaker: str = ""
    words: str = ""

    @property
    def is_dialogue(self) -> bool:
        """It is a list of turns."""
        return bool(self.words)


@record
class PageControl:
    """A control of the page.

    Attributes:
        name: The `from_name` of its results.
        type: The type of its results, such as "choices".
        objects: Names of the texts that it is about.
        on_region: It belongs to a marked stretch.
        values: What it offers, then what else was used, sorted.
        only_on: Span labels that it is shown for; empty: for all.
    """

    name: str
    type: str
    objects: tuple[str, ...] = ()
    on_region: bool = False
    values: tuple[str, ...] = ()
    only_on: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        """What its results are."""
        if self.type in SPAN_TYPES:
            return "span" if self.on_region else "misfit"
        if self.type not in FIELD_TYPES:
            return "misfit"
        if self.on_region:
            return "field"
        if self.type in LABEL_TYPES:
            return "label"
        return "note" if self.type == "textarea" and self.name.lower() in _NOTES else "answer"


@record
class ForeignPage:
    """A labelling page.

    Attributes:
        texts: The texts that it shows; empty where only answers are known.
        controls: In the order of the page.
        relations: Names that a link may have.
        unnamed: Some links have no name.
        unread: What it shows beside texts, such as "Image": results on these are not read.
    """

    texts: tuple[ShownText, ...] = ()
    controls: tuple[PageControl, ...] = ()
    relations: tuple[str, ...] = ()
    unnamed: bool = False
    unread: tuple[str, ...] = ()

    def with_used(self, used: ForeignPage) -> ForeignPage:
        """Return the page with what answers use beyond it."""
        mine = {(control.name, control.type): control for control in self.controls}
        for control in used.controls:
            known = mine.get((control.name, control.type))
            if known is not None:
                more = sorted(set(control.values).difference(known.values))
                control = replace(
                    known,
                    values=(*known.values, *more),
                    objects=known.objects or control.objects,
                    on_region=known.on_region or control.on_region,
                )
            mine[control.name, control.type] = control
        names = (*self.relations, *sorted(set(used.relations).difference(self.relations)))
        return ForeignPage(
            texts=self.texts,
            controls=tuple(mine.values()),
            relations=names,
            unnamed=self.unnamed or used.unnamed,
            unread=self.unread,
        )


def page_of_config(xml: str | bytes, *, where: str = "label config") -> ForeignPage:
    """Read the XML of a labelling page.

    Raises:
        InvalidInput: It is not XML.

    Examples:
        >>> page = page_of_config('<View><Text name="t" value="$story"/><Choices name="act" toName="t">'
        ...                       '<Choice value="Claim" alias="c"/></Choices></View>')
        >>> page.texts[0].key, page.controls[0].kind, page.controls[0].values
        ('story', 'label', ('c',))
    """
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        root = etree.fromstring(xml.encode() if isinstance(xml, str) else xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InvalidInput(
            f"is not a label config ({error})", where=where, remedy="copy it from the project's settings"
        ) from error
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    texts = tuple(
        _shown(element, key)
        for element in elements
        if (element.tag in _TEXTS or element.tag == "Paragraphs") and (key := _key(element.get("value", "")))
    )
    controls = tuple(_control(element) for element in elements if element.tag in RESULT_TYPES and element.get("name"))
    relations = tuple(dict.fromkeys(str(each.get("value")) for each in root.iter("Relation") if each.get("value")))
    unread = dict.fromkeys(element.tag for element in elements if element.tag in _UNREAD)
    return ForeignPage(texts=texts, controls=controls, relations=relations, unread=tuple(unread))


def _shown(element: Any, key: str) -> ShownText:
    name = element.get("name", "")
    if element.tag != "Paragraphs":
        return ShownText(name=name, key=key, markup=_TEXTS[element.tag])
    speaker, words = element.get("nameKey") or SPEAKER, element.get("textKey") or WORDS
    return ShownText(name=name, key=key, speaker=speaker, words=words)


def page_of_results(results: Iterable[Iterable[Mapping[str, Any]]]) -> ForeignPage:
    """Return the page as far as answers show it, controls in the order in which they come first."""
    used = UsedControls()
    for result in results:
        used.add(result)
    return used.page()


class UsedControls:
    """Gathers from answers what they show of their page."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], _Used] = {}
        self._relations: set[str] = set()
        self._unnamed = False

    def add(self, result: Iterable[Any]) -> None:
        """Take in one result."""
        for item in result:
            if isinstance(item, Mapping):
                self._add(item)

    def page(self) -> ForeignPage:
        """Return the page; values are sorted."""
        controls = tuple(
            PageControl(
                name=name,
                type=type_,
                objects=tuple(used.objects),
                on_region=used.on_region,
                values=tuple(sorted(used.values)),
            )
            for (name, type_), used in self._found.items()
        )
        return ForeignPage(controls=controls, relations=tuple(sorted(self._relations)), unnamed=self._unnamed)

    def _add(self, item: Mapping[str, Any]) -> None:
        if item.get("type") == "relation":
            names = strings(item.get("labels"))
            self._relations.update(names)
            self._unnamed = self._unnamed or not names
            return
        name, type_, value = item.get("from_name"), item.get("type"), item.get("value")
        if not (isinstance(name, str) and isinstance(type_, str) and isinstance(value, Mapping)):
            return
        used = self._found.setdefault((name, type_), _Used())
        if isinstance(item.get("to_name"), str):
            used.objects.update(dict.fromkeys(_names(item["to_name"])))
        used.on_region = used.on_region or is_on_region(value)
        used.values.update(values_of(item))


@dataclass
class _Used:
    """What answers show of one control."""

    on_region: bool = False
    objects: dict[str, None] = field(default_factory=dict)
    values: set[str] = field(default_factory=set)


def is_on_region(value: Mapping[str, Any]) -> bool:
    """Tell whether the value of a result belongs to a marked stretch."""
    return "start" in value or "end" in value or "globalOffsets" in value


def values_of(item: Mapping[str, Any]) -> list[str]:
    """Return what a result ticks: choices, the paths of a taxonomy, span labels, or the side of a pair."""
    type_, value = item.get("type"), item.get("value")
    if not isinstance(value, Mapping):
        return []
    match type_:
        case "choices" | "labels" | "hypertextlabels" | "paragraphlabels":
            keys = (type_, "labels", "htmllabels")  # the last in exports of the first editors
            return strings(next((value[key] for key in keys if key in value), None))
        case "taxonomy":
            paths = value.get("taxonomy")
            listed = [[path] if isinstance(path, str) else path for path in paths] if isinstance(paths, list) else []
            return [path_name(strings(path)) for path in listed if strings(path)]
        case "pairwise":
            return strings(value.get("selected"))
    return []


def path_name(steps: Iterable[str]) -> str:
    r"""Return the steps of a taxonomy's path as one name; a slash within a step is written `\\/`."""
    return SEPARATOR.join(step.replace(SEPARATOR, "\\" + SEPARATOR) for step in steps)


def strings(value: Any) -> list[str]:
    """Return a string as a list, and of a list its strings."""
    if isinstance(value, str):
        return [value]
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []


def _names(joined: str) -> list[str]:
    return [name.strip() for name in joined.split(",") if name.strip()]


def _key(value: str) -> str:
    """Return the key of the data that an attribute names; empty for words of its own."""
    found = re.fullmatch(r"\s*\$([^\s$]+)\s*", value)
    return found[1] if found else ""


def _control(element: Any) -> PageControl:
    type_ = RESULT_TYPES[element.tag]
    if element.tag == "Taxonomy":
        values = tuple(_leaves(element, ()))
    elif element.tag == "Pairwise":
        values = (element.get("leftClass") or "left", element.get("rightClass") or "right")
    else:
        values = tuple(
            dict.fromkeys(
                str(each.get("alias") or each.get("value"))
                for each in element.iter("Choice", "Label")
                if each.get("value") and not str(each.get("value")).startswith("$")
            )
        )
    on_region = element.get("perRegion") == "true" or RESULT_TYPES[element.tag] in SPAN_TYPES
    only_on = element.get("whenLabelValue") or ""
    return PageControl(
        name=str(element.get("name")),
        type=type_,
        objects=tuple(_names(str(element.get("toName") or ""))),
        on_region=on_region,
        values=values,
        only_on=tuple(_names(only_on)) if on_region else (),
    )


def _leaves(element: Any, path: tuple[str, ...]) -> Iterator[str]:
    for choice in element.iterchildren("Choice"):
        here = (*path, str(choice.get("alias") or choice.get("value")))
        yield from _leaves(choice, here) if len(choice) else [path_name(here)]

"""The labelling page of a schema: Label Studio's XML, and the meaning of each of its controls.

Label Studio parses every displayed attribute for `$variables`, reads "true" and "false" as booleans, shows a choice's
`value` and stores its `alias`. So ids go into aliases, titles into values, and a "$" in a title is parted from the
word after it by U+2060 (word joiner), which nobody sees. The article's own words never enter the XML: they reach the
page as task data.

Exclusive labels: the other questions vanish, with their answers, once an exclusive label is ticked; and an answer
without any label is refused by a required control that is out of sight and exists only while nothing is ticked.
Both were measured on Label Studio 1.23.2 in a real browser; `required` alone cannot say "one label of any question".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from typing import Literal

from lxml import etree

from toolkit.labelstudio.casualty_figures import is_read
from toolkit.records.base import record
from toolkit.schema import Attribute, Label, Layer, Schema, SpanLabel, page_words

TEXT = "text"
"""Name of the object that holds the sentence."""

SPANS = "spans"
"""Name of the control that marks spans."""

NOTE = "note"
"""Name of the comment field."""

GATE = "answer"
"""Name of the hidden control that refuses an answer without labels; it never holds a result."""

DATA = (
    "text",
    "before",
    "after",
    "article",
    "place",
    "headline",
    "publisher",
    "date",
    "link",
    "sentence_id",
    "text_sha256",
)
"""Task data: what the page shows, and the two that join a task to its sentence."""

RIVALS = "rivals"
"""Name of the object that shows an expert what others answered, and the key of its HTML in the task's data."""

TRUE = "yes"
"""The value that a ticked boolean stores; one that is not ticked stores nothing."""


_JOINER = "\u2060"


@record
class Control:
    """A control of the page: the meaning of a `from_name` in Label Studio's results.

    Attributes:
        name: The `from_name`.
        kind: "layer" (stores label ids), "spans" (span label ids), "attribute" (a field of a span), "field" (one of
            the sentence) or "note".
        type: Label Studio's result type: "choices", "labels", "number" or "textarea".
        layer: Id of the layer.
        span: Id of the span label that the field belongs to.
        attribute: The field.
    """

    name: str
    kind: Literal["layer", "spans", "attribute", "field", "note"]
    type: Literal["choices", "labels", "number", "textarea"]
    layer: str | None = None
    span: str | None = None
    attribute: Attribute | None = None


_RESULT_TYPES: dict[str, Literal["choices", "number", "textarea"]] = {
    "choice": "choices",
    "boolean": "choices",
    "number": "number",
    "text": "textarea",
}


_CONTROLS: dict[str, Mapping[str, Control]] = {}  # by the schema's digest: made once for the many answers to one page


def controls(schema: Schema) -> Mapping[str, Control]:
    """Return the controls of the schema's page, by their names in the results.

    Relations have no control: their results carry relation ids in `labels`, or none where the person drew a link
    without naming it (see `toolkit.schema.relation_between`).
    """
    if schema.digest not in _CONTROLS:
        _CONTROLS[schema.digest] = _controls(schema)
    return _CONTROLS[schema.digest]


def _controls(schema: Schema) -> dict[str, Control]:
    found = [Control(name=layer.id, kind="layer", type="choices", layer=layer.id) for layer in schema.layers]
    if schema.spans:
        found.append(Control(name=SPANS, kind="spans", type="labels"))
    for span in schema.spans:
        for attribute in span.attributes:
            name, kind = control_name(span, attribute), _RESULT_TYPES[attribute.type]
            found.append(Control(name=name, kind="attribute", type=kind, span=span.id, attribute=attribute))
    for asked in schema.fields:
        found.append(Control(name=asked.id, kind="field", type=_RESULT_TYPES[asked.type], attribute=asked))
    found.append(Control(name=NOTE, kind="note", type="textarea"))
    return {control.name: control for control in found}


def control_name(span: SpanLabel, attribute: Attribute) -> str:
    """Return the name of the control for a field of a span, such as "figure_low"."""
    return f"{span.id}_{attribute.id}".lower()


def render_config(schema: Schema) -> str:
    """Return the labelling page of a schema: Label Studio's label config, as XML that ends with a line feed.

    The same schema gives the same bytes. Each layer becomes a question with its labels as choices, each span label a
    button that marks words, each field of a span a control that appears while the span is selected. Choices store ids,
    and the page shows titles, so that words may be corrected without touching an answer.

    Args:
        schema: A schema without faults; see `toolkit.schema.load`.

    Examples:
        >>> from toolkit.schema import load
        >>> page = render_config(load("claims"))
        >>> page.count("<Choice "), '<Choice value="Claim" alias="claim"' in page
        (3, True)
    """
    return _rendered(schema, rivals=False)


def render_expert_config(schema: Schema) -> str:
    """Return the page on which an expert decides: the schema's own, with what others answered above the questions.

    The task's `rivals` holds their answers as HTML; nothing on the page is ticked beforehand.
    """
    return _rendered(schema, rivals=True)


def _rendered(schema: Schema, *, rivals: bool) -> str:
    root = etree.Element("View", className="tk")
    etree.SubElement(root, "Style").text = _style("page.css") + (_style("rivals.css") if rivals else "")
    words = page_words(schema.language)
    _story(root)
    _passage(root, schema)
    if rivals:
        box = etree.SubElement(root, "View", className="tk-rivals")
        shown = {"name": RIVALS, "value": f"${RIVALS}", "valueType": "text", "inline": "true"}
        etree.SubElement(box, "HyperText", shown)
    for span in schema.spans:
        _fields(root, schema, span)
    questions = etree.SubElement(root, "View", className="tk-questions")
    for layer in schema.layers:
        _question(questions, schema, layer)
    _asked(root, schema)
    _reminders(root, schema)
    _gate(root, schema, words)
    if schema.relations:
        relations = etree.SubElement(root, "Relations")
        for relation in schema.relations:
            etree.SubElement(relations, "Relation", value=relation.id)
    _whole_article(root, words)
    _note(root, words)
    _give_keys(root)
    etree.indent(root, space="  ")
    comment = f"<!-- {schema.ref}, rendered by `toolkit schema render`: edit the schema, not this file. -->\n"
    return comment + etree.tostring(root, encoding="unicode") + "\n"


def _give_keys(root: etree._Element) -> None:
    """Give a key to everything that has none, so that Label Studio gives away none that the schema has given.

    It hands its 33 keys to labels and choices without one in their order, also those that others have (measured,
    1.23.2). Plain keys come first, then those with shift, then combinations that the page itself does not use; the
    answers of the questions get the first ones, since every sentence needs them.
    """
    keyed = [element for element in root.iter("Label", "Choice") if element.get("hotkey")]
    taken = {str(element.get("hotkey")) for element in keyed} | {_UNSELECT}
    free = (key for key in _KEYS if key not in taken)
    for element in (*root.iterfind("View[@className='tk-questions']//Choice"), *root.iter("Label", "Choice")):
        if not element.get("hotkey") and (key := next(free, None)) is not None:
            element.set("hotkey", key)


_UNSELECT = "u"  # the page's own key (Label Studio's "region:unselect")
_LETTERS = "qwetsdfgzxcbyiopjklnmr"  # without a, h and v, which are commands of the editor
_KEYS = (
    *"1234567890",
    *_LETTERS,
    *(f"shift+{letter}" for letter in _LETTERS),
    *(f"alt+shift+{letter}" for letter in f"{_LETTERS}1234567890"),
    *(f"ctrl+alt+shift+{letter}" for letter in f"{_LETTERS}1234567890"),
)


def _style(name: str) -> str:
    return files("toolkit.labelstudio.codec").joinpath(name).read_text(encoding="utf-8")


def displayed(text: str) -> str:
    """Return words of the schema so that the page shows them and reads neither a variable nor a boolean in them."""
    words = " ".join(text.split()).replace("$", f"${_JOINER}")
    return words + _JOINER if words in {"true", "false"} else words


def _story(root: etree._Element) -> None:
    """Headline; beneath it publisher, date and the link to the article."""
    story = etree.SubElement(root, "View", className="tk-story")
    _shown(story, "tk-headline", "$headline")
    origin = etree.SubElement(story, "View", className="tk-origin")
    _shown(origin, "tk-publisher", "$publisher")
    _shown(origin, "tk-date", "$date")
    _shown(origin, "tk-place", "$place")
    link = etree.SubElement(origin, "View", className="tk-link")
    etree.SubElement(
        link, "HyperText", name="article", value="$link", valueType="text", clickableLinks="true", inline="true"
    )


def _passage(root: etree._Element, schema: Schema) -> None:
    """Mark the sentence, between its neighbours, under the buttons that mark spans."""
    passage = etree.SubElement(root, "View", className="tk-passage")
    if schema.spans:
        bar = etree.SubElement(passage, "View", className="tk-bar")
        spans = etree.SubElement(bar, "Labels", name=SPANS, toName=TEXT, showInline="true")
        for span in schema.spans:
            shown = {"value": displayed(span.title), "alias": span.id, "hint": displayed(span.rule)}
            label = etree.SubElement(spans, "Label", shown)
            if span.colour:
                label.set("background", span.colour)
            if span.hotkey:
                label.set("hotkey", span.hotkey)
    _shown(passage, "tk-beside", "$before")
    sentence = etree.SubElement(passage, "View", className="tk-sentence")
    attributes = {"name": TEXT, "value": f"${TEXT}", "valueType": "text", "saveTextResult": "yes"}
    etree.SubElement(sentence, "Text", attributes, granularity="word")
    _shown(passage, "tk-beside", "$after")


def _shown(parent: etree._Element, name: str, value: str) -> None:
    """Show words in a box of their own, to which the style sheet gives their look."""
    box = etree.SubElement(parent, "View", className=name)
    etree.SubElement(box, "Header", value=value, size="5")


def _fields(root: etree._Element, schema: Schema, span: SpanLabel) -> None:
    """Show the fields of a span while one with its label is selected; say which are filled in from its words."""
    if not span.attributes:
        return
    when = {"visibleWhen": "region-selected", "whenTagName": SPANS, "whenLabelValue": span.id}
    panel = etree.SubElement(root, "View", when, className="tk-fields")
    _shown(panel, "tk-title", displayed(span.title))
    _shown(panel, "tk-rule", displayed(span.rule))
    if any(is_read(schema, span, attribute.id) for attribute in span.attributes):
        _shown(panel, "tk-rule", displayed(page_words(schema.language)["read"]))
    grid = etree.SubElement(panel, "View", className="tk-grid")
    for attribute in span.attributes:
        row = etree.SubElement(grid, "View", className=f"tk-field tk-{attribute.type}")
        if is_read(schema, span, attribute.id):
            attribute = replace(attribute, required=False)
        if attribute.type != "boolean":
            _shown(row, "tk-name", displayed(attribute.title) + (" *" if attribute.required else ""))
        _field(row, span, attribute)
        if attribute.rule:
            _shown(row, "tk-rule", displayed(attribute.rule))


def _asked(root: etree._Element, schema: Schema) -> None:
    """Show the fields of the sentence."""
    if not schema.fields:
        return
    panel = etree.SubElement(root, "View", className="tk-fields")
    grid = etree.SubElement(panel, "View", className="tk-grid")
    for asked in schema.fields:
        row = etree.SubElement(grid, "View", className=f"tk-field tk-{asked.type}")
        if asked.type != "boolean":
            _shown(row, "tk-name", displayed(asked.title) + (" *" if asked.required else ""))
        _control(row, asked, {"name": asked.id, "toName": TEXT}, asked.title)
        if asked.rule:
            _shown(row, "tk-rule", displayed(asked.rule))


def _field(row: etree._Element, span: SpanLabel, attribute: Attribute) -> None:
    shared = {"name": control_name(span, attribute), "toName": TEXT, "perRegion": "true", "whenLabelValue": span.id}
    _control(row, attribute, shared, f"{span.title}: {attribute.title}")


def _control(row: etree._Element, attribute: Attribute, shared: dict[str, str], title: str) -> None:
    if attribute.required:
        shared |= {"required": "true", "requiredMessage": displayed(title)}
    match attribute.type:
        case "choice":
            many = "multiple" if attribute.several else "single"
            choices = etree.SubElement(row, "Choices", shared, choice=many, layout="inline")
            for choice, key in zip(attribute.choices, _keys(attribute, len(attribute.choices)), strict=True):
                _choice(choices, displayed(attribute.title_of(choice)), choice, key)
        case "boolean":
            choices = etree.SubElement(row, "Choices", shared, choice="multiple", layout="inline")
            _choice(choices, displayed(attribute.title), TRUE, *_keys(attribute, 1))
        case "number":
            number = etree.SubElement(row, "Number", shared, step="1")
            if attribute.minimum is not None:
                number.set("min", str(attribute.minimum))
        case "text":
            once = {} if attribute.several else {"maxSubmissions": "1"}
            etree.SubElement(row, "TextArea", {"rows": "1", "editable": "true", **once, **shared})


def _keys(attribute: Attribute, count: int) -> tuple[str | None, ...]:
    return attribute.hotkeys or (None,) * count


def _choice(
    parent: etree._Element, title: str, alias: str, hotkey: str | None, *, hint: str | None = None
) -> etree._Element:
    choice = etree.SubElement(parent, "Choice", value=title, alias=alias)
    if hotkey:
        choice.set("hotkey", hotkey)
    if hint:
        choice.set("hint", hint)
    return choice


def _question(parent: etree._Element, schema: Schema, layer: Layer) -> None:
    """One question with its choices; beneath it the rule of each choice that is ticked."""
    labels = [label for label in schema.active if label.layer == layer.id]
    hidden = _unless_exclusive(schema, layer)
    box = etree.SubElement(parent, "View", className="tk-question")
    inner = etree.SubElement(box, "View", hidden)
    _shown(inner, "tk-title", displayed(layer.title))
    several = not all(label.exclusive for label in labels)
    shared = {"name": layer.id, "toName": TEXT, "choice": "multiple" if several else "single", **hidden}
    if layer.required:
        shared |= {"required": "true", "requiredMessage": displayed(layer.title)}
    choices = etree.SubElement(inner, "Choices", shared, layout="vertical")
    for label in labels:
        _choice(choices, displayed(label.title), label.id, label.hotkey, hint=displayed(label.rule))
    for label in labels:
        _ticked(inner, label, "tk-rule", f"{label.title}: {label.rule}")


def _unless_exclusive(schema: Schema, layer: Layer) -> dict[str, str]:
    """Return the attributes that hide a question once an exclusive label of another question is ticked.

    Label Studio looks at one other control only; exclusive labels therefore belong in one layer. Where they do
    not, the answer is still refused on pull (`toolkit.schema.validate`).
    """
    elsewhere = [label for label in schema.active if label.exclusive and label.layer != layer.id]
    if not elsewhere:
        return {}
    names = ",".join(label.id for label in elsewhere if label.layer == elsewhere[0].layer)
    return {"visibleWhen": "choice-unselected", "whenTagName": elsewhere[0].layer, "whenChoiceValue": names}


def _ticked(parent: etree._Element, label: Label, name: str, words: str) -> None:
    """Show words while a label is ticked."""
    when = {"visibleWhen": "choice-selected", "whenTagName": label.layer, "whenChoiceValue": label.id}
    _shown(etree.SubElement(parent, "View", when), name, displayed(words))


def _reminders(root: etree._Element, schema: Schema) -> None:
    """Remind of the span that a ticked label needs."""
    for rule in schema.constraints:
        if rule.type == "requires_span":
            for label in schema.active:
                if label.id in rule.labels:
                    _ticked(root, label, "tk-reminder", rule.message)


def _gate(root: etree._Element, schema: Schema, words: Mapping[str, str]) -> None:
    """Refuse an answer without labels: a required field, out of sight, that is there while nothing is ticked."""
    if not schema.exclusive:
        return
    box = etree.SubElement(root, "View", className="tk-gate")
    for layer in schema.layers:
        box = etree.SubElement(box, "View", visibleWhen="choice-unselected", whenTagName=layer.id)
    names = f" {words['or']} ".join(label.title for label in schema.active if label.exclusive)
    message = displayed(f"{words['tick']} {words['otherwise'].format(labels=names)}")
    etree.SubElement(box, "Number", name=GATE, toName=TEXT, required="true", requiredMessage=message)


def _whole_article(root: etree._Element, words: Mapping[str, str]) -> None:
    """The article to unfold, for whoever needs more than the neighbours of the sentence."""
    fold = etree.SubElement(root, "View", className="tk-article")
    collapse = etree.SubElement(fold, "Collapse", bordered="false")
    _shown(etree.SubElement(collapse, "Panel", value=words["whole_article"]), "tk-beside", "$article")


def _note(root: etree._Element, words: Mapping[str, str]) -> None:
    box = etree.SubElement(root, "View", className="tk-note")
    shared = {"name": NOTE, "toName": TEXT, "rows": "2", "editable": "true", "maxSubmissions": "1"}
    etree.SubElement(box, "TextArea", shared, placeholder=words["note"])

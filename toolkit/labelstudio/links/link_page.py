"""The page on which people link sentences, rendered from the links of a schema."""

from __future__ import annotations

from importlib.resources import files

from lxml import etree

from toolkit.labelstudio.codec.label_config import NOTE, RIVALS, TEXT, displayed
from toolkit.schema import Schema

REGIONS = "regions"
"""The control whose regions links join."""

_COLOURS = ("#2563eb", "#dc2626", "#059669", "#b45309", "#7c3aed", "#0f766e", "#be185d", "#4d7c0f")
_HOW = (
    "Click a sentence, press Alt+R, click the sentence that it leads to. Which link it is follows from the two; where "
    "several are possible, choose one in the panel Relations."
)


def render_link_config(schema: Schema, *, rivals: bool = False) -> str:
    """Return the page on which people link sentences: Label Studio's label config, as XML that ends with a line feed.

    It shows a window of a story, in which decided sentences and spans stand as regions in the colours of their labels,
    and offers the links of the schema between them. The same schema gives the same bytes.

    Args:
        schema: A schema with links.
        rivals: It is the experts' page: it also shows which links people differ on, as words.

    Examples:
        >>> from toolkit.schema import load
        >>> render_link_config(load("news_events@1.1.0")).count("<Relation ")
        4
    """
    root = etree.Element("View", className="tk")
    etree.SubElement(root, "Style").text = files("toolkit.labelstudio.links").joinpath("links.css").read_text("utf-8")
    rules = etree.SubElement(root, "View", className="tk-rules")
    _words(rules, _HOW)
    for link in schema.links:
        _words(rules, displayed(f"{link.title}: {link.rule}"))
    if rivals:
        box = etree.SubElement(root, "View", className="tk-rivals")
        words = {"name": RIVALS, "value": f"${RIVALS}", "valueType": "text", "inline": "true"}
        etree.SubElement(box, "HyperText", words)
    bar = etree.SubElement(root, "View", className="tk-bar")
    labels = etree.SubElement(bar, "Labels", name=REGIONS, toName=TEXT, choice="multiple", showInline="true")
    for number, (label_id, colour) in enumerate(_ends(schema)):
        shown = colour or _COLOURS[number % len(_COLOURS)]
        etree.SubElement(labels, "Label", value=label_id, background=shown, hotkey=f"ctrl+alt+shift+{number}")
    passage = etree.SubElement(root, "View", className="tk-passage")
    etree.SubElement(
        passage,
        "Text",
        {"name": TEXT, "value": f"${TEXT}", "valueType": "text", "saveTextResult": "yes"},
        granularity="sentence",
    )
    relations = etree.SubElement(root, "Relations")
    for link in schema.links:
        etree.SubElement(relations, "Relation", value=link.id)
    note = {"name": NOTE, "toName": TEXT, "rows": "2", "editable": "true", "maxSubmissions": "1"}
    etree.SubElement(root, "TextArea", note, placeholder="Unsure, or anything to say about these links?")
    etree.indent(root, space="  ")
    comment = f"<!-- links of {schema.ref}, rendered by the toolkit: edit the schema, not this file. -->\n"
    return comment + etree.tostring(root, encoding="unicode") + "\n"


def _words(parent: etree._Element, words: str) -> None:
    etree.SubElement(etree.SubElement(parent, "View", className="tk-rule"), "Header", value=words, size="5")


def _ends(schema: Schema) -> list[tuple[str, str | None]]:
    """Return the labels and span labels that links join, in the order of the schema, with their colours."""
    ends = {label for link in schema.links for label in (*link.head, *link.tail)}
    known = [(label.id, label.colour) for label in schema.labels] + [(span.id, span.colour) for span in schema.spans]
    return [(label_id, colour) for label_id, colour in known if label_id in ends]

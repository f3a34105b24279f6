"""The label schema: one YAML file a version, from which validation, the labelling page, guidelines and quiz follow."""

from toolkit.schema.answer import Breach, relation_between, validate
from toolkit.schema.guidelines import guidelines, guidelines_html, instructions
from toolkit.schema.json_schema import json_schema
from toolkit.schema.load import check, load, parse
from toolkit.schema.model import (
    Attribute,
    Constraint,
    Example,
    Label,
    Layer,
    RelationLabel,
    Schema,
    SpanLabel,
)
from toolkit.schema.quiz import Contradiction, Item, Mistake, Score, contradictions, quiz, score
from toolkit.schema.shipped import shipped

__all__ = [
    "Attribute",
    "Breach",
    "Constraint",
    "Contradiction",
    "Example",
    "Item",
    "Label",
    "Layer",
    "Mistake",
    "RelationLabel",
    "Schema",
    "Score",
    "SpanLabel",
    "check",
    "contradictions",
    "guidelines",
    "guidelines_html",
    "instructions",
    "json_schema",
    "load",
    "parse",
    "quiz",
    "relation_between",
    "score",
    "shipped",
    "validate",
]

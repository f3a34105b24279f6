"""The label schema: one YAML file a version, from which validation, the labelling page, guidelines and quiz follow."""

from toolkit.schema.answer import Breach, relation_between, validate
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
from toolkit.schema.shipped import shipped

__all__ = [
    "Attribute",
    "Breach",
    "Constraint",
    "Example",
    "Label",
    "Layer",
    "RelationLabel",
    "Schema",
    "SpanLabel",
    "check",
    "load",
    "parse",
    "relation_between",
    "shipped",
    "validate",
]

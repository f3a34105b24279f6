"""The label schema: one YAML file per version, from which validation, labelling page, guidelines and quiz follow."""

from toolkit.schema.answer_rules import Breach, relation_between, validate
from toolkit.schema.codebook import guidelines, guidelines_html, instructions
from toolkit.schema.editor_schema import json_schema
from toolkit.schema.migrations.migrated_answers import Migrated, counts, migrate
from toolkit.schema.migrations.migrated_links import migrate_links
from toolkit.schema.migrations.migration import Migration, load_migration, parse_migration
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
from toolkit.schema.page_words import page_words
from toolkit.schema.quiz.example_quiz import Contradiction, Item, Mistake, Score, contradictions, quiz, score
from toolkit.schema.schema_file import check, find, load, parse, shipped
from toolkit.schema.version_diff import Change, Diff, diff

__all__ = [
    "Attribute",
    "Breach",
    "Change",
    "Constraint",
    "Contradiction",
    "Diff",
    "Example",
    "Item",
    "Label",
    "Layer",
    "LinkLabel",
    "Migrated",
    "Migration",
    "Mistake",
    "Pair",
    "RelationLabel",
    "Schema",
    "Score",
    "SpanLabel",
    "check",
    "contradictions",
    "counts",
    "diff",
    "find",
    "guidelines",
    "guidelines_html",
    "instructions",
    "json_schema",
    "load",
    "load_migration",
    "migrate",
    "migrate_links",
    "page_words",
    "parse",
    "parse_migration",
    "quiz",
    "relation_between",
    "score",
    "shipped",
    "validate",
]

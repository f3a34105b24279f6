"""The records that travel through the project, and their ids. Frozen, validated when made, pure."""

from toolkit.records.annotation import Annotation, AttributeValue, Relation, Span
from toolkit.records.article import Article, Piece, parse_instant
from toolkit.records.base import content_id, digest, from_json, from_row, stored_fields, to_json, to_row
from toolkit.records.decision import Aggregation, Decision, Voters
from toolkit.records.interval_estimate import Estimate
from toolkit.records.latest import latest
from toolkit.records.link import Anchor, Link, LinkAnswer, LinkDecision
from toolkit.records.page import IMPORTED, Page, PageKind
from toolkit.records.reject import Reject
from toolkit.records.sentence import KINDS, Kind, Sentence
from toolkit.records.suggestion import Suggestion

__all__ = [
    "IMPORTED",
    "KINDS",
    "Aggregation",
    "Anchor",
    "Annotation",
    "Article",
    "AttributeValue",
    "Decision",
    "Estimate",
    "Kind",
    "Link",
    "LinkAnswer",
    "LinkDecision",
    "Page",
    "PageKind",
    "Piece",
    "Reject",
    "Relation",
    "Sentence",
    "Span",
    "Suggestion",
    "Voters",
    "content_id",
    "digest",
    "from_json",
    "from_row",
    "latest",
    "parse_instant",
    "stored_fields",
    "to_json",
    "to_row",
]

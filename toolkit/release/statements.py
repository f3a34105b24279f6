"""The decided sentences of a release as the statements that a ledger is made from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from toolkit.errors import UsageError
from toolkit.ledger import Place, Statement
from toolkit.records import Relation, Span
from toolkit.release.reader import Release


def statements(release: Release) -> Iterator[Statement]:
    """Yield the decided sentences of a release.

    Their place is the bytes of their whole page: a release does not hold those of a sentence.

    Raises:
        UsageError: The release has no text.

    Examples:
        >>> from toolkit.release import load
        >>> found = list(statements(load("releases/1.0.0")))
        >>> found[3].text[:48], found[3].labels
        ('Curator Hanne Rook said the glass had been clean', ('claim',))
    """
    if release.manifest["text"] != "full":
        raise UsageError("has no text to tell copies by", where=str(release.path), remedy="run `toolkit hydrate` first")
    pages = _pages(release)
    relations = _relations(release)
    for row in release.table("default").to_pylist():
        page = pages[row["article_id"]]
        yield Statement(
            story_id=row["story_id"],
            article_id=row["article_id"],
            sentence_id=row["sentence_id"],
            start=row["start"],
            text=row["text"],
            language=row["language"],
            publisher=row["publisher"],
            published_at=row["published_at"],
            labels=tuple(row["labels"]),
            spans=tuple(
                Span(**(span | {"attributes": json.loads(span["attributes"])})) for span in row.get("spans", ())
            ),
            relations=relations.get(row["sentence_id"], ()),
            place=Place(
                page=page["page_source"], sha256=row["page_sha256"], pieces=((page["page_start"], page["page_end"]),)
            ),
        )


def _pages(release: Release) -> dict[str, dict[str, Any]]:
    columns = ["article_id", "page_source", "page_start", "page_end"]
    return {row["article_id"]: row for row in release.table("articles", columns=columns).to_pylist()}


def _relations(release: Release) -> dict[str, tuple[Relation, ...]]:
    """Return sentence_id → the links between its spans."""
    found: dict[str, tuple[Relation, ...]] = {}
    if "spans" in release.configs:
        for span in release.table("spans", columns=["sentence_id", "span_id", "relations"]).to_pylist():
            drawn = (Relation(label=to["label"], head=span["span_id"], tail=to["tail"]) for to in span["relations"])
            found[span["sentence_id"]] = (*found.get(span["sentence_id"], ()), *drawn)
    return found

"""The faults of the links of a schema: their ends and their examples."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.schema.model import LinkLabel, Pair, Schema
from toolkit.schema.yaml_document import Document, Path

PAIRS = 2
"""The least number of positives that a link needs, and of near-misses."""

_KINDS = {"positives": "positives", "near_misses": "near-misses"}


def link_findings(schema: Schema, document: Document) -> Iterator[tuple[Path, str]]:
    """Yield the path and the words of each fault: ends that are missing, too few pairs, pairs that contradict others.

    Args:
        schema: The schema.
        document: Its file, for the lines in messages.
    """
    relations = {relation.id for relation in schema.relations}
    for at, link in enumerate(schema.links):
        if link.id in relations:
            yield ("links", at, "id"), f"{link.id!r} is a relation within a sentence already"
        for end in ("head", "tail"):
            if not getattr(link, end):
                yield (
                    ("links", at, end),
                    f"link {link.id!r} has no label to {'start from' if end == 'head' else 'point to'}",
                )
        yield from _pairs(link, at, document)


def _pairs(link: LinkLabel, at: int, document: Document) -> Iterator[tuple[Path, str]]:
    seen: dict[tuple[str, str], Path] = {}
    for kind, words in _KINDS.items():
        pairs: tuple[Pair, ...] = getattr(link, kind)
        if len(pairs) < PAIRS:
            yield ("links", at, kind), f"link {link.id!r} needs {PAIRS} {words} and has {len(pairs) or 'none'}"
        for number, pair in enumerate(pairs):
            path: Path = ("links", at, kind, number)
            both = (_words(pair.first), _words(pair.second))
            if "" in both:
                yield path, "a pair without text"
            elif both[0] == both[1]:
                yield path, "both sentences of the pair are the same"
            elif both in seen:
                line = document.where(seen[both]).rsplit(":", 2)[1]
                yield path, f"the same pair stands in line {line}"
            seen.setdefault(both, path)


def _words(text: str) -> str:
    return " ".join(text.split())

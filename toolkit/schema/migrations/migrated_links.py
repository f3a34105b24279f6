"""Links between sentences under one version of a schema, changed by a migration into links under the next version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from toolkit.records import Anchor, Link, LinkAnswer
from toolkit.schema.migrations.migration import Merge, Migration, Rename, Retire, Split


def migrate_links(answer: LinkAnswer, migration: Migration) -> LinkAnswer:
    """Return an answer about links under the version that a migration leads to.

    A renamed link, or end of one, gets its new name. A link is dropped if it is retired, and if the label of one of its
    ends is retired or split: people then draw it anew.

    Args:
        answer: Under the version that the migration starts from.
        migration: The steps.
    """
    links = tuple(sorted(_kept(answer, migration), key=lambda link: link.ends))
    return replace(answer, links=links, schema=migration.target)


def _kept(answer: LinkAnswer, migration: Migration) -> Iterator[Link]:
    for link in answer.links:
        label, head, tail = _renamed(link.label, migration), _end(link.head, migration), _end(link.tail, migration)
        if label is not None and head is not None and tail is not None:
            yield Link(label=label, head=head, tail=tail)


def _renamed(link: str, migration: Migration) -> str | None:
    """Return the name of a link after all steps; None if one retires it."""
    for step in migration.steps:
        match step:
            case Rename(link=str(old), to=new) if old == link:
                link = new
            case Retire(link=str(old)) if old == link:
                return None
    return link


def _end(anchor: Anchor, migration: Migration) -> Anchor | None:
    """Return an end with the label that it has after all steps; None if one takes the label away."""
    label = anchor.label
    for step in migration.steps:
        match step:
            case Rename(label=str(old), to=new) if old == label:
                label = new
            case Rename(span=str(old), attribute=None, to=new) if old == label:
                label = new
            case Merge(labels=several, to=new) if label in several:
                label = new
            case Split(label=old) if old == label:
                return None
            case Retire(label=str(old)) if old == label:
                return None
            case Retire(span=str(old), attribute=None) if old == label:
                return None
    return replace(anchor, label=label)

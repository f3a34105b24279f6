"""The annotation log: which answers hold now.

A row is one of

    {"event": "revision", "annotation": <Annotation>, "raw": <the server's JSON, stripped of names>}
    {"event": "tombstone", "annotation_id": <id>, "reason": <why>}

Rows are never changed: a later revision of an answer follows the earlier one, and an answer that was deleted on
the server gets a tombstone, after which a further revision may bring it back. A migration adds rows of both kinds,
with more keys; see `toolkit.workspace.migrating`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from toolkit.errors import InvalidInput
from toolkit.records import Annotation, from_row, to_row


def revision(annotation: Annotation, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the log row of an answer as it is now."""
    return {"event": "revision", "annotation": to_row(annotation), "raw": raw}


def tombstone(annotation_id: str, reason: str) -> dict[str, Any]:
    """Return the log row of an answer that is no longer on the server."""
    return {"event": "tombstone", "annotation_id": annotation_id, "reason": reason}


def current(rows: Iterable[Mapping[str, Any]], *, where: str) -> list[Annotation]:
    """Return the answers that hold after the last row, by (sentence_id, annotator, annotation_id).

    Args:
        rows: The log from its beginning.
        where: Name of the log, for messages.

    Raises:
        InvalidInput: A row is neither a revision nor a tombstone, or its annotation breaks a rule.
    """
    latest: dict[str, Mapping[str, Any]] = {}
    places: dict[str, str] = {}
    for number, row in enumerate(rows, start=1):
        match row.get("event"):
            case "revision":
                key = row["annotation"]["annotation_id"]
                latest[key], places[key] = row["annotation"], f"{where}:{number}"
            case "tombstone":
                latest.pop(row["annotation_id"], None)
            case event:
                raise InvalidInput(f"event {event!r} is neither a revision nor a tombstone", where=f"{where}:{number}")
    annotations = [from_row(Annotation, row, where=places[key]) for key, row in latest.items()]
    return sorted(annotations, key=lambda item: (item.sentence_id, item.annotator, item.annotation_id))

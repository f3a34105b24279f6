"""The logs of links: which answers about links between sentences hold now.

links/log.jsonl has those of annotators, links/experts.jsonl those of experts to what was disputed.

A row is one of

    {"event": "revision", "place": <project>, "answer": <LinkAnswer>, "raw": <the server's JSON, stripped of names>}
    {"event": "tombstone", "place": <project>, "annotation_id": <id>, "reason": <why>}

Rows are never changed: a later revision of an answer follows the earlier one. `place` tells projects on servers apart,
so that only an answer of the project that was looked at can be found missing there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from toolkit.errors import InvalidInput
from toolkit.project.logs.append_log import AppendLog
from toolkit.project.workspace import Workspace
from toolkit.records import LinkAnswer, from_row, to_row


@dataclass(frozen=True, slots=True)
class LoggedLinks:
    """An answer, and the project that it is in.

    Attributes:
        place: The project on the server.
        answer: The answer.
    """

    place: str
    answer: LinkAnswer


def revision(place: str, answer: LinkAnswer, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of an answer as it is now."""
    return {"event": "revision", "place": place, "answer": to_row(answer), "raw": raw}


def tombstone(place: str, annotation_id: str, reason: str) -> dict[str, Any]:
    """Return the row of an answer that is no longer on the server."""
    return {"event": "tombstone", "place": place, "annotation_id": annotation_id, "reason": reason}


def logged_links(log: AppendLog) -> dict[str, LoggedLinks]:
    """Return annotation_id → each answer that holds after the last row of a log of links.

    Raises:
        InvalidInput: The log is damaged.
    """
    held: dict[str, LoggedLinks] = {}
    for number, row in enumerate(log.rows(), start=1):
        where = f"{log.path}:{number}"
        match row.get("event"):
            case "revision":
                answer = from_row(LinkAnswer, row["answer"], where=where)
                held[answer.annotation_id] = LoggedLinks(str(row["place"]), answer)
            case "tombstone":
                held.pop(str(row["annotation_id"]), None)
            case event:
                raise InvalidInput(f"event {event!r} is neither a revision nor a tombstone", where=where)
    return held


def link_answers(
    workspace: Workspace, living: Iterable[str] | None = None, *, experts: bool = False
) -> list[LinkAnswer]:
    """Return the answers about links as they stand, the last one of each person to each window.

    Args:
        workspace: The project directory.
        living: The sentence_ids that there are: a link with an end elsewhere is left out; None keeps all.
        experts: Those of experts instead of the annotators'.

    Returns:
        By window_id and annotator.
    """
    found = standing_links(workspace.expert_links if experts else workspace.links)
    if living is None:
        return found
    there = set(living)
    return [_within(answer, there) for answer in found]


def standing_links(log: AppendLog) -> list[LinkAnswer]:
    """Return the answers of a log of links as they stand, the last one of each person to each window."""
    last: dict[tuple[str, str], LinkAnswer] = {}
    for logged in logged_links(log).values():
        answer = logged.answer
        key = answer.window_id, answer.annotator
        if key not in last or _recency(last[key]) < _recency(answer):
            last[key] = answer
    return [last[key] for key in sorted(last)]


def _recency(answer: LinkAnswer) -> tuple[str, str]:
    return answer.updated_at, answer.annotation_id


def _within(answer: LinkAnswer, living: set[str]) -> LinkAnswer:
    """Return an answer without the links that end in a sentence that is gone."""
    kept = tuple(link for link in answer.links if {link.head.sentence_id, link.tail.sentence_id} <= living)
    return replace(answer, links=kept)


SUGGESTIONS: Final = "links/suggestions.jsonl"
"""One row per window that links were suggested for: {"window_id", "shown", "links": [{"label", "head", "tail", "p"}]}.

A window that is not "shown" is in the hold-out. The first row of a window is what people saw: it is sent once.
"""


def log_suggestions(workspace: Workspace, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add the windows that are not in the log of suggested links yet."""
    known = logged_suggestions(workspace)
    AppendLog(workspace.path(SUGGESTIONS)).append([dict(row) for row in rows if row["window_id"] not in known])


def logged_suggestions(workspace: Workspace) -> dict[str, Mapping[str, Any]]:
    """Return window_id → the row of the links that were suggested for it."""
    found: dict[str, Mapping[str, Any]] = {}
    for row in AppendLog(workspace.path(SUGGESTIONS)).rows():
        found.setdefault(str(row["window_id"]), row)
    return found

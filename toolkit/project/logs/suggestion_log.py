"""The suggestion log, annotations/suggestions.jsonl: what was suggested for which sentence, and whether it was shown.

Append-only. A sentence that nobody had answered has one row, and another one only if something else is suggested for it
later, or it enters or leaves the hold-out. A row is

    {"sentence_id": …, "shown": …, "model": …, "labels": […], "spans": […]}

Earlier toolkits read exactly these keys, so no others are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from toolkit.project.logs.append_log import AppendLog
from toolkit.project.workspace import Workspace
from toolkit.records import Suggestion, from_row, to_row

LOG: Final = "annotations/suggestions.jsonl"
_KEYS: Final = ("sentence_id", "shown", "model", "labels", "spans")


class SuggestionLog:
    """The suggestions of a project.

    Args:
        workspace: The project directory.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._log = AppendLog(workspace.path(LOG))
        self._last = {each.sentence_id: each for each in self.rows()}

    def rows(self) -> Iterator[Suggestion]:
        """Yield every suggestion from the oldest on, without relations, probabilities and schema."""
        return (from_row(Suggestion, row) for row in self._log.rows())

    def note(self, suggestions: Iterable[Suggestion]) -> int:
        """Append those suggestions that are new, whatever the model that makes them; return how many."""
        new = [each for each in suggestions if _content(each) != _content(self._last.get(each.sentence_id))]
        self._last |= {each.sentence_id: each for each in new}
        return self._log.append(_row(each) for each in new)


def _content(suggestion: Suggestion | None) -> object:
    return suggestion and (suggestion.shown, suggestion.labels, suggestion.spans)


def _row(suggestion: Suggestion) -> dict[str, Any]:
    row = to_row(suggestion)
    return {key: row[key] for key in _KEYS}

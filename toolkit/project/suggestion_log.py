"""What was suggested to people, and what was held back from them: annotations/suggestions.jsonl, append-only.

A row a sentence that nobody had answered when it was suggested, and another one only if something else is suggested for
it, or it changes sides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from toolkit.project.append_log import AppendLog
from toolkit.project.workspace import Workspace
from toolkit.records import Suggestion, from_row, to_row

LOG = "annotations/suggestions.jsonl"


class OfferLog:
    """The suggestions of a project.

    Args:
        workspace: The project directory.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._log = AppendLog(workspace.path(LOG))
        self._last = {each.sentence_id: each for each in self.rows()}

    def rows(self) -> Iterator[Suggestion]:
        """Yield every suggestion from the oldest on."""
        return (from_row(Suggestion, row) for row in self._log.rows())

    def note(self, offered: Iterable[Suggestion]) -> int:
        """Write those suggestions down that are new, whatever the model that makes them; return how many."""
        new = [each for each in offered if _content(each) != _content(self._last.get(each.sentence_id))]
        self._last |= {each.sentence_id: each for each in new}
        return self._log.append(to_row(each) for each in new)


def _content(offered: Suggestion | None) -> object:
    return offered and (offered.shown, offered.labels, offered.spans)

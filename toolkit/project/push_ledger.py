"""What was sent to the server: one line before each batch, one after its answer.

A batch that was begun and never acknowledged may be on the server or not; the next push looks there before it
sends anything. A row is one of

    {"event": "sending", "place": <project>, "title": <its title>, "keys": [[sentence_id, text_sha256], …]}
    {"event": "sent", "place": <project>, "keys": <number>}
    {"event": "seen", "place": <project>, "title": <its title>, "keys": [[sentence_id, text_sha256], …]}

"seen" is what was found there by looking. Rows of the first toolkits have no title.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from toolkit.project import AppendLog, Workspace

NAME = "annotations/pushed.jsonl"

Key = tuple[str, str]
"""(sentence_id, SHA-256 of the text): what a task is told apart by, never its number."""


@dataclass
class _Held:
    """What the rows of one project say that it holds."""

    title: str | None = None
    sent: set[Key] = field(default_factory=set)
    pending: list[Key] = field(default_factory=list)
    open: bool = False

    def read(self, row: Mapping[str, Any]) -> None:
        """Take in the project's next row."""
        keys = row["keys"]
        self.title = row.get("title", self.title)
        if isinstance(keys, list):
            pairs = [(str(first), str(second)) for first, second in keys]
            if row["event"] == "seen":
                self.sent, self.open = set(pairs), False
            else:
                self.pending, self.open = pairs, True
        elif row["event"] == "sent":
            self.sent.update(self.pending)
            self.open = False


class Ledger:
    """The ledger of one project on one server.

    Args:
        workspace: Whose ledger.
        place: The project, see `toolkit.labelstudio.client.server_project.Project`.
        title: Its title.
    """

    def __init__(self, workspace: Workspace, place: str, title: str) -> None:
        self._log = AppendLog(workspace.path(NAME))
        self._about = {"place": place, "title": title}
        self._held = _Held()
        for row in self._log.rows():
            if row["place"] == place:
                self._held.read(row)

    @property
    def sent(self) -> set[Key]:
        """Keys of tasks that the server acknowledged, or was seen to hold."""
        return self._held.sent

    @property
    def open(self) -> bool:
        """Whether a batch was begun and its end is not known."""
        return self._held.open

    def sending(self, keys: Collection[Key]) -> None:
        """Write down that a batch is about to leave."""
        self._append({"event": "sending", **self._about, "keys": [list(key) for key in keys]})

    def acknowledged(self) -> None:
        """Write down that the server has stored the batch; if a power cut takes it, the next push looks there."""
        self._append({"event": "sent", "place": self._about["place"], "keys": len(self._held.pending)}, durable=False)

    def saw(self, keys: Collection[Key]) -> None:
        """Write down what the server was seen to hold, whatever the ledger said before."""
        if self.open or set(keys) != self.sent:
            self._append({"event": "seen", **self._about, "keys": [list(key) for key in sorted(keys)]})

    def _append(self, row: dict[str, Any], *, durable: bool = True) -> None:
        self._log.append([row], durable=durable)
        self._held.read(row)


def sent_to(workspace: Workspace, titles: Collection[str]) -> set[str]:
    """Return the sentence_ids that projects with these titles hold, as far as the ledger knows; no server is asked.

    Of several projects that had the same title one after the other, the last one counts. What was sent by the first
    toolkits, which wrote no title down, counts too.
    """
    return _sent_to(AppendLog(workspace.path(NAME)).rows(), titles)


def _sent_to(rows: Iterable[Mapping[str, Any]], titles: Collection[str]) -> set[str]:
    by_place: dict[str, _Held] = {}
    for row in rows:
        held = by_place.pop(row["place"], None) or _Held()  # to the end: the project that was last at work stands last
        held.read(row)
        by_place[row["place"]] = held
    untitled = [held for held in by_place.values() if held.title is None]
    last = {held.title: held for held in by_place.values() if held.title in titles}
    return {sentence_id for held in (*untitled, *last.values()) for sentence_id, _ in held.sent}

"""What was sent to the server: one line before each batch, one after its answer.

A batch that was begun and never acknowledged may be on the server or not; the next push looks there before it
sends anything. A row is one of

    {"event": "sending", "place": <project>, "keys": [[sentence_id, text_sha256], …]}
    {"event": "sent", "place": <project>, "keys": <number>}
    {"event": "seen", "place": <project>, "keys": [[sentence_id, text_sha256], …]}   found there by looking
"""

from __future__ import annotations

from collections.abc import Collection

from toolkit.labelstudio.tasks import Key
from toolkit.workspace import AppendLog, Workspace

NAME = "annotations/pushed.jsonl"


class Ledger:
    """The ledger of one project on one server.

    Attributes:
        sent: Keys of tasks that the server acknowledged, or was seen to hold.
        open: A batch was begun and its end is not known.
    """

    def __init__(self, workspace: Workspace, place: str) -> None:
        self._log = AppendLog(workspace.path(NAME))
        self._place = place
        self.sent: set[Key] = set()
        self.open = False
        self._pending: list[Key] = []
        for row in self._log.rows():
            if row["place"] == place:
                self._read(row)

    def _read(self, row: dict[str, object]) -> None:
        keys = row["keys"]
        if isinstance(keys, list):
            pairs = [(str(first), str(second)) for first, second in keys]
            if row["event"] == "seen":
                self.sent, self.open = set(pairs), False
            else:
                self._pending, self.open = pairs, True
        elif row["event"] == "sent":
            self.sent.update(self._pending)
            self.open = False

    def sending(self, keys: Collection[Key]) -> None:
        """Write down that a batch is about to leave."""
        self._pending, self.open = list(keys), True
        self._log.append([{"event": "sending", "place": self._place, "keys": [list(key) for key in keys]}])

    def acknowledged(self) -> None:
        """Write down that the server has stored the batch; if a power cut takes it, the next push looks there."""
        self._log.append([{"event": "sent", "place": self._place, "keys": len(self._pending)}], durable=False)
        self.sent.update(self._pending)
        self.open = False

    def saw(self, keys: Collection[Key]) -> None:
        """Write down what the server was seen to hold, whatever the ledger said before."""
        if self.open or set(keys) != self.sent:
            self._log.append([{"event": "seen", "place": self._place, "keys": [list(key) for key in sorted(keys)]}])
        self.sent, self.open = set(keys), False

"""The ledger of pushes, annotations/pushed.jsonl: which sentences are in which project on the server.

It has one row before each batch leaves and one after the server's answer. A batch that was begun and never confirmed
may be on the server or not; the next push looks there before it sends anything. A row is one of

    {"event": "sending", "place": <project>, "title": <its title>, "keys": [[sentence_id, text_sha256], …]}
    {"event": "sent", "place": <project>, "keys": <number>}
    {"event": "seen", "place": <project>, "title": <its title>, "keys": [[sentence_id, text_sha256], …]}

"seen" is what a look at the server found there. Rows of the first toolkits have no title.

A project directory has several projects on the server, told apart by their titles: one for the work (in blind mode one
per person), one for the quiz, one for the experts, one for links. Label Studio takes titles of 50 characters.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from toolkit.project.annotators_file import blind_annotators
from toolkit.project.logs.append_log import AppendLog
from toolkit.project.workspace import Workspace

NAME = "annotations/pushed.jsonl"

Key = tuple[str, str]
"""(sentence_id, SHA-256 of the text): what tells a task from all others, never its number."""

_TITLE = 50  # characters


@dataclass
class _Contents:
    """The tasks of one project, as its rows tell."""

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
        workspace: The project directory.
        place: The project on the server: its number and when it was made.
        title: Its title.
    """

    def __init__(self, workspace: Workspace, place: str, title: str) -> None:
        self._log = AppendLog(workspace.path(NAME))
        self._about = {"place": place, "title": title}
        self._contents = _Contents()
        for row in self._log.rows():
            if row["place"] == place:
                self._contents.read(row)

    @property
    def sent(self) -> set[Key]:
        """Keys of tasks that the server has confirmed, or was seen to hold."""
        return self._contents.sent

    @property
    def open(self) -> bool:
        """A batch was begun, and its end is not known."""
        return self._contents.open

    def sending(self, keys: Collection[Key]) -> None:
        """Write down that a batch is about to leave."""
        self._append({"event": "sending", **self._about, "keys": [list(key) for key in keys]})

    def acknowledged(self) -> None:
        """Write down that the server has stored the batch; if a power cut takes it, the next push looks there."""
        row = {"event": "sent", "place": self._about["place"], "keys": len(self._contents.pending)}
        self._append(row, durable=False)

    def saw(self, keys: Collection[Key]) -> None:
        """Write down what the server was seen to hold, whatever the ledger said before."""
        if self.open or set(keys) != self.sent:
            self._append({"event": "seen", **self._about, "keys": [list(key) for key in sorted(keys)]})

    def _append(self, row: dict[str, Any], *, durable: bool = True) -> None:
        self._log.append([row], durable=durable)
        self._contents.read(row)


def sent_sentences(workspace: Workspace) -> set[str]:
    """Return the sentence_ids that the project's own work projects hold, as far as the ledger knows.

    No server is asked. Quiz items and experts' tasks do not count, nor does a batch that was not confirmed.
    """
    return sent_to(workspace, work_titles(workspace))


def sent_to(workspace: Workspace, titles: Collection[str]) -> set[str]:
    """Return the sentence_ids that projects with these titles hold, as far as the ledger knows; no server is asked.

    Of several projects that had the same title one after the other, the last one counts. What was sent by the first
    toolkits, which wrote no title down, counts too.
    """
    by_place: dict[str, _Contents] = {}
    for row in AppendLog(workspace.path(NAME)).rows():
        contents = by_place.pop(row["place"], None) or _Contents()  # to the end: the one that was last at work
        contents.read(row)
        by_place[row["place"]] = contents
    untitled = [contents for contents in by_place.values() if contents.title is None]
    last = {contents.title: contents for contents in by_place.values() if contents.title in titles}
    return {sentence_id for contents in (*untitled, *last.values()) for sentence_id, _ in contents.sent}


def work_titles(workspace: Workspace) -> list[str]:
    """Return the titles of the projects that hold the sentences: one, or in blind mode one per person."""
    names = blind_annotators(workspace)
    if names is None:
        return [workspace.config.label_studio.project]
    return [blind_title(workspace, name) for name in names]


def blind_title(workspace: Workspace, annotator: str) -> str:
    """Return the title of the project of one person, who is named by their pseudonym."""
    return _titled(workspace, annotator.removeprefix("annotator-"))


def expert_title(workspace: Workspace) -> str:
    """Return the title of the project in which experts decide."""
    return _titled(workspace, "adjudication")


def quiz_title(workspace: Workspace) -> str:
    """Return the title of the project that holds the quiz."""
    return _titled(workspace, "calibration")


def retry_title(workspace: Workspace, annotator: str, again: int) -> str:
    """Return the title of the project in which one person answers missed items of the quiz for the nth time again."""
    return _titled(workspace, f"quiz {again} {annotator.removeprefix('annotator-')}")


def retry_titles(workspace: Workspace, known: Collection[str]) -> list[str]:
    """Return those of the known titles under which somebody answers missed items of the quiz again, sorted."""
    found = (re.search(r" \(quiz (\d+) ([^ )]+)\)$", title) for title in known)
    return sorted(
        each.string for each in found if each and each.string == retry_title(workspace, each[2], int(each[1]))
    )


def links_title(workspace: Workspace) -> str:
    """Return the title of the project in which people link sentences."""
    return _titled(workspace, "links")


def link_expert_title(workspace: Workspace) -> str:
    """Return the title of the project in which experts decide on disputed links."""
    return _titled(workspace, "disputed links")


def link_quiz_title(workspace: Workspace) -> str:
    """Return the title of the project that holds the quiz of links."""
    return _titled(workspace, "links calibration")


def _titled(workspace: Workspace, addition: str) -> str:
    ending = f" ({addition})"
    return workspace.config.label_studio.project[: _TITLE - len(ending)] + ending

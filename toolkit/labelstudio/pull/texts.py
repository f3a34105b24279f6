"""The texts of a foreign project: joined to the sentences that hold them, or made into articles."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from toolkit.errors import InvalidInput, border
from toolkit.labelstudio.codec.page_map import PageMap
from toolkit.labelstudio.pull.parse import text_of
from toolkit.project import Workspace
from toolkit.project.workspace import SENTENCES
from toolkit.records import digest
from toolkit.records.page import IMPORTED

_METADATA: Final = ("url", "publisher", "byline", "language", "licence", "published_at")
"""Columns of a foreign task's data that the article takes over."""


class SentenceLookup:
    """The sentences of a project, by id and by text.

    Args:
        workspace: The project directory.
        page: The page that the tasks are on.

    Attributes:
        repeated: Tasks that were joined to a sentence which another task has already: a person's answers to both are
            answers to one sentence, and the last one counts.
    """

    def __init__(self, workspace: Workspace, page: PageMap) -> None:
        sentences = workspace.sentences() if workspace.path(SENTENCES).exists() else []
        self._page = page
        self._tasks: dict[str, Any] = {}
        self.repeated = 0
        self._ids = {sentence.sentence_id for sentence in sentences}
        self._by_text = {sentence.text: sentence.sentence_id for sentence in reversed(sentences)}

    def join(self, task: dict[str, Any]) -> bool:
        """Give a task the id of its sentence, unless it has it; return whether there is one."""
        given = task["data"].get("sentence_id")
        if isinstance(given, str) and given in self._ids:
            return True
        text = readable_text(task, self._page)
        if text not in self._by_text:
            return False
        self.repeated += self._tasks.setdefault(self._by_text[text], task["id"]) != task["id"]
        task["data"] = task["data"] | {"sentence_id": self._by_text[text]}
        return True


def readable_text(task: Mapping[str, Any], page: PageMap) -> str | None:
    """Return the text that a task shows; None where it has none, or one that can't be read: its answers are rejects."""
    try:
        with border("its text can't be read"):
            return text_of(task, page)
    except InvalidInput:
        return None


def make_articles(workspace: Workspace, tasks: Iterable[dict[str, Any]], page: PageMap) -> int:
    """Make articles of one unit each of the texts that are not in the project; return how many.

    The file below pages/ is named by its content: after a kill, the same command writes the same file again.
    """
    from toolkit.ingest import stage as ingest_stage
    from toolkit.segment import stage as segment_stage  # what cuts pages takes a while to load

    lines = dict(reversed(list(_lines(workspace, tasks, page))))  # of one text the first line
    if lines:
        content = "".join(reversed(lines.values())).encode()
        workspace.add_page(f"{IMPORTED}{digest(content)[:16]}.jsonl", content)
        ingest_stage.ingest(workspace)
    if lines or workspace.path("pages", IMPORTED).exists():  # a kill may have come before the note that it was cut
        segment_stage.segment(workspace)
    return len(lines)


def _lines(workspace: Workspace, tasks: Iterable[dict[str, Any]], page: PageMap) -> Iterator[tuple[str, str]]:
    """Yield each text that no sentence has, with its line of JSON."""
    sentences = SentenceLookup(workspace, page)
    for task in tasks:
        text = readable_text(task, page)
        if text and text.strip() and not sentences.join(task):
            yield text, json.dumps({"text": text} | _metadata(task["data"]), ensure_ascii=False) + "\n"


def _metadata(data: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name in _METADATA if isinstance(value := data.get(name), str) and value.strip()}

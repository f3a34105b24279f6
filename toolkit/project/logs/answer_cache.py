"""The answers of language models as they came, suggestions/answers/<model>.jsonl: none is paid for twice.

Append-only. A row is

    {"key": digest of all that was asked, "text": …, "prompt_tokens": …, "answer_tokens": …, "served": …, "finish": …}

with the name under which the server answers, and why the answer ended. It is written the moment an answer is there, so
a process that is killed loses only what was under way.
"""

from __future__ import annotations

import re
from pathlib import Path
from threading import Lock
from typing import Any, Final

from toolkit.project.logs.append_log import AppendLog
from toolkit.project.workspace import Workspace

FOLDER: Final = "suggestions/answers"
_PLAIN = re.compile(r"[^A-Za-z0-9._@-]+")


class AnswerCache:
    """The answers of one model with one prompt.

    Args:
        workspace: The project directory.
        model: Name of the model, with the digest of its prompt.
    """

    def __init__(self, workspace: Workspace, model: str) -> None:
        self._folder = workspace.path(FOLDER)
        self._log = AppendLog(self._folder / f"{_PLAIN.sub('-', model).strip('-.')}.jsonl")
        self._rows = {row["key"]: row for row in self._log.rows()}
        self._writing = Lock()

    @property
    def path(self) -> Path:
        """The file."""
        return self._log.path

    def get(self, key: str) -> dict[str, Any] | None:
        """Return the answer to what has this digest; None if it was not asked."""
        return self._rows.get(key)

    def put(self, key: str, row: dict[str, Any]) -> None:
        """Keep an answer; it outlives this process from now on."""
        with self._writing:
            self._log.append([{"key": key, **row}], durable=False)
            self._rows[key] = row

    def spent(self) -> tuple[int, int]:
        """Return how many tokens of prompts and of answers the whole project has spent, with all models and prompts."""
        rows = [row for path in sorted(self._folder.glob("*.jsonl")) for row in AppendLog(path).rows()]
        return sum(row["prompt_tokens"] for row in rows), sum(row["answer_tokens"] for row in rows)

"""A pull from a file: a Label Studio JSON export of the project's own server or of a foreign one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from toolkit.labelstudio.pseudonyms import project_pseudonyms
from toolkit.labelstudio.pull.export_reader import drafts_of, read_tasks
from toolkit.labelstudio.pull.log_writer import LogWriter, PullResult
from toolkit.labelstudio.pull.parse import text_of
from toolkit.project import Workspace
from toolkit.project.workspace import SENTENCES
from toolkit.records import digest
from toolkit.records.page import IMPORTED

_METADATA: Final = ("url", "publisher", "byline", "language", "licence")
"""Columns of a foreign task's data that the article takes over."""


def pull_export(
    workspace: Workspace, path: Path, *, import_texts: bool = False, keep_identities: bool = False
) -> PullResult:
    """Add the answers of a Label Studio JSON export to annotations/log.jsonl.

    Tasks with our keys join their sentences; others join the first sentence with exactly their text. Nothing
    counts as deleted because it is not in the file: the file may be old. What can't be taken, drafts among it, goes
    to annotations/rejects.jsonl.

    Args:
        workspace: The project directory.
        path: The export, .json or .json.gz.
        import_texts: Texts that are not in the project become articles of one unit each: they are written to a file
            below pages/imported/, and `ingest` and `segment` run.
        keep_identities: Leave names and addresses in the raw JSON.

    Raises:
        InvalidInput: The file is not a JSON export, or (with `import_texts`) a page can't be read.
        Locked: Another command is at work on the project.
    """
    imported = _import_texts(workspace, path) if import_texts else 0
    with workspace.lock():
        pseudonyms = project_pseudonyms(workspace, keep_identities=keep_identities)
        sentences = _SentenceLookup(workspace)
        joined = {answer.annotation_id: answer.sentence_id for answer in workspace.answers()}
        log, schema = workspace.annotations, workspace.schema()
        unknown = 0
        with closing(LogWriter(workspace, log, "annotations", schema, pseudonyms, joined=joined)) as writer:
            for task in read_tasks(path):
                known = sentences.join(task)
                unknown += not known and len(task["annotations"])
                writer.add_task(task, source=lambda number: f"{path}: task {number}", place=None)
                for draft, reject in drafts_of(task, str(path)):
                    writer.add_draft(task, draft, reject)
            writer.save()
        more = {"texts imported": imported, "answers to texts that are not in the project": unknown}
        counts = {name: count for name, count in {**writer.counts, **more}.items() if count}
        return PullResult(str(path), False, counts, writer.fates)


class _SentenceLookup:
    """The sentences of a project, by id and by text."""

    def __init__(self, workspace: Workspace) -> None:
        sentences = workspace.sentences() if workspace.path(SENTENCES).exists() else []
        self._ids = {sentence.sentence_id for sentence in sentences}
        self._by_text = {sentence.text: sentence.sentence_id for sentence in reversed(sentences)}

    def join(self, task: dict[str, Any]) -> bool:
        """Give a task the id of its sentence, unless it has it; return whether there is one."""
        if task["data"].get("sentence_id") in self._ids:
            return True
        text = text_of(task)
        if text not in self._by_text:
            return False
        task["data"]["sentence_id"] = self._by_text[text]
        return True


def _import_texts(workspace: Workspace, path: Path) -> int:
    """Make articles of the texts of an export that are not in the project; return how many.

    The file below pages/ is named by its content: after a kill, the same command writes the same file again.
    """
    from toolkit.ingest import stage as ingest_stage
    from toolkit.segment import stage as segment_stage  # what cuts pages takes a while to load

    lines = dict(reversed(list(_lines(workspace, path))))  # of one text the first line
    if lines:
        page = "".join(reversed(lines.values())).encode()
        workspace.add_page(f"{IMPORTED}{digest(page)[:16]}.jsonl", page)
        ingest_stage.ingest(workspace, skip_unreadable=ingest_stage.skips_unreadable(workspace))
        segment_stage.segment(workspace)
    return len(lines)


def _lines(workspace: Workspace, path: Path) -> Iterator[tuple[str, str]]:
    """Yield each text that no sentence has, with its line of JSON."""
    sentences = _SentenceLookup(workspace)
    for task in read_tasks(path):
        text = text_of(task)
        if text and text.strip() and not sentences.join(task):
            yield text, json.dumps({"text": text} | _metadata(task["data"]), ensure_ascii=False) + "\n"


def _metadata(data: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name in _METADATA if isinstance(value := data.get(name), str) and value.strip()}

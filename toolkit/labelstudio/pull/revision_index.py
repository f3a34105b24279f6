"""An index of the annotation log: for each answer of the server its last revision, and the tasks it was found in.

The log is the truth. Reading all of it for every small pull would take longer than the pull, so the index is kept in
an SQLite database in .toolkit, together with the length that the log had; if the length is another now, the index is
rebuilt from the log. What a pull learns is one transaction: a killed pull leaves the old index, whose length differs.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from toolkit.errors import ToolkitError
from toolkit.project import AppendLog, Workspace
from toolkit.project.logs.hash_chain import strict_json
from toolkit.records import content_id

_FORMAT = (4,)
_TABLES = """
    BEGIN;
    CREATE TABLE log (length INTEGER NOT NULL);
    INSERT INTO log VALUES (-1);
    CREATE TABLE answer (id TEXT PRIMARY KEY, revision TEXT, set_aside TEXT) WITHOUT ROWID;
    CREATE TABLE found (task TEXT, id TEXT, PRIMARY KEY (task, id)) WITHOUT ROWID;
    PRAGMA user_version = 4;
    COMMIT;
"""  # revision: NULL where the answer is deleted; set_aside: by a migration, not to be taken again unless it changes
_DELETED = """
    INSERT INTO answer VALUES (?, NULL, ?)
    ON CONFLICT DO UPDATE SET revision = NULL, set_aside = coalesce(excluded.set_aside, set_aside)
"""


class RevisionIndex:
    """Revisions by annotation_id. To be closed; what was not saved by then is forgotten.

    Args:
        workspace: The project.
        log: Where its answers are.
        name: Name of the database in .toolkit.

    Raises:
        ToolkitError: From each of the methods: the database can't be read or written.
    """

    def __init__(self, workspace: Workspace, log: AppendLog, name: str) -> None:
        self._log = log
        self._path = workspace.path(".toolkit", name)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not self._is_ours()
        if is_new:
            self._path.unlink(missing_ok=True)
        self._database = sqlite3.connect(self._path)
        try:
            if is_new:
                self._database.executescript(_TABLES)
        except sqlite3.Error as error:
            raise self._fault(error) from error
        self._rebuild_if_changed()

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def holds(self, annotation_id: str, revision: str) -> bool:
        """Tell whether this is the last revision in the log, or one that a migration set aside."""
        row = self._row("SELECT revision, set_aside FROM answer WHERE id = ?", annotation_id)
        return row is not None and revision in row

    def is_live(self, annotation_id: str) -> bool:
        """Tell whether the answer is in the log and not deleted."""
        return self._row("SELECT 1 FROM answer WHERE id = ? AND revision IS NOT NULL", annotation_id) is not None

    def live_in(self, place: str, task: int) -> set[str]:
        """Return the answers to one task of a project that are not deleted."""
        live = "SELECT id FROM found JOIN answer USING (id) WHERE task = ? AND revision IS NOT NULL"
        return {annotation_id for (annotation_id,) in self._run(live, _task_key(place, task))}

    def live_by_task(self, place: str) -> dict[int, set[str]]:
        """Return the answers to each task of a project that are not deleted, by the number of the task."""
        prefix = _task_key(place, "")
        live = "SELECT task, id FROM found JOIN answer USING (id) WHERE revision IS NOT NULL"
        by_task: dict[int, set[str]] = defaultdict(set)
        for task, annotation_id in self._run(f"{live} AND substr(task, 1, length(?1)) = ?1", prefix):
            by_task[int(task.removeprefix(prefix))].add(annotation_id)
        return by_task

    def saw(self, annotation_id: str, place: str, task: int) -> None:
        """Note in which task an answer was found."""
        self._run("INSERT OR IGNORE INTO found VALUES (?, ?)", _task_key(place, task), annotation_id)

    def note(self, row: Mapping[str, Any], revision: str | None = None) -> None:
        """Note a row of the log; `revision` is `revision_of` its raw JSON, where that is known already."""
        if row["event"] == "tombstone":
            aside = revision_of(row["raw"]) if "raw" in row else None
            self._run(_DELETED, row["annotation_id"], aside)
            return
        annotation_id = row["annotation"]["annotation_id"]
        revision = revision or revision_of(row["raw"])
        self._run("INSERT OR REPLACE INTO answer VALUES (?, ?, NULL)", annotation_id, revision)
        if row.get("place"):
            self.saw(annotation_id, row["place"], row["raw"]["task"])

    def save(self) -> None:
        """Keep the index for the next pull."""
        self._run("UPDATE log SET length = ?", self._length())
        try:
            self._database.commit()
        except sqlite3.Error as error:
            raise self._fault(error) from error

    def _rebuild_if_changed(self) -> None:
        """Rebuild the index if the log has changed."""
        if self._row("SELECT length FROM log") == (self._length(),):
            return
        self._run("DELETE FROM answer")
        self._run("DELETE FROM found")
        for row in self._log.rows():
            self.note(row)

    def _is_ours(self) -> bool:
        """Tell whether there is a database of this format."""
        if not self._path.exists():
            return False
        try:
            with closing(sqlite3.connect(self._path)) as database:
                return bool(database.execute("PRAGMA user_version").fetchone() == _FORMAT)
        except sqlite3.DatabaseError:
            return False

    def _row(self, query: str, *values: Any) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self._run(query, *values).fetchone()
        return row

    def _run(self, query: str, *values: Any) -> sqlite3.Cursor:
        try:
            return self._database.execute(query, values)
        except sqlite3.Error as error:
            raise self._fault(error) from error

    def _fault(self, error: sqlite3.Error) -> ToolkitError:
        return ToolkitError(
            f"can't be kept up to date ({error}); the log itself is whole",
            where=str(self._path),
            remedy="free some space, or delete this file, and run the same command again",
        )

    def _length(self) -> int:
        return self._log.path.stat().st_size if self._log.path.exists() else 0


def _task_key(place: str, task: int | str) -> str:
    """Return what tells a task from all others on any server."""
    return f"{place}: {task}"


def revision_of(raw: Mapping[str, Any]) -> str:
    """Return what tells one revision of an answer from the next: all that a person can change about it."""
    kept = [raw.get(key) for key in ("updated_at", "was_cancelled", "ground_truth", "result")]
    return content_id(strict_json(kept, sort_keys=True))

"""The database is kept before another version of the server changes it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from toolkit.labelstudio.server import embedded
from toolkit.labelstudio.server.install import DATABASE, VERSION


def test_an_upgrade_keeps_the_database_as_it_was_with_its_journal(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / DATABASE)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE answers (text)")
        database.execute("INSERT INTO answers VALUES ('kept')")
        database.commit()
        state = {"pid": 1, "identity": None, "port": 1, "version": VERSION}
        (tmp_path / embedded.STATE).write_text(json.dumps(state))
        embedded._back_up_before_upgrade(tmp_path)
        assert not list(tmp_path.glob("*.of-*"))
        (tmp_path / embedded.STATE).write_text(json.dumps(state | {"version": "1.0.0"}))
        embedded._back_up_before_upgrade(tmp_path)  # the row is still in the journal
    with closing(sqlite3.connect(tmp_path / f"{DATABASE}.of-1.0.0")) as copy:
        assert copy.execute("SELECT text FROM answers").fetchall() == [("kept",)]

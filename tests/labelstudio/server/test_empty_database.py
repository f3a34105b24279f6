"""The empty database that is made at once is the one that Label Studio's migrations make."""

from __future__ import annotations

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from toolkit.labelstudio.server import embedded, install
from toolkit.labelstudio.server.install import DATABASE, fill_from_template, server_environment

_OF_A_RUN = {"core_asyncmigrationstatus", "sqlite_sequence"}
"""Tables in which the migrations note that they ran, and the highest numbers that were given."""


def tables(path: Path) -> dict[str, tuple[object, ...]]:
    """Return table → columns, foreign keys and indexes, each in an order of its own, and the number of rows."""
    found: dict[str, tuple[object, ...]] = {}
    with closing(sqlite3.connect(path)) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = [row[1:] for row in database.execute(f'PRAGMA table_info("{name}")')]
            keys = [row[2:] for row in database.execute(f'PRAGMA foreign_key_list("{name}")')]
            indexes = [
                (unique, partial, [row[2] for row in database.execute(f'PRAGMA index_info("{index}")')])
                for _, index, unique, _, partial in database.execute(f'PRAGMA index_list("{name}")')
            ]
            (rows,) = database.execute(f'SELECT count(*) FROM "{name}"').fetchone()
            kept = None if name in _OF_A_RUN else rows
            found[name] = (*(sorted(map(str, each)) for each in (columns, keys, indexes)), kept)
    return found


@pytest.mark.studio
def test_tables_and_rows_are_those_of_the_migrations(studio_home: Path, studio: object, tmp_path: Path) -> None:
    program = install.installed(studio_home)
    fill_from_template(program, tmp_path / "home", tmp_path / "at-once")
    log = (tmp_path / "home" / "template.log").read_text(encoding="utf-8", errors="replace")
    assert "Label Studio version" not in log, "it fell back on the migrations"
    one_by_one = tmp_path / "one-by-one"
    one_by_one.mkdir()
    subprocess.run(
        [str(program), "version"], env=server_environment(one_by_one), check=True, capture_output=True, timeout=600
    )
    made, migrated = (tables(folder / DATABASE) for folder in (tmp_path / "at-once", one_by_one))
    assert len(migrated) > 80
    assert made == migrated


def test_where_it_can_not_be_made_at_once_the_migrations_make_it(tmp_path: Path) -> None:
    program = tmp_path / "label-studio"
    program.write_text(
        '#!/bin/sh\n[ "$1" = version ] && echo migrated >"$LABEL_STUDIO_BASE_DATA_DIR/label_studio.sqlite3"\n'
    )
    program.chmod(0o755)
    (tmp_path / "python").write_text("#!/bin/sh\necho there is no such setting; exit 1\n")
    (tmp_path / "python").chmod(0o755)
    fill_from_template(program, tmp_path / "home", tmp_path / "data")
    assert (tmp_path / "data" / DATABASE).read_text() == "migrated\n"
    assert embedded.status(data=tmp_path / "data") is None

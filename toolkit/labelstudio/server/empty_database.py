"""Make Label Studio's empty database from the state in which its migrations end, instead of running each of them.

Label Studio's own interpreter runs this file: `python empty_database.py`, with LABEL_STUDIO_BASE_DATA_DIR naming the
folder of the database. Its 396 migrations take half a minute, nearly all of it for changing tables that are empty. What
they lead to is known without a database: every migration says what it does to the models. So the tables of the last
state are made at once, and the migrations are noted as applied. A server that finds one that is not noted applies it.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from pathlib import Path


def make_tables() -> None:
    """Make the tables, note the migrations, and let Django add its content types and permissions."""
    where = importlib.util.find_spec("label_studio")
    assert where is not None and where.origin is not None  # noqa: PT018, S101  # the interpreter is Label Studio's own
    sys.path.insert(0, str(Path(where.origin).parent))  # as its own start does
    os.environ["DJANGO_SETTINGS_MODULE"] = "label_studio.core.settings.label_studio"
    importlib.import_module("django").setup()
    call_command = importlib.import_module("django.core.management").call_command
    connection = importlib.import_module("django.db").connection
    state = importlib.import_module("django.db.migrations.loader").MigrationLoader(connection).project_state()
    with connection.schema_editor() as editor:
        for model in state.apps.get_models():
            if model._meta.can_migrate(connection):
                editor.create_model(model)
    call_command("migrate", fake=True, verbosity=0, interactive=False)
    call_command("migrate", verbosity=0, interactive=False)  # nothing is left to do; what follows a migration is done


if __name__ == "__main__":
    make_tables()

"""The user of an embedded server: the access token in its database, and a new password for one that was lost."""

from __future__ import annotations

import base64
import hashlib
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

from toolkit.errors import InvalidInput

_ITERATIONS = 600_000  # OWASP's Password Storage Cheat Sheet for PBKDF2-HMAC-SHA256


def token_of(database: Path, email: str) -> str | None:
    """Read a user's legacy token from the server's own database; None if there is no such user yet.

    Args:
        database: The server's SQLite file.
        email: Who.

    Raises:
        InvalidInput: The database is damaged.
    """
    if not database.exists():
        return None
    query = "SELECT t.key FROM authtoken_token t JOIN htx_user u ON u.id = t.user_id WHERE u.email = ?"
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, timeout=30)) as connection:
            row = connection.execute(query, (email,)).fetchone()
    except sqlite3.DatabaseError as error:
        raise InvalidInput(
            f"is not a database of Label Studio ({error})", where=str(database), remedy="bring it back from a backup"
        ) from error
    return None if row is None else str(row[0])


def reset(database: Path, email: str) -> str:
    """Give a user a new password and return it; the server may be running.

    Args:
        database: The server's SQLite file.
        email: Who.

    Raises:
        InvalidInput: There is no such server or user.
    """
    password, encoded = fresh()
    if database.exists():
        with closing(sqlite3.connect(database, timeout=60)) as connection, connection:
            change = "UPDATE htx_user SET password = ? WHERE email = ?"
            if connection.execute(change, (encoded, email)).rowcount == 1:
                return password
    raise InvalidInput(f"there is no user {email}", where=str(database), remedy="run `toolkit studio start`")


def fresh() -> tuple[str, str]:
    """Return a new password, and the same as Django stores it: algorithm$iterations$salt$hash."""
    password, salt = secrets.token_urlsafe(12), secrets.token_hex(11)
    key = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), _ITERATIONS)
    return password, f"pbkdf2_sha256${_ITERATIONS}${salt}${base64.b64encode(key).decode()}"

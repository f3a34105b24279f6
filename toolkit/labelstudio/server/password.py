"""A new password for the user of an embedded server, whose first one was shown once and is kept nowhere."""

from __future__ import annotations

import base64
import hashlib
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

from toolkit.errors import InvalidInput

_ITERATIONS = 600_000  # OWASP's Password Storage Cheat Sheet for PBKDF2-HMAC-SHA256


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

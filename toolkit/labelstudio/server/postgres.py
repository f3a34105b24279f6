"""PostgreSQL in place of SQLite: its address, and the user of an embedded server in it.

PostgreSQL is asked by the interpreter that has Label Studio, which brings the driver. Address and password reach it,
and the server, in the environment: other people of the machine can read arguments.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from toolkit.errors import RemoteError, UsageError
from toolkit.labelstudio.server.accounts import fresh

_SSL = "sslmode"
_NO_TABLE = "42P01"  # SQLSTATE undefined_table: Label Studio has never started on it
_ASK = """
import json, sys
import psycopg
question = json.load(sys.stdin)
try:
    with psycopg.connect(connect_timeout=10) as database:
        row = database.execute(question["statement"], question["values"]).fetchone()
    print(json.dumps({"row": row}))
except psycopg.Error as error:
    print(json.dumps({"fault": str(error), "state": error.sqlstate}))
"""


@dataclass(frozen=True)
class Postgres:
    """A database on a PostgreSQL server; see `parse`."""

    host: str
    port: int
    name: str
    user: str
    password: str = field(repr=False)
    sslmode: str | None = None

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read an address: "postgresql://USER:PASSWORD@HOST:PORT/NAME", with "?sslmode=…" behind it if need be.

        Raises:
            UsageError: It is not such an address; the message does not repeat it, because of the password in it.
        """
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        try:
            port = parts.port or 5432
        except ValueError:
            port = 0
        name = unquote(parts.path.strip("/"))
        if not (parts.scheme in ("postgres", "postgresql") and parts.hostname and name and port) or options.keys() - {
            _SSL
        }:
            raise UsageError(
                "is not a PostgreSQL address",
                where="--database-url",
                remedy="write postgresql://USER:PASSWORD@HOST:PORT/NAME, with ?sslmode=require behind it if need be",
            )
        user, password = unquote(parts.username or "postgres"), unquote(parts.password or "")
        return cls(parts.hostname, port, name, user, password, options.get(_SSL))

    @property
    def place(self) -> str:
        """Its address without user and password, for messages."""
        return f"{self.host}:{self.port}/{self.name}"

    def environment(self) -> dict[str, str]:
        """Return the variables by which Label Studio finds it."""
        return {
            "DJANGO_DB": "default",
            "POSTGRE_USER": self.user,
            "POSTGRE_PASSWORD": self.password,
            "POSTGRE_HOST": self.host,
            "POSTGRE_PORT": str(self.port),
            "POSTGRE_NAME": self.name,
        } | self._ssl()

    def has_user(self, program: Path, email: str) -> bool:
        """Tell whether Label Studio has a user there; raises as `token`."""
        return self._ask(program, "SELECT id FROM htx_user WHERE email = %s", email) is not None

    def token(self, program: Path, email: str) -> str | None:
        """Return a user's legacy token, None if there is no such user yet.

        Args:
            program: The `label-studio` program.
            email: Who.

        Raises:
            RemoteError: The database can't be reached, or refuses.
        """
        query = "SELECT t.key FROM authtoken_token t JOIN htx_user u ON u.id = t.user_id WHERE u.email = %s"
        row = self._ask(program, query, email)
        return None if row is None else str(row[0])

    def reset_password(self, program: Path, email: str) -> str:
        """Give a user a new password and return it; raises as `token`, and if there is no such user."""
        password, encoded = fresh()
        change = "UPDATE htx_user SET password = %s WHERE email = %s RETURNING id"
        if self._ask(program, change, encoded, email) is None:
            raise RemoteError(f"there is no user {email}", where=self.place, remedy="run `toolkit studio start`")
        return password

    def _ssl(self) -> dict[str, str]:
        return {} if self.sslmode is None else {"PGSSLMODE": self.sslmode}

    def _ask(self, program: Path, statement: str, *values: str) -> list[Any] | None:
        """Return the first row of an answer; None without one, and where Label Studio has made no tables yet."""
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGDATABASE": self.name,
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
        } | self._ssl()
        done = subprocess.run(  # noqa: S603  # our own command, no shell
            [str(program.parent / "python"), "-c", _ASK],
            input=json.dumps({"statement": statement, "values": values}),
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        try:
            answer = json.loads(done.stdout)
        except ValueError as error:
            last = (done.stderr.strip().splitlines() or ["it printed nothing"])[-1]
            raise RemoteError(f"PostgreSQL can't be asked ({last})", where=self.place) from error
        if "row" in answer:
            row: list[Any] | None = answer["row"]
            return row
        if answer["state"] == _NO_TABLE:
            return None
        raise RemoteError(
            f"PostgreSQL can't be used: {self._said(answer['fault'])}",
            where=self.place,
            remedy="see that it runs, that the database exists (`createdb`) and that user and password are right",
        )

    def _said(self, fault: str) -> str:
        """Return what the driver says, in one short line without the password."""
        words = " ".join(fault.split()).removeprefix("connection failed: ")
        words = words.replace(self.password, "…") if self.password else words
        return words if len(words) <= 300 else words[:300] + "…"

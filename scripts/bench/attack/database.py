"""A PostgreSQL cluster of one's own that can be taken away and brought back while Label Studio runs on it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PROGRAMS = ("initdb", "pg_ctl", "createdb")
_NOBODY = 65534


class Cluster:
    """A cluster with an empty database "labels".

    Args:
        folder: A new folder for its data.

    Attributes:
        url: The database's address.
    """

    def __init__(self, folder: Path) -> None:
        self._data, self._log = folder / "data", folder / "log"
        folder.mkdir()
        self._as = {"user": _NOBODY, "group": _NOBODY} if os.getuid() == 0 else {}  # PostgreSQL refuses to be root
        if self._as:
            os.chown(folder, _NOBODY, _NOBODY)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.url = f"postgresql://me:hush@127.0.0.1:{self._port}/labels"
        self._run("initdb", "-D", str(self._data), "-U", "me", "-A", "trust", "--no-sync", "-E", "UTF8")

    def up(self) -> None:
        """Start it, or do nothing if it runs."""
        options = f"-p {self._port} -k {self._data} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._run("pg_ctl", "-D", str(self._data), "-l", str(self._log), "-o", options, "-w", "start")

    def down(self) -> None:
        """Take it away at once, as a power cut does."""
        self._run("pg_ctl", "-D", str(self._data), "-m", "immediate", "-w", "stop")

    def make_database(self) -> None:
        """Make the database "labels"."""
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self._port), "-U", "me", "labels")

    def _run(self, *command: str) -> None:
        environment = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
        done = subprocess.run(
            command,
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            **self._as,
        )
        if done.returncode != 0:
            raise SystemExit(f"{command[0]} failed: {done.returncode}; see {self._log}")


def is_here() -> bool:
    """Tell whether PostgreSQL's programs are there."""
    return all(map(shutil.which, PROGRAMS))


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Yield a cluster that runs; it is stopped at the end."""
    found = Cluster(folder)
    found.up()
    try:
        found.make_database()
        yield found
    finally:
        with suppress(SystemExit):  # it is down already
            found.down()

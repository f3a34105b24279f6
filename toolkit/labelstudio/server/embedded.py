"""An embedded Label Studio: on loopback, with SQLite, in an environment and a data directory of its own.

`start` installs it if need be, makes a user with a password of its own, waits until the server is healthy and
returns where it is. The access token is read back from the server's own database whenever it is needed and is kept
nowhere else; the password is returned once, by the start that made it, and is kept nowhere at all. The server runs as
a background process that outlives us; it is recognised by when it was started, and ended by its id.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypedDict

import httpx

from toolkit.errors import InvalidInput, RemoteError, ToolkitError, UsageError
from toolkit.labelstudio.server.accounts import reset, token_of
from toolkit.labelstudio.server.install import (
    DATABASE,
    EVERY,
    VERSION,
    Told,
    default_home,
    fill_from_template,
    installed,
    not_told,
    server_environment,
    tail,
    waiting_lock,
)
from toolkit.labelstudio.server.postgres import Postgres
from toolkit.project import write_atomic

EMAIL = "admin@localhost"
STATE = "studio.json"
LOG = "server.log"


@dataclass(frozen=True)
class Studio:
    """A running server.

    Attributes:
        url: Where it is, without a slash at the end.
        email: Who to log in as.
        password: The password, from the start that made it; None afterwards.
        token: The legacy token of that user; None with PostgreSQL, unless `start` was told where it is.
        pid: Its process id.
        data: Its data directory.
        log: What it printed.
        version: Version of Label Studio.
        fresh: This call started it; it was not running before.
    """

    url: str
    email: str
    password: str | None = field(repr=False)
    token: str | None = field(repr=False)
    pid: int
    data: Path
    log: Path
    version: str
    fresh: bool


class _ServerState(TypedDict):
    """The file by which a data directory remembers its server."""

    pid: int
    identity: str | None
    port: int
    version: str


def start(
    *,
    port: int | None = None,
    home: Path | None = None,
    data: Path | None = None,
    python: Path | None = None,
    database_url: str | None = None,
    local_backends: bool = False,
    patience: float = 600.0,
    told: Told = not_told,
) -> Studio:
    """Start a server, or return the one that runs already.

    Args:
        port: Default: a free one, the same as last time where it is still free.
        home: Where the installation lies; default: TOOLKIT_STUDIO_HOME, else the user's cache.
        data: The server's data directory; default: `home`/data.
        python: An interpreter that has Label Studio; default: TOOLKIT_STUDIO_PYTHON, else it is installed.
        database_url: "postgresql://user:password@host:port/name" for teams; default: SQLite in `data`. Its first start
            makes the tables, which takes a minute or two.
        local_backends: Let the server call prediction backends on loopback (`toolkit serve`).
        patience: Seconds that the server may take to become healthy.
        told: Hears every five seconds of a longer step that it goes on.

    Raises:
        UsageError: Another program listens on `port`, or `database_url` is not an address.
        ToolkitError: The installation failed.
        RemoteError: The server ended, or is not healthy in time; the message ends with the end of its log. Or
            PostgreSQL can't be used.
    """
    home = home or default_home()
    postgres = None if database_url is None else Postgres.parse(database_url)
    data = (data or home / "data").absolute()
    with waiting_lock(data.parent / f".{data.name}.lock"):
        running = status(data=data)
        program = installed(home, python, told=told)
        if running is not None:
            return running if postgres is None else replace(running, token=postgres.token(program, EMAIL))
        has_user = postgres is not None and postgres.has_user(program, EMAIL)  # a database that is down makes nothing
        data.mkdir(parents=True, exist_ok=True)
        data.chmod(0o700)  # also one that somebody made before: all answers are in it
        environment = server_environment(data)
        if local_backends:
            environment |= {"ML_BLOCK_LOCAL_IP": "false", "SSRF_PROTECTION_ENABLED": "false"}
        if postgres is None:
            _back_up_before_upgrade(data)
            fill_from_template(program, home, data, told=told)
            _write_ahead(data / DATABASE)
            has_user = token_of(data / DATABASE, EMAIL) is not None
        else:
            environment |= postgres.environment()
        password = None if has_user else secrets.token_urlsafe(12)
        if password is not None:
            environment |= {"LABEL_STUDIO_USERNAME": EMAIL, "LABEL_STUDIO_PASSWORD": password}
        port = _port(port, data)
        command = [str(program), "start", "--no-browser", "--internal-host", "127.0.0.1", "--port", str(port)]
        pid = spawn(command, environment=environment, log=data / LOG)
        state = {"pid": pid, "identity": identity(pid), "port": port, "version": VERSION}
        write_atomic(data / STATE, json.dumps(state) + "\n", mode=0o600)
        _wait_until_healthy(port, pid, data / LOG, patience, told)
        server = _studio(data, pid, port, VERSION, password=password, fresh=True)
        return server if postgres is None else replace(server, token=postgres.token(program, EMAIL))


def stop(*, home: Path | None = None, data: Path | None = None) -> bool:
    """Stop the server of a data directory, and no other process; returns whether there was one."""
    state = _state((data or (home or default_home()) / "data").absolute())
    if state is None or state["identity"] is None or identity(state["pid"]) != state["identity"]:
        return False
    terminate(state["pid"], state["identity"])
    return True


def status(*, home: Path | None = None, data: Path | None = None) -> Studio | None:
    """Return the running server of a data directory, None when it does not run."""
    data = (data or (home or default_home()) / "data").absolute()
    state = _state(data)
    if state is None or state["identity"] is None or identity(state["pid"]) != state["identity"]:
        return None
    return _studio(data, state["pid"], state["port"], state["version"], password=None, fresh=False)


def token_in_postgres(environment: Mapping[str, str] = os.environ, *, home: Path | None = None) -> str | None:
    """Return the token of the embedded server's user where TOOLKIT_STUDIO_DATABASE_URL names its PostgreSQL, else None.

    Raises:
        RemoteError: PostgreSQL can't be used.
    """
    url = environment.get("TOOLKIT_STUDIO_DATABASE_URL")
    return Postgres.parse(url).token(installed(home or default_home()), EMAIL) if url else None


def reset_password(server: Studio, database_url: str | None = None, *, home: Path | None = None) -> str:
    """Give the user of a running server a new password and return it.

    Args:
        server: Which.
        database_url: As in `start`, when its users are in PostgreSQL.
        home: Where the installation lies.

    Raises:
        InvalidInput: Its users are in PostgreSQL, and `database_url` is missing.
        RemoteError: PostgreSQL can't be used.
    """
    if database_url is not None:
        return Postgres.parse(database_url).reset_password(installed(home or default_home()), server.email)
    if server.token is None:
        raise InvalidInput(
            "the users of this server are not in its data directory",
            where=str(server.data),
            remedy="say where its PostgreSQL is, in --database-url or TOOLKIT_STUDIO_DATABASE_URL",
        )
    return reset(server.data / DATABASE, server.email)


def _studio(data: Path, pid: int, port: int, version: str, *, password: str | None, fresh: bool) -> Studio:
    return Studio(
        url=f"http://127.0.0.1:{port}",
        email=EMAIL,
        password=password,
        token=token_of(data / DATABASE, EMAIL),
        pid=pid,
        data=data,
        log=data / LOG,
        version=version,
        fresh=fresh,
    )


def _state(data: Path) -> _ServerState | None:
    try:
        state: _ServerState = json.loads((data / STATE).read_bytes())
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise InvalidInput("is damaged", where=str(data / STATE), remedy="delete it and start again") from error
    return state


def _back_up_before_upgrade(data: Path) -> None:
    """Copy the database aside before another version of the server migrates it."""
    state = _state(data)
    if state is not None and state["version"] != VERSION and (data / DATABASE).exists():
        copy = data / f"{DATABASE}.of-{state['version']}"
        with closing(sqlite3.connect(data / DATABASE, timeout=60)) as old, closing(sqlite3.connect(copy)) as new:
            old.backup(new)  # a plain copy would miss what a killed server left in its journal


def _write_ahead(database: Path) -> None:
    """Let SQLite write ahead (https://sqlite.org/wal.html): an answer waits for a third of the disk's syncs.

    That needs memory which processes share, so on a disk of the network, as home directories often are, it is not done.
    """
    if on_local_disk(database):
        with closing(sqlite3.connect(database, timeout=60)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")


_LOCAL = {"ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "bcachefs", "tmpfs", "overlay"}


def on_local_disk(path: Path, mounts: Path = Path("/proc/self/mounts")) -> bool:
    """Tell whether a file lies on a disk of this machine; of what is not known, such as on macOS, it does not.

    Args:
        path: The file.
        mounts: What is mounted where, as Linux tells it.
    """
    if not mounts.exists():
        return False
    rows = [line.split() for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines()]
    places = {
        Path(row[1].replace("\\040", " ")): row[2] for row in rows if len(row) > 2
    }  # later ones hide earlier ones
    resolved = path.resolve()
    holders = [place for place in places if resolved.is_relative_to(place)]
    return bool(holders) and places[max(holders, key=lambda place: len(place.parts))] in _LOCAL


def _port(wanted: int | None, data: Path) -> int:
    """Return a port that is free now: the wanted one, the one of last time, or any."""
    if wanted is not None:
        if not _is_free(wanted):
            raise UsageError(f"port {wanted} is taken by another program", remedy="name another one, or none")
        return wanted
    state = _state(data)
    if state is not None and _is_free(state["port"]):
        return state["port"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _wait_until_healthy(port: int, pid: int, log: Path, patience: float, told: Told) -> None:
    started = time.monotonic()
    deadline, next_word = started + patience, started + EVERY
    while time.monotonic() < deadline:
        if identity(pid) is None:
            raise RemoteError(f"Label Studio ended while starting: {tail(log)}", where=str(log))
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health", timeout=5, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass  # it does not listen yet
        if time.monotonic() >= next_word:
            told(f"  starting the server · {time.monotonic() - started:.0f} s")
            next_word += EVERY
        time.sleep(0.2)
    raise RemoteError(
        f"Label Studio is not healthy after {patience:g} s: {tail(log)}",
        where=str(log),
        remedy="look at the log; `toolkit studio stop` ends it",
    )


def spawn(command: Sequence[str], *, environment: Mapping[str, str], log: Path) -> int:
    """Start a program in a session of its own, its output appended to `log`, and return its process id.

    Nobody else may read the files that it makes.
    """
    appended = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    umask = os.umask(0o077)
    try:
        return os.posix_spawn(
            command[0],
            list(command),
            dict(environment),
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(log), appended, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )
    finally:
        os.umask(umask)


def identity(pid: int) -> str | None:
    """Return what tells this process from any other that ever has its id: when it started; None when it has ended."""
    try:
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            return None
    except ChildProcessError:
        pass  # not our own child: the system reaps it
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return None if Path("/proc/self").exists() else _identity_from_ps(pid)
    except ProcessLookupError:
        return None
    return None if fields[0] == "Z" else fields[19]


def _identity_from_ps(pid: int) -> str | None:
    shown = subprocess.run(  # noqa: S603
        ["/bin/ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip() or None


def terminate(pid: int, known_as: str, *, patience: float = 10.0) -> None:
    """End the process if it still is the one that was started: politely, and after `patience` seconds by force.

    Args:
        pid: Its process id.
        known_as: Its `identity` when it was started; a process that merely has the same id is left alone.
        patience: Seconds between asking and killing.

    Raises:
        ToolkitError: It does not end.
    """
    for number, wait in ((signal.SIGTERM, patience), (signal.SIGKILL, patience)):
        if identity(pid) != known_as:
            return
        os.kill(pid, number)
        deadline = time.monotonic() + wait
        while time.monotonic() < deadline:
            if identity(pid) != known_as:
                return
            time.sleep(0.05)
    raise ToolkitError(f"process {pid} does not end")

"""A Ray cluster, which does the chunks of a corpus as tasks.

Ray's client is not asked in this process: it waits for ever for a head that starts no process for it, it has died of
SIGSEGV on a busy machine, and a process can speak to one cluster only. So the driver is a child (`ray_driver`) that is
heard every second; when it falls silent or dies, another one takes over the chunks that are left. The child ends with
a farewell, so that the head frees what it holds for it, and also when this process is killed.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import IO, Any
from urllib.parse import urlsplit

from toolkit.engine.chunk_task import ChunkTask
from toolkit.errors import InvalidConfig, RemoteError, UsageError
from toolkit.version import add_command, install_command

_PROGRAM = (sys.executable, "-m", "toolkit.engine.ray_driver")
_ATTEMPTS = (30.0, 15.0)  # seconds that the cluster may take to accept a driver: with Ray's start-up a minute
_IMPORTS = 120.0  # seconds that a child may take to load Ray, on a machine that is busy
_SILENCE = 60.0  # seconds between two words of a driver that has work to do
_FAREWELL = 10.0  # seconds that the farewell may take
_PORT = 10001  # Ray's own default


class _Lost(Exception):
    """A driver has died, fell silent, or was refused; another one may do."""


def done_there(stage: bytes, tasks: Mapping[int, ChunkTask], address: str) -> Iterator[tuple[int, bytes]]:
    """Yield the number of each finished chunk and its faults, as `do` returns them, while nodes do the next ones.

    Args:
        stage: The function, as cloudpickle writes it.
        tasks: What to do, by number.
        address: "ray://HOST:PORT"; nodes can read and write what the tasks name.

    Raises:
        RemoteError: The cluster can't be reached, accepts no driver within a minute, or is lost on the way.
        UsageError: Ray is not installed.
    """
    _knock(address)
    left, attempts = dict(tasks), iter(_ATTEMPTS)
    patience, lost = next(attempts), None
    while left:
        try:
            for number, fault in _attempt(stage, dict(left), address, patience):
                del left[number]
                attempts = iter(_ATTEMPTS)
                yield number, fault
        except _Lost as error:
            lost = error
        if left and (patience := next(attempts, 0.0)) == 0.0:
            raise RemoteError(
                f"{lost}; finished work is kept",
                where=address,
                remedy="look at ray_client_server*.err in /tmp/ray/session_latest/logs on its head and run the same "
                "command again, or set `engine: embedded` in toolkit.yaml and go on here",
            ) from lost


def _knock(address: str) -> None:
    """Refuse an address at which nobody listens, which Ray would try for half a minute."""
    found = urlsplit(address)
    try:
        place = (found.hostname or "", found.port or _PORT)
    except ValueError as error:
        raise InvalidConfig(
            f"engine {address!r} is no address: {error}", remedy="mend `engine` in toolkit.yaml"
        ) from error
    try:
        socket.create_connection(place, timeout=10).close()
    except OSError as error:
        raise RemoteError(
            f"no Ray cluster answers: {error.strerror or error}",
            where=address,
            remedy="start its head with `ray start --head --ray-client-server-port PORT`, or mend `engine` in "
            "toolkit.yaml",
        ) from error


def _attempt(stage: bytes, tasks: dict[int, ChunkTask], address: str, patience: float) -> Iterator[tuple[int, bytes]]:
    """Let one driver do the tasks."""
    with _driver(address) as driver:
        driver.hear("loaded", _IMPORTS, "Ray could not be loaded")
        driver.hear("joined", patience, "the cluster accepted the connection, but started no process for it")
        driver.connection.send((stage, tasks))
        for _ in tasks:
            yield driver.hear("done", _SILENCE, "the cluster was lost")


@dataclass(frozen=True, slots=True)
class _Driver:
    """A running child, and what connects to it."""

    process: subprocess.Popen[bytes]
    connection: Connection
    errors: IO[bytes]

    def hear(self, awaited: str, patience: float, fault: str) -> Any:
        """Return what comes with the next word that is awaited; "alive" renews the patience.

        Raises:
            _Lost: There is none in time, or the child has ended; `fault` says what that means.
            RemoteError: A node lacks what the work needs.
            UsageError: Ray is not installed.
        """
        while True:
            try:
                if not self.connection.poll(patience):
                    raise _Lost(f"{fault}: nothing was heard for {patience:.0f} s")
                word, said = self.connection.recv()
            except (EOFError, OSError) as error:
                raise _Lost(f"{fault}: its driver ended, {self._last_words()}") from error
            if word == awaited:
                return said
            if word == "absent":
                raise UsageError("Ray is not installed", remedy=f"run `{add_command('cluster')}`")
            if word == "lost":
                raise _Lost(f"{fault}: {said}")
            if word == "unfit":
                what = f"a node can't do the work: {said}"
                raise RemoteError(what, remedy=f"install there what is installed here: `{install_command()}`")
            if word == "raised":
                raise said

    def _last_words(self) -> str:
        code = self.process.wait()
        self.errors.seek(0)
        lines = self.errors.read().decode("utf-8", "replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), f"exit code {code}")


@contextmanager
def _driver(address: str) -> Iterator[_Driver]:
    ours, theirs = Pipe()
    with closing(ours), tempfile.TemporaryFile() as errors:
        with closing(theirs):
            process = subprocess.Popen(  # noqa: S603  # our own module
                [*_PROGRAM, str(theirs.fileno()), address],
                stdin=subprocess.DEVNULL,
                stdout=errors,
                stderr=subprocess.STDOUT,
                pass_fds=[theirs.fileno()],
                env={**os.environ, "RAY_USAGE_STATS_ENABLED": "0"},
                start_new_session=True,  # Ctrl+C is for this process, which then says farewell
            )
        try:
            yield _Driver(process, ours, errors)
        except _Lost:
            process.kill()  # it may wait for ever, and has nobody to say farewell to
            raise
        finally:
            ours.close()  # which is the farewell
            try:
                process.wait(_FAREWELL)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

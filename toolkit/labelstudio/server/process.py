"""One background process: started so that it outlives us, recognised for certain, stopped by its id."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from toolkit.errors import ToolkitError


def spawn(command: Sequence[str], *, environment: Mapping[str, str], log: Path) -> int:
    """Start a program in a session of its own, its output appended to `log`, and return its process id."""
    appended = os.O_WRONLY | os.O_CREAT | os.O_APPEND
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

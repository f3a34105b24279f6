"""Run one verb in a child process that is killed, with kill -9, at its n-th step; called by test_killed.py.

    python killed.py push|pull PROJECT URL N

A step is a request about to leave, an answer that has just come, bytes about to be flushed or renamed into place, or a
cache about to be saved: everything between which the outside world can tell a difference. N = 0 kills nowhere. The
token comes from the environment. Prints the number of steps that were taken, or "killed".
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from toolkit.labelstudio import Server
from toolkit.labelstudio.pull import snapshot
from toolkit.labelstudio.pull.revision_index import RevisionIndex
from toolkit.labelstudio.pull.stage import pull
from toolkit.labelstudio.push import sender
from toolkit.labelstudio.push.stage import push
from toolkit.project import Workspace


def main(verb: str, project: str, url: str, fatal: int) -> int:
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1
        if steps == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def stepping(function: Callable[..., Any], *, after: bool = False) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            step()
            result = function(*arguments, **options)
            if after:
                step()
            return result

        return call

    httpx.Client.send = stepping(httpx.Client.send, after=True)  # type: ignore[method-assign]
    os.fsync, os.replace = stepping(os.fsync), stepping(os.replace)
    RevisionIndex.save = stepping(RevisionIndex.save, after=True)  # type: ignore[method-assign]
    sender.BATCH, snapshot.WINDOW = 2, 4
    with Server(url, os.environ["LABEL_STUDIO_API_KEY"]) as server:
        {"push": push, "pull": pull}[verb](Workspace(Path(project)), server=server)
    return steps


if __name__ == "__main__":
    sys.stdout.write(f"{main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))}\n")

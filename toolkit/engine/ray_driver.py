"""The driver of a Ray cluster, a process of its own: `python -m toolkit.engine.ray_driver FILE_DESCRIPTOR ADDRESS`.

It says what happens over a connection that it inherits, as pairs of a word and what comes with it, and ends when the
other side closes the connection. `ray_cluster` starts it and says why it is alone.
"""

from __future__ import annotations

import itertools
import logging
import os
import pickle
import sys
from multiprocessing.connection import Connection
from typing import Any

from toolkit.engine.chunk_task import ChunkTask, do
from toolkit.engine.worker_pool import end_with
from toolkit.errors import ToolkitError, one_line
from toolkit.version import __version__, install_command

_BEAT = 1.0  # seconds between two signs of life
_AHEAD = 4  # chunks a processor that are asked for at a time
_FAREWELL = 10.0  # seconds after which this process ends, when the one that started it is gone
_QUOTED = 300  # characters of a message of Ray's
_RETRIES = 5  # times that a chunk is done again because its node was lost


def on_a_node(version: str, stage: bytes, task: ChunkTask) -> bytes:
    """Do a chunk on a node, which must have the version of this package that the driver has."""
    if version != __version__:
        what = f"the node has version {__version__} of this package, and this machine {version}"
        remedy = f"run `{install_command(upgrade=True)}` on both"
        return pickle.dumps([(ToolkitError, what, None, remedy)])
    return do(stage, task)


def drive(connection: Connection, address: str) -> None:
    """Join the cluster, do what the connection brings, and say what is done."""
    try:
        import ray
    except ImportError:
        connection.send(("absent", None))
        return
    connection.send(("loaded", None))
    try:
        ray.init(address, log_to_driver=False, logging_level=logging.ERROR)
    except Exception as error:  # of many types, and none of Ray's own: whatever it is, there is no cluster to use
        connection.send(("lost", one_line(error, _QUOTED)))
        return
    try:
        connection.send(("joined", None))
        stage, tasks = connection.recv()
        _do_all(ray, connection, stage, tasks)
    except (EOFError, BrokenPipeError):  # the other side is gone or wants no more
        pass
    finally:
        ray.shutdown()


def _do_all(ray: Any, connection: Connection, stage: bytes, tasks: dict[int, ChunkTask]) -> None:
    """Keep every processor of the cluster busy until all is done, the nodes that come and go included."""
    remote = ray.remote(num_cpus=1, max_retries=_RETRIES, scheduling_strategy="SPREAD")(on_a_node)
    shared = ray.put(stage)
    waiting = iter(tasks.items())
    running: dict[Any, int] = {}
    while True:
        room = max(1, int(ray.cluster_resources().get("CPU", 1))) * _AHEAD - len(running)
        for number, task in itertools.islice(waiting, max(room, 0)):
            running[remote.remote(__version__, shared, task)] = number
        if not running:
            return
        done, _ = ray.wait(list(running), timeout=_BEAT)
        if connection.poll():
            raise EOFError
        connection.send(("alive", None))
        for reference in done:
            connection.send(_outcome(ray, reference, running.pop(reference)))


def _outcome(ray: Any, reference: Any, number: int) -> tuple[str, Any]:
    try:
        return "done", (number, ray.get(reference))
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, ImportError):
            return "unfit", one_line(error.cause, _QUOTED)
        return "raised", _sendable(error.cause)
    except Exception as error:  # nodes or the head were lost for good
        return "lost", one_line(error, _QUOTED)


def _sendable(error: Exception) -> Exception:
    """Return an error of a stage, which a bug has raised, in a form that another process can read."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  # our own
    except Exception:
        return RuntimeError(one_line(error, _QUOTED))
    return error


if __name__ == "__main__":
    end_with(os.getppid(), patience=_FAREWELL)
    with Connection(int(sys.argv[1])) as inherited:
        drive(inherited, sys.argv[2])

"""How far a long job has come.

Derived files and toolkit.lock: a stage runs again only if what it is made from has changed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toolkit.errors import InvalidInput
from toolkit.project.files import file_digest, move_atomic, write_atomic
from toolkit.version import __version__

Progress = Callable[[int, int], None]
"""Called with (done, total)."""


def silent(done: int, total: int) -> None:
    """Tell nobody."""


LOCK_NAME = "toolkit.lock"


@dataclass(frozen=True)
class Made:
    """What a stage produced.

    Attributes:
        files: Path relative to the project → its whole content, or a finished file on the same disk to be moved there.
        counts: What there is how many of, for people.
    """

    files: Mapping[str, bytes | Path]
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Outcome:
    """What became of a stage.

    Attributes:
        stage: Its name.
        counts: What there is how many of.
        up_to_date: Nothing had changed, so nothing was done.
        seconds: How long it took, wall clock.
    """

    stage: str
    counts: Mapping[str, int] = field(default_factory=dict)
    up_to_date: bool = False
    seconds: float = 0.0


def derive(
    root: Path,
    stage: str,
    *,
    inputs: Mapping[str, str | None],
    parameters: Mapping[str, Any],
    make: Callable[[], Made],
    again: bool = False,
) -> Outcome:
    """Make a stage's files unless toolkit.lock shows that they are up to date.

    The files are written first and the entry in toolkit.lock last, each atomically: after a kill in between the
    entry does not fit the files, and the stage runs again.

    Args:
        root: The project.
        stage: Its name.
        inputs: Name of an input → SHA-256 of its content (None: it is not there).
        parameters: Everything else that decides the output; JSON values.
        make: Does the work.
        again: Make them even if they are up to date.
    """
    started = time.perf_counter()
    because = {
        "toolkit": __version__,
        "inputs": dict(sorted(inputs.items())),
        "parameters": dict(sorted(parameters.items())),
    }
    entry = read_lock(root).get(stage)
    if not again and entry is not None and entry["because"] == because and _all_there(root, entry["outputs"]):
        return Outcome(stage, entry["counts"], up_to_date=True, seconds=time.perf_counter() - started)
    made = make()
    for name, data in sorted(made.files.items()):
        if isinstance(data, Path):
            move_atomic(data, root / name)
        else:
            write_atomic(root / name, data)
    outputs = {name: file_digest(root / name) for name in sorted(made.files)}
    entries = read_lock(root) | {stage: {"because": because, "outputs": outputs, "counts": dict(made.counts)}}
    text = json.dumps(dict(sorted(entries.items())), indent=2, ensure_ascii=False)
    write_atomic(root / LOCK_NAME, text + "\n")
    return Outcome(stage, made.counts, seconds=time.perf_counter() - started)


def read_lock(root: Path) -> dict[str, Any]:
    """Return the entries of toolkit.lock by stage; none when there is no such file.

    Raises:
        InvalidInput: The file is damaged.
    """
    path = root / LOCK_NAME
    try:
        entries: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise InvalidInput(
            "is damaged", where=str(path), remedy="delete it: every stage will then run once more"
        ) from error
    return entries


def _all_there(root: Path, outputs: Mapping[str, str]) -> bool:
    return all(file_digest(root / name) == sha256 for name, sha256 in outputs.items())

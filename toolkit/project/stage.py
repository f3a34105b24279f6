"""toolkit.lock: what each stage of a project made, of what and how, and whether that is still up to date.

A stage runs again only if something that decides its files has changed. An entry of the file, by stage:

    {"because": {"toolkit": version, "inputs": {name: sha256 or null}, "parameters": {name: value}},
     "outputs": {path: sha256}, "counts": {what: number}}
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar

from toolkit.errors import InvalidInput
from toolkit.project.files import file_digest, move_atomic, write_atomic
from toolkit.version import __version__

T = TypeVar("T")

Progress = Callable[[int, int], None]
"""Called with (done, total)."""


def silent(done: int, total: int) -> None:
    """Tell nobody."""


LOCK_NAME = "toolkit.lock"


@dataclass(frozen=True)
class Made:
    """The files that a stage produced.

    Attributes:
        files: Path relative to the project → its whole content, or a finished file on the same disk to be moved there.
        counts: What there is how many of, for people.
    """

    files: Mapping[str, bytes | Path]
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Outcome:
    """The result of running a stage.

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


@dataclass(frozen=True)
class ReportOutcome(Outcome):
    """What became of a stage that writes a report.

    Attributes:
        report: What the report says: the same whether it was made now or read from its file.
    """

    report: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Provenance:
    """The origin of files that are there: an entry of toolkit.lock, or the manifest of a release.

    Attributes:
        toolkit: Version of the toolkit that made them.
        inputs: Name → SHA-256 that it had; None for a file that was not there.
        parameters: Name → JSON value of everything else that decided them.
        outputs: Path relative to the project → SHA-256; None where the file need only be there.
        counts: What there was how many of.
    """

    toolkit: str
    inputs: Mapping[str, str | None]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, str | None] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Self:
        """Read an entry of toolkit.lock."""
        because = entry["because"]
        return cls(because["toolkit"], because["inputs"], because["parameters"], entry["outputs"], entry["counts"])


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
    before = provenance(root, stage)
    if not again and before is not None and not out_of_date(root, before, inputs=inputs, parameters=parameters):
        return Outcome(stage, before.counts, up_to_date=True, seconds=time.perf_counter() - started)
    made = make()
    for name, data in sorted(made.files.items()):
        if isinstance(data, Path):
            move_atomic(data, root / name)
        else:
            write_atomic(root / name, data)
    entry = {
        "because": {
            "toolkit": __version__,
            "inputs": dict(sorted(inputs.items())),
            "parameters": dict(sorted(parameters.items())),
        },
        "outputs": {name: file_digest(root / name) for name in sorted(made.files)},
        "counts": dict(made.counts),
    }
    entries = read_lock(root) | {stage: entry}
    write_atomic(root / LOCK_NAME, json.dumps(dict(sorted(entries.items())), indent=2, ensure_ascii=False) + "\n")
    return Outcome(stage, made.counts, seconds=time.perf_counter() - started)


def derive_value(
    root: Path,
    stage: str,
    *,
    inputs: Mapping[str, str | None],
    parameters: Mapping[str, Any],
    make: Callable[[], tuple[Made, T]],
    read: Callable[[], T],
    again: bool = False,
) -> tuple[Outcome, T]:
    """Make a stage's files as `derive` does; return also what they hold.

    Args:
        root: The project.
        stage: Its name.
        inputs: As for `derive`.
        parameters: As for `derive`.
        make: Does the work; returns the files and the value that they hold.
        read: Returns the value from the files; called only if they are up to date.
        again: Make the files even if they are up to date.
    """
    made: list[T] = []

    def files() -> Made:
        found, value = make()
        made.append(value)
        return found

    outcome = derive(root, stage, inputs=inputs, parameters=parameters, make=files, again=again)
    return outcome, made[0] if made else read()


def derive_report(
    root: Path,
    stage: str,
    name: str,
    *,
    inputs: Mapping[str, str | None],
    parameters: Mapping[str, Any],
    make: Callable[[], tuple[Made, Mapping[str, Any]]],
    again: bool = False,
) -> ReportOutcome:
    """Make a stage's JSON report, and further files, as `derive` does; return also what the report says.

    Args:
        root: The project.
        stage: Its name.
        name: Path of the report, relative to the project.
        inputs: As for `derive`.
        parameters: As for `derive`.
        make: Does the work; returns the further files with the counts, and the report in JSON values.
        again: Make them even if they are up to date.
    """

    def files() -> tuple[Made, Mapping[str, Any]]:
        found, report = make()
        text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
        return Made({**found.files, name: text.encode()}, found.counts), report

    def read() -> Mapping[str, Any]:
        report: Mapping[str, Any] = json.loads((root / name).read_bytes())
        return report

    outcome, report = derive_value(
        root, stage, inputs=inputs, parameters=parameters, make=files, read=read, again=again
    )
    return ReportOutcome(**vars(outcome), report=report)


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


def provenance(root: Path, stage: str) -> Provenance | None:
    """Return what toolkit.lock says of a stage; None if it has not run.

    Raises:
        InvalidInput: The file is damaged.
    """
    entry = read_lock(root).get(stage)
    return None if entry is None else Provenance.of(entry)


def out_of_date(
    root: Path,
    made: Provenance,
    *,
    inputs: Mapping[str, str | None] | None = None,
    there: Collection[str] = (),
    parameters: Mapping[str, Any] | None = None,
) -> tuple[str, ...]:
    """Return why files are out of date, in words; nothing if they would be made the same now.

    With `inputs` the answer is exact: every output is hashed. Without, it is quick: a file whose inode has not changed
    since the outputs were written is not read, outputs need only be there, and what lies behind a URL is not fetched.
    A project may hold gigabytes.

    Args:
        root: The project.
        made: What was recorded when they were made.
        inputs: Name → SHA-256 now, of every input; None: look at the recorded ones.
        there: Names of inputs that are there now. Only where `inputs` is None: those not recorded are new.
        parameters: The parameters that hold now. With `inputs` all of them; else those to compare.

    Examples:
        >>> made = Provenance(toolkit=__version__, inputs={"gold.parquet": "5f…"}, parameters={"seed": 0})
        >>> out_of_date(Path("."), made, inputs={"gold.parquet": "a1…"}, parameters={"seed": 1})
        ('gold.parquet changed', 'another seed')
    """
    exact, now = inputs is not None, parameters or {}
    found = _missing_outputs(root, made.outputs, exact=exact)
    found += _differences(made.inputs, _inputs_now(root, made, there) if inputs is None else inputs)
    if made.toolkit != __version__:
        found.append(f"made by toolkit {made.toolkit}")
    for name in sorted({*now, *made.parameters} if exact else now):
        if (name in now) != (name in made.parameters) or now.get(name) != made.parameters.get(name):
            found.append(_PARAMETERS.get(name, f"another {name}"))
    return tuple(dict.fromkeys(found))


_PARAMETERS = {
    "schema": "the schema changed",
    "method": "the aggregation changed",
    "report": "an earlier toolkit measured it",
    "interval": "an earlier toolkit measured it",
    "recipe": "the settings of the release changed",
}
"""What is said of a parameter that differs."""


def _missing_outputs(root: Path, outputs: Mapping[str, str | None], *, exact: bool) -> list[str]:
    gone = {name for name in outputs if not (root / name).exists()}
    other = {
        name: sha256
        for name, sha256 in outputs.items()
        if exact and name not in gone and sha256 is not None and file_digest(root / name) != sha256
    }
    return [*_told(sorted(gone), "is gone", "are gone"), *_told(sorted(other), "was changed", "were changed")]


def _inputs_now(root: Path, made: Provenance, there: Collection[str]) -> dict[str, str | None]:
    """Return the SHA-256 of each recorded input, hashed only where the inode has changed, and "" for a new one."""
    outputs = [root / name for name in made.outputs]
    made_at = min((path.stat().st_mtime_ns for path in outputs if path.exists()), default=0)
    now: dict[str, str | None] = {name: "" for name in there if name not in made.inputs}
    for name, sha256 in made.inputs.items():
        path = next((place for place in _places(root, name) if place.exists()), None)
        if "://" in name or (path is not None and sha256 is not None and path.stat().st_ctime_ns < made_at):
            now[name] = sha256
        else:
            now[name] = None if path is None else file_digest(path)
    return now


def _places(root: Path, name: str) -> Iterator[Path]:
    """Yield where an input may lie: the files of a model are named from its directory on."""
    yield from (root / name, root / "models" / name, Path(name))


def _differences(before: Mapping[str, str | None], now: Mapping[str, str | None]) -> list[str]:
    gone = [name for name, sha256 in before.items() if sha256 is not None and now.get(name) is None]
    changed = [name for name, sha256 in before.items() if None not in (sha256, now.get(name)) and now[name] != sha256]
    new = [name for name, sha256 in now.items() if sha256 is not None and before.get(name) is None]
    return [
        *_told(gone, "is gone", "are gone"),
        *_told(changed, "changed", "changed"),
        *_told(new, "is new", "are new"),
    ]


def _told(names: Collection[str], one: str, several: str) -> list[str]:
    """Say the same of files: of one or two by name, of more in one clause."""
    called = [_called(name) for name in names]
    if len(called) < 3:
        return [f"{name} {one}" for name in called]
    return [f"{called[0]} and {len(called) - 1:,} more files {several}"]


def _called(name: str) -> str:
    """Return what a file is called: the manifest of a release stands for the release."""
    folder, _, file = name.rpartition("/")
    return folder.replace("releases/", "release ", 1) if file == "manifest.json" else name

"""The check-up: everything on this machine that may prevent work on a project, each with its remedy."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from toolkit.errors import InvalidConfig, InvalidInput, ToolkitError
from toolkit.labelstudio.pseudonyms import check_key
from toolkit.project import Workspace
from toolkit.project.stage import read_lock
from toolkit.version import DISTRIBUTION, __version__, install_command

State = Literal["ok", "note", "fault"]

_LEAST_FREE = 1 << 30  # bytes: derived files are written beside the old ones before they replace them
_NAMED = 3
_TIMEOUT = 5.0  # seconds
_INSTALL = f"install it again: `{install_command(upgrade=True)}`"


@dataclass(frozen=True)
class Check:
    """One thing that was checked.

    Attributes:
        name: What it is.
        state: "ok"; "note": nothing is wrong, some commands need more; "fault": something will fail.
        said: What was found. Never a token.
        remedy: What to do; None when all is well.
    """

    name: str
    state: State
    said: str
    remedy: str | None = None


def checkup(start: Path | None = None, *, environment: Mapping[str, str] = os.environ) -> tuple[Check, ...]:
    """Check versions, the disk, the project, its lock, tokens and the server; nothing is written.

    Args:
        start: The project; default: that of this directory, if there is one.
        environment: Where tokens are looked for.
    """
    checks = [_python(), _dependencies(), _disk(start or Path.cwd())]
    try:
        workspace = Workspace.find(start)
    except InvalidConfig as error:
        here = start is None and not any((folder / "toolkit.yaml").exists() for folder in _upwards(Path.cwd()))
        faults = [
            Check("project", "note" if here else "fault", f"{fault.where}: {fault.what}", fault.remedy)
            for fault in error.faults
        ]
        return *checks, *faults
    return *checks, *_project(workspace), *_tokens(workspace, environment), _server(workspace)


def _upwards(folder: Path) -> list[Path]:
    return [folder, *folder.parents]


def _python() -> Check:
    said = f"toolkit {__version__}, Python {sys.version.split()[0]}"
    return Check("versions", "ok", said)


def _dependencies() -> Check:
    """Compare the installed libraries with the requirements of this distribution."""
    from packaging.requirements import Requirement

    try:
        every = [Requirement(line) for line in metadata.requires(DISTRIBUTION) or []]
    except metadata.PackageNotFoundError:  # a copied source tree, or one installed under an older name
        return Check("libraries", "fault", f"{DISTRIBUTION} is not installed under its name", _INSTALL)
    wanted = [each for each in every if each.marker is None or each.marker.evaluate({"extra": ""})]
    missing = []
    for requirement in wanted:
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            missing.append(f"{requirement} is not installed")
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            missing.append(f"{requirement} is needed and {version} is installed")
    if missing:
        return Check("libraries", "fault", "; ".join(missing), _INSTALL)
    return Check("libraries", "ok", f"{len(wanted)} requirements looked at, all met")


def _disk(root: Path) -> Check:
    there = next(folder for folder in _upwards(root.absolute()) if folder.exists())
    free = shutil.disk_usage(there).free
    said = f"{free / (1 << 30):.1f} GiB free at {root}"
    if free < _LEAST_FREE:
        return Check("disk", "fault", said, "make room: every file is written whole before it replaces the old one")
    return Check("disk", "ok", said)


def _project(workspace: Workspace) -> Iterator[Check]:
    try:
        schema = workspace.schema()
    except InvalidInput as error:
        yield Check("schema", "fault", str(error.what), error.remedy or "run `toolkit schema check`")
    else:
        yield Check("schema", "ok", f"{schema.name}@{schema.version}")
    yield _writable(workspace)
    yield _lock_file(workspace)
    yield _logs(workspace)
    yield _key(workspace)
    try:
        with workspace.lock():
            yield Check("lock", "ok", "nobody is at work on this project")
    except ToolkitError as error:
        yield Check("lock", "fault", error.what, error.remedy)


def _lock_file(workspace: Workspace) -> Check:
    try:
        stages = read_lock(workspace.root)
    except InvalidInput as error:
        return Check("toolkit.lock", "fault", error.what, error.remedy)
    return Check("toolkit.lock", "ok", f"{len(stages)} stages")


def _logs(workspace: Workspace) -> Check:
    broken = [f"{name}:{row.line}: {row.what}" for name, row in workspace.broken_links()]
    if broken:
        more = f", and {len(broken) - _NAMED:,} more" if len(broken) > _NAMED else ""
        remedy = "bring the log back from a backup; docs/how-to/team.md says how to accept a change"
        return Check("logs", "fault", "; ".join(broken[:_NAMED]) + more, remedy)
    return Check("logs", "ok", "every answer is the one that was written")


def _key(workspace: Workspace) -> Check:
    try:
        there = check_key(workspace)
    except InvalidInput as error:
        return Check("pseudonyms", "fault", error.what, error.remedy)
    return Check("pseudonyms", "ok", "their key is the log's own" if there else "the first pull makes their key")


def _writable(workspace: Workspace) -> Check:
    said = str(workspace.root)
    if not os.access(workspace.root, os.W_OK | os.X_OK):
        return Check("project", "fault", f"{said} can't be written to", "give yourself the right to write there")
    return Check("project", "ok", said)


def _tokens(workspace: Workspace, environment: Mapping[str, str]) -> Iterator[Check]:
    studio, hub = workspace.config.label_studio, workspace.config.hub
    yield _token(
        "Label Studio token",
        studio.token_variable,
        bool(environment.get(studio.token_variable)),
        needed=studio.url is not None,
        remedy=f"run `toolkit studio start`, or copy a token from Account & Settings into {studio.token_variable}",
    )
    home = Path(environment.get("HF_HOME") or os.path.expanduser("~/.cache/huggingface"))  # as it is where nobody lives
    yield _token(
        "Hub token",
        hub.token_variable,
        bool(environment.get(hub.token_variable)) or (home / "token").is_file(),
        needed=hub.repo is not None,
        remedy=f"set {hub.token_variable} to a token with write access, from the Hub's settings",
    )


def _token(name: str, variable: str, present: bool, *, needed: bool, remedy: str) -> Check:
    if present:
        return Check(name, "ok", "present")
    return Check(name, "fault" if needed else "note", f"{variable} is not set", remedy)


def _server(workspace: Workspace) -> Check:
    """Ask the server for its version; any answer in HTTP means that it can be reached."""
    import httpx

    from toolkit.labelstudio.server import embedded

    running = embedded.status()
    url = workspace.config.label_studio.url or (None if running is None else running.url)
    if url is None:
        remedy = "run `toolkit studio start`, or set label_studio.url in toolkit.yaml"
        return Check("Label Studio", "note", "no server is named", remedy)
    try:
        answer = httpx.get(f"{url.rstrip('/')}/api/version", timeout=_TIMEOUT, follow_redirects=True)
        version = answer.raise_for_status().json().get("release", "unknown")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        remedy = "start it (`toolkit studio start`), or correct label_studio.url or LABEL_STUDIO_URL"
        return Check("Label Studio", "fault", f"{url} can't be reached ({type(error).__name__})", remedy)
    except (ValueError, AttributeError):
        remedy = "correct label_studio.url or LABEL_STUDIO_URL"
        return Check("Label Studio", "fault", f"{url} is not a Label Studio server", remedy)
    return Check("Label Studio", "ok", f"{version} at {url}")

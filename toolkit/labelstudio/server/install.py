"""Label Studio in an environment of its own, and an empty database to copy.

Label Studio pins exact versions of a hundred packages, so it never shares an environment with this project. Its
first start on an empty data directory takes 30 s of database migrations (measured, 1.23.2). An empty database is
made once, in 4 s, from the state in which they end; it is kept as a template without any user or key in it.

uv installs it, in a minute where pip takes ten; pip brings uv where the machine has none.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from toolkit.errors import InvalidConfig, ToolkitError, UsageError
from toolkit.project.mutex import no_locks

VERSION = "1.23.2"
DATABASE = "label_studio.sqlite3"

HOME_VARIABLE = "TOOLKIT_STUDIO_HOME"
PYTHON_VARIABLE = "TOOLKIT_STUDIO_PYTHON"

Told = Callable[[str], None]
"""Called with a line for the person who waits, every five seconds of a step that takes longer."""

EVERY = 5.0  # seconds


def not_told(line: str) -> None:
    """Say nothing to nobody."""


def default_home(environment: Mapping[str, str] = os.environ) -> Path:
    """Return where the installation and the default data directory lie: the user's cache, unless told otherwise.

    Raises:
        UsageError: The user has no home, as in a container that runs under a bare number.
    """
    if named := environment.get(HOME_VARIABLE):
        return Path(named).expanduser().absolute()
    cache = environment.get("XDG_CACHE_HOME") or "~/.cache"
    try:
        return Path(cache).expanduser().absolute() / "toolkit" / "studio"
    except RuntimeError as error:
        what = "there is no home directory to keep Label Studio in"
        raise UsageError(what, remedy=f"set HOME, or {HOME_VARIABLE}, to a folder that can be written to") from error


def installed(home: Path, python: Path | None = None, *, told: Told = not_told) -> Path:
    """Return the `label-studio` program, installing it first where it is missing.

    Args:
        home: Where the environment goes.
        python: An interpreter that has Label Studio already; default: TOOLKIT_STUDIO_PYTHON, else one is installed.
        told: Hears every five seconds that an installation goes on.

    Raises:
        InvalidConfig: The interpreter that was named has no Label Studio.
        ToolkitError: The installation failed; the message ends with the end of its log.
    """
    given = python or (Path(os.environ[PYTHON_VARIABLE]) if os.environ.get(PYTHON_VARIABLE) else None)
    if given is not None:
        program = given.parent / "label-studio"
        if not program.exists():
            raise InvalidConfig(
                "there is no label-studio beside this interpreter",
                where=str(given),
                remedy=f"unset {PYTHON_VARIABLE}, or run `{given} -m pip install label-studio=={VERSION}`",
            )
        return program
    folder = home / f"venv-{VERSION}"
    program = folder / "bin" / "label-studio"
    done = folder / "installed"
    with waiting_lock(home / "install.lock"):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            _install(folder, home / "install.log", told)
            done.touch()
    return program


def _install(folder: Path, log: Path, told: Told) -> None:
    """Make an environment with Label Studio in it."""
    python, step = str(folder / "bin" / "python"), Step(log, f"installing Label Studio {VERSION}", told)
    # A company's own certificate counts, as it does for pip; what installs for the user, or elsewhere, does not.
    environment = {"UV_SYSTEM_CERTS": "1", **os.environ, "PIP_USER": "0", "PIP_TARGET": "", "PIP_PREFIX": ""}
    uv = shutil.which("uv")
    if uv is not None:
        step.run([uv, "venv", "--python", sys.executable, str(folder)], "can't make a virtual environment")
    else:
        step.run([sys.executable, "-m", "venv", str(folder)], "can't make a virtual environment")
        pip = [python, "-m", "pip", "install", "--disable-pip-version-check"]
        step.run([*pip, "uv"], "uv, which installs Label Studio, can't be installed itself", environment)
        uv = str(folder / "bin" / "uv")
    wanted = f"label-studio=={VERSION}"
    if "PIP_INDEX_URL" in os.environ:
        environment.setdefault("UV_DEFAULT_INDEX", os.environ["PIP_INDEX_URL"])
    command = [uv, "pip", "install", "--python", python, wanted]
    step.run(command, f"Label Studio {VERSION} can't be installed", environment)


def fill_from_template(program: Path, home: Path, data: Path, *, told: Told = not_told) -> None:
    """Put an empty, migrated database into a data directory that has none; the first call makes the template.

    Raises:
        ToolkitError: The migrations failed; the message ends with the end of their log.
    """
    if (data / DATABASE).exists():
        return
    template = home / f"template-{VERSION}"
    with waiting_lock(home / "template.lock"):
        if not template.exists():
            _make_template(program, home, template, told)
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=data, prefix=f".{DATABASE}.")
    os.close(handle)
    shutil.copyfile(template / DATABASE, temporary)
    os.replace(temporary, data / DATABASE)


def _make_template(program: Path, home: Path, template: Path, told: Told) -> None:
    """Make the tables at once; where this Label Studio does not let that be done, by its migrations, one by one."""
    step = Step(home / "template.log", "making an empty database", told)
    fault = "can't make an empty database"
    at_once = [str(program.parent / "python"), str(Path(__file__).with_name("empty_database.py"))]
    try:
        _make_database(step, at_once, template, fault)
    except ToolkitError:
        _make_database(step, [str(program), "version"], template, fault)


def _make_database(step: Step, command: list[str], template: Path, fault: str) -> None:
    with tempfile.TemporaryDirectory(dir=template.parent, prefix=".template-") as scratch:
        step.run(command, fault, server_environment(Path(scratch)))
        half = template.with_name(f".{template.name}.part")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir()
        shutil.copyfile(Path(scratch) / DATABASE, half / DATABASE)
        half.rename(template)


def server_environment(data: Path) -> dict[str, str]:
    """Return the environment of a private server: its own data directory, and nothing that phones out."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR") if key in os.environ}
    return kept | {
        "LABEL_STUDIO_BASE_DATA_DIR": str(data),
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
        "COLLECT_ANALYTICS": "false",
        "LATEST_VERSION_CHECK": "false",
        "fflag_fix_all_optic_79_task_count_is_wrong_short": "true",  # people see "12 of 163", not "1 of 1"
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        "PYTHONUNBUFFERED": "1",
    }


def tail(log: Path, lines: int = 8) -> str:
    """Return the last lines of a log, in one line."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return "(no log)"
    return " | ".join(line.strip() for line in text.splitlines()[-lines:] if line.strip())


@contextmanager
def waiting_lock(path: Path) -> Iterator[None]:
    """Hold a lock file; a second process waits until the first has finished."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError as error:
            raise no_locks(path.parent, error) from error
        yield


@dataclass(frozen=True, slots=True)
class Step:
    """Programs that a person waits for, one after the other.

    Attributes:
        log: Where their output goes; each program starts it anew.
        doing: What the step does, such as "installing Label Studio".
        told: Hears every five seconds that it goes on.
    """

    log: Path
    doing: str
    told: Told

    def run(self, command: list[str], fault: str, environment: Mapping[str, str] | None = None) -> None:
        """Run a program to its end.

        Raises:
            ToolkitError: It can't be started or ended with a fault; the message is `fault` and the end of its log.
        """
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as output:
            try:
                program = subprocess.Popen(  # noqa: S603  # our own command, no shell
                    command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment
                )
            except OSError as error:
                raise ToolkitError(f"{fault}: {error.strerror}", where=command[0]) from error
            try:
                code = self._end_of(program)
            except BaseException:  # Ctrl+C: what is half-done would go on behind the prompt
                program.kill()
                program.wait()
                raise
        if code != 0:
            remedy = "mend that and run the same command again"
            raise ToolkitError(f"{fault}: {tail(self.log)}", where=str(self.log), remedy=remedy)

    def _end_of(self, program: subprocess.Popen[bytes]) -> int:
        started = time.monotonic()
        while True:
            try:
                return program.wait(EVERY)
            except subprocess.TimeoutExpired:
                last = tail(self.log, 1)
                self.told(f"  {self.doing} · {time.monotonic() - started:.0f} s{f' · {last}' if last else ''}")

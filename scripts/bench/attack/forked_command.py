"""One command of toolkit in a fork of this process, so that hundreds of attacks cost no imports.

A fork has the memory, the time and the output of its own; whatever happens to it is measured from outside.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

CRASHED = ("Traceback (most recent call last)", "fault of toolkit itself")
_FILE_BYTES = 400 << 20  # of one file that a command may write


@dataclass(frozen=True)
class Ran:
    """What came of a command.

    Attributes:
        code: Its exit code; -9 where it was killed.
        said: All that it printed.
        seconds: Processor time.
        megabytes: The most memory that it held.
        late: It had not ended when its time was up.
    """

    code: int
    said: str
    seconds: float
    megabytes: float
    late: bool

    @property
    def crashed(self) -> bool:
        """It showed a traceback, or called itself faulty."""
        return any(words in self.said for words in CRASHED)


def ran(
    words: Sequence[str],
    folder: Path,
    *,
    patience: float = 120.0,
    environment: Mapping[str, str] | None = None,
    before: Callable[[], None] | None = None,
    kill_after: float | None = None,
) -> Ran:
    """Run `toolkit WORDS` in a folder.

    Args:
        words: The words after `toolkit`.
        folder: The working directory.
        patience: Seconds after which it is killed.
        environment: Variables beside those of this process.
        before: Called in the fork before the command.
        kill_after: Seconds after which it is killed on purpose.
    """
    with tempfile.TemporaryFile() as told:
        began = time.monotonic()
        child = os.fork()
        if child == 0:
            _be_the_command(words, folder, told.fileno(), environment or {}, before)
        with suppress(OSError):  # the child does it too: whoever comes first
            os.setpgid(child, child)
        late = False
        while True:
            done, status, used = os.wait4(child, os.WNOHANG)
            if done:
                break
            taken = time.monotonic() - began
            if kill_after is not None and taken >= kill_after:
                os.killpg(child, signal.SIGKILL)
            elif taken >= patience:
                late = True
                os.killpg(child, signal.SIGKILL)
            time.sleep(0.01)
        told.seek(0)
        said = told.read().decode("utf-8", "replace")
    code = os.waitstatus_to_exitcode(status)
    return Ran(code, said, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, late)


def _be_the_command(
    words: Sequence[str],
    folder: Path,
    told: int,
    environment: Mapping[str, str],
    before: Callable[[], None] | None,
) -> None:
    """Become the command; never returns."""
    code = 99
    try:
        with suppress(OSError):
            os.setpgid(0, 0)
        os.chdir(folder)
        os.environ.update(environment)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for number, target in enumerate((nothing, told, told)):
            os.dup2(target, number)
        resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # writing more is an error then, not a death
        if before is not None:
            before()
        from toolkit.cli.app import main

        main(list(words))
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 0 if left.code is None else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)

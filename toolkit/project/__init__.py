"""The project directory: its paths, its settings, its logs, and the lock file that says what is up to date."""

from toolkit.project.files import write_atomic
from toolkit.project.logs.append_log import AppendLog
from toolkit.project.stage import Made, Outcome, derive
from toolkit.project.workspace import Workspace

__all__ = ["AppendLog", "Made", "Outcome", "Workspace", "derive", "write_atomic"]

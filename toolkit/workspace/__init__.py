"""The project directory: its paths, its tables and logs, and the stages that derive one file from another."""

from toolkit.workspace.derive import Made, Outcome, derive
from toolkit.workspace.files import write_atomic
from toolkit.workspace.log import AppendLog
from toolkit.workspace.project import Workspace
from toolkit.workspace.provenance import trace, verify

__all__ = ["AppendLog", "Made", "Outcome", "Workspace", "derive", "trace", "verify", "write_atomic"]

"""The project directory: its paths, its tables and logs.

The stages that derive one file from another are in `toolkit.workspace.stages` (the corpus) and
`toolkit.workspace.judging` (the answers), the way back to the raw pages in `toolkit.workspace.provenance`; they bring
the corpus rooms with them.
"""

from toolkit.workspace.derive import Made, Outcome, derive
from toolkit.workspace.files import write_atomic
from toolkit.workspace.log import AppendLog
from toolkit.workspace.project import Workspace

__all__ = ["AppendLog", "Made", "Outcome", "Workspace", "derive", "write_atomic"]

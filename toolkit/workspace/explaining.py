"""What would be kept and cut of one page, read as its project reads it."""

from __future__ import annotations

import json
from pathlib import Path

from toolkit.ingest import read
from toolkit.ingest.explain import Passage, explain
from toolkit.ingest.profile import fold
from toolkit.workspace.files import read_bytes
from toolkit.workspace.intake import IngestConfig
from toolkit.workspace.project import REJECTS, Workspace


def explain_page(page: Path, how: IngestConfig, workspace: Workspace | None = None) -> list[Passage]:
    """Return the passages of a page; nothing is written.

    Args:
        page: The file.
        how: How to read it.
        workspace: The project, whose last `ingest` says which lines recur over its pages.

    Raises:
        InvalidInput: The page, or a profile, can't be read.
    """
    root = Path() if workspace is None else workspace.root
    lines = frozenset[str]() if workspace is None or not how.recurring else _recurring(workspace.path(REJECTS))
    folder, place = (root / "pages").resolve(), page.resolve()
    source = place.relative_to(folder).as_posix() if place.is_relative_to(folder) else page.name
    return explain(read(read_bytes(page), source=source, settings=how.settings(root, lines)))


def _recurring(path: Path) -> frozenset[str]:
    """Return the lines that were cut as recurring."""
    if not path.exists():
        return frozenset()
    with path.open(encoding="utf-8") as file:
        rejects = (json.loads(line) for line in file if '"recurring"' in line)
        return frozenset(fold(reject["text"]) for reject in rejects if reject["reason"] == "recurring")

"""`toolkit verify`: prove that nothing changed between raw pages and sentences."""

from __future__ import annotations

from toolkit.api.facade import Project
from toolkit.cli.options import Json, ProjectDir
from toolkit.cli.output import progress_bar, put, put_counts, put_json
from toolkit.errors import GateFailed


def verify(project: ProjectDir = None, as_json: Json = False) -> None:
    """Rebuild every sentence from the raw bytes of its page and list every difference.

    Example: toolkit verify
    """
    with progress_bar("verify"):
        found = Project.find(project).verify()
    if as_json:
        put_json(found)
    else:
        put_counts("verify", {"articles": found.articles, "sentences": found.sentences})
        for difference in found.differences:
            put(f"{difference.record}: {difference.what}")
    if found.differences:
        raise GateFailed(
            f"{len(found.differences)} records differ from their raw pages",
            remedy="run `toolkit ingest` and `toolkit segment`",
        )

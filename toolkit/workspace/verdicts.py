"""adjudications/verdicts.jsonl: every verdict on a sentence that people differ on, a line each, the last one holds.

Earlier lines are never changed. What a new run makes of answers that an earlier one has seen is read here, so that
gold.parquet follows from the logs, although models that were fitted to all answers of their day took part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from toolkit.adjudicate import Verdict
from toolkit.errors import InvalidInput
from toolkit.records import from_json, to_json
from toolkit.workspace.project import Workspace

VERDICTS = "adjudications/verdicts.jsonl"


def verdicts(workspace: Workspace) -> dict[str, Verdict]:
    """Return the verdict that holds on each sentence that has one.

    Raises:
        InvalidInput: A line is damaged.
    """
    found: dict[str, Verdict] = {}
    for number, line in enumerate(_written(workspace).splitlines(), start=1):
        try:
            verdict = from_json(Verdict, line)
        except InvalidInput as error:
            raise InvalidInput(
                "is not a verdict",
                where=f"{workspace.path(VERDICTS)}:{number}",
                remedy="bring the file back from a backup; without it the next `toolkit adjudicate` decides afresh",
            ) from error
        found[verdict.sentence_id] = verdict
    return found


def with_verdicts(workspace: Workspace, held: Mapping[str, Verdict], now: Iterable[Verdict]) -> bytes:
    """Return the file as it is to be: what was written, and after it every verdict that is not yet the last one.

    Args:
        workspace: The project.
        held: What `verdicts` returns.
        now: The verdicts of a run.
    """
    new = [to_json(verdict) + "\n" for verdict in now if held.get(verdict.sentence_id) != verdict]
    return _written(workspace) + "".join(new).encode()


def _written(workspace: Workspace) -> bytes:
    path = workspace.path(VERDICTS)
    return path.read_bytes() if path.exists() else b""

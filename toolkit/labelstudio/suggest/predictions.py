"""A model's suggestions on the labelling page: replaced as a whole, never piled up.

Label Studio only ever adds predictions and checks none of them (measured, 1.23.2: a wrong label, offsets beyond the
text, all stored). So every suggestion is held against the schema and its sentence first, then those of the project are
deleted, then the new ones are stored; after a kill in between the same command does it again from the start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from toolkit.errors import Interrupted, InvalidInput, RemoteError
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.client.connection import connected
from toolkit.labelstudio.client.http_client import Server
from toolkit.labelstudio.codec.encode import to_result
from toolkit.labelstudio.push.tasks import key_of
from toolkit.project import Workspace
from toolkit.project.push_ledger import work_titles
from toolkit.records import Span
from toolkit.records.base import record
from toolkit.schema import Schema

_BATCH = 500


@record
class Suggestion:
    """What a model says of one sentence.

    Attributes:
        sentence_id: The sentence.
        labels: Sentence labels, sorted.
        spans: Offsets in the sentence.
        score: How sure the model is, in [0, 1].
    """

    sentence_id: str
    labels: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    score: float | None = None


def push_predictions(
    workspace: Workspace, suggestions: Iterable[Suggestion], *, model_version: str, server: Server | None = None
) -> int:
    """Show a model's suggestions to the annotators, in place of all earlier ones.

    Args:
        workspace: The project directory, pushed before.
        suggestions: For sentences that were pushed; others are left out.
        model_version: Name of the model, as annotators see it.
        server: Default: the one that toolkit.yaml or the environment names.

    Returns:
        How many suggestions are there now.

    Raises:
        InvalidInput: A suggestion does not fit its sentence or the schema; nothing was changed.
        Interrupted: The server stopped answering; the same command does it again.
        RemoteError: The server can't be reached or refuses.
    """
    with workspace.lock(), connected(workspace, server) as connection:
        texts = {sentence.sentence_id: sentence.text for sentence in workspace.sentences()}
        schema = workspace.schema()
        bodies = {
            suggestion.sentence_id: _body(suggestion, texts.get(suggestion.sentence_id, ""), schema, model_version)
            for suggestion in suggestions
        }
        return sum(
            _replace(connection, project, bodies) for project in server_project.of_workspace(connection, workspace)
        )


def answered_tasks(server: Server, workspace: Workspace) -> dict[str, bool]:
    """Return the sentence_id of every task of a workspace, and whether somebody has answered or skipped it."""
    include = "id,data,total_annotations,cancelled_annotations"
    found: dict[str, bool] = {}
    for title in work_titles(workspace):
        project = server_project.find(server, title)
        for task in server.tasks(project.id, include=include) if project is not None else ():
            key = key_of(task["data"])
            if key is not None:
                answered = bool(task["total_annotations"] or task["cancelled_annotations"])
                found[key[0]] = found.get(key[0], False) or answered
    return found


def _replace(server: Server, project: server_project.Project, bodies: dict[str, dict[str, Any]]) -> int:
    wanted = []
    for task in server.tasks(project.id, include="id,data"):
        key = key_of(task["data"])
        if key is not None and key[0] in bodies:
            wanted.append(bodies[key[0]] | {"task": task["id"]})
    model = wanted[0]["model_version"] if wanted else ""
    done = 0
    try:
        everything = {"selectedItems": {"all": True, "excluded": []}, "project": project.id}
        server.post("/api/dm/actions", everything, id="delete_tasks_predictions", project=project.id)
        for batch in _batches(wanted):
            server.post(f"/api/projects/{project.id}/import/predictions", batch)
            done += len(batch)
    except RemoteError as error:
        raise Interrupted(
            f"{done} of {len(wanted)} suggestions are there, then: {error}", remedy="run the same command again"
        ) from error
    server.patch(f"/api/projects/{project.id}/", {"model_version": model})
    return done


def _body(suggestion: Suggestion, text: str, schema: Schema, model_version: str) -> dict[str, Any]:
    for span in suggestion.spans:
        if text[span.start : span.end] != span.text:
            raise InvalidInput(
                f"{span.text!r} does not stand at {span.start}-{span.end}", where=f"sentence {suggestion.sentence_id}"
            )
    result = to_result(schema, labels=suggestion.labels, spans=suggestion.spans, origin="prediction")
    body = {"model_version": model_version, "result": result}
    return body if suggestion.score is None else body | {"score": suggestion.score}


def _batches(items: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]

"""Recorded answers as a Label Studio export: for a demonstration without a server, never for data."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable

from toolkit.labelstudio.codec.export_writer import as_task
from toolkit.labelstudio.push.tasks import task_data
from toolkit.project import Workspace
from toolkit.records import Annotation, content_id
from toolkit.samples import Recorded

ANSWERED_AT = "2026-01-01T00:00:00Z"
"""When the recorded answers were given: the same in every demonstration."""


def recorded_export(workspace: Workspace, answers: Iterable[Recorded]) -> str:
    """Return the JSON that `pull --from-export` reads: a task per sentence, with the answers to its text.

    Args:
        workspace: A project with sentences.
        answers: Recorded answers; those to texts that the project does not have are left out.

    Raises:
        InvalidInput: There are no sentences yet.
    """
    schema = workspace.schema()
    said: dict[str, list[Recorded]] = defaultdict(list)
    for answer in answers:
        said[answer.text].append(answer)
    sentences = workspace.sentences()
    tasks = []
    for number, (sentence, data) in enumerate(
        zip(sentences, task_data(sentences, workspace.articles()), strict=True), start=1
    ):
        given = [_annotation(answer, sentence.sentence_id, schema.ref) for answer in said[sentence.text]]
        tasks.append(as_task(number, data, given, schema))
    return json.dumps(tasks, ensure_ascii=False)


def _annotation(answer: Recorded, sentence_id: str, schema: str) -> Annotation:
    return Annotation(
        annotation_id=content_id(sentence_id, answer.annotator),
        sentence_id=sentence_id,
        annotator=f"annotator-{answer.annotator}",
        labels=answer.labels,
        spans=answer.located(),
        relations=answer.relations,
        skipped=answer.skipped,
        note=answer.note,
        lead_time=answer.lead_time,
        schema=schema,
        created_at=ANSWERED_AT,
        updated_at=ANSWERED_AT,
    )

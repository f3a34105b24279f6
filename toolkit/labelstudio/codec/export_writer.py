"""A release as Label Studio JSON: tasks with the answers of its annotators, which `pull --from-export` takes back.

Files: `tasks-<split>.json` with the annotators' answers, `expert-tasks-<split>.json` with the answers of those who
settled what was disputed, and `label_config.xml`, the page of the schema. Each can be imported into a Label Studio
project; there the answers belong to whoever imports them.

A field that is empty and a box that is not ticked are not stored, as on the page.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from toolkit.errors import UsageError
from toolkit.labelstudio.codec.encode import encode_result
from toolkit.labelstudio.codec.label_config import DATA, render_config
from toolkit.labelstudio.codec.round_trip import KEY, to_export
from toolkit.labelstudio.push.tasks import link_of
from toolkit.project.files import ANOTHER, staged
from toolkit.records import Annotation, AttributeValue, Relation, Span, digest
from toolkit.release import Release
from toolkit.release.export.formats import rows
from toolkit.release.tables.attribute_columns import held, held_in, sentence_fields
from toolkit.schema import Schema

_PREFIX: Final = {"annotator": "tasks", "expert": "expert-tasks"}
_PLAIN: Final = (
    *("annotation_id", "sentence_id", "annotator", "schema", "created_at", "updated_at", "lead_time"),
    *("skipped", "ground_truth", "origin", "note"),
)


def export_tasks(release: Release, target: Path) -> tuple[Path, ...]:
    """Write a release as Label Studio JSON, every sentence that was decided or answered a task.

    Args:
        release: What to write.
        target: Directory of the result, which must not be there.

    Returns:
        The files.

    Raises:
        UsageError: The release has no text, or `target` is there.
    """
    if release.manifest["text"] != "full":
        raise UsageError("has no text to label", where=str(release.path), remedy="run `toolkit hydrate` first")
    names = ["label_config.xml"]
    with staged(target.parent) as stage:
        stage.name(target.name, remedy=ANOTHER)
        (stage.folder / names[0]).write_text(render_config(release.schema), encoding="utf-8")
        first = 1  # tasks and answers are numbered through all files, so that they can be imported together
        for role, prefix in _PREFIX.items():
            for split in release.splits():
                found = list(_tasks(release, split, role, first))
                if found:
                    names.append(f"{prefix}-{split}.json")
                    (stage.folder / names[-1]).write_text(_as_array(found), encoding="utf-8")
                first += len(found)
    return tuple(target / name for name in names)


def as_task(number: int, data: Mapping[str, str], answers: Iterable[Annotation], schema: Schema) -> dict[str, Any]:
    """Return one task of an export.

    Args:
        number: Its number, from 1. Its answers are numbered from `number` * 1000.
        data: What the page shows, with the keys of `toolkit.labelstudio.codec.label_config.DATA`.
        answers: The answers to its sentence.
        schema: What the page is made from.
    """
    annotations = [
        {
            "id": number * 1000 + place,
            "result": encode_result(
                schema,
                labels=answer.labels,
                spans=answer.spans,
                relations=answer.relations,
                fields=answer.fields,
                note=answer.note,
                origin=answer.origin,
            ),
            "created_at": answer.created_at,
            "updated_at": answer.updated_at,
            "lead_time": answer.lead_time,
            "was_cancelled": answer.skipped,
            "ground_truth": answer.ground_truth,
            KEY: to_export(answer),
        }
        for place, answer in enumerate(answers)
    ]
    return {"id": number, "data": dict(data), "annotations": annotations}


def _as_array(tasks: Iterable[Mapping[str, Any]]) -> str:
    return "[\n" + ",\n".join(json.dumps(task, ensure_ascii=False) for task in tasks) + "\n]\n"


def _tasks(release: Release, split: str, role: str, first: int) -> Iterator[dict[str, Any]]:
    """Yield the tasks of a split in the order of its articles; experts' tasks only where experts answered."""
    answers = _answers(release, split, role)
    decided = {row["sentence_id"]: row for row in rows(release, "default", split)}
    articles = {row["article_id"]: row for row in rows(release, "articles", split)}
    places = {key: (row["article_id"], row["start"], row["end"]) for key, row in decided.items()}
    wanted = {key: place for key, (place, _) in answers.items()}
    if role == "annotator":
        wanted |= places
    for number, (key, (article_id, start, end)) in enumerate(sorted(wanted.items(), key=itemgetter(1)), start=first):
        data = _data(key, articles[article_id], start, end, decided.get(key, {}))
        yield as_task(number, data, answers[key][1] if key in answers else (), release.schema)


def _answers(release: Release, split: str, role: str) -> dict[str, tuple[tuple[str, int, int], list[Annotation]]]:
    """Return sentence_id → (its place, the answers to it) for one role."""
    if not release.has_rows("annotations", split):
        return {}
    mine = (row for row in rows(release, "annotations", split) if row["role"] == role)
    found = {}
    asked = sentence_fields(release.schema)
    for key, group in itertools.groupby(mine, key=itemgetter("sentence_id")):
        given = list(group)
        place = (given[0]["article_id"], given[0]["sentence_start"], given[0]["sentence_end"])
        found[key] = (place, [_annotation(row, held_in(row, asked, "fields")) for row in given])
    return found


def _annotation(row: Mapping[str, Any], fields: Mapping[str, AttributeValue]) -> Annotation:
    return Annotation(
        **{name: row[name] for name in _PLAIN},
        labels=tuple(row["labels"]),
        spans=tuple(_span(span) for span in row["spans"]),
        relations=tuple(Relation(**relation) for relation in row["relations"]),
        fields=fields,
    )


def _span(row: Mapping[str, Any]) -> Span:
    return Span(**{**row, "attributes": held(row.get("attributes"))})


def _data(
    sentence_id: str, article: Mapping[str, Any], start: int, end: int, decided: Mapping[str, Any]
) -> dict[str, str]:
    text = article["text"][start:end]
    data = {
        "text": text,
        "before": decided.get("context_before") or "",
        "after": decided.get("context_after") or "",
        "article": article["text"],
        "place": "",  # a release may lack sentences between
        "headline": article["title"] or "",
        "publisher": article["publisher"] or "",
        "date": article["published_at"] or "",
        "link": link_of(article["url"]),
        "sentence_id": sentence_id,
        "text_sha256": digest(text.encode()),
    }
    return {name: data[name] for name in DATA}

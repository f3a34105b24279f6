"""The reader of a file: a Label Studio JSON export of any project.

JSON_MIN and CSV exports lose the offsets of fields and every skip; they are refused.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from toolkit.errors import InvalidInput
from toolkit.labelstudio.pseudonyms import Pseudonyms
from toolkit.labelstudio.pull.parse import ParsedAnnotation, parse_annotation
from toolkit.records import Annotation, Reject
from toolkit.schema import Schema

_CHUNK = 1 << 20


@dataclass
class ExportContents:
    """Everything that an export holds.

    Attributes:
        annotations: The answers, in the order of the file.
        rejects: What could not be taken, with its reason; drafts are among them.
        counts: What came in ("tasks", "annotations", "results", "drafts") and what became of it: annotations "taken"
            and "rejected"; results per kind as "label", "span", "field", "relation", "note" and (rejected) "misfit",
            which sum to "results"; and how regions were mended, such as "mended: white-space".
    """

    annotations: list[Annotation] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def read_export(path: Path | str, schema: Schema | None = None) -> Iterator[Annotation]:
    """Yield the annotations of a JSON export, .json or .json.gz, one task in memory at a time.

    Annotators are "user-N" by their number on the server. `sentence_id` is the one that was pushed with the task,
    or the content id of the text. Offsets are code points of the text that the task shows, end exclusive. What can't be
    taken is left out here and listed by `read_export_all`.

    Args:
        path: The file.
        schema: What the project was made from. None infers: choices and taxonomy paths are labels, labelled
            regions are spans, and what hangs on a region is a field of it.

    Raises:
        InvalidInput: The file is not a Label Studio JSON export.

    Examples:
        >>> import json, pathlib, tempfile
        >>> said = {"type": "choices", "from_name": "act", "to_name": "text", "value": {"choices": ["claim"]}}
        >>> when = "2026-03-01T10:00:00Z"
        >>> answer = {"id": 1, "completed_by": 7, "result": [said], "created_at": when, "updated_at": when}
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "export.json"
        >>> _ = path.write_text(json.dumps([{"id": 1, "data": {"text": "She left."}, "annotations": [answer]}]))
        >>> [(one.annotator, one.labels) for one in read_export(path)]
        [('user-7', ('claim',))]
    """
    for task in read_tasks(Path(path)):
        for _, parsed in annotations_of(task, schema, Pseudonyms(None), str(path)):
            if parsed.annotation is not None:
                yield parsed.annotation


def read_export_all(
    path: Path | str, schema: Schema | None = None, pseudonyms: Pseudonyms | None = None
) -> ExportContents:
    """Read a whole export with its rejects, and count what came in and what became of it.

    Args:
        path: The file.
        schema: As in `read_export`.
        pseudonyms: Those of a project; default: user numbers.
    """
    out = ExportContents()
    for task in read_tasks(Path(path)):
        out.counts["tasks"] += 1
        for raw, parsed in annotations_of(task, schema, pseudonyms or Pseudonyms(None), str(path)):
            out.counts["annotations"] += 1
            out.counts["results"] += len(raw.get("result") or [])
            for fate, number in parsed.tally.items():
                out.counts[fate.kind] += number
                if fate.mended:
                    out.counts[f"mended: {fate.mended}"] += number
            out.counts["rejected" if parsed.annotation is None else "taken"] += 1
            out.rejects += parsed.rejects
            if parsed.annotation is not None:
                out.annotations.append(parsed.annotation)
        drafts = [reject for _, reject in drafts_of(task, str(path))]
        out.counts["drafts"] += len(drafts)
        out.rejects += drafts
    return out


def annotations_of(
    task: dict[str, Any], schema: Schema | None, pseudonyms: Pseudonyms, path: str
) -> Iterator[tuple[dict[str, Any], ParsedAnnotation]]:
    """Yield each annotation of an exported task as it is there, and what became of it."""
    for raw in task["annotations"]:
        parsed = parse_annotation(
            task, raw, schema=schema, pseudonyms=pseudonyms, source=lambda number: f"{path}: task {number}"
        )
        yield raw, parsed


def drafts_of(task: Mapping[str, Any], path: str) -> Iterator[tuple[dict[str, Any], Reject]]:
    """Yield each draft of a task with its reject: an answer that nobody has submitted is reported, not taken."""
    for draft in task.get("drafts") or []:
        draft = draft if isinstance(draft, dict) else {"id": draft}
        yield (
            draft,
            Reject(
                stage="pull",
                reason="draft",
                source=f"{path}: task {task['id']}",
                detail=f"draft {draft.get('id')} with {len(draft.get('result') or [])} results was never submitted",
            ),
        )


def read_tasks(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the tasks of an export, one in memory at a time.

    Raises:
        InvalidInput: The file is missing, not JSON, cut off, or not a list of tasks with annotations.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
            for number, task in enumerate(json_items(file), start=1):
                if not (isinstance(task, dict) and _is_task(task)):
                    raise InvalidInput(
                        "is not a task with annotations",
                        where=f"{path}: item {number}",
                        remedy="export the project as JSON (not JSON-MIN, not CSV)",
                    )
                yield task
    except FileNotFoundError as error:
        raise InvalidInput("there is no such file", where=str(path)) from error
    except (OSError, EOFError, ValueError, zlib.error) as error:
        why = str(getattr(error, "strerror", None) or error)
        raise InvalidInput(
            f"can't be read as a JSON export: {why}", where=str(path), remedy="export it again"
        ) from error


def _is_task(task: dict[str, Any]) -> bool:
    annotations = task.get("annotations")
    return (
        isinstance(task.get("data"), dict)
        and "id" in task
        and isinstance(annotations, list)
        and all(isinstance(item, dict) and {"id", "created_at", "updated_at"} <= item.keys() for item in annotations)
    )


def json_items(file: IO[str]) -> Iterator[Any]:
    """Yield the items of a JSON array, one in memory at a time.

    Raises:
        ValueError: It is not an array, or it is cut off.
    """
    decoder, buffer, at, first = json.JSONDecoder(), "", 0, True
    while True:
        chunk = file.read(_CHUNK)
        buffer, at = buffer[at:] + chunk, 0
        while True:
            start = _skip(buffer, at)
            if first and start < len(buffer):
                if buffer[start] != "[":
                    raise ValueError("not a JSON array")
                first, at = False, start + 1
                continue
            if start < len(buffer) and buffer[start] == "]" and not first:
                return
            try:
                item, at = decoder.raw_decode(buffer, start)
            except ValueError:
                break  # the item is not there to its end yet
            yield item
        if not chunk:
            raise ValueError("cut off")


def _skip(buffer: str, at: int) -> int:
    while at < len(buffer) and buffer[at] in " \t\r\n,\ufeff":
        at += 1
    return at

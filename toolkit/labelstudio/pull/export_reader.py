"""The reader of a file: a Label Studio JSON export of any project.

JSON_MIN and CSV exports lose the offsets of fields and every skip; they are refused.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from toolkit.engine.foreign_file import open_text
from toolkit.errors import InvalidInput, border
from toolkit.labelstudio.codec.decode import ValueFate
from toolkit.labelstudio.codec.foreign_page import page_of_config
from toolkit.labelstudio.codec.page_map import PageMap
from toolkit.labelstudio.pseudonyms import Pseudonyms
from toolkit.labelstudio.pull.parse import ParsedAnnotation, check_task, parse_annotation
from toolkit.labelstudio.pull.project_survey import Survey
from toolkit.limits import Budget, Limits, too_long, whole_file
from toolkit.records import Annotation, Reject, content_id
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
        values: How many values of each control were taken, or rejected for which reason.
    """

    annotations: list[Annotation] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    values: Counter[ValueFate] = field(default_factory=Counter)


def read_export(
    path: Path | str,
    schema: Schema | None = None,
    *,
    config: str | bytes | None = None,
    texts: Sequence[str] = (),
) -> Iterator[Annotation]:
    """Yield the annotations of a JSON export, .json or .json.gz, one task in memory at a time.

    Annotators are "user-N" by their number on the server. `sentence_id` is the one that was pushed with the task,
    or the content id of the text. Offsets are code points of the text that the task shows, end exclusive. What can't be
    taken is left out here and listed by `read_export_all`.

    Args:
        path: The file.
        schema: What the answers are read under. None infers: choices and taxonomy paths are labels, labelled
            regions are spans, what hangs on a region is a field of it, other fields are those of the answer. A word
            that two questions share carries the name of its question, as in "checkable:No".
        config: The project's labelling page (XML); default: the one inside the file, else what the answers show.
        texts: Keys of the task's data that hold the sentence, where the page leaves that open.

    Raises:
        InvalidInput: The file is not a Label Studio JSON export, or nothing decides between several texts.

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
    page = survey_export(Path(path), config).meaning(schema, texts)
    for task in read_tasks(Path(path)):
        for _, parsed in annotations_of(task, schema, Pseudonyms(None), str(path), page):
            if parsed.annotation is not None:
                yield parsed.annotation


def read_export_all(
    path: Path | str,
    schema: Schema | None = None,
    pseudonyms: Pseudonyms | None = None,
    *,
    config: str | bytes | None = None,
    texts: Sequence[str] = (),
) -> ExportContents:
    """Read a whole export with its rejects, and count what came in and what became of it.

    Args:
        path: The file.
        schema: As in `read_export`.
        pseudonyms: Those of a project; default: user numbers.
        config: As in `read_export`.
        texts: As in `read_export`.
    """
    out = ExportContents()
    page = survey_export(Path(path), config).meaning(schema, texts)
    for task in read_tasks(Path(path)):
        out.counts["tasks"] += 1
        for raw, parsed in annotations_of(task, schema, pseudonyms or Pseudonyms(None), str(path), page):
            out.counts["annotations"] += 1
            out.counts["results"] += len(raw.get("result") or [])
            for fate, number in parsed.tally.items():
                out.counts[fate.kind] += number
                if fate.mended:
                    out.counts[f"mended: {fate.mended}"] += number
            out.counts["rejected" if parsed.annotation is None else "taken"] += 1
            out.values.update(parsed.values)
            out.rejects += parsed.rejects
            if parsed.annotation is not None:
                out.annotations.append(parsed.annotation)
        drafts = [reject for _, reject in drafts_of(task, str(path))]
        out.counts["drafts"] += len(drafts)
        out.rejects += drafts
    return out


def survey_export(path: Path, config: str | bytes | None = None, *, where: str | None = None) -> Survey:
    """Look at a whole export: its page, its texts, and whether it is of a project that was pushed.

    Raises:
        InvalidInput: The file is not an export, or the page is not XML.
    """
    survey = begun_survey(path, config, where=where)
    for task in read_tasks(path):
        survey.add(task)
    return survey


def begun_survey(path: Path, config: str | bytes | None = None, *, where: str | None = None) -> Survey:
    """Return a survey that knows an export's page and has seen none of its tasks yet.

    Raises:
        InvalidInput: The page is not XML.
    """
    config = config if config is not None else config_in(path)
    return Survey(None if config is None else page_of_config(config, where=where or f"the label config of {path}"))


def content_of(path: Path) -> bytes:
    """Return the bytes of a labelling page.

    Raises:
        InvalidInput: The file is not there, or can't be read.
    """
    try:
        return whole_file(path, limit="page_bytes")
    except FileNotFoundError as error:
        raise InvalidInput("there is no such file", where=str(path)) from error
    except OSError as error:
        raise InvalidInput(f"can't be read: {error.strerror}", where=str(path)) from error


def annotations_of(
    task: dict[str, Any], schema: Schema | None, pseudonyms: Pseudonyms, path: str, page: PageMap | None = None
) -> Iterator[tuple[dict[str, Any], ParsedAnnotation]]:
    """Yield each annotation of an exported task as it is there, and what became of it."""
    for raw in task["annotations"]:
        parsed = parse_annotation(
            task, raw, schema=schema, pseudonyms=pseudonyms, source=lambda number: f"{path}: task {number}", page=page
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
                detail=f"draft {draft.get('id')} with {_length(draft.get('result'))} results was never submitted",
            ),
        )


def read_tasks(path: Path, refused: Callable[[InvalidInput], None] | None = None) -> Iterator[dict[str, Any]]:
    """Yield the tasks of an export, one in memory at a time, each with numbers and times where it has none.

    A file is a JSON array of tasks, one task a line, or an object with the array under "tasks" beside the project's
    "label_config". Tasks that were annotated elsewhere, to be imported, are tasks too: without numbers they are told
    apart by their data, without times they are from the beginning of 1970, and without a user they are nobody's.

    Args:
        path: The file.
        refused: Called with the fault of an item that is not such a task, which is then left out.

    Raises:
        InvalidInput: The file is missing, not JSON, cut off or beyond a limit, or (without `refused`) an item is not
            a task with annotations, or has more of them than a task may.
    """
    seen: Counter[str] = Counter()
    budget = Budget(str(path), Limits.here(), lambda: path.stat().st_size)
    for number, task in enumerate(_items(path), start=1):
        budget.count()
        place = f"{path}: item {number}"
        try:
            with border("is not a task with annotations", where=place, remedy=_REMEDY):
                if not (isinstance(task, dict) and _is_task(task)):
                    raise InvalidInput("is not a task with annotations", where=place, remedy=_REMEDY)
                check_task(task, place)
                whole = _whole(task, seen, place, refused)
        except InvalidInput as fault:
            if refused is None:
                raise
            refused(fault)
            continue
        yield whole


_REMEDY = "export the project as JSON (not JSON-MIN, not CSV)"


def config_in(path: Path) -> str | None:
    """Return the labelling page that an export carries: under "label_config", of the file or of its first task."""
    with closing(_raw_items(path)) as items:
        first = next(items, None)
    if not isinstance(first, dict):
        return None
    project = first.get("project")
    for holder in (first, project if isinstance(project, dict) else {}):
        found = holder.get("label_config")
        if isinstance(found, str) and found.strip():
            return found
    return None


def _items(path: Path) -> Iterator[Any]:
    """Yield the tasks of a file, however they are wrapped."""
    with closing(_raw_items(path)) as items:
        for item in items:
            if isinstance(item, dict) and isinstance(item.get("tasks"), list) and "data" not in item:
                yield from item["tasks"]
            else:
                yield item


def _raw_items(path: Path) -> Generator[Any]:
    if not path.exists():
        raise InvalidInput("there is no such file", where=str(path))
    if not path.is_file():
        raise InvalidInput("is not a file", where=str(path), remedy="name a file: it is read more than once")
    with (
        border("can't be read as a JSON export", where=str(path), remedy="export it again"),
        open_text(path) as file,
    ):
        yield from json_items(file, objects=True)


def _length(said: Any) -> int:
    return len(said) if isinstance(said, list) else 0


def _is_task(task: dict[str, Any]) -> bool:
    if not isinstance(task.get("data"), dict) or not {"annotations", "completions"} & task.keys():
        return False
    annotations = task.get("annotations", task.get("completions")) or []
    return isinstance(annotations, list) and all(
        isinstance(item, dict) and isinstance(item.get("result") or [], list) for item in annotations
    )


def _whole(
    task: dict[str, Any], seen: Counter[str], place: str, refused: Callable[[InvalidInput], None] | None
) -> dict[str, Any]:
    """Return a task with the keys that the server's own export always has, without answers whose time can't be read.

    Raises:
        InvalidInput: There is such an answer, and no `refused` to name it to.
    """
    if "id" not in task:
        same = content_id("task", json.dumps(task["data"], sort_keys=True, ensure_ascii=False))
        seen[same] += 1
        task["id"] = same if seen[same] == 1 else f"{same}-{seen[same]}"
    if isinstance(task.get("project"), dict):
        task["project"] = task["project"].get("id")
    for key in ("drafts", "predictions"):
        if key in task and not isinstance(task[key], list):
            task[key] = []
    found = task.get("annotations", task.get("completions")) or []
    task["annotations"] = []
    for number, raw in enumerate(found, start=1):
        raw["id"] = raw.get("id", number)
        raw["result"] = raw.get("result") or []
        made = raw.get("created_at") or task.get("created_at") or _NEVER
        try:
            with border(f"annotation {raw['id']} holds no time in ISO 8601", where=place, remedy=_REMEDY):
                raw["created_at"] = _stamp(made)
                raw["updated_at"] = _stamp(raw.get("updated_at") or raw["created_at"])
        except InvalidInput as fault:
            if refused is None:
                raise
            refused(fault)
        else:
            task["annotations"].append(raw)
    return task


_NEVER = "1970-01-01T00:00:00Z"


def _stamp(moment: Any) -> str:
    """Return a time as ISO 8601; old exports count seconds since 1970."""
    if isinstance(moment, int | float):
        return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")
    datetime.fromisoformat(str(moment))  # who reads it later has no place to name
    return str(moment)


def json_items(file: IO[str], *, objects: bool = False) -> Iterator[Any]:
    """Yield the items of a JSON array, one in memory at a time.

    Args:
        file: The file.
        objects: Objects one after the other, as in JSON Lines, will do as well.

    Raises:
        ValueError: It is not an array, or it is cut off.
        InvalidInput: An item is longer than what may be held in memory.
    """
    most = Limits.here().document_bytes
    decoder, buffer, at, first, listed = json.JSONDecoder(), "", 0, True, False
    while True:
        buffer = buffer[at:]
        size = min(max(_CHUNK, len(buffer)), most + 1 - len(buffer))  # a long item is not begun again and again
        chunk = file.read(size)
        buffer, at = buffer + chunk, 0
        if len(buffer) > most:
            raise too_long("task", getattr(file, "name", "the export"), most, "document_bytes")
        while True:
            start = _skip(buffer, at)
            if first and start < len(buffer):
                listed = buffer[start] == "["
                if not listed and not (objects and buffer[start] == "{"):
                    raise ValueError("not a JSON array")
                first, at = False, start + listed
                continue
            if start < len(buffer) and buffer[start] == "]" and listed:
                return
            try:
                item, at = decoder.raw_decode(buffer, start)
            except ValueError:
                break  # the item is not there to its end yet
            yield item
        if not chunk:
            if not listed and not first and _skip(buffer, at) == len(buffer):
                return
            raise ValueError("cut off")


def _skip(buffer: str, at: int) -> int:
    while at < len(buffer) and buffer[at] in " \t\r\n,\ufeff":
        at += 1
    return at

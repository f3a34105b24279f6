"""The stage import: documents of another tool become articles, sentences and answers of a project.

What was read is kept as imports/FORMAT-DIGEST.json, Label Studio's JSON under pseudonyms, and pulled from there; what
can't be taken names its documents by that file.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from toolkit.errors import UsageError
from toolkit.exchange.annotated_document import AnnotatedDocument
from toolkit.exchange.catalogue import document_format, read_documents
from toolkit.exchange.offset_units import Unit
from toolkit.exchange.released_documents import DECIDED
from toolkit.exchange.studio_tasks import Pseudonym, StudioPage, not_taken, studio_tasks
from toolkit.exchange.verdict import VerdictRow, verdict
from toolkit.labelstudio.codec.page_map import lower_id
from toolkit.labelstudio.codec.round_trip import is_pseudonym
from toolkit.labelstudio.pseudonyms import NOBODY, project_pseudonyms
from toolkit.labelstudio.pull.from_file import pull_export
from toolkit.labelstudio.pull.log_writer import PullResult
from toolkit.labelstudio.pull.schema_inference import infer_schema
from toolkit.project import Workspace, write_atomic
from toolkit.project.config import FILE_NAME
from toolkit.records import digest

IMPORTS = "imports"
"""The folder of what was read from other tools."""


@dataclass(frozen=True)
class Imported:
    """What came of an import.

    Attributes:
        root: The project.
        made: The project was made for it, with a schema that was inferred.
        documents: Answers that were read.
        annotators: People who gave them, as far as the tool names them.
        losses: (what, how many, first places) of what neither the record nor a project has a place for.
        result: What became of the answers in the log.
        verdict: What the answers are worth.
    """

    root: Path
    made: bool
    documents: int
    annotators: int
    losses: tuple[tuple[str, int, str], ...]
    result: PullResult
    verdict: tuple[VerdictRow, ...] = field(default=())

    @property
    def up_to_date(self) -> bool:
        """Every answer was in the log already."""
        return self.result.up_to_date


def import_documents(
    name: str, path: Path, root: Path | None, *, unit: Unit | None = None, title: str | None = None, judge: bool = True
) -> Imported:
    """Read the documents of another tool into a project; where there is none, one is made.

    Args:
        name: The format, see `toolkit.exchange.catalogue.FORMATS`.
        path: A file, a folder, or a zip archive.
        root: The project; made with a schema that covers the answers, if there is no toolkit.yaml. None: the nearest.
        unit: What offsets count, where the file does not show it.
        title: Of a project that is made; default: the name of `path`.
        judge: Also measure agreement, leakage, label errors and a baseline.

    Raises:
        InvalidInput: Nothing can be read, or nothing of it taken.
        UsageError: There is no such format, or no project and none is named.
    """
    document_format(name)
    documents, losses = read_documents(name, path, unit=unit)
    answers = [document for document in documents if document.annotator != DECIDED]
    losses.add("decisions, which are not a person's answers", str(path), len(documents) - len(answers))
    not_taken(answers, losses)
    page = StudioPage.of(answers)
    workspace = Workspace.nearest() if root is None else _project_in(root)
    made = workspace is None
    if workspace is None:
        if root is None:
            raise UsageError("there is no project here", remedy="name one, or one to make, with --project DIR")
        workspace = _made(root, path, answers, page, title or path.stem or name)
    tasks = _kept(workspace, name, answers, page)
    page_file = tasks.with_suffix(".xml")
    result = pull_export(workspace, tasks, import_texts=True, config=page_file)
    people = {document.annotator for document in answers if document.annotator is not None}
    found = verdict(workspace, answers) if judge else ()
    return Imported(workspace.root, made, len(answers), len(people), tuple(losses.rows()), result, found)


def _project_in(root: Path) -> Workspace | None:
    return Workspace.find(root) if (root / FILE_NAME).exists() else None


def _made(root: Path, path: Path, answers: Sequence[AnnotatedDocument], page: StudioPage, title: str) -> Workspace:
    """Make a project with a schema that is inferred from the answers."""
    name = lower_id(path.stem)
    with tempfile.TemporaryDirectory(prefix="toolkit-") as folder:
        tasks, page_file = Path(folder) / f"{path.stem or name}.json", Path(folder) / "page.xml"
        tasks.write_text(_json(answers, page, name, f"{name}@1.0.0", lambda *_: f"{NOBODY}0"), encoding="utf-8")
        page_file.write_text(page.xml(), encoding="utf-8")
        schema = infer_schema(tasks, name=name, config=page_file)
    file = root / "schemas" / name / "1.0.0.yaml"
    write_atomic(file, schema)
    return Workspace.create(root, schema=os.path.relpath(file), title=title[:50].ljust(3, "."))


def _kept(workspace: Workspace, name: str, answers: Sequence[AnnotatedDocument], page: StudioPage) -> Path:
    """Write what was read into the project, its people under pseudonyms; return the file of tasks."""
    names = project_pseudonyms(workspace)

    def pseudonym(annotator: str | None, answer: str) -> str:
        return annotator if annotator and is_pseudonym(annotator) else names.of(annotator, alone=answer)

    text = _json(answers, page, f"documents of {name}", workspace.schema().ref, pseudonym)
    stem = f"{IMPORTS}/{name}-{digest(text.encode())[:16]}"
    workspace.write(f"{stem}.xml", page.xml())
    return workspace.write(f"{stem}.json", text)


def _json(answers: Sequence[AnnotatedDocument], page: StudioPage, of: str, schema: str, pseudonym: Pseudonym) -> str:
    tasks = studio_tasks(answers, page, of=of, schema=schema, pseudonym=pseudonym)
    return "[\n" + ",\n".join(json.dumps(task, ensure_ascii=False) for task in tasks) + "\n]\n"

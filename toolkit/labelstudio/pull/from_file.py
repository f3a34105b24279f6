"""A pull from a file: a Label Studio JSON export of the project's own server or of a foreign one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.errors import InvalidInput
from toolkit.labelstudio.accounts_file import keep_accounts, server_of_file
from toolkit.labelstudio.pseudonyms import project_pseudonyms, user_number
from toolkit.labelstudio.pull.export_reader import begun_survey, content_of, drafts_of, read_tasks
from toolkit.labelstudio.pull.log_writer import REPEATED, UNKNOWN, LogWriter, PullResult
from toolkit.labelstudio.pull.page_store import settled_page
from toolkit.labelstudio.pull.parse import id_of
from toolkit.labelstudio.pull.project_survey import Survey
from toolkit.labelstudio.pull.texts import SentenceLookup, make_articles
from toolkit.project import Workspace


def pull_export(
    workspace: Workspace,
    path: Path,
    *,
    import_texts: bool = False,
    keep_identities: bool = False,
    config: Path | None = None,
    texts: Sequence[str] = (),
) -> PullResult:
    """Add the answers of a Label Studio JSON export to annotations/log.jsonl.

    Tasks with our keys join their sentences; others join the first sentence with exactly their text. Nothing
    counts as deleted because it is not in the file: the file may be old. What can't be taken, drafts among it, goes
    to annotations/rejects.jsonl. What the controls of a foreign project mean is written to annotations/pages.json.

    Args:
        workspace: The project directory.
        path: The export, .json or .json.gz.
        import_texts: Texts that are not in the project become articles of one unit each: they are written to a file
            below pages/imported/, and `ingest` and `segment` run.
        keep_identities: Leave names and addresses in the raw JSON.
        config: The project's labelling page (XML); default: the one inside the file, else what the answers show.
        texts: Keys of the tasks' data that hold the sentence, where the page leaves that open.

    Raises:
        InvalidInput: The file is not a JSON export, nothing decides which of several texts is the sentence, or (with
            `import_texts`) a page can't be read. One spoilt task or answer is a reject.
        Locked: Another command is at work on the project.
    """
    schema = workspace.schema()
    look = _Look.at(path, config)
    with workspace.lock():
        page = settled_page(workspace, look.source, look.survey, schema, wanted=texts)
    imported = make_articles(workspace, read_tasks(path, _passed_over), page) if import_texts else 0
    with workspace.lock():
        server, known = server_of_file(workspace, look.users)
        names = project_pseudonyms(workspace, keep_identities=keep_identities, server=server, known=known)
        sentences = SentenceLookup(workspace, page)
        held = {answer.annotation_id: answer for answer in workspace.logged_answers()}
        log, unknown = workspace.annotations, 0
        with closing(
            LogWriter(workspace, log, "annotations", schema, names, held=held, page=page, server=server)
        ) as writer:
            for task in read_tasks(path, writer.add_unread):
                there = sentences.join(task)
                unknown += not there and len(task["annotations"])
                writer.add_task(task, source=lambda number: f"{path}: task {number}", place=None)
                for draft, reject in drafts_of(task, str(path)):
                    writer.add_draft(task, draft, reject)
            keep_accounts(workspace, server, names.numbers())
            writer.save()
        _refuse_nothing(path, writer.fates.get("annotations", {}))
        more = {"texts imported": imported, UNKNOWN: unknown, REPEATED: sentences.repeated}
        counts = {name: count for name, count in {**writer.counts, **more}.items() if count}
        keys = tuple(shown.key for shown in page.texts)
        return PullResult(str(path), False, counts, writer.fates, writer.values, keys, writer.partial)


def _passed_over(fault: InvalidInput) -> None:
    """Pass over a task that can't be read, which is a reject of the pull itself."""


def _refuse_nothing(path: Path, annotations: Mapping[str, int]) -> None:
    """Refuse a file of which no answer at all could be taken: it is read in a way that is not its own.

    Raises:
        InvalidInput: There are answers, and none was taken.
    """
    if annotations.get("read") and not annotations["taken"]:
        raise InvalidInput(
            f"none of its {annotations['read']} answers could be taken",
            where=str(path),
            remedy="see annotations/rejects.jsonl for why, and name the text with --text-field or the page with "
            "--label-config",
        )


@dataclass(frozen=True, slots=True)
class _Look:
    """A first reading of a whole export.

    Attributes:
        survey: Its page and its texts.
        source: What tells the export's project from others.
        users: annotation_id → user number, of every answer.
    """

    survey: Survey
    source: str
    users: dict[str, int | None]

    @classmethod
    def at(cls, path: Path, config: Path | None) -> _Look:
        """Read an export once."""
        survey = begun_survey(path, None if config is None else content_of(config), where=str(config or path))
        users: dict[str, int | None] = {}
        first: Mapping[str, Any] | None = None
        faults: list[InvalidInput] = []
        for task in read_tasks(path, faults.append):
            first = first or task
            survey.add(task)
            for raw in task["annotations"]:
                by = raw.get("completed_by")
                number = by.get("id") if isinstance(by, Mapping) else by
                users[id_of(task, raw)] = user_number(number)
        if first is None and faults:
            raise faults[0]  # another kind of file
        project = first.get("project") if first else None
        source = f"export of project {project}" if project is not None else "tasks without a project"
        return cls(survey, source, users)

"""A project directory: the only place that knows what lies where in it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import pyarrow as pa

from toolkit.engine.arrow import read_parquet, record_table, records_in
from toolkit.engine.page_source import PageFile, behind, check_names, set_aside
from toolkit.errors import InvalidConfig, InvalidInput, UsageError
from toolkit.project.config import FILE_NAME, TITLE_LENGTHS, Config, check_config, new_config, read_config
from toolkit.project.files import disk_errors, file_digest, file_state, move_atomic, write_atomic
from toolkit.project.logs.annotation_log import Holding, current
from toolkit.project.logs.append_log import AppendLog
from toolkit.project.logs.hash_chain import BrokenLink, broken_links
from toolkit.project.logs.hidden_tasks import HIDDEN, hidden_pairs
from toolkit.project.logs.log_head import cut_end
from toolkit.project.logs.standing_answers import INPUTS, PUSHED, Standing, standing
from toolkit.project.mutex import exclusive
from toolkit.project.remote import Store
from toolkit.project.stage import read_lock
from toolkit.records import Annotation, Article, Decision, Sentence
from toolkit.schema import Schema, load

T = TypeVar("T")

ARTICLES = "articles.parquet"
SENTENCES = "sentences.parquet"
GOLD = "gold.parquet"
REJECTS = "rejects.jsonl"
INGESTED = "reports/ingest.json"
AGREEMENT = "reports/agreement.json"
QUEUE = "adjudications/queue.jsonl"

_STAGES: Mapping[type, tuple[str, str]] = {
    Article: (ARTICLES, "toolkit ingest"),
    Sentence: (SENTENCES, "toolkit segment"),
    Decision: (GOLD, "toolkit adjudicate"),
}


class Workspace:
    """A project directory and its settings.

    Attributes:
        root: The directory.
        config: Its toolkit.yaml.
        annotations: Every pulled revision of every answer; see `toolkit.project.logs.annotation_log`.
        adjudications: Every answer of an expert, in the same form.
        calibration: Every answer to the quiz, in the same form.
        links: Every answer about links between sentences; see `toolkit.project.logs.link_log`.
        expert_links: Every answer of an expert about disputed links, in the same form.
        link_quiz: Every answer to the quiz of links, in the same form.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.config: Config = read_config(root / FILE_NAME)
        self.annotations = AppendLog(root / "annotations" / "log.jsonl", chained=True)
        self.adjudications = AppendLog(root / "adjudications" / "log.jsonl", chained=True)
        self.calibration = AppendLog(root / "calibration" / "log.jsonl", chained=True)
        self.links = AppendLog(root / "links" / "log.jsonl", chained=True)
        self.expert_links = AppendLog(root / "links" / "experts.jsonl", chained=True)
        self.link_quiz = AppendLog(root / "links" / "quiz.jsonl", chained=True)
        self._read: tuple[object, list[tuple[Annotation, bool]]] | None = None

    @classmethod
    def find(cls, root: Path | str | None = None) -> Workspace:
        """Open the project in `root`, or that of the nearest toolkit.yaml from here upwards.

        Raises:
            InvalidConfig: There is none, or it is malformed.
        """
        if root is not None:
            return cls(Path(root).absolute())
        if (found := cls.nearest()) is not None:
            return found
        raise InvalidConfig(
            "no toolkit.yaml here or in a directory above",
            where=str(Path.cwd()),
            remedy="make a project with `toolkit init DIR`, or name one with --project DIR",
        )

    @classmethod
    def nearest(cls) -> Workspace | None:
        """Open the project of the nearest toolkit.yaml from here upwards; None if there is none.

        Raises:
            InvalidConfig: It is malformed.
        """
        here = Path.cwd()
        return next((cls(folder) for folder in [here, *here.parents] if (folder / FILE_NAME).is_file()), None)

    @classmethod
    def create(
        cls,
        root: Path,
        *,
        schema: str = "news_events@1.0.0",
        title: str | None = None,
        licence: str | None = None,
    ) -> Workspace:
        """Make a new project directory: toolkit.yaml and an empty pages/.

        Args:
            root: The directory; made if it is not there.
            schema: A shipped schema, or the path of one.
            title: Of the dataset, and of the project in Label Studio. Default for the dataset: that of a schema of your
                own, its name where the title is too long, and "News sentences" with a shipped one; for the project: the
                name of the directory, so that two directories do not share a project by chance.
            licence: SPDX id for every page that states none; None: that is not known.

        Raises:
            UsageError: There is a toolkit.yaml already, or the folder has a name that can't be printed.
            InvalidInput: There is no such schema.
            InvalidConfig: The title is too short or too long for Label Studio; nothing is written.
        """
        if (root / FILE_NAME).exists():
            raise UsageError("there is a project already", where=str(root), remedy=f"look at {root / FILE_NAME}")
        if not (whole := str(root.resolve())).isprintable():
            raise UsageError(
                "the name of the folder has characters that can't be printed, or is not UTF-8 here",
                where=whole,
                remedy="rename it, or set LC_ALL to a UTF-8 locale such as C.UTF-8",
            )
        loaded = load(schema)
        own = Path(schema).is_file()
        names = (loaded.title, loaded.name) if own else ()
        called = title or next((name for name in names if len(name) in TITLE_LENGTHS), "News sentences")
        folder = root.resolve().name
        at_server = title or (folder if len(folder) in TITLE_LENGTHS else called)
        if own:
            schema = json.dumps(os.path.relpath(schema, root), ensure_ascii=False)  # a path counts from the project
        config = new_config(schema, title=called, project=at_server, licence=licence)
        check_config(config, root / FILE_NAME)
        with disk_errors(root):
            (root / "pages").mkdir(parents=True, exist_ok=True)
        write_atomic(root / ".gitignore", ".secrets/\n.toolkit/\n")
        write_atomic(root / FILE_NAME, config)
        return cls(root)

    def broken_links(self) -> Iterator[tuple[str, BrokenLink]]:
        """Yield every row of the logs of answers that is not the one that was written, after the log's name."""
        for log in (
            self.annotations,
            self.adjudications,
            self.calibration,
            self.links,
            self.expert_links,
            self.link_quiz,
        ):
            name = log.path.relative_to(self.root).as_posix()
            if log.path.exists():
                yield from ((name, broken) for broken in broken_links(log.path))
            if (cut := cut_end(log.path)) is not None:
                yield name, cut

    def digests(self, *names: str) -> dict[str, str | None]:
        """Return the SHA-256 of files of the project by name, None for one that is not there."""
        return {name: file_digest(self.path(name)) for name in names}

    def path(self, *parts: str) -> Path:
        """Return a path within the project."""
        return self.root.joinpath(*parts)

    def store(self) -> Store | None:
        """Return where the corpus is worked on and left, None where that is the project directory."""
        return Store(self.config.store) if self.config.store else None

    def copy_to_store(self, stage: str) -> None:
        """Copy what a stage made to the project's store, if it has one."""
        if (store := self.store()) is not None:
            store.keep(self.root, read_lock(self.root)[stage]["outputs"])

    def lock(self) -> AbstractContextManager[None]:
        """Hold the project for one command; raises `Locked` when another one is at work."""
        return exclusive(self.root / ".toolkit" / "lock")

    def schema(self) -> Schema:
        """Load the schema that toolkit.yaml names; a path counts from the project.

        Raises:
            InvalidInput: There is no such schema, or it has faults.
        """
        return load(self.schema_reference())

    def schema_reference(self) -> str:
        """Return what `toolkit.schema.load` takes: "name@version", or the path of a schema of the project's own."""
        local = self.root / self.config.schema_name
        return str(local) if local.is_file() else self.config.schema_name

    def page_files(self) -> list[PageFile]:
        """Return every file below pages/ that may hold pages, and those behind `ingest.urls`, by source.

        Raises:
            InvalidInput: There are none, or the names of some are not UTF-8.
        """
        folder, visible = self.path("pages"), self.local_pages()
        check_names(folder, visible)
        remote = behind(self.config.ingest.urls)
        if not visible and not remote:
            raise InvalidInput("there are no pages", where=str(folder), remedy="copy raw pages into it")
        return sorted([*(PageFile(source, str(folder / source)) for source in visible), *remote])

    def local_pages(self) -> list[str]:
        """Return the paths below pages/ of the files that may hold pages, in order."""
        files, aside = self._local_files()
        return sorted(source for source in files if source not in aside)

    def files_aside(self) -> dict[str, str]:
        """Return the files below pages/ that are not pages, with a reason each: links, and those of `set_aside`."""
        return self._local_files()[1]

    def _local_files(self) -> tuple[list[str], dict[str, str]]:
        folder = self.path("pages")
        files = [
            path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() or path.is_symlink()
        ]
        links = {name: "link" for name in files if (folder / name).is_symlink()}  # what it leads to is nobody's page
        return files, links | set_aside(files)

    def add_pages(self, folder: Path) -> int:
        """Copy every file below `folder`, or one file, into pages/ and return how many; one that is there stays.

        Raises:
            UsageError: There is none.
        """
        sources = page_sources(folder, apart_from=self.root)
        for name, source in sources.items():
            target = self.path("pages", name)
            if not target.exists():
                with source.open("rb") as data:
                    write_atomic(target, data)
        return len(sources)

    def add_page(self, source: str, data: bytes | BinaryIO) -> None:
        """Put a page into pages/; one that is there with the same bytes stays.

        Args:
            source: Its path below pages/.
            data: Its bytes, or a stream of them, which may be longer than memory.

        Raises:
            UsageError: There are no bytes, another page has that name, or the name leads out of pages/.
        """
        path = self.path("pages", source)
        if not path.resolve().is_relative_to(self.path("pages").resolve()):
            raise UsageError(f"{source!r} leads out of pages/", remedy="give a plain file name")
        arrived = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            write_atomic(arrived, data)
            if not arrived.stat().st_size:
                raise UsageError(f"nothing came in for {source!r}", remedy="pipe a page in, such as `… < page.html`")
            if path.exists() and file_digest(path) != file_digest(arrived):
                raise UsageError("another page has that name, and pages are never rewritten", where=str(path))
            move_atomic(arrived, path)
        finally:
            arrived.unlink(missing_ok=True)

    def articles(self) -> list[Article]:
        """Read the articles, in the order of their pages. Raises InvalidInput before `toolkit ingest`."""
        return list(self.stream(Article))

    def sentences(self) -> list[Sentence]:
        """Read the sentences, in the order of the articles. Raises InvalidInput before `toolkit segment`."""
        return list(self.stream(Sentence))

    def decisions(self) -> list[Decision]:
        """Read the decisions, by sentence_id. Raises InvalidInput before `toolkit adjudicate`."""
        return list(self.stream(Decision))

    def answers(self, *, some: bool = False) -> list[Annotation]:
        """Return the annotators' answers as they stand, by (sentence_id, annotator, annotation_id).

        Accounts of one person are one, and answers are on sentences that exist; see `logs.standing_answers`. Answers
        to tasks that were hidden to check a person are left out; see `hidden_answers`.

        Args:
            some: The caller needs at least one.

        Raises:
            InvalidInput: The log is damaged, or some are needed and there is none yet.
        """
        answers = [answer for answer, is_hidden in self._told_apart() if not is_hidden]
        if some and not answers:
            raise InvalidInput(
                "there are no answers yet", where=str(self.annotations.path), remedy="run `toolkit pull`"
            )
        return answers

    def hidden_answers(self) -> list[Annotation]:
        """Return the answers to hidden tasks whose answer is known, in the same order; see `logs.hidden_tasks`."""
        return [answer for answer, is_hidden in self._told_apart() if is_hidden]

    def _told_apart(self) -> list[tuple[Annotation, bool]]:
        """Return the annotators' answers as they stand, in order, each with whether it is to a hidden task.

        The log is parsed once per state of the files that decide it.
        """
        state = tuple(map(file_state, (self.annotations.path, *map(self.path, (SENTENCES, HIDDEN, PUSHED, *INPUTS)))))
        if self._read is None or self._read[0] != state:
            found = current(self.annotations.rows(), where=str(self.annotations.path))
            read = []
            if found:
                how, pairs = self.standing(self.annotations, found), hidden_pairs(self.root)
                read = [(how.read(answer), how.is_of(answer, pairs)) for answer in found]
            self._read = state, sorted(read, key=lambda each: _order(each[0]))
        return self._read[1]

    def logged_answers(self) -> list[Annotation]:
        """Return the annotators' answers that hold now as the log has them, in the same order."""
        return current(self.annotations.rows(), where=str(self.annotations.path))

    def expert_answers(self) -> list[Annotation]:
        """Return the experts' answers as they stand, in the same order."""
        return self._standing(self.adjudications)

    def quiz_answers(self) -> list[Annotation]:
        """Return the answers to the quiz as they stand, in the same order; `sentence_id` is an item's id."""
        found = current(self.calibration.rows(), where=str(self.calibration.path))
        return _in_order(map(standing(self.root, (), None, (), self.calibration.rows).read, found))

    def standing(self, log: AppendLog, answers: Iterable[Annotation]) -> Standing:
        """Return how the answers of a log are read."""
        return self._standing_of(log, {answer.sentence_id for answer in answers})

    def _standing_of(self, log: AppendLog, answered: set[str]) -> Standing:
        ids: set[str] = set()
        texts = None
        if self.path(SENTENCES).exists():
            ids = {sentence_id for (sentence_id,) in self.columns(Sentence, "sentence_id")}
            texts = self._texts
        return standing(self.root, answered, texts, ids, log.rows)

    def _texts(self) -> dict[str, str]:
        return dict(self.columns(Sentence, "sentence_id", "text"))

    def _standing(self, log: AppendLog) -> list[Annotation]:
        found = current(log.rows(), where=str(log.path))
        return _in_order(map(self.standing(log, found).read, found)) if found else []

    def stream(self, cls: type[T]) -> Iterator[T]:
        """Yield the articles, sentences or decisions one after the other, for what memory can't hold.

        Args:
            cls: `Article`, `Sentence` or `Decision`.

        Raises:
            InvalidInput: Before the stage that makes them.
        """
        return records_in(cls, self._derived(cls))

    def table(self, cls: type) -> pa.Table:
        """Read the articles, sentences or decisions as a table whose rows are not made into records.

        Args:
            cls: `Article`, `Sentence` or `Decision`.

        Raises:
            InvalidInput: Before the stage that makes them, or the file does not hold such records.
        """
        return record_table(cls, self._derived(cls))

    def columns(self, cls: type, *names: str) -> list[tuple[Any, ...]]:
        """Return some fields of the articles, sentences or decisions, one tuple per record, in their order.

        Only these columns are read, and no record is made.

        Args:
            cls: `Article`, `Sentence` or `Decision`.
            names: Fields that hold text, numbers or lists of these.

        Raises:
            InvalidInput: Before the stage that makes them.
        """
        table = read_parquet(self._derived(cls), names)
        return list(zip(*(table[name].to_pylist() for name in names), strict=True))

    def _derived(self, cls: type) -> Path:
        name, command = _STAGES[cls]
        path = self.path(name)
        if not path.exists():
            raise InvalidInput("is not there yet", where=str(path), remedy=f"run `{command}`")
        return path

    def stream_answers(self) -> Iterator[Annotation]:
        """Yield the annotators' answers as they stand in the order of the log, for logs that memory can't hold."""
        held = Holding(self.annotations)
        how = self._standing_of(self.annotations, held.pop_sentence_ids())
        pairs = hidden_pairs(self.root)
        return (how.read(answer) for answer in held if not how.is_of(answer, pairs))

    def release_path(self, version: str) -> Path:
        """Return the directory of a release."""
        return self.path("releases", version)

    def write(self, name: str, data: bytes | str) -> Path:
        """Write a file of the project atomically."""
        write_atomic(self.path(name), data)
        return self.path(name)


def _in_order(answers: Iterable[Annotation]) -> list[Annotation]:
    return sorted(answers, key=_order)


def _order(answer: Annotation) -> tuple[str, str, str]:
    return answer.sentence_id, answer.annotator, answer.annotation_id


def page_sources(folder: Path, *, apart_from: Path) -> dict[str, Path]:
    """Return the files below a folder, or the one file, by the path that each has below pages/.

    Args:
        folder: Its hidden files and folders, and its links, are left out.
        apart_from: A project that may lie in the folder; its files are left out too.

    Raises:
        UsageError: There is none.
    """
    if folder.is_file():
        return {folder.name: folder}
    project = apart_from.resolve()
    ours = [project / "pages", project / FILE_NAME] if folder.resolve() == project else [project]
    names = {path.relative_to(folder): path for path in sorted(folder.rglob("*"))}
    found = {
        name.as_posix(): path
        for name, path in names.items()
        if path.is_file()
        and not path.is_symlink()
        and not any(part.startswith(".") for part in name.parts)
        and not any(path.resolve().is_relative_to(place) for place in ours)
    }
    if not found:
        what = "has no files" if folder.is_dir() else "is not there"
        raise UsageError(what, where=str(folder), remedy="name a folder of raw pages")
    return found

"""The front door: `Project`, whose methods are the verbs of the command line.

A method calls one stage and returns what the stage returned; nothing is printed here. Each stage is imported when its
verb is first called, so that importing this module loads nothing heavy.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, BinaryIO

from toolkit.api import references
from toolkit.api.references import ModelFolder
from toolkit.errors import UsageError

if TYPE_CHECKING:
    from toolkit.adjudicate.stage import Adjudication
    from toolkit.agreement.model_agreement.preannotation_effect import PreannotationEffect
    from toolkit.agreement.model_agreement.replacement import ReplacementReport
    from toolkit.agreement.structures.link_agreement import LinkAgreement, LinkUptake
    from toolkit.baselines.selection.stage import Audit
    from toolkit.baselines.training.stage import Trained
    from toolkit.estimate.stage import Grouping
    from toolkit.exchange.offset_units import Unit
    from toolkit.exchange.stage import Imported
    from toolkit.hub import Published
    from toolkit.ingest.provenance import Trace, Verification
    from toolkit.ingest.survey import Explanation, FileSurvey
    from toolkit.labelstudio import LabellingProgress, Preannotation, PullResult, PushResult, Server
    from toolkit.ledger import Statement
    from toolkit.plan import PlanRow
    from toolkit.project import Outcome, Workspace
    from toolkit.project.config import Config
    from toolkit.project.logs.answer_migration import MigrationResult
    from toolkit.project.stage import Progress, ReportOutcome
    from toolkit.records import Link
    from toolkit.release import Build, Hydration, Release
    from toolkit.report import ProjectStatus, Report
    from toolkit.schema.quiz.pair_quiz import PairScore
    from toolkit.suggest.stage import Asked
    from toolkit.suggest.stage import Progress as AskingProgress


class Project:
    """A project directory, and what can be done with it.

    Every method is one verb of the command line: `project.ingest()` is `toolkit ingest`. A verb reads files of the
    directory, and writes others atomically; if nothing that it reads has changed, it does nothing and its result says
    so in `up_to_date`.

    Args:
        root: The directory that holds toolkit.yaml.

    Raises:
        InvalidConfig: There is no toolkit.yaml, or it is malformed.

    Examples:
        >>> import tempfile
        >>> project = Project.init(Path(tempfile.mkdtemp()) / "news", samples=True)
        >>> project.ingest().counts["articles"], project.segment().counts["sentences"]
        (22, 253)
        >>> project.segment().up_to_date
        True
    """

    def __init__(self, root: Path | str) -> None:
        from toolkit.project import Workspace

        self.workspace: Workspace = Workspace.find(root)

    def __repr__(self) -> str:
        return f"Project({str(self.root)!r})"

    @property
    def root(self) -> Path:
        """The directory."""
        return self.workspace.root

    @property
    def config(self) -> Config:
        """What toolkit.yaml says."""
        return self.workspace.config

    @classmethod
    def init(
        cls,
        root: Path | str,
        *,
        schema: str = "news_events@1.0.1",
        title: str | None = None,
        samples: bool = False,
        pages: Path | str | None = None,
    ) -> Project:
        """Make a project directory: toolkit.yaml and pages/.

        Args:
            root: The directory; made if it is not there.
            schema: A shipped schema as NAME@VERSION, or the path of one.
            title: Title of the dataset and of the project in Label Studio, 3 to 50 characters; default: for
                the dataset the title of a schema of your own, for the project the name of the directory.
            samples: Fill pages/ with the sample pages, which are invented and CC0.
            pages: A folder whose files are copied to pages/, or one file. Links and hidden files stay behind.

        Raises:
            UsageError: There is a project already, or no file in the folder; nothing is made.
            InvalidInput: There is no such schema.
        """
        from toolkit import samples as shipped
        from toolkit.project import Workspace
        from toolkit.project.workspace import page_sources

        licence = shipped.LICENCE if samples else None
        if pages is not None:
            page_sources(Path(pages), apart_from=Path(root))  # refused before anything is made
        workspace = Workspace.create(Path(root), schema=schema, title=title, licence=licence)
        if pages is not None:
            workspace.add_pages(Path(pages))
        if samples:
            workspace.add_pages(shipped.pages())
        return cls(workspace.root)

    @classmethod
    def find(cls, root: Path | str | None = None) -> Project:
        """Open the project in `root`, by default that of the nearest toolkit.yaml from here upwards.

        Raises:
            InvalidConfig: There is none, or it is malformed.
        """
        from toolkit.project import Workspace

        return cls(Workspace.find(root).root)

    @classmethod
    def nearest(cls) -> Project | None:
        """Open the project of the nearest toolkit.yaml from here upwards; None if there is none."""
        from toolkit.project import Workspace

        workspace = Workspace.nearest()
        return None if workspace is None else cls(workspace.root)

    # From raw pages to sentences

    def add_page(self, name: str, data: bytes | BinaryIO) -> None:
        """Put a page into pages/; a page that is there with the same bytes stays.

        Raises:
            UsageError: Another page has that name, or the name leads out of pages/.
        """
        self.workspace.add_page(name, data)

    def ingest(
        self,
        *,
        skip_unreadable: bool = False,
        strict: bool = False,
        profiles: Sequence[Path] = (),
        fetched_at: str | None = None,
        columns: Sequence[str] = (),
        progress: Progress | None = None,
    ) -> ReportOutcome:
        """Read every page into articles; what is cut goes to rejects.jsonl with its reason.

        A page that can't be read is a reject too, and `report["unreadable"]` of what is returned names it.

        Args:
            skip_unreadable: Write the files although no page can be read.
            strict: Write nothing if a page can't be read.
            profiles: Rules for sites, asked before those of toolkit.yaml.
            fetched_at: When the pages were fetched, ISO 8601; "2 hours ago" is resolved against it.
            columns: "ROLE=NAME" for each column that has a name of its own, e.g. "text=story" or "text=data.body".
            progress: Called with (pages read, pages).

        Raises:
            InvalidInput: There are no pages, or none can be read, or with `strict` one of them can't. All are named,
                and nothing is written.
        """
        from toolkit.ingest import stage

        how = self.config.ingest.with_flags(profiles=profiles, fetched_at=fetched_at, columns=columns)
        return stage.ingest(
            self.workspace, skip_unreadable=skip_unreadable, strict=strict, how=how, **_progress(progress)
        )

    def ingest_report(self) -> tuple[Path, list[FileSurvey]]:
        """Write reports/ingest.html: per file of pages its kind, articles, facts, share kept, and what looks wrong.

        Returns:
            The file, and what it says.

        Raises:
            InvalidInput: `ingest` has not run yet.
        """
        from toolkit.report.stage import write_ingest_report

        return write_ingest_report(self.workspace)

    def segment(self, *, splitter: str | None = None, progress: Progress | None = None) -> Outcome:
        """Cut every article into sentences with exact offsets.

        Args:
            splitter: "rules", or the name of another splitter; default: that of toolkit.yaml.
            progress: Called with (articles cut, articles).

        Raises:
            InvalidInput: There are no articles yet.
            UsageError: There is no such splitter.
        """
        from toolkit.segment import stage

        return stage.segment(self.workspace, splitter=splitter, **_progress(progress))

    def trace(self, sentence_id: str) -> Trace:
        """Return the chain from a sentence back to bytes of its raw page, and forward to the answers to it.

        Args:
            sentence_id: The id, or enough of its beginning.

        Raises:
            UsageError: No sentence, or several, have such an id.
        """
        from toolkit.ingest import stage

        return stage.trace(self.workspace, sentence_id)

    def words(self, sentence_ids: Iterable[str], *, most: int = 40) -> dict[str, str]:
        """Return the first words of sentences in one line, to be shown beside ids; "" where one is not there.

        Args:
            sentence_ids: Which.
            most: Characters that are shown.
        """
        from toolkit.project.workspace import SENTENCES
        from toolkit.records import Sentence

        found = dict.fromkeys(sentence_ids, "")
        if found and self.workspace.path(SENTENCES).exists():
            for sentence_id, text in self.workspace.columns(Sentence, "sentence_id", "text"):
                if sentence_id in found:
                    found[sentence_id] = first_words(text, most)
        return found

    def verify(self) -> Verification:
        """Rebuild every sentence from the raw bytes of its page, check the logs, and return every difference."""
        from toolkit.ingest import stage

        return stage.verify(self.workspace)

    # People

    def push(
        self,
        *,
        limit: int | None = None,
        articles: Collection[str] = (),
        where: Sequence[str] = (),
        order: Path | None = None,
        whole_articles: bool = False,
        withdraw: bool = False,
        quiz: bool = False,
        links: bool = False,
        link_hold_out: float | None = None,
        suggestions: Preannotation | None = None,
        dry_run: bool = False,
        progress: Progress | None = None,
        server: Server | None = None,
    ) -> PushResult:
        """Send sentences to Label Studio; what is there already is not sent again.

        Args:
            limit: Send the first so many of the chosen sentences, those that are there already counted.
            articles: Only sentences of these article_ids.
            where: Only sentences for which all of these hold, e.g. "language=en" or "published_at>=2026-01-01".
            order: A file of sentence_ids to send first, such as selection.jsonl.
            whole_articles: Keep the sentences of an article together; `limit` cuts no article.
            withdraw: Delete tasks of removed sentences; none that anybody has answered, skipped or begun.
            quiz: Send the quiz instead: the schema's examples, whose answers are known.
            links: Send stories instead, in which people link decided sentences; with `quiz` the schema's pairs.
            link_hold_out: With `links`: also show the links that the baseline suggests, but not in this share of the
                windows; None suggests none.
            suggestions: Also show these, from `suggest`: those of a model, or casualty figures alone.
            dry_run: Change nothing; say what would change.
            progress: Called with (tasks done, tasks).
            server: Default: the server that toolkit.yaml or the environment names.

        Raises:
            InvalidInput: There are no sentences yet, or the page does not fit the answers on the server.
            Interrupted: The server stopped answering; the same call goes on from there.
            RemoteError: The server can't be reached or refuses.
        """
        from toolkit.labelstudio.links import link_quiz_tasks, link_tasks
        from toolkit.labelstudio.push import quiz_tasks, stage
        from toolkit.project import sentence_filter

        link: dict[str, Any] = {"dry_run": dry_run, "server": server}
        if links and quiz:
            return link_quiz_tasks.push_link_quiz(self.workspace, **_progress(progress), **link)
        if links:
            if link_hold_out is not None:
                link |= {"suggest": self._suggested_links, "held_back": link_hold_out}
            return link_tasks.push_links(self.workspace, **_progress(progress), **link)
        if quiz:
            return quiz_tasks.push_quiz(self.workspace, **_progress(progress), **link)
        chosen: dict[str, Any] = {
            "limit": limit,
            "articles": articles,
            "whole_articles": whole_articles,
            "where": sentence_filter.where(self.workspace, where),
            "order": self.sentence_ids(order) if order else [],
        }
        result = stage.push(self.workspace, **chosen, withdraw=withdraw, **_progress(progress), **link)
        if suggestions is not None:
            coming = stage.sent_by(self.workspace, **chosen) if dry_run else ()
            return replace(result, suggested=dict(suggestions.push(coming=coming, **link).counts))
        return result

    def _suggested_links(self) -> list[tuple[Link, float]]:
        from toolkit.baselines.links import stage

        found = stage.suggested_links(self.workspace, embed=stage.embedding())
        return [(each.link, each.probability) for each in found]

    def sentence_ids(self, file: Path) -> list[str]:
        """Read a file of sentence_ids, which may be named from the current directory or from the project."""
        from toolkit.project.sentence_filter import read_order

        inside = self.workspace.path(str(file))
        return read_order(inside if inside.exists() and not file.exists() else file)

    def pull(
        self,
        *,
        full: bool = False,
        from_export: Path | None = None,
        import_texts: bool = False,
        label_config: Path | None = None,
        texts: Sequence[str] = (),
        keep_identities: bool = False,
        new_key: bool = False,
        progress: Progress | None = None,
        server: Server | None = None,
    ) -> PullResult:
        """Fetch answers into annotations/log.jsonl; a revision that is there already is not written again.

        Args:
            full: Compare every task, also to find answers that were deleted.
            from_export: Read a Label Studio JSON export instead of the server.
            import_texts: Make articles of the texts of a foreign project that are not here.
            label_config: The labelling page (XML) of the export's project; default: the one inside the file, else what
                its answers show.
            texts: Keys of a foreign task's data that hold the sentence, where its page leaves that open.
            keep_identities: Leave names and addresses in the raw JSON of the log.
            new_key: Go on with another key of the pseudonyms, since the old one is lost.
            progress: Called with (tasks read, tasks).
            server: Default: the server that toolkit.yaml or the environment names.

        Raises:
            InvalidInput: The export can't be read, or the key of the pseudonyms is not the one of the log.
            UsageError: A new key is asked for, and the old one is there.
            RemoteError: The server can't be reached or refuses.
        """
        if new_key:
            from toolkit.labelstudio.pseudonyms import take_new_key

            take_new_key(self.workspace)
        if from_export is not None:
            from toolkit.labelstudio.pull.from_file import pull_export

            return pull_export(
                self.workspace,
                from_export,
                import_texts=import_texts,
                keep_identities=keep_identities,
                config=label_config,
                texts=texts,
            )
        from toolkit.labelstudio.pull import stage

        return stage.pull(
            self.workspace,
            full=full,
            import_texts=import_texts,
            texts=texts,
            keep_identities=keep_identities,
            progress=progress,
            server=server,
        )

    @staticmethod
    def import_documents(
        format_: str,
        path: Path | str,
        root: Path | str | None = None,
        *,
        offsets: Unit | None = None,
        title: str | None = None,
        judge: bool = True,
    ) -> Imported:
        """Read annotated documents of another tool into a project, which is made if it is not there.

        Each text becomes an article of one unit, each answer a line of the annotation log, under a pseudonym. What
        neither the format nor a project has a place for is in `losses` of what is returned.

        Args:
            format_: "brat", "doccano", "prodigy", "argilla", "inception", "conll", "web-annotation" or "annotated-csv".
            path: A file, a folder, or a zip archive.
            root: The project; without toolkit.yaml it is made, with a schema inferred from the answers. Default: the
                nearest.
            offsets: What offsets count, where the file does not show it: "code-points", "utf-16" or "bytes".
            title: Of a project that is made.
            judge: Also measure agreement, leakage of a given split, likely label errors and what a baseline reaches.

        Raises:
            InvalidInput: Nothing can be read, or nothing of it taken.
            UsageError: There is no such format, or no project and none is named.
        """
        from toolkit.exchange.stage import import_documents

        folder = None if root is None else Path(root)
        return import_documents(format_, Path(path), folder, unit=offsets, title=title, judge=judge)

    def status(self, *, server: Server | None = None) -> LabellingProgress:
        """Return how far the annotators are, and how long the rest will take at their rate.

        Raises:
            RemoteError: The server can't be reached or refuses.
        """
        from toolkit.labelstudio.progress import status

        return status(self.workspace, server=server)

    def agreement(self, *, rounds: Mapping[str, str] = MappingProxyType({})) -> ReportOutcome:
        """Measure how well the annotators agree, with intervals over articles, into reports/agreement.json.

        Args:
            rounds: sentence_id → round of labelling, to measure each round apart too.

        Raises:
            InvalidInput: There are no answers yet.
        """
        from toolkit.agreement import stage

        return stage.agreement(self.workspace, round_of=rounds)

    def plan(
        self,
        *,
        shares: Sequence[float] = (),
        annotators: Sequence[int] = (),
        adaptive: int | None = None,
        seed: int = 0,
    ) -> Sequence[PlanRow]:
        """Compare designs of labelling, simulated from the answers that are there.

        Args:
            shares: Shares of the articles that several people answer; default: from 5 % to all.
            annotators: How many people those are; default: what toolkit.yaml asks for, but at least two.
            adaptive: How many people a sentence is asked of at most while those before differ; None: nobody further.
            seed: Of the simulation.

        Returns:
            Per design its answers, hours, and α with the interval that is expected of it.

        Raises:
            InvalidInput: No two people have answered the same sentence.
        """
        from toolkit.plan import stage

        return stage.plan(
            self.workspace, shares=shares or stage.SHARES, annotators=annotators, adaptive=adaptive, seed=seed
        )

    def agreement_page(self, file: Path) -> None:
        """Write the last agreement report as one HTML page.

        Raises:
            InvalidInput: Agreement was not measured yet.
        """
        from toolkit.project import write_atomic
        from toolkit.report import agreement_page

        write_atomic(file, agreement_page(self.workspace))

    def preannotation_effect(self) -> PreannotationEffect | None:
        """Return how suggestions changed the answers, measured on the hold-out; None where nothing was suggested."""
        from toolkit.agreement import stage

        return stage.preannotation_effect(self.workspace)

    def replacement(self, model: str, *, annotators: str = "trained") -> ReplacementReport:
        """Say whether a model may stand in for a person: the alternative annotator test of every question.

        Args:
            model: "llm", a file of answers, a model directory, or a name in the suggestion log.
            annotators: What the people are, which sets the price of an answer: "experts", "trained" or "crowd".

        Raises:
            InvalidInput: There are no answers of people yet, or none of the model: `ask` it first.
        """
        from toolkit.agreement import stage

        return stage.replacement(self.workspace, self._in_log(model), annotators=annotators)

    def link_agreement(self) -> tuple[LinkAgreement, ...]:
        """Return how well people agree on links between sentences, per link; empty where nobody could link two yet."""
        from toolkit.agreement import stage

        return stage.links(self.workspace)

    def link_quiz_scores(self) -> Mapping[str, PairScore]:
        """Return each person's score in the quiz of links, by pseudonym; empty where nobody has answered it."""
        from toolkit.agreement import stage

        return stage.link_quiz_scores(self.workspace)

    def link_uptake(self) -> LinkUptake | None:
        """Return how many of the suggested links people drew, shown and in the hold-out; None where none was made."""
        from toolkit.agreement import stage

        return stage.link_uptake(self.workspace)

    def adjudicate(self, *, afresh: bool = False, accept: Collection[str] = ()) -> Adjudication:
        """Decide what the answers agree on into gold.parquet, and queue the rest for an expert.

        Args:
            afresh: Re-decide every sentence, also those whose answers have not changed.
            accept: annotation_ids of answers that vote although a part of them could not be taken; or "all".

        Raises:
            InvalidInput: There are no answers yet, a log is damaged, or there is no such answer.
        """
        from toolkit.adjudicate import stage

        if accept:
            stage.accept_answers(self.workspace, accept)
        return stage.adjudicate(self.workspace, afresh=afresh)

    def push_disputes(self, *, dry_run: bool = False, server: Server | None = None) -> PushResult:
        """Send the queue of `adjudicate` to the experts' project."""
        from toolkit.labelstudio.push.adjudication import push_disputes

        return push_disputes(self.workspace, dry_run=dry_run, server=server)

    def push_link_disputes(self, *, dry_run: bool = False, server: Server | None = None) -> PushResult | None:
        """Send the windows with disputed links to the experts' project for links; None where no link is disputed."""
        from toolkit.adjudicate.stage import decided_links
        from toolkit.labelstudio.links.link_tasks import push_link_disputes

        disputed = [each for each in decided_links(self.workspace) if each.disputed]
        return push_link_disputes(self.workspace, disputed, dry_run=dry_run, server=server) if disputed else None

    def audit(
        self,
        *,
        baseline: str = "words-chars-svm",
        seed: int = 0,
        queue: int | None = None,
        model: str | None = None,
    ) -> Audit:
        """Rank gold that looks wrong, by out-of-fold predictions and annotators' votes, into reports/audit.json.

        Args:
            baseline: What predicts, a name on the ladder.
            seed: Of folds and solvers.
            queue: Put this many of the most suspicious decisions in for a second look.
            model: Take the answers of this model of the suggestion log in place of the baseline's.

        Raises:
            InvalidInput: Nothing is decided yet, or too few stories are.
        """
        from toolkit.baselines.selection import stage

        return stage.audit(self.workspace, baseline=baseline, seed=seed, queue=queue, model=model)

    def migrate(self, migration: Path | str, *, dry_run: bool = False, write_config: bool = False) -> MigrationResult:
        """Carry the answers to another version of the schema; what a split leaves open is asked again.

        Args:
            migration: The reviewed migration, YAML.
            dry_run: Change nothing; say what would change.
            write_config: Write the new schema, and the project's title, into toolkit.yaml.

        Raises:
            InvalidInput: The migration, a schema or a log breaks a rule; nothing is written.
        """
        from toolkit.project.logs.answer_migration import migrate_answers

        return migrate_answers(self.workspace, migration, dry_run=dry_run, write_config=write_config)

    # Releases

    def build(
        self,
        version: str = "auto",
        *,
        text: str | None = None,
        seed: int | None = None,
        released_on: str | None = None,
        allow_stale: bool = False,
    ) -> Build:
        """Freeze gold, answers and articles as releases/<version>/.

        Args:
            version: "major.minor.patch", or "auto": what changed since the newest release decides.
            text: How much text is released: "full", "offsets" or "snippet:N"; default: that of toolkit.yaml.
            seed: Seed of the splits; default: that of toolkit.yaml.
            released_on: ISO 8601 date for changelog and citation; no clock is read.
            allow_stale: Freeze what is there although it is out of date.

        Returns:
            Its version, path and counts; `release` opens it. A release that would be frozen the same now is up to date.

        Raises:
            UsageError: The version is malformed, too small or there already.
            InvalidInput: A stage is missing or out of date (the error names its command), the records contradict each
                other, or something private would be released.
        """
        from toolkit.release import stage

        return stage.build(
            self.workspace, version, text=text, seed=seed, released_on=released_on, allow_stale=allow_stale
        )

    def release(self, reference: str = "newest") -> Release:
        """Open a release by its version, by a directory, "newest", or hub:OWNER/NAME@TAG; see `load_release`."""
        return references.load_release(reference, workspace=self.workspace)

    def hydrate(self, reference: str, target: Path | str) -> Hydration:
        """Put the text back into a release without text, from the project's own copies of the articles."""
        from toolkit.release import hydrate

        return hydrate(self.release(reference), self.workspace.articles(), Path(target))

    def publish(
        self,
        reference: str | None = None,
        *,
        model: str | None = None,
        repo: str | None = None,
        to: Path | None = None,
        private: bool = False,
        endpoint: str | None = None,
        allow_stale: bool = False,
    ) -> Published:
        """Publish a release or a model on the Hub: one commit, one tag that never moves, and a check; see `publish`."""
        how: dict[str, Any] = {"model": model, "repo": repo, "to": to, "private": private, "endpoint": endpoint}
        how["allow_stale"] = allow_stale
        return references.publish(reference, workspace=self.workspace, **how)

    # Baselines

    def train(
        self,
        release: str = "newest",
        *,
        baseline: str = "auto",
        seed: int = 0,
        by: str | None = None,
    ) -> Trained:
        """Train a baseline on a release, into models/<baseline>-<version>/.

        Args:
            release: See `load_release`.
            baseline: A name on the ladder, "auto" or "auto+embeddings".
            seed: For folds and solvers.
            by: "by_time", "by_publisher" or "by_language": on the sides of a harder split, for `evaluate` to compare.

        Raises:
            InvalidInput: There is no release, or it has nothing to train on.
        """
        from toolkit.baselines.training import stage

        dataset, revision = references.on_hub(release) or (None, None)
        opened = self.release(release)
        how: dict[str, Any] = {"baseline": baseline, "seed": seed, "by": by}
        return stage.train(self.workspace, opened.path, dataset=dataset, revision=revision, **how)

    def learning_curve(
        self, release: str = "newest", *, baseline: str = "auto", more: int = 500, seed: int = 0
    ) -> ReportOutcome:
        """Estimate what more sentences or annotators would add, into reports/learning_curve.json.

        Args:
            release: See `load_release`.
            baseline: A name on the ladder; "auto" is "words-lr" here, since it is trained many times.
            more: Sentences that might be added.
            seed: For folds, shares, solvers and the bootstrap.
        """
        from toolkit.baselines.training import stage

        opened = self.release(release)
        return stage.learning_curve(self.workspace, opened.path, baseline=baseline, more=more, seed=seed)

    def model(self, reference: str | None = None) -> ModelFolder:
        """Find a model: a directory, hub:OWNER/NAME@TAG, or (None, "newest") the one trained last.

        Raises:
            InvalidInput: Nothing was trained yet.
            RemoteError: The Hub does not have it or can't be reached.
        """
        return references.model_folder(reference, workspace=self.workspace)

    def model_or_none(self, reference: str | None = None) -> ModelFolder | None:
        """Find a model as `model` does; None where none is named and none was trained yet."""
        return references.model_or_none(reference, self.workspace)

    def evaluate(
        self,
        model: str | None = None,
        release: str = "newest",
        *,
        split: str = "test",
        since: str | None = None,
        against: str | None = None,
        seed: int = 0,
    ) -> ReportOutcome:
        """Evaluate a model on a split of a release, into reports/evaluation.json and reports/errors.csv.

        Args:
            model: See `model`.
            release: See `load_release`.
            split: "validation" or "test".
            since: An older release: also attribute the change of the score to removed, relabelled and added rows.
            against: Another model: also test whether the two differ by more than chance.
            seed: For the paired test.

        Raises:
            InvalidInput: There is no such model, release or split.
        """
        from toolkit.baselines.evaluation import stage

        judged, rival = self.model(model), self.model(against) if against else None
        return stage.evaluate(
            self.workspace,
            judged.path,
            self.release(release).path,
            name=judged.name,
            split=split,
            since=self.release(since).path if since else None,
            against=rival.path if rival else None,
            against_name=rival.name if rival else None,
            seed=seed,
        )

    def select(
        self,
        model: str | None = None,
        *,
        count: int = 500,
        random_share: float = 0.5,
        also_pushed: bool = False,
        seed: int = 0,
    ) -> ReportOutcome:
        """Rank what to label next into selection.jsonl, and say what more labels are expected to be worth.

        Args:
            model: See `model`; before there is one, all sentences are drawn at random.
            count: How many sentences.
            random_share: Share that is drawn at random, for honest estimates and thresholds.
            also_pushed: Rank also sentences that were pushed and wait for their first answer.
            seed: For the draw.
        """
        from toolkit.baselines.selection import stage
        from toolkit.labelstudio.progress import waiting

        found = self.model_or_none(model)
        left_out = () if also_pushed else waiting(self.workspace)
        how: dict[str, Any] = {"count": count, "random_share": random_share, "seed": seed}
        return stage.select(self.workspace, found.path if found else None, waiting=left_out, **how)

    def suggest(
        self,
        model: str | None = None,
        *,
        figures: bool = False,
        optional: bool = False,
        hold_out: float | None = None,
    ) -> Preannotation:
        """Return the suggestions of a model, or of the figure reader alone, with their hold-out.

        What is returned is given to `push(suggestions=…)`, or served with `toolkit.labelstudio.serve`.

        Args:
            model: See `model`; or "llm", or a file of answers, whose answers `ask` has logged before.
            figures: Suggest casualty figures alone, without a model.
            optional: Suggest figures alone where nothing was trained yet, instead of refusing.
            hold_out: Share of the sentences that people see without suggestions, in [0, 1]; default: that of
                toolkit.yaml.

        Raises:
            InvalidInput: There is no such model.
        """
        from toolkit.labelstudio import Preannotation, Suggester

        if figures and model is not None:
            raise UsageError("--figures goes without --model")
        schema = self.workspace.schema()
        share = self.config.label_studio.held_back if hold_out is None else hold_out
        if (name := self._logged(model)) is not None:
            from toolkit.project.logs.suggestion_log import SuggestionLog

            logged = SuggestionLog(self.workspace).answers(name)
            return Preannotation(self.workspace, Suggester(schema, name=name, logged=logged), share=share)
        found = None
        if not figures:
            found = self.model_or_none(model) if optional else self.model(model)
        if found is None:
            return Preannotation(self.workspace, Suggester(schema), share=share)
        from toolkit import baselines

        loaded = baselines.load(found.path)
        made = baselines.digest_of(found.path)
        suggester = Suggester(schema, partial(baselines.predictions, loaded), name=found.name, digest=made)
        return Preannotation(self.workspace, suggester, share=share, note=baselines.schema_note(loaded, schema))

    def ask(
        self,
        model: str | None = None,
        *,
        where: Sequence[str] = (),
        limit: int | None = None,
        order: Path | None = None,
        dry_run: bool = False,
        progress: AskingProgress | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> Asked:
        """Let a model answer sentences into suggestions/log.jsonl: the verb of `toolkit suggest`.

        Args:
            model: "llm" for the language model of toolkit.yaml, a file of answers (.jsonl and others), or see `model`.
            where: See `push`.
            limit: At most so many sentences, those that it has answered before counted.
            order: A file of sentence_ids to ask first, such as selection.jsonl.
            dry_run: Ask nothing; say how much there is to ask.
            progress: Called with (sentences done, sentences, tokens and cost so far).
            say: Told what leaves this machine, before it does.

        Raises:
            InvalidInput: There is no such model or file, or there are no sentences yet.
            Interrupted: The budget is spent.
            RemoteError: The server of the language model is gone or refuses.
        """
        from toolkit.project import sentence_filter
        from toolkit.suggest import stage

        how: dict[str, Any] = {"dry_run": dry_run, "progress": progress}
        if model is not None and references.is_answer_file(model):
            if where or limit is not None or order is not None:
                raise UsageError("a file of answers is taken as a whole", remedy="leave out --where, --limit, --order")
            return stage.log_file(self.workspace, Path(model), **how)
        choice = stage.Choice(
            where=sentence_filter.where(self.workspace, where),
            limit=limit,
            order=tuple(self.sentence_ids(order)) if order else (),
        )
        if model == "llm":
            return stage.ask_llm(self.workspace, choice, say=say, **how)
        from toolkit import baselines

        found = self.model(model)
        loaded = baselines.load(found.path)
        name = f"{found.name}@{baselines.digest_of(found.path)[:8]}"
        return stage.log_answers(self.workspace, name, partial(baselines.predictions, loaded), choice, **how)

    def estimate(
        self,
        model: str,
        *,
        by: Grouping = "",
        labels: Sequence[str] = (),
        drawn: Path | None = None,
        also_shown: bool = False,
    ) -> ReportOutcome:
        """Estimate the share of each label in all sentences, into reports/estimate.json and reports/estimate.csv.

        From people's labels on a random part and a model's answers on all; valid however bad the model is.

        Args:
            model: "llm", a file of answers, a model directory, or a name in the suggestion log.
            by: "outlet", "month", "language" or "story"; "" for the whole corpus.
            labels: Only these; default: all.
            drawn: A file of the sentences that were drawn at random; default: selection.jsonl, else all labelled ones.
            also_shown: Take sentences that people saw a suggestion on, too.

        Returns:
            `report["rows"]`: per label and group its share, that of people's labels alone, and λ; see `ShareRow`.

        Raises:
            InvalidInput: Nothing is decided yet, or the model has no suggestion: `ask` it first.
        """
        from toolkit.estimate import stage

        name = self._in_log(model)
        return stage.estimate(self.workspace, name, by=by, labels=labels, drawn=drawn, also_shown=also_shown)

    def _in_log(self, model: str) -> str:
        """Return the name in the log of any model, as a person names it."""
        name = self._logged(model) or model
        return self.model(name).name if name.startswith("hub:") or Path(name).is_dir() else name

    def _logged(self, model: str | None) -> str | None:
        """Return the name in the log of a model whose answers are only there; None for one that can be asked now."""
        from toolkit.suggest import stage

        if model == "llm":
            return stage.llm_model(self.workspace)
        return stage.file_model(Path(model)) if model is not None and references.is_answer_file(model) else None

    # Looking

    def ledger(
        self,
        release: str | None = None,
        *,
        kinds: Sequence[str] = (),
        model: str | None = None,
        output: Path | None = None,
    ) -> ReportOutcome:
        """Write who says what and who counts how many in each story, into reports/ledger.json and ledger/.

        Counts are merged by named rules and never added up; see `toolkit.ledger.toll.Toll`.

        Args:
            release: Read a release instead of the project's decisions; see `load_release`.
            kinds: Fields of a figure that tell counts apart; default: all of harm, status, scope, affected_party.
            model: Also take what a model says of sentences that are not decided, and the links that the baseline
                suggests, with their probabilities; see `model`. Suggested links change no count.
            output: Write the tables into this new directory; of a release they are written nowhere else.

        Returns:
            `report["stories"]`: per story its rows of "claims", "figures" and "tolls".

        Raises:
            InvalidInput: Nothing is decided yet, or there is no such release.
            UsageError: The schema or the release has nothing to make a ledger from, or `output` is there already.
        """
        from toolkit.ingest.stage import sentence_bytes
        from toolkit.ledger import stage
        from toolkit.ledger.mention import KINDS
        from toolkit.project.stage import ReportOutcome
        from toolkit.release.statements import links, statements

        chosen = tuple(kinds) or KINDS
        if release is not None:
            if model is not None:
                raise UsageError("--model goes without --release")
            opened = self.release(release)
            stage.check(opened.schema, chosen)
            report = stage.ledger_report(statements(opened), kinds=chosen, links=links(opened))
            outcome = ReportOutcome("ledger", stage.counts(report), report=report)
        else:
            outcome = stage.ledger(
                self.workspace,
                partial(sentence_bytes, self.workspace),
                kinds=chosen,
                links=self._agreed_links,
                guess=self._guessed_links if model is not None and self.workspace.schema().links else None,
                **self._predictions(model),
            )
        if output is not None:
            stage.write_tables(output, outcome.report)
        return outcome

    def _guessed_links(self, statements: Sequence[Statement]) -> list[tuple[Link, float]]:
        from toolkit.baselines.links import stage

        found = stage.guessed_links(self.workspace, statements, embed=stage.embedding())
        return [(each.link, each.probability) for each in found]

    def _agreed_links(self) -> list[Link]:
        from toolkit.adjudicate.stage import decided_links

        return [each.link for each in decided_links(self.workspace) if each.holds]

    def _predictions(self, model: str | None) -> dict[str, Any]:
        if model is None:
            return {}
        from toolkit.labelstudio import Query

        suggester = self.suggest(model).suggester
        return {
            "model": suggester.version,
            "predict": lambda rows: suggester.suggest(
                [Query(sentence_id=each.sentence_id, text=each.text, language=language) for each, language in rows]
            ),
        }

    def overview(self) -> ProjectStatus:
        """Return each stage with its counts and age, what is out of date, and the next command."""
        from toolkit.report.project_status import project_status

        return project_status(self.workspace)

    def report(self, output: Path | None = None) -> tuple[Path, Report]:
        """Write one HTML page: corpus, progress, agreement, decisions, splits, baselines, sentences.

        Args:
            output: The file; default: reports/report.html.

        Returns:
            The file, and what it says.
        """
        from toolkit.report.stage import write_report

        return write_report(self.workspace, output)

    def paper(self, folder: Path | str) -> tuple[tuple[Path, ...], Mapping[str, str]]:
        """Write what a paper on the dataset needs: tables, plots, a paragraph on methods, and how to cite.

        Args:
            folder: Where to; files of ours that are there are replaced.

        Returns:
            The files; and part → the command that makes it, for what is left out.
        """
        from toolkit.report.publication.paper import write_paper

        return write_paper(self.workspace, Path(folder))


def explain_page(
    page: Path,
    root: Path | None = None,
    *,
    profiles: Sequence[Path] = (),
    fetched_at: str | None = None,
    columns: Sequence[str] = (),
) -> Explanation:
    """Return what is kept and what is cut of each page of a file, why, and what looks wrong; nothing is written.

    Args:
        page: The file.
        root: The project whose settings and recurring lines count; default: the nearest one, else none.
        profiles: See `Project.ingest`.
        fetched_at: See `Project.ingest`.
        columns: See `Project.ingest`.
    """
    from toolkit.ingest import stage
    from toolkit.project import Workspace
    from toolkit.project.config import IngestConfig

    workspace = Workspace.nearest() if root is None else Workspace.find(root)
    how = workspace.config.ingest if workspace else IngestConfig()
    return stage.explain_page(
        page, how.with_flags(profiles=profiles, fetched_at=fetched_at, columns=columns), workspace
    )


def first_words(text: str, most: int = 40) -> str:
    r"""Return the first words of a text in one line, to be shown beside an id.

    Args:
        text: The text.
        most: Characters that are shown.

    Examples:
        >>> first_words("The mayor opened\nthe new bridge on Monday.", 20)
        'The mayor opened t …'
    """
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 2]} …"


def _progress(progress: Progress | None) -> dict[str, Any]:
    return {} if progress is None else {"progress": progress}

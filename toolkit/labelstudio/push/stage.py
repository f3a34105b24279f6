"""The stage push: every sentence becomes a task in Label Studio, once, in one project or in one per person."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from toolkit.engine.background import beside
from toolkit.errors import InvalidInput
from toolkit.labelstudio.assignment import ask_further, assign_articles, members
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.client.connection import connected
from toolkit.labelstudio.client.http_client import Server
from toolkit.labelstudio.pseudonyms import project_pseudonyms
from toolkit.labelstudio.push.hidden_tasks import HiddenTasks
from toolkit.labelstudio.push.sender import PushResult, Sender, Task
from toolkit.labelstudio.push.tasks import task_data
from toolkit.project import Workspace
from toolkit.project.annotators_file import FILE_NAME as ANNOTATORS
from toolkit.project.annotators_file import Team, people_per_sentence, read_team
from toolkit.project.logs.answer_migration import settled
from toolkit.project.logs.hidden_tasks import hidden_pairs
from toolkit.project.logs.push_ledger import Key, blind_title, sent_sentences
from toolkit.project.sentence_filter import Test, selected
from toolkit.project.stage import Progress
from toolkit.records import Sentence


def push(
    workspace: Workspace,
    *,
    limit: int | None = None,
    articles: Collection[str] = (),
    where: Test | None = None,
    order: Sequence[str] = (),
    whole_articles: bool = False,
    withdraw: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
    server: Server | None = None,
) -> PushResult:
    """Bring the project on the server up to date with the sentences.

    The project is looked for, and made, while the sentences are read: if these turn out to be unfit, it stays empty
    until the next push.

    Args:
        workspace: The project directory.
        limit: Send the first so many of the selected sentences, counted with those that are there already, so that
            the same command twice sends nothing the second time.
        articles: Only sentences of these article_ids.
        where: Only sentences for which this holds.
        order: sentence_ids to send first, in this order; the rest follows in the order of the articles.
        whole_articles: Keep each article's sentences together, and take no part of an article.
        withdraw: Delete tasks whose sentence is no longer there; one that somebody has answered, skipped or begun
            stays.
        dry_run: Change nothing; say what would change.
        progress: Called with (tasks done, tasks to send).
        server: Default: the one that toolkit.yaml or the environment names.

    Raises:
        InvalidInput: There are no sentences, or the schema's page does not fit the answers that are there.
        Interrupted: The server stopped answering; what is stored is stored, and the same command goes on.
        RemoteError: The server can't be reached or refuses.
        Locked: Another command is at work on the project.
    """
    with workspace.lock(), connected(workspace, server) as connection:
        choice = partial(
            selected, limit=limit, articles=articles, where=where, order=order, whole_articles=whole_articles
        )
        sender = Sender(workspace, connection, dry_run=dry_run, withdraw=withdraw, progress=progress)
        team = read_team(workspace)
        if team is not None and team.blind:
            wanted, every = _tasks(workspace, choice)
            return _told(workspace, _push_blind(workspace, sender, team, wanted, every), wanted)
        title = workspace.config.label_studio.project
        with beside(partial(sender.find, title)) as found:
            settings = server_project.settings(workspace.schema(), workspace)
        with beside(partial(sender.target, title, settings, found.result())) as target:
            wanted, every = _tasks(workspace, choice)
        return _told(workspace, sender.run(target.result(), wanted, every), wanted)


def _told(workspace: Workspace, result: PushResult, wanted: Collection[Key]) -> PushResult:
    """Return a result that says how many of its tasks are of articles that a page has cut short."""
    short = {article.article_id for article in workspace.articles() if article.truncated}
    if not short:
        return result
    ids = {sentence_id for sentence_id, _ in wanted}
    of_short = (item.sentence_id for item in workspace.sentences() if item.article_id in short)
    return replace(result, truncated=len(ids.intersection(of_short)))


def sent_by(workspace: Workspace, **choice: Any) -> set[str]:
    """Return the sentence_ids that a push with these arguments would have on the server; see `selected` for them."""
    return {sentence_id for sentence_id, _ in _tasks(workspace, partial(selected, **choice))[0]}


def _tasks(
    workspace: Workspace, choice: Callable[[Sequence[Sentence]], list[int]]
) -> tuple[dict[Key, Task], Mapping[Key, Task]]:
    """Return the tasks of the sentences that are chosen and not settled, in their order, and all of them."""
    sentences = workspace.sentences()
    data = task_data(sentences, workspace.articles())
    every: dict[Key, Task] = {(item["sentence_id"], item["text_sha256"]): {"data": item} for item in data}
    keys, answered = list(every), settled(workspace) | _carried(workspace, {key[0] for key in every})
    return {keys[number]: every[keys[number]] for number in choice(sentences) if keys[number][0] not in answered}, every


def _carried(workspace: Workspace, there: Collection[str]) -> set[str]:
    """Return the sentences of corrected pages that have all their answers from before, carried over by their words.

    A sentence has them when as many people as it is asked of have answered or skipped it.
    """
    if not sent_sentences(workspace).difference(there):
        return set()
    logged = workspace.logged_answers()
    how, pairs = workspace.standing(workspace.annotations, logged), hidden_pairs(workspace.root)
    people: dict[str, set[str]] = defaultdict(set)
    for answer in logged:
        if answer.sentence_id in how.carried and not how.is_of(answer, pairs):
            people[how.carried[answer.sentence_id]].add(how.read(answer).annotator)
    wanted = people_per_sentence(workspace)
    return {sentence_id for sentence_id, names in people.items() if len(names) >= wanted(sentence_id)}


def _push_blind(
    workspace: Workspace, sender: Sender, team: Team, wanted: dict[Key, Task], every: Mapping[Key, Task]
) -> PushResult:
    """Send each person the tasks of their articles, into a project of their own."""
    article_of = {sentence.sentence_id: sentence.article_id for sentence in workspace.sentences()}
    sizes = Counter(article_of[sentence_id] for sentence_id, _ in wanted)
    names = project_pseudonyms(workspace, sender.server.users())
    assignment = assign_articles(workspace, team, names, sizes, dry_run=sender.dry_run)
    more = ask_further(workspace, team, names, dry_run=sender.dry_run)
    settings = server_project.settings(workspace.schema(), workspace, answers=1)
    hidden = HiddenTasks(workspace, team, members(team, names), dry_run=sender.dry_run)
    keys, results = {key[0]: key for key in every}, []
    for name in sorted({*assignment.articles, *more}):
        mine, single = assignment.articles.get(name, frozenset()), more.get(name, set())
        own = [key for key in wanted if article_of[key[0]] in mine or key[0] in single]
        tasks = {key: every[key] for key in hidden.among(name, own, keys)}
        results.append(sender.send(blind_title(workspace, name), settings, tasks, every))
    if not results:
        raise InvalidInput(
            "nobody may get an article",
            where=str(workspace.path(ANNOTATORS)),
            remedy="set `calibrated: true` for those who passed the quiz, and check quotas and languages",
        )
    return PushResult(
        url=results[0].url,
        created=any(result.created for result in results),
        settings_changed=tuple(sorted({name for result in results for name in result.settings_changed})),
        sent=sum(result.sent for result in results),
        present=sum(result.present for result in results),
        orphaned=sum(result.orphaned for result in results),
        duplicates_removed=sender.removed,
        dry_run=sender.dry_run,
        lacking=assignment.lacking,
        urls=tuple(result.url for result in results if result.url),
        notes=(*(note for result in results for note in result.notes), *hidden.notes),
        withdrawn=sum(result.withdrawn for result in results),
        hidden=hidden.sent,
    )

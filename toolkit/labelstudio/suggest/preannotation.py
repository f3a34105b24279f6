"""Pre-annotation: suggestions on the labelling page, with a hold-out that measures what they do to the answers.

Suggestions are pushed as a whole, or served one by one when a sentence is opened. Either way a share of the sentences,
the hold-out, is shown without any: the same sentences every time. Each suggestion that could have changed an answer is
logged, shown or not (`toolkit.project.logs.suggestion_log`), so that `toolkit agreement` can compare the two groups.

Label Studio only ever adds predictions and checks none of them (measured, 1.23.2: a wrong label, offsets beyond the
text, all stored). So a push checks every suggestion against schema and sentence first, then deletes all predictions of
the project, then stores the new ones. After a kill in between, the same command does it again from the start.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock
from typing import Any

from toolkit.errors import Interrupted, InvalidInput, RemoteError, UsageError
from toolkit.figures import LANGUAGES
from toolkit.ingest.language_identification import identify
from toolkit.labelstudio.casualty_figures import languages
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.client.connection import connected
from toolkit.labelstudio.client.http_client import Server
from toolkit.labelstudio.client.known_projects import known_projects
from toolkit.labelstudio.client.server_project import ServerProject
from toolkit.labelstudio.codec.encode import encode_result
from toolkit.labelstudio.codec.label_config import render_config
from toolkit.labelstudio.codec.page_check import PageCheck
from toolkit.labelstudio.push.tasks import key_of
from toolkit.labelstudio.suggest.suggester import Query, Suggester
from toolkit.project import Workspace
from toolkit.project.logs.push_ledger import work_titles
from toolkit.project.logs.suggestion_log import SuggestionLog
from toolkit.records import Suggestion, content_id, digest
from toolkit.schema import Schema

_BATCH = 500
_DRAW = "held back"  # part of the hash that draws the hold-out: another word would draw other sentences


@dataclass(frozen=True)
class PushedSuggestions:
    """The result of a push of suggestions.

    Attributes:
        shown: Sentences that have a suggestion on the page now, or would have.
        held_out: Sentences of the hold-out that a suggestion was made for.
        silent: Sentences without anything to suggest.
    """

    shown: int
    held_out: int
    silent: int

    @property
    def counts(self) -> Mapping[str, int]:
        """The counts for people."""
        return {"with suggestions": self.shown, "in the hold-out": self.held_out, "nothing to suggest": self.silent}


class Preannotation:
    """Suggestions for the sentences of a project, with a hold-out.

    Args:
        workspace: The project directory.
        suggester: Where suggestions come from.
        share: Share of the project's sentences that are shown without suggestions, in [0, 1].
        note: What people should know of the model, such as labels that it was not trained with; None for nothing.

    Raises:
        UsageError: The share is not between 0 and 1.
    """

    def __init__(self, workspace: Workspace, suggester: Suggester, *, share: float, note: str | None = None) -> None:
        if not 0.0 <= share <= 1.0:
            raise UsageError(f"{share:g} is not a share between 0 and 1")
        self.workspace = workspace
        self.suggester = suggester
        self.share = share
        self.note = note
        self._writing = Lock()

    def push(
        self, *, dry_run: bool = False, coming: Collection[str] = (), server: Server | None = None
    ) -> PushedSuggestions:
        """Show suggestions for the sentences that were pushed, in place of all earlier ones.

        Args:
            dry_run: Change nothing; count.
            coming: sentence_ids to count with those that were pushed, in a dry run.
            server: Default: the one that toolkit.yaml or the environment names.

        Raises:
            UsageError: There is no model, and the schema has no span label for figures.
            Interrupted: The server stopped answering; the same command does it again.
            RemoteError: The server can't be reached or refuses.
        """
        self.suggester.check()
        with connected(self.workspace, server) as connection:
            answered = dict.fromkeys(coming, False) | _answered_tasks(connection, self.workspace)
            queries = [
                self._query(each.sentence_id, each.text)
                for each in self.workspace.sentences()
                if each.sentence_id in answered
            ]
            found = [each for each in self._suggestions(queries) if each.labels or each.spans]
            shown = [each for each in found if each.shown]
            if not dry_run:
                push_predictions(self.workspace, shown, server=connection)
                self._log(each for each in found if not answered[each.sentence_id])
        silent = len(queries) - len(found)
        return PushedSuggestions(shown=len(shown), held_out=len(found) - len(shown), silent=silent)

    def offer(self, queries: Sequence[Query], opened: Sequence[bool]) -> list[Suggestion]:
        """Return suggestions for sentences that are opened now; those of the hold-out are not `shown`.

        Args:
            queries: Sentences of the project or others; others are never in the hold-out.
            opened: Nobody has answered the sentence yet.
        """
        found = self._suggestions([self._query(each.sentence_id, each.text) for each in queries])
        self._log(
            each
            for each, new in zip(found, opened, strict=True)
            if new and each.sentence_id in self._languages and (each.labels or each.spans)
        )
        return found

    def agrees(self, query: Query) -> bool:
        """Tell whether a query has the text of the project's sentence; sentences of others are not known here."""
        known = self._digests.get(query.sentence_id)
        return known is None or known == digest(query.text.encode())

    def _suggestions(self, queries: Sequence[Query]) -> list[Suggestion]:
        return [
            replace(each, shown=False)
            if each.sentence_id in self._languages and in_holdout(each.sentence_id, self.share)
            else each
            for each in self.suggester.suggest(queries)
        ]

    def _log(self, suggestions: Iterable[Suggestion]) -> None:
        with self._writing:
            self._suggestion_log.note(suggestions)

    @cached_property
    def _suggestion_log(self) -> SuggestionLog:
        return SuggestionLog(self.workspace)

    @cached_property
    def _languages(self) -> Mapping[str, str | None]:
        return languages(self.workspace)

    @cached_property
    def _digests(self) -> Mapping[str, str]:
        if not self._languages:
            return {}
        return {each.sentence_id: digest(each.text.encode()) for each in self.workspace.sentences()}

    @cached_property
    def _commonest(self) -> str:
        counts = Counter(language for language in self._languages.values() if language in LANGUAGES)
        return min(counts, key=lambda name: (-counts[name], name)) if counts else "en"

    def _query(self, sentence_id: str, text: str) -> Query:
        """Ask in the language of the article; if unknown, in that of the words; else in the project's commonest."""
        for found in (self._languages.get(sentence_id), identify(text)):
            if found is not None and found != "und":
                return Query(sentence_id=sentence_id, text=text, language=found)
        return Query(sentence_id=sentence_id, text=text, language=self._commonest)


def in_holdout(sentence_id: str, share: float) -> bool:
    """Tell whether a sentence is in the hold-out: the same sentences every time, whatever the model.

    Args:
        sentence_id: The sentence.
        share: Size of the hold-out, in [0, 1]; a smaller hold-out is part of a larger one.

    Examples:
        >>> in_holdout("5f0c", 0.0), in_holdout("5f0c", 1.0)
        (False, True)
    """
    drawn = content_id(_DRAW, sentence_id)[:12]
    return int(drawn, 16) / 16.0**12 < share


def push_predictions(workspace: Workspace, suggestions: Iterable[Suggestion], *, server: Server | None = None) -> int:
    """Show suggestions to the annotators as predictions, in place of all earlier ones; without a hold-out or a log.

    Args:
        workspace: The project directory, pushed before.
        suggestions: For sentences that were pushed; others are left out. `model` is the name that annotators see.
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
            suggestion.sentence_id: _body(suggestion, texts.get(suggestion.sentence_id, ""), schema)
            for suggestion in suggestions
        }
        _check(bodies, schema)
        projects = server_project.work_projects(connection, workspace)
        return sum(_replace(connection, project, bodies) for project in projects)


def _check(bodies: Mapping[str, dict[str, Any]], schema: Schema) -> None:
    """Let label-studio-sdk check every prediction against the page: the server itself takes any.

    Raises:
        InvalidInput: One does not fit; `faults` has each.
    """
    check = PageCheck(render_config(schema).strip(), schema.ref) if bodies else None
    faults = [
        InvalidInput(f"the suggestion does not fit the page: {what}", where=f"sentence {sentence_id}")
        for sentence_id, body in bodies.items()
        for what in (check.faults(body) if check else ())
    ]
    if faults:
        raise InvalidInput.all_of(faults)


def score_of(suggestion: Suggestion) -> float | None:
    """Return the score that Label Studio shows beside a suggestion: the model's certainty; None for figures alone."""
    return round(suggestion.certainty, 6) if suggestion.probabilities else None


def _answered_tasks(server: Server, workspace: Workspace) -> dict[str, bool]:
    """Return the sentence_id of every task of a workspace, and whether a person has answered or skipped it."""
    include = "id,data,total_annotations,cancelled_annotations"
    found: dict[str, bool] = {}
    for title in work_titles(workspace):
        project = server_project.find(server, title, known=known_projects(workspace))
        for task in server.tasks(project.id, include=include) if project is not None else ():
            key = key_of(task["data"])
            if key is not None:
                answered = bool(task["total_annotations"] or task["cancelled_annotations"])
                found[key[0]] = found.get(key[0], False) or answered
    return found


def _replace(server: Server, project: ServerProject, bodies: Mapping[str, dict[str, Any]]) -> int:
    """Delete the predictions of a project and store new ones; return how many."""
    wanted = []
    for task in server.tasks(project.id, include="id,data"):
        key = key_of(task["data"])
        if key is not None and key[0] in bodies:
            wanted.append(bodies[key[0]] | {"task": task["id"]})
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
    model = wanted[0]["model_version"] if wanted else ""
    server.patch(f"/api/projects/{project.id}/", {"model_version": model})
    return done


def _body(suggestion: Suggestion, text: str, schema: Schema) -> dict[str, Any]:
    for span in suggestion.spans:
        if text[span.start : span.end] != span.text:
            raise InvalidInput(
                f"{span.text!r} is not at {span.start}-{span.end}", where=f"sentence {suggestion.sentence_id}"
            )
    result = encode_result(schema, labels=suggestion.labels, spans=suggestion.spans, origin="prediction")
    body = {"model_version": suggestion.model, "result": result}
    score = score_of(suggestion)
    return body if score is None else body | {"score": score}


def _batches(items: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]

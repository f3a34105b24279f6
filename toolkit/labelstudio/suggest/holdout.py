"""A head start for annotators, with a guard against the bias that it brings.

Suggestions are pushed as a whole or served one by one; either way a share of the sentences is shown without, the same
sentences every time, and what was suggested to whom is written down, so that `toolkit agreement` can say what it did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

from toolkit.errors import UsageError
from toolkit.figures import LANGUAGES
from toolkit.ingest.language import identify
from toolkit.labelstudio.client.connection import connected
from toolkit.labelstudio.client.http_client import Server
from toolkit.labelstudio.suggest.predictions import Suggestion, answered_tasks, push_predictions
from toolkit.labelstudio.suggest.suggester import Asked, Suggester, is_held_back
from toolkit.project import Workspace
from toolkit.project.suggestion_log import OfferLog
from toolkit.project.workspace import ARTICLES, SENTENCES
from toolkit.records import Suggestion as LoggedSuggestion


@dataclass(frozen=True)
class PushedSuggestions:
    """What became of a push of suggestions.

    Attributes:
        shown: Sentences that have a suggestion on the page now, or would have.
        held_back: Sentences whose suggestion is held back.
        silent: Sentences that nothing is suggested for.
    """

    shown: int
    held_back: int
    silent: int

    @property
    def counts(self) -> Mapping[str, int]:
        """What there is how many of, for people."""
        return {"with suggestions": self.shown, "held back": self.held_back, "nothing to suggest": self.silent}


class HeadStart:
    """A project's sentences and what is suggested for them.

    Args:
        workspace: The project directory.
        suggester: Where suggestions come from.
        share: Of the project's sentences, that are shown without suggestions, in [0, 1].
        note: What people should know of the model, such as labels that it was not trained with; None for nothing.

    Raises:
        UsageError: The share is none.
    """

    def __init__(self, workspace: Workspace, suggester: Suggester, *, share: float, note: str | None = None) -> None:
        if not 0.0 <= share <= 1.0:
            raise UsageError(f"{share:g} is no share between 0 and 1")
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
            Interrupted: The server stopped answering; the same command does it again.
            RemoteError: The server can't be reached or refuses.
        """
        with connected(self.workspace, server) as connection:
            answered = dict.fromkeys(coming, False) | answered_tasks(connection, self.workspace)
            asked = [
                self._asked(each.sentence_id, each.text)
                for each in self.workspace.sentences()
                if each.sentence_id in answered
            ]
            found = [each for each in self.suggester.suggest(asked) if each.labels or each.spans]
            shown = [each for each in found if not self._is_held_back(each.sentence_id)]
            if not dry_run:
                push_predictions(self.workspace, shown, model_version=self.suggester.version, server=connection)
                self._note(each for each in found if not answered[each.sentence_id])
        return PushedSuggestions(shown=len(shown), held_back=len(found) - len(shown), silent=len(asked) - len(found))

    def offer(self, asked: Sequence[Asked], opened: Sequence[bool]) -> list[Suggestion | None]:
        """Return what to show for sentences that are opened now; None for those that are held back.

        Args:
            asked: Sentences of the project or others; others are never held back.
            opened: Nobody has answered the sentence yet.
        """
        found = self.suggester.suggest([self._asked(each.sentence_id, each.text) for each in asked])
        known = self._languages
        self._note(
            each
            for each, new in zip(found, opened, strict=True)
            if new and each.sentence_id in known and (each.labels or each.spans)
        )
        return [None if self._is_held_back(each.sentence_id) else each for each in found]

    def _is_held_back(self, sentence_id: str) -> bool:
        return sentence_id in self._languages and is_held_back(sentence_id, self.share)

    def _note(self, suggestions: Iterable[Suggestion]) -> None:
        with self._writing:
            self._log.note(
                LoggedSuggestion(
                    sentence_id=each.sentence_id,
                    shown=not self._is_held_back(each.sentence_id),
                    model=self.suggester.version,
                    labels=each.labels,
                    spans=each.spans,
                )
                for each in suggestions
            )

    @cached_property
    def _log(self) -> OfferLog:
        return OfferLog(self.workspace)

    @cached_property
    def _languages(self) -> Mapping[str, str | None]:
        """The language of every sentence; empty while the project has none."""
        if not all(self.workspace.path(name).exists() for name in (ARTICLES, SENTENCES)):
            return {}
        languages = {article.article_id: article.language for article in self.workspace.articles()}
        return {each.sentence_id: languages.get(each.article_id) for each in self.workspace.sentences()}

    @cached_property
    def _commonest(self) -> str:
        counts = Counter(language for language in self._languages.values() if language in LANGUAGES)
        return min(counts, key=lambda name: (-counts[name], name)) if counts else "en"

    def _asked(self, sentence_id: str, text: str) -> Asked:
        """Ask in the sentence's language: its article's; else what it reads like; else the project's commonest."""
        for found in (self._languages.get(sentence_id), identify(text)):
            if found is not None and found != "und":
                return Asked(sentence_id=sentence_id, text=text, language=found)
        return Asked(sentence_id=sentence_id, text=text, language=self._commonest)

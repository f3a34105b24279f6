"""The suggestion log, suggestions/log.jsonl: what each model says of which sentence, and whether people saw it.

Append-only, one record for all models: a baseline, a language model, the figure reader, anybody's JSON lines. A row is
a `Suggestion`. Where `shown` is null the model was only asked. Where it is true or false the suggestion was offered to
people for a sentence that nobody had answered, and shown or held out; such a sentence has another row only if something
else is offered for it later, or it enters or leaves the hold-out.

Earlier toolkits kept annotations/suggestions.jsonl, with fewer keys. It is read as the beginning of the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from toolkit.errors import InvalidInput
from toolkit.project.logs.append_log import AppendLog
from toolkit.project.workspace import Workspace
from toolkit.records import Suggestion, from_row, to_row

LOG: Final = "suggestions/log.jsonl"
FORMER: Final = "annotations/suggestions.jsonl"
MODELS: Final = "suggestions/models"
"""What each language model was asked with: a JSON file per model, prompt and parameters included."""


class SuggestionLog:
    """The suggestions of a project.

    Args:
        workspace: The project directory.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._log = AppendLog(workspace.path(LOG))
        self._former = AppendLog(workspace.path(FORMER))
        self._offered = {each.sentence_id: each for each in self.offered()}

    def rows(self) -> Iterator[Suggestion]:
        """Yield every suggestion from the oldest on."""
        return (from_row(Suggestion, row) for row in chain(self._former.rows(), self._log.rows()))

    def offered(self) -> Iterator[Suggestion]:
        """Yield those that were offered to people, shown or held out, from the oldest on."""
        return (each for each in self.rows() if each.shown is not None)

    def asked(self, model: str) -> set[str]:
        """Return the sentence_ids about which a model has been asked."""
        return {each.sentence_id for each in self.rows() if each.model == model}

    def models(self) -> list[str]:
        """Return the models that have a suggestion here, in the order in which they were first asked."""
        return list(dict.fromkeys(each.model for each in self.rows()))

    def answers(self, model: str) -> dict[str, Suggestion]:
        """Return the last suggestion of a model by sentence_id, shown or not.

        Args:
            model: Its name as the log has it, or the part before the "@", which means the version asked last.

        Raises:
            InvalidInput: It has none here.
        """
        name = self.full_name(model)
        found = {each.sentence_id: each for each in self.rows() if each.model == name}
        return dict(sorted(found.items()))

    def full_name(self, model: str) -> str:
        """Return the name with the version of a model, of several versions the one that was asked last.

        Raises:
            InvalidInput: It has no suggestion here.
        """
        names = list(dict.fromkeys(each.model for each in reversed(list(self.rows()))))
        if model in names:
            return model
        for name in names:
            if name.partition("@")[0] == model:
                return name
        known = f"; there are those of {', '.join(sorted(names))}" if names else ""
        raise InvalidInput(
            f"no suggestion of {model!r} is there{known}",
            where=str(self._log.path),
            remedy="ask a model with `toolkit suggest --model …`",
        )

    def note(self, suggestions: Iterable[Suggestion]) -> int:
        """Append those that are offered anew, whatever the model that makes them; return how many."""
        new = [each for each in suggestions if _content(each) != _content(self._offered.get(each.sentence_id))]
        self._offered |= {each.sentence_id: each for each in new}
        return self.add(new)

    def add(self, suggestions: Iterable[Suggestion]) -> int:
        """Append suggestions as they are; return how many."""
        return self._log.append(to_row(each) for each in suggestions)


def _content(suggestion: Suggestion | None) -> object:
    return suggestion and (suggestion.shown, suggestion.labels, suggestion.spans)

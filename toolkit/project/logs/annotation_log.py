"""The annotation log: which answers hold now.

A row is one of

    {"event": "revision", "annotation": <Annotation>, "raw": <the server's JSON, stripped of names>}
    {"event": "tombstone", "annotation_id": <id>, "reason": <why>}

Rows are never changed: a later revision of an answer follows the earlier one, and an answer that was deleted on
the server gets a tombstone, after which a further revision may bring it back. A migration adds rows of both kinds,
with more keys; see `toolkit.project.logs.answer_migration`.

`raw` is Label Studio's JSON of the answer. The keys by which it names people are listed here, where both the pull that
strips them and the release that looks for what was left can see them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import numpy as np

from toolkit.engine.arrow import digests
from toolkit.errors import InvalidInput
from toolkit.project.logs.append_log import AppendLog
from toolkit.records import Annotation, from_row, to_row

USER_KEYS: Final = ("completed_by", "updated_by", "last_created_by", "created_by", "reviewed_by", "user")
"""Keys of the raw JSON that hold a user, as number, address or object."""

NAME_KEYS: Final = ("email", "username", "created_username", "first_name", "last_name")
"""Keys that hold a person's name or address."""

CONTENT_KEYS: Final = frozenset({"result", "data"})
"""Keys that hold what was labelled and what was answered: names there are those of the news."""

ADDRESS: Final = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*")
"""An e-mail address. It begins where a word does: else each letter of a long word would be tried as a beginning."""


def revision(annotation: Annotation, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the log row of an answer as it is now."""
    return {"event": "revision", "annotation": to_row(annotation), "raw": raw}


def tombstone(annotation_id: str, reason: str) -> dict[str, Any]:
    """Return the log row of an answer that is no longer on the server."""
    return {"event": "tombstone", "annotation_id": annotation_id, "reason": reason}


def current(rows: Iterable[Mapping[str, Any]], *, where: str) -> list[Annotation]:
    """Return the answers that hold after the last row, by (sentence_id, annotator, annotation_id).

    Args:
        rows: The log from its beginning.
        where: Name of the log, for messages.

    Raises:
        InvalidInput: A row is neither a revision nor a tombstone, or its annotation breaks a rule.
    """
    latest: dict[str, tuple[int, Mapping[str, Any]]] = {}
    for number, row in enumerate(rows, start=1):
        latest[_answer_of(row, f"{where}:{number}")] = number, row
    annotations = [_record(row, f"{where}:{number}") for number, row in latest.values() if row["event"] == "revision"]
    return sorted(annotations, key=lambda item: (item.sentence_id, item.annotator, item.annotation_id))


class Holding:
    """The answers of `current` in the order of the log, which is read once for what holds and then as often as wanted.

    Args:
        log: The log. What is appended to it meanwhile waits.

    Raises:
        InvalidInput: As for `current`.
    """

    def __init__(self, log: AppendLog) -> None:
        self._log = log
        self._sentences: list[str] = []
        self._holds = _last(self._keys())

    def pop_sentence_ids(self) -> set[str]:
        """Return the sentences that are answered, and keep them no longer."""
        pairs = zip(self._sentences, self._holds, strict=True)
        found = {sentence for sentence, holds in pairs if holds and sentence}
        self._sentences = []
        return found

    def __iter__(self) -> Iterator[Annotation]:
        """Yield the answers; only one is in memory at a time."""
        for number, (row, holds) in enumerate(zip(self._log.rows(), self._holds, strict=False), start=1):
            if holds and row["event"] == "revision":
                yield _record(row, f"{self._log.path}:{number}")

    def _keys(self) -> Iterator[str]:
        """Yield the answer that each row is about, and keep its sentence; "" where the row takes the answer back."""
        ids: dict[str, str] = {}  # each sentence once, however many answers it has
        for number, row in enumerate(self._log.heads(_REVISION), start=1):
            if isinstance(row, re.Match):
                key, sentence = row[1].decode(), row[2].decode()
            else:
                key = _answer_of(row, f"{self._log.path}:{number}")
                sentence = str(row["annotation"].get("sentence_id", "")) if row["event"] == "revision" else ""
            self._sentences.append(ids.setdefault(sentence, sentence))
            yield key


_REVISION: Final = re.compile(
    rb'\{"event":"revision","annotation":\{"annotation_id":"([0-9a-f]+)","sentence_id":"([0-9a-f]+)",'
)
"""The beginning of a revision as the log writes it."""


def _last(keys: Iterable[str]) -> list[bool]:
    """Tell of each key whether it does not come again; 16 bytes a key are held."""
    sums = digests(keys)
    order = np.argsort(sums, kind="stable")
    last = np.ones(len(sums), dtype=bool)
    last[order[:-1]] = sums[order[1:]] != sums[order[:-1]]
    held: list[bool] = last.tolist()
    return held


def _answer_of(row: Mapping[str, Any], where: str) -> str:
    """Return the annotation_id that a row of the log is about."""
    match row.get("event"):
        case "revision":
            return str(row["annotation"]["annotation_id"])
        case "tombstone":
            return str(row["annotation_id"])
        case event:
            raise InvalidInput(f"event {event!r} is neither a revision nor a tombstone", where=where)


def _record(row: Mapping[str, Any], where: str) -> Annotation:
    return from_row(Annotation, row["annotation"], where=where)

"""The answers as they stand: of people and not of accounts, accepted where a part was lost, on sentences that exist.

The annotation log says what the server said, and never changes. Three things are read over it, each from the logs and
files of the project alone:

    same_person.yaml            accounts that are one person: lists of pseudonyms, the first of which is taken
    annotations/accepted.jsonl  answers with a part that could not be taken, which vote since a person says so
    sentences.parquet           an answer whose sentence is gone is carried to the one sentence that has its words
                                now: the page was corrected elsewhere, or cut anew

An answer whose words stand nowhere, or in several sentences, is an answer to nothing: it stays in the log and is listed
by `toolkit adjudicate`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from toolkit.errors import InvalidInput
from toolkit.project.logs.append_log import AppendLog
from toolkit.records import Annotation, digest
from toolkit.schema.yaml_document import read_document, text_of

SAME_PERSON: Final = "same_person.yaml"
ACCEPTED: Final = "annotations/accepted.jsonl"
PUSHED: Final = "annotations/pushed.jsonl"

GONE: Final = "answers whose sentence is gone"
PARTIAL: Final = "answers without a vote, since a part was lost"
"""Counts of answers that take no part in what is measured and decided."""

INPUTS: Final = (SAME_PERSON, ACCEPTED)
"""Files that decide how the logs are read."""


@dataclass(frozen=True)
class Standing:
    """How answers are read.

    Attributes:
        person: Pseudonym of an account → that of the person.
        accepted: (annotation_id, updated_at) of answers that vote although a part was lost.
        carried: sentence_id that is gone → the sentence with its words.
        gone: sentence_ids that are gone and were not carried.
    """

    person: Mapping[str, str]
    accepted: Collection[tuple[str, str]]
    carried: Mapping[str, str]
    gone: Collection[str]

    def read(self, answer: Annotation) -> Annotation:
        """Return an answer as it stands."""
        changed: dict[str, Any] = {}
        if answer.annotator in self.person:
            changed["annotator"] = self.person[answer.annotator]
        if answer.sentence_id in self.carried:
            changed["sentence_id"] = self.carried[answer.sentence_id]
        if answer.rejected and (answer.annotation_id, answer.updated_at) in self.accepted:
            changed["rejected"] = 0
        return replace(answer, **changed) if changed else answer

    def is_of(self, answer: Annotation, pairs: Collection[tuple[str, str]]) -> bool:
        """Tell whether a logged answer is one of these (pseudonym, sentence_id), by account or by person."""
        names = (answer.annotator, self.person.get(answer.annotator, answer.annotator))
        return bool(pairs) and any((name, answer.sentence_id) in pairs for name in names)


def accept(root: Path, answers: Iterable[Annotation], wanted: Collection[str]) -> int:
    """Let answers vote although a part of them was lost; a later revision of one is to be accepted anew.

    Args:
        root: The project directory.
        answers: The answers of the log.
        wanted: Their annotation_ids, or "all".

    Returns:
        How many were not accepted before.

    Raises:
        InvalidInput: There is no such answer.
    """
    partial = {answer.annotation_id: answer for answer in answers if answer.rejected}
    unknown = sorted(set(wanted) - {"all"} - partial.keys())
    if unknown:
        raise InvalidInput(
            f"there is no answer {unknown[0]} with a part that was not taken",
            remedy="their ids are in annotations/rejects.jsonl",
        )
    chosen = partial.values() if "all" in wanted else [partial[name] for name in sorted(wanted)]
    known = _accepted(root)
    rows = [
        {"annotation_id": answer.annotation_id, "updated_at": answer.updated_at}
        for answer in chosen
        if (answer.annotation_id, answer.updated_at) not in known
    ]
    return AppendLog(root / ACCEPTED).append(rows)


def standing(
    root: Path,
    answered: Iterable[str],
    sentences: Callable[[], Mapping[str, str]] | None,
    ids: Collection[str],
    rows: Callable[[], Iterable[Mapping[str, Any]]],
) -> Standing:
    """Return how the answers of a log are read.

    Args:
        root: The project directory.
        answered: The sentence_id of each answer.
        sentences: Returns sentence_id → text of every sentence; None where there are none yet.
        ids: The sentence_ids that exist.
        rows: Returns the log from its beginning.
    """
    answered = set(answered)
    gone = set() if sentences is None else answered.difference(ids)
    carried = _carried(root, gone, answered, sentences(), rows()) if gone and sentences is not None else {}
    return Standing(_same_person(root), _accepted(root), carried, frozenset(gone.difference(carried)))


def _carried(
    root: Path,
    gone: set[str],
    answered: set[str],
    sentences: Mapping[str, str],
    rows: Iterable[Mapping[str, Any]],
) -> dict[str, str]:
    """Return for each sentence that is gone the only one with its words; of several the only one without answers."""
    sums = _sums(root, gone, rows)
    wanted = set(sums.values())
    now: dict[str, list[str]] = defaultdict(list)
    for sentence_id, text in sentences.items():
        if (found := digest(text.encode())) in wanted:
            now[found].append(sentence_id)
    carried = {}
    for sentence_id, found in sums.items():
        free = [name for name in now[found] if name not in answered]
        only = now[found] if len(now[found]) == 1 else free
        if len(only) == 1:
            carried[sentence_id] = only[0]
    return carried


def _sums(root: Path, gone: Collection[str], rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the SHA-256 of the words of sentences that are gone, as the answers or the pushes wrote it down."""
    sums: dict[str, str] = {}
    for row in rows:
        annotation = row.get("annotation")
        if annotation is not None and annotation["sentence_id"] in gone and "text_sha256" in row:
            sums[annotation["sentence_id"]] = row["text_sha256"]
    if sums.keys() < set(gone):
        for row in AppendLog(root / PUSHED).rows():
            keys = row.get("keys")
            for sentence_id, found in keys if isinstance(keys, list) else ():
                if sentence_id in gone:
                    sums.setdefault(sentence_id, found)
    return sums


def _accepted(root: Path) -> set[tuple[str, str]]:
    return {(row["annotation_id"], row["updated_at"]) for row in AppendLog(root / ACCEPTED).rows()}


def _same_person(root: Path) -> dict[str, str]:
    """Return pseudonym → the first one of its person.

    Raises:
        InvalidInput: The file is no list of lists of pseudonyms, or an account is of two people.
    """
    path = root / SAME_PERSON
    if not path.exists():
        return {}
    document = read_document(text_of(path), str(path))
    people: dict[str, str] = {}
    for accounts in _lists(document.data, path):
        for account in accounts:
            if account in people:
                raise InvalidInput(f"{account} is two people", where=str(path), remedy="name each account once")
            people[account] = accounts[0]
    return {account: person for account, person in people.items() if account != person}


def _lists(data: Any, path: Path) -> Iterator[Sequence[str]]:
    for entry in data if isinstance(data, list) else [data] if data else []:
        if not (isinstance(entry, list) and entry and all(isinstance(name, str) for name in entry)):
            raise InvalidInput(
                "is no list of lists of pseudonyms",
                where=str(path),
                remedy="write one line per person, such as `- [annotator-1f0c2a3b4d, annotator-9e8d7c6b5a]`",
            )
        yield entry

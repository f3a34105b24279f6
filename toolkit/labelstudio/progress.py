"""How far the annotators are, and how long the rest will take at their rate."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import permutations

from toolkit.agreement import alpha
from toolkit.agreement.stage import quiz_scores
from toolkit.labelstudio.annotators_file import blind_names, blind_title
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.client.connection import connected
from toolkit.labelstudio.client.http_client import Server
from toolkit.labelstudio.client.server_project import Project
from toolkit.labelstudio.pull.stage import changed_since
from toolkit.project import Workspace
from toolkit.project.push_ledger import sent_to
from toolkit.records import Annotation, latest
from toolkit.schema import Score

_WINDOW = timedelta(days=7)


@dataclass(frozen=True)
class Person:
    """One annotator, as far as the log knows.

    Attributes:
        annotator: The pseudonym.
        done: Sentences answered.
        skipped: Sentences declined.
        seconds: Median seconds a sentence, None where the server did not say.
        quiz: How they did in the calibration quiz; None before it.
        last: When the latest answer was given, ISO 8601, UTC; None before the first.
        sent: Tasks that wait for this person alone (blind mode); None where everybody has the same ones.
        agreement: Share of the pairs with another person's answer to the same sentence that have the same labels;
            None before the first pair.
        per_day: Answers a day over the seven days before the project's latest one; None before the first.
        days_left: Days until this person has answered everything sent, at that rate; None before the first.
    """

    annotator: str
    done: int
    skipped: int
    seconds: float | None
    last: str | None
    quiz: Score | None = None
    sent: int | None = None
    agreement: float | None = None
    per_day: float | None = None
    days_left: float | None = None


@dataclass(frozen=True)
class Part:
    """One of the projects on the server.

    Attributes:
        url: Where it is.
        title: Its title.
        sent: Tasks that it holds.
        answers: Answers that it holds, skips included.
        changed: Tasks that changed, or came, since the last pull; None before the first.
    """

    url: str
    title: str
    sent: int
    answers: int
    changed: int | None


@dataclass(frozen=True)
class Standing:
    """How far a project is.

    Attributes:
        url: The project on the server; in blind mode the first of them; the server while there is only the quiz.
        sentences: Sentences in the project directory.
        sent: Tasks on the server.
        answers_on_server: Answers there, skips included.
        answers_pulled: Answers in the log.
        complete: Sentences with as many answers as toolkit.yaml asks for.
        per_day: Answers a day over the seven days before the latest one, None before the first.
        days_left: Days until every sentence that was sent has its answers, at that rate.
        annotators: By pseudonym.
        agreement: Krippendorff's α of the label sets (MASI) so far; None while it is undefined.
        changed: Tasks that changed on the server since the last pull; None before the first.
        projects: One, or one a person in blind mode.
    """

    url: str
    sentences: int
    sent: int
    answers_on_server: int
    answers_pulled: int
    complete: int
    per_day: float | None
    days_left: float | None
    annotators: tuple[Person, ...]
    agreement: float | None = None
    changed: int | None = None
    projects: tuple[Part, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """What there is how many of, for people."""
        return {
            "sentences": self.sentences,
            "sent": self.sent,
            "answers on the server": self.answers_on_server,
            "not pulled yet": max(self.answers_on_server - self.answers_pulled, 0),
            "sentences complete": self.complete,
        }


def status(workspace: Workspace, *, server: Server | None = None) -> Standing:
    """Compare the project directory with its project on the server.

    Raises:
        InvalidInput: There are no sentences, or no project on the server yet.
        RemoteError: The server can't be reached or refuses.
    """
    with connected(workspace, server) as connection:
        found = server_project.at_work(connection, workspace, counts=True).work
        parts = tuple(_part(workspace, connection, project) for project in found)
    pulled = workspace.answers()
    answers = latest(pulled)
    wanted = workspace.config.label_studio.annotators_per_sentence
    people: dict[str, set[str]] = {}
    for answer in answers:
        people.setdefault(answer.sentence_id, set()).add(answer.annotator)
    rate = _per_day(answers)
    asked = sum(project.tasks for project in found) * (wanted if len(found) == 1 else 1)  # blind: a task a person
    missing = asked - sum(min(len(who), wanted) for who in people.values())
    return Standing(
        url=found[0].url if found else connection.url,
        sentences=len(workspace.sentences()),
        sent=sum(project.tasks for project in found),
        answers_on_server=sum(_answers_in(project) for project in found),
        answers_pulled=len(pulled),
        complete=sum(len(who) >= wanted for who in people.values()),
        per_day=rate,
        days_left=None if not rate else max(missing, 0) / rate,
        annotators=_people(answers, quiz_scores(workspace), _asked(workspace, parts)),
        agreement=_alpha(answers),
        changed=sum(part.changed or 0 for part in parts) if any(part.changed is not None for part in parts) else None,
        projects=parts,
    )


def waiting(workspace: Workspace) -> set[str]:
    """Return the sentence_ids that were pushed and that nobody has answered, as far as ledger and log know.

    No server is asked.
    """
    sent = sent_to(workspace, server_project.work_titles(workspace))
    return sent.difference(answer.sentence_id for answer in workspace.answers()) if sent else sent


def _part(workspace: Workspace, server: Server, project: Project) -> Part:
    changed = changed_since(workspace, server, project)
    return Part(project.url, project.settings["title"], project.tasks, _answers_in(project), changed)


def _asked(workspace: Workspace, parts: Sequence[Part]) -> dict[str, int]:
    """Return how many tasks wait for each person alone: in blind mode, those of their project."""
    by_title = {part.title: part.sent for part in parts}
    titles = {name: blind_title(workspace, name) for name in blind_names(workspace) or ()} if parts else {}
    return {name: by_title[title] for name, title in titles.items() if title in by_title}


def _alpha(answers: Sequence[Annotation]) -> float | None:
    """Return α of the label sets."""
    given = {
        (answer.annotator, answer.sentence_id): frozenset(answer.labels) for answer in answers if not answer.skipped
    }
    names = sorted({name for name, _ in given})
    sentences = sorted({sentence for _, sentence in given})
    value = alpha([[given.get((name, sentence)) for sentence in sentences] for name in names], level="masi")
    return None if math.isnan(value) else value


def _shares(answers: Sequence[Annotation]) -> dict[str, float]:
    """Return for each annotator the share of pairs with others' answers that have the same labels."""
    by_sentence: dict[str, list[Annotation]] = {}
    for answer in answers:
        if not answer.skipped:
            by_sentence.setdefault(answer.sentence_id, []).append(answer)
    same, pairs = Counter[str](), Counter[str]()
    for given in by_sentence.values():
        for one, other in permutations(given, 2):
            pairs[one.annotator] += 1
            same[one.annotator] += one.labels == other.labels
    return {name: same[name] / number for name, number in pairs.items()}


def _answers_in(project: Project) -> int:
    """Return how many answers a project counts, skips included."""
    return sum(project.settings[name] or 0 for name in server_project.ANSWER_COUNTS)


def _people(answers: list[Annotation], quiz: Mapping[str, Score], asked: Mapping[str, int]) -> tuple[Person, ...]:
    by_person: dict[str, list[Annotation]] = {name: [] for name in sorted({*quiz, *asked})}
    for answer in answers:
        by_person.setdefault(answer.annotator, []).append(answer)
    shares, latest = _shares(answers), max((_moment(answer) for answer in answers), default=None)
    return tuple(
        _person(name, given, quiz.get(name), asked.get(name), shares.get(name), latest)
        for name, given in sorted(by_person.items())
    )


def _person(
    name: str,
    given: list[Annotation],
    quiz: Score | None,
    sent: int | None,
    agreement: float | None,
    latest: datetime | None,
) -> Person:
    rate = _per_day(given, latest) if latest is not None else None
    answered = len({answer.sentence_id for answer in given})
    return Person(
        annotator=name,
        done=sum(not answer.skipped for answer in given),
        skipped=sum(answer.skipped for answer in given),
        seconds=_median([answer.lead_time for answer in given if answer.lead_time is not None]),
        last=max((answer.updated_at for answer in given), default=None),
        quiz=quiz,
        sent=sent,
        agreement=agreement,
        per_day=rate,
        days_left=None if not rate or sent is None else max(sent - answered, 0) / rate,
    )


def _median(values: list[float]) -> float | None:
    ordered = sorted(values)
    middle = len(ordered) // 2
    if not ordered:
        return None
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _per_day(answers: list[Annotation], latest: datetime | None = None) -> float | None:
    """Return answers a day over the window that ends with the latest one; no clock of ours takes part."""
    if not answers:
        return None
    moments = [_moment(answer) for answer in answers]
    latest = latest or max(moments)
    recent = [moment for moment in moments if moment > latest - _WINDOW]
    if not recent:
        return 0.0
    days = max((latest - min(recent)) / timedelta(days=1), 1.0)
    return len(recent) / days


def _moment(answer: Annotation) -> datetime:
    return datetime.fromisoformat(answer.created_at)

"""How far the annotators are, and how long the rest will take at their rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from toolkit.labelstudio import project as projects
from toolkit.labelstudio.project import Project
from toolkit.labelstudio.server import Server, connected
from toolkit.records import Annotation
from toolkit.schema import Score
from toolkit.workspace import Workspace
from toolkit.workspace.calibrating import quiz_scores

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
    """

    annotator: str
    done: int
    skipped: int
    seconds: float | None
    last: str | None
    quiz: Score | None = None


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
        found = projects.at_work(connection, workspace)
    answers = workspace.answers()
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
        answers_pulled=len(answers),
        complete=sum(len(who) >= wanted for who in people.values()),
        per_day=rate,
        days_left=None if not rate else max(missing, 0) / rate,
        annotators=_people(answers, quiz_scores(workspace)),
    )


def _answers_in(project: Project) -> int:
    """Return how many answers a project counts, skips included."""
    counts = ("total_annotations_number", "skipped_annotations_number")
    return sum(project.settings[name] or 0 for name in counts)


def _people(answers: list[Annotation], quiz: Mapping[str, Score]) -> tuple[Person, ...]:
    by_person: dict[str, list[Annotation]] = {name: [] for name in quiz}
    for answer in answers:
        by_person.setdefault(answer.annotator, []).append(answer)
    return tuple(
        Person(
            annotator=name,
            done=sum(not answer.skipped for answer in given),
            skipped=sum(answer.skipped for answer in given),
            seconds=_median([answer.lead_time for answer in given if answer.lead_time is not None]),
            last=max((answer.updated_at for answer in given), default=None),
            quiz=quiz.get(name),
        )
        for name, given in sorted(by_person.items())
    )


def _median(values: list[float]) -> float | None:
    ordered = sorted(values)
    middle = len(ordered) // 2
    if not ordered:
        return None
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _per_day(answers: list[Annotation]) -> float | None:
    """Return answers a day over the window that ends with the latest one; no clock of ours takes part."""
    if not answers:
        return None
    moments = [datetime.fromisoformat(answer.created_at) for answer in answers]
    latest = max(moments)
    recent = [moment for moment in moments if moment > latest - _WINDOW]
    days = max((latest - min(recent)) / timedelta(days=1), 1.0)
    return len(recent) / days

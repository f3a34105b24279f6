"""The progress of the annotators: what is sent, answered and left, and how long the rest takes at their pace."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import permutations
from statistics import median

from toolkit.agreement import alpha
from toolkit.agreement.intervals import clopper_pearson
from toolkit.agreement.known_answers import KnownScore
from toolkit.agreement.stage import hidden_scores, quiz_scores
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.client.connection import connected
from toolkit.labelstudio.client.http_client import Server
from toolkit.labelstudio.client.server_project import ServerProject
from toolkit.labelstudio.pull.stage import changed_since
from toolkit.project import Workspace
from toolkit.project.annotators_file import blind_annotators, people_per_sentence, quiz_rules
from toolkit.project.logs.hidden_tasks import hidden_pairs
from toolkit.project.logs.push_ledger import blind_title, sent_sentences
from toolkit.records import Annotation, latest
from toolkit.schema import Score

_WINDOW = timedelta(days=7)
_LATEST = 20  # answers that are held against a person's earlier ones


@dataclass(frozen=True)
class AnnotatorProgress:
    """One annotator, as far as the log knows.

    Attributes:
        annotator: The pseudonym.
        done: Sentences answered.
        skipped: Sentences declined.
        seconds: Median seconds per sentence, None where the server did not say.
        last: When the latest answer was given, ISO 8601, UTC; None before the first.
        quiz: The score in the quiz; None before it.
        sent: Tasks that wait for this person alone (blind mode); None where everybody has the same ones.
        agreement: Of the pairs with another person's answer to the same sentence, the share with the same labels;
            None before the first pair.
        per_day: Answers per day over the seven days before the project's latest one; None before the first.
        days_left: Days until this person has answered everything sent, at that pace; None before the first.
        known: The score in the tasks whose answer is known, hidden among the others; None before the first.
        warning: What to talk to this person about: the latest answers agree with others' less often than the person's
            own earlier ones, or the known answers are met less often than the pass mark of the quiz asks; None where
            neither is so, or where there are too few answers.
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
    known: KnownScore | None = None
    warning: str | None = None


@dataclass(frozen=True)
class ProjectProgress:
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
class LabellingProgress:
    """The progress of a whole project.

    Attributes:
        url: The project on the server; in blind mode the first of them; the server while there is only the quiz.
        sentences: Sentences in the project directory.
        sent: Tasks on the server, without hidden ones whose answer is known.
        answers_on_server: Answers there, skips included, without those to hidden tasks that were pulled.
        answers_pulled: Answers in the log.
        complete: Sentences with as many answers as toolkit.yaml asks for.
        per_day: Answers per day over the seven days before the latest one, None before the first.
        days_left: Days until every sentence that was sent has its answers, at that pace.
        annotators: By pseudonym.
        agreement: Krippendorff's α of the label sets (MASI) so far; None while it is undefined.
        changed: Tasks that changed on the server since the last pull; None before the first.
        projects: One, or one per person in blind mode.
    """

    url: str
    sentences: int
    sent: int
    answers_on_server: int
    answers_pulled: int
    complete: int
    per_day: float | None
    days_left: float | None
    annotators: tuple[AnnotatorProgress, ...]
    agreement: float | None = None
    changed: int | None = None
    projects: tuple[ProjectProgress, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """The counts for people."""
        return {
            "sentences": self.sentences,
            "sent": self.sent,
            "answers on the server": self.answers_on_server,
            "not pulled yet": max(self.answers_on_server - self.answers_pulled, 0),
            "sentences complete": self.complete,
        }


def status(workspace: Workspace, *, server: Server | None = None) -> LabellingProgress:
    """Compare the project directory with its projects on the server.

    Args:
        workspace: The project directory.
        server: Default: the one that toolkit.yaml or the environment names.

    Raises:
        InvalidInput: There are no sentences, or no project on the server yet.
        RemoteError: The server can't be reached or refuses.
    """
    with connected(workspace, server) as connection:
        found = server_project.all_projects(connection, workspace, counts=True).work
        projects = tuple(_project(workspace, connection, project) for project in found)
        return progress(workspace, projects, url=projects[0].url if projects else connection.url)


def progress(workspace: Workspace, projects: Sequence[ProjectProgress], *, url: str) -> LabellingProgress:
    """Measure progress by the log and by what the projects on the server hold; no server is asked.

    Of a person's answers to a sentence the last one counts.

    Args:
        workspace: The project directory.
        projects: The work projects on the server: one, or one per person in blind mode.
        url: Where a person goes to label.
    """
    pulled = workspace.answers()
    answers = latest(pulled)
    wanted, everybody = people_per_sentence(workspace), workspace.config.label_studio.annotators_per_sentence
    people = Counter(answer.sentence_id for answer in answers)
    hidden = Counter(name for name, _ in hidden_pairs(workspace.root))
    sent = max(sum(project.sent for project in projects) - hidden.total(), 0) if projects else 0
    checked = workspace.hidden_answers()
    asked = sent * (everybody if len(projects) == 1 else 1)  # blind: one task per person
    missing = asked - sum(min(number, wanted(one)) for one, number in people.items())
    pace = _per_day(answers)
    changed = [project.changed for project in projects if project.changed is not None]
    return LabellingProgress(
        url=url,
        sentences=len(workspace.sentences()),
        sent=sent,
        answers_on_server=max(sum(project.answers for project in projects) - len(checked), 0),
        answers_pulled=len(pulled),
        complete=sum(number >= wanted(one) for one, number in people.items()),
        per_day=pace,
        days_left=None if not pace else max(missing, 0) / pace,
        annotators=_annotators(workspace, answers, _tasks_alone(workspace, projects, hidden)),
        agreement=_alpha(answers),
        changed=sum(changed) if changed else None,
        projects=tuple(projects),
    )


def waiting(workspace: Workspace) -> set[str]:
    """Return the sentence_ids that were pushed and that nobody has answered, as far as ledger and log know.

    No server is asked.
    """
    sent = sent_sentences(workspace)
    return sent.difference(answer.sentence_id for answer in workspace.answers()) if sent else sent


def _project(workspace: Workspace, server: Server, project: ServerProject) -> ProjectProgress:
    answers = sum(project.settings[name] or 0 for name in server_project.ANSWER_COUNTS)
    changed = changed_since(workspace, server, project)
    return ProjectProgress(project.url, project.title, project.tasks, answers, changed)


def _tasks_alone(
    workspace: Workspace, projects: Sequence[ProjectProgress], hidden: Mapping[str, int]
) -> dict[str, int]:
    """Return how many tasks each person's own project holds, in blind mode, without hidden ones."""
    sent = {project.title: project.sent for project in projects}
    titles = {name: blind_title(workspace, name) for name in blind_annotators(workspace) or ()} if projects else {}
    return {name: max(sent[title] - hidden.get(name, 0), 0) for name, title in titles.items() if title in sent}


def _alpha(answers: Sequence[Annotation]) -> float | None:
    """Return Krippendorff's α of the label sets."""
    given = {(answer.annotator, answer.sentence_id): frozenset(answer.labels) for answer in answers if answer.votes}
    names = sorted({name for name, _ in given})
    sentences = sorted({sentence for _, sentence in given})
    value = alpha([[given.get((name, sentence)) for sentence in sentences] for name in names], level="masi")
    return None if math.isnan(value) else value


def _shares(answers: Sequence[Annotation]) -> dict[str, float]:
    """Return for each annotator the share of pairs with others' answers that have the same labels."""
    by_sentence: dict[str, list[Annotation]] = {}
    for answer in answers:
        if answer.votes:
            by_sentence.setdefault(answer.sentence_id, []).append(answer)
    same, pairs = Counter[str](), Counter[str]()
    for given in by_sentence.values():
        for one, other in permutations(given, 2):
            pairs[one.annotator] += 1
            same[one.annotator] += one.labels == other.labels
    return {name: same[name] / number for name, number in pairs.items()}


def _fallen(answers: Sequence[Annotation]) -> dict[str, str]:
    """Return what to say to each annotator whose latest answers agree with others' less than the earlier ones did.

    An answer agrees if at least half of the others at the sentence gave the same labels. The share among the latest
    `_LATEST` answers is held against the 95 % interval (Clopper and Pearson) of the person's own earlier ones, of which
    there must be as many.
    """
    by_sentence: dict[str, list[Annotation]] = {}
    for answer in answers:
        if answer.votes:
            by_sentence.setdefault(answer.sentence_id, []).append(answer)
    agreed: dict[str, list[tuple[datetime, str, bool]]] = {}
    for given in by_sentence.values():
        for one in given:
            others = [other.labels == one.labels for other in given if other is not one]
            if others:
                hit = 2 * sum(others) >= len(others)
                agreed.setdefault(one.annotator, []).append((_moment(one), one.sentence_id, hit))
    found = {}
    for name, each in agreed.items():
        hits = [hit for _, _, hit in sorted(each)]
        earlier, latest_ones = hits[:-_LATEST], hits[-_LATEST:]
        if len(earlier) >= _LATEST:
            low, high = clopper_pearson(sum(earlier), len(earlier), 0.95)
            share = sum(latest_ones) / _LATEST
            if share < low:
                found[name] = (
                    f"{share:.0%} of the latest {_LATEST} answers agree with others', of the {len(earlier)} before "
                    f"{sum(earlier) / len(earlier):.0%} did ({low:.0%} to {high:.0%})"
                )
    return found


def _below(known: KnownScore, mark: float) -> str | None:
    """Return what to say to a person whose score in the hidden tasks is below the pass mark with its whole interval."""
    share = known.share
    if share.high is None or share.value is None or share.low is None or share.high >= mark:
        return None
    return (
        f"{known.correct} of {known.answered} hidden known answers are met, {share.value:.0%} ({share.low:.0%} to "
        f"{share.high:.0%}), where {mark:.0%} are asked"
    )


def _annotators(
    workspace: Workspace, answers: Sequence[Annotation], alone: Mapping[str, int]
) -> tuple[AnnotatorProgress, ...]:
    quiz, known, mark = quiz_scores(workspace), hidden_scores(workspace), quiz_rules(workspace).pass_mark
    by_person: dict[str, list[Annotation]] = {name: [] for name in sorted({*quiz, *alone, *known})}
    for answer in answers:
        by_person.setdefault(answer.annotator, []).append(answer)
    shares, fallen = _shares(answers), _fallen(answers)
    below = {name: _below(found, mark) for name, found in known.items()}
    end = max((_moment(answer) for answer in answers), default=None)
    return tuple(
        replace(
            _annotator(name, given, quiz.get(name), alone.get(name), shares.get(name), end),
            known=known.get(name),
            warning="; ".join(filter(None, (fallen.get(name), below.get(name)))) or None,
        )
        for name, given in sorted(by_person.items())
    )


def _annotator(
    name: str,
    given: Sequence[Annotation],
    quiz: Score | None,
    sent: int | None,
    agreement: float | None,
    end: datetime | None,
) -> AnnotatorProgress:
    pace = _per_day(given, end) if end is not None else None
    times = [answer.lead_time for answer in given if answer.lead_time is not None]
    return AnnotatorProgress(
        annotator=name,
        done=sum(not answer.skipped for answer in given),
        skipped=sum(answer.skipped for answer in given),
        seconds=median(times) if times else None,
        last=max((answer.updated_at for answer in given), default=None),
        quiz=quiz,
        sent=sent,
        agreement=agreement,
        per_day=pace,
        days_left=None if not pace or sent is None else max(sent - len(given), 0) / pace,
    )


def _per_day(answers: Sequence[Annotation], end: datetime | None = None) -> float | None:
    """Return answers per day over the window that ends with the latest one; no clock of ours takes part."""
    if not answers:
        return None
    moments = [_moment(answer) for answer in answers]
    end = end or max(moments)
    recent = [moment for moment in moments if moment > end - _WINDOW]
    if not recent:
        return 0.0
    days = max((end - min(recent)) / timedelta(days=1), 1.0)
    return len(recent) / days


def _moment(answer: Annotation) -> datetime:
    return datetime.fromisoformat(answer.created_at)

"""The file annotators.yaml: who labels, how much, in which languages; and the log of who was given which article.

    blind: true
    overlap: {share: 0.1, annotators: 3, stratify: [language, publisher]}   # default: everybody asked answers the same
    annotators:
      - email: ada@example.org      # as on the server; it leaves this file only as a keyed pseudonym
        quota: 500                  # sentences at most; default: no limit
        languages: [en, fr]         # default: any
        calibrated: true            # may label without the quiz; false: may not; default: once the quiz is passed
    quiz: {pass_mark: 0.8, retries: 2}     # the default
    known: {share: 0.05, agreed: 3}        # default: nothing is hidden

On the free server everybody sees everything in a project. So where people must not see each other's answers (`blind`),
each person has a project with only the articles that are assigned to them. `toolkit.labelstudio.assignment` assigns.

With `overlap`, a random share of the articles is answered by several people, which is what agreement is measured on;
every other article is answered by one person. The share is drawn in each stratum by a hash of the article, so that
nobody chooses it. How many people an article was asked of stands in the log and does not change afterwards.

With `adaptive: 3` in the overlap, one further person at a time, up to three in all, answers a sentence on which those
before differ, or of which a model is unsure. Whom that was asked of stands in a log of its own: such sentences are hard
ones, so that agreement is measured without these answers.

With `known`, a share of each person's tasks are sentences whose answer is known and that this person was not given to
label: an expert has decided, an answer there carries the server's star, the schema has the sentence among its
examples, or `agreed` people gave the same labels. What is answered there is scored, and counts nowhere else; see
`toolkit.project.logs.hidden_tasks`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from itertools import chain
from typing import Annotated, Literal

import pydantic

from toolkit.errors import InvalidConfig
from toolkit.project.logs.append_log import AppendLog
from toolkit.project.workspace import ARTICLES, SENTENCES, Workspace
from toolkit.records import Article, Sentence, content_id
from toolkit.schema.yaml_document import read_document, text_of

FILE_NAME = "annotators.yaml"
ASSIGNED = "annotations/assigned.jsonl"
FURTHER = "annotations/further.jsonl"


class _Entry(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)


class Member(_Entry):
    """One annotator.

    Attributes:
        email: As on the server.
        quota: Sentences at most; None: no limit.
        languages: ISO 639-1 codes; empty: any.
        calibrated: Gets articles; None: as soon as the quiz is passed.
    """

    email: Annotated[str, pydantic.Field(pattern=r"^[^@\s]+@[^@\s]+$")]
    quota: Annotated[int, pydantic.Field(ge=0)] | None = None
    languages: tuple[str, ...] = ()
    calibrated: bool | None = None


class Overlap(_Entry):
    """The part of the articles that several people answer.

    Attributes:
        share: Of the articles, above 0 and at most 1.
        annotators: People that each of these articles is asked of.
        stratify: The share is the same within each value of these.
        adaptive: People that a sentence is asked of at most, one after the other while they differ; None: no further
            one.
    """

    share: Annotated[float, pydantic.Field(gt=0, le=1)]
    annotators: Annotated[int, pydantic.Field(ge=2)] = 2
    stratify: tuple[Literal["language", "publisher"], ...] = ("language", "publisher")
    adaptive: Annotated[int, pydantic.Field(ge=2)] | None = None


class QuizRules(_Entry):
    """The rules of the quiz.

    Attributes:
        pass_mark: Share of the items whose last answer has to be right, in (0, 1].
        retries: How often a person may answer a missed item again, after reading why.
    """

    pass_mark: Annotated[float, pydantic.Field(gt=0, le=1)] = 0.8
    retries: Annotated[int, pydantic.Field(ge=0)] = 2


class KnownRules(_Entry):
    """The known answers that are hidden among a person's tasks.

    Attributes:
        share: Of each person's tasks, above 0 and at most a half.
        agreed: People whose equal answers make the answer to a sentence known.
    """

    share: Annotated[float, pydantic.Field(gt=0, le=0.5)]
    agreed: Annotated[int, pydantic.Field(ge=2)] = 3


class Team(_Entry):
    """The whole of annotators.yaml.

    Attributes:
        blind: Nobody sees another person's answers: one project per person.
        overlap: The part of the articles that several people answer; None: all of them.
        quiz: The rules of the quiz.
        known: The known answers that are hidden among a person's tasks; None: there are none.
        annotators: The people, each once.
    """

    blind: bool = False
    overlap: Overlap | None = None
    quiz: QuizRules = QuizRules()
    known: KnownRules | None = None
    annotators: tuple[Member, ...] = ()

    @pydantic.model_validator(mode="after")
    def _each_once(self) -> Team:
        emails = Counter(member.email.strip().lower() for member in self.annotators)
        twice = sorted(email for email, number in emails.items() if number > 1)
        if twice:
            raise ValueError(f"{twice[0]} is listed twice")
        if self.overlap is not None and not self.blind:
            raise ValueError("overlap needs `blind: true`: in one project for all, the server asks everybody the same")
        if self.known is not None and not self.blind:
            raise ValueError("known needs `blind: true`: in one project for all, the server asks everybody the same")
        return self


def quiz_rules(workspace: Workspace) -> QuizRules:
    """Return the rules of the quiz; without annotators.yaml the default ones."""
    return (read_team(workspace) or Team()).quiz


def read_team(workspace: Workspace) -> Team | None:
    """Read annotators.yaml; None if there is no such file.

    Raises:
        InvalidConfig: It breaks a rule; `faults` holds all of them.
    """
    path = workspace.path(FILE_NAME)
    if not path.exists():
        return None
    document = read_document(text_of(path), str(path))
    faults = [InvalidConfig(fault.what, where=fault.where, remedy=fault.remedy) for fault in document.faults]
    try:
        team = Team.model_validate(document.data or {})
    except pydantic.ValidationError as error:
        found = (document.fault(fault["loc"], fault["msg"]) for fault in error.errors(include_url=False))
        faults += [InvalidConfig(fault.what, where=fault.where) for fault in found]
    if faults:
        raise InvalidConfig.all_of(faults)
    return team


def assigned(workspace: Workspace) -> dict[str, set[str]]:
    """Return the article_ids that each person was given, by pseudonym."""
    given: dict[str, set[str]] = {}
    for row in AppendLog(workspace.path(ASSIGNED)).rows():
        given.setdefault(str(row["annotator"]), set()).add(row["article_id"])
    return given


def assign(workspace: Workspace, pairs: Iterable[tuple[str, str]], asked: Mapping[str, int]) -> None:
    """Write down who is given which article, as (article_id, pseudonym) pairs.

    Args:
        workspace: The project.
        pairs: What is new.
        asked: article_id → how many people it is asked of.
    """
    rows = [{"article_id": one, "annotator": annotator, "asked": asked[one]} for one, annotator in pairs]
    AppendLog(workspace.path(ASSIGNED)).append(rows)


def further(workspace: Workspace) -> dict[str, set[str]]:
    """Return the sentence_ids that each person was asked as a further one (`adaptive`), by pseudonym."""
    given: dict[str, set[str]] = {}
    for row in AppendLog(workspace.path(FURTHER)).rows():
        given.setdefault(str(row["annotator"]), set()).add(row["sentence_id"])
    return given


def design_in_words(workspace: Workspace) -> str:
    """Return who answers what, for the card of a release; empty where everybody asked answers the same."""
    team = read_team(workspace)
    if team is None:
        return ""
    parts = [_overlap_in_words(workspace, team.overlap)] if team.overlap is not None else []
    if team.known is not None:
        parts.append(
            f"{team.known.share:.0%} of each person's tasks are sentences whose answer was known, hidden among the "
            "others; what was answered there is no part of this dataset."
        )
    return " ".join(parts)


def _overlap_in_words(workspace: Workspace, overlap: Overlap) -> str:
    said = f"{overlap.share:.0%} of the articles are answered by {overlap.annotators} people each, the others by one"
    if overlap.adaptive is None:
        return f"{said}; agreement is measured on that share."
    asked = sum(map(len, further(workspace).values()))
    return (
        f"{said}. Where they differ or a model is unsure, one further person at a time is asked, up to "
        f"{overlap.adaptive} in all ({asked} answers were asked for so); agreement is measured without these."
    )


def people_per_sentence(workspace: Workspace) -> Callable[[str], int]:
    """Return a function from a sentence_id to how many people the sentence is asked of.

    Without an overlap, or where the tables are not made yet, nothing is read: all are asked of as many as toolkit.yaml
    says. So is a sentence that is gone.
    """
    everybody, team = workspace.config.label_studio.annotators_per_sentence, read_team(workspace)
    made = all(workspace.path(name).exists() for name in (ARTICLES, SENTENCES))
    if team is None or team.overlap is None or not made:
        return lambda _: everybody
    asked = people_asked(workspace, team)
    wanted = {one: asked[article] for one, article in workspace.columns(Sentence, "sentence_id", "article_id")}
    more = Counter(chain.from_iterable(further(workspace).values()))
    return lambda sentence_id: wanted.get(sentence_id, everybody) + more[sentence_id]


def people_asked(workspace: Workspace, team: Team | None = None) -> dict[str, int]:
    """Return how many people each article is asked of, by article_id; the team is read if it is left out."""
    team = team or read_team(workspace)
    everybody = workspace.config.label_studio.annotators_per_sentence
    overlap = None if team is None else team.overlap
    fields = () if overlap is None else overlap.stratify
    articles = workspace.columns(Article, "article_id", *fields)
    if overlap is None:
        return {article_id: everybody for (article_id,) in articles}
    rows = AppendLog(workspace.path(ASSIGNED)).rows()
    known = {row["article_id"]: int(row.get("asked", everybody)) for row in rows}
    strata: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for article_id, *values in articles:
        strata[tuple(value or "" for value in values)].append(article_id)
    several = _drawn(Fraction(str(overlap.share)), [ids for _, ids in sorted(strata.items())], known)
    new = {True: overlap.annotators, False: 1}
    return {article_id: known.get(article_id, new[article_id in several]) for article_id, *_ in articles}


def _drawn(share: Fraction, strata: Iterable[list[str]], known: Mapping[str, int]) -> set[str]:
    """Return a share of each stratum's articles; what rounding takes from one stratum goes to the next.

    Args:
        share: Of the articles.
        strata: article_ids.
        known: article_id → people that it was asked of before; such an article stays what it is, and counts.
    """
    drawn: set[str] = set()
    due = Fraction(1, 2)
    for ids in strata:
        due += share * len(ids)
        have = sum(known.get(one, 1) > 1 for one in ids)
        new = sorted((one for one in ids if one not in known), key=lambda one: content_id("overlap", one))
        taken = new[: max(int(due) - have, 0)]
        drawn.update(taken)
        due -= have + len(taken)
    return drawn


def blind_annotators(workspace: Workspace) -> list[str] | None:
    """Return the pseudonyms of everybody who was given an article; None outside blind mode."""
    team = read_team(workspace)
    return sorted({*assigned(workspace), *further(workspace)}) if team is not None and team.blind else None

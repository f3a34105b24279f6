"""annotators.yaml: who labels, how much, in which languages; and who gets which article in blind mode.

On the free server everybody sees everything in a project. So where people must not see each other's answers, each has
a project of their own that holds only what they are to answer; push, pull and status take them for one.

    blind: true
    annotators:
      - email: ada@example.org      # as on the server; it leaves this file only as a keyed pseudonym
        quota: 500                  # sentences at most; default: no limit
        languages: [en, fr]         # default: any
        calibrated: true            # has passed the quiz; default: false, and then nothing is assigned

Articles stay whole. Each goes to as many people as toolkit.yaml asks answers for, by a hash of article and person, so
that nobody's share depends on the order of the file; what was once assigned stays so (annotations/assigned.jsonl).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import pydantic

from toolkit.errors import InvalidConfig
from toolkit.labelstudio.pseudonyms import People
from toolkit.project import AppendLog, Workspace
from toolkit.records import Article, content_id
from toolkit.schema.yaml_document import read_document

FILE_NAME = "annotators.yaml"
ASSIGNED = "annotations/assigned.jsonl"


class _Section(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)


class Member(_Section):
    """One annotator.

    Attributes:
        email: As on the server.
        quota: Sentences at most; None: no limit.
        languages: ISO 639-1 codes; empty: any.
        calibrated: Has passed the quiz.
    """

    email: Annotated[str, pydantic.Field(pattern=r"^[^@\s]+@[^@\s]+$")]
    quota: Annotated[int, pydantic.Field(ge=0)] | None = None
    languages: tuple[str, ...] = ()
    calibrated: bool = False


class Team(_Section):
    """The whole of annotators.yaml.

    Attributes:
        blind: Nobody sees another's answers: a project a person.
        annotators: The people, each once.
    """

    blind: bool = False
    annotators: tuple[Member, ...] = ()

    @pydantic.model_validator(mode="after")
    def _each_once(self) -> Team:
        emails = Counter(member.email.strip().lower() for member in self.annotators)
        twice = sorted(email for email, number in emails.items() if number > 1)
        if twice:
            raise ValueError(f"{twice[0]} stands there twice")
        return self


@dataclass(frozen=True)
class Shares:
    """Who answers what.

    Attributes:
        articles: Pseudonym → article_ids.
        lacking: Articles with fewer people than toolkit.yaml asks for.
    """

    articles: Mapping[str, frozenset[str]]
    lacking: int


def read_team(workspace: Workspace) -> Team | None:
    """Read annotators.yaml; None when there is no such file.

    Raises:
        InvalidConfig: It breaks a rule; `faults` holds all of them.
    """
    path = workspace.path(FILE_NAME)
    if not path.exists():
        return None
    document = read_document(path.read_text(encoding="utf-8"), str(path))
    faults = [InvalidConfig(fault.what, where=fault.where, remedy=fault.remedy) for fault in document.faults]
    try:
        team = Team.model_validate(document.data or {})
    except pydantic.ValidationError as error:
        found = (document.fault(fault["loc"], fault["msg"]) for fault in error.errors(include_url=False))
        faults += [InvalidConfig(fault.what, where=fault.where) for fault in found]
    if faults:
        raise InvalidConfig.all_of(faults)
    return team


def shares(
    workspace: Workspace, team: Team, people: People, sizes: Mapping[str, int], *, dry_run: bool = False
) -> Shares:
    """Return who answers which article, assigning what nobody has yet.

    Args:
        workspace: The project directory.
        team: The people.
        people: Their pseudonyms.
        sizes: Sentences of each article that is to be labelled, in the order of the articles.
        dry_run: Write nothing down.
    """
    log = AppendLog(workspace.path(ASSIGNED))
    given: dict[str, set[str]] = {}
    for row in log.rows():
        given.setdefault(row["annotator"], set()).add(row["article_id"])
    articles = {article.article_id: article for article in workspace.articles()}
    names = {people.pseudonym(member.email): member for member in team.annotators}
    wanted = workspace.config.label_studio.annotators_per_sentence
    room = {name: _room(member, given.get(name, set()), sizes) for name, member in names.items()}
    new, lacking = [], 0
    for article_id, size in sizes.items():
        has = [name for name, mine in given.items() if article_id in mine]
        free = [name for name in _ranked(names, article_id) if name not in has]
        able = [name for name in free if _may(names[name], articles[article_id]) and room[name] >= size]
        for name in able[: max(wanted - len(has), 0)]:
            given.setdefault(name, set()).add(article_id)
            room[name] -= size
            new.append({"article_id": article_id, "annotator": name})
        lacking += len(has) + len(able) < wanted
    if not dry_run:
        log.append(new)
    return Shares({name: frozenset(mine) for name, mine in sorted(given.items())}, lacking)


def blind_title(workspace: Workspace, name: str) -> str:
    """Return the title of a person's own project; Label Studio takes 50 characters."""
    ending = f" ({name.removeprefix('annotator-')})"
    return workspace.config.label_studio.project[: 50 - len(ending)] + ending


def blind_names(workspace: Workspace) -> list[str] | None:
    """Return the pseudonyms of everybody who has been assigned an article; None outside blind mode."""
    team = read_team(workspace)
    if team is None or not team.blind:
        return None
    return sorted({str(row["annotator"]) for row in AppendLog(workspace.path(ASSIGNED)).rows()})


def _ranked(names: Mapping[str, Member], article_id: str) -> Sequence[str]:
    """Return the people in the order in which they are asked for an article (rendezvous hashing)."""
    return sorted(names, key=lambda name: content_id(article_id, name))


def _may(member: Member, article: Article) -> bool:
    return member.calibrated and (not member.languages or article.language in member.languages)


def _room(member: Member, given: set[str], sizes: Mapping[str, int]) -> float:
    """Return how many sentences a person may still get."""
    if member.quota is None:
        return float("inf")
    return member.quota - sum(sizes.get(article_id, 0) for article_id in given)

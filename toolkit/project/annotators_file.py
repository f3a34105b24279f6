"""The file annotators.yaml: who labels, how much, in which languages; and the log of who was given which article.

    blind: true
    annotators:
      - email: ada@example.org      # as on the server; it leaves this file only as a keyed pseudonym
        quota: 500                  # sentences at most; default: no limit
        languages: [en, fr]         # default: any
        calibrated: true            # has passed the quiz; default: false, and then nothing is assigned

On the free server everybody sees everything in a project. So where people must not see each other's answers (`blind`),
each person has a project with only the articles that are assigned to them. `toolkit.labelstudio.assignment` assigns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated

import pydantic

from toolkit.errors import InvalidConfig
from toolkit.project.logs.append_log import AppendLog
from toolkit.project.workspace import Workspace
from toolkit.schema.yaml_document import read_document

FILE_NAME = "annotators.yaml"
ASSIGNED = "annotations/assigned.jsonl"


class _Entry(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)


class Member(_Entry):
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


class Team(_Entry):
    """The whole of annotators.yaml.

    Attributes:
        blind: Nobody sees another person's answers: one project per person.
        annotators: The people, each once.
    """

    blind: bool = False
    annotators: tuple[Member, ...] = ()

    @pydantic.model_validator(mode="after")
    def _each_once(self) -> Team:
        emails = Counter(member.email.strip().lower() for member in self.annotators)
        twice = sorted(email for email, number in emails.items() if number > 1)
        if twice:
            raise ValueError(f"{twice[0]} is listed twice")
        return self


def read_team(workspace: Workspace) -> Team | None:
    """Read annotators.yaml; None if there is no such file.

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


def assigned(workspace: Workspace) -> dict[str, set[str]]:
    """Return the article_ids that each person was given, by pseudonym."""
    given: dict[str, set[str]] = {}
    for row in AppendLog(workspace.path(ASSIGNED)).rows():
        given.setdefault(str(row["annotator"]), set()).add(row["article_id"])
    return given


def assign(workspace: Workspace, pairs: Iterable[tuple[str, str]]) -> None:
    """Write down who is given which article, as (article_id, pseudonym) pairs."""
    rows = [{"article_id": article_id, "annotator": annotator} for article_id, annotator in pairs]
    AppendLog(workspace.path(ASSIGNED)).append(rows)


def blind_annotators(workspace: Workspace) -> list[str] | None:
    """Return the pseudonyms of everybody who was given an article; None outside blind mode."""
    team = read_team(workspace)
    return sorted(assigned(workspace)) if team is not None and team.blind else None

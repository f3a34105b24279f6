"""The assignment of articles to annotators in blind mode (`toolkit.project.annotators_file`).

Articles stay whole. Each goes to as many people as toolkit.yaml asks answers for, or as many as the `overlap` of
annotators.yaml asks. Who is asked first follows from a hash of article and person (rendezvous hashing), so that
nobody's share depends on the order of annotators.yaml. What was once assigned stays assigned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from toolkit.agreement.stage import quiz_passed
from toolkit.labelstudio.pseudonyms import Pseudonyms
from toolkit.project import Workspace
from toolkit.project.annotators_file import Member, Team, assign, assigned, people_asked
from toolkit.records import Article, content_id


@dataclass(frozen=True)
class Assignment:
    """The articles of each annotator.

    Attributes:
        articles: Pseudonym → article_ids.
        lacking: Articles with fewer people than they are asked of.
    """

    articles: Mapping[str, frozenset[str]]
    lacking: int


def assign_articles(
    workspace: Workspace, team: Team, pseudonyms: Pseudonyms, sizes: Mapping[str, int], *, dry_run: bool = False
) -> Assignment:
    """Return who answers which article; articles with too few people are assigned to more of them.

    Args:
        workspace: The project directory.
        team: The people.
        pseudonyms: Their pseudonyms.
        sizes: Sentences of each article that is to be labelled, in the order of the articles.
        dry_run: Write nothing.
    """
    given = assigned(workspace)
    articles = {article.article_id: article for article in workspace.articles()}
    people = {pseudonyms.of(member.email): member for member in team.annotators}
    asked, passed = people_asked(workspace, team), quiz_passed(workspace)
    may_label = {name for name, member in people.items() if _is_calibrated(member, name in passed)}
    capacity = {name: _capacity(member, given.get(name, set()), sizes) for name, member in people.items()}
    new, lacking = [], 0
    for article_id, size in sizes.items():
        has = [name for name, mine in given.items() if article_id in mine]
        free = [name for name in _ranked(people, article_id) if name not in has]
        able = [
            name
            for name in free
            if name in may_label and _reads(people[name], articles[article_id]) and capacity[name] >= size
        ]
        for name in able[: max(asked[article_id] - len(has), 0)]:
            given.setdefault(name, set()).add(article_id)
            capacity[name] -= size
            new.append((article_id, name))
        lacking += len(has) + len(able) < asked[article_id]
    if not dry_run:
        assign(workspace, new, asked)
    return Assignment({name: frozenset(mine) for name, mine in sorted(given.items())}, lacking)


def _ranked(people: Mapping[str, Member], article_id: str) -> Sequence[str]:
    """Return the people in the order in which they are asked for an article."""
    return sorted(people, key=lambda name: content_id(article_id, name))


def _is_calibrated(member: Member, passed: bool) -> bool:
    return passed if member.calibrated is None else member.calibrated


def _reads(member: Member, article: Article) -> bool:
    return not member.languages or article.language in member.languages


def _capacity(member: Member, given: set[str], sizes: Mapping[str, int]) -> float:
    """Return how many more sentences a person may get."""
    if member.quota is None:
        return float("inf")
    return member.quota - sum(sizes.get(article_id, 0) for article_id in given)

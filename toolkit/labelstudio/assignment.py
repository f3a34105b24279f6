"""The assignment of articles to annotators in blind mode (`toolkit.project.annotators_file`).

Articles stay whole. Each goes to as many people as toolkit.yaml asks answers for, or as many as the `overlap` of
annotators.yaml asks. Who is asked first follows from a hash of article and person (rendezvous hashing), so that
nobody's share depends on the order of annotators.yaml. What was once assigned stays assigned.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from toolkit.agreement.stage import quiz_passed
from toolkit.labelstudio.pseudonyms import Pseudonyms
from toolkit.plan.design import is_settled
from toolkit.project import Workspace
from toolkit.project.annotators_file import FURTHER, Member, Team, assign, assigned, further, people_asked
from toolkit.project.logs.append_log import AppendLog
from toolkit.project.logs.hidden_tasks import hidden_articles
from toolkit.project.logs.suggestion_log import SuggestionLog
from toolkit.records import Annotation, Article, Sentence, content_id, latest

_SURE = 0.7  # certainty of a model below which one answer is not enough


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
    people, checked = members(team, pseudonyms), _checked_on(workspace)
    asked, passed = people_asked(workspace, team), quiz_passed(workspace)
    may_label = {name for name, member in people.items() if _is_calibrated(member, name in passed)}
    capacity = {name: _capacity(member, given.get(name, set()), sizes, team) for name, member in people.items()}
    new, lacking = [], 0
    for article_id, size in sizes.items():
        has = [name for name, mine in given.items() if article_id in mine]
        free = [name for name in _ranked(people, article_id) if name not in has and article_id not in checked[name]]
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


def members(team: Team, pseudonyms: Pseudonyms) -> dict[str, Member]:
    """Return the people of a team by pseudonym."""
    return {pseudonyms.of(member.email): member for member in team.annotators}


def _checked_on(workspace: Workspace) -> Mapping[str, set[str]]:
    """Return the articles that were hidden among each person's tasks to check them, by pseudonym."""
    found: dict[str, set[str]] = defaultdict(set)
    for each in hidden_articles(workspace.root):
        found[each.annotator].add(each.article_id)
    return found


def ask_further(
    workspace: Workspace, team: Team, pseudonyms: Pseudonyms, *, dry_run: bool = False
) -> Mapping[str, set[str]]:
    """Return the sentences that each person answers as a further one, by pseudonym; each waits for the one before.

    Args:
        workspace: The project directory.
        team: The people.
        pseudonyms: Their pseudonyms.
        dry_run: Write nothing.
    """
    given = further(workspace)
    if team.overlap is None or team.overlap.adaptive is None:
        return given
    article_of = dict(workspace.columns(Sentence, "sentence_id", "article_id"))
    articles = {article.article_id: article for article in workspace.articles()}
    sizes, whole, passed = Counter(article_of.values()), assigned(workspace), quiz_passed(workspace)
    people, checked = members(team, pseudonyms), _checked_on(workspace)
    able = {name: each for name, each in people.items() if _is_calibrated(each, name in passed)}
    capacity = {
        name: _capacity(each, whole.get(name, set()), sizes, team) - len(given.get(name, ()))
        for name, each in able.items()
    }
    new, unsure = [], _unsure_of(workspace)
    for sentence_id, answers, asked in _open_sentences(workspace, article_of, whole, given):
        if len(asked) >= team.overlap.adaptive or is_settled(answers, unsure=sentence_id in unsure):
            continue
        article = articles[article_of[sentence_id]]
        free = (
            name
            for name in _ranked(able, sentence_id)
            if name not in asked and capacity[name] >= 1 and article.article_id not in checked[name]
        )
        chosen = next((name for name in free if _reads(able[name], article)), None)
        if chosen is not None:
            given.setdefault(chosen, set()).add(sentence_id)
            capacity[chosen] -= 1
            new.append({"sentence_id": sentence_id, "annotator": chosen, "after": len(asked)})
    if not dry_run:
        AppendLog(workspace.path(FURTHER)).append(new)
    return given


def _open_sentences(
    workspace: Workspace, article_of: Mapping[str, str], whole: Mapping[str, set[str]], given: Mapping[str, set[str]]
) -> Iterator[tuple[str, list[tuple[str, ...]], set[str]]]:
    """Yield each sentence that everybody who was asked has answered or skipped, its answers, and who was asked."""
    by_sentence: dict[str, list[Annotation]] = {}
    for answer in latest(workspace.answers()):
        by_sentence.setdefault(answer.sentence_id, []).append(answer)
    for sentence_id in sorted(by_sentence.keys() & article_of.keys()):
        asked = {name for name, mine in whole.items() if article_of[sentence_id] in mine}
        asked |= {name for name, mine in given.items() if sentence_id in mine}
        answers = by_sentence[sentence_id]
        if asked <= {answer.annotator for answer in answers}:
            yield sentence_id, [answer.labels for answer in answers if answer.votes], asked


def _unsure_of(workspace: Workspace) -> set[str]:
    """Return the sentences whose latest suggestion with probabilities is unsure of a label."""
    sure = {each.sentence_id: each.certainty for each in SuggestionLog(workspace).rows() if each.probabilities}
    return {sentence_id for sentence_id, certainty in sure.items() if certainty < _SURE}


def _ranked(people: Mapping[str, Member], article_id: str) -> Sequence[str]:
    """Return the people in the order in which they are asked for an article."""
    return sorted(people, key=lambda name: content_id(article_id, name))


def _is_calibrated(member: Member, passed: bool) -> bool:
    return passed if member.calibrated is None else member.calibrated


def _reads(member: Member, article: Article) -> bool:
    return not member.languages or article.language in member.languages


def _capacity(member: Member, given: set[str], sizes: Mapping[str, int], team: Team) -> float:
    """Return how many more sentences a person may get, beside the known ones that are hidden among them."""
    if member.quota is None:
        return float("inf")
    own = member.quota if team.known is None else member.quota * (1 - team.known.share)
    return own - sum(sizes.get(article_id, 0) for article_id in given)

"""Known answers in the stream: articles whose answers are known, hidden among a person's own tasks (`known`).

Nothing tells them from the others: they come as other people got them, whole articles with headline, neighbours and
link, and between articles of the person's own; where each comes is drawn by a hash. A sentence that was never sent to
anybody, or an example of the schema that stands in no article, would be told at a glance, and is not used.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from toolkit.agreement.stage import known_labels
from toolkit.errors import tally
from toolkit.project import Workspace
from toolkit.project.annotators_file import KnownRules, Member, Team, assigned, further
from toolkit.project.logs.hidden_tasks import HiddenArticle, hidden_articles, hide
from toolkit.project.logs.push_ledger import Key, blind_title, sent_sentences, sent_to
from toolkit.records import Article, Sentence, content_id

_KNOWN = 0.5  # share of an article's sentences whose answer has to be known


class HiddenTasks:
    """Draws what is hidden for whom, and puts it among the person's own tasks.

    Args:
        workspace: The project directory.
        team: The people, with the share that is hidden.
        members: Pseudonym → the person.
        dry_run: Write nothing.

    Attributes:
        sent: How many tasks of the present push are hidden ones, those that were sent before and wait included.
        short: Pseudonyms for whom there were too few known answers.
    """

    def __init__(self, workspace: Workspace, team: Team, members: Mapping[str, Member], *, dry_run: bool) -> None:
        self._workspace, self._members, self._dry_run = workspace, members, dry_run
        self._rules = team.known
        self.sent = 0
        self.short: list[str] = []
        self._hidden: dict[str, list[HiddenArticle]] = defaultdict(list)
        for each in hidden_articles(workspace.root):
            self._hidden[each.annotator].append(each)
        self._met = (
            {(each.annotator, each.sentence_id) for each in workspace.hidden_answers()} if self._hidden else set()
        )
        self._article_of: dict[str, str] = dict(workspace.columns(Sentence, "sentence_id", "article_id"))
        self._pool: dict[str, tuple[str, ...]] = {}
        self._seen: dict[str, set[str]] = defaultdict(set)  # the articles that a person knows, by pseudonym
        if self._rules is not None:
            self._language_of = dict(workspace.columns(Article, "article_id", "language"))
            self._pool, self._seen = self._known_articles(), self._seen_articles()

    @property
    def notes(self) -> tuple[str, ...]:
        """A note that there are too few known answers, where that is so."""
        if not self.short:
            return ()
        people = tally(len(self.short), "person", "people")
        return (
            f"too few sentences have a known answer for the share that is hidden among the tasks of {people}: let "
            "experts decide (`toolkit adjudicate --push`), or give answers a star on the server, and pull",
        )

    def among(self, annotator: str, own: Sequence[Key], every: Mapping[str, Key]) -> Iterator[Key]:
        """Yield the keys of a person's tasks: their own, in their order, with the hidden ones between.

        What was hidden once stays hidden, whatever the share is now, and is not asked again once it was answered, in a
        project of a newer schema either; new ones are drawn as new tasks are sent.

        Args:
            annotator: The pseudonym.
            own: Keys of the tasks that are the person's to label.
            every: sentence_id → key of every task that there is.
        """
        article_of = self._article_of
        if self._rules is not None:
            new = self._drawn(annotator, [key[0] for key in own], self._rules)
            self._hidden[annotator] += new
            if not self._dry_run:
                hide(self._workspace.root, new)
        waiting: dict[str, list[Key]] = defaultdict(list)
        for each in self._hidden[annotator]:
            open_ones = (one for one in each.sentence_ids if (annotator, one) not in self._met)
            waiting[each.after] += [every[one] for one in open_ones if one in every]
        self.sent += sum(map(len, waiting.values()))
        for number, key in enumerate(own):
            yield key
            article = article_of[key[0]]
            if number + 1 == len(own) or article_of[own[number + 1][0]] != article:
                yield from waiting.pop(article, ())
        for rest in waiting.values():
            yield from rest

    def _drawn(self, annotator: str, own: Sequence[str], rules: KnownRules) -> list[HiddenArticle]:
        """Return what is hidden among the tasks of a person that are sent for the first time."""
        before = sent_to(self._workspace, [blind_title(self._workspace, annotator)])
        new = [one for one in own if one not in before]
        places = list(dict.fromkeys(self._article_of[one] for one in new))
        theirs = [one for each in self._hidden[annotator] for one in each.sentence_ids]
        held, waiting = len(theirs), sum(one not in before for one in theirs)  # those of a push that was cut off wait
        due = min(rules.share / (1 - rules.share) * len(own) - held, len(new) / 2 - waiting)
        quota = self._members[annotator].quota if annotator in self._members else None
        room = float("inf") if quota is None else quota - len(own) - held
        found, free = [], self._free(annotator, own)
        for article_id in free:
            size = len(self._pool[article_id])
            if places and due >= size / 2 and room >= size:
                at = int(content_id("place of a hidden article", annotator, article_id)[:12], 16) % len(places)
                found.append(HiddenArticle(annotator, article_id, self._pool[article_id], places[at]))
                due, room = due - size, room - size
        if due >= 1 and places and len(found) == len(free):
            self.short.append(annotator)
        return found

    def _free(self, annotator: str, own: Sequence[str]) -> list[str]:
        """Return the known articles that a person may get, in an order that is drawn."""
        theirs = {self._article_of[one] for one in own} | self._seen[annotator]
        theirs |= {each.article_id for each in self._hidden[annotator]}
        languages = self._members[annotator].languages if annotator in self._members else ()
        able = (
            one for one in self._pool if one not in theirs and (not languages or self._language_of[one] in languages)
        )
        return sorted(able, key=lambda article_id: content_id("hidden article", annotator, article_id))

    def _known_articles(self) -> dict[str, tuple[str, ...]]:
        """Return the articles of which enough answers are known, with those sentences that other people got."""
        workspace = self._workspace
        known, sent = known_labels(workspace), sent_sentences(workspace)
        found: dict[str, list[str]] = defaultdict(list)
        for sentence_id, article_id in self._article_of.items():
            if sentence_id in sent:
                found[article_id].append(sentence_id)
        return {
            article_id: tuple(mine)
            for article_id, mine in found.items()
            if sum(one in known for one in mine) >= _KNOWN * len(mine)
        }

    def _seen_articles(self) -> dict[str, set[str]]:
        """Return the articles that each person was given to label, or has answered, by pseudonym."""
        found: dict[str, set[str]] = defaultdict(set, assigned(self._workspace))
        asked = further(self._workspace)
        pairs = [(name, one) for name, ids in asked.items() for one in ids]
        pairs += [(answer.annotator, answer.sentence_id) for answer in self._workspace.answers()]
        for name, sentence_id in pairs:
            if sentence_id in self._article_of:
                found[name].add(self._article_of[sentence_id])
        return found

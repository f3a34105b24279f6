"""The choice of sentences to send: conditions (`--where`), an order, a limit."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from toolkit.errors import InvalidInput, UsageError, border
from toolkit.limits import whole_file
from toolkit.project.workspace import Workspace
from toolkit.records import Article, Sentence

Test = Callable[[Sentence], bool]
"""Tells whether a sentence is chosen."""

_OF_SENTENCE: Final = ("sentence_id", "text", "paragraph", "kind")
_OF_ARTICLE: Final = (
    *("article_id", "story_id", "title", "publisher", "byline", "url"),
    *("published_at", "language", "licence"),
)
FIELDS: Final = (*_OF_SENTENCE, *_OF_ARTICLE, "source")
"""Fields for conditions: of the sentence, its article and (source) its page's file."""

_COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_CONDITION = re.compile(r"\s*([a-z_]+)\s*(!=|<=|>=|=|~|<|>)\s*(.*?)\s*", re.S)


def where(workspace: Workspace, conditions: Sequence[str]) -> Test | None:
    """Return the test that all of the conditions hold, None where there are none.

    Args:
        workspace: Whose articles are asked.
        conditions: Each FIELD, an operator and a value: "language=en", "publisher!=Reuters", "text~ferry" (holds the
            words, upper or lower case), "published_at>=2024-05-01", "paragraph<3". What is not known is empty.

    Raises:
        UsageError: A condition can't be read.
    """
    if not conditions:
        return None
    tests = [_parsed(condition) for condition in conditions]
    articles = {article.article_id: article for article in workspace.articles()}
    return lambda sentence: all(test(sentence, articles[sentence.article_id]) for test in tests)


def _parsed(condition: str) -> Callable[[Sentence, Article], bool]:
    found = _CONDITION.fullmatch(condition)
    if found is None or found[1] not in FIELDS:
        raise UsageError(
            f"--where {condition!r} is not a condition",
            remedy=f"write FIELD=VALUE with = != ~ < <= > >= and one of {', '.join(FIELDS)}",
        )
    field, sign, wanted = found.groups()
    if field == "paragraph":
        if sign == "~" or not re.fullmatch("[0-9]{1,9}", wanted):
            raise UsageError(f"--where {condition!r} is not a condition on a number", remedy="write paragraph<3")
        number = int(wanted)
        return lambda sentence, article: _COMPARE[sign](sentence.paragraph, number)
    if sign == "~":
        words = wanted.casefold()
        return lambda sentence, article: words in _value(field, sentence, article).casefold()
    return lambda sentence, article: _COMPARE[sign](_value(field, sentence, article), wanted)


def _value(field: str, sentence: Sentence, article: Article) -> str:
    if field == "source":
        return article.page.source
    return str(getattr(sentence if field in _OF_SENTENCE else article, field) or "")


def read_order(path: Path) -> list[str]:
    """Read the sentence_ids of a file, one per line: bare, or as JSON objects, which is what `toolkit select` writes.

    Raises:
        InvalidInput: There is no such file, or a line holds no sentence_id.
    """
    remedy = "make it with `toolkit select`"
    if not path.exists():
        raise InvalidInput("there is no such file", where=str(path), remedy=remedy)
    with border("can't be read as text", where=str(path), remedy=remedy):
        lines = whole_file(path).decode().splitlines()
    return [_id_in(line.strip(), f"{path}:{number}") for number, line in enumerate(lines, start=1) if line.strip()]


def _id_in(line: str, place: str) -> str:
    with border("holds no sentence_id", where=place, remedy="make the file with `toolkit select`"):
        found = json.loads(line)["sentence_id"] if line.startswith("{") else line
    if not (isinstance(found, str) and re.fullmatch(r"[0-9a-f]{24}", found)):
        raise InvalidInput("holds no sentence_id", where=place, remedy="make the file with `toolkit select`")
    return found


def selected(
    sentences: Sequence[Sentence],
    *,
    limit: int | None = None,
    articles: Collection[str] = (),
    where: Test | None = None,
    order: Sequence[str] = (),
    whole_articles: bool = False,
) -> list[int]:
    """Return the numbers of the sentences that should be on the server, in the order in which they are sent.

    Args:
        sentences: All of them, each article's together.
        limit: At most so many.
        articles: Only of these article_ids; empty: of any.
        where: Only these.
        order: sentence_ids that go first, in this order.
        whole_articles: Keep the sentences of an article together: an article takes the place of its first sentence
            in `order`, and goes as a whole or, where the limit would cut it, not at all.

    Raises:
        InvalidInput: An article or a sentence that is named is not there.
    """
    if articles:
        _hold_known("article", articles, {sentence.article_id for sentence in sentences})
    numbers = [
        number
        for number, sentence in enumerate(sentences)
        if (not articles or sentence.article_id in articles) and (where is None or where(sentence))
    ]
    if order:
        _hold_known("sentence", order, {sentence.sentence_id for sentence in sentences})
        ranks = _ranks(sentences, order, whole_articles=whole_articles)
        numbers.sort(key=ranks.__getitem__)
    if limit is None or len(numbers) <= limit:
        return numbers
    if whole_articles:  # step back to where the article begins that would be cut
        while limit and sentences[numbers[limit]].article_id == sentences[numbers[limit - 1]].article_id:
            limit -= 1
    return numbers[:limit]


def _ranks(sentences: Sequence[Sentence], order: Sequence[str], *, whole_articles: bool) -> list[int]:
    """Return each sentence's place in an order, the same for all of an article where they are kept together."""
    rank = {sentence_id: number for number, sentence_id in reversed(list(enumerate(order)))}
    ranks = [rank.get(sentence.sentence_id, len(order)) for sentence in sentences]
    if not whole_articles:
        return ranks
    best: dict[str, int] = {}
    for sentence, own in zip(sentences, ranks, strict=True):
        best[sentence.article_id] = min(own, best.get(sentence.article_id, own))
    return [best[sentence.article_id] for sentence in sentences]


def _hold_known(what: str, named: Collection[str], known: Collection[str]) -> None:
    unknown = set(named).difference(known)
    if unknown:
        raise InvalidInput(
            f"there is no {what} {min(unknown)} among the sentences",
            remedy="the report lists every id: run `toolkit report`",
        )

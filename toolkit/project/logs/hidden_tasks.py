"""The log of hidden tasks, annotations/known.jsonl: sentences with known answers among a person's own tasks.

    {"annotator": <pseudonym>, "article_id": <id>, "sentence_ids": [<id>, …], "after": <article_id>}

What a person answers to them stands in the annotation log like any other answer, and is read apart: it is scored, and
counts nowhere else. An article that was hidden for a person is never theirs to label.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from toolkit.project.logs.append_log import AppendLog

HIDDEN: Final = "annotations/known.jsonl"


@dataclass(frozen=True, slots=True)
class HiddenArticle:
    """An article with known answers that one person gets among their own.

    Attributes:
        annotator: The pseudonym.
        article_id: The article.
        sentence_ids: Its sentences that the person gets, in their order.
        after: The article of the person's own that it follows.
    """

    annotator: str
    article_id: str
    sentence_ids: tuple[str, ...]
    after: str


def hidden_articles(root: Path) -> list[HiddenArticle]:
    """Return everything that was hidden, in the order of the log.

    Args:
        root: The project directory.
    """
    return [
        HiddenArticle(row["annotator"], row["article_id"], tuple(row["sentence_ids"]), row["after"])
        for row in AppendLog(root / HIDDEN).rows()
    ]


def hide(root: Path, articles: Iterable[HiddenArticle]) -> None:
    """Write down what is hidden, before it is sent.

    Args:
        root: The project directory.
        articles: What is new.
    """
    AppendLog(root / HIDDEN).append(asdict(each) for each in articles)


def hidden_pairs(root: Path) -> frozenset[tuple[str, str]]:
    """Return whose answer to which sentence counts nowhere, as (pseudonym, sentence_id).

    Args:
        root: The project directory.
    """
    return frozenset((each.annotator, one) for each in hidden_articles(root) for one in each.sentence_ids)

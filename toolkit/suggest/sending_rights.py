"""Which articles may be sent to a server of others: neither taken-down ones, nor those whose licence forbids it.

A licence that lets anybody pass the words on allows it, and so does one that toolkit.yaml names (`llm.licences`). Any
other licence that an article states, such as "All rights reserved", forbids it. An article that states none forbids
nothing. What is taken down is not sent anywhere, not even to a server on this machine.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from toolkit.records import Article
from toolkit.release.card.licences import may_be_published

TAKEN_DOWN = "of articles that were taken down"
FORBIDDEN = "of articles whose licence forbids it"


def withheld(
    articles: Collection[Article], takedowns: Collection[str], *, local: bool, allowed: Collection[str] = ()
) -> dict[str, str]:
    """Return why articles are not sent, by article_id; those that may be are not in it.

    Args:
        articles: The articles.
        takedowns: article_ids of those that were taken down.
        local: The server is on this machine, so that nothing leaves it.
        allowed: Licences, as articles state them, under which words may be sent.
    """
    known = {name.strip().casefold() for name in allowed}
    found: Mapping[str, str] = {article.article_id: _reason(article, takedowns, local, known) for article in articles}
    return {name: reason for name, reason in found.items() if reason}


def _reason(article: Article, takedowns: Collection[str], local: bool, allowed: Collection[str]) -> str:
    if article.article_id in takedowns:
        return TAKEN_DOWN
    stated = (article.licence or "").strip()
    if local or not stated or may_be_published(stated) or stated.casefold() in allowed:
        return ""
    return FORBIDDEN

"""takedowns.yaml of a project: articles that must not be released any more, and why.

6f1d3c…: the author asked for it
https://example.org/story: the publisher asked for it
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import yaml

from toolkit.errors import InvalidInput
from toolkit.records import Article

_ID = re.compile(r"[0-9a-f]{24}")


def read_takedowns(path: Path, articles: Iterable[Article]) -> dict[str, str]:
    """Return article_id → reason, by article_id.

    Args:
        path: The list; it need not exist.
        articles: Where urls are looked up. An article_id may be listed after its page is gone.

    Raises:
        InvalidInput: The list is no mapping of article_ids or urls to reasons, or no article has one of the urls.
    """
    if not path.exists():
        return {}
    try:
        listed = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidInput(f"is not YAML: {error}", where=str(path)) from error
    if not isinstance(listed, dict) or not all(isinstance(part, str) for pair in listed.items() for part in pair):
        raise InvalidInput("is not a mapping", where=str(path), remedy="write `article_id or url: reason` on each line")
    by_url: dict[str, list[str]] = {}
    for article in articles:
        if article.url is not None and article.url in listed:
            by_url.setdefault(article.url, []).append(article.article_id)
    lost = [key for key in listed if key not in by_url and not _ID.fullmatch(key)]
    if lost:
        remedy = "correct it, or list the article_id"
        faults = [InvalidInput(f"no article has this url: {key}", where=str(path), remedy=remedy) for key in lost]
        raise InvalidInput.all_of(faults)
    found = {name: reason for key, reason in listed.items() for name in by_url.get(key, [key])}
    return dict(sorted(found.items()))

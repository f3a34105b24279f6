"""Whether a page is an article at all: challenges, error pages and notices are not, and a stub is only a beginning.

refused    a page's title and text → why it is no article
is_stub    the end of a body → whether the page holds only its beginning
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import yaml

_SHORT = 1500  # code points; a longer text is not just a notice
_REASONS = ("challenge-page", "error-page", "consent-page")
_MORE = (
    r"(?:read more|continue reading|weiterlesen|lire la suite|leer más|leggi tutto|читать далее|اقرأ المزيد|続きを読む|"
    r"阅读全文)"
)
_CUT = re.compile(rf"[\w,]\s?(?:\.\.\.|…|\[(?:\.\.\.|…)\]|\(\.\.\.\))\s*{_MORE}?\W*$", re.I)
_READ_ON = re.compile(rf"{_MORE}\W*$", re.I)
CHARS_LEFT = re.compile(r"(?:…|\.\.\.)?\s?\[\s?\+\s?\d{1,6}\s?(?:chars|characters)\s?\]\s*\Z")
"""The mark of news interfaces for what they leave out: "[+2143 chars]"."""
_STUB_TAIL = 400  # code points at the end of a page in which a paywall speaks


@cache
def _said_on() -> dict[str, re.Pattern[str]]:
    """Return what pages of each kind say, and what stands where a paywall begins."""
    text = files("toolkit.ingest.layout").joinpath("profiles/notices.yaml").read_text(encoding="utf-8")
    return {kind: re.compile("|".join(patterns), re.I) for kind, patterns in yaml.safe_load(text).items()}


def refused(title: str | None, text: str) -> str | None:
    """Return why a page is no article: "challenge-page", "error-page", "consent-page"; None if it may be one.

    Args:
        title: Its title.
        text: Its visible text; a long one is not just a notice.
    """
    body = text.strip()
    if len(body) > _SHORT:
        return None
    notices = [(reason, _said_on()[reason]) for reason in _REASONS]
    sentences = [line for line in body.splitlines() if len(line) > _PROSE_LINE]
    for reason, pattern in notices:
        if title and len(title) < _LONG_TITLE and pattern.search(title) and len(sentences) < _FEW_SENTENCES:
            return reason
        said = [line for line in sentences if pattern.search(line)]
        if said and 2 * sum(map(len, said)) >= sum(map(len, sentences)):
            return reason
    if not sentences and any(pattern.search(body) for _, pattern in notices):
        return next(reason for reason, pattern in notices if pattern.search(body))
    return None


_PROSE_LINE = 40  # code points
_LONG_TITLE, _FEW_SENTENCES = 90, 3


def is_prompt(line: str) -> bool:
    """Return whether a line only asks the reader to subscribe."""
    return len(line) <= _STUB_TAIL // 2 and _said_on()["prompt"].search(line) is not None


def is_stub(lines: Sequence[str], around: str = "") -> bool:
    """Return whether a page shows only the beginning of its article.

    Args:
        lines: The paragraphs of the body.
        around: What stands below it on the page: a prompt to subscribe, say.
    """
    if not lines:
        return False
    tail = "\n".join(lines)[-_STUB_TAIL:]
    short = sum(map(len, lines)) < _SHORT
    if CHARS_LEFT.search(tail) or any(_said_on()["prompt"].search(line) for line in lines[-3:]):
        return True
    return short and (
        bool(_said_on()["prompt"].search(around[:_STUB_TAIL]))
        or bool(_CUT.search(lines[-1]))
        or bool(_READ_ON.search(lines[-1]))
    )

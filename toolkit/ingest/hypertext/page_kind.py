"""Whether a page is an article at all: challenges, error pages and notices are not, and a stub is only a beginning.

refused         a page's title and text → why it is no article
is_near_empty   a title and the lines below it → whether there is no body
is_stub         the end of a body → whether the page holds only its beginning
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain, zip_longest

from toolkit.ingest.layout.profile import packaged
from toolkit.ingest.rare_pattern import RarePattern

_SHORT = 1500  # code points; a longer text is not just a notice
_REASONS = ("challenge-page", "error-page", "consent-page")
_MORE = (
    r"(?:read more|continue reading|weiterlesen|lire la suite|leer más|leggi tutto|читать далее|اقرأ المزيد|続きを読む|"
    r"阅读全文)"
)
_CUT = RarePattern([rf"[\w,]\s?(?:\.\.\.|…|\[(?:\.\.\.|…)\]|\(\.\.\.\))\s*{_MORE}?\W*$"])
_READ_ON = RarePattern([rf"{_MORE}\W*$"])
CHARS_LEFT = RarePattern([r"(?:…|\.\.\.)?\s?\[\s?\+\s?\d{1,6}\s?(?:chars|characters)\s?\]\s*\Z"])
"""The mark of news interfaces for what they leave out: "[+2143 chars]"."""
_STUB_TAIL = 400  # code points at the end of a page in which a paywall speaks


@cache
def _said_on() -> dict[str, RarePattern]:
    """Return what pages of each kind say, and what stands where a paywall begins."""
    return {kind: RarePattern(patterns) for kind, patterns in packaged("notices").items()}


@cache
def _any_notice() -> RarePattern:
    return RarePattern([pattern for reason in _REASONS for pattern in _said_on()[reason].alternatives])


def refused(title: str | None, text: str) -> str | None:
    """Return why a page is no article: "challenge-page", "error-page", "consent-page"; None if it may be one.

    Args:
        title: Its title. A notice is most of a part of it; news of such a thing says more: "Convoys denied access".
        text: Its visible text; a long one is not just a notice. A sentence of a notice speaks to its reader, or has
            nothing else.

    Examples:
        >>> refused("404 | Karstadt Courier", "The page you are looking for does not exist.")
        'error-page'
        >>> refused("Aid convoys denied access", "Soldiers at the gate said that access was denied until Monday.")
    """
    body = text.strip()
    if len(body) > _SHORT or not _any_notice().may_match(f"{title or ''}\n{body}"):
        return None
    lines = body.splitlines()
    sentences = [line for line in lines if len(line) * _scale(line) > _PROSE_LINE]
    heads = [title or "", *(line for line in lines[:_HEADS] if line not in sentences)]
    for reason in _REASONS:
        if len(sentences) < _FEW_SENTENCES and any(_is_notice(reason, head) for head in heads):
            return reason
    said = {line: reason for line in sentences for reason in _REASONS if _speaks(reason, line)}
    if said and 2 * sum(map(len, said)) >= sum(map(len, sentences)):
        return next(iter(said.values()))
    if not sentences:
        return next((reason for reason in _REASONS if _said_on()[reason].search(body)), None)
    return None


def _is_notice(reason: str, head: str) -> bool:
    """Return whether a title, or a part of it beside the site's name, is little else than a notice."""
    notice = _said_on()[reason]
    return notice.may_match(head) and any(
        sum(len(found[0]) for found in notice.pattern.finditer(part)) >= _MOST_OF_PART * len(part)
        for part in (head, *_PARTS.split(head))
        if part.strip()
    )


def _speaks(reason: str, line: str) -> bool:
    found = _said_on()[reason].search(line)
    return found is not None and (2 * len(found[0]) >= len(line) or _said_on()["address"].search(line) is not None)


def _scale(text: str) -> int:
    return 1 if text.isascii() or not _WIDE.search(text) else _WIDE_SCALE


def is_near_empty(title: str | None, lines: Sequence[str]) -> bool:
    """Return whether nothing stands below a title but the title again, or a word for what is not there.

    Examples:
        >>> is_near_empty("Tanker hits breakwater", ["Tanker hits breakwater"]), is_near_empty(None, ["[Removed]"])
        (True, True)
        >>> is_near_empty("Tanker hits breakwater", ["Eleven died."])
        False
    """
    placeholder = _said_on()["placeholder"].pattern
    return all(
        _is_echo(line, title or "") or _is_echo(line, "") or placeholder.fullmatch(line.strip()) for line in lines
    )


def _is_echo(line: str, title: str) -> bool:
    """Return whether two lines have the same letters and digits."""
    return all(one == other for one, other in zip_longest(_letters(line), _letters(title)))


def _letters(text: str) -> Iterator[str]:
    return chain.from_iterable(map(str.casefold, filter(str.isalnum, text)))


_PROSE_LINE = 40  # code points
_FEW_SENTENCES = 3
_HEADS = 2  # lines above the first sentence that are read as titles
_MOST_OF_PART = 0.6
_PARTS = re.compile(r"\s*(?:[|:·•]|\s[-–—])\s*")
_WIDE, _WIDE_SCALE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"), 3


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
        bool(around and _said_on()["prompt"].search(around[:_STUB_TAIL]))
        or bool(_CUT.search(lines[-1]))
        or bool(_READ_ON.search(lines[-1]))
    )

"""The bytes of one page in, its articles and rejects out."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache

from toolkit.errors import InvalidInput
from toolkit.ingest.compose import compose, reject
from toolkit.ingest.decode import Decoded, decode
from toolkit.ingest.layout import layout
from toolkit.ingest.lines import lines_of
from toolkit.ingest.media import charset_of, kind_of
from toolkit.ingest.moment import parse_instant
from toolkit.ingest.profile import Profile, Rulebook, default_profile
from toolkit.ingest.traced import Traced
from toolkit.records import Article, Page, Reject

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROL = 0.1
_MOST_MALFORMED = 0.3


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a page holds.

    Attributes:
        articles: In the page's order.
        rejects: What was cut, in the page's order, with the rule's id as reason and the byte range in the page.
        notes: What holds of the page as a whole: its encoding where it isn't UTF-8, a byte order mark.
    """

    articles: tuple[Article, ...]
    rejects: tuple[Reject, ...]
    notes: tuple[str, ...] = ()


def read(
    raw: bytes,
    *,
    source: str,
    media_type: str | None = None,
    fetched_at: str | datetime | None = None,
    profiles: Sequence[Profile] = (),
    recurring: Collection[str] = frozenset(),
) -> Extraction:
    decoded = decode(raw, declared=charset_of(media_type))
    page = Page.of(raw, source=source)
    check_text(decoded, raw, source)
    text = Traced.of(decoded)
    lines = lines_of(text, _rulebook((*profiles, default_profile())), recurring)
    found = layout(lines)
    articles, rejects = compose(page, text, lines, found, known={}, fetched_at=parse_instant(fetched_at))
    return Extraction(tuple(articles), tuple(rejects))


def check_text(decoded: Decoded, raw: bytes, source: str) -> None:
    """Refuse what is no text."""
    if not decoded.text.strip("\ufeff \t\r\n\f\v"):
        raise InvalidInput("the page is empty", where=source, remedy="remove the file or fetch the page again")
    odd = len(_CONTROL.findall(decoded.text))
    broken = sum(end - start for start, end in decoded.malformed)
    if "\x00" in decoded.text or odd > _MOST_CONTROL * len(decoded.text) or broken > _MOST_MALFORMED * len(raw):
        raise InvalidInput(
            "the page is binary, not text", where=source, remedy="remove the file, or name its media type if it is a text"
        )


@lru_cache(maxsize=32)
def _rulebook(profiles: tuple[Profile, ...]) -> Rulebook:
    return Rulebook(profiles)


def extract(raw: bytes, *, source: str, media_type: str | None = None) -> list[Article]:
    """Return the articles on a page; see `read`."""
    return list(read(raw, source=source, media_type=media_type).articles)

"""When an HTML page says that its article was published, with the zone if it says one; never when it was changed.

The order: JSON-LD, `<meta>`, `<time>`, a line of the page beside the title, htmldate. An ambiguous date stays open.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from toolkit.ingest.layout.dates import moment_of, timestamp_of

_META = re.compile(r"<meta\b[^<>]{1,1000}>", re.I)
_NAME = re.compile(r"""\b(?:name|property|itemprop|http-equiv)\s*=\s*["']?([\w:.\-]+)""", re.I)
_CONTENT = re.compile(r"""\bcontent\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.I)
_PUBLISHED_NAMES = (
    "article:published_time date:published_time "
    "article:published og:published_time og:article:published_time datepublished "
    "dc.date.issued dcterms.issued dc.issued dcterms.created dc.date.created dc.created parsely-pub-date "
    "sailthru.date cxenseparse:recs:publishtime pubdate publishdate publish-date publish_date publication_date "
    "publicationdate published_time article_date_original originalpublicationdate article.published datecreated "
    "citation_publication_date citation_date weibo:article:create_at dc.date dcterms.date date "
    "rnews:datepublished ptime published_at"
)
_PUBLISHED = _PUBLISHED_NAMES.split()
"""The names under which pages state the time of publication, the most telling first."""
_MODIFIED = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "last-modified",
    "dcterms.modified",
    "dc.date.modified",
)
_TIME = re.compile(r"<time\b([^<>]{1,600})>|<abbr\b([^<>]{0,300}\bdatePublished\b[^<>]{0,300})>", re.I)
_PUBLISHING = re.compile(r"\bpubdate\b|datePublished|publish|posted|created|entry-date", re.I)
_CHANGING = re.compile(r"modif|updated", re.I)
_DATETIME = re.compile(r"""\b(?:datetime|content|title)\s*=\s*["']?([^"'>]{6,40})""", re.I)
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?!\d)")
_LEAST_LINES = 12  # lines above the body in which a date is looked for


def publication_date(source: str, said: Mapping[str, str], beside: Sequence[str], guess: str | None) -> dict[str, str]:
    """Return published_at as ISO 8601, and published_text where a line of the page says it; each if it is known.

    Args:
        source: The page's source.
        said: What JSON-LD says: published_at and modified_at.
        beside: The lines of the page between its title and its body.
        guess: The day that htmldate has found.
    """
    if stated := timestamp_of(said.get("published_at", "")):
        return {"published_at": stated}
    metas = _metas(source)
    for name in _PUBLISHED:
        if stated := timestamp_of(metas.get(name, "")):
            return {"published_at": stated}
    times = [tag for pair in _TIME.findall(source) if not _CHANGING.search(tag := "".join(pair))]
    for tag in sorted(times, key=lambda tag: not _PUBLISHING.search(tag))[:1] if len(times) < 3 else times:
        found = _DATETIME.search(tag) if len(times) == 1 or _PUBLISHING.search(tag) else None
        if found and (stated := timestamp_of(found[1])):
            return {"published_at": stated}
    for line in beside[-_LEAST_LINES:]:
        moment = moment_of(line)
        if moment is not None and not moment.relative:
            return (
                {"published_at": moment.on, "published_text": moment.text}
                if moment.on
                else {"published_text": moment.text}
            )
    changed = {
        (timestamp_of(value) or "")[:10] for value in (said.get("modified_at", ""), *map(metas.get, _MODIFIED)) if value
    }
    if guess is None or guess in changed or _is_ambiguous(source, guess):
        return {}
    return {"published_at": guess}


def _metas(source: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in _META.findall(source):
        name, content = _NAME.search(tag), _CONTENT.search(tag)
        if name and content:
            found.setdefault(name[1].lower(), (content[1] if content[1] is not None else content[2]).strip())
    return found


def _is_ambiguous(source: str, day: str) -> bool:
    """Return whether the page only has a numeric date for a day, of which day and month may be either number."""
    year, month, number = day.split("-")
    if year + month + number in re.sub(
        r"[/_.-]", "", " ".join(re.findall(rf"{year}[/_.-]?{month}[/_.-]?{number}", source))
    ):
        return False
    pairs = {(int(one), int(two), sign) for one, sign, two, said in _NUMERIC.findall(source) if said == year}
    mine = {pair for pair in pairs if {pair[0], pair[1]} == {int(month), int(number)} and pair[2] != "."}
    return bool(mine) and int(number) <= 12 and int(month) != int(number)

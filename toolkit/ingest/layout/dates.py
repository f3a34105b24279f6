"""Lines that are dates or times: "2 hours ago", "il y a 2 heures", "June 18, 2025", "2025-06-18T10:00Z".

The words of each language are data (profiles/times.yaml). Only a whole line is a moment, so a sentence that mentions a
time never is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.resources import files
from typing import Any, cast

import yaml

LONGEST = 80
"""A line of more code points is not a moment."""

_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}  # longer units don't name a day
_WORD = r"[^\W\d_]"
_SEPARATOR = re.compile(r"\s*[|•·∙●⋅—–/]\s*|\s+-\s+|,\s+(?=\d|[^\W\d_]{1,10}\s)")
_TIME_OF_DAY = re.compile(
    r"[\s,|•·–—-]*\b(?:at|um|à|a las|all[ae]|om|в|о|kl\.?)?\s*\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?"
    r"\s*(?:[ap]\.?\s?m\.?|uhr|h)?\s*\(?(?:gmt|utc|[a-z]{1,2}[sd]t|bst|cest|cet|msk)?(?:[+-]\d{1,2}(?::?\d{2})?)?\)?\s*$",
    re.I,
)
_DIGIT = re.compile(r"\d")
_WORDS = re.compile(r"\w+")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z| ?[+-]\d{2}:?\d{2})?)?")
_YMD_CJK = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]?")
_NUMERIC = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")
_ORDINAL = r"(?:st|[nr]d|th)"
_DMY = re.compile(
    rf"(\d{{1,2}})(?:{_ORDINAL}|er|º|\.)?(?:\s+(?:de|d['’]))?\s*({_WORD}{{3,12}})\.?,?"
    r"(?:\s+(?:de|del))?\s*(\d{4})?(?:\s?г\.?)?"
)
_MDY = re.compile(rf"({_WORD}{{3,12}})\.?\s+(\d{{1,2}}){_ORDINAL}?(?:,?\s+(\d{{4}}))?")


@dataclass(frozen=True, slots=True)
class Moment:
    """A date or time as a page writes it.

    Attributes:
        text: The whole expression.
        seconds_ago: Seconds before the fetch, for relative times of days or less; None otherwise.
        by_day: The expression names a day and not a time ("yesterday").
        on: ISO 8601 date or time, if the expression is absolute and unambiguous.
        relative: It counts back from the fetch.
        publisher: The publisher, if the same line names it ("Al Arabiya • 2h").
        beside: Everything beside the time on its line.
    """

    text: str
    seconds_ago: int | None = None
    by_day: bool = False
    on: str | None = None
    relative: bool = False
    publisher: str | None = None
    beside: tuple[str, ...] = ()

    def at(self, fetched_at: datetime | None) -> str | None:
        """Return the moment as ISO 8601; None for a relative one if the time of the fetch is not known."""
        if self.on is not None or fetched_at is None or self.seconds_ago is None:
            return self.on
        try:
            then = fetched_at - timedelta(seconds=self.seconds_ago)
        except OverflowError:
            return None
        return then.date().isoformat() if self.by_day else then.isoformat(timespec="seconds")


@cache
def _words() -> dict[str, Any]:
    text = files("toolkit.ingest.layout").joinpath("profiles/times.yaml").read_text(encoding="utf-8")
    return cast("dict[str, Any]", yaml.safe_load(text))


@cache
def _relative_patterns() -> list[tuple[re.Pattern[str], dict[str, str]]]:
    """Return a pattern per template of each language, with the units that the words of the language stand for."""
    compiled = []
    for words in _words()["relative"].values():
        unit_of = {form.casefold(): unit for unit, forms in words["units"].items() for form in forms}
        units = "|".join(sorted(map(re.escape, unit_of), key=len, reverse=True))
        ones = "|".join(map(re.escape, words.get("one", [])))
        number = rf"(?P<n>\d{{1,4}}{'|' + ones if ones else ''})"
        for template in words["templates"]:
            body = re.escape(template).replace(r"\ ", r"\s*" if words.get("tight") else r"\s+")
            body = body.replace(r"\{n\}", number).replace(r"\{unit\}", rf"(?P<unit>{units})\.?")
            compiled.append((re.compile(body, re.I), unit_of))
    return compiled


@cache
def _looks_relative() -> re.Pattern[str]:
    """Return one regex for all patterns together; a quick filter, since most lines match none."""
    bodies = (re.sub(r"\?P<\w+>", "?:", pattern.pattern) for pattern, _ in _relative_patterns())
    return re.compile("|".join(f"(?:{body})" for body in bodies), re.I)


@cache
def _fixed() -> dict[str, tuple[str, int]]:
    return {
        word.casefold(): (unit, int(count))
        for words in _words()["relative"].values()
        for word, (count, unit) in words.get("fixed", {}).items()
    }


@cache
def _triggers() -> frozenset[str]:
    """Return words of which every digit-free date expression contains one; used as a quick filter."""
    phrases = [form for words in _words()["relative"].values() for forms in words["units"].values() for form in forms]
    return frozenset(
        max(_WORDS.findall(phrase.casefold()), key=len) for phrase in (*phrases, *_fixed(), *_words()["weekdays"])
    )


@cache
def _labels() -> re.Pattern[str]:
    labels = "|".join(re.escape(label) for label in sorted(_words()["labels"], key=len, reverse=True))
    return re.compile(rf"(?:{labels})(?:\s*[:：]\s*|\s+|$)(?:(?:on|am|le|el|il)\s+)?", re.I)


@cache
def _months() -> dict[str, int]:
    return {name.casefold(): number for number, names in _words()["months"].items() for name in names}


@cache
def _weekday() -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in sorted(_words()["weekdays"], key=len, reverse=True))
    return re.compile(rf"(?:{names})\.?(?:,\s*|\s+)(?:den\s+|le\s+)?(?=\S)", re.I)


def moment_of(line: str) -> Moment | None:
    """Return the moment that a whole line is, with the publisher if the line names one beside it; else None."""
    if len(line) > LONGEST or not (_DIGIT.search(line) or not _triggers().isdisjoint(_WORDS.findall(line.casefold()))):
        return None
    if whole := _bare(line):
        return whole
    parts = [part.strip() for part in _SEPARATOR.split(line) if part.strip()]
    for number, part in enumerate(parts):
        beside = tuple(parts[:number] + parts[number + 1 :])
        if beside and all(map(_is_name, beside)) and (said := _bare(part)):
            return replace(said, publisher=beside[0], beside=beside)
    return None


def timestamp_of(said: str) -> str | None:
    """Return a date or time that is written for machines as ISO 8601, with its zone if it has one; else None.

    It may be ISO 8601 itself, that of mail (RFC 2822), or the seconds or milliseconds since 1970. A date for people is
    read too, if a whole line could be it.

    Examples:
        >>> from toolkit.ingest.layout.dates import timestamp_of
        >>> timestamp_of("Wed, 12 Mar 2025 09:30:00 +0200"), timestamp_of("1710223800")
        ('2025-03-12T09:30:00+02:00', '2024-03-12T06:10:00+00:00')
    """
    said = said.strip()
    if _EPOCH.fullmatch(said):
        seconds = int(said) / (1000 if len(said) == _MILLISECONDS else 1)
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    try:
        return date.fromisoformat(said).isoformat() if len(said) == len("2024-03-12") else _instant(said)
    except ValueError:
        pass  # not ISO 8601: one of the other forms
    try:
        return parsedate_to_datetime(said).isoformat()
    except (ValueError, TypeError):
        moment = moment_of(said)
    return moment.on if moment is not None else None


def _instant(said: str) -> str:
    if len(said) < len("2024-03-12T10:00"):
        raise ValueError(said)
    return datetime.fromisoformat(said.replace("Z", "+00:00")).isoformat(timespec="seconds")


_EPOCH = re.compile(r"1\d{9}|[12]\d{12}")
_MILLISECONDS = 13


def _is_name(text: str) -> bool:
    return len(text) <= 40 and len(text.split()) <= 6 and not text.endswith((".", "!", "?", ":"))


def _bare(text: str) -> Moment | None:
    said = text.strip(" \t()[]").strip()
    label = _labels().match(said)
    said = said[label.end() :] if label else said
    if not said:
        return None
    return _relative(text, said.casefold().rstrip(".")) or _absolute(text, said)


def _relative(text: str, said: str) -> Moment | None:
    core = _TIME_OF_DAY.sub("", said)
    if core in _fixed():
        unit, count = _fixed()[core]
        exact = core == said
        return Moment(text, count * _UNITS[unit] if unit in _UNITS and exact else None, unit == "day", relative=True)
    if not _looks_relative().fullmatch(said):
        return None
    for pattern, unit_of in _relative_patterns():
        if found := pattern.fullmatch(said):
            unit = unit_of[found["unit"].casefold()]
            count = int(found["n"]) if found["n"].isdecimal() else 1
            return Moment(text, count * _UNITS[unit] if unit in _UNITS else None, unit == "day", relative=True)
    return None


def _absolute(text: str, said: str) -> Moment | None:
    if _ISO.fullmatch(said):
        return Moment(text, on=_iso(said))
    core = _TIME_OF_DAY.sub("", said)
    weekday = _weekday().match(core)
    core = core[weekday.end() :] if weekday else core
    if core.casefold() in _words()["weekdays"] and len(core) > 3:
        return Moment(text)
    for pattern, order in ((_YMD_CJK, "ymd"), (_DMY, "dmy"), (_MDY, "mdy")):
        if found := pattern.fullmatch(core):
            parts = dict(zip(order, found.groups(), strict=True))
            month = _months().get(parts["m"].casefold()) if not parts["m"].isdecimal() else int(parts["m"])
            return _day(text, parts["y"], month, parts["d"]) if month else None
    if found := _NUMERIC.fullmatch(core):
        first, separator, second, year = found.groups()
        if separator == "." or int(first) > 12:
            return _day(text, year, int(second), first)
        return _day(text, year, int(first), second) if int(second) > 12 else Moment(text)
    return None


def _iso(said: str) -> str | None:
    try:
        return (
            datetime.fromisoformat(said.replace("Z", "+00:00")).isoformat()
            if len(said) > 10
            else date.fromisoformat(said).isoformat()
        )
    except ValueError:
        return None


def _day(text: str, year: str | None, month: int, day: str) -> Moment | None:
    """Return the moment of a date; None if there is no such day. Without a year it has no ISO form."""
    try:
        on = date(int(year or 2000), month, int(day))
    except ValueError:
        return None
    return Moment(text, on=on.isoformat() if year else None)

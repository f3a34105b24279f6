"""Lines that are dates or times: "2 hours ago", "il y a 2 heures", "June 18, 2025", "2025-06-18T10:00Z".

The words of each language are data (profiles/times.yaml). Only a whole line is a moment, so a sentence that mentions a
time never is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache, lru_cache
from typing import Any, cast

from toolkit.ingest.layout.profile import packaged
from toolkit.ingest.layout.times_of_day import split_time

LONGEST = 80
"""A line of more code points is not a moment."""

_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}  # longer units don't name a day
_WORD = r"(?:[^\W\d_]|[\u0591-\u05c7\u0610-\u065f\u0900-\u0dff])"  # a letter, or a vowel mark
_SEPARATOR = re.compile(r"\s*[|•·∙●⋅—–/]\s*|\s+-\s+")
_DIGIT = re.compile(r"\d")
_WORDS = re.compile(r"\w+")
_COMPACT = re.compile(r"(?:19|20)\d{6}")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z| ?[+-]\d{2}:?\d{2})?)?")
_YMD_CJK = re.compile(
    r"(?:(\d{4})\s?[年년]\s?)?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일號号]?"
    r"\s*(?:[（(]\s?[日月火水木金土一二三四五六월화수목금토일]\s?(?:曜日?|요일)?\s?[）)]|[月火水木金土日월화수목금토일](?:曜日|요일)|(?:星期|周|週)[一二三四五六日天])?"
)
_YMD = re.compile(
    r"(\d{4})(?:\s?[/.]\s?)(\d{1,2})(?:\s?[/.]\s?)(\d{1,2})\.?\s*(?:[（(][日月火水木金土월화수목금토일][）)])?"
)
_VIETNAMESE = re.compile(r"(?:ngày\s+)?(\d{1,2})\s+tháng\s+(\d{1,2})(?:,?\s+năm)?,?\s+(\d{4})", re.I)
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}
_ERA = re.compile(r"(令和|平成|昭和)\s?(\d{1,2}|元)\s?年")
_NUMERIC = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")
_ORDINAL = r"(?:st|[nr]d|th)"
_DMY = re.compile(
    rf"(\d{{1,2}})(?:{_ORDINAL}|er|º|\.|-)?(?:\s+(?:de|d['’]))?\s*({_WORD}{{2,12}})\.?,?-?"
    r"(?:\s+(?:de|del|del año))?\s*(\d{4})?(?:\s?(?:г|р|ж)\.?|\s?م)?"
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
    return cast("dict[str, Any]", packaged("times"))


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
    return re.compile(rf"(?:{names})\.?(?:[,،]\s*|\s+)(?:den\s+|le\s+)?(?=\S)", re.I)


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
            return _beside(said, beside)
    return _after_place(line) or _by_dateparser(line, _without_weekday(split_time(line)[0]))


def _beside(said: Moment, beside: tuple[str, ...]) -> Moment:
    """Return a moment with what stands beside it on its line: the time of day, or the publisher's name."""
    names = [name for name in beside if may_publish(name)]
    clocks = [time for rest, time in map(split_time, beside) if time and not rest.strip(" :")]
    if clocks and said.on and len(said.on) == len("2024-03-12"):
        said = replace(said, on=clocks[0].on(said.on))
    return replace(said, publisher=names[0] if names else None, beside=beside)


def _after_place(line: str) -> Moment | None:
    """Return the moment of "Karstadt, 12 March 2024": a place, a comma, a date with a year. No publisher stands so."""
    found = _PLACE.match(line)
    said = _bare(line[found.end() :]) if found else None
    return replace(said, text=line, beside=(line[: found.end()].strip(" ,"),)) if found and said and said.on else None


def may_publish(name: str) -> bool:
    """Return whether a name beside a time may be a publisher's: it is no time, zone, year or label."""
    return (
        sum(map(str.isalpha, name)) > 1
        and not _NO_PUBLISHER.search(name)
        and moment_of(name) is None
        and split_time(name)[1] is None
    )


_PLACE = re.compile(r"(?:[^\W\d_][\w.'’-]*[ ,]+){0,4}[^\W\d_][\w.'’-]*,\s*(?=\S)")
_NO_PUBLISHER = re.compile(
    r"^(?:(?:19|20)\d\d|[ap]\.?m\.?|(?:by|von|par|por)\b.*|(?:last )?(?:updated?|modified|published|posted|edited)\b.*|"
    r"e[sd]?t|c[sd]?t|m[sd]?t|p[sd]?t|gmt|utc|bst|c?e?s?t|msk|\W*|.*\b(?:min(?:ute)?s? read|read|views?|comments?)|"
    r".*\bshares?)$",
    re.I,
)


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
    if scripted := _SCRIPTED.fullmatch(said):  # as JavaScript writes it, which the parser of mail takes for local time
        return datetime.strptime(scripted[1], "%b %d %Y %H:%M:%S GMT%z").isoformat()
    try:
        return parsedate_to_datetime(said).isoformat()
    except (ValueError, TypeError):
        moment = moment_of(said)
    return moment.on if moment is not None else None


def _instant(said: str) -> str:
    if len(said) < len("2024-03-12T10:00"):
        raise ValueError(said)
    return datetime.fromisoformat(said.replace("Z", "+00:00")).isoformat(timespec="seconds")


_SCRIPTED = re.compile(r"\w{3} (\w{3} \d{2} \d{4} \d\d:\d\d:\d\d GMT[+-]\d{4})(?: \(.*\))?")
_EPOCH = re.compile(r"1\d{9}|[12]\d{12}")
_MILLISECONDS = 13


def _is_name(text: str) -> bool:
    return len(text) <= 40 and len(text.split()) <= 6 and not text.endswith((".", "!", "?", ":"))


def _bare(text: str) -> Moment | None:
    said = text.strip(" \t()[]|•·").strip()
    label = _labels().match(said)
    said = said[label.end() :] if label else said
    if not said:
        return None
    return _relative(text, said.casefold().rstrip(".")) or _absolute(text, said)


def _relative(text: str, said: str) -> Moment | None:
    core, _ = split_time(said)
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
    if _ISO.fullmatch(said) or _COMPACT.fullmatch(said):
        return Moment(text, on=_iso(said))
    core, time = split_time(said)
    found = _dated(text, core)
    if found is None or found.on is None or time is None:
        return found
    return replace(found, on=time.on(found.on))


def _dated(text: str, core: str) -> Moment | None:
    """Return the moment of a date without a time of day."""
    whole, core = core, _without_weekday(core)
    if found := _VIETNAMESE.fullmatch(core):
        return _day(text, found[3], int(found[2]), found[1])
    if found := _ERA.match(core):
        core = f"{_ERAS[found[1]] + (1 if found[2] == '元' else int(found[2]))}年{core[found.end() :]}"
    if core.casefold() in _words()["weekdays"] and len(core) > 3:
        return Moment(text)
    core = _DOUBLE.sub(lambda found: found[1] if found[1] in _months() and found[2] in _months() else found[0], core)
    core = _one_word_months().sub(lambda found: _two_words()[" ".join(found[0].split())], core)
    for pattern, order in ((_YMD_CJK, "ymd"), (_YMD, "ymd"), (_DMY, "dmy"), (_MDY, "mdy")):
        if found := pattern.fullmatch(core):
            parts = dict(zip(order, found.groups(), strict=True))
            month = _months().get(parts["m"].casefold()) if not parts["m"].isdecimal() else int(parts["m"])
            if month:
                return _day(text, parts["y"], month, parts["d"])
    if found := _NUMERIC.fullmatch(core):
        return _numeric(text, found, whole)
    return _persian(text, core)


def _numeric(text: str, found: re.Match[str], whole: str) -> Moment | None:
    """Return the moment of a numeric date; where day and month may be either number, an English weekday may decide."""
    first, separator, second, year = found.groups()
    if separator == "." or int(first) > 12:
        return _day(text, year, int(second), first)
    if int(second) > 12 or int(first) == int(second):
        return _day(text, year, int(first), second)
    both = {_day(text, year, int(first), second), _day(text, year, int(second), first)}
    on_day = [one for one in both if one and one.on and _fits(whole, date.fromisoformat(one.on))]
    return on_day[0] if len(on_day) == 1 and len(both) == 2 else Moment(text)


def _fits(whole: str, on: date) -> bool:
    """Return whether a line names the English weekday of a day."""
    named = [day for day in _DAYS if re.search(rf"\b{day[:3]}(?:\b|{day[3:]}\b)", whole, re.I)]
    return named == [_DAYS[on.weekday()]]


_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _without_weekday(core: str) -> str:
    weekday = _weekday().match(core)
    core = core[weekday.end() :] if weekday else core
    behind = _weekday_behind().search(core)
    return core[: behind.start()] if behind else core


def _persian(text: str, core: str) -> Moment | None:
    """Return the moment of a date of the Iranian calendar: "۲۲ اسفند ۱۴۰۲"."""
    found = _DMY.fullmatch(core)
    months = _words()["persian months"]
    if found is None or found[2] not in months or not found[3]:
        return None
    on = iranian(int(found[3]), months.index(found[2]) + 1, int(found[1]))
    return Moment(text, on=on.isoformat()) if on else None


def iranian(year: int, month: int, day: int) -> date | None:
    """Return the day of the Iranian calendar as a date, for the years 1244 to 1498; None if there is no such day.

    The leap years are those of the cycle of 33 years, which agrees with the equinox for that time.

    Examples:
        >>> from toolkit.ingest.layout.dates import iranian
        >>> iranian(1402, 12, 22)
        datetime.date(2024, 3, 12)
    """
    leap = year % 33 in (1, 5, 9, 13, 17, 22, 26, 30)
    lengths = [31] * 6 + [30] * 5 + [30 if leap else 29]
    if not (1244 <= year <= 1498 and 1 <= month <= 12 and 1 <= day <= lengths[month - 1]):
        return None
    leaps = sum(before % 33 in (1, 5, 9, 13, 17, 22, 26, 30) for before in range(1244, year))
    return date(1865, 3, 21) + timedelta(days=(year - 1244) * 365 + leaps + sum(lengths[: month - 1]) + day - 1)


_DOUBLE = re.compile(r"([^\W\d_]+)\s?/\s?([^\W\d_]+)")  # a month by two names: آذار/مارس
_BUDDHIST, _BUDDHIST_FROM = 543, 2400
_FIRST_YEAR, _LAST_YEAR = 1200, 2700  # the Iranian year, the Islamic, the common and the Buddhist


def _by_dateparser(text: str, core: str) -> Moment | None:
    """Return the moment that dateparser reads in a line with a year, a day and a month that no list has."""
    words = _WORDS.findall(core)
    numbers = [word for word in words if word.isdecimal()]
    named = [word for word in words if not any(map(str.isdecimal, word))]
    years = [number for number in numbers if len(number) == len("2024")]
    if (
        len(years) != 1
        or not _FIRST_YEAR <= int(years[0]) <= _LAST_YEAR
        or len(numbers) not in (2, 3)
        or not any(1 <= int(number) <= 31 for number in numbers)  # dateparser takes 50 ms to find that out
        or not 1 <= len(named) <= _MOST_WORDS
        or len(core) > _LONGEST_NAMED
    ):
        return None
    if any(word.casefold() in _months() for word in named):  # a headline with a date in it, or there is no such day
        return None
    on = _parsed(core)
    if on is None or on.year != int(years[0]) or str(on.day) not in {str(int(number)) for number in numbers}:
        return None
    year = on.year - (_BUDDHIST if on.year > _BUDDHIST_FROM else 0)
    return Moment(text, on=on.replace(year=year).isoformat())


_OTHER_ERA = 1500  # a year before it counts from another event: "1402/12/22" is Iranian or Islamic
_MOST_WORDS, _LONGEST_NAMED = 5, 48


@lru_cache(maxsize=4096)
def _parsed(said: str) -> date | None:
    import dateparser

    strict = {"STRICT_PARSING": True, "REQUIRE_PARTS": ["day", "month", "year"], "PARSERS": ["absolute-time"]}
    found = dateparser.parse(said, settings=strict)
    return found.date() if found else None


@cache
def _two_words() -> dict[str, str]:
    """Return each name of a month that is several words, and its one-word name."""
    one = {number: next(name for name in names if " " not in name) for number, names in _words()["months"].items()}
    return {name: one[number] for number, names in _words()["months"].items() for name in names if " " in name}


@cache
def _one_word_months() -> re.Pattern[str]:
    return re.compile(
        "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in sorted(_two_words(), key=len, reverse=True))
    )


@cache
def _weekday_behind() -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in sorted(_words()["weekdays"], key=len, reverse=True))
    return re.compile(rf"[,،]?\s+\(?(?:{names})\.?\)?$", re.I)


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
    return Moment(text, on=on.isoformat() if year and on.year > _OTHER_ERA else None)

"""The time of day beside a date, and its zone: "9:30 PM ET", "21.30 Uhr", "午後9時30分", "14:32 GMT+2".

A zone that several countries mean differently, such as IST, is none; then the time is local, without a zone.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_OFFSETS = {
    "z": 0, "gmt": 0, "utc": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "mez": 1, "cest": 2, "mesz": 2, "eet": 2,
    "eest": 3, "msk": 3, "мск": 3, "trt": 3, "est": -5, "edt": -4, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8,
    "pdt": -7, "hkt": 8, "sgt": 8, "jst": 9, "kst": 9, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13, "wib": 7,
    "wita": 8, "wit": 9,
}  # fmt: skip
_PLACES = {"et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles"}
_LATER = ("p", "午後", "下午", "오후", "م", "ب.ظ", "अपराह्न", "晚上")
_ZONES = "|".join(sorted((*_OFFSETS, *_PLACES, "ist", "cst", "ast"), key=len, reverse=True))
_ZONE = rf"\(?(?P<zone>(?:{_ZONES})(?![^\W\d_]))?(?P<offset>[+-]\d{{1,2}}(?::?\d{{2}})?)?\)?"
_BEFORE = (
    r"[\s,|•·–—-]*(?:\b(?:at|um|à|às|a las|a les|all[ae]|om|в|о|kl\.?|saat|الساعة|בשעה|ساعت|lúc|pukul|jam|klo|o)\s*)?"
)
_CLOCK = (
    r"(?P<early>(?:午前|午後|上午|下午|晚上|오전|오후|पूर्वाह्न|अपराह्न)\s*)?(?P<hour>\d{1,2})"
    r"(?:(?:[:.h]|\s?[時时点시]\s?)(?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?\s?[分분]?)?"
    r"\s*(?P<late>[ap]\.?\s?m\.?|uhr|h|ص|م(?!\w)|ب\.ظ|ق\.ظ|बजे|wib|uur|ч\.?)?(?:\s*(?:hrs|hours|local time))?\s*"
)
_AT_END = re.compile(rf"{_BEFORE}(?<![\d./:]){_CLOCK}{_ZONE}\.?\s*$", re.I)
_AT_START = re.compile(rf"^{_CLOCK}{_ZONE}[\s,|•·–—-]+(?:on\s+)?(?=\S)", re.I)


class TimeOfDay(NamedTuple):
    """A time of day; `zone` is None for the local time of an unknown place."""

    hour: int
    minute: int
    second: int
    zone: str | None

    def on(self, day: str) -> str:
        """Return the time on an ISO date as ISO 8601, with the offset of its zone if that is known."""
        then = datetime.combine(date.fromisoformat(day), datetime.min.time()).replace(
            hour=self.hour, minute=self.minute, second=self.second
        )
        offset = _offset(self.zone, then)
        return (then if offset is None else then.replace(tzinfo=timezone(offset))).isoformat(timespec="seconds")


def split_time(said: str) -> tuple[str, TimeOfDay | None]:
    """Return a date without the time beside it, and the time; the whole and None if there is no time."""
    for pattern in (_AT_END, _AT_START):
        found = pattern.search(said)
        while found and not _is_time(found):
            found = pattern.search(said, found.start() + 1) if pattern is _AT_END else None
        if found and (time := _time(found)):
            rest = said[: found.start()] + said[found.end() :]
            return rest.strip(" ,|•·–—-"), time
    return said, None


def _is_time(found: re.Match[str]) -> bool:
    """Return whether more than a number stands there: minutes, or a word such as "pm"."""
    return bool(found["minute"] or found["early"] or (found["late"] and found["late"].lower() != "h"))


def _time(found: re.Match[str]) -> TimeOfDay | None:
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    half = (found["early"] or found["late"] or "").strip().lower()
    if half and hour <= 12 and (half.startswith(_LATER) or half[0] == "a"):
        hour = hour % 12 + (12 if half.startswith(_LATER) else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    zone = f"{found['zone'] or ''}{found['offset'] or ''}".lower()
    return TimeOfDay(hour, minute, second, zone or None)


def _offset(zone: str | None, then: datetime) -> timedelta | None:
    if zone is None:
        return None
    if zone in _PLACES:
        try:
            return ZoneInfo(_PLACES[zone]).utcoffset(then)
        except ZoneInfoNotFoundError:  # a system without the database of zones: the time stays local
            return None
    name, sign, shift = re.fullmatch(r"([^\d+-]*)(?:([+-])([\d:]+))?", zone).groups()  # type: ignore[union-attr]
    if sign and name in ("", "gmt", "utc"):
        digits = shift.replace(":", "")
        hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
        return timedelta(hours=hours, minutes=minutes) * (1 if sign == "+" else -1) if hours <= 14 else None
    return timedelta(hours=_OFFSETS[name]) if name in _OFFSETS else None

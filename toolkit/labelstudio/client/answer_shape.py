"""The shape that an answer of the server must have, so that no other answer gets further than the request.

Whatever stands at the address may answer: another service, a proxy's login page, a server that somebody took over. So
each request says what it needs of its answer, and anything else is one error that names the request.

A shape is a type, several types in a tuple, `object` for anything, or `TIME`; a list of one shape for a list of such; a
mapping for an object with at least these keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from toolkit.errors import printable

TIME: Final = "time"
"""The shape of a time with its zone, as in "2026-03-01T10:00:00.123456Z"."""


def misfit(body: Any, shape: Any, place: str = "") -> str | None:
    """Return where and how an answer has not the shape that it must have; None where it has.

    Args:
        body: The answer, read as JSON.
        shape: As above. True and False are no numbers here, as in JSON.
        place: The keys that lead to the body, for the message.

    Examples:
        >>> misfit([{"id": 1}, {"id": "x"}], [{"id": int}])
        'at [1].id a string instead of a whole number'
        >>> misfit({"tasks": []}, {"tasks": list, "total": int})
        'nothing at .total'
        >>> misfit([], list)
    """
    if isinstance(shape, list):
        if not isinstance(body, list):
            return _other(body, list, place)
        faults = (misfit(entry, shape[0], f"{place}[{number}]") for number, entry in enumerate(body))
        return next((fault for fault in faults if fault is not None), None)
    if isinstance(shape, Mapping):
        if not isinstance(body, Mapping):
            return _other(body, dict, place)
        faults = (
            misfit(body[key], wanted, f"{place}.{key}") if key in body else f"nothing at {place}.{key}"
            for key, wanted in shape.items()
        )
        return next((fault for fault in faults if fault is not None), None)
    if shape == TIME:
        return None if _is_time(body) else f"at {printable(place)} no time"
    wanted = shape if isinstance(shape, tuple) else (shape,)
    fits = object in wanted or (isinstance(body, wanted) and (bool in wanted or not isinstance(body, bool)))
    return None if fits else _other(body, wanted[0], place)


def _is_time(body: Any) -> bool:
    try:
        return isinstance(body, str) and datetime.fromisoformat(body).tzinfo is not None
    except ValueError:
        return False


def _other(body: Any, wanted: type, place: str) -> str:
    at = f"at {printable(place)} " if place else ""
    return f"{at}{_NAMES.get(type(body), 'nothing')} instead of {_NAMES[wanted]}"


_NAMES: Mapping[type, str] = {
    dict: "an object",
    list: "a list",
    str: "a string",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}

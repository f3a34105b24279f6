"""Ids from content: the same thing has the same id on every machine, in every run.

What every record is: frozen, slotted, validated when made, and the same as JSON and back.
"""

from __future__ import annotations

import hashlib
from dataclasses import Field, field, fields
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any, TypeVar, cast, dataclass_transform

import pydantic
from pydantic.dataclasses import dataclass

from toolkit.errors import InvalidInput

_HEX_DIGITS = 24  # 96 bits: among 10^10 records the chance of one collision is about 6e-10


def digest(data: bytes) -> str:
    """Return the full SHA-256 of bytes as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def content_id(*parts: str | int | None) -> str:
    """Return the id of a record that is told apart by `parts`: 24 hex digits of their SHA-256.

    The parts are hashed as a JSON array, so that ("ab", "c") and ("a", "bc") differ.
    """
    try:
        return _remembered_id(*parts)
    except TypeError:  # in a spoilt export a list stands where an id should
        return _remembered_id.__wrapped__(*parts)


@lru_cache(maxsize=16, typed=True)  # a record that is made checks its id at once
def _remembered_id(*parts: str | int | None) -> str:
    return digest(f"[{','.join(map(_json, parts))}]".encode(errors="backslashreplace"))[:_HEX_DIGITS]


def _json(part: str | int | None) -> str:  # as json.dumps, in half its time: ids are made and checked by the million
    return encode_basestring(part) if isinstance(part, str) else "null" if part is None else str(part)


def whole(text: str) -> str:
    """Return a text with "?" for each half of a character (a lone surrogate), which no UTF-8 holds."""
    return text if text.isascii() else text.encode(errors="replace").decode()


T = TypeVar("T")

_STRICT = pydantic.ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def record(cls: type[T]) -> type[T]:
    """Make a class a record: a frozen, slotted, keyword-only dataclass whose types hold.

    Making one with a wrong type or a broken rule raises `InvalidInput`'s cousin from pydantic; at a border
    (files, servers) use `from_json` or `from_row`, which raise `InvalidInput` with the place.
    """
    return cast(type[T], dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)(cls))


def stored_fields(cls: type[Any]) -> tuple[Field[Any], ...]:
    """Return the fields of a record class that JSON and tables hold: all but those that are known in memory only."""
    known = getattr(cls, "__pydantic_fields__", {})
    return tuple(item for item in fields(cls) if not (item.name in known and known[item.name].exclude))


_ADAPTERS: dict[type[Any], pydantic.TypeAdapter[Any]] = {}  # building one takes milliseconds


def _adapter(cls: type[Any]) -> pydantic.TypeAdapter[Any]:
    if cls not in _ADAPTERS:
        _ADAPTERS[cls] = pydantic.TypeAdapter(cls)
    return _ADAPTERS[cls]


def to_json(item: object) -> str:
    """Return a record as one line of JSON: fields in their declared order, text as it is, no spaces."""
    return _adapter(type(item)).dump_json(item).decode()


def to_row(item: object) -> dict[str, Any]:
    """Return a record as plain dicts, lists and scalars, ready for an Arrow table."""
    row: dict[str, Any] = _adapter(type(item)).dump_python(item, mode="json")
    return row


def from_json(cls: type[T], line: str | bytes, *, where: str | None = None) -> T:
    """Read one record back from `to_json`'s line.

    Raises:
        InvalidInput: The line is no JSON, lacks a field, has an unknown one or breaks a rule of the record.
    """
    try:
        item: T = _adapter(cls).validate_json(line)
    except pydantic.ValidationError as error:
        raise _invalid(cls, error, where) from error
    return item


def from_row(cls: type[T], row: object, *, where: str | None = None) -> T:
    """Read one record back from `to_row`'s dict; lists become tuples. Raises as `from_json`."""
    try:
        item: T = _adapter(cls).validate_python(row, strict=False)
    except pydantic.ValidationError as error:
        raise _invalid(cls, error, where) from error
    return item


def _invalid(cls: type[Any], error: pydantic.ValidationError, where: str | None) -> InvalidInput:
    faults = []
    for fault in error.errors(include_url=False):
        path = ".".join(map(str, fault["loc"]))
        what = fault["msg"].removeprefix("Value error, ")
        faults.append(InvalidInput(f"not a valid {cls.__name__}: {what}" + (f" @ {path}" if path else ""), where=where))
    return InvalidInput.all_of(faults)

"""Ids from content: the same thing has the same id on every machine, in every run."""

from __future__ import annotations

import hashlib
import json

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # made once: it is called per sentence
_HEX_DIGITS = 24  # 96 bits: among 10^10 records the chance of one collision is about 6e-10


def digest(data: bytes) -> str:
    """Return the full SHA-256 of bytes as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def content_id(*parts: str | int | None) -> str:
    """Return the id of a record that is told apart by `parts`: 24 hex digits of their SHA-256.

    The parts are hashed as a JSON array, so that ("ab", "c") and ("a", "bc") differ.
    """
    return digest(_ENCODE(parts).encode())[:_HEX_DIGITS]

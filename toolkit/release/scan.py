"""A last look before freezing: no e-mail address and no token may get into a release."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from toolkit.errors import InvalidInput

_PATTERNS: Final[Mapping[str, str]] = {
    "an e-mail address": r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}",
    "a Hugging Face token": r"\bhf_[A-Za-z0-9]{30,}",
    "a GitHub token": r"\bgh[pousr]_[A-Za-z0-9]{36,}",
    "an AWS key": r"\bAKIA[0-9A-Z]{16}\b",
    "a JSON web token": r"\beyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
}
_ANY = "|".join(f"(?:{pattern})" for pattern in _PATTERNS.values())
_MOST = 20  # faults that are shown; who sees twenty looks at the rule, not at the twenty-first


class Scanner:
    """Looks at every string of the tables that pass through it.

    Args:
        allowed: Strings that may be released all the same, such as the address of a newsroom.
    """

    def __init__(self, allowed: Collection[str] = ()) -> None:
        self._allowed = frozenset(allowed)
        self._faults: list[InvalidInput] = []

    def watch(self, config: str, slices: Iterator[pa.Table]) -> Iterator[pa.Table]:
        """Yield the slices unchanged, looking at each."""
        for table in slices:
            for name in table.column_names:
                self._look(config, name, table)
            yield table

    def look_at(self, name: str, text: str) -> None:
        """Look at a file that is no table."""
        self._faults += [
            InvalidInput(f"{what} would be released", where=name, remedy=_REMEDY) for what in self._found(text)
        ]

    def refuse(self) -> None:
        """Raise if anything was found.

        Raises:
            InvalidInput: Something must not be released; `faults` holds the first twenty places.
        """
        if self._faults:
            raise InvalidInput.all_of(self._faults[:_MOST])

    def _look(self, config: str, name: str, table: pa.Table) -> None:
        key = table.column_names[0]
        for path, parents, values in _strings(name, table[name].combine_chunks()):
            hits = pc.indices_nonzero(pc.fill_null(pc.match_substring_regex(values, _ANY), False)).to_pylist()
            for hit in hits if len(self._faults) < _MOST else []:
                row = table[key][parents[hit].as_py() if parents is not None else hit].as_py()
                for what in self._found(values[hit].as_py()):
                    where = f"{config}.{path} of {key} {row}"
                    self._faults.append(InvalidInput(f"{what} would be released", where=where, remedy=_REMEDY))

    def _found(self, text: str) -> list[str]:
        return [
            what
            for what, pattern in _PATTERNS.items()
            if any(found[0] not in self._allowed for found in re.finditer(pattern, text))
        ]


_REMEDY = "mend what says so, allow that very string under `release:` in toolkit.yaml, or take the article down"


def _strings(
    path: str, array: pa.Array, parents: pa.Array | None = None
) -> Iterator[tuple[str, pa.Array | None, pa.Array]]:
    """Yield (path, row of each value, values) of every string array within an array."""
    if pa.types.is_string(array.type):
        yield path, parents, array
    elif pa.types.is_list(array.type):
        own = pc.list_parent_indices(array)
        yield from _strings(path, array.flatten(), own if parents is None else parents.take(own))
    elif pa.types.is_struct(array.type):
        for field, part in zip(array.type, array.flatten(), strict=True):
            yield from _strings(f"{path}.{field.name}", part, parents)

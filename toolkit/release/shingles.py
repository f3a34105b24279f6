"""Near duplicates by shingles: texts as sets of five characters each, and the few that can be near a given one.

Two sets whose Jaccard similarity is at least t share at least t times the larger one's elements. So, with all shingles
in one order, two such sets share m of those among the first n - ⌈t n⌉ + m of each: only those are looked up, the rarest
shingles first (m = 1: Chaudhuri, Ganti & Kaushik 2006, "A Primitive Operator for Similarity Joins in Data Cleaning";
greater m: Wang, Li & Feng 2012, "Can We Beat the Prefix Filtering?"). Nothing is missed, and nothing is random.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

SHINGLE = 5
"""Characters per shingle."""

Numbers = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]

_BATCH = 2048  # texts at a time: their place in a batch takes 11 bits, and leaves 53 to a shingle's number
_BITS = np.uint64(53)
_MASK = np.uint64(2**53 - 1)
_BUCKETS = np.uint64(22)  # bits of a number by which shingles are counted: an order is all that is wanted of it
_MOST = 2**21 - 1  # more often is as often
_PAIRS = 4_000_000  # compared at a time
_SHARED = 8  # the m above: more makes fewer candidates of more work each
_FACTORS = [np.uint64(pow(0x9E3779B97F4A7C15, place + 1, 2**64)) for place in range(SHINGLE)]


def shingles(text: str) -> set[str]:
    """Return the shingles of a text; a text that is shorter than one is its only shingle.

    Examples:
        >>> sorted(shingles("bridge"))
        ['bridg', 'ridge']
    """
    return {text[start : start + SHINGLE] for start in range(max(1, len(text) - SHINGLE + 1))}


class _Batch(NamedTuple):
    """The shingles of up to `_BATCH` texts, each once per text, ordered by text.

    Attributes:
        owners: The place of the text.
        numbers: 53 bits that stand for the shingle.
        sizes: Number of shingles of each text.
    """

    owners: Places
    numbers: Numbers
    sizes: Places


def _batches(texts: Iterable[str]) -> Iterator[_Batch]:
    waiting = iter(texts)
    while batch := [text.ljust(SHINGLE, "\0") for text in itertools.islice(waiting, _BATCH)]:
        codes = np.frombuffer("".join(batch).encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
        owners = np.repeat(np.arange(len(batch)), [len(text) for text in batch])
        ends = len(codes) - SHINGLE + 1
        mixed = np.zeros(ends, dtype=np.uint64)
        for place, factor in enumerate(_FACTORS):
            mixed += codes[place : ends + place] * factor
        mixed ^= mixed >> np.uint64(29)
        mixed *= np.uint64(0xBF58476D1CE4E5B9)
        within = owners[:ends] == owners[SHINGLE - 1 :]  # those that lie in one text
        keys = np.unique(owners[:ends][within].astype(np.uint64) << _BITS | mixed[within] >> np.uint64(11))
        found = (keys >> _BITS).astype(np.int64)
        yield _Batch(found, keys & _MASK, np.bincount(found, minlength=len(batch)))


class Near:
    """An index of texts that finds those near a given one.

    Args:
        near: Jaccard similarity from which two texts are near, above 0.
    """

    def __init__(self, near: float) -> None:
        self._near = near
        self._frequencies = np.zeros(1 << int(_BUCKETS), dtype=np.int32)
        self._found: Numbers = np.empty(0, dtype=np.uint64)
        self._owners: npt.NDArray[np.int32] = np.empty(0, dtype=np.int32)
        self._sizes: npt.NDArray[np.int32] = np.empty(0, dtype=np.int32)

    def count(self, texts: Iterable[str]) -> None:
        """Learn which shingles are rare. Any texts will do; the texts that are to be compared make the search fast."""
        for batch in _batches(texts):
            places, counts = np.unique(batch.numbers >> (_BITS - _BUCKETS), return_counts=True)
            self._frequencies[places] += counts.astype(np.int32)

    def indexed(self, texts: Iterable[str]) -> Self:
        """Return an index that finds these texts, by their place among them, with the frequencies learnt so far."""
        made = type(self).__new__(type(self))
        made._near, made._frequencies = self._near, self._frequencies
        found, owners, sizes, before = [], [], [], 0
        for batch in _batches(texts):
            kept = self._first(batch)
            found.append(batch.numbers[kept])
            owners.append((batch.owners[kept] + before).astype(np.int32))
            sizes.append(batch.sizes.astype(np.int32))
            before += len(batch.sizes)
        numbers = np.concatenate([np.empty(0, np.uint64), *found])
        order = np.argsort(numbers, kind="stable")
        made._found, made._owners = numbers[order], np.concatenate([np.empty(0, np.int32), *owners])[order]
        made._sizes = np.concatenate([np.empty(0, np.int32), *sizes])
        return made

    def candidates(self, texts: Iterable[str]) -> Iterator[list[int]]:
        """Yield per text the places, ascending, of all texts that may be near it: all that are, and few others."""
        for batch in _batches(texts):
            kept = self._first(batch)
            owners, numbers = batch.owners[kept], batch.numbers[kept]
            starts = np.searchsorted(self._found, numbers)
            counts = np.searchsorted(self._found, numbers, side="right") - starts
            found: list[list[int]] = [[] for _ in batch.sizes]
            for part in _parts(owners, counts):
                for one, other in self._pairs(owners[part], starts[part], counts[part], batch.sizes):
                    found[one].append(other)
            yield from found

    def _pairs(self, owners: Places, starts: Places, counts: Places, sizes: Places) -> list[tuple[int, int]]:
        """Return (place in the batch, place here), sorted, of the pairs that share enough and are of like size."""
        ones = np.repeat(owners, counts)
        steps = np.arange(len(ones)) - np.repeat(np.cumsum(counts) - counts, counts)
        others = self._owners[np.repeat(starts, counts) + steps]
        mine, yours = sizes[ones], self._sizes[others]
        fits = (yours >= self._near * mine - 1e-9) & (yours * self._near <= mine + 1e-9)
        keys, shared = np.unique(ones[fits] << 32 | others[fits], return_counts=True)
        one, other = keys >> 32, keys & 0xFFFFFFFF
        enough = shared >= np.minimum(_SHARED, self._least(np.maximum(sizes[one], self._sizes[other])))
        return list(zip(one[enough].tolist(), other[enough].tolist(), strict=True))

    def _least(self, sizes: Places) -> Places:
        """Return how many shingles a text of each size shares at least with every text that is near it."""
        least: Places = np.ceil(self._near * sizes - 1e-9).astype(np.int64)
        return least

    def _first(self, batch: _Batch) -> Places:
        """Return where in a batch those shingles stand, by text, that are looked up."""
        rarity = np.minimum(self._frequencies[batch.numbers >> (_BITS - _BUCKETS)], _MOST).astype(np.uint64)
        low = batch.numbers & np.uint64(2**32 - 1)
        order = np.argsort(batch.owners.astype(np.uint64) << _BITS | rarity << np.uint64(32) | low, kind="stable")
        lengths = batch.sizes - self._least(batch.sizes) + _SHARED
        ranks = np.arange(len(order)) - np.repeat(np.cumsum(batch.sizes) - batch.sizes, batch.sizes)
        first: Places = order[ranks < np.repeat(lengths, batch.sizes)]
        return first


def _parts(owners: Places, counts: Places) -> Iterator[slice]:
    """Cut the shingles of a batch into runs of whole texts that make about `_PAIRS` pairs each."""
    done = np.cumsum(counts)
    ends = np.flatnonzero(np.diff(owners, append=-1)) + 1  # of each text
    start = 0
    for end, next_end in zip(ends, [*ends[1:], None], strict=True):
        before = done[start - 1] if start else 0
        if next_end is None or done[next_end - 1] - before > _PAIRS:
            yield slice(start, int(end))
            start = int(end)

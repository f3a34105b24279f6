"""Text whose every character knows the bytes that it was read from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toolkit.ingest.decode import Decoded, Offsets
from toolkit.records import Piece


@dataclass(frozen=True, slots=True)
class Traced:
    """Characters and their byte ranges within one page.

    Attributes:
        text: The characters.
        starts: First byte of each character, length len(text).
        ends: One past its last byte, length len(text). Characters of one escape share a range.
    """

    text: str
    starts: Offsets
    ends: Offsets

    @classmethod
    def of(cls, page: Decoded) -> Traced:
        """Trace a decoded page."""
        return cls(page.text, page.bounds[:-1], page.bounds[1:])

    def cut(self, start: int, end: int) -> Traced:
        """Return characters `start` to `end`."""
        return Traced(self.text[start:end], self.starts[start:end], self.ends[start:end])

    def pieces(self, start: int, end: int, at: int) -> list[Piece]:
        """Return the pieces of characters `start` to `end` when they stand at `at` in an article.

        Characters whose bytes follow one another without a gap are one piece.
        """
        if start == end:
            return []
        starts, ends = self.starts[start:end], self.ends[start:end]
        follows = (starts[1:] == ends[:-1]) | ((starts[1:] == starts[:-1]) & (ends[1:] == ends[:-1]))
        edges = [0, *(np.flatnonzero(~follows) + 1).tolist(), end - start]
        return [
            Piece(start=at + a, end=at + b, byte_start=int(starts[a]), byte_end=int(ends[b - 1]))
            for a, b in zip(edges, edges[1:], strict=False)
        ]

"""Text in which the bytes of every character are known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from toolkit.ingest.formats.encoding import Decoded, Offsets
from toolkit.records import Piece

_LINE = re.compile(r"\S(?:[^\r\n]*\S)?")
_NOWHERE: Offsets = np.zeros(1, dtype=np.int64)
_FEW_RUNS = 16

_BREAK = (-1, 0, "\n")

Run = tuple[int, int, str] | None
"""A stretch of a source text and what it stands for; see `Traced.of_runs`."""


@dataclass(frozen=True, slots=True)
class Traced:
    """Characters and their byte ranges within one page.

    Attributes:
        text: The characters.
        starts: First byte of each character, length len(text).
        ends: One past its last byte, length len(text). Characters of one escape share a range.
            White space that stands for markup has an empty one.
    """

    text: str
    starts: Offsets
    ends: Offsets

    @classmethod
    def of(cls, page: Decoded) -> Traced:
        """Trace a decoded page."""
        return cls(page.text, page.bounds[:-1], page.bounds[1:])

    @classmethod
    def of_runs(cls, source: Traced, runs: Iterable[Run]) -> Traced:
        """Return the text that is put together from runs of a source.

        Args:
            source: The text that the runs index into.
            runs: Start and end of a stretch of the source, and the text that it stands for: itself, or one resolved
                escape. None is a line feed without bytes.
        """
        runs = list(runs)
        if 0 < len(runs) <= _FEW_RUNS:
            return cls._of_few(source, runs)
        places, texts = [run or _BREAK for run in runs], [run[2] if run else "\n" for run in runs]
        firsts, lasts = (np.array([place[side] for place in places], dtype=np.int64) for side in (0, 1))
        sizes = np.array([*map(len, texts)], dtype=np.int64)
        first = np.arange(sizes.sum()) + (firsts - sizes.cumsum() + sizes).repeat(sizes)
        last = first
        escaped = sizes != lasts - firsts
        if escaped.any():
            last, inside = first.copy(), escaped.repeat(sizes)
            first[inside] = firsts[escaped].repeat(sizes[escaped])
            last[inside] = lasts[escaped].repeat(sizes[escaped]) - 1
        nowhere = first < 0
        starts, ends = (side if len(side) else _NOWHERE for side in (source.starts, source.ends))
        starts, ends = starts[first], ends[last]
        starts[nowhere] = ends[nowhere] = 0
        return cls("".join(texts), starts, ends)

    @classmethod
    def _of_few(cls, source: Traced, runs: Sequence[Run]) -> Traced:
        """Do the same as `of_runs`, faster for a few runs: they are copied one by one."""
        starts, ends = [], []
        for run in runs:
            start, end, text = run or (0, 0, "\n")
            if run is None:
                starts.append(_NOWHERE)
                ends.append(_NOWHERE)
            elif len(text) == end - start:
                starts.append(source.starts[start:end])
                ends.append(source.ends[start:end])
            else:
                starts.append(source.starts[start : start + 1].repeat(len(text)))
                ends.append(source.ends[end - 1 : end].repeat(len(text)))
        whole = "".join("\n" if run is None else run[2] for run in runs)
        return cls(whole, np.concatenate(starts), np.concatenate(ends))

    def cut(self, start: int, end: int) -> Traced:
        """Return characters `start` to `end`."""
        return Traced(self.text[start:end], self.starts[start:end], self.ends[start:end])

    def lines(self) -> list[Traced]:
        """Return the lines that aren't blank, without the white space at their ends."""
        return [self.cut(*found.span()) for found in _LINE.finditer(self.text)]

    def one_line(self) -> Traced:
        """Return the text on one line: a space without bytes for each line break and the white space around it."""
        whole = Traced.joined(self.lines())
        return Traced(whole.text.replace("\n", " "), whole.starts, whole.ends)

    def replaced(self, cuts: Sequence[tuple[int, int, str]]) -> Traced:
        """Return the text with stretches of it replaced by white space without bytes, or by nothing.

        Args:
            cuts: Start, end and the white space of each, in order and without overlap.
        """
        if not cuts:
            return self
        texts: list[str] = []
        starts: list[Offsets] = []
        ends: list[Offsets] = []
        at = 0
        for start, end, blank in [*cuts, (len(self.text), len(self.text), "")]:
            texts += [self.text[at:start], blank]
            nowhere = _NOWHERE.repeat(len(blank))
            starts += [self.starts[at:start], nowhere]
            ends += [self.ends[at:start], nowhere]
            at = end
        return Traced("".join(texts), np.concatenate(starts), np.concatenate(ends))

    def pieces(self, start: int, end: int, at: int) -> list[Piece]:
        """Return the pieces of characters `start` to `end`, which begin at `at` in an article.

        Characters whose bytes follow one another without a gap are one piece.
        """
        starts, ends = self.starts[start:end], self.ends[start:end]
        somewhere = ends > starts
        if somewhere.all() and (starts[1:] == ends[:-1]).all():
            whole = (int(starts[0]), int(ends[-1])) if len(starts) else None
            return [Piece(start=at, end=at + len(starts), byte_start=whole[0], byte_end=whole[1])] if whole else []
        follows = (starts[1:] == ends[:-1]) | ((starts[1:] == starts[:-1]) & (ends[1:] == ends[:-1]))
        follows &= somewhere[1:] & somewhere[:-1]
        edges = [0, *(np.flatnonzero(~follows) + 1).tolist(), end - start]
        return [
            Piece(start=at + a, end=at + b, byte_start=int(starts[a]), byte_end=int(ends[b - 1]))
            for a, b in pairwise(edges)
            if a < b and somewhere[a]
        ]

    @classmethod
    def concatenated(cls, parts: Sequence[Traced]) -> Traced:
        """Return texts one after the other, as one."""
        if len(parts) == 1:
            return parts[0]
        starts = np.concatenate([_NOWHERE[:0], *(part.starts for part in parts)])
        ends = np.concatenate([_NOWHERE[:0], *(part.ends for part in parts)])
        return cls("".join(part.text for part in parts), starts, ends)

    @classmethod
    def joined(cls, parts: Sequence[Traced]) -> Traced:
        """Return texts, each on a line of its own; the line feeds between them have no bytes."""
        if not parts:
            return cls("", _NOWHERE[:0], _NOWHERE[:0])
        if len(parts) == 1:
            return parts[0]
        starts, ends = [parts[0].starts], [parts[0].ends]
        for part in parts[1:]:
            starts += [_NOWHERE, part.starts]
            ends += [_NOWHERE, part.ends]
        return cls("\n".join(part.text for part in parts), np.concatenate(starts), np.concatenate(ends))

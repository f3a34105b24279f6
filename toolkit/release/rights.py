"""How much of other people's words a release carries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, Self

import pyarrow as pa
import pyarrow.compute as pc

from toolkit.errors import UsageError

_FORM = re.compile(r"full|offsets|snippet:([1-9][0-9]*)")


@dataclass(frozen=True, slots=True)
class TextRule:
    """What is released of the articles' words.

    Attributes:
        mode: "full": all of it. "offsets": no word, but url, hashes and offsets, from which `hydrate` rebuilds the
            text out of the reader's own copies of the pages. "snippet": as "offsets", with the beginning of each
            sentence.
        length: Code points of a snippet.
    """

    mode: Literal["full", "offsets", "snippet"] = "full"
    length: int = 0

    @classmethod
    def parse(cls, value: str) -> Self:
        """Read "full", "offsets" or "snippet:N".

        Raises:
            UsageError: It is none of them.
        """
        found = _FORM.fullmatch(value)
        if found is None:
            raise UsageError(f"text: {value!r} is not known", remedy="say full, offsets or snippet:N")
        if found[1]:
            return cls("snippet", int(found[1]))
        return cls("full" if value == "full" else "offsets")

    def __str__(self) -> str:
        return f"snippet:{self.length}" if self.mode == "snippet" else self.mode

    @property
    def full(self) -> bool:
        """Every word is released."""
        return self.mode == "full"

    def shorten(self, texts: pa.ChunkedArray) -> pa.ChunkedArray:
        """Cut texts to what may be released of them."""
        return pc.utf8_slice_codeunits(texts, 0, self.length) if self.mode == "snippet" else texts

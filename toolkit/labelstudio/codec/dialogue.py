"""The words of a dialogue: what Label Studio shows with `<Paragraphs>`, one turn a line, with who says it.

A region names the turn in which it begins and the one in which it ends, by their numbers as strings, and the places
within them, which count UTF-16 units here and not code points (measured, 1.23.2); a region of whole turns may name no
places.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from toolkit.labelstudio.codec.offsets import Offsets, code_points, is_offset, locate

SPEAKER, WORDS = "author", "text"
"""The keys of a turn's speaker and words, where the page names no others."""


@dataclass(frozen=True)
class Dialogue:
    """A dialogue as one text, and where the words of each turn stand in it.

    Attributes:
        text: "Ada: Is it so?" and the like, one turn a line.
        turns: Where the words of each turn begin in `text`, and the words.
    """

    text: str
    turns: tuple[tuple[int, str], ...]

    @classmethod
    def of(cls, turns: Any, *, speaker: str = SPEAKER, words: str = WORDS) -> Dialogue | None:
        r"""Read the turns of a task's data; None if they are none, or one has no words.

        Args:
            turns: A list of objects.
            speaker: Key of who speaks.
            words: Key of what is said.

        Examples:
            >>> Dialogue.of([{"author": "Ada", "text": "Is it so?"}, {"text": "It is."}]).text
            'Ada: Is it so?\nIt is.'
        """
        if not isinstance(turns, list) or not turns:
            return None
        text = ""
        found: list[tuple[int, str]] = []
        for turn in turns:
            said = turn.get(words) if isinstance(turn, Mapping) else None
            if not isinstance(said, str):
                return None
            who = turn.get(speaker)
            text += ("\n" if found else "") + (f"{who}: " if isinstance(who, str) and who else "")
            found.append((len(text), said))
            text += said
        return cls(text, tuple(found))

    def locate(self, value: Mapping[str, Any]) -> Offsets | str:
        """Return the offsets in `text` of a region, as it was sent; or why it has none, as `offsets.locate`."""
        first, last = (self._turn(value.get(key)) for key in ("start", "end"))
        if first is None or last is None:
            return "no-offsets"
        places = value.get("startOffset", 0), value.get("endOffset", _units(last[1]))
        if not all(map(is_offset, places)):
            return "no-offsets"
        start, end = code_points(first[1], places[0]), code_points(last[1], places[1])
        if start is None or end is None:
            return "offset-mismatch"
        claimed = value.get("text") if first is last else None  # of several turns it has no speakers
        return locate(self.text, first[0] + start, last[0] + end, claimed or None, trim=False)

    def _turn(self, number: Any) -> tuple[int, str] | None:
        """Return a turn by its number, which is a string."""
        at = int(number) if isinstance(number, str) and number.isdecimal() else number
        return self.turns[at] if is_offset(at) and 0 <= at < len(self.turns) else None


def _units(words: str) -> int:
    return len(words.encode("utf-16-le", "surrogatepass")) // 2


def dialogues_of(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the key of each dialogue in a task's data, with its words."""
    for key, value in data.items():
        found = Dialogue.of(value)
        if found is not None:
            yield key, found.text

"""The counts of one kind in a story, merged by named rules: ACLED's, UCDP's, and the latest of each source."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from toolkit.figures import acled_minimum
from toolkit.ledger.mention import KINDS, Correction, Mention, standing

KILLED = "killed"


@dataclass(frozen=True, slots=True)
class Cell:
    """A number, and the figures that it is.

    Attributes:
        value: The number of people; None where no figure gives one.
        mentions: The figures with this number, in the order of time.
    """

    value: int | None
    mentions: tuple[Mention, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentences of the figures, each once."""
        return tuple(dict.fromkeys(mention.sentence_id for mention in self.mentions))


@dataclass(frozen=True, slots=True, kw_only=True)
class Toll:
    """All figures of one kind in a story, merged; nothing is ever added up.

    Of each source only the latest figure stands, and none that its source doubts or denies. Of the standing figures:

    | cell | rule |
    |---|---|
    | acled | the most conservative: the lowest count, a vague word as what it is built on; of people killed only |
    | low | UCDP: the lowest lower bound |
    | best | UCDP: the lowest lower bound among sources without a stake, else among all |
    | high | UCDP: the highest upper bound; of a figure without one, its lower bound |
    | latest_low, latest_high | the bounds of the figures that none is certainly later than |

    Attributes:
        story_id: The story.
        kind: Field → value of what is counted; "" where it is not said.
        acled: See above.
        low: See above.
        best: See above.
        high: See above.
        open: The highest number is only a lower bound ("at least 20"): there may be more.
        latest_low: See above; None if a latest figure has no lower bound.
        latest_high: See above; None if a latest figure has no upper bound.
        standing: The standing figures, in the order of time.
        mentions: All figures of the kind, copies once.
        corrections: What sources changed.
        contradiction: The sentences of two standing figures that no number fits, the higher first; empty without.

    Source:
        ACLED, frequently asked questions about fatality counts; UCDP, Georeferenced Event Dataset codebook: low, best
        and high estimates, and the lower figure where no source is more reliable.
    """

    story_id: str
    kind: dict[str, str]
    acled: Cell
    low: Cell
    best: Cell
    high: Cell
    open: bool
    latest_low: Cell
    latest_high: Cell
    standing: tuple[Mention, ...]
    mentions: tuple[Mention, ...]
    corrections: tuple[Correction, ...]
    contradiction: tuple[str, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """Whose figures stand, sorted."""
        return tuple(sorted({mention.source for mention in self.standing}))


def tolls(
    story_id: str,
    found: Iterable[Mention],
    *,
    kinds: Sequence[str] = KINDS,
    updates: Collection[tuple[str, str]] = (),
) -> list[Toll]:
    """Merge the figures of a story, kind by kind.

    Args:
        story_id: The story.
        found: Its figures in any order, copies once.
        kinds: Fields of a figure that tell kinds apart.
        updates: (later sentence, earlier sentence) of figures that are linked as one replacing the other.

    Returns:
        One per kind, in alphabetical order.
    """
    groups: dict[tuple[str, ...], list[Mention]] = {}
    for mention in found:
        groups.setdefault(mention.kind(kinds), []).append(mention)
    return [_toll(story_id, dict(zip(kinds, kind, strict=True)), groups[kind], updates) for kind in sorted(groups)]


def _toll(story_id: str, kind: dict[str, str], found: Sequence[Mention], updates: Collection[tuple[str, str]]) -> Toll:
    kept, corrections = standing((mention for mention in found if mention.counts), updates)
    neutral = [mention for mention in kept if mention.disinterested and _least(mention) is not None]
    high = _cell(max, _top, kept)
    latest = [mention for mention in kept if not any(mention.told.before(other.told) for other in kept)]
    return Toll(
        story_id=story_id,
        kind=kind,
        acled=_cell(min, _conservative, kept) if kind.get("harm", KILLED) == KILLED else Cell(None),
        low=_cell(min, _least, kept),
        best=_cell(min, _least, neutral or kept),
        high=high,
        open=any(_most(mention) is None for mention in high.mentions),
        latest_low=_bound(min, _least, latest),
        latest_high=_bound(max, _most, latest),
        standing=tuple(kept),
        mentions=tuple(sorted(found, key=lambda mention: (mention.told.order, mention.span.start))),
        corrections=tuple(corrections),
        contradiction=_contradiction(kept),
    )


_Number = Callable[[Mention], int | None]


def _cell(choose: Callable[[list[int]], int], number: _Number, among: Sequence[Mention]) -> Cell:
    numbers = [value for mention in among if (value := number(mention)) is not None]
    if not numbers:
        return Cell(None)
    value = choose(numbers)
    return Cell(value, tuple(mention for mention in among if number(mention) == value))


def _bound(choose: Callable[[list[int]], int], number: _Number, among: Sequence[Mention]) -> Cell:
    """Return a bound of the hull of figures: there is none if one of them has none."""
    unbounded = tuple(mention for mention in among if number(mention) is None)
    return Cell(None, unbounded) if unbounded else _cell(choose, number, among)


def _conservative(mention: Mention) -> int | None:
    return None if mention.figure is None else acled_minimum(mention.figure)


def _least(mention: Mention) -> int | None:
    return None if mention.figure is None else mention.figure.least


def _most(mention: Mention) -> int | None:
    return None if mention.figure is None else mention.figure.most


def _top(mention: Mention) -> int | None:
    most = _most(mention)
    return _least(mention) if most is None else most


def _contradiction(kept: Sequence[Mention]) -> tuple[str, ...]:
    """Return the sentences of the two figures that are farthest apart, if no number fits both.

    Two figures of one sentence are parts of each other as often as not, and are no contradiction.
    """
    lower = [mention for mention in kept if _least(mention) is not None]
    upper = [mention for mention in kept if _most(mention) is not None]
    if not lower or not upper:
        return ()
    top = max(lower, key=lambda mention: _least(mention) or 0)
    bottom = min(upper, key=lambda mention: _most(mention) or 0)
    pairs = [(top, other) for other in upper if other.sentence_id != top.sentence_id]
    pairs += [(other, bottom) for other in lower if other.sentence_id != bottom.sentence_id]
    apart = [((_least(one) or 0) - (_most(other) or 0), one, other) for one, other in pairs]
    if not apart:
        return ()
    gap, one, other = max(apart, key=lambda item: item[0])
    return (one.sentence_id, other.sentence_id) if gap > 0 else ()

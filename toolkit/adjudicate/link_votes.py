"""The links that people agree on: one that most of those drew who could have drawn it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from toolkit.records import Link, LinkAnswer


@dataclass(frozen=True, slots=True)
class VotedLink:
    """A link that somebody drew.

    Attributes:
        link: As the first person in alphabetical order drew it.
        drawn: How many people drew it.
        offered: How many people answered a window with both of its sentences.
    """

    link: Link
    drawn: int
    offered: int

    @property
    def holds(self) -> bool:
        """More than half of those who could have drawn it did."""
        return 2 * self.drawn > self.offered

    @property
    def disputed(self) -> bool:
        """Just half of them did."""
        return 2 * self.drawn == self.offered


def link_votes(answers: Iterable[LinkAnswer]) -> list[VotedLink]:
    """Count who drew each link and who could have.

    A person counts once, however many windows show them both sentences. Skips count for nothing, and so does an answer
    with a part that could not be taken.

    Args:
        answers: As they stand, in any order.

    Returns:
        By label, head and tail.

    Examples:
        >>> from toolkit.records import Anchor
        >>> ends = [Anchor(sentence_id=each, label="claim", start=0, end=1, text="x") for each in "ab"]
        >>> def answer(person, *links):
        ...     return LinkAnswer(
        ...         annotation_id=person, window_id="w", annotator=person, offered=("a", "b"), links=links,
        ...         schema="s@1.0.0", created_at="2026-01-01", updated_at="2026-01-01")
        >>> drawn = Link(label="denies", head=ends[0], tail=ends[1])
        >>> [(each.drawn, each.offered, each.disputed) for each in link_votes([answer("ada", drawn), answer("ben")])]
        [(1, 2, True)]
    """
    votes = sorted(
        (each for each in answers if not each.skipped and not each.rejected),
        key=lambda each: (each.annotator, each.window_id, each.annotation_id),
    )
    drawn: dict[tuple[str, str, str], dict[str, Link]] = {}
    for answer in votes:
        for link in answer.links:
            drawn.setdefault(link.ends, {}).setdefault(answer.annotator, link)
    saw: dict[str, set[tuple[str, str]]] = {}  # sentence → (person, window)
    for answer in votes:
        for sentence_id in answer.offered:
            saw.setdefault(sentence_id, set()).add((answer.annotator, answer.window_id))
    found = []
    for ends in sorted(drawn):
        people = {person for person, _ in saw[ends[1]] & saw[ends[2]]}
        first = drawn[ends][min(drawn[ends])]
        found.append(VotedLink(first, len(drawn[ends]), len(people)))
    return found

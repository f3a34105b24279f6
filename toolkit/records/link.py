"""Links between sentences: one person's answer to a stretch of a story, and the places that a link joins."""

from __future__ import annotations

from typing import Literal

from toolkit.records.base import content_id, record


@record
class Anchor:
    """One end of a link: a sentence, or a span of it.

    Attributes:
        sentence_id: The sentence.
        label: The label of the sentence, or of the span, for which it may be an end.
        start: First code point in the sentence's text; 0 for the sentence as a whole.
        end: One past the last.
        text: `sentence.text[start:end]`, always.
    """

    sentence_id: str
    label: str
    start: int
    end: int
    text: str

    def __post_init__(self) -> None:
        """Check the length."""
        if self.start < 0 or self.end - self.start != len(self.text) or not self.text:
            raise ValueError(f"offsets {self.start}-{self.end} do not hold a text of {len(self.text)} characters")


@record
class Link:
    """A directed link between two sentences.

    Attributes:
        label: Id of the link in the schema, such as "denies".
        head: What it starts from.
        tail: What it points to.
    """

    label: str
    head: Anchor
    tail: Anchor

    @property
    def link_id(self) -> str:
        """Content id of its label and the two sentences."""
        return content_id(*self.ends)

    @property
    def ends(self) -> tuple[str, str, str]:
        """What tells it from other links: its label and the two sentences."""
        return self.label, self.head.sentence_id, self.tail.sentence_id


@record
class LinkDecision:
    """What the project holds of a link that somebody drew.

    Attributes:
        link: The link.
        drawn: How many people drew it.
        offered: How many people answered a window with both of its sentences.
        holds: It is held to be true.
        method: "unanimous" and "majority" of those who could have drawn it, or "expert".
    """

    link: Link
    drawn: int
    offered: int
    holds: bool
    method: Literal["unanimous", "majority", "expert"]

    @property
    def disputed(self) -> bool:
        """Just half of those who could have drawn it did, and no expert has settled it."""
        return self.method != "expert" and 2 * self.drawn == self.offered


@record
class LinkAnswer:
    """The links that one person drew in one window of a story, in one revision.

    Attributes:
        annotation_id: Content id of the answer at the place where it was made.
        window_id: The window: the same words with the same places to link.
        annotator: Pseudonym of the person.
        offered: The sentences that could be linked there, sorted.
        links: By label, head and tail.
        schema: "name@version".
        created_at: ISO 8601, UTC, of the first revision.
        updated_at: ISO 8601, UTC, of this revision.
        lead_time: Seconds that the person took, None where the server did not say.
        skipped: The person declined to answer.
        note: What the person wrote beside it.
        rejected: How many of the links could not be taken.
    """

    annotation_id: str
    window_id: str
    annotator: str
    offered: tuple[str, ...]
    links: tuple[Link, ...] = ()
    schema: str
    created_at: str
    updated_at: str
    lead_time: float | None = None
    skipped: bool = False
    note: str | None = None
    rejected: int = 0

    def __post_init__(self) -> None:
        """Check the references."""
        ends = {end.sentence_id for link in self.links for end in (link.head, link.tail)}
        if not ends <= set(self.offered):
            raise ValueError("a link leads to a sentence that the window did not offer")

    @property
    def votes(self) -> bool:
        """Whether the answer has a vote: it is no skip, and every part of it could be taken."""
        return not self.skipped and not self.rejected

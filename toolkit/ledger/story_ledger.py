"""The ledger of a story: its claims in time, and its counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from toolkit.ledger.mention import KINDS, Mention, mentions
from toolkit.ledger.statement import Statement, Told, told_once
from toolkit.ledger.toll import Toll, tolls
from toolkit.records import Link

UPDATES = "updates"
"""The link from a figure to the one that it replaces."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A link that a model suggests and nobody has drawn: it is shown, and changes no count.

    Attributes:
        link: The link as it reads from here: "denies", or "denied_by" where it leads here.
        sentence_id: The other sentence.
        probability: That the link holds, in [0, 1].
    """

    link: str
    sentence_id: str
    probability: float


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement with a speech act or a figure: a row of the ledger.

    Attributes:
        told: The statement, with its copies.
        mentions: Its figures.
        contradicts: Sentences whose figures no number fits together with one of its own.
        linked: Link → the sentences that it leads to from here, such as those that it denies.
        linked_by: Link → the sentences that lead here by it, such as the denials of this.
        guesses: Links from here and to here that a model suggests.
    """

    told: Told
    mentions: tuple[Mention, ...]
    contradicts: tuple[str, ...] = ()
    linked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    linked_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    guesses: tuple[Guess, ...] = ()


@dataclass(frozen=True, slots=True)
class Ledger:
    """One story.

    Attributes:
        story_id: The story.
        articles: How many articles it has statements of.
        claims: Who says what, in the order of time; what has no time comes last.
        tolls: Who counts how many, per kind.
    """

    story_id: str
    articles: int
    claims: tuple[Claim, ...]
    tolls: tuple[Toll, ...]

    @property
    def contradictions(self) -> int:
        """How many of the tolls no number fits."""
        return sum(bool(toll.contradiction) for toll in self.tolls)


def ledgers(
    statements: Iterable[Statement],
    *,
    kinds: Sequence[str] = KINDS,
    links: Iterable[Link] = (),
    guessed: Iterable[tuple[Link, float]] = (),
) -> list[Ledger]:
    """Return the ledger of each story with a claim or a figure.

    Args:
        statements: Decided sentences of any stories, in any order: the order makes no difference.
        kinds: Fields of a figure that tell counts apart; figures that differ in one are never merged.
        links: Links between sentences that hold. A link to a copy is one to the sentence that stands for it, and a
            figure that another one `updates` does not stand.
        guessed: Links that a model suggests, with their probability; they change no count.

    Returns:
        By story_id.

    Examples:
        >>> from toolkit.ledger import Place
        >>> from toolkit.records import Span
        >>> def told(at, words, low):
        ...     figure = Span(span_id="f", label="FIGURE", start=0, end=len(words), text=words,
        ...                   attributes={"low": low, "high": low, "qualifier": "exact", "harm": "killed"})
        ...     return Statement(
        ...         story_id="s", article_id=at, sentence_id=at, start=0, text=f"{words} died.", language="en",
        ...         publisher="Tavli Post", published_at=at, labels=("casualty_figure",), spans=(figure,),
        ...         place=Place(page="a.txt", sha256="0" * 64, pieces=((0, 9),)),
        ...     )
        >>> (ledger,) = ledgers([told("2026-03-13", "36", 36), told("2026-03-12", "14", 14)])
        >>> (toll,) = ledger.tolls
        >>> toll.acled.value, [(each.before.figure.low, each.after.figure.low) for each in toll.corrections]
        (36, [(14, 36)])
    """
    stories: dict[str, list[Statement]] = {}
    for statement in statements:
        stories.setdefault(statement.story_id, []).append(statement)
    drawn = sorted({link.ends for link in links})
    likely = sorted({(link.ends, probability) for link, probability in guessed})
    made = (_ledger(story_id, stories[story_id], kinds, drawn, likely) for story_id in sorted(stories))
    return [ledger for ledger in made if ledger.claims]


def _ledger(
    story_id: str,
    statements: Sequence[Statement],
    kinds: Sequence[str],
    drawn: Sequence[tuple[str, str, str]],
    likely: Sequence[tuple[tuple[str, str, str], float]],
) -> Ledger:
    told = told_once([each for each in statements if each.says])  # a copy that says nothing hides no other
    stands = {each.sentence_id: item.first.sentence_id for item in told for each in (item.first, *item.copies)}
    links = {(label, stands[a], stands[b]) for label, a, b in drawn if a in stands and b in stands}
    guesses = _guesses(likely, stands, {(label, head) for label, head, _ in links})
    updates = {(head, tail) for label, head, tail in links if label == UPDATES and head != tail}
    found = {each.first.sentence_id: tuple(mentions(each)) for each in told}
    counted = tolls(story_id, (mention for each in found.values() for mention in each), kinds=kinds, updates=updates)
    against: dict[str, list[str]] = {}
    for toll in counted:
        for one, other in (toll.contradiction, toll.contradiction[::-1]) if toll.contradiction else ():
            against.setdefault(one, []).append(other)
    claims = tuple(
        Claim(
            each,
            found[each.first.sentence_id],
            tuple(sorted(set(against.get(each.first.sentence_id, ())))),
            _grouped((label, tail) for label, head, tail in links if head == each.first.sentence_id),
            _grouped((label, head) for label, head, tail in links if tail == each.first.sentence_id),
            guesses.get(each.first.sentence_id, ()),
        )
        for each in told
        if each.first.acts or found[each.first.sentence_id]
    )
    articles = {statement.article_id for statement in statements}
    return Ledger(story_id, len(articles), claims, tuple(counted))


_PASSIVE = {"denies": "denied_by", "confirms": "confirmed_by"}


def _guesses(
    likely: Iterable[tuple[tuple[str, str, str], float]], stands: Mapping[str, str], drawn: Collection[tuple[str, str]]
) -> dict[str, tuple[Guess, ...]]:
    """Return sentence → its guesses; what somebody has linked by a label needs none of that label."""
    found: dict[str, tuple[Guess, ...]] = {}
    for (label, start, end), probability in likely:
        head, tail = stands.get(start), stands.get(end)
        if head is not None and tail is not None and head != tail and (label, head) not in drawn:
            found[head] = (*found.get(head, ()), Guess(label, tail, probability))
            back = _PASSIVE.get(label, f"{label}_by")
            found[tail] = (*found.get(tail, ()), Guess(back, head, probability))
    return found


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Return link → sentences, both sorted."""
    found: dict[str, list[str]] = {}
    for label, sentence_id in sorted(pairs):
        found.setdefault(label, []).append(sentence_id)
    return {label: tuple(ids) for label, ids in found.items()}

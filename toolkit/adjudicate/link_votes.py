"""The links that people agree on: one that most of those drew who could have drawn it, or an expert."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from toolkit.records import Link, LinkAnswer, LinkDecision


def link_votes(answers: Iterable[LinkAnswer], experts: Iterable[LinkAnswer] = ()) -> list[LinkDecision]:
    """Count who drew each link and who could have, and decide.

    A person counts once, however many windows show them both sentences. Skips count for nothing, and so does an answer
    with a part that could not be taken. An expert's answer decides every pair of sentences that their window offered:
    what they drew holds, and nothing else does; of several experts the latest.

    Args:
        answers: Of annotators, as they stand, in any order.
        experts: Of experts, as they stand, in any order.

    Returns:
        By label, head and tail: every link that somebody drew.

    Examples:
        >>> from toolkit.records import Anchor
        >>> ends = [Anchor(sentence_id=each, label="claim", start=0, end=1, text="x") for each in "ab"]
        >>> def answer(person, *links):
        ...     return LinkAnswer(
        ...         annotation_id=person, window_id="w", annotator=person, offered=("a", "b"), links=links,
        ...         schema="s@1.0.0", created_at="2026-01-01", updated_at="2026-01-01")
        >>> drawn = Link(label="denies", head=ends[0], tail=ends[1])
        >>> people = [answer("ada", drawn), answer("ben")]
        >>> [(each.drawn, each.offered, each.disputed, each.holds) for each in link_votes(people)]
        [(1, 2, True, False)]
        >>> [(each.method, each.disputed, each.holds) for each in link_votes(people, [answer("cleo", drawn)])]
        [('expert', False, True)]
    """
    votes = sorted((each for each in answers if each.votes), key=_person)
    drawn: dict[_Ends, dict[str, Link]] = {}
    for answer in votes:
        for link in answer.links:
            drawn.setdefault(link.ends, {}).setdefault(answer.annotator, link)
    saw: dict[str, set[tuple[str, str]]] = {}  # sentence → (person, window)
    for answer in votes:
        for sentence_id in answer.offered:
            saw.setdefault(sentence_id, set()).add((answer.annotator, answer.window_id))
    words = sorted((each for each in experts if each.votes), key=lambda each: (each.updated_at, *_person(each)))
    named = {link.ends: link for answer in words for link in answer.links}
    found = []
    for ends in sorted({*drawn, *named}):
        people = drawn.get(ends, {})
        offered = len({person for person, _ in saw.get(ends[1], set()) & saw.get(ends[2], set())})
        link = people[min(people)] if people else named[ends]
        holds, method = _word(words, ends) or _counted(len(people), offered)
        link = named[ends] if holds and method == "expert" else link
        found.append(LinkDecision(link=link, drawn=len(people), offered=offered, holds=holds, method=method))
    return found


_Ends = tuple[str, str, str]
_Method = Literal["unanimous", "majority", "expert"]


def _counted(drawn: int, offered: int) -> tuple[bool, _Method]:
    return 2 * drawn > offered, "unanimous" if drawn == offered else "majority"


def _word(experts: Iterable[LinkAnswer], ends: _Ends) -> tuple[bool, _Method] | None:
    """Return what the latest expert says of a link whose sentences they were shown; None where none was."""
    said = [any(link.ends == ends for link in each.links) for each in experts if {*ends[1:]} <= {*each.offered}]
    return (said[-1], "expert") if said else None


def _person(answer: LinkAnswer) -> tuple[str, str, str]:
    return answer.annotator, answer.window_id, answer.annotation_id

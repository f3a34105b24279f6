"""The stage of the baseline for links: it learns from the links that hold in a project, and suggests others there."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from toolkit.adjudicate.stage import decided_links
from toolkit.baselines.links.link_pairs import Embed, LinkPair, link_pairs
from toolkit.baselines.links.link_ranker import LinkRanker
from toolkit.baselines.links.link_scores import LinkScores, link_scores
from toolkit.encoders.embedding import embedder
from toolkit.errors import InvalidInput
from toolkit.ledger.stage import decided_statements
from toolkit.ledger.statement import Statement
from toolkit.project import Workspace
from toolkit.project.logs.link_log import link_answers
from toolkit.records import Link
from toolkit.schema import Schema

NAME: Final = "ranked links"
"""The name that suggestions of this baseline are logged under."""


@dataclass(frozen=True, slots=True)
class SuggestedLink:
    """A link that the baseline suggests.

    Attributes:
        link: The link.
        probability: How sure it is, in [0, 1].
    """

    link: Link
    probability: float


ENCODERS: Final = ("use", "minilm")
"""The encoders that are tried, the one of many languages first; see `toolkit.encoders.encoder`."""


def embedding() -> Embed | None:
    """Return what makes embeddings: of the first of `ENCODERS` that is installed; None where none is."""
    for name in ENCODERS:
        with suppress(InvalidInput):
            return embedder(name).transform
    return None


def suggested_links(workspace: Workspace, *, embed: Embed | None = None) -> list[SuggestedLink]:
    """Return the links that the baseline suggests in the stories of a project, likeliest first per head.

    It learns from the stories in which somebody was shown sentences to link; of links of which fewer than
    `toolkit.baselines.links.link_ranker.LEAST` hold there, its weights are set by hand.

    Args:
        workspace: The project; its sentences are decided.
        embed: What makes embeddings; see `embedding`.
    """
    pairs = _pairs(list(decided_statements(workspace)), workspace.schema(), embed)
    ranker = LinkRanker.fitted(*_seen(workspace, pairs))
    return suggestions(ranker, pairs)


def guessed_links(
    workspace: Workspace, statements: Sequence[Statement], *, embed: Embed | None = None
) -> list[SuggestedLink]:
    """Return the links that the baseline suggests between statements, of which some are a model's.

    The probability is that of the link times those of its two sentences.

    Args:
        workspace: The project; the baseline learns from the links that hold in it.
        statements: Decided sentences, and others with the probability of what a model says of them.
        embed: What makes embeddings; see `embedding`.
    """
    schema = workspace.schema()
    ranker = LinkRanker.fitted(*_seen(workspace, _pairs(list(decided_statements(workspace)), schema, embed)))
    sure = {each.sentence_id: 1.0 if each.probability is None else each.probability for each in statements}
    return [
        SuggestedLink(each.link, each.probability * sure[each.link.ends[1]] * sure[each.link.ends[2]])
        for each in suggestions(ranker, _pairs(statements, schema, embed))
    ]


def suggestions(ranker: LinkRanker, pairs: Sequence[LinkPair]) -> list[SuggestedLink]:
    """Return the pairs that a ranker suggests, as links."""
    return [
        SuggestedLink(Link(label=each.pair.label, head=each.pair.head, tail=each.pair.tail), each.probability)
        for each in ranker.ranked(pairs)
        if each.suggested
    ]


def project_scores(workspace: Workspace, *, embed: Embed | None = None) -> list[LinkScores]:
    """Return how well the baseline finds the links of a project, by cross-validation over its linked stories."""
    pairs = _pairs(list(decided_statements(workspace)), workspace.schema(), embed)
    seen, drawn = _seen(workspace, pairs)
    return link_scores(seen, drawn)


def _pairs(statements: Sequence[Statement], schema: Schema, embed: Embed | None) -> list[LinkPair]:
    stories: dict[str, list[Statement]] = {}
    for each in statements:
        stories.setdefault(each.story_id, []).append(each)
    return [pair for story_id in sorted(stories) for pair in link_pairs(stories[story_id], schema, embed)]


def _seen(workspace: Workspace, pairs: Sequence[LinkPair]) -> tuple[list[LinkPair], set[tuple[str, str, str]]]:
    """Return the pairs that somebody was shown together, and the links that hold among them."""
    offered = [frozenset(answer.offered) for answer in link_answers(workspace) if not answer.skipped]
    of: dict[str, set[int]] = {}
    for number, window in enumerate(offered):
        for sentence_id in window:
            of.setdefault(sentence_id, set()).add(number)
    shown = [pair for pair in pairs if of.get(pair.head.sentence_id, set()) & of.get(pair.tail.sentence_id, set())]
    return shown, {each.link.ends for each in decided_links(workspace) if each.holds}

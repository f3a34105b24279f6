"""The stage plan: annotations/log.jsonl, sentences.parquet → what designs of labelling would cost and show."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from toolkit.agreement.answer_table import AnswerTable
from toolkit.errors import InvalidInput
from toolkit.plan.design import Design, PlanRow, expected
from toolkit.project.workspace import Workspace
from toolkit.records import Sentence

SHARES = (0.05, 0.1, 0.2, 0.5, 1.0)


def plan(
    workspace: Workspace,
    *,
    shares: Sequence[float] = SHARES,
    annotators: Sequence[int] = (),
    adaptive: int | None = None,
    seed: int = 0,
) -> list[PlanRow]:
    """Simulate designs of labelling for all sentences of a project from the answers that it has.

    Args:
        workspace: The project.
        shares: Shares of the articles that several people answer.
        annotators: How many people those are; default: what toolkit.yaml asks for, but at least two.
        adaptive: How many people a sentence is asked of at most while those before differ; None: nobody further.
        seed: Of the draws.

    Raises:
        InvalidInput: No two people have answered the same sentence, or there are no sentences.
    """
    article_of = dict(workspace.columns(Sentence, "sentence_id", "article_id"))
    pilot = AnswerTable.of(workspace.answers(), article_of)
    if not pilot.doubled:
        raise InvalidInput(
            "no two people have answered the same sentence, so nothing shows how far people agree",
            where=str(workspace.annotations.path),
            remedy="let two people answer some thirty articles (`toolkit push --limit 300`), then `toolkit pull`",
        )
    several = annotators or (max(2, workspace.config.label_studio.annotators_per_sentence),)
    labels = [label.id for label in workspace.schema().active]
    designs = [Design(share=share, annotators=people, adaptive=adaptive) for people, share in product(several, shares)]
    return expected(
        pilot, labels, designs, articles=len(set(article_of.values())), sentences=len(article_of), seed=seed
    )

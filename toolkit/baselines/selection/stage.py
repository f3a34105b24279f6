"""The stage that says what to label next, and whether it is still worth it: selection.jsonl."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from toolkit.baselines.data.row_reader import rows_of_release
from toolkit.baselines.evaluation.schema_match import schema_note
from toolkit.baselines.models.save_load import load
from toolkit.baselines.selection.ranking import RANDOM_SHARE, draw, select
from toolkit.baselines.training.learning_curve import sentence_curve
from toolkit.baselines.training.stage import last_model
from toolkit.errors import InvalidInput
from toolkit.project import Made, Outcome, Workspace, derive
from toolkit.project.files import file_digest
from toolkit.records import content_id
from toolkit.release import newest

ORDER = "selection.jsonl"
REPORT = "reports/selection.json"

LOOKAHEAD = 500
"""Sentences by which it is judged whether to go on, where the batch is smaller: a small batch never adds much."""

ENOUGH = 0.005
"""Macro F1: where less is expected of them, even at the upper end of the interval, they are not worth their labels."""


def select_project(
    workspace: Workspace,
    model: Path | None = None,
    *,
    count: int = 500,
    waiting: Collection[str] = (),
    random_share: float = RANDOM_SHARE,
    seed: int = 0,
) -> Outcome:
    """Rank the sentences that nobody has answered yet, into selection.jsonl, which `toolkit push --order` sends.

    Args:
        workspace: The project.
        model: The model directory; default: the one that was trained last. Before the first, all are drawn at random.
        count: How many sentences.
        waiting: sentence_ids that are left out: they wait for answers already.
        random_share: Share of the selected that is drawn at random, for honest estimates and thresholds.
        seed: For the random ones and the learning curve.

    Raises:
        InvalidInput: There is no such model, or no sentence.
        UsageError: The share is no share.
    """
    with workspace.lock():
        folder = model or last_model(workspace)
        release = newest(workspace.path("releases"))
        inputs = {
            "sentences.parquet": file_digest(workspace.path("sentences.parquet")),
            "annotations/log.jsonl": file_digest(workspace.annotations.path),
        }
        if folder is not None:
            inputs[f"{folder.name}/config.json"] = file_digest(folder / "config.json")
        if release is not None:
            inputs[f"releases/{release.version}/manifest.json"] = file_digest(release.path / "manifest.json")
        how: dict[str, Any] = {"count": count, "random_share": random_share, "seed": seed}
        return derive(
            workspace.root,
            "select",
            inputs=inputs,
            parameters=how | {"waiting": content_id(*sorted(waiting)), "schema": workspace.schema().digest},
            make=partial(_select, workspace, folder, release.path if release else None, waiting, **how),
        )


def _select(
    workspace: Workspace,
    folder: Path | None,
    release: Path | None,
    waiting: Collection[str],
    *,
    count: int,
    random_share: float,
    seed: int,
) -> Made:
    answered = {answer.sentence_id for answer in workspace.answers()}
    sentences = workspace.sentences()
    unanswered = [sentence for sentence in sentences if sentence.sentence_id not in answered]
    free = [sentence for sentence in unanswered if sentence.sentence_id not in waiting]
    ids = [sentence.sentence_id for sentence in free]
    notes = []
    if folder is None:
        chosen = draw(ids, count=count, seed=seed)
    else:
        model = load(folder)
        if gap := schema_note(model, workspace.schema()):
            notes.append(f"{folder.absolute().name}: {gap}")
        chosen = select(
            model,
            [sentence.text for sentence in free],
            ids,
            count=count,
            labelled=[sentence.text for sentence in sentences if sentence.sentence_id in answered],
            random_share=random_share,
            seed=seed,
        )
    lines = "".join(json.dumps(asdict(item), ensure_ascii=False) + "\n" for item in chosen)
    report = json.dumps(_worth(release, count, seed) | {"notes": notes}, indent=2, ensure_ascii=False) + "\n"
    return Made(
        files={ORDER: lines.encode(), REPORT: report.encode()},
        counts={
            "chosen": len(chosen),
            "at random": sum(item.why == "random" for item in chosen),
            "left": len(free) - len(chosen),
            "wait for answers": len(unanswered) - len(free),
        },
    )


def _worth(release: Path | None, count: int, seed: int) -> dict[str, Any]:
    """Return what more sentences are expected to add, and whether to stop; unknown without enough stories."""
    try:
        if release is None:
            raise InvalidInput("there is no release yet")
        curve = sentence_curve(rows_of_release(release, "train"), more=max(count, LOOKAHEAD), seed=seed)
    except InvalidInput as error:
        return {"stop": None, "summary": f"what more labels are worth is not known: {error.what}", "curve": None}
    stop = None if curve.gain.high is None else curve.gain.high < ENOUGH
    advice = f": less than {ENOUGH} even at its upper end, too little to go on labelling" if stop else ""
    return {"stop": stop, "summary": curve.summary + advice, "curve": curve.to_dict()}

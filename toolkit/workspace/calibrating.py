"""How annotators did in the quiz that the schema's examples make."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from toolkit.schema import Score, quiz, score
from toolkit.workspace.project import Workspace


def quiz_scores(workspace: Workspace) -> Mapping[str, Score]:
    """Return the score of each annotator who answered an item of the quiz as it is now, by pseudonym.

    Of several answers of a person to an item the last one counts; a skip is no answer.
    """
    if not workspace.calibration.path.exists():
        return {}
    items = quiz(workspace.schema())
    given: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for answer in sorted(workspace.quiz_answers(), key=lambda answer: (answer.updated_at, answer.annotation_id)):
        if not answer.skipped:
            given[answer.annotator][answer.sentence_id] = answer.labels
    scores = {annotator: score(items, given[annotator]) for annotator in sorted(given)}
    return {annotator: found for annotator, found in scores.items() if found.answered}

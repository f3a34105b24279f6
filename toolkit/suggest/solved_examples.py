"""Solved examples for a prompt, from what the project has decided: of many stories, every label in turn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from toolkit.records import Decision, Suggestion, content_id
from toolkit.suggest.prompt import Question, Solved


def solved_examples(decisions: Iterable[Decision], questions: Mapping[str, Question], count: int) -> list[Solved]:
    """Return decided sentences to show as examples, at most one per story.

    The labels take turns, and within a label a hash of the sentence decides, never its place: the same decisions give
    the same examples. There is one more than is shown, since none is shown for a sentence of its own story.

    Args:
        decisions: What the project holds to be true; those that await an expert should not be among them.
        questions: The sentences by sentence_id.
        count: How many are shown at once; 0 for none.
    """
    if not count:
        return []
    by_label: dict[str, list[Decision]] = defaultdict(list)
    for each in sorted(decisions, key=lambda each: content_id("example", each.sentence_id)):
        for label in each.labels:
            if each.sentence_id in questions:
                by_label[label].append(each)
    chosen: dict[str, Solved] = {}  # by story
    turns = [iter(by_label[label]) for label in sorted(by_label)]
    while turns and len(chosen) <= count:
        left = []
        for turn in turns:
            found = next((each for each in turn if questions[each.sentence_id].story_id not in chosen), None)
            if found is not None and len(chosen) <= count:
                chosen[questions[found.sentence_id].story_id] = _solved(found, questions[found.sentence_id])
                left.append(turn)
        turns = left
    return list(chosen.values())


def _solved(decision: Decision, question: Question) -> Solved:
    answer = Suggestion(
        sentence_id=decision.sentence_id,
        shown=None,
        model="gold",
        labels=decision.labels,
        spans=decision.spans,
        relations=decision.relations,
        schema=decision.schema,
    )
    return Solved(question=question, answer=answer)

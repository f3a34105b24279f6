"""The voice of models: what they say of a label, as one voter of a class of its own beside people (`people+models`).

People's votes come first. What all of them say of a label stands, and a sentence that nobody answered is not decided.
Where people differ, the models speak with one voice: yes if more than half of them give the label, no if fewer do, and
nothing at a tie. Ten copies of a model are not ten witnesses. How much the voice counts is measured on people. With T
the truth as people's votes have it, the odds of the label are multiplied by

    P(voice | T) / P(voice | not T)

as counted on all other sentences, each by the probability that T has there with all votes, one imagined sentence of
each kind with them: a confusion matrix of the class, by the steps of Dawid & Skene (1979). A voice that is as often
wrong as right changes nothing, and one that says the opposite counts as the opposite. Where people are of one mind,
sentences are easier than where they differ, so the voice is measured on easier sentences than those it is heard on.

Labels alone: spans, fields and relations are people's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from toolkit.adjudicate.aggregation import LabelBeliefs
from toolkit.adjudicate.models.votes import FloatArray
from toolkit.records import Annotation, Suggestion
from toolkit.records.base import content_id
from toolkit.schema import Schema, validate

PEOPLE_AND_MODELS = "people+models"
"""The method of a decision in which models had a vote."""

_ROUNDS, _SETTLED = 100, 1e-6
_EDGE = 1e-3  # people's votes alone never make a label surer than this


def model_votes(
    suggestions: Iterable[Suggestion], schema: Schema, swayed: Collection[str] = ()
) -> dict[str, tuple[Annotation, ...]]:
    """Return the answers of models that vote on each sentence, as answers whose annotator is the model.

    Of several versions of a model the one asked last votes. A model that has never given a label has none to vote on,
    and an answer that is of another schema, or breaks a rule of this one, has no vote.

    Args:
        suggestions: The log, from the oldest on.
        schema: The schema that is decided under.
        swayed: Sentences on which people saw a suggestion: they have heard it already.

    Returns:
        By sentence_id, and by model.
    """
    newest: dict[str, str] = {}
    found: dict[str, dict[str, Suggestion]] = defaultdict(dict)
    for each in suggestions:
        newest[each.model.partition("@")[0]] = each.model
        found[each.model][each.sentence_id] = each
    votes: dict[str, list[Annotation]] = defaultdict(list)
    for model in sorted(newest.values()):
        said = found[model].values()
        if not any(each.labels for each in said):
            continue
        for each in said:
            of_schema = each.schema in (None, schema.ref)
            if of_schema and each.sentence_id not in swayed and not validate(schema, each.labels):
                votes[each.sentence_id].append(_as_answer(each, schema))
    return {sentence_id: tuple(votes[sentence_id]) for sentence_id in sorted(votes)}


def _as_answer(suggestion: Suggestion, schema: Schema) -> Annotation:
    return Annotation(
        annotation_id=content_id("model", suggestion.model, suggestion.sentence_id, *suggestion.labels),
        sentence_id=suggestion.sentence_id,
        annotator=suggestion.model,
        labels=suggestion.labels,
        schema=schema.ref,
        created_at="",  # nobody wrote down when
        updated_at="",
    )


def with_models(beliefs: LabelBeliefs, votes: Mapping[str, Sequence[Annotation]]) -> LabelBeliefs:
    """Return what people believe of labels that they differ on, with the models heard.

    Args:
        beliefs: What people's votes say.
        votes: Answers of models by sentence_id; see `model_votes`.
    """
    probabilities = beliefs.probabilities.copy()
    heard = np.zeros(probabilities.shape, dtype=bool)
    for at, label in enumerate(beliefs.labels):
        voices = np.array([_voice(label, votes.get(sentence_id, ())) for sentence_id in beliefs.sentences])
        contested = (beliefs.shares[:, at] > 0) & (beliefs.shares[:, at] < 1)
        heard[:, at] = contested & (voices != 0)
        updated = _posterior(probabilities[:, at], voices)
        probabilities[heard[:, at], at] = updated[heard[:, at]]
    return replace(beliefs, probabilities=probabilities, heard=heard)


def _voice(label: str, answers: Sequence[Annotation]) -> int:
    """Return 1 for yes, −1 for no, and 0 where the models say nothing, or as often yes as no."""
    return int(np.sign(sum(1 if label in answer.labels else -1 for answer in answers)))


def _posterior(people: FloatArray, voices: FloatArray) -> FloatArray:
    """Return probabilities of a label: people's odds times the likelihood ratio of the voice on all other sentences.

    What the voice makes more probable counts in the next round, until it settles: expectation and maximisation.
    """
    sure = np.clip(people, _EDGE, 1 - _EDGE)
    odds, any_voice, found = sure / (1 - sure), voices != 0, people
    for _ in range(_ROUNDS):
        ratio = np.ones(len(people))
        for voice in (1, -1):
            mine = voices == voice
            own = found[mine]
            yes = (1 + own.sum() - own) / (2 + found[any_voice].sum() - own)
            no = (1 + (1 - own).sum() - (1 - own)) / (2 + (1 - found[any_voice]).sum() - (1 - own))
            ratio[mine] = yes / no
        before, found = found, np.asarray(odds * ratio / (1 + odds * ratio))
        if np.abs(found - before).max(initial=0) < _SETTLED:
            break
    return found

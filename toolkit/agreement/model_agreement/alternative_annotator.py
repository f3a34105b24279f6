"""The alternative annotator test: may a model's answers stand in for a person's?

Calderon, N., Reichart, R. & Dror, R. (2025). The Alternative Annotator Test for LLM-as-a-Judge. ACL 2025, 16051-16081.

Each person in turn is left out, and the model is held against this person: who of the two is nearer to the others? Of
person j on item i, with A the score of an answer against the answers of all others,

    F = 1 if A(model) ≥ A(person), else 0        the model is at least as near
    H = 1 if A(person) ≥ A(model), else 0        the person is at least as near

The advantage probability ρ_j is the mean of F. The model wins over person j if the mean of H − F is below ε, the price
that a person's answer may cost, by a one-sided t-test. p-values of all persons are held against the false discovery
rate q with the step-up procedure of Benjamini & Yekutieli (2001, Annals of Statistics 29:1165), which holds under any
dependence. The winning rate ω is the share of persons that the model wins over; from ω ≥ .5 it may stand in for one.

Sentences of a story are not independent. With `stories` the variance of the mean is the one of sums over stories, and t
has as many degrees of freedom as there are stories, less one; without, this is the test of the paper.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from toolkit.agreement.intervals import at_ends, enough, estimate, inflation, plain, too_few, wilson
from toolkit.agreement.ratings import FloatArray, IntArray
from toolkit.errors import InvalidInput, UsageError
from toolkit.records import Estimate
from toolkit.records.base import record

Score = Callable[[Any, Sequence[Any]], float]
"""The nearness of an answer to the answers of others: a greater number is nearer."""

PASSED = 0.5
"""From this winning rate on a model may stand in for a person."""

_EDGE = 1e-12
_CELLS = 4_000_000  # resamples · stories drawn at once


@record
class Rival:
    """A person whom the model was held against.

    Attributes:
        person: The name.
        items: Items that the model, this person and at least one other answered.
        advantage_probability: ρ, in [0, 1]: share of items where the model is at least as near to the others.
        p_value: Of the hypothesis that the person is better by ε or more.
        beaten: Whether the model wins.
    """

    person: str
    items: int
    advantage_probability: float
    p_value: float
    beaten: bool


@record
class AltTest:
    """The result of an alternative annotator test.

    Attributes:
        winning_rate: ω, in [0, 1], with its interval; `n` counts persons. Undefined with fewer than two of them.
        advantage_probability: ρ, the mean of the persons' in [0, 1], with its interval; `n` counts items.
        epsilon: The price of a person's answer that was allowed.
        rivals: Every person with enough items, by name.
        left_out: Items of every person with too few of them.
        missing: Answers that are missing until each of at least two persons has enough items; 0 if none is.
    """

    winning_rate: Estimate
    advantage_probability: Estimate
    epsilon: float
    rivals: tuple[Rival, ...]
    left_out: Mapping[str, int]
    missing: int

    @property
    def passed(self) -> bool:
        """True if the model may stand in for a person."""
        rate = self.winning_rate.value
        return rate is not None and rate >= PASSED

    @property
    def verdict(self) -> str:
        """The result in a sentence."""
        if self.winning_rate.value is None:
            return f"it can't be said yet whether the model may stand in for a person: {self.winning_rate.reason}"
        may = "may" if self.passed else "may not"
        won = sum(rival.beaten for rival in self.rivals)
        return f"the model {may} stand in for a person (ε = {self.epsilon:g}): it wins over {won} of {len(self.rivals)}"


def alt_test(
    people: Mapping[str, Mapping[Hashable, Any]],
    model: Mapping[Hashable, Any],
    *,
    epsilon: float,
    scoring: Literal["accuracy", "neg_rmse"] | Score = "accuracy",
    stories: Mapping[Hashable, Hashable] | None = None,
    q: float = 0.05,
    least_items: int = 30,
    seed: int = 0,
    resamples: int = 1000,
) -> AltTest:
    """Say whether a model's answers may stand in for a person's.

    Args:
        people: Answers of each person by item; items of one person alone are left out.
        model: The model's answers by item; items without one are left out.
        epsilon: What a person's answer may cost, in [0, 1): .2 for experts, .15 for trained people, .1 for a crowd.
        scoring: "accuracy", the share of the others who gave the same answer; "neg_rmse", minus the root of the mean
            squared distance to theirs, for numbers; or a function of an answer and the others' answers.
        stories: Story of each item; default: every item is its own.
        q: False discovery rate over the persons.
        least_items: Persons with fewer items are left out; the t-test needs some 30.
        seed: Seed of the resamples of stories, which the interval of ω rests on.
        resamples: How many.

    Raises:
        UsageError: ε is not in [0, 1), or there is no such scoring.
        InvalidInput: An answer is not a number where numbers are needed, or an item has no story.

    Examples:
        Three people and a model on forty sentences: the third person differs from the others on every fourth, the
        model on every tenth.

        >>> truth = {number: number % 2 for number in range(40)}
        >>> third = {number: label if number % 4 else 1 - label for number, label in truth.items()}
        >>> model = {number: label if number % 10 else 1 - label for number, label in truth.items()}
        >>> found = alt_test({"ada": truth, "ben": truth, "cem": third}, model, epsilon=0.2)
        >>> [rival.beaten for rival in found.rivals], f"{found.winning_rate.value:.2f}"
        ([True, True, True], '1.00')
        >>> found.verdict
        'the model may stand in for a person (ε = 0.2): it wins over 3 of 3'
    """
    if not 0 <= epsilon < 1:
        raise UsageError(f"ε is {epsilon:g}", remedy="give a price from 0 up to, not including, 1")
    score = _score(scoring)
    contests = [_contest(person, people, model, score, stories) for person in sorted(people)]
    held = [contest for contest in contests if len(contest.items) >= least_items]
    left_out = {each.person: len(each.items) for each in contests if len(each.items) < least_items}
    short = sorted(least_items - number for number in left_out.values())
    missing = sum(short[: max(0, 2 - len(held))])
    if len(held) < 2:
        reason = f"{len(held)} of {len(people)} people have {least_items} items or more; two are needed"
        nothing = Estimate(value=None, reason=reason)
        return AltTest(
            winning_rate=nothing,
            advantage_probability=nothing,
            epsilon=epsilon,
            rivals=(),
            left_out=left_out,
            missing=missing,
        )

    names = sorted({name for contest in held for name in contest.stories}, key=str)
    number = {name: at for at, name in enumerate(names)}
    sums = np.stack([contest.sums(number) for contest in held], axis=1)  # (stories, persons, …)
    whole = sums.sum(axis=0, keepdims=True)
    p_values = _p_values(whole, epsilon)[0]
    beaten = benjamini_yekutieli(p_values[None], q)[0]
    advantage = whole[0, :, _F] / whole[0, :, _N]
    rivals = tuple(
        Rival(person=each.person, items=len(each.items), advantage_probability=rho, p_value=p, beaten=wins)
        for each, rho, p, wins in zip(held, advantage.tolist(), p_values.tolist(), beaten.tolist(), strict=True)
    )
    draws = [
        benjamini_yekutieli(_p_values(np.tensordot(weights, sums, axes=1), epsilon), q).mean(axis=1)
        for weights in _weights(len(names), resamples, seed)
    ]
    return AltTest(
        winning_rate=_rate(float(beaten.mean()), draws, len(held)),
        advantage_probability=_advantage(sums, advantage, sum(len(each.items) for each in held)),
        epsilon=epsilon,
        rivals=rivals,
        left_out=left_out,
        missing=missing,
    )


def benjamini_yekutieli(p_values: FloatArray, q: float) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Say which hypotheses are rejected at a false discovery rate, whatever the dependence of their tests.

    Args:
        p_values: Shape (families, hypotheses).
        q: The rate.

    Returns:
        Shape (families, hypotheses).

    Examples:
        >>> benjamini_yekutieli(np.array([[0.001, 0.03, 0.2]]), 0.05).tolist()
        [[True, False, False]]
    """
    tests = p_values.shape[1]
    limits = np.arange(1, tests + 1) / tests * q / (1 / np.arange(1, tests + 1)).sum()
    met = np.sort(p_values, axis=1) <= limits
    rejected = np.where(met.any(axis=1), tests - met[:, ::-1].argmax(axis=1), 0)  # the last that is met, and all before
    rank = np.argsort(np.argsort(p_values, axis=1, kind="stable"), axis=1)
    return np.asarray(rank < rejected[:, None])


# Of each story: items, sums of F, of D = H − F, and what the variance of the mean of D over stories is made of.
_N, _F, _D, _NN, _ND, _DD, _GROUPS = range(7)


@dataclass(frozen=True, slots=True)
class _Contest:
    """A person against the model, item by item."""

    person: str
    items: list[Hashable]
    stories: list[Hashable]
    model: IntArray
    human: IntArray

    def sums(self, number: Mapping[Hashable, int]) -> FloatArray:
        at = np.array([number[name] for name in self.stories])
        items, wins, lead = (
            np.bincount(at, weights=values, minlength=len(number))
            for values in (np.ones(len(at)), self.model, self.human - self.model)
        )
        return np.stack([items, wins, lead, items**2, items * lead, lead**2, items > 0], axis=1).astype(np.float64)


def _contest(
    person: str,
    people: Mapping[str, Mapping[Hashable, Any]],
    model: Mapping[Hashable, Any],
    score: Score,
    stories: Mapping[Hashable, Hashable] | None,
) -> _Contest:
    others = [answers for name, answers in sorted(people.items()) if name != person]
    items, model_wins, human_wins = [], [], []
    for item, answer in people[person].items():
        theirs = [answers[item] for answers in others if item in answers]
        if not theirs or item not in model:
            continue
        try:
            of_model, of_human = score(model[item], theirs), score(answer, theirs)
        except (TypeError, ValueError) as error:
            raise InvalidInput(f"the answers can't be compared: {error}", where=f"item {item!r}") from error
        items.append(item)
        model_wins.append(of_model >= of_human)
        human_wins.append(of_human >= of_model)
    if stories is not None and (lost := [item for item in items if item not in stories]):
        raise InvalidInput("has no story", where=f"item {lost[0]!r}")
    names: list[Hashable] = items if stories is None else [stories[item] for item in items]
    return _Contest(person, items, names, np.array(model_wins, dtype=np.int64), np.array(human_wins, dtype=np.int64))


def _score(scoring: str | Score) -> Score:
    if callable(scoring):
        return scoring
    known: dict[str, Score] = {"accuracy": _accuracy, "neg_rmse": _neg_rmse}
    if scoring not in known:
        raise UsageError(f"there is no scoring {scoring!r}", remedy="use accuracy, neg_rmse or a function")
    return known[scoring]


def _accuracy(answer: Any, others: Sequence[Any]) -> float:
    return sum(bool(answer == other) for other in others) / len(others)


def _neg_rmse(answer: Any, others: Sequence[Any]) -> float:
    distances = np.array([float(other) for other in others]) - float(answer)
    return -float(np.sqrt((distances**2).mean()))


def _p_values(sums: FloatArray, epsilon: float) -> FloatArray:
    """Return P(T ≤ t) of each person, shape (draws, persons), from sums over stories, shape (draws, persons, …)."""
    from scipy.special import stdtr

    items, groups = sums[..., _N], sums[..., _GROUPS]
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = sums[..., _D] / items
        squares = sums[..., _DD] - 2 * mean * sums[..., _ND] + mean**2 * sums[..., _NN]
        error = np.sqrt(np.maximum(squares, 0) * groups / (groups - 1)) / items
        t = np.where(error > _EDGE, (mean - epsilon) / error, np.where(mean < epsilon, -np.inf, np.inf))
    return np.where(groups > 1, stdtr(np.maximum(groups - 1, 1), t), 1.0)


def _rate(value: float, draws: Sequence[FloatArray], persons: int) -> Estimate:
    if not draws:
        return Estimate(value=value, n=persons, reason="one story cannot show how far it varies")
    low, high = np.percentile(np.concatenate(draws), [2.5, 97.5])
    return Estimate(value=value, low=plain(low), high=plain(high), n=persons, method="percentile")


def _weights(stories: int, resamples: int, seed: int) -> Iterator[IntArray]:
    """Yield how often each story is drawn, shape (some draws, stories); nothing for a single story."""
    random, step = np.random.default_rng(seed), max(1, _CELLS // max(stories, 1))
    for start in range(0, resamples if stories > 1 else 0, step):
        yield random.multinomial(stories, np.full(stories, 1 / stories), size=min(step, resamples - start))


def _advantage(sums: FloatArray, advantage: FloatArray, items: int) -> Estimate:
    """Return the mean of ρ over persons, with its interval over stories."""
    value, stories, each = float(advantage.mean()), len(sums), sums[..., _N].sum(axis=0)
    moved = ((sums[..., _F] - advantage * sums[..., _N]) / each).mean(axis=1)
    own = float((advantage * (1 - advantage) / each).sum()) / len(advantage) ** 2
    factor, freedom = inflation(own, moved, (sums[..., _N] / each).mean(axis=1))
    inside = wilson(value, value * (1 - value) / max(own * float(factor), _EDGE**2), freedom)
    bounds = enough(at_ends(value, stories, inside), items, stories)
    return estimate(value, bounds, n=items, reason=too_few(items, stories, what="item"))

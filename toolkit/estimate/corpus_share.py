"""The share of a label in a whole corpus: prediction-powered inference with power tuning.

Angelopoulos, A. N., Duchi, J. C. & Zrnic, T. (2023). PPI++: Efficient Prediction-Powered Inference. arXiv:2311.01453.
Egami, N. et al. (2023). Using imperfect surrogates for downstream inference: design-based supervised learning. NeurIPS.
Särndal, C.-E., Swensson, B. & Wretman, J. (1992). Model Assisted Survey Sampling, chapter 6: the difference estimator.

People have labelled n sentences that were drawn at random, with known probabilities; a model has answered all M. With Y
what people say, f what the model says and π the probability of a sentence to be drawn, the share is

    θ = mean over all of λ f  +  Σ over the labelled of (Y − λ f) / π  /  M

What people found wrong with the model on their part corrects it on the whole. λ, the trust in the model, is set so
that the variance is least: a model that says nothing gets 0, and what is left are people's labels alone. So a bad model
costs precision and never truth.

Sentences that people were sent for another reason, such as those that a model is unsure of, have π = 1: they count for
themselves. How labelled sentences fall on stories shows how they were drawn. If each by itself, stories do not matter
to a share of this corpus; if story by story, the errors of a story are added before they are squared. What lies between
is weighed by how often two sentences of a story are labelled together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from toolkit.agreement.intervals import enough, estimate, plain, too_few, wilson
from toolkit.agreement.ratings import FloatArray, IntArray
from toolkit.errors import InvalidInput
from toolkit.records import Estimate
from toolkit.records.base import record

FEW = 10
"""Sentences with, and without, the label that people must have found before a model may narrow an interval."""

_EDGE = 1e-12


@record
class Share:
    """The share of a label.

    Attributes:
        share: In [0, 1], with its interval; `n` counts labelled sentences.
        alone: The same from people's labels alone.
        model_alone: The share by the model's answers alone, which nothing holds to the truth.
        trust: λ in [0, 1]: how much the model's answers count.
        corpus: Sentences in all.
    """

    share: Estimate
    alone: Estimate
    model_alone: float | None
    trust: float
    corpus: int


def power_tuned(labels: ArrayLike, predicted: ArrayLike, rest: ArrayLike) -> tuple[float, float, float]:
    """Return the mean of PPI++, its standard error and λ, for independent rows, as ppi-python has them.

    Args:
        labels: What is true of the labelled rows, shape (n,).
        predicted: What a model says of them, shape (n,).
        rest: What it says of the unlabelled rows, shape (N,).

    Returns:
        The mean in the population that all rows were drawn from, its standard error, and λ.

    Examples:
        >>> labels, predicted = [1, 0, 1, 1, 0, 0], [0.9, 0.2, 0.7, 0.9, 0.1, 0.4]
        >>> mean, error, trust = power_tuned(labels, predicted, [0.8, 0.1, 0.3, 0.9, 0.2, 0.1, 0.7, 0.6])
        >>> f"{mean:.3f} {error:.3f} {trust:.3f}"
        '0.442 0.141 0.814'
    """
    y, f, other = (np.asarray(each, dtype=np.float64) for each in (labels, predicted, rest))
    n, unlabelled = len(y), len(other)
    together = ((y - y.mean()) * (f - f.mean())).mean()
    spread = float(np.concatenate([f, other]).var(ddof=1))
    trust = float(np.clip(together / ((1 + n / unlabelled) * spread), 0, 1)) if spread > _EDGE else 0.0
    mean = trust * other.mean() + (y - trust * f).mean()
    variance = trust**2 * other.var() / unlabelled + (y - trust * f).var() / n
    return float(mean), float(np.sqrt(variance)), trust


def share_in_corpus(
    labels: ArrayLike,
    predicted: ArrayLike,
    rest: ArrayLike,
    *,
    probabilities: ArrayLike | None = None,
    stories: ArrayLike | None = None,
    rest_stories: ArrayLike | None = None,
) -> Share:
    """Return the share of a label in a corpus of n labelled and N other sentences.

    Args:
        labels: Whether people gave the label, 0 or 1, shape (n,).
        predicted: What a model says of the same sentences, in [0, 1], shape (n,).
        rest: What it says of the other sentences, shape (N,); empty where all are labelled.
        probabilities: Probability of each labelled sentence to be labelled, in (0, 1], shape (n,); default: the same.
        stories: Number of each labelled sentence's story, shape (n,); default: each is of its own.
        rest_stories: The same of the others, shape (N,).

    Raises:
        InvalidInput: A label or a prediction is not in [0, 1], or a probability is not in (0, 1].

    Examples:
        A label that a third of the sentences carry; a model that is mostly right narrows the interval.

        >>> truth = np.arange(900) % 3 == 0
        >>> model = np.where(np.arange(900) % 10 == 0, ~truth, truth)
        >>> drawn = np.arange(900) % 7 == 0
        >>> found = share_in_corpus(truth[drawn], model[drawn], model[~drawn])
        >>> str(found.share), str(found.alone), f"{found.trust:.2f}"
        ('0.34 (0.29 to 0.39)', '0.33 (0.26 to 0.41)', '0.77')
    """
    y, f, other = (np.asarray(each, dtype=np.float64) for each in (labels, predicted, rest))
    n, corpus = len(y), len(y) + len(other)
    drawn = np.full(n, n / corpus if corpus else 1.0)
    if probabilities is not None:
        drawn = np.asarray(probabilities, dtype=np.float64)
    _check(y, f, other, drawn)
    if not n:
        nothing = Estimate(value=None, n=0, reason="nobody has labelled any of these sentences")
        return Share(share=nothing, alone=nothing, model_alone=_mean(other), trust=0.0, corpus=corpus)
    own = np.arange(n) if stories is None else np.asarray(stories, dtype=np.int64)
    further = np.arange(n, corpus) if rest_stories is None else np.asarray(rest_stories, dtype=np.int64)
    together = _together(own, further, drawn)
    trust = _trust(y, f, drawn, own, together)
    everywhere = np.concatenate([f, other])
    alone = _estimate(y, drawn, own, together, corpus)
    shown = alone if trust == 0 else _estimate(y, drawn, own, together, corpus, trust * f, trust * everywhere.mean())
    return Share(share=shown, alone=alone, model_alone=_mean(everywhere), trust=round(trust, 6), corpus=corpus)


def _check(y: FloatArray, f: FloatArray, other: FloatArray, drawn: FloatArray) -> None:
    if len(y) != len(f) or len(y) != len(drawn):
        raise InvalidInput(f"{len(y)} labels, {len(f)} predictions and {len(drawn)} probabilities are not as many")
    for name, values in (("label", y), ("prediction", f), ("prediction", other)):
        if not ((values >= 0) & (values <= 1)).all():  # NaN too
            raise InvalidInput(f"a {name} is not in [0, 1]")
    if not ((drawn > 0) & (drawn <= 1)).all():
        raise InvalidInput("a probability to be labelled is not in (0, 1]")


def _estimate(
    y: FloatArray,
    drawn: FloatArray,
    own: IntArray,
    together: float,
    corpus: int,
    predicted: FloatArray | None = None,
    base: float = 0.0,
) -> Estimate:
    """Return the difference estimator: the mean of what is predicted everywhere, and what is wrong with it."""
    chance = int((drawn < 1).sum())
    if not chance and corpus > len(y):
        return Estimate(value=None, n=len(y), reason="none of these sentences was drawn at random and labelled")
    error = y if predicted is None else y - predicted
    value = _weighted(error, drawn, corpus) + base
    variance = _variance(error, drawn, own, together, corpus, 1 if predicted is None else 2)
    labelled, within = len(np.unique(own)), float(np.clip(value, 0, 1))
    if variance <= _EDGE:  # all the same: as many sentences as there are tell it
        size = np.inf if (drawn >= 1).all() else len(y) / max(1 - float(drawn.mean()), _EDGE)
        bounds = wilson(within, size, 1e6)
    else:
        spread = within * (1 - within)
        least = 1 / len(y) / 4  # a share at an end varies as one that is half a sentence away from it
        bounds = wilson(within, max(spread, least) / variance, max(labelled - 1, 1))
    told = chance or len(y)
    bounds = enough(bounds, told, labelled)
    return estimate(within, bounds, n=len(y), reason=too_few(told, labelled, what="sentence"))


def _weighted(error: FloatArray, drawn: FloatArray, corpus: int) -> float:
    """Return the mean over the corpus of what is known of the labelled; sentences with π = 1 stand for themselves."""
    sure = drawn >= 1
    others = corpus - int(sure.sum())
    weights = 1 / drawn[~sure]
    mean = float((weights * error[~sure]).sum() / weights.sum()) if len(weights) else 0.0
    return (float(error[sure].sum()) + others * mean) / corpus


def _variance(error: FloatArray, drawn: FloatArray, own: IntArray, together: float, corpus: int, used: int) -> float:
    """Return the variance over draws: of each sentence, and of those of a story as far as they come together."""
    chance = drawn < 1
    weights = 1 / drawn[chance]
    if not len(weights):
        return 0.0
    left = error[chance] - (weights * error[chance]).sum() / weights.sum()
    others = corpus - int((~chance).sum())
    parts = weights / weights.sum() * others / corpus * left
    few = len(parts) / max(len(parts) - used, 1)
    alone = float(((1 - drawn[chance]) * parts**2).sum())
    sums = np.bincount(own[chance], weights=parts)
    pairs = float((sums**2).sum() - (parts**2).sum())
    return few * max(alone + together * pairs, alone * 0.5)


def _together(own: IntArray, further: IntArray, drawn: FloatArray) -> float:
    """Return how much sentences of a story were drawn together, from 0 (each by itself) to 1 (story by story)."""
    chance = drawn < 1
    size = int(max(own.max(initial=0), further.max(initial=0))) + 1
    labelled = np.bincount(own[chance], minlength=size).astype(np.float64)
    whole = labelled + np.bincount(further, minlength=size)
    pairs, both = (whole * (whole - 1)).sum(), (labelled * (labelled - 1)).sum()
    if not pairs or not both:
        return 0.0
    share = labelled.sum() / whole.sum()
    often = both / pairs
    return float(np.clip((often - share**2) / often, 0, 1))


def _trust(y: FloatArray, f: FloatArray, drawn: FloatArray, own: IntArray, together: float) -> float:
    """Return λ in [0, 1] that makes the variance on the labelled least; 0 where too little is known for that."""
    chance = drawn < 1
    weights = 1 / drawn[chance]
    given = float(y[chance].sum())
    if min(given, chance.sum() - given) < FEW:
        return 0.0
    parts = []
    for values in (y[chance], f[chance]):
        middle = (weights * values).sum() / weights.sum()
        parts.append(weights * (values - middle))
    (people, model), free = parts, 1 - drawn[chance]

    def product(one: FloatArray, other: FloatArray) -> float:
        sums = [np.bincount(own[chance], weights=each) for each in (one, other)]
        alone = float((one * other).sum())
        return float((free * one * other).sum()) + together * (float((sums[0] * sums[1]).sum()) - alone)

    spread = product(model, model)
    return float(np.clip(product(people, model) / spread, 0, 1)) if spread > _EDGE else 0.0


def _mean(values: FloatArray) -> float | None:
    return plain(values.mean()) if len(values) else None

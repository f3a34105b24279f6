"""Measure how often nominal 95 % intervals hold the truth, for every figure that is printed.

    python scripts/bench/coverage.py [--runs N] [--stories 3,5,10] [--only KIND …] [--enough N] [--jobs J] [--json FILE]
    python scripts/bench/coverage.py --nested N [--stories 20] [--jobs J]

A set of rows: stories of 2 to 14 sentences. Whether a sentence carries a label, and what a model scores it, are shifted
from story to story by normal variables (on the scale of log-odds, standard deviation = clustering; of the score, 0.7 of
that); three labels, a score of unit variance that stands 2 higher where the label is right, probabilities that are
calibrated without clustering, a threshold at .35. A second model, for the difference, adds noise to the score. For
agreement: three people who each miss three sentences in ten, right with log-odds that are shifted by story likewise.
Spans: up to three in a sentence, found, and found with the right ends, by chances that are shifted by story. Links:
every ordered pair of four sentences of a story. Unitizing: a part of a sentence or none, found by two people, each end
of it three characters off in one of three. With and without suggestions: sentences are shown a suggestion or not
by chance, and are answered like it more often where they are. The fall: a noisier model on as many other stories. The
truth is that of 3,000 to 60,000 stories.

`--nested N` instead trains models on N invented sets of so many stories with 8 rows each, and holds the score that
nested cross-validation gives against that of the model of all rows on 30,000 rows of new stories: the mean of the
difference (bias), its standard error, and how often the interval holds the latter. Sets of which some label can't be
learnt in every fold have no score. Exit code 4: a bias is above .01 by more than chance.

`--jobs J` measures on J cores; every batch of sets and every nested set has a seed of its own, so that the table is the
same for any J.

A cell is a figure × stories × prevalence × clustering. `given` is the share of sets of which an interval is given: too
few rows tell nothing, and an interval that only says so would hold everything. Cells with `given` below .10 are left
out. Of figures that are measured set by set a quarter of the sets is drawn. `--enough N` draws more where fewer than N
had an interval, so that each cell rests on so many; `--only` measures some kinds of figures alone.

Exit code 4: a cell is outside .90 to .99, or fewer than 85 % of the cells are within .93 to .97; each but for twice the
standard error of a simulated share.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import product, starmap
from pathlib import Path
from typing import Any, NamedTuple

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import numpy as np

from toolkit.agreement import Ratings
from toolkit.agreement.coefficients import statistic
from toolkit.agreement.intervals import interval, over_stories, proportion
from toolkit.agreement.model_agreement.preannotation_effect import _difference as group_difference
from toolkit.agreement.statistic import prevalence
from toolkit.agreement.structures.link_agreement import enough_links
from toolkit.agreement.structures.span_agreement import Continuum, unitizing_interval
from toolkit.baselines import Rows, train
from toolkit.baselines.data.targets import flags_of
from toolkit.baselines.evaluation.falls import fall
from toolkit.baselines.evaluation.grouped_counts import (
    GroupedCounts,
    accuracy,
    difference_bounds,
    label_bounds,
    macro_bounds,
    micro_bounds,
    overall_scores,
)
from toolkit.baselines.evaluation.metrics import (
    average_precision,
    macro_f1,
    micro_f1,
    precision_estimate,
    precision_recall_f1,
)
from toolkit.baselines.evaluation.reliability import calibration_error, calibration_estimate
from toolkit.baselines.spans.figure_values import _share as figure_share
from toolkit.baselines.spans.span_scores import scores_of
from toolkit.baselines.training.nested_validation import nested_scores
from toolkit.records import Estimate

STORIES = (3, 5, 10, 20, 60)
PREVALENCES = (0.05, 0.1, 0.3, 0.5)
CLUSTERINGS = (0.0, 0.35, 0.7)
LABELS = 3
BATCHES = 40  # sets of a batch have stories of the same sizes where many are drawn at once
SLOW = 4  # of the figures that are measured set by set, one set in so many is
COEFFICIENTS = ("alpha", "ac1", "percent", "positive", "negative")
GIVEN = 0.10
WITHIN = (0.93, 0.97)
LIMITS = (0.90, 0.99)
MOST_BIAS = 0.01


Found = Iterator[tuple[str, Estimate]]


class Batch(NamedTuple):
    """Some of the sets of a cell."""

    kind: str
    clustering: float
    rate: float
    stories: int
    number: int
    sets: int


class Sets(NamedTuple):
    """Sets of rows of the same stories: shape (sets, rows, labels) each but for `member`, (rows,)."""

    gold: Any
    given: Any
    other: Any
    probabilities: Any
    member: Any


def rows(random: np.random.Generator, sets: int, stories: int, rate: float, clustering: float) -> Sets:
    """Draw labels, answers of two models and probabilities."""
    member = np.repeat(np.arange(stories), random.integers(2, 15, stories))
    odds = np.log(rate / (1 - rate))
    shift = random.normal(0, clustering, (sets, stories, LABELS))[:, member]
    gold = random.random(shift.shape) < 1 / (1 + np.exp(-(odds + shift)))
    score = random.normal(0, 1, shift.shape) + random.normal(0, clustering * 0.7, (sets, stories, LABELS))[:, member]
    score += np.where(gold, 2.0, 0.0)
    noisy = score + random.normal(0, 0.6, shift.shape)
    first, second = (1 / (1 + np.exp(-(2 * each - 2 + odds))) for each in (score, noisy))
    return Sets(gold, first > 0.35, second > 0.35, first, member)


def people(random: np.random.Generator, stories: int, rate: float, clustering: float) -> tuple[Ratings, Any]:
    """Draw three people's answers, and the story of each sentence."""
    member = np.repeat(np.arange(stories), random.integers(2, 15, stories))
    right = 0.95 if rate < 0.2 else 0.85

    def chance(mean: float) -> Any:
        return 1 / (1 + np.exp(-(np.log(mean / (1 - mean)) + random.normal(0, clustering, stories))))[member]

    truth, met = random.random(member.size) < chance(rate), chance(right)
    ratings = np.where(random.random((3, member.size)) < met, truth, ~truth).astype(float)
    ratings[random.random(ratings.shape) < 0.3] = np.nan
    return Ratings.of(ratings), member


def coefficients(ratings: Ratings) -> dict[str, Any]:
    """Return each coefficient, and the prevalence, as a statistic over sentences."""
    units = np.arange(ratings.n_units)
    found = {f"agreement {name}": statistic(ratings, units, name, positive=True) for name in COEFFICIENTS}  # type: ignore[arg-type]
    return {**found, "agreement prevalence": prevalence(ratings, units, value=True)}


def drawn_spans(random: np.random.Generator, stories: int, rate: float, clustering: float) -> tuple[Any, Any, Any]:
    """Draw spans matched, given and decided of each story, shape (stories, 3), and figures right and found of each."""
    sentences = random.integers(2, 15, stories)

    def chance(mean: float) -> Any:
        return 1 / (1 + np.exp(-(np.log(mean / (1 - mean)) + random.normal(0, clustering, stories))))

    decided = random.binomial(3 * sentences, chance(rate))
    found = random.binomial(decided, chance(0.8))
    exact = random.binomial(found, chance(0.7))
    false = random.binomial(3 * sentences - decided, chance(rate / 4))
    right = random.binomial(found, chance(0.8))
    return np.stack([exact, found + false, decided], axis=-1).astype(float), right.astype(float), found.astype(float)


def linked(random: np.random.Generator, stories: int, rate: float, clustering: float) -> tuple[Ratings, Any]:
    """Draw whether three people link each ordered pair of four sentences of a story, and the story of each pair."""
    member = np.repeat(np.arange(stories), 12)
    shift = random.normal(0, clustering, stories)[member]
    there = random.random(member.size) < 1 / (1 + np.exp(-(np.log(rate / (1 - rate)) + shift)))
    drew = np.where(there, 0.75, rate / 5)
    return Ratings.of((random.random((3, member.size)) < drew).astype(float)), member


def unitized(random: np.random.Generator, stories: int, rate: float, clustering: float) -> tuple[list[Continuum], Any]:
    """Draw what two people mark in sentences of 40 to 160 characters, and the story of each sentence."""
    member = np.repeat(np.arange(stories), random.integers(2, 15, stories))

    def chance(mean: float) -> Any:
        return 1 / (1 + np.exp(-(np.log(mean / (1 - mean)) + random.normal(0, clustering, stories))))[member]

    length = random.integers(40, 161, member.size)
    begin = random.integers(3, length - 30)
    end = begin + random.integers(8, 25, member.size)
    there = random.random(member.size) < chance(rate)
    found = random.random((2, member.size)) < np.where(there, chance(0.8), chance(rate / 8))
    off = 3 * random.integers(-1, 2, (2, 2, member.size)) * (random.random((2, 2, member.size)) < 0.5)
    units = np.stack([begin + off[0], end + off[1]], axis=-1).tolist()
    marks = [
        [[tuple(unit)] if yes else [] for unit, yes in zip(*each, strict=True)]
        for each in zip(units, found, strict=True)
    ]
    return [((one, other), 0, int(size)) for one, other, size in zip(*marks, length, strict=True)], member


def suggested(random: np.random.Generator, stories: int, rate: float, clustering: float) -> tuple[Any, Any]:
    """Draw whether answers are as suggested, with a suggestion and without, shape (answers, 4), and their stories."""
    member = np.repeat(np.arange(stories), random.integers(2, 15, stories))
    shown = random.random(member.size) < 0.5
    odds = np.log(rate / (1 - rate)) + random.normal(0, clustering, stories)[member] + 0.8 * shown
    same = random.random(member.size) < 1 / (1 + np.exp(-odds))
    return np.stack([same & shown, shown, same & ~shown, ~shown], axis=-1).astype(float), member


def label_sets(random: np.random.Generator, stories: int, rate: float, clustering: float) -> tuple[Ratings, Any]:
    """Draw the sets of labels that two people give, out of three labels, and the story of each sentence."""
    drawn = rows(random, 1, stories, rate, clustering)
    sets = [[frozenset(np.flatnonzero(flags).tolist()) for flags in given[0]] for given in (drawn.gold, drawn.given)]
    return Ratings.of(sets, level="masi"), drawn.member


def probability_scores(random: np.random.Generator, stories: int, rate: float, clustering: float) -> Found:
    """Yield average precision and calibration error of a label."""
    drawn = rows(random, 1, stories, rate, clustering)
    gold, probabilities = drawn.gold[0, :, 0], drawn.probabilities[0, :, 0]
    yield "average precision", precision_estimate(gold, probabilities, drawn.member)
    yield "calibration error", calibration_estimate(gold, probabilities, drawn.member)


def agreement(random: np.random.Generator, stories: int, rate: float, clustering: float) -> Found:
    """Yield each coefficient of three people's answers."""
    answers, member = people(random, stories, rate, clustering)
    for name, measure in coefficients(answers).items():
        yield name, over_stories(measure, member)


def agreement_on_sets(random: np.random.Generator, stories: int, rate: float, clustering: float) -> Found:
    """Yield the agreement of two people's sets of labels."""
    sets, member = label_sets(random, stories, rate, clustering)
    yield "agreement on label sets", interval(sets, member.tolist(), level="masi")


def span_figures(random: np.random.Generator, stories: int, rate: float, clustering: float) -> Found:
    """Yield the scores of spans and the share of figures whose number is right."""
    table, right, found = drawn_spans(random, stories, rate, clustering)
    spans = scores_of("span", "exact", table)
    yield "span F1", spans.f1
    yield "span precision", spans.estimate("precision")
    yield "span recall", spans.estimate("recall")
    yield "numbers of figures", figure_share(right, found) if found.any() else Estimate(value=None)


def link_figures(random: np.random.Generator, stories: int, rate: float, clustering: float) -> Found:
    """Yield the agreement on links."""
    pairs, member = linked(random, stories, rate, clustering)
    drawn_by_anybody = len(np.unique(pairs.unit[pairs.code == pairs.values.index(1.0)])) if 1.0 in pairs.values else 0
    for name, measure in (("link alpha", "alpha"), ("link F1", "positive")):
        alone = interval(pairs, member.tolist(), measure, positive=1.0)  # type: ignore[arg-type]
        yield name, enough_links(alone, drawn_by_anybody, stories)


def unitizing(random: np.random.Generator, stories: int, rate: float, clustering: float) -> Found:
    """Yield the agreement on where units begin and end."""
    texts, member = unitized(random, stories, rate, clustering)
    yield "unitizing alpha", unitizing_interval(texts, member.tolist())


def suggestion_effect(random: np.random.Generator, stories: int, rate: float, clustering: float) -> Found:
    """Yield how much more often answers are as suggested where the suggestion was shown."""
    terms, member = suggested(random, stories, rate, clustering)
    yield "with and without suggestions", group_difference("", terms, member).difference


def harder_test(random: np.random.Generator, stories: int, rate: float, clustering: float) -> Found:
    """Yield the fall of macro F1 to other stories."""
    drawn, harder = (rows(random, 1, stories, rate, clustering) for _ in range(2))
    parts = (
        overall_scores(GroupedCounts(each.gold[0], given[0], each.member.tolist()))["macro_f1"]
        for each, given in ((drawn, drawn.given), (harder, harder.other))
    )
    yield "fall", fall(*parts)


ONE_BY_ONE: dict[str, Callable[[np.random.Generator, int, float, float], Found]] = {
    "probabilities": probability_scores,
    "agreement": agreement,
    "sets": agreement_on_sets,
    "spans": span_figures,
    "links": link_figures,
    "unitizing": unitizing,
    "suggestions": suggestion_effect,
    "fall": harder_test,
}
"""What is measured set by set; all else, "scores", is measured for many sets at once."""


def truths(rate: float, clustering: float) -> dict[str, float]:
    """Return every figure of very many stories."""
    many = rows(np.random.default_rng(1), 1, 20_000, rate, clustering)
    first, second = (GroupedCounts(many.gold[0], given[0], many.member.tolist()) for given in (many.given, many.other))
    precision, recall, f1 = (each.mean() for each in precision_recall_f1(first.totals))
    gold, probabilities = many.gold[0].reshape(-1), many.probabilities[0].reshape(-1)
    answers, _ = people(np.random.default_rng(2), 10_000, rate, clustering)
    return {
        "accuracy": float(accuracy(first)),
        "macro F1": float(macro_f1(first.totals)),
        "micro F1": float(micro_f1(first.totals)),
        "difference": float(macro_f1(first.totals) - macro_f1(second.totals)),
        "precision": float(precision),
        "recall": float(recall),
        "F1": float(f1),
        "average precision": average_precision(gold, probabilities),
        "calibration error": calibration_error(gold, probabilities),
        **many_stories(rate, clustering),
        "fall": float(macro_f1(first.totals) - macro_f1(second.totals)),
        **{name: _value(each) for name, each in coefficients(answers).items()},
    }


def many_stories(rate: float, clustering: float) -> dict[str, float]:
    """Return the figures that have a model of their own, of very many stories."""
    random = np.random.default_rng(3)
    sets, _ = label_sets(random, 3_000, rate, clustering)
    table, right, found = drawn_spans(random, 60_000, rate, clustering)
    matched, given, decided = table.sum(axis=0)
    pairs, _ = linked(random, 6_000, rate, clustering)
    terms, _ = suggested(random, 60_000, rate, clustering)
    texts, _ = unitized(random, 6_000, rate, clustering)
    shown, held = (terms[:, at].sum() / terms[:, at + 1].sum() for at in (0, 2))
    units = np.arange(pairs.n_units)
    return {
        "agreement on label sets": _value(statistic(sets, np.arange(sets.n_units), "alpha", level="masi")),
        "span F1": 2 * matched / (given + decided),
        "span precision": matched / given,
        "span recall": matched / decided,
        "numbers of figures": float(right.sum() / found.sum()),
        "link alpha": _value(statistic(pairs, units, "alpha")),
        "link F1": _value(statistic(pairs, units, "positive", positive=1.0)),
        "unitizing alpha": float(unitizing_interval(texts)),
        "with and without suggestions": float(shown - held),
    }


def _value(measure: Any) -> float:
    return float(measure.values(measure.terms.sum(axis=0, keepdims=True))[0])


def scores(random: np.random.Generator, sets: int, stories: int, rate: float, clustering: float) -> Iterator[Any]:
    """Yield (figure, lower bounds, upper bounds) of many sets; NaN where none are given."""
    drawn = rows(random, sets, stories, rate, clustering)
    groups = [f"{story:05}" for story in drawn.member]
    first, second = (GroupedCounts(drawn.gold, given, groups) for given in (drawn.given, drawn.other))
    yield "accuracy", *proportion(first.right, first.sizes)
    yield "macro F1", *macro_bounds(first)
    yield "micro F1", *micro_bounds(first)
    yield "difference", *difference_bounds(first, second)
    for name, found in label_bounds(first).items():
        yield {"f1": "F1"}.get(name, name), found.low[:, 0], found.high[:, 0]


def bounds(batch: Batch, random: np.random.Generator) -> Iterator[Any]:
    """Yield (figure, lower bounds, upper bounds) of a batch."""
    cell = (batch.stories, batch.rate, batch.clustering)
    if batch.kind == "scores":
        yield from scores(random, batch.sets, *cell)
        return
    for _ in range(batch.sets):
        for name, found in ONE_BY_ONE[batch.kind](random, *cell):
            yield name, *_bounds(found)


def _bounds(found: Any) -> tuple[Any, Any]:
    none = found.low is None
    return np.array([np.nan if none else found.low]), np.array([np.nan if none else found.high])


def held(batch: Batch, truth: dict[str, float]) -> dict[str, Any]:
    """Return, of each figure, whether its interval holds the truth, shape (sets,); NaN where none is given."""
    random = np.random.default_rng((batch.stories, batch.number))
    found: dict[str, list[Any]] = defaultdict(list)
    for name, low, high in bounds(batch, random):
        found[name].append(np.where(np.isnan(low), np.nan, (low <= truth[name]) & (truth[name] <= high)))
    return {name: np.concatenate(each) for name, each in found.items()}


def results(work: Callable[..., Any], tasks: Iterable[tuple[Any, ...]], jobs: int) -> Iterator[Any]:
    """Yield what each task comes to, in their order."""
    if jobs == 1:
        yield from starmap(work, tasks)
        return
    with ProcessPoolExecutor(jobs) as pool:
        for waiting in [pool.submit(work, *task) for task in tasks]:
            yield waiting.result()


def cells(
    runs: int, numbers: tuple[int, ...], jobs: int = 1, kinds: tuple[str, ...] = (), enough: int = 0
) -> list[dict[str, Any]]:
    """Measure every cell, and again where few of the sets had an interval.

    Args:
        runs: Sets a cell; of what is measured set by set, a quarter.
        numbers: Of stories.
        jobs: Cores.
        kinds: What to measure; all by default.
        enough: Sets with an interval that each cell shall rest on, where a tenth of the sets have one.
    """
    settings = list(product(CLUSTERINGS, PREVALENCES))
    truth = dict(zip(settings, results(truths, [each[::-1] for each in settings], jobs), strict=True))
    batches = [
        Batch(kind, *each, stories, number, max(1, runs // BATCHES // (1 if kind == "scores" else SLOW)))
        for stories in sorted(numbers, reverse=True)  # those that take longest go first
        for kind in kinds or ("scores", *ONE_BY_ONE)
        for each in settings
        for number in range(BATCHES)
    ]
    flags: dict[tuple[Any, ...], dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    while batches:
        measured = results(held, [(batch, truth[batch[1:3]]) for batch in batches], jobs)
        for batch, inside_of in zip(batches, measured, strict=True):
            for name, each in inside_of.items():
                flags[batch[:4]][name].append(each)
        batches = [more for cell, found in flags.items() for more in _wanted(cell, found, enough)]
    return [
        _line(cell, name, np.concatenate(each))
        for cell, found in sorted(flags.items(), key=lambda item: item[0][1:])
        for name, each in found.items()
    ]


def _wanted(cell: tuple[Any, ...], found: dict[str, list[Any]], enough: int) -> Iterator[Batch]:
    """Yield further batches of a cell of which too few sets had an interval."""
    done = [np.concatenate(each) for each in found.values()]
    given = [float((~np.isnan(each)).mean()) for each in done]
    shares = [share for share in given if share >= GIVEN]
    missing = enough - min(shares, default=1.0) * len(done[0])
    if missing < 1:
        return
    kind, clustering, rate, stories = cell
    number = len(next(iter(found.values())))
    yield Batch(kind, clustering, rate, stories, number, int(np.ceil(missing / min(shares))))


def _line(cell: tuple[Any, ...], name: str, holds: Any) -> dict[str, Any]:
    """Return a cell as it is written."""
    _, clustering, rate, stories = cell
    given = ~np.isnan(holds)
    return {
        "figure": name,
        "stories": stories,
        "prevalence": rate,
        "clustering": clustering,
        "coverage": float(holds[given].mean()) if given.any() else None,
        "given": float(given.mean()),
        "sets": len(holds),
    }


def table(found: list[dict[str, Any]], numbers: tuple[int, ...]) -> list[str]:
    """Return a Markdown table: the range of each figure's coverage for each number of stories, over all other cells."""
    lines = [
        f"| | {' | '.join(f'{number} stories' for number in numbers)} | within .93–.97 |",
        "|---|" + "---|" * (len(numbers) + 1),
    ]
    for name in dict.fromkeys(each["figure"] for each in found):
        mine = [each for each in found if each["figure"] == name and counts(each)]
        ranges = []
        for number in numbers:
            shares = [each["coverage"] for each in mine if each["stories"] == number]
            ranges.append(f"{min(shares):.2f}–{max(shares):.2f}".replace("0.", ".") if shares else "–")
        lines.append(f"| {name} | {' | '.join(ranges)} | {sum(map(inside, mine))} of {len(mine)} |")
    return lines


def counts(cell: dict[str, Any]) -> bool:
    """Say whether an interval is given often enough to judge a cell."""
    return bool(cell["given"] >= GIVEN)


def inside(cell: dict[str, Any], limits: tuple[float, float] = WITHIN) -> bool:
    """Say whether the coverage of a cell is within limits, but for twice the standard error of a simulated share."""
    slack = 2 * (0.95 * 0.05 / max(cell["sets"] * cell["given"], 1)) ** 0.5
    return bool(limits[0] - slack <= cell["coverage"] <= limits[1] + slack)


def invented(random: np.random.Generator, stories: int, clustering: float) -> Rows:
    """Draw eight sentences per story of two labels, told apart by words that are right seven times in ten or so."""
    texts, labels, groups = [], [], []
    for story in range(stories):
        topic = [f"topic{random.integers(40)}" for _ in range(3)]
        lean = random.normal(0, clustering)
        for _ in range(8):
            yes = random.random() < 1 / (1 + np.exp(0.4 - lean))
            marks = [
                "denied" if (random.random() < 0.8) == yes else "opened",
                "refuted" if (random.random() < 0.7) == yes else "met",
            ]
            words = [*marks, *random.choice(topic, 2), *(f"word{random.integers(300)}" for _ in range(6))]
            texts.append(" ".join(map(str, random.permutation(words))))
            labels.append(("denial",) if yes else ("none",))
            groups.append(f"{story:05}")
    return Rows(texts=tuple(texts), labels=tuple(labels), multi=False, groups=tuple(groups))


@cache
def fresh() -> Rows:
    """Draw the 30,000 rows or so of new stories by which models are judged."""
    return invented(np.random.default_rng(1), 3_750, 0.7)


def nested_set(stories: int, number: int) -> dict[str, tuple[Estimate, float]]:
    """Return each score of nested cross-validation, and that on new stories."""
    learnt = invented(np.random.default_rng((0, number)), stories, 0.7)

    def fit(part: Rows) -> Any:
        return train(part, baseline="words-lr", folds=3)

    estimates = nested_scores(learnt, fit)
    if not estimates:
        return {}
    judged, names = fresh(), fresh().label_names
    gold, given = (flags_of(side, names) for side in (judged.labels, fit(learnt).predict(judged.texts)))
    grouped = GroupedCounts(gold, given, judged.groups)
    there = {
        "macro_f1": macro_f1(grouped.totals),
        "micro_f1": micro_f1(grouped.totals),
        "accuracy": accuracy(grouped),
    }
    return {name: (found, float(there[name])) for name, found in estimates.items() if found.low is not None}


def nested(number: int, numbers: tuple[int, ...], jobs: int) -> int:
    """Print how far the score of nested cross-validation is from that on new stories."""
    scores: dict[tuple[int, str], list[tuple[Estimate, float]]] = defaultdict(list)
    tasks = [(stories, at) for at in range(number) for stories in numbers]
    for at, ((stories, _), apart) in enumerate(zip(tasks, results(nested_set, tasks, jobs), strict=True), 1):
        for name, found in apart.items():
            scores[stories, name].append(found)
        if at % 50 == 0:
            print("\n".join(_biases(scores)[0]), file=sys.stderr, flush=True)
    lines, wrong = _biases(scores)
    print("\n".join(lines))
    print(f"\n{cpu_seconds():.0f} CPU s")
    return 4 if wrong else 0


def cpu_seconds() -> float:
    """Return what this process and those that it has ended took."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _biases(scores: dict[tuple[int, str], list[tuple[Estimate, float]]]) -> tuple[list[str], bool]:
    """Return a Markdown table, and whether a bias is above the limit by more than chance."""
    head = "| stories | rows | score | sets | bias | standard error | interval holds the score on new stories |"
    lines, wrong = [head, "|---|" + "---|" * 6], False
    for (stories, name), found in sorted(scores.items()):
        apart = np.array([float(each) - there for each, there in found])
        holds = np.array([each.low <= there <= each.high for each, there in found])
        error = apart.std(ddof=1) / len(apart) ** 0.5 if len(apart) > 1 else np.nan
        cells = (stories, stories * 8, name, len(apart), f"{apart.mean():+.4f}", f"{error:.4f}", f"{holds.mean():.3f}")
        lines.append("| " + " | ".join(map(str, cells)) + " |")
        wrong |= bool(abs(apart.mean()) - 2 * error > MOST_BIAS)
    return lines, wrong


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1500)
    parser.add_argument("--stories", type=lambda said: tuple(map(int, said.split(","))))
    parser.add_argument("--only", nargs="*", choices=["scores", *ONE_BY_ONE], default=[])
    parser.add_argument("--enough", type=int, default=0, metavar="N")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--nested", type=int, metavar="N", help="Measure nested cross-validation on N sets instead.")
    parser.add_argument("--jobs", type=int, default=1, metavar="J", help="Cores to measure on.")
    options = parser.parse_args()
    if options.nested:
        return nested(options.nested, options.stories or (20,), options.jobs)
    numbers = options.stories or STORIES
    found = cells(options.runs, numbers, options.jobs, tuple(options.only), options.enough)
    print("\n".join(table(found, numbers)))
    judged = [cell for cell in found if counts(cell)]
    good = sum(map(inside, judged))
    print(f"\n{good} of {len(judged)} cells within {WITHIN[0]} to {WITHIN[1]}; {cpu_seconds():.0f} CPU s")
    for cell in sorted(judged, key=lambda cell: cell["coverage"]):
        if not inside(cell):
            print({key: round(value, 3) if isinstance(value, float) else value for key, value in cell.items()})
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    wild = [cell for cell in judged if not inside(cell, LIMITS)]
    return 4 if wild or good < 0.85 * len(judged) else 0


if __name__ == "__main__":
    sys.exit(main())

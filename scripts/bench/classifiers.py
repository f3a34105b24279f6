"""Hold the baselines against other libraries on public sentence sets, all in one run.

    python scripts/bench/classifiers.py DIR [--only NAME …] [--encoders minilm use e5] [--ours NAME …]

DIR is that of baselines.py, as are the sets and what each is judged on. The peers, none of which is tuned on what it is
judged on:

    one-liner          make_pipeline(TfidfVectorizer(), LogisticRegression()) of scikit-learn
    one-liner, tuned   the same with words and pairs of words, balanced classes and C by five-fold cross-validation
    linear SVM         TfidfVectorizer of characters and LinearSVC, balanced
    complement NB      CountVectorizer and ComplementNB
    NB-SVM             binary words and pairs weighted by their log-count ratio (Wang & Manning 2012), and the same
    LightGBM           its defaults on TF-IDF, where the package is there
    fastText           supervised, pairs of words, 25 epochs, where the package is there
    head on NAME       LogisticRegression, balanced, on the frozen embeddings of an encoder: the head of SetFit, without
                       its fine-tuning, which needs torch

Embeddings that were made before are read where TOOLKIT_EMBEDDINGS names a folder, and are not in the seconds then.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import numpy as np
from baselines import TASKS, Task, _held_out, _path, _read
from sklearn.base import BaseEstimator, clone
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import LinearSVC

from toolkit.baselines import Rows, evaluate, train
from toolkit.baselines.data.targets import flags_of
from toolkit.baselines.evaluation.grouped_counts import GroupedCounts, label_scores, overall_scores
from toolkit.encoders.embedding import embedder
from toolkit.records import Estimate

Peer = Callable[[Rows, Sequence[str]], list[tuple[str, ...]]]
"""Training rows and texts to the labels of the texts."""


class LogCountRatio(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Weight binary counts by the log of how much more often a term is in positive rows."""

    def fit(self, rows: Any, labels: Any) -> LogCountRatio:
        """Count."""
        yes = np.asarray(labels).astype(bool)
        here, there = (np.asarray(rows[flags].sum(axis=0)).ravel() + 1 for flags in (yes, ~yes))
        self.ratio_ = np.log((here / here.sum()) / (there / there.sum()))
        return self

    def transform(self, rows: Any) -> Any:
        """Weigh."""
        return rows.multiply(self.ratio_).tocsr()


def fitted(pipeline: Any) -> Peer:
    """Return a peer that asks a scikit-learn pipeline for each label of several, or for one of two or more."""

    def answer(rows: Rows, texts: Sequence[str]) -> list[tuple[str, ...]]:
        names = list(rows.label_names)
        if not rows.multi and len(names) > 2:
            model = clone(pipeline).fit(list(rows.texts), [given[0] for given in rows.labels])
            return [(str(name),) for name in model.predict(list(texts))]
        flags = flags_of(rows.labels, names)
        if not rows.multi:
            said = clone(pipeline).fit(list(rows.texts), flags[:, 1]).predict(list(texts))
            return [(names[int(each)],) for each in said]
        columns = [
            clone(pipeline).fit(list(rows.texts), column).predict(list(texts))
            if column.any() and not column.all()
            else np.full(len(texts), column.all())
            for column in flags.T
        ]
        return [
            tuple(name for name, column in zip(names, columns, strict=True) if column[at]) for at in range(len(texts))
        ]

    return answer


def fast_text(rows: Rows, texts: Sequence[str]) -> list[tuple[str, ...]]:
    """Train fastText, one model whatever the labels."""
    import fasttext

    names = list(rows.label_names)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.txt"
        lines = (
            " ".join([*(f"__label__{names.index(name)}" for name in given), *text.split()])
            for text, given in zip(rows.texts, rows.labels, strict=True)
        )
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        how = {"wordNgrams": 2, "epoch": 25, "thread": 1, "verbose": 0, "seed": 0}
        model = fasttext.train_supervised(str(path), loss="ova" if rows.multi else "softmax", **how)
    said = []
    for text in texts:
        found = model.f.predict(" ".join(text.split()) + "\n", -1 if rows.multi else 1, 0.5 if rows.multi else 0.0, "")
        said.append(tuple(sorted(names[int(label.removeprefix("__label__"))] for _, label in found)))
    return said


def peers(encoders: Sequence[str]) -> Iterator[tuple[str, Peer]]:
    """Yield the peers by name."""
    words = {"ngram_range": (1, 2), "sublinear_tf": True}
    yield "one-liner", fitted(make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000)))
    tuned = LogisticRegressionCV(Cs=(0.1, 1.0, 10.0), cv=5, class_weight="balanced", scoring="f1", max_iter=1000)
    yield "one-liner, tuned", fitted(make_pipeline(TfidfVectorizer(**words), tuned))
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    yield "linear SVM", fitted(make_pipeline(characters, LinearSVC(class_weight="balanced")))
    yield "complement NB", fitted(make_pipeline(CountVectorizer(), ComplementNB()))
    pairs = CountVectorizer(ngram_range=(1, 2), binary=True)
    yield "NB-SVM", fitted(make_pipeline(pairs, LogCountRatio(), LogisticRegression(max_iter=1000)))
    if find_spec("lightgbm"):
        from lightgbm import LGBMClassifier

        trees = LGBMClassifier(n_jobs=1, verbose=-1, random_state=0)
        single = FunctionTransformer(lambda rows: rows.astype(np.float32))
        yield "LightGBM", fitted(make_pipeline(TfidfVectorizer(min_df=2), single, trees))
    if find_spec("fasttext"):
        yield "fastText", fast_text
    for name in encoders:
        embed = FunctionTransformer(lambda texts, name=name: embedder(name).transform(list(texts)))
        yield (
            f"head on {name}",
            fitted(make_pipeline(embed, LogisticRegression(class_weight="balanced", max_iter=1000))),
        )


def rows_of(task: Task, folder: Path) -> tuple[Rows, Rows, str]:
    """Return the rows to learn from, those to judge on and their name, as baselines.py takes them."""
    from toolkit.baselines import concat

    rows = concat([_read(folder / task.folder, name) for name in task.train])
    name = next((name for name in task.judged if _path(folder / task.folder, name).is_file()), None)
    if name is None:
        return *_held_out(rows), "held out"
    return rows, _read(folder / task.folder, name), name


def score_of(task: Task, judged: Rows, given: Sequence[tuple[str, ...]], positive: str | None) -> Estimate:
    """Return the figure that a set speaks of."""
    names = sorted({*judged.label_names, *(name for each in given for name in each)})
    counts = GroupedCounts(flags_of(judged.labels, names), flags_of(given, names), judged.groups)
    if task.measure == "F1+":
        return label_scores(counts)[names.index(str(positive))]["f1"]
    return overall_scores(counts)[task.measure.replace(" ", "_").lower()]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--only", nargs="*", help="part of a set's name")
    parser.add_argument("--encoders", nargs="*", default=[])
    parser.add_argument("--ours", nargs="*", default=["auto"], help="names of baselines.py --baseline")
    options = parser.parse_args()
    print("| set | judged on | model | score (95 % interval) | CPU s |\n|---|---|---|---|---|")
    for task in TASKS:
        if options.only and not any(part.lower() in task.name.lower() for part in options.only):
            continue
        rows, judged, name = rows_of(task, options.directory)
        ours = None
        for baseline in [] if task.baseline else options.ours:
            started = time.process_time()
            ours = train(rows, baseline=baseline)
            found = task.score(evaluate(ours, judged)) or Estimate(value=None)
            show(task, name, f"ours: {baseline} ({ours.baseline})", found, time.process_time() - started)
        positive = ours.targets.positive if ours else None
        for called, peer in peers(options.encoders):
            started = time.process_time()
            given = peer(rows, judged.texts)
            show(task, name, called, score_of(task, judged, given, positive), time.process_time() - started)


def show(task: Task, judged: str, name: str, score: Estimate, seconds: float) -> None:
    """Print a row of the table."""
    interval = "" if score.low is None else f" ({score.low:.3f}–{score.high:.3f})"
    print(
        f"| {task.name} | {judged} | {name} | {task.measure} {score.value:.3f}{interval} | {seconds:.1f} |", flush=True
    )


if __name__ == "__main__":
    main()

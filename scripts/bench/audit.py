"""Measure `toolkit audit`: which planted label errors are found.

    python scripts/bench/audit.py FILE [--rows N] [--noise .05] [--seeds 3] [--baseline NAME] [--json FILE]
    python scripts/bench/audit.py --spans [FILE] [--rows N] [--noise .05] [--seeds 3] [--json FILE]

FILE     Labelled sentences that are taken to be right, as `toolkit train` reads them.
noise    Share of the rows whose labels are made wrong. Of several labels a row: with a chance of .7 one of its labels
         is taken away, else one it may or may not have is switched. Of one label a row: another, drawn by frequency.
planted  precision at the number planted (of as many rows ranked first, the share that was planted; the share found is
         the same number), average precision, and what drawing at random gives. Errors that FILE had before count
         against the ranking.
--spans  Errors of spans instead, in FILE as spans.py reads it, or in the English sentences with figures that ship: of
         the sentences with spans that are drawn, a third loses one, a third has an end moved by one to three words, and
         in a third a span of two to four words is marked where nothing is.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
from spans import read as read_spans
from spans import shipped

from toolkit.adjudicate import label_errors, span_errors
from toolkit.baselines import Rows, read_rows
from toolkit.baselines.selection.out_of_fold import out_of_fold
from toolkit.baselines.spans import SpanRows
from toolkit.baselines.spans.span_training import learnable, spans_out_of_fold
from toolkit.records import Decision, Span
from toolkit.words import word_bounds

LabelSet = tuple[str, ...]


def spoil(random: np.random.Generator, given: LabelSet, names: list[str], multi: bool) -> LabelSet:
    """Return other labels than those given."""
    if not multi:
        return (str(random.choice([name for name in names if name not in given])),)
    switched = str(random.choice(list(given)) if given and random.random() < 0.7 else random.choice(names))
    return tuple(sorted(set(given) ^ {switched}))


def plant(rows: Rows, noise: float, seed: int) -> tuple[Rows, set[str]]:
    """Return the rows with some labels made wrong, and the ids of these."""
    random = np.random.default_rng(seed)
    names = list(rows.label_names)
    drawn = {int(at) for at in random.choice(len(rows), round(noise * len(rows)), replace=False)}
    labels = tuple(
        spoil(random, given, names, rows.multi) if at in drawn else given for at, given in enumerate(rows.labels)
    )
    ids = tuple(str(at) for at in range(len(rows)))
    spoilt = Rows(texts=rows.texts, labels=labels, multi=rows.multi, groups=rows.groups, ids=ids)
    return spoilt, {ids[at] for at in drawn}


def measure(rows: Rows, noise: float, seed: int, baseline: str) -> dict[str, float]:
    """Plant errors, look for them, and return how many were found."""
    spoilt, planted = plant(rows, noise, seed)
    before = time.process_time()
    predictions = out_of_fold(spoilt, baseline=baseline, seed=seed)
    names = sorted(next(iter(predictions.values())))
    decisions = [
        Decision(sentence_id=row_id, labels=given, schema="bench@1.0.0", method="single")
        for row_id, given in zip(spoilt.ids, spoilt.labels, strict=True)
    ]
    hits = np.array([suspect.sentence_id in planted for suspect in label_errors(decisions, predictions, names)])
    so_far = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return {
        "planted": len(planted),
        "precision": float(hits[: len(planted)].mean()),
        "average precision": float(so_far[hits].mean()),
        "random": len(planted) / len(rows),
        "cpu_s": time.process_time() - before,
    }


def spoilt_spans(random: np.random.Generator, text: str, spans: tuple[Span, ...], kind: str) -> tuple[Span, ...]:
    """Return other spans than those given: one less, one with another end, or one more; the same if it can't be."""
    places = word_bounds(text)
    at = int(random.integers(len(spans)))
    if kind == "missing":
        return (*spans[:at], *spans[at + 1 :])
    steps = int(random.integers(1, 4))
    if kind == "bounds":
        inside = [place for place in places if spans[at].start < place[1] and place[0] < spans[at].end]
        longer = [place for place in places if place[0] >= spans[at].end][:steps]
        kept = inside[: max(1, len(inside) - steps)] if random.random() < 0.5 or not longer else [*inside, *longer]
        moved = _marked(text, spans[at].label, kept[0][0], kept[-1][1])
        return (*spans[:at], moved, *spans[at + 1 :])
    free = [
        number
        for number in range(len(places) - steps)
        if not any(places[number][0] < span.end and span.start < places[number + steps][1] for span in spans)
    ]
    if not free:
        return spans
    first = int(random.choice(free))
    return (*spans, _marked(text, spans[at].label, places[first][0], places[first + steps][1]))


def _marked(text: str, label: str, start: int, end: int) -> Span:
    return Span(span_id=f"{label}{start}-{end}", label=label, start=start, end=end, text=text[start:end])


def measure_spans(rows: SpanRows, noise: float, seed: int) -> dict[str, float]:
    """Plant errors of spans, look for them, and return how many were found."""
    random = np.random.default_rng(seed)
    with_spans = [at for at, spans in enumerate(rows.spans) if spans]
    drawn = random.choice(with_spans, round(noise * len(with_spans)), replace=False).tolist()
    kinds = dict(zip(drawn, ("missing", "bounds", "wrong") * len(drawn), strict=False))
    spans = list(rows.spans)
    for at, kind in kinds.items():
        spans[at] = spoilt_spans(random, rows.texts[at], rows.spans[at], kind)
    planted = {str(at): kind for at, kind in kinds.items() if spans[at] != rows.spans[at]}
    spoilt = SpanRows(texts=rows.texts, spans=tuple(spans), groups=rows.groups, languages=rows.languages)
    before = time.process_time()
    candidates = {str(at): found for at, found in enumerate(spans_out_of_fold(spoilt, seed=seed))}
    decisions = [
        Decision(sentence_id=str(at), labels=(), spans=each, schema="bench@1.0.0", method="single")
        for at, each in enumerate(spans)
    ]
    doubts = span_errors(decisions, candidates, learnable(spoilt))
    ranked = sorted(doubts, key=lambda name: (doubts[name][0].quality, name))
    hits = np.array([name in planted for name in ranked])
    first = hits[: len(planted)]
    right_kind = [planted[name] == doubts[name][0].kind for name in ranked if name in planted]
    return {
        "planted": len(planted),
        "precision": float(first.sum() / len(planted)),
        "doubted": len(ranked),
        "found among all doubted": float(hits.sum() / len(planted)),
        "of these told as what they are": float(np.mean(right_kind)) if right_kind else 0.0,
        **{
            f"found of {kind}": float(np.mean([name in doubts for name, each in planted.items() if each == kind]))
            for kind in sorted(set(planted.values()))
        },
        "random": len(planted) / len(rows),
        "cpu_s": time.process_time() - before,
    }


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--spans", action="store_true")
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--noise", type=float, default=0.05)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--baseline", default="words-chars-svm")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.spans:
        spans = read_spans(options.file) if options.file else dict(shipped(None))["figures, en"]
        spans = spans.take(range(min(options.rows, len(spans))))
        found = [measure_spans(spans, options.noise, seed) for seed in range(options.seeds)]
    else:
        if options.file is None:
            parser.error("takes a FILE, or --spans")
        rows = read_rows(options.file)
        rows = rows.take(range(min(options.rows, len(rows))))
        found = [measure(rows, options.noise, seed, options.baseline) for seed in range(options.seeds)]
    for name in found[0]:
        values = [row[name] for row in found]
        print(f"{name:<28}{np.mean(values):10.3f}   {min(values):.3f} to {max(values):.3f}")
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

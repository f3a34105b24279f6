"""How well the span baseline finds spans: in files that mark them inside the sentence, or in the samples that ship.

Run: python scripts/bench/spans.py TRAIN DEV [--folds 3]
     python scripts/bench/spans.py --samples [--most N]

TRAIN and DEV are JSON Lines (.jsonl or .jsonl.gz) with "text" and "spans_tagged": the sentence with each span between
<LABEL> and </LABEL>, or a list of such readings, of which the first one counts (Causal News Corpus, subtask 2).
--samples: the figures of the shipped sentences of each language (of each the first N), and the sources and cues that
the person with most answers marked in the sample pages; each fifth is answered by what learnt from the others.
Prints a row a label: precision, recall and F1 of exact and of overlapping spans with their 95 % intervals, and what it
cost.
"""

from __future__ import annotations

import argparse
import ast
import gzip
import json
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from toolkit import samples
from toolkit.baselines.data.folds import grouped_folds
from toolkit.baselines.spans import SpanRows, evaluate_spans, span_contents, train_spans
from toolkit.records import Span

_TAG = re.compile(r"<(/?)([A-Za-z0-9_]+)>")
_HEAD = "| | label | by | spans | given | precision | recall | F1 (95 % interval) |\n|---|---|---|---|---|---|---|---|"

Found = Sequence[tuple[Span, ...]]


def main() -> None:
    """Train on one file, judge on the other, or cross-validate on the samples; print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="*", metavar="TRAIN DEV")
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--samples", action="store_true")
    parser.add_argument("--most", type=int)
    arguments = parser.parse_args()
    if arguments.samples:
        print(_HEAD)
        for name, rows in shipped(arguments.most):
            show(name, rows, cross_validated(rows, arguments.folds))
        print(f"\n{time.process_time():.0f} CPU s")
        return
    if len(arguments.files) != 2:
        parser.error("takes two files, or --samples")
    train, dev = map(read, arguments.files)
    started = time.process_time()
    model = train_spans(train, folds=arguments.folds)
    trained = time.process_time()
    found = model.predict(dev.texts)
    rate = len(dev) / (time.process_time() - trained)
    print(f"{len(train):,} sentences in {trained - started:.1f} CPU s; {rate:,.0f} sentences/CPU s")
    print(f"model {sum(map(len, span_contents(model).values())) / 1e6:.2f} MB\n{_HEAD}")
    show("dev", dev, found)


def show(name: str, rows: SpanRows, found: Found) -> None:
    """Print the rows of a table."""
    for row in evaluate_spans(rows, found).scores:
        numbers = " | ".join("–" if value is None else f"{value:.3f}" for value in (row.precision, row.recall))
        interval = f"{row.f1.value:.3f} ({row.f1.low:.3f}–{row.f1.high:.3f})" if row.f1.low is not None else "–"
        print(f"| {name} | {row.label} | {row.by} | {row.support} | {row.given} | {numbers} | {interval} |", flush=True)


def cross_validated(rows: SpanRows, folds: int) -> Found:
    """Return the spans that are found in each sentence by a tagger that learnt from four fifths of the others."""
    has = np.array([[bool(spans)] for spans in rows.spans])
    number = grouped_folds(has, rows.groups, count=5).number
    found: list[tuple[Span, ...]] = [()] * len(rows)
    for fold in range(5):
        model = train_spans(rows.take(np.flatnonzero(number != fold).tolist()), folds=folds)
        held = np.flatnonzero(number == fold).tolist()
        for row, spans in zip(held, model.predict([rows.texts[row] for row in held]), strict=True):
            found[row] = spans
    return found


def shipped(most: int | None) -> Iterator[tuple[str, SpanRows]]:
    """Yield the sets of spans that ship."""
    for path in sorted(samples.figures().glob("*.jsonl")):
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()[:most]]
        spans = [
            [_span(row["sentence"], "FIGURE", each["start"], each["end"]) for each in row["figures"]] for row in lines
        ]
        yield f"figures, {path.stem}", _rows_of([row["sentence"] for row in lines], spans, path.stem)
    folder = samples.figures().parent
    answers = [json.loads(line) for line in (folder / "answers.jsonl").read_text(encoding="utf-8").splitlines()]
    (most_busy, _), *_ = Counter(each["annotator"] for each in answers).most_common(1)
    mine = {each["text"]: each["spans"] for each in answers if each["annotator"] == most_busy and not each["skipped"]}
    marked = [
        [
            _span(text, each["label"], *_place(text, each["text"], each["nth"]))
            for each in spans
            if each["label"] != "FIGURE"
        ]
        for text, spans in mine.items()
    ]
    yield "sample pages", _rows_of(list(mine), marked, "en")


def _place(text: str, words: str, nth: int) -> tuple[int, int]:
    start = [found.start() for found in re.finditer(re.escape(words), text)][nth]
    return start, start + len(words)


def _span(text: str, label: str, start: int, end: int) -> Span:
    return Span(span_id=f"{label}{start}", label=label, start=start, end=end, text=text[start:end])


def _rows_of(texts: Sequence[str], spans: Sequence[Sequence[Span]], language: str) -> SpanRows:
    """Return sentences, each of which is a story of its own."""
    return SpanRows(
        texts=tuple(texts),
        spans=tuple(map(tuple, spans)),
        groups=tuple(texts),
        languages=(language,) * len(texts),
    )


def read(path: Path) -> SpanRows:
    """Return the sentences of a file with their spans."""
    rows = list(_rows(path))
    return _rows_of([text for text, _ in rows], [spans for _, spans in rows], "en")


def _rows(path: Path) -> Iterator[tuple[str, tuple[Span, ...]]]:
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        for line in file:
            row = json.loads(line)
            tagged = row["spans_tagged"]
            readings = ast.literal_eval(tagged) if isinstance(tagged, str) and tagged.startswith("[") else [tagged]
            yield untagged(readings[0]) if readings else (row["text"], ())


def untagged(tagged: str) -> tuple[str, tuple[Span, ...]]:
    """Return a marked sentence as its words and its spans."""
    text, at, opened, spans = "", 0, {}, []
    for tag in _TAG.finditer(tagged):
        text += tagged[at : tag.start()]
        at = tag.end()
        if not tag[1]:
            opened[tag[2]] = len(text)
        elif tag[2] in opened and (start := opened.pop(tag[2])) < len(text):
            spans.append(Span(span_id=f"{tag[2]}{start}", label=tag[2], start=start, end=len(text), text=text[start:]))
    return text + tagged[at:], tuple(spans)


if __name__ == "__main__":
    main()

"""How well the span baseline finds spans in files that mark them inside the sentence.

Run: python scripts/bench/spans.py TRAIN DEV [--folds 3]

TRAIN and DEV are JSON Lines (.jsonl or .jsonl.gz) with "text" and "spans_tagged": the sentence with each span between
<LABEL> and </LABEL>, or a list of such readings, of which the first one counts (Causal News Corpus, subtask 2). Prints
a row a label: precision, recall and F1 of exact and of overlapping spans with their 95 % intervals, and what it cost.
"""

from __future__ import annotations

import argparse
import ast
import gzip
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

from toolkit.baselines.spans import SpanRows, evaluate_spans, span_contents, train_spans
from toolkit.records import Span

_TAG = re.compile(r"<(/?)([A-Za-z0-9_]+)>")


def main() -> None:
    """Train on one file, judge on the other, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path)
    parser.add_argument("dev", type=Path)
    parser.add_argument("--folds", type=int, default=3)
    arguments = parser.parse_args()
    train, dev = read(arguments.train), read(arguments.dev)
    started = time.process_time()
    model = train_spans(train, folds=arguments.folds)
    trained = time.process_time()
    found = model.predict(dev.texts)
    answered = time.process_time()
    rate = len(dev) / (answered - trained)
    print(f"{len(train):,} sentences in {trained - started:.1f} CPU s; {rate:,.0f} sentences/CPU s")
    print(f"model {sum(map(len, span_contents(model).values())) / 1e6:.2f} MB")
    print("| label | by | spans | given | precision | recall | F1 (95 % interval) |\n|---|---|---|---|---|---|---|")
    for row in evaluate_spans(dev, found).scores:
        numbers = " | ".join("–" if value is None else f"{value:.3f}" for value in (row.precision, row.recall))
        interval = f"{row.f1.value:.3f} ({row.f1.low:.3f}–{row.f1.high:.3f})" if row.f1.low is not None else "–"
        print(f"| {row.label} | {row.by} | {row.support} | {row.given} | {numbers} | {interval} |")


def read(path: Path) -> SpanRows:
    """Return the sentences of a file with their spans; each sentence is a story of its own."""
    rows = list(_rows(path))
    return SpanRows(
        texts=tuple(text for text, _ in rows),
        spans=tuple(spans for _, spans in rows),
        groups=tuple(text for text, _ in rows),
        languages=("en",) * len(rows),
        where=str(path),
    )


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

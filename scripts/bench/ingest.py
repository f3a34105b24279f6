"""How well and how fast articles are extracted, beside plain trafilatura in the same run.

    python scripts/bench/ingest.py DIR [--limit N] [--repeat N]

DIR holds *.jsonl or *.jsonl.gz with `html` and `gold_text` a line, as made from the article-extraction-benchmark. The
measure is that benchmark's (evaluate.py): precision and recall over shingles of four words, averaged over pages, and
their F1. The interval is 1.96 standard deviations over 1000 bootstrap samples of the pages, for the difference too.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from toolkit.errors import InvalidInput
from toolkit.ingest import read

SHINGLE = 4
SAMPLES = 1000
Counts = tuple[float, float, float]


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Count the shingles of a text; one of fewer words is its own shingle. Soft hyphens part no words."""
    words = re.findall(r"\w+", text.replace("\u00ad", ""))
    grams = (tuple(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1)))
    return Counter(gram for gram in grams if gram)


def compare(gold: str, found: str) -> Counts:
    """Return the shares of shingles that are right, wrong and missing."""
    true, said = shingles(gold), shingles(found)
    right, wrong, missing = (sum(part.values()) for part in (true & said, said - true, true - said))
    total = (right + wrong + missing) or 1
    return right / total, wrong / total, missing / total


def score(counts: Sequence[Counts]) -> tuple[float, float, float]:
    """Return precision, recall and their F1, macro-averaged over the pages that have any."""
    precision = statistics.mean(right / (right + wrong) for right, wrong, _ in counts if right + wrong)
    recall = statistics.mean(right / (right + missing) for right, _, missing in counts if right + missing)
    return precision, recall, 2 * precision * recall / ((precision + recall) or 1)


def interval(ours: Sequence[Counts], theirs: Sequence[Counts] | None = None) -> float:
    """Return half the width of the 95 % interval of an F1, or of the difference of two, over resampled pages."""
    chance = random.Random(0)  # noqa: S311  # resampling, not secrets
    values = []
    for _ in range(SAMPLES):
        pages = chance.choices(range(len(ours)), k=len(ours))
        other = score([theirs[page] for page in pages])[2] if theirs else 0.0
        values.append(score([ours[page] for page in pages])[2] - other)
    return 1.96 * statistics.stdev(values)


def with_toolkit(html: str) -> str:
    """Return the body of a page's own article."""
    try:
        articles = read(html.encode(), source="page.html").articles
    except InvalidInput:
        return ""
    return articles[0].body if articles else ""


def with_trafilatura(html: str) -> str:
    """Return what trafilatura gives as the benchmark's own script calls it."""
    import trafilatura

    return trafilatura.extract(html, include_comments=False) or ""


def with_metadata(html: str) -> str:
    """Return the same with title, date and author looked for, as `toolkit` does."""
    import trafilatura

    found = trafilatura.bare_extraction(html, include_comments=False, with_metadata=True)
    return (found.text or "") if found is not None else ""


def load(directory: Path, limit: int | None) -> list[dict[str, str]]:
    """Read the pages of a directory."""
    rows: list[dict[str, str]] = []
    for path in sorted([*directory.glob("*.jsonl"), *directory.glob("*.jsonl.gz")]):
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        rows += [row for line in raw.splitlines() if "html" in (row := json.loads(line))]
    return rows[:limit]


def main() -> int:
    """Run both extractors over the same pages and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--limit", type=int, help="only the first N pages")
    parser.add_argument("--repeat", type=int, default=2, help="passes; the fastest counts (default 2)")
    options = parser.parse_args()
    rows = load(options.directory, options.limit)
    if not rows:
        print(f"{options.directory}: no *.jsonl with html and gold_text", file=sys.stderr)
        return 3
    extractors: dict[str, Callable[[str], str]] = {
        "toolkit": with_toolkit,
        "trafilatura": with_trafilatura,
        "with metadata": with_metadata,
    }
    counts: dict[str, list[Counts]] = {}
    seconds: dict[str, float] = {}
    for _ in range(options.repeat):
        for name, extractor in extractors.items():
            started = time.process_time()
            found = [extractor(row["html"]) for row in rows]
            seconds[name] = min(seconds.get(name, float("inf")), time.process_time() - started)
            counts[name] = [compare(row["gold_text"], text) for row, text in zip(rows, found, strict=True)]
    print(f"{len(rows)} pages\n{'':<13} precision  recall      F1          pages per CPU s")
    for name in extractors:
        precision, recall, f1 = score(counts[name])
        spread, speed = interval(counts[name]), len(rows) / seconds[name]
        print(f"{name:<13} {precision:.4f}     {recall:.4f}      {f1:.4f} ± {spread:.4f}  {speed:.1f}")
    difference = score(counts["toolkit"])[2] - score(counts["trafilatura"])[2]
    print(f"{'difference':<13} F1 {difference:+.4f} ± {interval(counts['toolkit'], counts['trafilatura']):.4f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

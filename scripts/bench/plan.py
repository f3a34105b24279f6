"""Measure whether `toolkit plan` says from a pilot what the whole labelling then shows, on crowds.

    python scripts/bench/plan.py DIR [--pilot 60] [--seeds 10]

DIR holds `NAME.votes.jsonl.gz` ({"task", "worker", "label"} a line). Of each set the tasks with at least three votes
are taken, three each in a drawn order; a task stands for an article of one sentence. Each seed draws a pilot of so many
tasks, and asks `expected` for the design "every article, three people".

expected   Width of the 95 % interval of α that the plan says, mean over seeds.
got        Width of the interval that `measure` gives on all tasks.
inside     Share of the pilots whose own interval holds the α of the whole.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections import defaultdict
from pathlib import Path
from statistics import fmean

import numpy as np

from toolkit.agreement.answer_table import AnswerTable
from toolkit.agreement.measurement import measure
from toolkit.plan import Design, expected
from toolkit.records import Annotation, content_id
from toolkit.schema import load

PEOPLE = 3
SCHEMA = load("claims")


def answers_of(votes: Path) -> dict[str, list[Annotation]]:
    """Return three answers of each task that has as many, as labels "claim" (the set's commonest label) and "none"."""
    rows = [json.loads(line) for line in gzip.decompress(votes.read_bytes()).splitlines()]
    often: dict[str, int] = defaultdict(int)
    by_task: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        often[row["label"]] += 1
        by_task[row["task"]][row["worker"]] = row["label"]
    most = min(often, key=lambda label: (-often[label], label))
    found = {}
    for task, given in sorted(by_task.items()):
        people = sorted(given, key=lambda worker: content_id(task, worker))[:PEOPLE]
        if len(people) == PEOPLE:
            found[task] = [
                Annotation(
                    annotation_id=content_id(task, worker),
                    sentence_id=task,
                    annotator=worker,
                    labels=("claim" if given[worker] == most else "none",),
                    schema=SCHEMA.ref,
                    created_at="2026-01-01T00:00:00Z",
                    updated_at="2026-01-01T00:00:00Z",
                )
                for worker in people
            ]
    return found


def width(estimate: object) -> float:
    """Return how wide an interval is; NaN where there is none."""
    low, high = getattr(estimate, "low", None), getattr(estimate, "high", None)
    return float("nan") if low is None or high is None else high - low


def row_of(votes: Path, pilot: int, seeds: int) -> list[str] | None:
    """Return the row of one set; None for one with fewer than twice as many tasks as a pilot has."""
    tasks = answers_of(votes)
    if len(tasks) < 2 * pilot:
        return None
    names = sorted(tasks)
    report = measure([each for mine in tasks.values() for each in mine], SCHEMA, {name: name for name in names})
    whole = next(each.alpha for each in report.layers if each.name == "all")
    widths, inside = [], []
    for seed in range(seeds):
        drawn = np.random.default_rng(seed).choice(names, size=pilot, replace=False)
        table = AnswerTable.of([each for name in drawn for each in tasks[name]], {name: name for name in names})
        designs = [Design(share=1.0, annotators=PEOPLE)]
        (row,) = expected(table, ["claim"], designs, articles=len(names), sentences=len(names), seed=seed)
        (own,) = expected(table, ["claim"], designs, articles=pilot, sentences=pilot, seed=seed)
        widths.append(width(row.alpha))
        low, high = own.alpha.low, own.alpha.high
        inside.append(low is not None and high is not None and low <= float(whole) <= high)
    said, got = fmean(widths), width(whole)
    name = votes.name.removesuffix(".votes.jsonl.gz")
    shares = [f"{float(whole):.2f}", f"{said:.3f}", f"{got:.3f}", f"{said / got:.2f}", f"{fmean(inside):.0%}"]
    return [name, f"{len(names):,}", *shares]


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--pilot", type=int, default=60)
    parser.add_argument("--seeds", type=int, default=10)
    options = parser.parse_args()
    print("| set | tasks | α | width, expected | got | ratio | α within the pilot's |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for votes in sorted(options.directory.glob("*.votes.jsonl.gz")):
        row = row_of(votes, options.pilot, options.seeds)
        if row is not None:
            print(f"| {' | '.join(row)} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Measure releases: build, prove, load, compare, and how even the splits are.

    scripts/bench/release.py [--sentences 1000000] [--annotators 3] [--work DIR] [--build-only | --splits-only]

Each step runs in a process of its own; memory is its peak resident set, and CPU seconds say what it takes on a machine
that has other work. After build and verify comes one line of JSON with both. The corpus is invented: stories of one to
four near-copies, ten sentences an article, labels as skewed as real ones. It lies in a project, as a user's would;
`project` makes it and is no part of the build.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

PARTS = ("ba", "ke", "lo", "mi", "nu", "ra", "si", "to", "vu", "ze", "fi", "do", "cha", "pre", "gal", "str")
WORDS = [f"{a}{b}{c}" for a in PARTS for b in PARTS for c in ("den", "ford", "gan", "lis", "ter", "n", "", "ing")]
FREQUENCY = list(itertools.accumulate(1 / rank for rank in range(2, len(WORDS) + 2)))  # as Zipf has it
SHARES = {"claim": 0.3, "denial": 0.05, "confirmation": 0.01, "casualty_figure": 0.04, "diplomatic_contact": 0.08}
WHEN = "2026-01-01T00:00:00Z"


class Invented:
    """A corpus of `sentences` sentences that is made again each time it is walked through; nothing is kept."""

    def __init__(self, sentences: int, annotators: int, *, changed: bool = False) -> None:
        self.sentences_wanted = sentences
        self.annotators = annotators
        self.changed = changed

    def walk(self) -> Iterator[tuple[Any, list[Any], list[tuple[str, ...]]]]:
        """Yield each article with its sentences and the labels of each."""
        from toolkit.records import Article, Page, Piece, Sentence

        chance = random.Random(0)  # noqa: S311  # invents words, guards nothing
        story, left, texts = "", 0, [""]
        for number in range(self.sentences_wanted // 10):
            texts = self._copied(chance, texts) if left else [self._text(chance) for _ in range(10)]
            labels = [tuple(sorted(name for name, share in SHARES.items() if chance.random() < share)) for _ in texts]
            text = " ".join(texts)
            piece = Piece(start=0, end=len(text), byte_start=0, byte_end=len(text))
            page = Page(source=f"{number}.txt", sha256="0" * 64, start=0, end=len(text))
            article = Article.of(text, page=page, pieces=(piece,), language="en", publisher="The Daily Example")
            if left == 0:
                story, left = article.article_id, chance.choice((1, 1, 1, 2, 4))
            left -= 1
            article = _with_story(article, story)
            cut, at = [], 0
            for sentence in texts:
                cut.append(Sentence.of(article, at, at + len(sentence), paragraph=0))
                at += len(sentence) + 1
            yield article, cut, labels

    def _text(self, chance: random.Random) -> str:
        return f"{' '.join(chance.choices(WORDS, cum_weights=FREQUENCY, k=chance.randint(8, 24)))}."

    def _copied(self, chance: random.Random, texts: list[str]) -> list[str]:
        """Another outlet's version: a word here and there is another, and the last sentence is its own."""
        copies = []
        for text in texts[:-1]:
            words = text.split()
            words[chance.randrange(len(words) - 1)] = chance.choice(WORDS)
            copies.append(" ".join(words) if chance.random() < 0.3 else text)
        return [*copies, self._text(chance)]

    def articles(self) -> Iterator[Any]:
        """Yield the articles."""
        return (article for article, _, _ in self.walk())

    def sentences(self) -> Iterator[Any]:
        """Yield the sentences."""
        return (sentence for _, cut, _ in self.walk() for sentence in cut)

    def decisions(self) -> Iterator[Any]:
        """Yield a decision on each sentence; in the changed corpus one in 256 is another."""
        from toolkit.records import Decision, content_id

        for _, cut, labels in self.walk():
            for sentence, given in zip(cut, labels, strict=True):
                key = sentence.sentence_id
                if self.changed and key.startswith("00"):
                    given = ("denial",)
                yield Decision(
                    sentence_id=key,
                    labels=given or ("none",),
                    schema="news_events@1.0.0",
                    method="majority",
                    votes=tuple(sorted(content_id(key, person) for person in range(self.annotators))),
                    soft_labels=dict.fromkeys(given or ("none",), 1.0),
                )

    def annotations(self) -> Iterator[Any]:
        """Yield each annotator's answer to each sentence."""
        from toolkit.records import Annotation, content_id

        for _, cut, labels in self.walk():
            for sentence, given in zip(cut, labels, strict=True):
                for person in range(self.annotators):
                    yield Annotation(
                        annotation_id=content_id(sentence.sentence_id, person),
                        sentence_id=sentence.sentence_id,
                        annotator=f"annotator-{person}",
                        labels=given or ("none",),
                        schema="news_events@1.0.0",
                        created_at=WHEN,
                        updated_at=WHEN,
                        lead_time=7.5,
                    )


def _with_story(article: Any, story: str) -> Any:
    from dataclasses import replace

    return replace(article, story_id=story) if article.story_id != story else article


def project(work: Path, sentences: int, annotators: int) -> dict[str, Any]:
    """Make the project that the releases are built from, in which a second gold lies beside the first."""
    from toolkit.engine.arrow import arrow_schema, to_table, write_parquet
    from toolkit.project import Workspace
    from toolkit.project.logs.annotation_log import revision
    from toolkit.records import Article, Decision, Sentence

    made = Invented(sentences, annotators)
    space = Workspace.create(work)
    started = time.perf_counter()
    for answers in _batched(made.annotations()):
        space.annotations.append(revision(answer, {}) for answer in answers)
    for name, cls, records in (
        ("articles.parquet", Article, made.articles()),
        ("sentences.parquet", Sentence, made.sentences()),
        ("first.parquet", Decision, made.decisions()),
        ("changed.parquet", Decision, Invented(sentences, annotators, changed=True).decisions()),
    ):
        write_parquet(work / name, arrow_schema(cls), (to_table(cls, part) for part in _batched(records)))
    log = (work / "annotations" / "log.jsonl").stat().st_size / 1e6
    return {"seconds": round(time.perf_counter() - started), "log MB": round(log)}


def _batched(records: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(itertools.islice(records, 20_000)):
        yield batch


def build(work: Path, sentences: int, version: str) -> dict[str, Any]:
    """Freeze a release as `toolkit build` does; 1.0.1 has one decision in 256 changed."""
    from toolkit import release
    from toolkit.project import Workspace

    shutil.copyfile(work / ("first.parquet" if version == "1.0.0" else "changed.parquet"), work / "gold.parquet")
    shutil.rmtree(work / "releases" / version, ignore_errors=True)  # an earlier run's
    started = time.perf_counter()
    release.build(Workspace(work), version)
    seconds = time.perf_counter() - started
    return {"minutes": round(seconds / 60, 2), "sentences/s": round(sentences / seconds)}


def open_dataset(work: Path) -> dict[str, Any]:
    """Load it with `datasets`, cold the first time and from its cache the second, and stream it."""
    import datasets

    datasets.disable_progress_bars()
    started = time.perf_counter()
    rows = datasets.load_dataset(str(work / "releases" / "1.0.0"))
    opened = time.perf_counter() - started
    stream = iter(datasets.load_dataset(str(work / "releases" / "1.0.0"), split="train", streaming=True))
    started, count = time.perf_counter(), 0
    for _, _row in zip(range(20_000), stream, strict=False):
        count += 1
    return {
        "load seconds": opened,
        "rows": len(rows["train"]),
        "streamed rows/s": count / (time.perf_counter() - started),
    }


def compare(work: Path) -> dict[str, Any]:
    """Compare the two releases."""
    from toolkit.release import diff, load

    started = time.perf_counter()
    change = diff(load(work / "releases" / "1.0.0"), load(work / "releases" / "1.0.1"), whole=False)
    return {
        "diff seconds": time.perf_counter() - started,
        "changed": change.configs["default"].changed,
        "level": change.level,
    }


def sizes(work: Path) -> dict[str, Any]:
    """Compare the size of the default config with the same rows as JSONL and CSV."""
    from toolkit.release import load

    release = load(work / "releases" / "1.0.0")
    with tempfile.TemporaryDirectory(dir=work) as folder:
        lines, table = Path(folder, "rows.jsonl"), Path(folder, "rows.csv")
        with lines.open("w") as jsonl, table.open("w", newline="") as plain:
            writer = csv.writer(plain)
            for split in release.splits():
                for batch in release.table(split=split).to_batches(20_000):
                    for row in batch.to_pylist():
                        jsonl.write(json.dumps(row) + "\n")
                        writer.writerow(row.values())
        default = sum(
            (work / "releases" / "1.0.0" / part["file"]).stat().st_size
            for part in release.manifest["tables"]["default"].values()
        )
        whole = sum(path.stat().st_size for path in (work / "releases" / "1.0.0").rglob("*") if path.is_file())
        mega = 1e6
        return {
            "default MB": default / mega,
            "as JSONL MB": lines.stat().st_size / mega,
            "as CSV MB": table.stat().st_size / mega,
            "whole release MB": whole / mega,
        }


def verify(work: Path) -> dict[str, Any]:
    """Prove a release, as `toolkit verify 1.0.0` does."""
    from toolkit.release import load
    from toolkit.release.proof import proof

    started = time.perf_counter()
    found = proof(load(work / "releases" / "1.0.0"))
    return {"seconds": time.perf_counter() - started, "files": found.files, "rows": sum(found.rows.values())}


def splits(work: Path, sentences: int) -> dict[str, Any]:
    """Compare ours with scikit-learn's StratifiedGroupKFold and, if it is there, iterative-stratification.

    The largest difference between a label's share in a split and its share in all, stories that are cut, and sentences
    of validation and test that stand, exactly or nearly, in a split before.
    """
    import numpy as np

    from toolkit.release import SplitRow, story_splits, text_leakage

    walked = list(Invented(sentences, 0).walk())
    rows = [SplitRow(article.story_id, given or ("none",)) for article, _, labels in walked for given in labels]
    texts = [sentence.text for _, cut, _ in walked for sentence in cut]
    names = [*SHARES, "none"]
    labels = np.array([[name in row.strata for name in names] for row in rows])
    stories = np.unique([row.story_id for row in rows], return_inverse=True)[1]

    def ours() -> Any:
        found = story_splits(rows)
        order = {"train": 0, "validation": 1, "test": 2}
        return np.array([order[found[row.story_id]] for row in rows])

    def folds(make: Callable[[], Iterable[tuple[Any, Any]]]) -> Any:
        """Ten folds: one for test, one for validation, eight for train."""
        where = np.zeros(len(rows), dtype=int)
        for fold, (_, held) in enumerate(make()):
            if fold < 2:
                where[held] = 2 - fold
        return where

    def group_k_fold() -> Any:
        from sklearn.model_selection import StratifiedGroupKFold

        joint = np.unique(labels, axis=0, return_inverse=True)[1].ravel()
        return folds(lambda: StratifiedGroupKFold(10, shuffle=True, random_state=0).split(labels, joint, stories))

    def multilabel() -> Any:
        from iterstrat.ml_stratifiers import MultilabelStratifiedKFold

        return folds(lambda: MultilabelStratifiedKFold(10, shuffle=True, random_state=0).split(labels, labels))

    table: dict[str, Any] = {}
    for name, method in (
        ("toolkit", ours),
        ("StratifiedGroupKFold", group_k_fold),
        ("iterative-stratification", multilabel),
    ):
        started = time.perf_counter()
        try:
            where = method()
        except ImportError:
            table[name] = "not installed"
            continue
        seconds = time.perf_counter() - started
        shares = np.array([labels[where == part].mean(axis=0) for part in range(3)])
        cut = sum(len(parts) > 1 for parts in _parts_by_story(stories, where).values())
        leakage = text_leakage({str(part): [texts[row] for row in np.flatnonzero(where == part)] for part in range(3)})
        table[name] = {
            "max difference, points": round(float(100 * np.abs(shares - labels.mean(axis=0)).max()), 4),
            "rows %": [round(float(100 * (where == part).mean()), 2) for part in range(3)],
            "stories cut": cut,
            "exact, near duplicates across": [leakage.exact, leakage.near],
            "seconds": round(seconds, 1),
        }
    return table


def _parts_by_story(stories: Any, where: Any) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for story, part in zip(stories.tolist(), where.tolist(), strict=True):
        found.setdefault(story, set()).add(part)
    return found


STEPS: dict[str, Callable[..., dict[str, Any]]] = {
    "project": project,
    "build": build,
    "verify": verify,
    "open": open_dataset,
    "compare": compare,
    "sizes": sizes,
    "splits": splits,
}


def run(step: str, *arguments: object) -> dict[str, Any]:
    """Run a step in a process of its own, print what it says and return it."""
    command = [sys.executable, __file__, "--step", json.dumps([step, *map(str, arguments)])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    print(f"{step:8} {' '.join(map(str, arguments[1:]))}: {done.stdout.strip()}", flush=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    """Read the options and run the steps."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=1_000_000)
    parser.add_argument("--annotators", type=int, default=3)
    parser.add_argument("--work", type=Path, help="where to write; a temporary directory by default")
    parser.add_argument("--project-only", action="store_true", help="make the project in --work, and nothing else")
    parser.add_argument("--build-only", action="store_true", help="build 1.0.0 and verify it, and nothing else")
    parser.add_argument("--splits-only", action="store_true")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        name, work, *rest = json.loads(options.step)
        answer = STEPS[name](Path(work), *(int(value) if value.isdigit() else value for value in rest))
        answer = {key: round(value, 4) if isinstance(value, float) else value for key, value in answer.items()}
        used = resource.getrusage(resource.RUSAGE_SELF)
        answer["CPU s"] = round(used.ru_utime + used.ru_stime, 1)
        answer["peak MB"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)
        print(json.dumps(answer))
        return
    folder = options.work or Path(tempfile.mkdtemp(prefix="bench-release-"))
    try:
        if not options.splits_only:
            if not (folder / "changed.parquet").exists():
                run("project", folder, options.sentences, options.annotators)
            if options.project_only:
                return
            found = {"sentences": options.sentences, "build": run("build", folder, options.sentences, "1.0.0")}
            found["verify"] = run("verify", folder)
            print(json.dumps(found), flush=True)
            if options.build_only:
                return
            run("build", folder, options.sentences, "1.0.1")
            run("open", folder)
            run("open", folder)
            run("compare", folder)
            run("sizes", folder)
        run("splits", folder, min(options.sentences, 200_000))
    finally:
        if options.work is None:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()

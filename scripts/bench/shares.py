"""Measure shares of labels in a corpus: how often nominal 95 % intervals hold the truth, and how wide they are.

    python scripts/bench/shares.py DATA [--labelled 200] [--draws 2000] [--json FILE]

DATA is the folder of labelled sentences: ct24_checkworthy_en, subj_clef25, cnc, disaster_response. Of each set a third
teaches a model (words and logistic regression); the rest is the corpus, whose labels are hidden but for a random part.
What a label's share in the corpus really is is known, so each draw shows whether the interval holds it. Three models:
the trained one, one that answers by chance, and one that says the opposite of the trained one. `width` is the median
width of the interval over that of people's labels alone.

Exit code 4: a coverage is outside .93 to .97 but for twice its standard error, or a width is above 1.02.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from toolkit.estimate import share_in_corpus

LEAST, MOST, WIDEST = 0.93, 0.97, 1.02
COMMON = 0.03
"""Labels that fewer sentences carry are not looked at."""


class Cell(NamedTuple):
    """One row of the table."""

    set: str
    label: str
    model: str
    corpus: int
    share: float
    coverage: float
    width: float
    trust: float


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def sets(data: Path) -> Iterator[tuple[str, list[str], dict[str, np.ndarray[Any, np.dtype[np.bool_]]]]]:
    """Yield name, texts and labels of each set."""
    for name, file in (
        ("CheckThat", "ct24_checkworthy_en/dev"),
        ("SUBJ", "subj_clef25/en_train"),
        ("Causal News", "cnc/V2_train_st1"),
    ):
        rows = rows_of(data / f"{file}.jsonl.gz")
        yes = np.array([str(row["label"]) in ("Yes", "SUBJ", "1") for row in rows])
        yield name, [row["text"] for row in rows], {"yes": yes}
    rows = rows_of(data / "disaster_response/validation.jsonl.gz")
    names = sorted({label for row in rows for label in row["labels"]})
    found = {label: np.array([label in row["labels"] for row in rows]) for label in names}
    yield (
        "disaster",
        [row["text"] for row in rows],
        {label: yes for label, yes in found.items() if yes.mean() >= COMMON},
    )


def predicted(texts: list[str], yes: np.ndarray[Any, Any], learnt: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the probabilities that a model that was taught on a part gives to the rest."""
    vectors = TfidfVectorizer(sublinear_tf=True, min_df=2).fit_transform(texts)
    model = LogisticRegression(class_weight="balanced", max_iter=1000).fit(vectors[learnt], yes[learnt])
    return np.asarray(model.predict_proba(vectors[~learnt])[:, 1])


def measured(data: Path, labelled: int, draws: int) -> Iterator[Cell]:
    """Yield a row of the table for each label and model."""
    random = np.random.default_rng(0)
    for name, texts, labels in sets(data):
        learnt = random.random(len(texts)) < 1 / 3
        for label, every in labels.items():
            truth, scores = every[~learnt], predicted(texts, every, learnt)
            models = {"trained": scores, "chance": random.random(len(truth)), "opposite": 1 - scores}
            for model, says in models.items():
                inside, widths, trusts = [], [], []
                for _ in range(draws):
                    drawn = np.zeros(len(truth), dtype=bool)
                    drawn[random.permutation(len(truth))[:labelled]] = True
                    found = share_in_corpus(truth[drawn], says[drawn], says[~drawn])
                    low, high = (float(bound or 0.0) for bound in found.share.interval)
                    least, most = (float(bound or 0.0) for bound in found.alone.interval)
                    inside.append(low <= truth.mean() <= high)
                    widths.append((high - low) / (most - least))
                    trusts.append(found.trust)
                yield Cell(
                    name,
                    label,
                    model,
                    len(truth),
                    float(truth.mean()),
                    float(np.mean(inside)),
                    float(np.median(widths)),
                    float(np.mean(trusts)),
                )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--labelled", type=int, default=200)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    slack = 2 * (0.95 * 0.05 / given.draws) ** 0.5
    print(f"{'set':12} {'label':22} {'model':9} {'corpus':>6} {'share':>6} {'coverage':>8} {'width':>6} {'λ':>5}")
    cells = []
    for cell in measured(given.data, given.labelled, given.draws):
        cells.append(cell)
        print(
            f"{cell.set:12} {cell.label:22} {cell.model:9} {cell.corpus:6} {cell.share:6.3f} {cell.coverage:8.3f} "
            f"{cell.width:6.3f} {cell.trust:5.2f}"
        )
    if given.json:
        given.json.write_text(json.dumps([cell._asdict() for cell in cells], indent=2) + "\n")
    wrong = [c for c in cells if not LEAST - slack <= c.coverage <= MOST + slack or c.width > WIDEST]
    strict = sum(LEAST <= cell.coverage <= MOST for cell in cells)
    print(f"{strict} of {len(cells)} within .93 to .97; {len(wrong)} outside but for chance, or too wide")
    sys.exit(4 if wrong else 0)


main()

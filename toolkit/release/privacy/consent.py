"""What a release says of annotators who do not consent to their answers being released one by one: nothing.

Their answers count in decisions, in `n_annotators` and in the figures over all annotators, but stand nowhere alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from toolkit.agreement.annotators import PAIR
from toolkit.errors import InvalidInput
from toolkit.release.tables.corpus import Corpus


def check_withheld(corpus: Corpus, withheld: Collection[str]) -> None:
    """Hold the names of those who do not consent against the answers: one that is misspelt would withhold nothing.

    Raises:
        InvalidInput: Nobody of that name answered; `faults` holds all such names.
    """
    answered = corpus.annotations["annotator"].unique().to_pylist()
    remedy = f"take it out, or name one of {', '.join(sorted(answered))}"
    where = "toolkit.yaml: release.consent"
    faults = [
        InvalidInput(f"nobody who answered is called {name}", where=where, remedy=remedy)
        for name in sorted({*withheld} - {*answered})
    ]
    if faults:
        raise InvalidInput.all_of(faults)


def released_report(
    report: Mapping[str, Any] | None, corpus: Corpus, withheld: Collection[str]
) -> Mapping[str, Any] | None:
    """Return an agreement report without what must not be released of it.

    Left out are the rows, pairs and warnings of those who do not consent, the disputes that they had a word in, and
    those on sentences that are not in the corpus, such as a taken-down article's.
    """
    if report is None:
        return None
    gone = {*withheld}
    disputed = [dispute["sentence_id"] for dispute in report.get("disputed", ())]
    there = pc.is_in(pa.array(disputed, pa.string()), value_set=corpus.sentences["sentence_id"])
    released = {*pa.array(disputed, pa.string()).filter(there).to_pylist()}
    kept: dict[str, Callable[[Mapping[str, Any]], bool]] = {
        "by_annotator": lambda row: row["annotator"] not in gone,
        "pairs": lambda row: not gone & {*row["name"].split(PAIR)},
        "disputed": lambda row: row["sentence_id"] in released and not gone & _voices(row),
        "warnings": lambda row: row["annotator"] not in gone,
    }
    return {key: [row for row in value if kept[key](row)] if key in kept else value for key, value in report.items()}


def _voices(dispute: Mapping[str, Any]) -> set[str]:
    return {name for answer in dispute["answers"] for name in answer["annotators"]}

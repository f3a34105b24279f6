"""The share of the cells of the ledger that are the truth, on invented events; intervals are over events.

    python scripts/bench/ledger.py [--events 500] [--seed 0]

Events are those of tests/ledger/invented_events.py: six languages, biased sources, updates, rewrites and wire copies.
"gold" has the marked figures and relations. "predicted" has what `toolkit.figures` reads in the words, beside the
marked sources and without relations; "figures alone" has no sources either, so that each outlet stands for itself.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.ledger.invented_events import Event, events
from toolkit.agreement.intervals import estimate, proportion
from toolkit.figures import suggest
from toolkit.ledger import Statement, ledgers
from toolkit.ledger.ledger_tables import CELLS


def main() -> None:
    """Print the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    said = parser.parse_args()
    told = list(events(said.events, said.seed))
    made = {"gold": lambda event: event.statements, "predicted": predicted, "figures alone": alone}
    for name, make in made.items():
        counted = [right(event, make(event)) for event in told]
        print(f"{name:14} {_share(counted)}")
        for language in sorted({event.language for event in told}):
            mine = [each for each, event in zip(counted, told, strict=True) if event.language == language]
            print(f"  {language:12} {_share(mine)}")


def predicted(event: Event) -> list[Statement]:
    """Return the statements of an event with the figures that are read in their words."""
    return [
        replace(each, spans=(*each.sources, *suggest(each.text, event.language)), relations=(), probability=0.9)
        for each in event.statements
    ]


def alone(event: Event) -> list[Statement]:
    """Return the statements of an event with nothing but the figures that are read in their words."""
    return [
        replace(each, spans=suggest(each.text, event.language), relations=(), probability=0.9)
        for each in event.statements
    ]


def right(event: Event, statements: list[Statement]) -> tuple[int, int]:
    """Count the cells of an event that are the truth, and all of them."""
    tolls = {toll.kind["harm"]: toll for ledger in ledgers(statements) for toll in ledger.tolls}
    cells = [
        harm in tolls and getattr(tolls[harm], name).value == event.truth(harm)[name]
        for harm in sorted({report.harm for report in event.reports})
        for name in CELLS
    ]
    return sum(cells), len(cells)


def _share(counted: list[tuple[int, int]]) -> str:
    hits, cells = ([each[side] for each in counted] for side in (0, 1))
    found = estimate(sum(hits) / sum(cells), proportion(hits, cells), n=sum(cells))
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}] of {found.n} cells"


if __name__ == "__main__":
    main()

"""How well the baseline finds who denies whom, on invented stories; beside the nearest earlier claim.

    python scripts/bench/links.py [--stories 300] [--seed 0] [--embeddings NAME]

Stories are those of tests/baselines/links/invented_stories.py: six languages, links planted within and across articles.
Scores are cross-validated by story; intervals are over stories.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.baselines.links.invented_stories import stories
from toolkit.baselines.links.link_pairs import link_pairs
from toolkit.baselines.links.link_scores import link_scores
from toolkit.schema import load


def main() -> None:
    """Print the scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--embeddings", metavar="NAME", help="one of toolkit.encoders.encoder.ENCODERS")
    parser.add_argument("--json", action="store_true")
    said = parser.parse_args()
    embed = None
    if said.embeddings:
        from toolkit.encoders.embedding import embedder

        embed = embedder(said.embeddings).transform
    schema = load("news_events@1.1.0")
    begun = time.process_time()
    told = list(stories(said.stories, said.seed))
    pairs = [pair for story in told for pair in link_pairs(story.statements, schema, embed)]
    drawn = {link for story in told for link in story.links}
    scores = link_scores(pairs, drawn)
    if said.json:
        print(json.dumps([each.as_dict() for each in scores], indent=1))
        return
    print(f"{len(told)} stories, {len(pairs)} pairs, {len(drawn)} links, {time.process_time() - begun:.1f} s of CPU")
    for each in scores:
        print(f"{each.label:9} {each.part:18} {each.ranker:16} {each.links:4}  "
              f"recall@5 {_shown(each.recall)}  F1 {_shown(each.f1)}")  # fmt: skip


def _shown(found) -> str:  # type: ignore[no-untyped-def]
    if found.low is None:
        return f"{found.value:.3f} ({found.reason})"
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"


if __name__ == "__main__":
    main()

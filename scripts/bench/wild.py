"""How much of files as people have them is read right: articles, titles, dates and publishers, and F1 of the bodies.

    python scripts/bench/wild.py [DIR] [--show] [--peers]

Beside each file FILE of DIR stands FILE.gold.json:

    {"articles": [{"title": "…", "published_at": "2024-03-12", "publisher": "…", "body": ["a paragraph", …]}]}

A value that the file does not state is null. Articles are compared in their order; a field counts as right if it is the
same. F1 is over shingles of four words, as in ingest.py, of two characters where a script has no spaces. Without DIR
the pages are those of wild_pages/: sixty of our own, in ten languages, CC0.

--peers: beside the extractors that are installed of trafilatura, newspaper4k and readability, on the HTML pages alone.
Their dates count by the day, and an article more or less as wrong.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from extractors import Reading, installed

from toolkit.errors import ToolkitError
from toolkit.ingest import extract

OWN = Path(__file__).with_name("wild_pages")
GOLD = ".gold.json"
FIELDS = ("title", "published_at", "publisher")
WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


class Score(NamedTuple):
    """The score of one file: whether its number of articles and each field is right, and the F1 of the bodies."""

    articles: bool
    fields: tuple[bool, ...]
    f1: float


def shingles(text: str) -> Counter[str]:
    """Count the shingles of a text."""
    if WIDE.search(text):
        signs = re.sub(r"\W+", "", text)
        return Counter(signs[at : at + 2] for at in range(max(1, len(signs) - 1)))
    words = re.findall(r"\w+", text)
    return Counter(" ".join(words[at : at + 4]) for at in range(max(1, len(words) - 3)))


def f1(gold: str, found: str) -> float:
    """Return the F1 of a text against the true one; 1 for two that are empty."""
    true, said = shingles(gold), shingles(found)
    right = sum((true & said).values())
    return 2 * right / ((sum(true.values()) + sum(said.values())) or 1)


def gold_of(path: Path) -> list[dict[str, Any]]:
    """Return the articles that a file holds."""
    articles: list[dict[str, Any]] = json.loads(path.with_name(path.name + GOLD).read_text(encoding="utf-8"))[
        "articles"
    ]
    return articles


def score(path: Path) -> Score:
    """Read one file and compare what comes out with its gold."""
    try:
        found = extract(path.read_bytes(), source=path.name)
    except ToolkitError:
        found = []
    return compared(gold_of(path), found)


def by_day(value: str | None) -> str | None:
    """Return the day of a time, since no peer has more of it."""
    return value[:10] if value else value


def score_of(reader: Callable[[bytes], Sequence[Any]], path: Path) -> Score:
    """Read one page with an extractor and compare what comes out with its gold, dates by the day."""
    gold = [{**article, "published_at": by_day(article["published_at"])} for article in gold_of(path)]
    found = [
        Reading(item.title, by_day(item.published_at), item.publisher, item.body) for item in reader(path.read_bytes())
    ]
    return compared(gold, found)


def compared(gold: Sequence[dict[str, Any]], found: Sequence[Any]) -> Score:
    """Compare what was found in a file with its gold."""
    pairs = list(zip_longest(gold, found))
    fields = tuple(
        all(true is not None and said is not None and getattr(said, name) == true[name] for true, said in pairs)
        for name in FIELDS
    )
    bodies = [f1("\n".join(true["body"]) if true else "", said.body if said else "") for true, said in pairs]
    return Score(len(gold) == len(found), fields, sum(bodies) / (len(bodies) or 1))


def row(name: str, scores: Sequence[Score]) -> str:
    """Return a line of the table: the shares of files that are right, and the mean F1."""
    shares = [sum(item.articles for item in scores) / len(scores)]
    shares += [sum(item.fields[at] for item in scores) / len(scores) for at in range(len(FIELDS))]
    mean = sum(item.f1 for item in scores) / len(scores)
    return f"{name:<12} {shares[0]:<9.3f} {shares[1]:<6.3f} {shares[2]:<6.3f} {shares[3]:<10.3f} {mean:.4f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Score every file that has a gold file beside it, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path, nargs="?", default=OWN)
    parser.add_argument("--peers", action="store_true", help="beside the extractors that are installed")
    parser.add_argument("--show", action="store_true", help="name each file that is not all right")
    options = parser.parse_args(arguments)
    paths = sorted(path.with_name(path.name.removesuffix(GOLD)) for path in options.directory.glob("*" + GOLD))
    if not paths:
        print(f"{options.directory}: no file with a {GOLD} beside it", file=sys.stderr)
        return 3
    scores = {path: score(path) for path in paths}
    if options.show:
        for path, found in scores.items():
            if not (found.articles and all(found.fields) and found.f1 > 0.999):
                wrong = [name for name, right in zip(FIELDS, found.fields, strict=True) if not right]
                print(f"{path.name}: articles {'right' if found.articles else 'wrong'}, {wrong}, F1 {found.f1:.3f}")
    print(f"{len(paths)} files\n             articles  title  date   publisher  body F1")
    print(row("toolkit", list(scores.values())))
    pages = [path for path in paths if path.suffix == ".html"] if options.peers else []
    if pages:
        print(f"\n{len(pages)} HTML pages\n             articles  title  date   publisher  body F1")
        readers = {"toolkit": lambda raw: extract(raw, source="page.html"), **installed()}
        for name, reader in readers.items():
            print(row(name, [score_of(reader, path) for path in pages]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

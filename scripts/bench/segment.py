"""Measure sentence splitters on gold sets: F1c, exact match and speed of all in one interleaved run.

    python scripts/bench/segment.py DIR [--stress] [--against nupunkt,livekit-blingfire]
        [--floor [FILE|KEY=VALUE,...]] [--json FILE]

DIR (default: the sets of the repository) holds `*.jsonl` or `*.jsonl.gz`. Each line is one document: {"lang", "text",
"spans": [[start, end], ...]} in code points, and "optional": ends that may be predicted or not.

F1c    A boundary is the end of a sentence, written as the number of characters before it, without white space and
       format characters, so that these may stand on either side of it. The last end of a document does not count,
       because no splitter can miss it. A gold end that stands neither at a line break nor after a stop (. ! ? … and
       the stops of other scripts, with the marks that close after them) is not scored, predicted or not, because only
       the meaning shows it; an optional end is not scored either. F1c is the F1 of a set's pooled boundaries, in
       percent.
exact  Share of documents whose scored boundaries are exactly the gold ones, in percent.
speed  Millions of characters per second of processor time, in a single thread, spans included: the median over
       interleaved rounds over all English documents, or over all documents if none is English. x_naive is the ratio to
       the speed of a naive regex.

With --stress, every document is measured as it is and distorted: in lower case, in capitals, with decomposed letters,
with no-break spaces, with format characters, wrapped at a column, and without the spaces between sentences.

Every splitter but the rules gets a document line by line, because line breaks separate first; the rules cut at line
breaks themselves. Floors are KEY=VALUE with the keys of the table ("avg5.f1c", "hard_news.exact") and "ratio.PEER", the
rules' speed divided by a peer's. Without a value, --floor takes the floors of DIR/floor.txt, or else the goals of the
project.
Exit code 4: a floor is missed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import sys
import time
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from peers import LINE, PARAGRAPH, PEERS, Span, Splitter, by_block, naive
from stress import DISTORTIONS

from toolkit.segment import segment

STOPS = frozenset(".!?…。！？｡．؟۔।॥։።፧‼⁇⁈⁉")
CLOSERS = frozenset("\"'”’»›)]}」』】）〉》］｝“‘«‹")
FLOOR, STRESS_FLOOR = "floor.txt", "stress_floor.txt"
SHIPPED = Path(__file__).parents[2] / "tests" / "segment" / "gold"
GOALS = "avg5.f1c=99.5,hard_news.exact=95,ratio.livekit-blingfire=1.3,ratio.tokenizesentences=2"
NEWS = ("en_gum_news", "en_pud_news", "en_wsj_sample", "en_masc_news_detok", "en_brown_news_detok")


@dataclass(frozen=True)
class Document:
    """A gold document: its text, its sentences, and the ends that may be predicted or not."""

    lang: str
    text: str
    spans: tuple[Span, ...]
    optional: tuple[int, ...]


def read(path: Path) -> list[Document]:
    """Read a set."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    return [
        Document(row["lang"], row["text"], tuple((a, b) for a, b in row["spans"]), tuple(row.get("optional", ())))
        for row in rows
    ]


def name_of(path: Path) -> str:
    """Return a set's name: its file name up to the first dot."""
    return path.name.partition(".")[0]


# --- the measure ------------------------------------------------------------------------------------------------------


def counts(text: str) -> list[int]:
    """Return, for every offset of `text` and its end, the number of characters before it that a reader sees."""
    totals = [0]
    for character in text:
        totals.append(totals[-1] + (not character.isspace() and unicodedata.category(character) != "Cf"))
    return totals


def scored(text: str, end: int) -> bool:
    """Return whether a gold end stands at a line break or after a stop."""
    at = end
    while at < len(text) and text[at].isspace():
        if text[at] in "\r\n\u2028\u2029":
            return True
        at += 1
    at = end - 1
    while at > 0 and (text[at] in CLOSERS or text[at].isspace()):
        at -= 1
    return text[at] in STOPS


def boundaries(document: Document, predicted: Iterable[Span]) -> tuple[set[int], set[int]]:
    """Return the gold and the predicted boundaries of a document that are scored."""
    total = counts(document.text)
    last = total[-1]
    free = {total[end] for _, end in document.spans if not scored(document.text, end)}
    free |= {total[end] for end in document.optional} | {0, last}
    gold = {total[end] for _, end in document.spans} - free
    return gold, {total[end] for _, end in predicted} - free


def score(documents: list[Document], split: Splitter) -> tuple[float, float]:
    """Return F1c and the share of exactly right documents, both in percent."""
    hits = wanted = given = exact = 0
    for document in documents:
        gold, found = boundaries(document, split(document.text, document.lang))
        hits, wanted, given = hits + len(gold & found), wanted + len(gold), given + len(found)
        exact += gold == found
    f1 = 2 * hits / (wanted + given) if wanted + given else 1.0
    return 100 * f1, 100 * exact / len(documents)


# --- the splitters ----------------------------------------------------------------------------------------------------


def ours(text: str, lang: str) -> list[Span]:
    """Split with the rules of this project."""
    return segment(text, language=lang)


# --- the run ----------------------------------------------------------------------------------------------------------


def speeds(splitters: dict[str, Splitter], documents: list[Document], rounds: int) -> dict[str, float]:
    """Return the Mchar/s of each splitter: medians over rounds in which each takes its turn."""
    size = sum(len(document.text) for document in documents)
    times: dict[str, list[float]] = {name: [] for name in splitters}
    for _ in range(rounds):
        for name, split in splitters.items():
            began = time.process_time()
            for document in documents:
                split(document.text, document.lang)
            times[name].append(time.process_time() - began)
    return {name: size / statistics.median(times[name]) / 1e6 for name in splitters}


def table(rows: list[list[str]]) -> Iterator[str]:
    """Yield the lines of a table with aligned columns."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def keys(sets: list[str]) -> list[str]:
    """Return the names of the results: those of each set, the averages and the speed."""
    f1c, exact = [f"{name}.f1c" for name in sets], [f"{name}.exact" for name in sets]
    return [*f1c, "avg5.f1c", *exact, "mchar_s", "x_naive"]


def summary(results: dict[str, float], names: list[str], rows: list[str]) -> list[list[str]]:
    """Return the rows of the table, except those that were not measured."""
    cells = {key: [results.get(f"{name}:{key}") for name in names] for key in rows}
    found = {key: row for key, row in cells.items() if any(cell is not None for cell in row)}
    return [
        ["", *names],
        *([key, *("" if cell is None else f"{cell:.2f}" for cell in row)] for key, row in found.items()),
    ]


def strained(documents: list[Document], splitters: dict[str, Splitter]) -> dict[str, float]:
    """Return the results over all documents in each distortion, named "SPLITTER:DISTORTION.f1c" and so on."""
    results: dict[str, float] = {}
    for label, distort in DISTORTIONS.items():
        block = PARAGRAPH if label == "wrapped" else LINE  # the peers see a wrapped paragraph whole
        strained = [
            Document(document.lang, *distort(document.text, document.spans, document.optional))
            for document in documents
        ]
        for name, split in {
            "rules": ours,
            **{name: partial(by_block, split, block) for name, split in splitters.items()},
        }.items():
            results[f"{name}:{label}.f1c"], results[f"{name}:{label}.exact"] = score(strained, split)
    return results


def measure(sets: dict[str, list[Document]], splitters: dict[str, Splitter], rounds: int) -> dict[str, float]:
    """Return every result, named "SPLITTER:SET.f1c" and so on."""
    results: dict[str, float] = {}
    for name, split in splitters.items():
        for label, documents in sets.items():
            results[f"{name}:{label}.f1c"], results[f"{name}:{label}.exact"] = score(documents, split)
        if all(label in sets for label in NEWS):
            results[f"{name}:avg5.f1c"] = statistics.fmean(results[f"{name}:{label}.f1c"] for label in NEWS)
    pool = [document for documents in sets.values() for document in documents]
    english = [document for document in pool if document.lang == "en"] or pool
    rates = speeds(splitters, english, rounds)
    for name, rate in rates.items():
        results[f"{name}:mchar_s"] = rate
        results[f"{name}:x_naive"] = rate / rates["naive"]
        results[f"rules:ratio.{name}"] = rates["rules"] / rate
    return results


def floors(given: str) -> dict[str, float]:
    """Read floors: a file of lines "KEY=VALUE" (# begins a comment), or the same separated by commas."""
    path = Path(given)
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else given.split(",")
    pairs = [line.partition("#")[0].partition("=") for line in lines if line.partition("#")[0].strip()]
    return {key.strip(): float(value) for key, _, value in pairs}


def default_floors(beside: Path) -> str:
    """Return the file of floors beside the sets, or the goals."""
    return str(beside) if beside.is_file() else GOALS


def missed(results: dict[str, float], wanted: dict[str, float]) -> list[str]:
    """Return a message per floor that the rules miss or that was not measured."""
    faults = []
    for key, floor in wanted.items():
        value = results.get(f"rules:{key}")
        if value is None:
            faults.append(f"{key}: not measured")
        elif value < floor:
            faults.append(f"{key}: {value:.2f} is below {floor:.2f}")
    return faults


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "dir", type=Path, metavar="DIR", nargs="?", default=SHIPPED, help="directory of gold sets (*.jsonl, *.jsonl.gz)"
    )
    parser.add_argument("--against", default="", metavar="NAMES", help=f"comma separated: {', '.join(PEERS)}")
    parser.add_argument("--sets", default="", metavar="PREFIXES", help="only the sets whose name begins so")
    parser.add_argument("--stress", action="store_true", help="measure the sets in each distortion, without the speed")
    parser.add_argument("--rounds", type=int, default=9, help="interleaved rounds for the speed (default: 9)")
    parser.add_argument(
        "--floor",
        metavar="FILE|KEY=VALUE,…",
        nargs="?",
        const="",
        help="exit 4 when the rules are below any of these (default: DIR/floor.txt, stress_floor.txt or the goals)",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every result as JSON")
    return parser.parse_args()


def main() -> int:
    """Run the bench and print its table."""
    asked = arguments()
    prefixes = tuple(asked.sets.split(",")) if asked.sets else ("",)
    paths = [path for path in sorted(asked.dir.glob("*.jsonl*")) if path.name.startswith(prefixes)]
    if not paths:
        print(f"{asked.dir}: no *.jsonl or *.jsonl.gz here", file=sys.stderr)
        return 3
    peers = [name for name in asked.against.split(",") if name]
    if unknown := sorted(set(peers) - set(PEERS)):
        print(f"unknown splitter {', '.join(unknown)}; known: {', '.join(PEERS)}", file=sys.stderr)
        return 2
    sets = {name_of(path): read(path) for path in paths}
    try:
        splitters = {"naive": naive, **{name: PEERS[name]() for name in peers}}
    except ImportError as error:
        print(f"a peer is not installed ({error}); run `pip install {' '.join(peers)}`", file=sys.stderr)
        return 2
    if asked.stress:
        results = strained([document for documents in sets.values() for document in documents], splitters)
        rows, floor = [f"{label}.{key}" for label in DISTORTIONS for key in ("f1c", "exact")], STRESS_FLOOR
    else:
        lined = {name: partial(by_block, split, LINE) for name, split in splitters.items()}
        results = measure(sets, {"rules": ours, **lined}, asked.rounds)
        rows, floor = keys(list(sets)), FLOOR
    print("\n".join(table(summary(results, ["rules", *splitters], rows))))
    for name in [] if asked.stress else peers:
        print(f"rules are {results[f'rules:ratio.{name}']:.2f} times as fast as {name}")
    if asked.json:
        asked.json.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    faults = [] if asked.floor is None else missed(results, floors(asked.floor or default_floors(asked.dir / floor)))
    for fault in faults:
        print(f"floor missed: {fault}", file=sys.stderr)
    return 4 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

"""Measure the reader of casualty figures on sentences whose figures people have written down, beside its peers.

    python scripts/bench/figures.py [DIR] [--floor KEY=VALUE,...] [--json FILE] [--wrong]

DIR holds *.jsonl of sentences with their figures, and perhaps isaf.jsonl.gz or a folder figures_isaf with it: press
releases whose killed and captured people were counted by human coders. Without DIR, the sentences that the package
ships (toolkit/samples/figures).

found      share of the figures of which some words were found
low, high  share of the figures found whose bound is right; bounds: both, and whether they are open
qualifier  share with the right qualifier; harm: with what happened to the people
all        share of the figures with every field right
false      figures found that are none, per 100 sentences

Peers: text2num, which finds every number in digits or words, and a plain regex for digits. Neither knows who was
harmed, so their harm is never right, and every other number of a sentence is false.
killed and captured: of the releases in which the coders' number stands in a sentence of harm, the share in which a
figure with that number and that harm is found.
Exit code 4: a floor is missed. Keys of --floor are LANGUAGE.MEASURE ("de.all", "ru.false") and "isaf.killed".
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from num2words import num2words

from toolkit import figures, samples
from toolkit.segment import segment

Row = dict[str, Any]
Reader = Callable[[str, str], list[Row]]

SHIPPED = samples.figures()
MEASURES = ("found", "low", "high", "bounds", "qualifier", "harm", "all")
BOUNDS = ("low", "low_open", "high", "high_open")
_DIGITS = re.compile(r"\d+(?:[.,\u00a0\u202f ]\d{3})*")
_HARM = {
    "killed": re.compile(r"\b(kill|dead|died|death|slain)", re.IGNORECASE),
    "captured": re.compile(r"\b(captur|detain|arrest|apprehend|custody)", re.IGNORECASE),
}
_WORDS = tuple(num2words(number) for number in range(21))


@dataclass(frozen=True)
class Case:
    """A sentence with the figures that it has; those marked optional may be found or not."""

    language: str
    sentence: str
    figures: tuple[Row, ...]


def cases(directory: Path) -> Iterator[Case]:
    """Yield the cases of the *.jsonl of a folder, by name of the file."""
    for path in sorted(directory.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if "sentence" in row:
                yield Case(row["language"], row["sentence"], tuple(row.get("figures", row.get("expected"))))


def ours(sentence: str, language: str) -> list[Row]:
    """Return what the package finds."""
    return [
        {
            "text": found.text,
            "start": found.start,
            "harm": found.harm,
            "qualifier": found.figure.qualifier,
            **{name: getattr(found.figure, name) for name in BOUNDS},
        }
        for found in figures.find(sentence, language)
    ]


def _exact(text: str, start: int, value: int) -> Row:
    row: Row = {"text": text, "start": start, "qualifier": "exact", "harm": None}
    return {**row, "low": value, "high": value, "low_open": False, "high_open": False}


def digits(sentence: str, _language: str) -> list[Row]:
    """Return every number in digits."""
    return [
        _exact(each.group(), each.start(), int(re.sub(r"\D", "", each.group())[:18]))
        for each in _DIGITS.finditer(sentence)
    ]


def text2num(sentence: str, language: str) -> list[Row]:
    """Return every number that text2num reads, in digits or words, where it knows the language."""
    from text_to_num import text2num as read

    found, words = digits(sentence, language), list(re.finditer(r"[^\W\d_]+(?:-[^\W\d_]+)*", sentence))
    at = 0
    while at < len(words):
        for stop in range(min(len(words), at + 8), at, -1):
            phrase = sentence[words[at].start() : words[stop - 1].end()]
            try:
                value = int(read(phrase.lower(), language))
            except (ValueError, KeyError):
                continue
            found.append(_exact(phrase, words[at].start(), value))
            at = stop - 1
            break
        at += 1
    return sorted(found, key=lambda row: row["start"])


READERS: dict[str, Reader] = {"toolkit": ours, "text2num": text2num, "regex": digits}


def _match(wanted: Row, found: Sequence[Row]) -> Row | None:
    """Return the figure found at the place of one that is wanted, or else one whose words hold those of the other."""
    if "start" in wanted:
        first, last = wanted["start"], wanted["start"] + len(wanted["text"])
        return next((row for row in found if row["start"] < last and first < row["start"] + len(row["text"])), None)
    same = next((row for row in found if row["text"] == wanted["text"]), None)
    return same or next((row for row in found if row["text"] in wanted["text"] or wanted["text"] in row["text"]), None)


def measure(rows: Sequence[Case], read: Reader, *, wrong: bool = False) -> dict[str, float]:
    """Return the measures of a reader on some cases."""
    right = dict.fromkeys(MEASURES, 0)
    wanted = false = 0
    for case in rows:
        left = read(case.sentence, case.language)
        for figure in case.figures:
            hit = _match(figure, left)
            if hit is not None:
                left.remove(hit)
            if figure.get("optional"):
                continue
            wanted += 1
            fields = _fields(figure, hit)
            for name in fields:
                right[name] += 1
            if wrong and "all" not in fields:
                print(f"{case.language}  {case.sentence}  wanted {figure['text']!r}, got {hit}")
        false += len(left)
        if wrong and left:
            print(f"{case.language}  {case.sentence}  false {[row['text'] for row in left]}")
    shares = {"found": right["found"] / wanted, "all": right["all"] / wanted} if wanted else {}
    for name in MEASURES[1:-1]:
        shares[name] = right[name] / right["found"] if right["found"] else 0.0
    return {"n": wanted, **shares, "false": 100 * false / len(rows)}


def _fields(wanted: Row, hit: Row | None) -> list[str]:
    """Return the measures in which a figure that was found is right."""
    if hit is None:
        return []
    bounds = all(hit[name] == wanted[name] for name in BOUNDS)
    said = {"found": True, "bounds": bounds, **{name: hit[name] == wanted[name] for name in ("low", "high")}}
    said |= {name: hit[name] == wanted[name] for name in ("qualifier", "harm")}
    said["all"] = bounds and said["qualifier"] and said["harm"]
    return [name for name, is_right in said.items() if is_right]


def releases(path: Path) -> dict[str, float]:
    """Return the share of the coders' numbers that are found, where they stand in a sentence of harm."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    shares = {}
    for harm, pattern in _HARM.items():
        stands = found = 0
        for row in rows:
            number = row[f"min_{harm}"]
            said = rf"\b({number}{'|' + _WORDS[number] if number < len(_WORDS) else ''})\b"
            text = row["text"]
            told = [text[a:b] for a, b in segment(text, language="en")] if number else []
            told = [each for each in told if pattern.search(each) and re.search(said, each, re.IGNORECASE)]
            stands += bool(told)
            found += any(
                each.figure.low == number and each.harm in (harm, "killed_or_wounded")
                for sentence in told
                for each in figures.find(sentence, "en")
            )
        shares[f"isaf.{harm}"] = found / stands if stands else 0.0
        shares[f"isaf.{harm}.n"] = stands
    return shares


def main() -> int:
    """Print the measures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path, nargs="?", default=SHIPPED, metavar="DIR")
    parser.add_argument("--floor", default="", help="KEY=VALUE,... that must be reached; of KEY.false not passed")
    parser.add_argument("--json", type=Path, help="also write the measures to this file")
    parser.add_argument("--wrong", action="store_true", help="print each figure that is not right")
    options = parser.parse_args()
    rows = list(cases(options.directory))
    results: dict[str, float] = {}
    print(f"{'':4}{'':10}{'n':>5}" + "".join(f"{name:>11}" for name in (*MEASURES, "false/100")))
    for language in sorted({case.language for case in rows} & set(figures.LANGUAGES)):
        of_language = [case for case in rows if case.language == language]
        for name, read in READERS.items():
            shares = measure(of_language, read, wrong=options.wrong and name == "toolkit")
            line = "".join(f"{shares.get(each, 0.0):11.3f}" for each in (*MEASURES, "false"))
            print(f"{language:4}{name:10}{shares['n']:5.0f}{line}")
            if name == "toolkit":
                results |= {f"{language}.{key}": value for key, value in shares.items()}
    places = [*options.directory.glob("isaf*.gz"), *options.directory.glob("figures_isaf/isaf*.gz")]
    for path in places[:1]:
        results |= releases(path)
        for harm in _HARM:
            print(f"isaf {harm}: {results[f'isaf.{harm}']:.3f} of {results[f'isaf.{harm}.n']:.0f} releases")
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 4 if missed(results, options.floor) else 0


def missed(results: dict[str, float], wanted: str) -> list[str]:
    """Print and return the floors that are missed."""
    failed = []
    for key, _, value in (item.partition("=") for item in wanted.split(",") if item):
        reached = results.get(key)
        below = reached is None or (reached > float(value) if key.endswith(".false") else reached < float(value))
        if below:
            failed.append(key)
            print(f"missed: {key} is {reached}, {value} is wanted", file=sys.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(main())

"""Measure how the time of the sentence rules grows with texts that invite backtracking.

    python scripts/bench/growth.py

A line a text: the processor time for each length in characters, and the exponent of the growth from the shortest to the
longest: 1 is linear.
"""

from __future__ import annotations

import math
import time

from toolkit.segment import segment

TEXTS = {
    "initials": "A. ",
    "quotation marks": '"',
    "quoted stops": '." ',
    "one line of words": "word ",
    "one word": "a",
    "spaces": " ",
    "stops": ".",
    "spaced stops": ". ",
    "open brackets": "(",
    "brackets after stops": ".(",
    "titles": "Mr. ",
    "abbreviations": "Inc. etc. a.m. No. U.S. ",
    "open acronyms": "U.S. Aa ",
    "questions": '?" Aa Aa Aa Aa ',
    "list markers": "1. a 2. ",
    "no capitals": "word. the ",
}
LENGTHS = (1_250_000, 2_500_000, 5_000_000, 10_000_000)


def seconds(unit: str, length: int) -> float:
    """Return the processor time for a text of about `length` characters that repeats `unit`."""
    text = unit * (length // len(unit))
    began = time.process_time()
    segment(text)
    return time.process_time() - began


def main() -> None:
    """Print the table."""
    print("seconds for".ljust(22), *(f"{length / 1e6:g} M".rjust(7) for length in LENGTHS), "exponent")
    for label, unit in TEXTS.items():
        taken = [seconds(unit, length) for length in LENGTHS]
        exponent = math.log(taken[-1] / taken[0], LENGTHS[-1] / LENGTHS[0])
        print(label.ljust(22), *(f"{each:7.3f}" for each in taken), f"{exponent:8.2f}")


if __name__ == "__main__":
    main()

"""How the time of `extract` grows with the length of adversarial pages.

    python scripts/bench/long_pages.py [--megabytes 1,3,10] [--page NAME]

A row a page: processor seconds at each length, and the exponent by which they grow between the shortest and the
longest: 1 is linear, 2 quadratic.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import time

from toolkit.errors import InvalidInput
from toolkit.ingest import read

PAGES: dict[str, tuple[str, str]] = {
    "one line, text": ("a.txt", "word "),
    "no space, text": ("a.txt", "a"),
    "quotes, text": ("a.txt", '"'),
    "short lines, text": ("a.txt", "A. A. A.\n"),
    "cards, text": ("a.txt", "The Tern\n2 hours ago\n- The Tern\nBoats sail\nBoats sailed on Monday.\n"),
    "invalid bytes, text": ("a.txt", "Boats sailed\udcff "),
    "'<', HTML": ("a.html", "<"),
    "'<!--', HTML": ("a.html", "<!--"),
    "'<script>', HTML": ("a.html", "<script>"),
    "nested tags, HTML": ("a.html", "<div>"),
    "entities, HTML": ("a.html", "&amp;"),
    "quotes, HTML": ("a.html", '"'),
    "one line, HTML": ("a.html", "word "),
    "paragraphs, HTML": ("a.html", "<p>The council voted on Monday to open the harbour again.</p>"),
    "escapes, JSON": ("a.jsonl", "\\u00e9"),
}


def page(name: str, size: int) -> tuple[str, bytes]:
    """Return the source and the bytes of a page of about so many bytes."""
    source, unit = PAGES[name]
    raw = (unit * (size // len(unit))).encode("utf-8", "surrogateescape")
    if source == "a.html":
        return source, b"<html><body><p>" + raw
    return (source, b'{"text": "' + raw + b'"}') if source == "a.jsonl" else (source, raw)


def seconds(name: str, size: int) -> float:
    """Return the processor time that reading takes, or refusing."""
    source, raw = page(name, size)
    started = time.process_time()
    with contextlib.suppress(InvalidInput):  # to be refused takes its time too
        read(raw, source=source)
    return time.process_time() - started


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", default="1,3,10")
    parser.add_argument("--page", choices=PAGES)
    options = parser.parse_args()
    sizes = [float(size) for size in options.megabytes.split(",")]
    read(b"A first page\nsets up what is loaded once.", source="a.txt")
    print(f"{'page':22}" + "".join(f"{size:g} MB".rjust(10) for size in sizes) + "  exponent")
    for name in [options.page] if options.page else PAGES:
        times = [seconds(name, int(size * 1e6)) for size in sizes]
        grown = math.log(times[-1] / times[0]) / math.log(sizes[-1] / sizes[0]) if len(sizes) > 1 else float("nan")
        print(f"{name:22}" + "".join(f"{found:10.2f}" for found in times) + f"{grown:10.2f}", flush=True)


if __name__ == "__main__":
    main()

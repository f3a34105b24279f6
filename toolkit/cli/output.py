"""Results on stdout, messages on stderr, and numbers in words."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from toolkit.errors import InvalidInput, ToolkitError, printable

if TYPE_CHECKING:
    from toolkit.labelstudio import PullResult, PushResult
    from toolkit.project import Outcome


class Talk:
    """How much is said.

    Attributes:
        quiet: No talk on stderr, errors only (`--quiet`).
        debug: Errors come with their traceback (`--debug`, or TOOLKIT_DEBUG in the environment).
        next_steps: The end of a command says what comes next.
    """

    quiet = False
    debug = False
    next_steps = True


def speak_utf8() -> None:
    """Let stdout and stderr be UTF-8 in every locale; half a character, as in the name of a file, is escaped."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def say(text: str) -> None:
    """Tell a person something on stderr."""
    if not Talk.quiet:
        sys.stderr.write(printable(text) + "\n")


def say_next(text: str) -> None:
    """Tell a person on stderr what comes next; commands stand in backticks."""
    if Talk.next_steps:
        say(f"next: {text}")


def put(text: str) -> None:
    """Print a result on stdout; of escape sequences only our own colours get there."""
    parts = _COLOUR.split(text) if _colours() else [text]
    parts[::2] = [printable(part) for part in parts[::2]]
    sys.stdout.write("".join(parts) + "\n")


_STYLES = {"red": "31", "green": "32", "dim": "2"}
_COLOUR = re.compile(rf"(\x1b\[(?:{'|'.join(_STYLES.values())}|0)m)")


def _colours() -> bool:
    """Tell whether stdout shows colours (https://no-color.org)."""
    return not os.environ.get("NO_COLOR") and bool(sys.stdout.isatty() or os.environ.get("FORCE_COLOR"))


def coloured(text: str, style: Literal["red", "green", "dim"]) -> str:
    """Return the text in a colour where stdout shows colours."""
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if _colours() else text


_STATES: Mapping[str, Literal["red", "green", "dim"]] = {
    "done": "green",
    "ok": "green",
    "out of date": "red",
    "fault": "red",
    "not yet": "dim",
    "note": "dim",
}


def state_word(state: str, width: int) -> str:
    """Return the word for the state of a stage or a check in its colour, filled up to a width."""
    return coloured(state.ljust(width), _STATES[state])


def put_json(value: object) -> None:
    """Print a value as one JSON document; dataclasses become objects, paths strings."""
    put(json.dumps(_plain(value), ensure_ascii=False, indent=2))


def put_outcome(outcome: Outcome, as_json: bool) -> None:
    """Print what became of a stage, in one line for people."""
    if as_json:
        put_json(outcome)
    else:
        put_counts(outcome.stage, outcome.counts, up_to_date=outcome.up_to_date, seconds=outcome.seconds)


def put_link(name: str, result: PushResult | PullResult, as_json: bool) -> None:
    """Print what became of a push or a pull."""
    if as_json:
        about = {"stage": name, "up_to_date": result.up_to_date}
        put_json(about | dataclasses.asdict(result) | {"counts": result.counts})
    else:
        put_counts(name, result.counts, up_to_date=result.up_to_date)
        for note in result.notes:
            say(note)


def put_counts(name: str, counts: Mapping[str, int], *, up_to_date: bool = False, seconds: float | None = None) -> None:
    """Print one line: the name, the counts, and the time it took or that nothing was to be done."""
    end = "up to date" if up_to_date else "" if seconds is None else f"{seconds:.1f} s"
    gap = "   " if counts else ""
    put(counts_line(name, counts) + (f"{gap}[{end}]" if end else ""))


def counts_line(name: str, counts: Mapping[str, int]) -> str:
    """Return "name   12 pages · 1 article"."""
    return f"{name:<12}{counted(counts)}"


def counted(counts: Mapping[str, int]) -> str:
    """Return "12 pages · 1 article"."""
    return " · ".join(f"{number:,} {_counted(what, number)}" for what, number in counts.items())


_ONE = {
    "annotations": "annotation",
    "answers": "answer",
    "annotators": "annotator",
    "articles": "article",
    "claims": "claim",
    "contradictions": "contradiction",
    "casualty figures filled in from their words": "casualty figure filled in from its words",
    "casualty figures whose numbers differ from their words": "casualty figure whose numbers differ from its words",
    "casualty figures without a number": "casualty figure without a number",
    "decisions": "decision",
    "files": "file",
    "exact copies": "exact copy",
    "figures": "figure",
    "labels": "label",
    "span labels": "span label",
    "pages": "page",
    "points": "point",
    "rejects": "reject",
    "releases": "release",
    "rows": "row",
    "sentences": "sentence",
    "sentences answered": "sentence answered",
    "spans": "span",
    "stories": "story",
}


def _counted(what: str, number: int) -> str:
    """Return what is counted as one of it or several are called; words that do not change are left as they are."""
    return _ONE.get(what, what) if number == 1 else what


def number(value: float | None) -> str:
    """Return a number with two decimals, a dash where it is undefined."""
    return "–" if value is None else f"{value:z.2f}"


def interval(estimate: Mapping[str, Any]) -> str:
    """Return "low to high" of an estimate, "too few stories" or the like where that is why there is none, else a dash.

    Examples:
        >>> interval({"low": 0.4, "high": 0.6})
        '0.40 to 0.60'
        >>> interval({"low": None, "high": None, "reason": "too few stories (1) for an interval"})
        'too few stories'
    """
    low, high, reason = estimate["low"], estimate["high"], str(estimate.get("reason") or "")
    if low is None or high is None:
        return reason.partition(" (")[0] if reason.startswith("too few") else "–"
    return f"{low:z.2f} to {high:z.2f}"


def told(estimate: Mapping[str, Any]) -> str:
    """Return an estimate and its interval as "0.50 (0.40 to 0.60)", without the brackets where there is none."""
    bounds = interval(estimate)
    return number(estimate["value"]) + ("" if bounds == "–" else f" ({bounds})")


def put_losses(losses: Sequence[tuple[str, int, str]]) -> None:
    """Print what had no place, with the first places; nothing where there is nothing."""
    rows = [[what, f"{number:,}", places] for what, number, places in losses]
    put_section(("what had no place", "how many", "such as"), rows)


_NUMERIC = re.compile(r"[-–]?\d|[-–]?$|too few")


def put_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; columns of numbers to the right, the first one and words to the left."""
    header, rows = [printable(cell) for cell in header], [[_cell(cell) for cell in row] for row in rows]
    right = [number > 0 and all(map(_NUMERIC.match, cells)) for number, cells in enumerate(zip(*rows, strict=True))]
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    for row in [header, ["─" * width for width in widths], *rows]:
        cells = [
            cell.rjust(width) if numeric else cell.ljust(width)
            for cell, width, numeric in zip(row, widths, right or [False] * len(widths), strict=True)
        ]
        put("  ".join(cells).rstrip())


def _cell(text: str) -> str:
    """Return a cell as it is printed: in one line, colours of our own kept."""
    return text if _COLOUR.search(text) else printable(text).replace("\n", "\\n")


def put_section(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table after an empty line, or nothing without rows."""
    lines = list(rows)
    if lines:
        put("")
        put_table(header, lines)


def put_error(error: ToolkitError) -> None:
    """Print an error on stderr, every fault of it on a line of its own."""
    faults = error.faults if isinstance(error, InvalidInput) else (error,)
    for fault in faults:
        sys.stderr.write(f"error: {printable(str(fault))}\n")


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[..., None]]:
    """Show a bar on a terminal, nothing elsewhere; it has rate and time left once a total is told.

    Print nothing on stdout while it is there.

    Yields:
        A function to call with (done, total) and perhaps a note to show; work that can't be counted never calls it.
    """
    if Talk.quiet or not sys.stderr.isatty():
        yield lambda done, total, note="": None
        return
    from toolkit.cli.progress_bar import bar

    with bar(what) as progress:
        yield progress


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value

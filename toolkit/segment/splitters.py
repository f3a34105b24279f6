"""Splitters other than the rules: found by entry point, and held to the same offsets as the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from importlib.metadata import entry_points
from itertools import chain
from operator import index

from toolkit.errors import InvalidInput, UsageError
from toolkit.segment.glyphs import Span
from toolkit.segment.marks import BREAKS
from toolkit.segment.rules import segment

GROUP = "toolkit.splitters"
"""Entry-point group under which a package offers a callable (line, language) -> spans of the line."""

RULES = "rules"

Splitter = Callable[[str, str], Iterable[tuple[int, int]]]
"""Given a line of text and a language code, returns the (start, end) of its sentences in code points, end exclusive."""


@cache
def load(name: str) -> Splitter:
    """Return the splitter called `name`: "rules", or one that an installed package offers.

    Raises:
        UsageError: No installed package offers it, or a library that it needs is not installed.
    """
    if name == RULES:
        return lambda text, language: segment(text, language=language, unwrap="never")  # ingest has joined the lines
    offered = {point.name: point for point in entry_points(group=GROUP)}
    if name not in offered:
        names = ", ".join(sorted({RULES, *offered}))
        remedy = f"choose one of {names}, or install a package that offers it as an entry point of {GROUP}"
        raise UsageError(f"no splitter {name!r} is installed", remedy=remedy)
    try:
        splitter: Splitter = offered[name].load()
    except (ImportError, AttributeError) as error:
        raise _not_loaded(name, error) from error
    return splitter


def _not_loaded(name: str, error: ImportError | AttributeError) -> UsageError:
    needed = (error.name or name).partition(".")[0]
    return UsageError(f"the splitter {name!r} can't be loaded: {error}", remedy=f"run `pip install {needed}`")


def split(text: str, *, language: str, splitter: str, where: str | None = None) -> list[Span]:
    """Cut a text into sentences with any splitter, and check what it returns.

    The rules get the whole text, any other splitter one line at a time. White space at the edges of a span is cut off,
    and spans of white space alone are dropped.

    Args:
        text: Any text.
        language: ISO 639-1 code.
        splitter: Name as for `load`.
        where: Name of the text in an error.

    Returns:
        Spans as `segment` returns them.

    Raises:
        UsageError: There is no such splitter, or a library that it needs is not installed.
        InvalidInput: The splitter failed, lost a character other than white space, or returned spans that overlap or
            leave their line; `faults` holds all faults of the text.
    """
    call = load(splitter)
    if splitter == RULES:
        return list(call(text, language))
    spans: list[Span] = []
    faults: list[str] = []
    at = 0
    for line in text.splitlines(keepends=True):
        body = line.rstrip(BREAKS)
        if body and not body.isspace():
            found, wrong = _of_line(call, body, language, at, splitter)
            spans += found
            faults += wrong
        at += len(line)
    if faults:
        remedy = f"report it to the maintainers of the splitter, or use --splitter {RULES}"
        raise InvalidInput.all_of(
            [InvalidInput(f"splitter {splitter!r} {fault}", where=where, remedy=remedy) for fault in faults]
        )
    return spans


def _of_line(call: Splitter, line: str, language: str, offset: int, name: str) -> tuple[list[Span], list[str]]:
    """Return the sentences of a line, moved by `offset`, and what is wrong with them."""
    try:
        given = [(index(start), index(end)) for start, end in call(line, language)]
    except UsageError:
        raise
    except ImportError as error:
        raise _not_loaded(name, error) from error
    except Exception as error:  # whatever another package raises, the user learns which splitter failed and where
        return [], [f"failed at offset {offset}: {type(error).__name__}: {error}"]
    return _checked(line, given, offset)


def _checked(line: str, given: list[Span], offset: int) -> tuple[list[Span], list[str]]:
    """Return the trimmed spans of a line, moved by `offset`, and what is wrong with them."""
    spans: list[Span] = []
    faults: list[str] = []
    at = 0
    for start, end in chain(given, [(len(line), len(line))]):
        if not 0 <= start <= end <= len(line):
            faults.append(f"returned {start + offset}-{end + offset}, outside of its line's {len(line)} characters")
            continue
        if start < at:
            faults.append(f"returned overlapping sentences at offset {start + offset}")
            at = max(at, end)
            continue
        gap = line[at:start]
        if gap.strip():
            faults.append(f"lost the characters at offset {at + len(gap) - len(gap.lstrip()) + offset}")
        at = end
        body = line[start:end].strip()
        if body:
            first = start + line[start:end].index(body)
            spans.append((first + offset, first + len(body) + offset))
    return spans, faults

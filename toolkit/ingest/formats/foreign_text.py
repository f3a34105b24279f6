"""Text that is no prose: code, stylesheets, logs, settings, lists of addresses, told by its lines.

A text is judged by the share of its lines that only one such thing has. An article that quotes code stays an article.
"""

from __future__ import annotations

import re

_KINDS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    (
        "a stylesheet",
        "code",
        re.compile(
            r"\s*(?:[.#@*:]?[\w-][^{};]{0,120}\{[^{}]*\}?|[\w-]+\s*:\s*[^;{}]{1,80};(?:\s*[\w-]+\s*:[^;{}]{1,80};)*|\}"
            r"|@(?:media|import|font-face)\b.*|/\*.*\*/)\s*"
        ),
    ),
    (
        "program code",
        "code",
        re.compile(
            r"\s*(?:(?:import|from)\s+[\w.]+(?:\s+import\b.*|\s+as\s+\w+|;)?"
            r"|(?:def|class|function|fn|func|sub)\s+\w+.{0,100}[:{(]"
            r"|(?:var|let|const|int|char|void|public|private|protected|static|final|package|using|namespace)"
            r"\s+[\w<>\[\]*., ]+.*[;{=(]"
            r"|(?:if|for|while|elif|else|switch|try|catch|except|with)\b.{0,120}[:{]"
            r"|#!.*|#\s*(?:include|define|ifdef|endif)\b.*|return\b.{0,120};?"
            r"|[\w.\[\]]+\s*[-+*/|]?=\s*[^=].{0,160}|[\w.$]+\(.{0,160}\)\s*[;{:]?|[{}()\[\];]+,?;?|//.*|/?\*.*\*/"
            r"|(?:SELECT|INSERT|CREATE|UPDATE|DELETE|DROP|ALTER)\s+.*|\$\s?\w+.*|@\w+(?:\(.*\))?|<\?php.*)\s*"
        ),
    ),
    (
        "a log",
        "code",
        re.compile(
            r"\s*(?:\S+ \S+ \S+ \[\d{1,2}/\w{3}/\d{4}[: ].*"
            r"|[\[(]?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d(?::\d\d)?[.,\d]*\S*[\])]?[ :\[-]+.*"
            r"|\[?(?:DEBUG|INFO|WARN|WARNING|ERROR|FATAL|TRACE|CRITICAL)\]?[\s:].*"
            r"|\w{3} +\d{1,2} \d\d:\d\d:\d\d \S+ \S+.*"
            r"|\d\d:\d\d:\d\d\S* .*\b(?:DEBUG|INFO|WARN|ERROR).*|at [\w.$]+\(.*\)|Traceback .*|File \".*\", line \d+.*"
            r"|\w+(?:Error|Exception)\b:.*)\s*"
        ),
    ),
    (
        "settings",
        "code",
        re.compile(
            r"\s*(?:-\s+)?(?:[\w.\"'/-]{1,40}\s*[:=](?:\s+\S.{0,60})?|\[[\w. :\"-]{1,60}\]|#.*"
            r"|---|\.\.\.|-\s+\S{1,60})\s*"
        ),
    ),
    ("a list of addresses", "data", re.compile(r"\s*(?:\d+[.)\s]+)?(?:https?://|www\.|ftp://)\S+\s*")),
    (
        "a difference between files",
        "code",
        re.compile(r"(?:diff --git .*|index [0-9a-f]+\.\..*|[-+]{3} .*|@@ .*|[-+ ].*)"),
    ),
    ("encoded data", "code", re.compile(r"-----(?:BEGIN|END) .*|[A-Za-z0-9+/=]{48,}|(?:[0-9a-fA-F]{2,8}[ :]){12,}.*")),
)
"""Name, group of remedies, and the form of a line."""

_LEAST_LINES = 3
_LEAST_SHARE = 0.8
_LOG_SHARE = 0.6
_LINES = 400
_LONGEST = 400  # a longer line of code is packed code
_DIFF = re.compile(r"^(?:diff --git |@@ -\d)", re.M)
_STRUCTURE = re.compile(r"[{};=]|\w\(|:$", re.M)
_WORDS = re.compile(r"[^\W\d_]{2,}")
_WIDE = re.compile(r"[\u0e00-\u0e7f\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_SENTENCE = re.compile(r"[.!?…。！？؟।۔։።][\"'”’»)\]]*(?:\s|$)")


def foreign(text: str) -> tuple[str, str] | None:
    r"""Return what a text is that is no prose, and its group of remedies; None if it may be prose.

    Examples:
        >>> foreign("https://example.org/1\nhttps://example.org/2\nhttps://example.org/3")
        ('a list of addresses', 'data')
        >>> foreign("Ferry line reopens\nThe ferry sailed on Monday.\nIt was full.") is None
        True
    """
    lines = [line for line in text.splitlines()[:_LINES] if line.strip()]
    if text.count("\n") >= _LINES:
        lines = lines[:-1]
    for what, group, form in _KINDS:
        least = _LOG_SHARE if what == "a log" else _LEAST_SHARE
        alike = [line for line in lines if len(line) <= _LONGEST and form.fullmatch(line)]
        if len(lines) >= _least_lines(what) and len(alike) >= least * len(lines) and _certain(what, lines, text):
            return what, group
    return _packed_code(text)


def _least_lines(what: str) -> int:
    return 1 if what in ("a list of addresses", "a stylesheet") else _LEAST_LINES


def _certain(what: str, lines: list[str], text: str) -> bool:
    if what == "a difference between files":
        return _DIFF.search(text) is not None
    if what == "a stylesheet":
        return "{" in text and "}" in text and ":" in text
    if what == "settings":
        return not any(_is_sentence(line) or line.rstrip().endswith((".", "!", "?")) for line in lines)
    if what == "a log":
        return 2 * sum(map(_is_sentence, lines)) < len(lines)
    if what == "program code":
        return len(_STRUCTURE.findall(text)) >= len(lines) / 3
    return True


def _packed_code(text: str) -> tuple[str, str] | None:
    """Return what code without line breaks is, as sites deliver it: far more marks of code than prose has."""
    sample = text[:8192]
    marks = sum(map(sample.count, "{};=()"))
    if len(sample) < 40 or marks < 0.04 * len(sample) or sum(map(sample.count, "{}")) < 2:
        return None
    looks = "function" in sample or "=>" in sample or "var " in sample or "const " in sample or "return" in sample
    if looks and sample.count(";") + sample.count("(") >= 3:
        return "a script", "code"
    if re.search(r"[\w-]\s*\{\s*[\w-]+\s*:[^{}]+[;}]", sample):
        return "a stylesheet", "code"
    return None


def is_prose(text: str) -> bool:
    """Return whether a text has at least one line that may be a sentence, or that is long and of words."""
    return any(_is_sentence(line) for line in text.splitlines()[:_LINES])


def _is_sentence(line: str) -> bool:
    bare = line.strip()
    words = len(_WORDS.findall(bare))
    if _WIDE.search(bare):
        return len(bare) >= 10
    return words >= 12 or (words >= 3 and _SENTENCE.search(bare) is not None)

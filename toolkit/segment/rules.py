"""The sentence rules: one regex finds the places where a sentence may end, and the words around judge the doubtful ones.

Line breaks always separate. Elsewhere a sentence may end after a stop (. ! ? … and their kin in other scripts), the
marks that close with it, and white space; with no white space only where a scrape has lost it ("Wednesday.The").

Speed comes from the shape of the regex: it begins with a character class, which the engine searches for without
backtracking, and settles the plain cases (a long lower-case word, a full stop, a space, a capital) by look-behind, so
that Python code runs only for what is left. Every repeat is bounded or possessive and a run of stops is tried at its
last one only, so the time is linear in the length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from itertools import groupby

from toolkit.segment.language import Language
from toolkit.segment.languages import load, primary

Span = tuple[int, int]

BREAKS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
STOPS = ".!?…؟۔।॥։።፧။៕‼⁇⁈⁉"
WIDE_STOPS = "。！？｡．"
CLOSERS = "\"'”’»›)]}」』】）〉》］｝"
OPENERS = "\"'“‘„‚«‹»›([{¿¡「『【（〈《［"
ROMAN = re.compile("[IVXLC]+")
DASHES = frozenset("-–—")
QUOTES = frozenset("\"'”’»›“‘«‹」』")


def _ranges(accept: Callable[[str], bool], last: int = 0x1FFF) -> str:
    """Return the inside of a character class with the code points up to `last` that `accept` takes."""
    codes = [code for code in range(128, last) if accept(chr(code))]
    runs = [[code for _, code in run] for _, run in groupby(enumerate(codes), lambda pair: pair[1] - pair[0])]
    return "".join(f"{chr(run[0])}-{chr(run[-1])}" if len(run) > 1 else chr(run[0]) for run in runs)


@cache
def _classes() -> tuple[str, str]:
    """Return the insides of the classes of lower-case and of upper-case letters."""
    lower = "a-z" + _ranges(lambda c: unicodedata.category(c) == "Ll")
    upper = "A-Z" + _ranges(lambda c: unicodedata.category(c) in ("Lu", "Lt"))
    return lower, upper


class Rules:
    """The rules of one language, compiled."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.verdicts = _verdicts(language)
        lower, upper = _classes()
        stops, wide, closers = re.escape(STOPS), re.escape(WIDE_STOPS), re.escape(CLOSERS)
        never_fast = "".join(f"(?<!\\b{re.escape(word)}\\.)" for word in sorted(self.verdicts) if _lower_word(word))
        fast = rf"(?<=[{lower}]{{3}}\.){never_fast}[ ](?=[{upper}][{lower}])"
        gap = rf"([^\S{BREAKS}]++)(?![{lower}](?![{lower}]{{0,3}}[-’']?[{upper}]|https?:|ww)|[-–—][-–— ]{{0,3}}[{lower}.,]|[,;:%/{stops}{wide}{BREAKS}](?!\.\.|(?<=…)))"
        slow = rf"(?![{stops}{wide}])([{closers}]{{0,6}}+(?:[ \u00a0\u202f](?:[»›](?!\w)|[\"']{{1,2}}(?=\s)))?+(?:[ ]?\[\d{{1,3}}\]){{0,4}}+)(?:{gap}|(?=[“\"‘'(\[¿¡«]?[{upper}][{lower}]))"
        wides = rf"(?<=[{wide}])(?![{stops}{wide}])([{closers}]{{0,6}}+)[^\S{BREAKS}]*+(?![{BREAKS}])"
        self.pattern = re.compile(rf"[{stops}{wide}{BREAKS}](?:{fast}|(?<=[{BREAKS}])\s*+()|{wides}|{slow})")
        self.next = re.compile(rf"[{re.escape(OPENERS)}—–-]*\s?([\w’']*)(\.?)")
        speech = "|".join(sorted(language.speech)) or r"\b\B"
        self.speech = re.compile(rf"(?:[{upper}][\w.’'-]*\s+){{1,4}}(?:{speech})\b")

        self.clause = re.compile(rf"[“\"‘']?[{upper}][\w’'-]*(?:,|[^\S{BREAKS}]+[{lower}\d])")

    def segment(self, text: str) -> list[Span]:
        """Return the sentences of `text`."""
        spans: list[Span] = []
        append = spans.append
        start = len(text) - len(text.lstrip())
        for match in self.pattern.finditer(text, start):
            group = match.lastindex
            if group is None:
                end, after = match.start() + 1, match.end()
            elif group == 1:
                end, after = match.span()
                while end > start and text[end - 1].isspace():
                    end -= 1
            else:
                end, after = match.end(2 if group == 2 else 3), match.end()
                if not self.ends(text, start, match.start(), end, after):
                    continue
            if end > start:
                append((start, end))
            start = after
        end = len(text.rstrip())
        if end > start:
            append((start, end))
        return spans

    def ends(self, text: str, start: int, stop: int, end: int, after: int) -> bool:
        """Judge one doubtful place.

        Args:
            text: The text.
            start: Where the sentence begins.
            stop: Where the last stop mark stands.
            end: After the marks that close with it.
            after: Where the next sentence would begin.
        """
        if after >= len(text):
            return False
        mark = text[stop]
        if mark in WIDE_STOPS:
            return not (end > stop + 1 and text[after] in self.language.quotative)
        if mark != ".":
            return self._ends_after_mark(text, start, stop, end, after)
        if text[stop - 1 : stop] in (".", "…"):
            if not text[start:stop].strip("…."):
                return False
            return end < after and not (text[stop - 2 : stop - 1].isspace() and text[after] == "I")
        head = text[max(start, stop - 24) : stop].rsplit(None, 1)
        if not head:
            return False
        token = head[-1].lstrip(OPENERS)
        verdict = self.verdicts.get(token) or self.verdicts.get(token.rpartition("-")[2])
        if end == after:
            return verdict is None and len(token) > 1 and token[-1].islower() and token.isalpha()
        if start + len(token) == stop and (token.isdigit() or len(token) == 1):
            return self.language.number_apart
        if len(token) == 1 and len(head) > 1:
            before = head[0].rpartition(" ")[2].lstrip(OPENERS)
            verdict = self.verdicts.get(f"{before}{token}", verdict) if before[-1:] == "." else verdict
        if end > stop + 1 and text[after] in DASHES and text[after + 1 : after + 2].isspace():
            return False  # what a dash after a quotation adds is who said it
        closed = end > stop + 1 and not QUOTES.isdisjoint(text[stop + 1 : end])
        if closed and text[stop + 1 : end] in ("'", "’") and token.endswith("s") and verdict:
            return False  # a possessive: the Bros.' Grocery
        if verdict is None:
            if len(token) == 1 and token.islower():
                verdict = "may_end"
            elif len(token) == 1 and token.isupper():
                return closed or self._ends_after_letter(text, start, stop, after)
            elif len(token) > 2 and token[-2] == "." and token[-1].isalpha():
                verdict = "may_end"
            elif self.language.ordinal and ((token.isdigit() and len(token) < 3) or ROMAN.fullmatch(token)):
                verdict = "may_end"
            else:
                return True
        if verdict == "never":
            return False
        if closed or verdict == "ends":
            return True
        if text[after] in DASHES or text[after] in "(№":
            return False  # a dateline: WASHINGTON, D.C. — The House
        following = self.next.match(text, after)
        word = following[1] if following else ""
        if verdict == "hours":
            return word not in self.language.after_hour
        if verdict == "after_number":
            if not (len(head) > 1 and head[0][-1:].isdigit()):
                return False
            return self._starts(following) or text.count(" ", start, stop) > 4
        if verdict == "before_number":
            return not (word[:1].isdigit() or (word != "I" and ROMAN.fullmatch(word)))
        if self._starts(following):
            return True
        return (
            verdict == "closes_name" and word not in self.language.roles and self.clause.match(text, after) is not None
        )

    def _ends_after_letter(self, text: str, start: int, stop: int, after: int) -> bool:
        before = text[max(start, stop - 24) : stop - 1].split()
        if before and before[-1] in self.language.labels:
            return True
        return self._starts(self.next.match(text, after))

    def _starts(self, following: re.Match[str] | None) -> bool:
        if not following:
            return False
        word, stopped = following.groups()
        return word in self.language.starters and not (stopped and len(word) == 1)

    def _ends_after_mark(self, text: str, start: int, stop: int, end: int, after: int) -> bool:
        if end == after:
            return text[stop - 1 : stop].islower() and "/" not in text[max(start, stop - 40) : stop].rpartition(" ")[2]
        if end > stop + 1:
            told = self.speech.match(text, after)
            return not told or self._starts(self.next.match(text, after)) and text[after] != "I"
        if text[stop] == "!" and self.language.marked_names:
            return text[max(start_of_word(text, stop), 0) : stop] not in self.language.marked_names
        return True


def start_of_word(text: str, stop: int) -> int:
    """Return where the word that ends at `stop` begins, at most 24 code points back."""
    return text.rfind(" ", max(0, stop - 24), stop) + 1


def _lower_word(word: str) -> bool:
    return len(word) >= 3 and word[-3:].islower() and word[-3:].isalpha()


def _verdicts(language: Language) -> dict[str, str]:
    verdicts: dict[str, str] = {}
    for name in ("may_end", "after_number", "closes_name", "before_number", "hours", "ends", "never"):
        for word in sorted(getattr(language, name)):
            verdicts[word] = name
            if len(word) == 1:
                continue
            verdicts[word[:1].upper() + word[1:]] = name
            verdicts[word.upper()] = name
    return verdicts


@cache
def rules(code: str) -> Rules:
    """Return the compiled rules of a language, which are made once."""
    return Rules(load(code))


def segment(text: str, *, language: str = "en") -> list[Span]:
    """Cut a text into sentences.

    Args:
        text: Any text; its line breaks separate sentences.
        language: ISO 639-1 code or a tag that begins with one; where `is_known` says no, the default's rules hold.

    Returns:
        (start, end) in code points, end exclusive, in order and without overlap. No span is empty or begins or ends
        with white space, and nothing but white space stands outside them.
    """
    return rules(primary(language)).segment(text)

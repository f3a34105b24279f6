"""The sentence rules: a regex finds the candidates for a sentence's end, and the words around each of them decide.

A line break always separates. Elsewhere a sentence may end after a stop (. ! ? … and the stops of other scripts) and
the marks that close with it, if white space follows or if the page has lost the white space ("Wednesday.The").
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from toolkit.segment import pattern
from toolkit.segment.language import VERDICTS, Language, load, resolve
from toolkit.segment.pattern import BULLETS, DASHES, OPENERS, QUOTES, WIDE_STOPS

Span = tuple[int, int]

_ALWAYS_CAPITAL = frozenset({"I", "I'm", "I’m", "I've", "I’ve", "I'd", "I’d", "I'll", "I’ll"})
_DOMAINS = frozenset({"Com", "Net", "Org", "Info", "Io", "Js"})
_ROMAN = re.compile("[IVXLC]{1,7}")
_JOINT = re.compile("[-'’]")
_ORDINAL = re.compile(r"(?:\d{1,2}\.)?\d{1,2}|[IVXLC]{1,7}")
_MARKER = re.compile(rf"[{re.escape(BULLETS)}]{{0,4}}(?:\d{{1,3}}|[a-z])\.")
_WINDOW = 32  # code points before a stop that are looked at: longer than any abbreviation
_QUOTED = 1000  # code points before a stop in which quotation marks are paired
_OPENING = 40  # code points: a sentence shorter than this may still be in its opening adverbial


class Candidate(NamedTuple):
    """A place where a sentence may end; every offset is in code points.

    Attributes:
        text: The text.
        start: Beginning of the sentence.
        stop: Its last stop mark.
        end: End of the sentence, after the marks that close with it.
        after: Beginning of the next sentence.
    """

    text: str
    start: int
    stop: int
    end: int
    after: int

    @property
    def next(self) -> str:
        """The first character of the next sentence."""
        return self.text[self.after]

    @property
    def second(self) -> str:
        """The character after `next`; "" at the end of the text."""
        return self.text[self.after + 1 : self.after + 2]

    @property
    def closers(self) -> str:
        """The marks that close with the sentence."""
        return self.text[self.stop + 1 : self.end]


class Rules:
    """The rules of one language, compiled.

    `Rules(read("pl.yaml")).segment(text)` tries a language whose file is not in the package yet.

    Args:
        language: The words of the language.
    """

    def __init__(self, language: Language) -> None:
        self._language = language
        self._verdicts = _verdicts(language)
        never = [word for word, verdict in self._verdicts.items() if verdict == "never"]
        uncapitalised = (word.lower() for word in language.starters if language.uncapitalised)
        self._boundary = pattern.boundary(
            self._verdicts, never, language.particles, uncapitalised, ordinal=language.ordinal
        )
        self._next = pattern.next_word()
        self._clause = pattern.clause()
        self._attribution = pattern.attribution(language.speech, unspaced=language.unspaced)

    def segment(self, text: str) -> list[Span]:
        """Return the sentences of a text as `toolkit.segment.segment` does."""
        spans: list[Span] = []
        start = len(text) - len(text.lstrip())
        for match in self._boundary.finditer(text, start):
            group = match.lastindex
            after = match.end()
            if group is None:
                end = after - 1
            elif group == pattern.LINE:
                end = match.start()
                while end > start and text[end - 1].isspace():
                    end -= 1
                if end <= start:
                    start = after
                    continue
            else:
                end = match.end(pattern.WIDE if group == pattern.WIDE else pattern.STOP)
                if match[pattern.DETACHED] and _opens_quote(text, match.start()):
                    end, after = match.start(pattern.DETACHED) - 1, match.start(pattern.DETACHED)
                elif (
                    group == pattern.STOP
                    and text[end - 1] == '"'
                    and end == after
                    and _opens_quote(text, match.start())
                ):
                    end = after = end - 1  # it was typed without a space: He left."She stayed
                if after == len(text) or not self._ends(Candidate(text, start, match.start(), end, after)):
                    continue
            spans.append((start, end))
            start = after
        end = len(text.rstrip())
        if end > start:
            spans.append((start, end))
        return spans

    def _ends(self, place: Candidate) -> bool:
        """Return whether a sentence ends at a candidate."""
        mark = place.text[place.stop]
        if mark == "…" or (mark == "." and place.stop > place.start and place.text[place.stop - 1] in ".…"):
            return self._ends_at_ellipsis(place)
        if mark == ".":
            return self._ends_at_full_stop(place)
        if mark in WIDE_STOPS:
            return not (place.closers and (place.next in self._language.quotative or self._is_attributed(place)))
        return self._ends_at_mark(place)

    def _ends_at_ellipsis(self, place: Candidate) -> bool:
        """Judge a run of full stops, which may also be a pause or an omission within a sentence."""
        text, start, stop, end, after = place
        first = stop
        while first > start and stop - first < _WINDOW and text[first] in ".…":
            first -= 1
        if end == after or first == start:
            return False
        looks_same = self._word_at(place) in _ALWAYS_CAPITAL and stop - first < 4
        if looks_same or (text[first].isspace() and place.next.isdigit()):
            return False  # the same words could follow within a sentence
        return not (place.next in OPENERS and place.second.islower())

    def _ends_at_mark(self, place: Candidate) -> bool:
        """Judge a question or exclamation mark."""
        word = place.text[max(place.start, place.stop - _WINDOW) : place.stop].rpartition(" ")[2]
        if place.end == place.after:
            return word[-1:].islower() and "/" not in word
        if not QUOTES.isdisjoint(place.closers):
            return not self._is_attributed(place)
        return word not in self._language.marked_names

    def _is_attributed(self, place: Candidate) -> bool:
        """Return whether the words after a quotation say who spoke: "Who?" Smith asked."""
        word = self._word_at(place)
        if word in self._language.starters and word != "I" and self._verdicts.get(word) != "never":
            return False
        return self._attribution.match(place.text, place.after) is not None

    def _ends_at_full_stop(self, place: Candidate) -> bool:
        """Judge a full stop by the word before it."""
        text, start, stop, end, after = place
        head = text[max(start, stop - _WINDOW) : stop].rsplit(None, 2)
        if not head:
            return False
        token = head[-1].lstrip(OPENERS)
        before = head[-2].lstrip(OPENERS) if len(head) > 1 else ""
        verdict = self._verdict(token, before)
        if end == after:
            return self._lost_space(place, token, verdict)
        if (before.endswith(":") and token.isdigit()) or _continues_list(place, token):
            return False  # a list within the line: 1. First
        if stop - start < len(token) + 6 and _is_marker(text[start : stop - len(token)], token):
            return self._language.number_apart and token.isdigit()
        if place.closers and place.next in DASHES and place.second.isspace():
            return False  # a dash after a quotation adds who said it
        if not verdict or place.next.islower():
            return not verdict
        if not QUOTES.isdisjoint(place.closers):
            return verdict != "never" and not (text[end - 1] in "'’" and token[-1] == "s")  # the Bros.' shop
        if place.next in DASHES or place.next in "(№":
            return verdict == "ends" and not place.second.islower()
        return self._ends_at_abbreviation(place, verdict, before)

    def _verdict(self, token: str, before: str) -> str | None:
        """Return the list that a word before a full stop belongs to, by its entry or its form; None for any other."""
        if before.endswith("."):
            joint = self._verdicts.get(f"{before}{token}")  # z. B. as z.B.
            if joint:
                return joint
        verdict = self._verdicts.get(token) or self._verdicts.get(_JOINT.split(token)[-1])  # l'art., D-Md.
        if verdict:
            return verdict
        if len(token) == 1 and token.isalpha():
            is_initial = token.lower() != token.upper() and before not in self._language.labels
            return "may_end" if is_initial else None
        is_acronym = token[-1:].isalpha() and (token[-2:-1] == "." or token[-3:-1] == ".-")  # U.S, J.-P
        is_ordinal = self._language.ordinal and _ORDINAL.fullmatch(token)
        return "may_end" if is_acronym or is_ordinal else None

    def _ends_at_abbreviation(self, place: Candidate, verdict: str, before: str) -> bool:
        """Judge the full stop of an abbreviation by the word that follows."""
        word = self._word_at(place)
        if verdict == "hours":
            return word not in self._language.after_hour
        if verdict == "before_number":
            return not (word[:1].isdigit() or self._is_designation(word))
        if verdict in ("after_number", "units") and not self._is_quantity(before):
            return False
        if verdict in ("never", "ends"):
            return verdict == "ends"
        if word in self._language.starters:
            return True
        if verdict in ("after_number", "late"):
            return place.stop - place.start > _OPENING
        closes = verdict in ("closes_name", "units") and word not in self._language.roles
        return closes and self._clause.match(place.text, place.after) is not None

    def _lost_space(self, place: Candidate, token: str, verdict: str | None) -> bool:
        """Return whether white space was lost between a full stop and the capital after it ("Wednesday.The")."""
        if verdict:
            word = self._word_at(place)
            return verdict in ("may_end", "closes_name", "hours") and len(word) > 1 and word in self._language.starters
        if len(token) < 2 or not (token[-1] in "0123456789%)" or (token[-1].isalpha() and not token[-1].isupper())):
            return False
        return not any(mark in token for mark in "@/\\_.:") and self._word_at(place) not in _DOMAINS

    def _is_designation(self, word: str) -> bool:
        """Return whether a word numbers the one before it: a Roman numeral or a capital ("Vol. II", "App. B")."""
        is_letter = not word or (len(word) == 1 and word.isupper())
        return word not in self._language.starters and (is_letter or _ROMAN.fullmatch(word) is not None)

    def _is_quantity(self, word: str) -> bool:
        """Return whether a word counts the one after it: a number, or a unit of numbers ("3 млн т", "XIX в.")."""
        return word[-1:].isdigit() or word in self._language.closes_name or _ROMAN.fullmatch(word) is not None

    def _word_at(self, place: Candidate) -> str:
        """Return the first word after a candidate; "" for an initial, which looks like a word ("A. Smith")."""
        match = self._next.match(place.text, place.after)
        if match is None or (match[2] and len(match[1]) == 1 and match[1].isalpha()):
            return ""
        return match[1]


def _is_marker(before: str, token: str) -> bool:
    """Return whether a sentence consists of the number or letter of a list item so far."""
    return (token.isdigit() or len(token) == 1) and not before.strip(BULLETS)


def _continues_list(place: Candidate, token: str) -> bool:
    """Return whether a number or letter is the next marker of a list within the sentence: 1. Tea 2. Coffee."""
    if not _MARKER.match(place.text, place.start):
        return False
    if token.isdecimal() and len(token) < 4:
        previous = str(int(token) - 1)
    elif len(token) == 1 and "b" <= token <= "z":
        previous = chr(ord(token) - 1)
    else:
        return False
    list_so_far = place.text[max(place.start, place.stop - _QUOTED) : place.stop]
    return f" {previous}." in f" {list_so_far.lstrip(BULLETS)}"


def _opens_quote(text: str, stop: int) -> bool:
    """Return whether a straight quotation mark after a stop opens a quotation: none is open in the line so far."""
    first = max(0, stop - _QUOTED)
    return text.count('"', max(first, text.rfind("\n", first, stop)), stop) % 2 == 0


def _verdicts(language: Language) -> dict[str, str]:
    """Return the list of each abbreviation, with its variants in capitals and with a capital first letter."""
    exact = {word: name for name in VERDICTS for word in sorted(getattr(language, name))}
    variants: dict[str, str] = {}
    for word, name in exact.items():
        if len(word) > 1:
            variants[word[0].upper() + word[1:]] = name
        if len(word) > 2:
            variants[word.upper()] = name
    return variants | exact


@cache
def rules(code: str) -> Rules:
    """Return the rules of a code that `resolve` returned. They are compiled once per process."""
    return Rules(load(code))


def segment(text: str, *, language: str = "en") -> list[Span]:
    """Cut a text into sentences with the rules of its language.

    A line break always ends a sentence. Any other candidate is a stop (. ! ? … and the stops of other scripts), with
    the quotation marks, brackets and references that close with it. The words around the stop decide:

    - the lists of the language say which abbreviations never end a sentence ("Dr."), which end one if a word that
      often begins sentences follows ("Inc."), and which depend on a number ("No. 5", "5 p.m. Monday");
    - a quotation and the words that say who spoke are one sentence: “Who?” Smith asked.
    - a stop without white space ends a sentence where a page has lost the space ("Wednesday.The"), and not in
      "example.com".

    Nothing is normalised, so every offset holds in the text as it was given.

    Args:
        text: Any text, of any length. The time is linear in its length.
        language: ISO 639-1 code, or a tag that begins with one ("en-GB"). A language of `LANGUAGES` has word lists of
            its own; any other, "und" included, gets the default's. `is_known` tells which of the two.

    Returns:
        (start, end) of each sentence in code points, end exclusive, in the order of the text and without overlap. A
        span is never empty, does not begin or end with white space, and only white space stands outside of the spans.
        A text of white space gives an empty list.

    Examples:
        >>> from toolkit.segment import segment
        >>> text = "Dr. Ruiz left at 5 p.m. Monday. “Who knew?” she asked."
        >>> segment(text, language="en")
        [(0, 31), (32, 54)]
        >>> [text[start:end] for start, end in segment(text, language="en")]
        ['Dr. Ruiz left at 5 p.m. Monday.', '“Who knew?” she asked.']

        A German number with a full stop may be an ordinal number, and Chinese needs no white space:

        >>> segment("Es war der 5. Mai. Er siegte.", language="de")
        [(0, 18), (19, 29)]
        >>> segment("他走了。她留下。", language="zh")
        [(0, 4), (4, 8)]

    Source:
        Palmer and Hearst (1997), Adaptive Multilingual Sentence Boundary Disambiguation, Computational Linguistics
        23(2), for the task. `scripts/bench/segment.py` measures the rules beside other splitters on gold sets.
    """
    return rules(resolve(language)).segment(text)

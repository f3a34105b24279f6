"""The sentence rules: a regex finds the candidates for a sentence's end, and the words around each of them decide.

A line break always separates. Elsewhere a sentence may end after a stop (. ! ? … and the stops of other scripts) and
the marks that close with it, if white space follows or if the page has lost the white space ("Wednesday.The").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, cached_property, partial

from toolkit.segment import pattern
from toolkit.segment.abbreviations import Abbreviations
from toolkit.segment.candidate import QUOTED, Candidate, continues_list, is_marker, opens_quote
from toolkit.segment.emoji import parted_by_emoji, past_emoji
from toolkit.segment.glyphs import Span, glyphs
from toolkit.segment.language import Language, load, resolve
from toolkit.segment.marks import (
    BREAKS,
    CLOSERS,
    DASHES,
    OPENERS,
    PICTURES,
    QUOTES,
    STOPS,
    WIDE_STOPS,
    is_caseless,
    is_lower,
)
from toolkit.segment.wrapped_lines import read_over
from toolkit.wrapped_text import Unwrap

_ALWAYS_CAPITAL = frozenset({"I", "I'm", "I’m", "I've", "I’ve", "I'd", "I’d", "I'll", "I’ll"})
_DOMAINS = frozenset(
    {"Asp", "Com", "Csv", "Doc", "Edu", "Gov", "Htm", "Html", "Info", "Io", "Jpg", "Js", "Mil", "Net", "Org", "Pdf"}
    | {"Php", "Png", "Txt", "Xls", "Xml"}
)
_DECIMAL = re.compile(r"(?<=\d)[.:](?=\d)")
_DOTTED = re.compile(r"[\w-]+\.\w")  # an address goes on
_ROMAN = re.compile("[IVXLC]{1,7}")
_LINE, _WIDE, _DETACHED = pattern.LINE, pattern.WIDE, pattern.DETACHED
_RARE_BREAKS = "".join(mark for mark in BREAKS if mark.isascii() and mark != "\n")
_GLANCE = 4  # code points that tell a sentence typed without capitals from most others
_WINDOW = 32  # code points before a stop that are looked at: longer than any abbreviation
_OPENING = 40  # code points: a sentence shorter than this may still be in its opening adverbial


class Rules:
    """The rules of one language, compiled.

    `Rules(read("pl.yaml")).segment(text)` tries a language whose file is not in the package yet.

    Args:
        language: The words of the language.
    """

    def __init__(self, language: Language) -> None:
        self._language = language
        self._abbreviations = Abbreviations(language)
        untyped = [word.lower() for word in language.starters if language.uncapitalised]
        self._boundary = partial(
            pattern.boundary,
            starters=language.starters,
            labels=language.labels,
            stops=language.stops,
            ordinal=language.ordinal,
            unspaced=language.unspaced,
        )
        self._uncapitalised = pattern.uncapitalised(language.particles, untyped)
        self._next = pattern.next_word()
        self._clause = pattern.clause()
        self._zone = pattern.time_of_day(language.zones)
        self._calm_day = pattern.calm_day(language.predicates)
        self._attribution = pattern.attribution(language.speech, unspaced=language.unspaced)
        self._spoken = pattern.attribution(language.speech, unspaced=language.unspaced, any_case=True)

    def segment(self, text: str) -> list[Span]:
        """Return the sentences of a text as `toolkit.segment.segment` does."""
        seen = glyphs(text)
        spans = self._cut(seen.text, is_typed=True, pictured=seen.pictured)
        return seen.restore(parted_by_emoji(seen.text, spans) if seen.pictured else spans)

    def _cut(self, text: str, *, is_typed: bool, pictured: bool) -> list[Span]:
        """Return the sentences of a reading, or of a part of it.

        Args:
            text: The reading.
            is_typed: Its sentences begin with capitals.
            pictured: It holds emoji.
        """
        spans: list[Span] = []
        add = spans.append
        line = start = len(text) - len(text.lstrip())
        is_low = is_typed and text[start : start + _GLANCE].islower()  # it may have been typed without capitals
        for match in self._candidates(text, start, is_typed=is_typed):
            group = match.lastindex
            if group is None:
                after = match.end()
                end = after - 1
            elif group == _LINE:
                end, line = match.span()
                after = line
                while end > start and text[end - 1].isspace():
                    end -= 1
            elif (edges := self._judged(text, match, start, line, pictured=pictured)) is not None:
                end, after = edges
            else:
                continue
            if end > start:
                if is_low:
                    spans += self._cut_low(text, start, end, pictured=pictured)
                else:
                    add((start, end))
            start = after
            is_low = group is not None and is_typed and text[after : after + _GLANCE].islower()
        end = len(text.rstrip())
        if end > start:
            spans += self._cut_low(text, start, end, pictured=pictured) if is_low else [(start, end)]
        return spans

    @cached_property
    def _of_mark(self) -> dict[str, re.Pattern[str]]:
        """The boundary behind each mark of ASCII; only a full stop may be that of an abbreviation."""
        marks = filter(str.isascii, sorted({*STOPS, *self._language.stops}))
        lists: dict[str, Mapping[str, str]] = {".": self._abbreviations.lists}
        found = {mark: self._boundary(lists.get(mark, {}), self._uncapitalised, first=mark) for mark in marks}
        return {"\n": pattern.line_feed(), **found}

    def _candidates(self, text: str, start: int, *, is_typed: bool) -> Iterable[re.Match[str]]:
        """Return the matches of the boundary from a place on.

        In plain ASCII they are found mark by mark: the engine looks for one character in a fraction of the time that it
        takes for a class of them. A match holds no mark but its first character, so that those of one mark never
        overlap those of another.
        """
        if not is_typed:
            return self._low.finditer(text, start)
        if not text.isascii() or any(mark in text for mark in _RARE_BREAKS):
            return self._typed.finditer(text, start)
        found = [match for mark, of in self._of_mark.items() if mark in text for match in of.finditer(text, start)]
        found.sort(key=re.Match.start)
        return found

    @cached_property
    def _typed(self) -> re.Pattern[str]:
        """The boundary of texts whose sentences begin with capitals."""
        return self._boundary(self._abbreviations.lists, self._uncapitalised)

    @cached_property
    def _low(self) -> re.Pattern[str]:
        """The boundary of texts that were typed without capitals."""
        return self._boundary(self._abbreviations.lists, "")

    def _cut_low(self, text: str, start: int, end: int, *, pictured: bool) -> list[Span]:
        """Return a sentence, or those that it holds if it was typed without capitals."""
        if not text[start:end].islower():
            return [(start, end)]
        parts = self._cut(text[start:end], is_typed=False, pictured=pictured)
        return [(start + first, start + last) for first, last in parts]

    def _judged(self, text: str, match: re.Match[str], start: int, line: int, *, pictured: bool) -> Span | None:
        """Return the end of the sentence before a candidate and the beginning of the next one; None if it goes on."""
        group = match.lastindex or 0
        stop, end = match.span(group)
        stop, after = match.span()
        if stop < start:
            return None
        if end > stop + 1 and match[_DETACHED] and opens_quote(text, stop):
            end, after = match.start(_DETACHED) - 1, match.start(_DETACHED)
        elif end == after and text[end - 1] == '"' and group != _WIDE and opens_quote(text, stop):
            end = after = end - 1  # it was typed without a space: He left."She stayed
        elif pictured and text[after : after + 1] in PICTURES:
            end, after = past_emoji(text, line, end, after)
        if after == len(text) or not self._ends(Candidate(text, start, stop, end, after)):
            return None
        return end, after

    def _ends(self, place: Candidate) -> bool:
        """Return whether a sentence ends at a candidate."""
        text, start, stop, _, after = place
        mark = text[stop]
        if is_lower(text[after]) and not self._begins_in_lower_case(place):
            return False
        if mark == "…" or (mark == "." and stop > start and text[stop - 1] in ".…"):
            return self._ends_at_ellipsis(place)
        if self._language.quotative and self._is_reported(place):
            return False
        if mark in ".۔":
            return self._ends_at_full_stop(place)
        if mark in WIDE_STOPS:
            if place.end == after and text[after].isdigit() and text[stop - 1].isdigit():
                return False
            return not (place.closers and (place.next in self._language.quotative or self._is_attributed(place)))
        return self._ends_at_mark(place)

    def _begins_in_lower_case(self, place: Candidate) -> bool:
        """Return whether a sentence may begin with the lower-case word after a candidate."""
        said = place.said
        if not said.islower():  # then the regex knows the word
            return place.text[place.end - 1] not in PICTURES
        if place.text[place.stop] == "…" or said[-1:] in (".", "…"):
            return False
        is_starter = self._word_at(place) in self._language.starters
        if not QUOTES.isdisjoint(place.closers):
            return is_starter and not self._spoken.match(place.text, place.after)
        if place.text[place.stop] != "." or is_starter:
            return True
        token = said[-_WINDOW:].rpartition(" ")[2].rstrip(CLOSERS)
        return token[-1:].isdigit() or (token[-1:].isalpha() and len(token) > self._shortest)

    @property
    def _shortest(self) -> int:
        """The length of words that may be abbreviations which the lists lack."""
        return 2 if self._language.uncapitalised else 3

    def _is_reported(self, place: Candidate) -> bool:
        """Return whether a candidate stands in a quotation that the word after it makes part of a sentence: "…"라고."""
        said = place.said
        for opening, closing in ('""', "“”", "‘’", "「」", "『』"):
            is_open = said.count('"') % 2 == 1 if opening == closing else said.rfind(opening) > said.rfind(closing)
            if is_open and closing not in place.closers:
                found = re.compile(f"[^{closing}{BREAKS}]{{0,{QUOTED}}}{closing}(.?)").match(place.text, place.after)
                return found is not None and found[1] != "" and found[1] in self._language.quotative
        return False

    def _ends_at_ellipsis(self, place: Candidate) -> bool:
        """Judge a run of full stops, which may also be a pause or an omission within a sentence."""
        text, start, stop, end, after = place
        first = stop
        while first > start and stop - first < _WINDOW and text[first] in ".…":
            first -= 1
        if end == after:
            is_pause = (
                stop - start < _OPENING // 8 or text[first] == place.next or place.next in self._language.quotative
            )
            return self._language.unspaced and text[stop] == "…" and not is_pause
        if first == start:
            return False
        looks_same = self._word_at(place) in _ALWAYS_CAPITAL and stop - first < 4
        if looks_same or (text[first].isspace() and place.next.isdigit()):
            return False  # the same words could follow within a sentence
        return not (place.next in OPENERS and is_lower(place.second))

    def _ends_at_mark(self, place: Candidate) -> bool:
        """Judge a question or exclamation mark."""
        said = place.text[max(place.start, place.stop - _WINDOW) : place.stop]
        word = said.rpartition(" ")[2]
        if not said or said.isspace():
            return False
        if place.end == place.after:
            last = word[-1:]
            is_glued = last.isalpha() and (is_lower(last) or is_caseless(last) or place.is_loud)
            return (is_glued or place.next in PICTURES) and "/" not in word and not self._is_marked(word)
        if not QUOTES.isdisjoint(place.closers):
            adds = place.next in DASHES and place.second.isspace() and place.is_loud
            return not adds and not self._is_attributed(place)
        return not self._is_marked(word)

    def _is_marked(self, word: str) -> bool:
        """Return whether a name is written with the mark after it ("Yahoo!"), in any case."""
        return word in self._language.marked_names or word.capitalize() in self._language.marked_names

    def _is_attributed(self, place: Candidate) -> bool:
        """Return whether the words after a quotation say who spoke: "Who?" Smith asked."""
        if place.is_loud and self._spoken.match(place.text, place.after):
            return True
        word = self._word_at(place)
        if word in self._language.starters and word != "I" and self._abbreviations.lists.get(word) != "never":
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
        verdict = self._abbreviations.verdict(place, token, before)
        following = text[after]
        if end == after and following not in PICTURES:
            return self._lost_space(place, token, verdict)
        if (token.isdigit() and before.endswith(":")) or continues_list(place, token):
            return False  # a list within the line: 1. First
        if stop - start < len(token) + 6 and is_marker(text[start : stop - len(token)], token):
            return self._language.number_apart and token.isdigit()
        closed = end > stop + 1
        if closed and following in DASHES and place.second.isspace():
            return False  # a dash after a quotation adds who said it
        if not verdict:
            return True
        if is_lower(following):
            return place.said.islower() and self._ends_without_capitals(place, verdict, token)
        if closed and not QUOTES.isdisjoint(place.closers):
            return verdict != "never" and not (text[end - 1] in "'’" and token[-1] == "s")  # the Bros.' shop
        if following in DASHES or following in "(№":
            return verdict == "ends" and not is_lower(place.second)
        return self._ends_at_abbreviation(place, verdict, before)

    def _ends_without_capitals(self, place: Candidate, verdict: str, token: str) -> bool:
        """Judge the full stop of an abbreviation in a text that was typed without capitals."""
        word = self._word_at(place)
        if verdict == "before_number":
            return len(token) > 1 and not (word[:1].isdigit() or self._is_designation(word))
        return (
            word in (self._language.starters if verdict == "ends" else self._language.subjects) and verdict != "never"
        )

    def _ends_at_abbreviation(self, place: Candidate, verdict: str, before: str) -> bool:
        """Judge the full stop of an abbreviation by the word that follows."""
        word = self._word_at(place)
        if verdict in ("hours", "ends") and place.is_loud:
            return word in (self._language.starters if verdict == "ends" else self._language.subjects)
        if verdict == "hours":
            return self._ends_at_hour(place, word)
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
        if (
            (len(word) == 1 and word.isupper())
            or verdict not in ("closes_name", "units")
            or word in self._language.roles
        ):
            return False  # Norvik Inc. President Ruiz, Co. B
        return self._clause.match(place.text, place.after) is not None

    def _ends_at_hour(self, place: Candidate, word: str) -> bool:
        """Judge the full stop of an hour: At 9 p.m. President Ruiz spoke; they left at 6 a.m. Kyiv time."""
        said = place.text[place.start : place.stop] if place.stop - place.start < _OPENING else ""
        first, _, rest = said.lstrip(OPENERS).partition(" ")
        if first.capitalize() in self._language.before_hour and "," not in rest:
            return False
        if not self._language.after_hour & {word, word.upper()}:
            return self._zone.match(place.text, place.after) is None
        clause, day = self._calm_day
        return bool(clause.match(said) and day.match(place.text, place.after))

    def _lost_space(self, place: Candidate, token: str, verdict: str | None) -> bool:
        """Return whether white space was lost between a full stop and the capital after it ("Wednesday.The")."""
        word = self._word_at(place)
        is_starter = len(word) > 1 and word in self._language.starters
        is_clause = self._clause.match(place.text, place.after) is not None
        if verdict:
            is_end = verdict in ("closes_name", "units", "ends", "hours") and word not in self._language.roles
            return verdict not in ("never", "before_number") and (is_starter or (is_end and is_clause))
        if word.capitalize() in _DOMAINS:
            return False
        if any(mark in _DECIMAL.sub("", token) for mark in "@/\\_.:"):
            return is_starter and is_clause  # after an address
        last = token[-1:]
        if not last:
            return place.text[place.stop - 1] in "»›"  # a closing mark that stands apart: « non ».Ils
        if last.isupper():
            goes_on = is_clause and not word.isupper()
            is_loud = place.is_loud and not _DOTTED.match(place.text, place.after)
            return is_starter or (len(token) > 1 and (goes_on or is_loud))
        if is_caseless(last):
            return len(token) > 2 or last >= "\uac00"  # a word of two Korean syllables is not an abbreviation
        return len(token) > 1 and (last in "0123456789%)" or is_lower(last) or unicodedata.category(last)[0] == "M")

    def _is_designation(self, word: str) -> bool:
        """Return whether a word numbers the one before it: a Roman numeral or a capital ("Vol. II", "App. B")."""
        is_letter = not word or (len(word) == 1 and word.isupper())
        return word not in self._language.starters and (is_letter or _ROMAN.fullmatch(word) is not None)

    def _is_quantity(self, word: str) -> bool:
        """Return whether a word counts the one after it: a number, or a unit of numbers ("3 млн т", "XIX в.")."""
        return word[-1:].isdigit() or word in self._language.closes_name or _ROMAN.fullmatch(word) is not None

    def _word_at(self, place: Candidate) -> str:
        """Return the first word after a candidate as the lists have it.

        It is "" for an initial ("A. Smith") and for the abbreviation before a number ("No. 5"), which look like words.
        """
        match = self._next.match(place.text, place.after)
        if match is None:
            return ""
        word = match[1]
        if match[2]:
            counts = place.text[match.end() : match.end() + 2].lstrip()[:1].isdigit()
            if (len(word) == 1 and word.isalpha()) or (
                counts and self._abbreviations.lists.get(word) == "before_number"
            ):
                return ""
        if is_lower(word[:1]):
            return word[0].upper() + word[1:]
        if len(word) > 1 and word.isupper() and not _ROMAN.fullmatch(word) and place.is_loud:
            return word.capitalize()
        return word


@cache
def rules(code: str) -> Rules:
    """Return the rules of a code that `resolve` returned. They are compiled once per process."""
    return Rules(load(code))


def segment(text: str, *, language: str = "en", unwrap: Unwrap = "auto") -> list[Span]:
    r"""Cut a text into sentences with the rules of its language.

    A line break ends a sentence, unless the text is wrapped and the break only fills a line. Any other candidate is a
    stop (. ! ? … and the stops of other scripts), with the quotation marks, brackets and references that close with it.
    The words around the stop decide:

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
        unwrap: "auto": line breaks within the paragraphs of a text that is wrapped at a column end no sentence.
            "never": every line break ends one. "always": the text is taken to be wrapped, however short it is.

    Returns:
        (start, end) of each sentence in code points, end exclusive, in the order of the text and without overlap. A
        span is never empty, does not begin or end with white space, and only white space and lines of format characters
        stand outside of the spans. A text of these alone gives an empty list.

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

        A sentence of wrapped text holds its line breaks:

        >>> mail = "The ferry between Vesk and Turholm sailed again\non Monday. It had been in the yard for weeks."
        >>> [mail[start:end] for start, end in segment(mail)]
        ['The ferry between Vesk and Turholm sailed again\non Monday.', 'It had been in the yard for weeks.']

    Source:
        Palmer and Hearst (1997), Adaptive Multilingual Sentence Boundary Disambiguation, Computational Linguistics
        23(2), for the task. `scripts/bench/segment.py` measures the rules beside other splitters on gold sets.
    """
    return rules(resolve(language)).segment(read_over(text, unwrap))

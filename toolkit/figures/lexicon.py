"""The words of a language that figures are made of."""

from __future__ import annotations

from collections.abc import Mapping

from toolkit.records.base import record


@record
class Lexicon:
    """Phrases are given as they are written; they match whole words in any case.

    Attributes:
        language: ISO 639-1.
        number_words: The library that reads number words (`text2num`) knows the language.
        group: Characters between groups of three digits.
        decimal: The decimal sign.
        before: Phrase before a number → its qualifier; "fewer_than" is "up_to" with an open bound.
        after: Phrase after a number → its qualifier.
        ranges: Pairs of words around the first number of a range: ("between", "and").
        joints: Words or signs between the two numbers of a range that nothing opens.
        none: Phrases that say zero.
        none_of: Words between them and the number of those who were spared: none "of the" 14.
        neither: Pairs of words before two kinds of people of whom nobody is counted: ("neither", "nor").
        vague: Phrase → the number that it is built on, None where it is built on none.
        articles: Words that count one before a scale or a person ("a" hundred) → the number word that they stand for.
        scales: Words that multiply the number before them.
        halves: Phrases that multiply the scale after them by a half, or by one and a half.
        and_half: Phrases that add a half of the scale, between number and scale or after it.
        words: Number words that the library does not know. Without a library they are composed as in "двадцать
            пять тысяч двести".
        governed: Words that are one number behind a qualifier or in a range ("более тысячи" is more than 1,000), and
            elsewhere vague plurals ("тысячи").
        hyphens: A hyphen is part of a number word ("twenty-five"), and does not part two of them ("два-три").
        people: Words for those who are counted; "soldier*" stands for every word that begins so.
        harm: Words for what happened to them, likewise.
        reaching: Words behind which a limit is a number that was reached ("вырос до 36"), likewise.
        labelled: Words behind which a number is a name or an age ("chapter 7", "the age of 14").
        units: Words that show that something else than people is counted, likewise.
        conjunctions: Words behind which something new begins.
        functions: Words that may follow a figure which stands for people without naming them.
    """

    language: str
    number_words: bool
    group: str
    decimal: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    ranges: tuple[tuple[str, str], ...]
    joints: tuple[str, ...]
    none: tuple[str, ...]
    none_of: tuple[str, ...]
    neither: tuple[tuple[str, str], ...]
    vague: Mapping[str, int | None]
    articles: Mapping[str, str]
    scales: Mapping[str, int]
    halves: Mapping[str, float]
    and_half: tuple[str, ...]
    words: Mapping[str, int]
    governed: Mapping[str, int]
    hyphens: bool
    people: tuple[str, ...]
    harm: tuple[str, ...]
    reaching: tuple[str, ...]
    labelled: tuple[str, ...]
    units: tuple[str, ...]
    conjunctions: tuple[str, ...]
    functions: tuple[str, ...]

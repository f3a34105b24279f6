"""What a language tells the sentence rules: lists of words, and a few facts about its script."""

from __future__ import annotations

from dataclasses import dataclass


def words(text: str) -> frozenset[str]:
    """Return the set of the white-space separated words of `text`."""
    return frozenset(text.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """The lists of one language. Abbreviations are written without their last full stop ("Mr", "a.m").

    Lists match exactly, and also in capitals and with a capital first letter ("etc" covers "Etc" and "ETC").

    Attributes:
        code: ISO 639-1 code.
        never: Abbreviations that never end a sentence, because what they shorten is always followed by its
            complement: titles before a name, "vs", "e.g".
        before_number: Abbreviations that go on when a number follows ("No. 5", "Nov. 29") and end a sentence otherwise.
        after_number: Abbreviations that close a date: after a number they end a sentence before a starter, and before
            any capital once the sentence is past its opening ("… в 2016 г. Он", not "В 2016 г. Россия"); without a
            number they shorten something else ("г. Москва").
        late: The same for what needs no number before it ("до н. э.").
        units: Units of measure that without a number before them shorten something else ("м. Київ"); after one they
            are judged like `closes_name`.
        may_end: Abbreviations that end a sentence only when the next word is a starter ("Inc.", "U.S.").
        closes_name: Abbreviations that close a name or an amount (companies, streets, states, money): they end a
            sentence before a starter, and before a capitalised word that goes on in lower case ("Tesla Inc. Workers
            there …") and is no role.
        ends: Abbreviations that end a sentence before any word that may begin one ("etc."); listed only because
            they look like something else (an initial, a dotted acronym).
        hours: Abbreviations of the clock ("p.m"): they end a sentence unless a word of `after_hour` follows.
        after_hour: Weekdays, time zones and the like.
        starters: Words that begin sentences and hardly ever are the second word of a name, capitalised.
        roles: Capitalised words that go on after what `closes_name` holds ("Inc. Chairman Warren Buffett").
        particles: Lower-case words that may begin a surname, and so a sentence ("von der Leyen").
        labels: Nouns that a single letter tells apart ("Vitamin C", "Witness B"): the letter is no initial.
        speech: Verbs that attribute a quotation ("asked"); "Who?" Smith asked is one sentence.
        marked_names: Names written with a final ! or ? ("Yahoo").
        uncapitalised: Starters also begin a sentence in lower case, where the capital was not typed. Not where they are
            words of many languages, which go on after an abbreviation of another.
        ordinal: A number with a full stop is an ordinal number ("5. Mai"), so it is judged like `may_end`.
        number_apart: The number of a list item ("2.") is a unit of its own.
        unspaced: Sentences follow each other without white space (Chinese, Japanese).
        dash_speaks: A dash at the beginning of a line is no bullet: somebody speaks.
        byline: What a byline begins with.
        credited: What follows the name in a byline ("기자").
        caption: Words that a caption or its credit is marked with, in any case, before a dash or a colon.
        dateline: Regex of the datelines that only this language's agencies have.
        quotative: What follows a closing quotation mark within the same sentence ("と" in Japanese), as characters.
    """

    code: str
    never: frozenset[str] = frozenset()
    before_number: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()
    after_number: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    may_end: frozenset[str] = frozenset()
    closes_name: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()
    hours: frozenset[str] = frozenset()
    after_hour: frozenset[str] = frozenset()
    starters: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    particles: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    speech: frozenset[str] = frozenset()
    marked_names: frozenset[str] = frozenset()
    uncapitalised: bool = True
    ordinal: bool = False
    number_apart: bool = False
    unspaced: bool = False
    quotative: str = ""
    dash_speaks: bool = False
    byline: frozenset[str] = frozenset()
    credited: frozenset[str] = frozenset()
    caption: frozenset[str] = frozenset()
    dateline: str = ""

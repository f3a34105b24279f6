"""The figures of people harmed in a sentence, found for people to confirm."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from toolkit.figures.figure import Found, fields_of
from toolkit.figures.harm.harm_words import harm_words
from toolkit.figures.harm.noun_phrase import SentenceWords, noun_phrase
from toolkit.figures.harm.sentence_harm import SentenceHarm
from toolkit.figures.lexicon import Lexicon
from toolkit.figures.quantity import lexicon_of, quantities_of, sentence_tokens

if TYPE_CHECKING:
    from toolkit.records import Span

_ASCII_WORD = re.compile("[A-Za-z]+")
_WORD = re.compile(r"(?:[^\W\d_][\u0300-\u036f]*)+")


def find(text: str, language: str | Lexicon = "en") -> list[Found]:
    """Find the figures of people harmed in a sentence.

    A number is a figure if harm stands beside it ("14 wounded"), is done to it ("killed 14 firefighters"), is what it
    suffered ("14 people in the bus were hurt"), if it is a toll ("the death toll rose to 36"), or a part of one of
    these ("three of them critically"). One person is a figure too: "a" woman was killed. Dates, ages, distances,
    shares, prices, names such as "T-72", and people of whom something else is said are not: nothing is guessed, and a
    person confirms each figure.

    Args:
        text: A sentence. Offsets are code points of it.
        language: ISO 639-1 code, one of `LANGUAGES`; or the words of a language, read from a file.

    Returns:
        The figures in the order of the text, without overlap: each with `start`, `end`, its `text`, which is
        `text[start:end]`, its `figure`, as `read` returns it, its `harm`: what happened to the people, and its `party`:
        the words behind it that name them.

    Raises:
        UsageError: Figures are not read in the language.

    Examples:
        >>> from toolkit.figures import find
        >>> text = "At least 14 people were killed on 12 March and dozens wounded; 5% of the homes burned."
        >>> for found in find(text):
        ...     print(found.start, found.end, found.text, found.figure.low, found.figure.qualifier, found.harm)
        0 11 At least 14 14 at_least killed
        47 53 dozens None vague wounded
        >>> find("Thousands of soldiers marched through the town.")
        []
    """
    lexicon = lexicon_of(language)
    if not harm_words(lexicon).may_tell((_ASCII_WORD if text.isascii() else _WORD).findall(text)):
        return []
    tokens = sentence_tokens(text, lexicon)
    marks = harm_words(lexicon).marks(tokens)
    if not marks:
        return []
    quantities = list(quantities_of(tokens, lexicon))
    if not quantities:
        return []
    nobody = [quantity.figure.high == 0 for quantity in quantities]
    single = [
        quantity.after - quantity.first == 1 and tokens[quantity.first].key in lexicon.articles
        for quantity in quantities
    ]
    words = SentenceWords(tokens, quantities, marks, lexicon)
    harms = SentenceHarm(words, nobody, single).harms()
    found = []
    for quantity, harm in zip(quantities, harms, strict=True):
        if harm is not None:
            start, end = tokens[quantity.first].start, tokens[quantity.after - 1].end
            party = _party(text, words, quantity.after)
            found.append(
                Found(start=start, end=end, text=text[start:end], figure=quantity.figure, harm=harm, party=party)
            )
    return found


def people_after(text: str, start: int, end: int, language: str | Lexicon = "en") -> str | None:
    """Return the words that name the people whom a figure counts, right after it.

    Args:
        text: The sentence.
        start: Where the words that a person marked as a figure begin.
        end: Where they end; words for people within them count too.
        language: As for `find`.

    Returns:
        The noun phrase; None where the next words name no people, or the marked words hold no single number.

    Examples:
        >>> people_after("They left 14 young recruits behind.", 10, 12)
        'young recruits'
    """
    lexicon = lexicon_of(language)
    tokens = sentence_tokens(text, lexicon)
    quantities = list(quantities_of(tokens, lexicon))
    words = SentenceWords(tokens, quantities, harm_words(lexicon).marks(tokens), lexicon)
    marked = [each for each in quantities if start < tokens[each.after - 1].end and tokens[each.first].start < end]
    return _party(text, words, marked[0].after) if len(marked) == 1 else None


def _party(text: str, words: SentenceWords, after: int) -> str | None:
    phrase = noun_phrase(words, after)
    if phrase.part or phrase.head not in ("people", "person") or phrase.after <= after:
        return None
    return text[words.tokens[after].start : words.tokens[phrase.after - 1].end]


def suggest(sentence: str, language: str = "en", *, label: str = "FIGURE") -> tuple[Span, ...]:
    """Return the figures of people harmed in a sentence as spans, for people to correct.

    The fields of a span are those that its words decide, what happened to the people among them; that field is left
    open where the words do not say it; so are the words that name them (`affected_party`).

    Args:
        sentence: The sentence.
        language: ISO 639-1 code, one of `LANGUAGES`.
        label: Id of the span label for figures.

    Returns:
        One span per figure, in the order of the sentence. Its id depends on the sentence, the label and the place, so
        that the same sentence gives the same spans.

    Raises:
        UsageError: Figures are not read in the language.

    Examples:
        >>> from toolkit.figures import suggest
        >>> (span,) = suggest("Up to 60 soldiers were killed.")
        >>> span.text, dict(span.attributes)
        ('Up to 60', {'high': 60, 'qualifier': 'up_to', 'harm': 'killed', 'affected_party': 'soldiers'})
    """
    from toolkit.records import Span, content_id  # pydantic takes longer to load than the rest of this package

    return tuple(
        Span(
            span_id=content_id("suggestion", sentence, label, found.start, found.end),
            label=label,
            start=found.start,
            end=found.end,
            text=found.text,
            attributes={
                **fields_of(found.figure),
                **({} if found.harm == "unspecified" else {"harm": found.harm}),
                **({} if found.party is None else {"affected_party": found.party}),
            },
        )
        for found in find(sentence, language)
    )

"""The splitters that `segment.py` holds the rules against: each gets a block of text and its language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial

Span = tuple[int, int]
Splitter = Callable[[str, str], list[Span]]

LINE = re.compile(r"[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
PARAGRAPH = re.compile(r"\n{2,}")


def by_block(split: Splitter, separator: re.Pattern[str], text: str, lang: str) -> list[Span]:
    """Split every line, or paragraph, of a text on its own."""
    found: list[Span] = []
    if separator is LINE:  # faster
        at = 0
        for line in text.splitlines(keepends=True):
            if not line.isspace():
                found.extend((at + start, at + end) for start, end in split(line.rstrip(), lang))
            at += len(line)
        return found
    edges = [0, *(edge for match in separator.finditer(text) for edge in match.span()), len(text)]
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        block = text[first:last].rstrip()
        if block and not block.isspace():
            found.extend((first + start, first + end) for start, end in split(block, lang))
    return found


def from_sentences(split: Callable[[str], Iterable[str]], text: str) -> list[Span]:
    """Return the spans of the sentences that a splitter returns as strings, except those that it has changed."""
    spans, at = [], 0
    for sentence in split(text):
        body = sentence.strip()
        start = text.find(body, at) if body else -1
        if start >= 0:
            at = start + len(body)
            spans.append((start, at))
    return spans


_NAIVE = re.compile(r"(?<=[.!?])\s+")


def naive(text: str, _lang: str = "") -> list[Span]:
    """Split after every stop before white space."""
    spans, at = [], 0
    for match in _NAIVE.finditer(text):
        spans.append((at, match.start()))
        at = match.end()
    if at < len(text):
        spans.append((at, len(text)))
    return spans


def _blingfire() -> Splitter:
    from livekit.blingfire import text_to_sentences_with_offsets

    return lambda text, _lang: text_to_sentences_with_offsets(text)[1]


def _tokenizesentences() -> Splitter:
    from tokenizesentences import tokenize_spans

    return lambda text, _lang: tokenize_spans(text)


def _nupunkt() -> Splitter:
    from nupunkt import sent_spans

    return lambda text, _lang: sent_spans(text)


def _pysbd() -> Splitter:
    import pysbd

    segmenters: dict[str, Callable[[str], list[str]]] = {}

    def split(text: str, lang: str) -> list[Span]:
        if lang not in segmenters:
            known = lang in pysbd.languages.LANGUAGE_CODES
            segmenters[lang] = pysbd.Segmenter(language=lang if known else "en", clean=False).segment
        return from_sentences(segmenters[lang], text)

    return split


def _sentencex() -> Splitter:
    from sentencex import segment as sentencex

    return lambda text, lang: from_sentences(partial(sentencex, lang), text)


def _choppa() -> Splitter:
    from choppa import DEFAULT_SRX_RULESET, SRX_2_XSD, SrxDocument, SrxTextIterator

    document = SrxDocument(ruleset=DEFAULT_SRX_RULESET, validate_ruleset=SRX_2_XSD)

    def split(text: str, lang: str) -> list[Span]:
        return from_sentences(lambda block: SrxTextIterator(document, f"{lang}_two", block), text)

    return split


def _syntok() -> Splitter:
    from syntok import segmenter

    def split(text: str, _lang: str) -> list[Span]:
        sentences = [tokens for paragraph in segmenter.analyze(text) for tokens in paragraph]
        return [(tokens[0].offset, tokens[-1].offset + len(tokens[-1].value)) for tokens in sentences]

    return split


def _yasbd() -> Splitter:
    from yasbd import BoundaryDetector, get_supported_langs

    detectors: dict[str, BoundaryDetector] = {}

    def split(text: str, lang: str) -> list[Span]:
        if lang not in detectors:
            detectors[lang] = BoundaryDetector(lang if lang in get_supported_langs() else "en")
        return from_sentences(detectors[lang].segment, text)

    return split


PEERS: dict[str, Callable[[], Splitter]] = {
    "livekit-blingfire": _blingfire,
    "tokenizesentences": _tokenizesentences,
    "nupunkt": _nupunkt,
    "pysbd": _pysbd,
    "sentencex": _sentencex,
    "choppa-srx": _choppa,
    "syntok": _syntok,
    "yasbd-lib": _yasbd,
}

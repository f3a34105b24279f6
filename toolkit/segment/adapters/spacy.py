"""spaCy: the parser or the sentence recogniser of an installed model of the language, without one its sentencizer."""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING

import spacy
from spacy.util import get_installed_models

if TYPE_CHECKING:
    from spacy.language import Language

_NOT_NEEDED = ["ner", "lemmatizer", "attribute_ruler", "tagger", "morphologizer"]
_ANY_LANGUAGE = "xx"


def split(line: str, language: str) -> list[tuple[int, int]]:
    """Return the sentences of a line as (start, end) in code points."""
    return [(sentence.start_char, sentence.end_char) for sentence in _pipeline(language)(line).sents]


@cache
def _pipeline(language: str) -> Language:
    models = sorted(name for name in get_installed_models() if name.startswith(f"{language}_"))
    if models:
        pipeline = spacy.load(models[0], exclude=_NOT_NEEDED)
    else:
        try:
            pipeline = spacy.blank(language)
        except ImportError:  # spaCy does not know the language, or lacks the tokenizer that it asks for
            pipeline = spacy.blank(_ANY_LANGUAGE)
        pipeline.add_pipe("sentencizer")
    pipeline.max_length = sys.maxsize
    return pipeline

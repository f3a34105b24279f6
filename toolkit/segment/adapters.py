"""Splitters of other libraries, offered under the entry points of `toolkit.splitters`.

Each takes a line and a language code, and returns the (start, end) of the line's sentences in code points. A library is
imported at the first line that it cuts.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from toolkit.errors import UsageError

if TYPE_CHECKING:
    from spacy.language import Language as Pipeline
    from wtpsplit import SaT

_NOT_NEEDED = ["ner", "lemmatizer", "attribute_ruler", "tagger", "morphologizer"]
_ANY_LANGUAGE = "xx"
_WEIGHTS = "WTPSPLIT_MODEL"


def nupunkt(line: str, _language: str) -> list[tuple[int, int]]:
    """Cut a line with nupunkt: the Punkt algorithm, with a model for English that the library brings."""
    from nupunkt import sent_spans

    return list(sent_spans(line))


def spacy(line: str, language: str) -> list[tuple[int, int]]:
    """Cut a line with spaCy.

    The parser or the sentence recogniser of an installed model of the language cuts; without a model, spaCy's
    sentencizer does, which knows punctuation marks alone.
    """
    return [(sentence.start_char, sentence.end_char) for sentence in _pipeline(language)(line).sents]


def wtpsplit(line: str, _language: str) -> list[tuple[int, int]]:
    """Cut a line with a SaT model of wtpsplit, which returns strings that join to the line.

    Raises:
        UsageError: The environment variable WTPSPLIT_MODEL does not say where the model's weights are.
    """
    return list(pairwise(accumulate(map(len, _model().split(line)), initial=0)))


@cache
def _pipeline(language: str) -> Pipeline:
    from spacy import blank, load
    from spacy.util import get_installed_models

    models = sorted(name for name in get_installed_models() if name.startswith(f"{language}_"))
    if models:
        pipeline = load(models[0], exclude=_NOT_NEEDED)
    else:
        try:
            pipeline = blank(language)
        except ImportError:  # spaCy does not know the language, or lacks the tokenizer that it asks for
            pipeline = blank(_ANY_LANGUAGE)
        pipeline.add_pipe("sentencizer")
    pipeline.max_length = sys.maxsize
    return pipeline


@cache
def _model() -> SaT:
    from wtpsplit import SaT

    weights = os.environ.get(_WEIGHTS)
    if not weights:
        remedy = f"set {_WEIGHTS} to the directory that holds them, or to the name of a model to download"
        raise UsageError("the splitter 'wtpsplit' needs weights", remedy=remedy)
    return SaT(weights)

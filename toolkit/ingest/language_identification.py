"""The language of a text, identified offline."""

from __future__ import annotations

from functools import cache
from typing import Any

_SAMPLE = 500  # code points; more take time and change almost no answer of a naive Bayes model
_LEAST_LETTERS = 20
_LEAST_CONFIDENCE = 0.5  # posterior over about 100 languages; below it, the second language is often the right one


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def identify(text: str) -> str:
    """Return the ISO 639-1 code of a text's language; "und" if the text is too short or the model is not sure."""
    sample = text[:_SAMPLE]
    if sum(map(str.isalpha, sample)) < _LEAST_LETTERS:
        return "und"
    code, confidence = _identifier().classify(sample)
    return str(code) if confidence >= _LEAST_CONFIDENCE else "und"

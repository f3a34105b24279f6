"""The language of a text is said only where the model is sure."""

from __future__ import annotations

import pytest

from toolkit.ingest.language_identification import identify


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The council voted on Monday to rebuild the breakwater, which two storms had damaged.", "en"),
        ("Le conseil du port a voté lundi la reconstruction de la digue, que deux tempêtes ont ouverte.", "fr"),
        ("Совет порта проголосовал в понедельник за восстановление восточной дамбы.", "ru"),
        ("Port 14, 2026", "und"),
        ("", "und"),
    ],
)
def test_a_language_is_identified_or_unknown(text: str, code: str) -> None:
    assert identify(text) == code

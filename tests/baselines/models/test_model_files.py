from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from toolkit.baselines import Rows, load, predictions, save, train
from toolkit.baselines.models.model_files import CONFIG, TENSORS, VOCABULARY, contents
from toolkit.baselines.spans import (
    SpanModel,
    SpanRows,
)
from toolkit.errors import InvalidInput
from toolkit.records import digest

pytestmark = pytest.mark.slow

BASELINES = ("majority", "stratified", "words-lr", "nb-svm", "words-chars-svm", "blend", "hashing-sgd")


@pytest.fixture
def stored(binary: Rows, tmp_path: Path) -> Path:
    save(train(binary, baseline="words-lr"), tmp_path)
    return tmp_path


def replace_tensors(stored: Path, **changes: np.ndarray | None) -> None:  # type: ignore[type-arg]
    """Forge a tensors file whose digest fits."""
    tensors = {**safetensors.numpy.load_file(stored / TENSORS), **changes}
    content = safetensors.numpy.save({name: value for name, value in tensors.items() if value is not None})
    (stored / TENSORS).write_bytes(content)
    config = json.loads((stored / CONFIG).read_text())
    config["files"][TENSORS] = digest(content)
    (stored / CONFIG).write_text(json.dumps(config))


def test_a_model_carries_its_tagger(tagger: SpanModel, make_span_rows: Callable[..., SpanRows], tmp_path: Path) -> None:
    rows = make_span_rows()
    labels = tuple(("toll",) if spans else ("none",) for spans in rows.spans)
    plain = train(Rows(texts=rows.texts, labels=labels, multi=False, groups=rows.groups), baseline="words-lr")
    both = replace(plain, tagger=tagger)
    save(both, tmp_path)
    loaded = load(tmp_path)
    texts = make_span_rows(20, seed=3).texts
    assert list(predictions(loaded, texts)) == list(predictions(both, texts))
    assert any(answer.spans for answer in predictions(loaded, texts))
    assert contents(loaded) == contents(both)
    (tmp_path / "spans" / "config.json").write_text("{}")
    with pytest.raises(InvalidInput, match=r"is not the config\.json that config\.json was written with"):
        load(tmp_path)


@pytest.mark.parametrize("baseline", BASELINES)
@pytest.mark.parametrize("multi", [True, False])
def test_a_loaded_model_answers_exactly_as_before(make_rows, tmp_path: Path, baseline: str, multi: bool) -> None:  # type: ignore[no-untyped-def]
    rows = make_rows(multi=multi)
    model = train(rows, baseline=baseline)
    save(model, tmp_path)
    again = load(tmp_path)
    assert np.array_equal(again.predict_proba(rows.texts), model.predict_proba(rows.texts))
    assert again.predict(rows.texts) == model.predict(rows.texts)
    assert (again.facts, again.notes, again.labels) == (model.facts, model.notes, model.labels)


@pytest.mark.parametrize("baseline", ["blend", "hashing-sgd"])
def test_two_trainings_are_the_same_bytes(make_rows, tmp_path: Path, baseline: str) -> None:  # type: ignore[no-untyped-def]
    for name in ("one", "two"):
        save(train(make_rows(), baseline=baseline), tmp_path / name)
    for name in (CONFIG, TENSORS, VOCABULARY):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize("name", [TENSORS, VOCABULARY])
def test_a_changed_file_is_named(stored: Path, name: str) -> None:
    content = bytearray((stored / name).read_bytes())
    content[-3] ^= 1
    (stored / name).write_bytes(content)
    with pytest.raises(InvalidInput, match=f"is not the {name} that config.json was written with"):
        load(stored)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"extra": np.zeros(1)}, "holds a tensor 'extra' that does not belong there"),
        ({"bias": None}, "lacks the tensor 'bias'"),
        ({"bias": np.zeros(2)}, r"'bias' is not \(1,\) finite float64 numbers"),
        ({"weights": np.zeros((1, 5), dtype=np.float32)}, "'weights' is not"),
        ({"thresholds": np.array([np.nan])}, "'thresholds' is not"),
        ({"idf.0": None}, "'idf.0' does not fit its block"),
    ],
)
def test_a_forged_tensor_is_named(stored: Path, changes: dict[str, object], message: str) -> None:
    replace_tensors(stored, **changes)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match=message):
        load(stored)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("format", "pickle", "format"),
        ("surprise", 1, "surprise"),
        ("labels", "no", "labels"),
        ("blocks", [{"kind": "code", "analyzer": "word", "ngrams": [1, 2]}], "kind"),
        ("positive", "maybe", "'maybe'"),
        ("labels", ["none", "yes"], "config.json: was changed after it was written; fetch or train it again"),
        ("seed", 5, "was changed after it was written"),
        ("blocks", [{"kind": "tfidf", "analyzer": "word", "ngrams": [1, 9999]}], "can't count n-grams of 1 to 9999"),
    ],
)
def test_a_forged_configuration_is_named(stored: Path, key: str, value: object, message: str) -> None:
    config = json.loads((stored / CONFIG).read_text())
    config[key] = value
    (stored / CONFIG).write_text(json.dumps(config))
    with pytest.raises(InvalidInput, match=message):
        load(stored)


@pytest.mark.parametrize("content", [b"[[", b"{}", b"[" * 99_999, b"[[1]]"])
def test_a_forged_vocabulary_is_named(stored: Path, content: bytes) -> None:
    (stored / VOCABULARY).write_bytes(content)
    config = json.loads((stored / CONFIG).read_text())
    config["files"][VOCABULARY] = digest(content)
    (stored / CONFIG).write_text(json.dumps(config))
    with pytest.raises(
        InvalidInput, match=r"vocabulary\.json: is not one list of words for each of 1 blocks; fetch or"
    ):
        load(stored)


def test_a_model_without_a_seal_is_an_older_one(stored: Path) -> None:
    config = json.loads((stored / CONFIG).read_text())
    assert config.pop("seal")
    (stored / CONFIG).write_text(json.dumps(config))
    assert load(stored).baseline == "words-lr"


def test_a_directory_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="so this is not a model directory; train one with `toolkit train`"):
        load(tmp_path)


def test_a_model_of_another_format_says_what_to_do(make_rows, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    save(train(make_rows(60), baseline="words-lr"), tmp_path)
    config = tmp_path / CONFIG
    written = config.read_text(encoding="utf-8")
    config.write_text(written.replace("toolkit-baseline/1", "toolkit-baseline/2"), encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"is of format 'toolkit-baseline/2', .*; install the toolkit that"):
        load(tmp_path)
    config.write_text(written.replace('"multi"', '"many"'), encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"config\.json: not a valid ModelConfig: .*; fetch or train it again"):
        load(tmp_path)

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
import skops.io

from toolkit.baselines import Rows, load, load_pipeline, pipeline, save, save_pipeline, train
from toolkit.baselines.models.model_files import CONFIG, TENSORS, VOCABULARY
from toolkit.errors import InvalidInput, UsageError
from toolkit.records import digest

BASELINES = ("majority", "stratified", "words-lr", "nb-svm", "words-chars-svm", "blend", "hashing-sgd")


class Strange:
    """A type that no model has."""


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


def test_two_pipelines_are_the_same_bytes_and_deflated(make_rows, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    first, second = (
        save_pipeline(train(make_rows(100), baseline="words-lr"), tmp_path / name).read_bytes() for name in ("a", "b")
    )
    assert first == second
    with zipfile.ZipFile(tmp_path / "a" / "model.skops") as archive:
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_DEFLATED}


def test_another_process_writes_the_same_pipeline(make_rows, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    save(train(make_rows(100), baseline="blend"), tmp_path)
    program = (
        "import sys; from toolkit.baselines import load, save_pipeline; save_pipeline(load(sys.argv[1]), sys.argv[2])"
    )
    written = []
    for name in ("1", "2"):
        command = [sys.executable, "-c", program, str(tmp_path), str(tmp_path / name)]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": name, "OMP_NUM_THREADS": name})
        written.append((tmp_path / name / "model.skops").read_bytes())
    assert written[0] == written[1]


@pytest.mark.parametrize("baseline", ["blend", "hashing-sgd"])
def test_two_trainings_are_the_same_bytes(make_rows, tmp_path: Path, baseline: str) -> None:  # type: ignore[no-untyped-def]
    for name in ("one", "two"):
        save(train(make_rows(), baseline=baseline), tmp_path / name)
    for name in (CONFIG, TENSORS, VOCABULARY):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_skops_pipeline_of_two_labels_says_the_same(binary: Rows, tmp_path: Path) -> None:
    for positive in ("yes", "no"):
        model = train(binary, baseline="blend", positive=positive)
        fitted = load_pipeline(save_pipeline(model, tmp_path))
        assert np.allclose(fitted.predict_proba(binary.texts), model.predict_proba(binary.texts), rtol=0, atol=1e-12)
        assert [(name,) for name in fitted.predict(binary.texts)] == model.predict(binary.texts)


def test_the_skops_pipeline_of_many_labels_says_the_same(make_rows, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    rows = make_rows()
    model = train(rows, baseline="words-lr")
    fitted = load_pipeline(save_pipeline(model, tmp_path))
    probabilities = np.stack([columns[:, 1] for columns in fitted.predict_proba(rows.texts)], axis=1)
    assert np.allclose(probabilities, model.predict_proba(rows.texts), rtol=0, atol=1e-12)
    assert model.targets.named(fitted.predict(rows.texts) == 1) == model.predict(rows.texts)


def test_the_pipeline_of_several_single_labels_gives_the_same_probabilities(make_rows) -> None:  # type: ignore[no-untyped-def]
    rows = make_rows(multi=False)
    model = train(rows, baseline="words-chars-svm")
    assert np.allclose(pipeline(model).predict_proba(rows.texts), model.predict_proba(rows.texts), rtol=0, atol=1e-12)


def test_a_model_that_reads_no_text_has_no_pipeline(binary: Rows) -> None:
    with pytest.raises(UsageError, match="it reads no text"):
        pipeline(train(binary, baseline="majority"))


def test_an_untrusted_type_is_refused_by_name(tmp_path: Path) -> None:
    skops.io.dump({"model": Strange()}, tmp_path / "model.skops")
    with pytest.raises(InvalidInput, match=r"types that are not trusted: .*Strange"):
        load_pipeline(tmp_path / "model.skops")
    (tmp_path / "model.skops").write_bytes(b"\x80\x04pickle")
    with pytest.raises(InvalidInput, match="is no skops file"):
        load_pipeline(tmp_path / "model.skops")


def test_a_damaged_skops_file_is_refused_wherever_the_damage_is(binary: Rows, tmp_path: Path) -> None:
    path = save_pipeline(train(binary, baseline="words-lr"), tmp_path)
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    for part in parts:
        damaged = bytearray(whole)
        damaged[part.header_offset + 30 + len(part.filename) + part.compress_size // 2] ^= 255
        path.write_bytes(damaged)
        with pytest.raises(InvalidInput, match=r"model\.skops: is no skops file: .*; fetch or train it again"):
            load_pipeline(path)


@pytest.fixture
def stored(binary: Rows, tmp_path: Path) -> Path:
    save(train(binary, baseline="words-lr"), tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", [TENSORS, VOCABULARY])
def test_a_changed_file_is_named(stored: Path, name: str) -> None:
    content = bytearray((stored / name).read_bytes())
    content[-3] ^= 1
    (stored / name).write_bytes(content)
    with pytest.raises(InvalidInput, match=f"is not the {name} that config.json was written with"):
        load(stored)


def replace_tensors(stored: Path, **changes: np.ndarray | None) -> None:  # type: ignore[type-arg]
    """Forge a tensors file whose digest fits."""
    tensors = {**safetensors.numpy.load_file(stored / TENSORS), **changes}
    content = safetensors.numpy.save({name: value for name, value in tensors.items() if value is not None})
    (stored / TENSORS).write_bytes(content)
    config = json.loads((stored / CONFIG).read_text())
    config["files"][TENSORS] = digest(content)
    (stored / CONFIG).write_text(json.dumps(config))


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
    with pytest.raises(InvalidInput, match="so this is no model directory; train one with `toolkit train`"):
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

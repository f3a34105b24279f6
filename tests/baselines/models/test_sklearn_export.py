from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import skops.io

from toolkit.baselines import Rows, load_pipeline, pipeline, save, save_pipeline, train
from toolkit.errors import InvalidInput, UsageError

pytestmark = pytest.mark.slow


class Strange:
    """A type that no model has."""


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
    with pytest.raises(InvalidInput, match="is not a skops file"):
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
        with pytest.raises(InvalidInput, match=r"model\.skops: is not a skops file: .*; fetch or train it again"):
            load_pipeline(path)

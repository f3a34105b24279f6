"""A tagger on disk: numbers in safetensors, the rest in JSON. Loading runs no code and unpickles nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import numpy as np
import safetensors.numpy
from safetensors import SafetensorError

from toolkit.baselines.spans.tagger import COLUMNS, SpanModel
from toolkit.errors import InvalidInput
from toolkit.project.files import read_bytes, write_atomic
from toolkit.records import digest, from_json, to_json
from toolkit.records.base import record

CONFIG, TENSORS = "config.json", "model.safetensors"


@record
class SpanConfig:
    """All of config.json."""

    format: Literal["toolkit-spans/1"]
    labels: tuple[str, ...]
    language: str
    facts: dict[str, Any]
    files: dict[str, str]


def span_contents(model: SpanModel) -> dict[str, bytes]:
    """Return the files of a tagger by name: the same bytes for the same model.

    Columns of no weight are left out: a token meets few of the hashed features.
    """
    flat = model.weights.reshape(-1, COLUMNS)
    used = np.flatnonzero(flat.any(axis=0))
    tensors: dict[str, Any] = {
        "columns": used.astype(np.int32),
        "weights": np.ascontiguousarray(flat[:, used].astype(np.float32)),
        "bias": model.bias,
    }
    files = {TENSORS: bytes(safetensors.numpy.save(tensors))}
    config = SpanConfig(
        format="toolkit-spans/1",
        labels=model.labels,
        language=model.language,
        facts=dict(model.facts),
        files={name: digest(content) for name, content in files.items()},
    )
    text = json.dumps(json.loads(to_json(config)), ensure_ascii=False, indent=2) + "\n"
    return {**files, CONFIG: text.encode()}


def save_spans(model: SpanModel, directory: Path | str) -> list[Path]:
    """Write a tagger into a directory, config.json last; return the files."""
    files = span_contents(model)
    for name, content in files.items():
        write_atomic(Path(directory) / name, content)
    return [Path(directory) / name for name in files]


def load_spans(directory: Path | str) -> SpanModel:
    """Read a tagger that `save_spans` wrote.

    Raises:
        InvalidInput: A file is missing, is not the one that config.json was written with, or holds what does not
            belong there.
    """
    directory = Path(directory)
    config = from_json(SpanConfig, read_bytes(directory / CONFIG), where=str(directory / CONFIG))
    content = read_bytes(directory / TENSORS)
    if config.files.get(TENSORS) != digest(content):
        what = f"is not the {TENSORS} that {CONFIG} was written with"
        raise InvalidInput(what, where=str(directory / TENSORS), remedy="fetch or train it again")
    try:
        tensors = safetensors.numpy.load(content)
    except SafetensorError as error:
        raise InvalidInput(f"is not a safetensors file: {error}", where=str(directory / TENSORS)) from error
    _check(tensors, len(config.labels), directory / TENSORS)
    weights = np.zeros((3 * len(config.labels), COLUMNS))
    weights[:, tensors["columns"]] = tensors["weights"]
    return SpanModel(
        labels=config.labels,
        weights=weights.reshape(-1, 3, COLUMNS),
        bias=tensors["bias"],
        language=config.language,
        facts=config.facts,
    )


def _check(tensors: dict[str, Any], labels: int, path: Path) -> None:
    used = tensors.get("columns", np.zeros(0)).shape[0]
    expected = {
        "columns": (np.int32, (used,)),
        "weights": (np.float32, (3 * labels, used)),
        "bias": (np.float64, (labels, 3)),
    }
    for name in sorted(expected.keys() | tensors.keys()):
        if name not in expected or name not in tensors:
            raise InvalidInput(f"holds or lacks the tensor {name!r} against its format", where=str(path))
        kind, shape = expected[name]
        found = tensors[name]
        if found.dtype != kind or found.shape != shape or not np.isfinite(found).all():
            raise InvalidInput(f"{name!r} is not {shape} finite {kind.__name__} numbers", where=str(path))
    if used and not 0 <= tensors["columns"].min() <= tensors["columns"].max() < COLUMNS:
        raise InvalidInput("'columns' names columns that are not there", where=str(path))

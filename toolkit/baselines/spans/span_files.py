"""A tagger on disk: numbers in safetensors, the rest in JSON. Loading runs no code and unpickles nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import numpy as np
import safetensors.numpy
from safetensors import SafetensorError

from toolkit.baselines.spans.tagger import Layer, SpanModel
from toolkit.baselines.spans.token_features import COLUMNS
from toolkit.errors import InvalidInput
from toolkit.project.files import read_bytes, write_atomic
from toolkit.records import digest, from_json, to_json
from toolkit.records.base import record

CONFIG, TENSORS = "config.json", "model.safetensors"
FORMAT: Literal["toolkit-spans/2"] = "toolkit-spans/2"
"""The format of the files, as config.json names it."""

EARLIER = "toolkit-spans/1"
"""The format of version 0.1.0, of whose taggers this version has no use."""

_LONGEST = 10_000  # tokens of a span


@record
class SpanLayer:
    """A layer as config.json has it: labels, and tokens of the longest span."""

    labels: tuple[str, ...]
    longest: int


@record
class SpanConfig:
    """All of config.json."""

    format: Literal["toolkit-spans/2"]
    labels: tuple[str, ...]
    layers: tuple[SpanLayer, ...]
    language: str
    facts: dict[str, Any]
    files: dict[str, str]


def span_contents(model: SpanModel) -> dict[str, bytes]:
    """Return the files of a tagger by name: the same bytes for the same model."""
    tensors: dict[str, Any] = {}
    for number, layer in enumerate(model.layers):
        tensors |= {
            f"columns.{number}": layer.columns.astype(np.int32),
            f"weights.{number}": np.ascontiguousarray(layer.weights.astype(np.float32)),
            f"steps.{number}": np.ascontiguousarray(layer.steps.astype(np.float32)),
            f"thresholds.{number}": layer.thresholds,
        }
    files = {TENSORS: bytes(safetensors.numpy.save(tensors))}
    config = SpanConfig(
        format=FORMAT,
        labels=model.labels,
        layers=tuple(SpanLayer(labels=layer.labels, longest=layer.longest) for layer in model.layers),
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
    config = _config(directory / CONFIG)
    content = read_bytes(directory / TENSORS)
    if config.files.get(TENSORS) != digest(content):
        what = f"is not the {TENSORS} that {CONFIG} was written with"
        raise InvalidInput(what, where=str(directory / TENSORS), remedy="fetch or train it again")
    try:
        tensors = safetensors.numpy.load(content)
    except SafetensorError as error:
        raise InvalidInput(f"is not a safetensors file: {error}", where=str(directory / TENSORS)) from error
    _check(tensors, config, directory / TENSORS)
    return SpanModel(
        labels=config.labels,
        layers=tuple(
            Layer(
                labels=layer.labels,
                columns=tensors[f"columns.{number}"].astype(np.int64),
                weights=tensors[f"weights.{number}"].astype(np.float64),
                steps=tensors[f"steps.{number}"].astype(np.float64),
                thresholds=tensors[f"thresholds.{number}"],
                longest=layer.longest,
            )
            for number, layer in enumerate(config.layers)
        ),
        language=config.language,
        facts=config.facts,
    )


def format_of(content: bytes) -> str | None:
    """Return the format that the bytes of a config.json name; None where they name none."""
    try:
        fields = json.loads(content)
    except ValueError:
        return None
    found = fields.get("format") if isinstance(fields, dict) else None
    return found if isinstance(found, str) else None


def refuse_other_format(content: bytes, wanted: str, *, where: str, remedy: str) -> None:
    """Refuse the config.json of another version of toolkit; whatever else is wrong with it is left to its reader.

    Raises:
        InvalidInput: It names another format than the one wanted.
    """
    found = format_of(content)
    if found not in (None, wanted):
        what = f"is of format {found!r}, and this version of toolkit reads {wanted!r}"
        raise InvalidInput(what, where=where, remedy=remedy)


def _config(path: Path) -> SpanConfig:
    """Read config.json; one of another version of toolkit is told by its format."""
    content = read_bytes(path)
    refuse_other_format(content, FORMAT, where=str(path), remedy="train it again")
    config = from_json(SpanConfig, content, where=str(path))
    if sorted(name for layer in config.layers for name in layer.labels) != sorted(set(config.labels)):
        raise InvalidInput("'layers' don't hold each of the labels once", where=str(path))
    if any(not 1 <= layer.longest <= _LONGEST for layer in config.layers):
        raise InvalidInput(f"'longest' is not a number of tokens up to {_LONGEST:,}", where=str(path))
    return config


def _check(tensors: dict[str, Any], config: SpanConfig, path: Path) -> None:
    expected: dict[str, tuple[Any, tuple[int, ...]]] = {}
    for number, layer in enumerate(config.layers):
        used, tags = tensors.get(f"columns.{number}", np.zeros(0)).shape[0], 1 + 2 * len(layer.labels)
        expected |= {
            f"columns.{number}": (np.int32, (used,)),
            f"weights.{number}": (np.float32, (used, tags)),
            f"steps.{number}": (np.float32, (tags, tags)),
            f"thresholds.{number}": (np.float64, (len(layer.labels),)),
        }
    for name in sorted(expected.keys() | tensors.keys()):
        if name not in expected or name not in tensors:
            raise InvalidInput(f"holds or lacks the tensor {name!r} against its format", where=str(path))
        kind, shape = expected[name]
        found = tensors[name]
        if found.dtype != kind or found.shape != shape or not np.isfinite(found).all():
            raise InvalidInput(f"{name!r} is not {shape} finite {kind.__name__} numbers", where=str(path))
        if name.startswith("columns") and len(found) and not _ascending(found):
            raise InvalidInput(f"{name!r} is not different columns in their order", where=str(path))


def _ascending(columns: Any) -> bool:
    return bool(columns[0] >= 0 and columns[-1] < COLUMNS and (np.diff(columns) > 0).all())

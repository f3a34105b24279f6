"""A model on disk: numbers in safetensors, words and settings in JSON. Loading runs no code and unpickles nothing.

    config.json         settings, labels, thresholds' meaning, the SHA-256 of the next two, of itself, and of the
                        network that made embeddings, which itself is not stored
    vocabulary.json     a list of terms a feature block, in the order of the weights' columns
    model.safetensors   weights and idf as 32-bit floats, bias and thresholds as 64-bit
    spans/              the tagger of spans, where there is one: config.json and model.safetensors again

The same model is the same bytes; a stored and loaded model answers exactly as the one in memory.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import safetensors.numpy
from safetensors import SafetensorError

from toolkit.baselines.data.targets import Targets
from toolkit.baselines.models.baseline import Model
from toolkit.baselines.models.features import Block, FittedBlock
from toolkit.baselines.spans.span_files import EARLIER, format_of, load_spans, refuse_other_format, span_contents
from toolkit.baselines.spans.tagger import SpanModel
from toolkit.encoders import embedding
from toolkit.encoders.encoder import ENCODERS, Encoder
from toolkit.errors import InvalidInput, UsageError, tally
from toolkit.project.files import file_digest, write_atomic
from toolkit.records import content_id, digest, from_json, to_json
from toolkit.records.base import record

CONFIG, VOCABULARY, TENSORS = "config.json", "vocabulary.json", "model.safetensors"
SPANS = "spans"

Array = npt.NDArray[Any]

_EARLIER_SPANS = "its spans were learnt by version 0.1.0 and can't be found any more; `toolkit train` learns them again"
_LONGEST = 20  # n-grams; the ladder has at most 5
FORMAT: Literal["toolkit-baseline/1"] = "toolkit-baseline/1"
"""The format of the files, as config.json names it."""


@record
class _Block:
    """A feature block as config.json has it."""

    kind: Literal["tfidf", "binary", "hashing", "embedding"]
    analyzer: Literal["word", "char_wb"]
    ngrams: tuple[int, int]


@record
class ModelConfig:
    """All of config.json."""

    format: Literal["toolkit-baseline/1"]
    baseline: str
    labels: tuple[str, ...]
    multi: bool
    positive: str | None
    exclusive: tuple[str, ...]
    blocks: tuple[_Block, ...]
    seed: int
    notes: tuple[str, ...]
    facts: dict[str, Any]
    files: dict[str, str]
    encoder: Encoder | tuple[Encoder, ...] | None = None  # more than one in the order of the blocks
    seal: str | None = None  # SHA-256 of all other fields; older models have none


def save(model: Model, directory: Path | str) -> list[Path]:
    """Write a model into a directory, config.json last; return the files.

    Args:
        model: The model.
        directory: Made if it is missing; files of an older model in it are replaced.

    Raises:
        ToolkitError: The directory can't be written to.
    """
    files = contents(model)
    for name, content in files.items():
        write_atomic(Path(directory) / name, content)
    return [Path(directory) / name for name in files]


def check_place(directory: Path | str) -> None:
    """Refuse a directory that holds something else than a model, whose README.md or config.json would be replaced.

    Raises:
        UsageError: It holds files and none of a model, or is not a directory.
    """
    path = Path(directory)
    if path.is_dir() and ((path / TENSORS).is_file() or not any(path.iterdir())):
        return
    if path.exists():
        raise UsageError("is there already, and is not a model", where=str(path), remedy="name another directory")


def digest_of(directory: Path) -> str:
    """Return the digest of a model directory's configuration and tensors: another one for every other model."""
    return content_id(*(file_digest(directory / name) or "" for name in (CONFIG, TENSORS)))


def contents(model: Model) -> dict[str, bytes]:
    """Return the files of a model by name, config.json last: the same bytes for the same model."""
    terms = json.dumps([block.terms for block in model.blocks], ensure_ascii=False, separators=(",", ":")).encode()
    files = {TENSORS: _tensors(model), VOCABULARY: terms}
    if model.tagger is not None:
        files |= {f"{SPANS}/{name}": content for name, content in span_contents(model.tagger).items()}
    config = ModelConfig(
        format=FORMAT,
        baseline=model.baseline,
        labels=model.targets.names,
        multi=model.targets.multi,
        positive=model.targets.positive,
        exclusive=model.targets.exclusive,
        blocks=tuple(
            _Block(kind=block.block.kind, analyzer=block.block.analyzer, ngrams=block.block.ngrams)
            for block in model.blocks
        ),
        seed=model.seed,
        notes=model.notes,
        facts=dict(model.facts),
        files={name: digest(content) for name, content in files.items()},
        encoder=_one_or_more([ENCODERS[name].encoder for name in model.encoders]),
    )
    sealed = replace(config, seal=_seal(config))
    files[CONFIG] = (json.dumps(json.loads(to_json(sealed)), ensure_ascii=False, indent=2) + "\n").encode()
    return files


def _seal(config: ModelConfig) -> str:
    return digest(to_json(replace(config, seal=None)).encode())


def load(directory: Path | str) -> Model:
    """Read a model that `save` wrote.

    Raises:
        InvalidInput: A file is missing, is not the one that config.json was written with, or holds a field, a tensor
            or a type that does not belong there; the message names it. Or it needs embeddings that are not here.
    """
    try:
        return _loaded(Path(directory))
    except InvalidInput as error:
        error.remedy = error.remedy or "fetch or train it again"
        raise


def _loaded(directory: Path) -> Model:
    config = _config(directory / CONFIG)
    encoders = _encoders(config, directory / CONFIG)
    contents = {name: _verified(directory / name, config) for name in (TENSORS, VOCABULARY)}
    vocabulary = _vocabulary(contents[VOCABULARY], config, directory / VOCABULARY)
    tensors = _tensors_in(contents[TENSORS], directory / TENSORS)
    blocks = tuple(
        FittedBlock(
            block=Block(kind=block.kind, analyzer=block.analyzer, ngrams=block.ngrams, encoder=encoder),
            terms=terms,
            idf=tensors.pop(f"idf.{number}").astype(np.float64) if f"idf.{number}" in tensors else None,
        )
        for number, (block, terms, encoder) in enumerate(zip(config.blocks, vocabulary, encoders, strict=True))
    )
    targets = _targets(config, directory / CONFIG)
    _check(tensors, targets, blocks, directory / TENSORS)
    if config.seal not in (None, _seal(config)):
        raise InvalidInput("was changed after it was written", where=str(directory / CONFIG))
    is_earlier = _has_earlier_spans(directory, config)
    return Model(
        baseline=config.baseline,
        targets=targets,
        blocks=blocks,
        weights=tensors["weights"].astype(np.float64),
        bias=tensors["bias"],
        thresholds=tensors["thresholds"],
        seed=config.seed,
        facts=config.facts,
        notes=(*config.notes, *[_EARLIER_SPANS] * is_earlier),
        tagger=None if is_earlier else _tagger(directory, config),
    )


def _one_or_more(encoders: Sequence[Encoder]) -> Encoder | tuple[Encoder, ...] | None:
    """Return what config.json names: of one encoder, the one alone."""
    return tuple(encoders) if len(encoders) > 1 else next(iter(encoders), None)


def _encoders(config: ModelConfig, path: Path) -> list[str]:
    """Return the name of each block's encoder; it is "" where the block is not one of embeddings."""
    given = config.encoder if isinstance(config.encoder, tuple) else (config.encoder,)
    wanted = [number for number, block in enumerate(config.blocks) if block.kind == "embedding"]
    stated = [each for each in given if each is not None]
    if len(stated) != len(wanted):
        raise InvalidInput(f"names {tally(len(stated), 'encoder')} for {tally(len(wanted), 'block')}", where=str(path))
    names = dict(zip(wanted, (embedding.check(each, str(path)) for each in stated), strict=True))
    return [names.get(number, "") for number in range(len(config.blocks))]


def _config(path: Path) -> ModelConfig:
    """Read config.json; one of another version of toolkit is told by its format."""
    content = _read(path)
    remedy = "install the toolkit that its requirements.txt names, or run `toolkit train` again"
    refuse_other_format(content, FORMAT, where=str(path), remedy=remedy)
    config = from_json(ModelConfig, content, where=str(path))
    for number, block in enumerate(config.blocks):
        shortest, longest = block.ngrams
        if not 1 <= shortest <= longest <= _LONGEST:
            raise InvalidInput(f"block {number} can't count n-grams of {shortest} to {longest}", where=str(path))
    return config


def _tagger(directory: Path, config: ModelConfig) -> SpanModel | None:
    """Read the span tagger that a model was stored with, held against config.json."""
    names = [name for name in config.files if name.startswith(f"{SPANS}/")]
    for name in names:
        _verified(directory / name, config, name)
    return load_spans(directory / SPANS) if names else None


def _has_earlier_spans(directory: Path, config: ModelConfig) -> bool:
    """Tell whether the span tagger of a model is one of version 0.1.0, of which this version has no use."""
    name = f"{SPANS}/{CONFIG}"
    return name in config.files and format_of(_verified(directory / name, config, name)) == EARLIER


def _targets(config: ModelConfig, path: Path) -> Targets:
    if not config.labels or list(config.labels) != sorted(set(config.labels)):
        raise InvalidInput("'labels' are not different names in alphabetical order", where=str(path))
    two = len(config.labels) == 2 and not config.multi
    if (config.positive in config.labels) != two or (config.positive is None) == two:
        raise InvalidInput(f"'positive' can't be {config.positive!r} with these labels", where=str(path))
    if not set(config.exclusive) <= set(config.labels):
        raise InvalidInput("'exclusive' names labels that are not there", where=str(path))
    return Targets(names=config.labels, multi=config.multi, positive=config.positive, exclusive=config.exclusive)


def _tensors(model: Model) -> bytes:
    tensors = {"weights": model.weights.astype(np.float32), "bias": model.bias, "thresholds": model.thresholds}
    for number, block in enumerate(model.blocks):
        if block.idf is not None:
            tensors[f"idf.{number}"] = block.idf.astype(np.float32)
    content: bytes = safetensors.numpy.save({name: np.ascontiguousarray(value) for name, value in tensors.items()})
    return content


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise InvalidInput(
            "there is no such file, so this is not a model directory",
            where=str(path),
            remedy="train one with `toolkit train`",
        ) from None


def _verified(path: Path, config: ModelConfig, name: str | None = None) -> bytes:
    content = _read(path)
    if config.files.get(name or path.name) != digest(content):
        raise InvalidInput(
            f"is not the {path.name} that {CONFIG} was written with", where=str(path), remedy="fetch or train it again"
        )
    return content


def _vocabulary(content: bytes, config: ModelConfig, path: Path) -> list[tuple[str, ...]]:
    try:
        lists = json.loads(content)
    except (ValueError, RecursionError):
        lists = None
    proper = isinstance(lists, list) and len(lists) == len(config.blocks)
    if not proper or not all(isinstance(terms, list) and all(isinstance(t, str) for t in terms) for terms in lists):
        raise InvalidInput(f"is not one list of words for each of {len(config.blocks)} blocks", where=str(path))
    return [tuple(terms) for terms in lists]


def _tensors_in(content: bytes, path: Path) -> dict[str, Array]:
    try:
        tensors: dict[str, Array] = safetensors.numpy.load(content)
    except SafetensorError as error:
        raise InvalidInput(f"is not a safetensors file: {error}", where=str(path)) from error
    return tensors


def _check(tensors: Mapping[str, Array], targets: Targets, blocks: tuple[FittedBlock, ...], path: Path) -> None:
    """Hold shapes and types of what is left in `tensors` against the configuration."""
    questions, width = len(targets.questions), sum(block.width for block in blocks)
    expected: dict[str, tuple[type, tuple[int, ...]]] = {
        "bias": (np.float64, (questions,)),
        "thresholds": (np.float64, (questions,)),
        "weights": (np.float32, (questions, width)),
    }
    for name in sorted(expected.keys() | tensors.keys()):
        if name not in expected:
            raise InvalidInput(f"holds a tensor {name!r} that does not belong there", where=str(path))
        if name not in tensors:
            raise InvalidInput(f"lacks the tensor {name!r}", where=str(path))
        kind, shape = expected[name]
        found = tensors[name]
        if found.dtype != kind or found.shape != shape or not np.isfinite(found).all():
            raise InvalidInput(f"{name!r} is not {shape} finite {kind.__name__} numbers", where=str(path))
    for number, block in enumerate(blocks):
        wrong = block.idf is not None and block.idf.shape != (block.width,)
        if wrong or (block.block.kind == "tfidf") != (block.idf is not None):
            raise InvalidInput(f"'idf.{number}' does not fit its block", where=str(path))

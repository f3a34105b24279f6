"""Frozen sentence embeddings as features: texts to rows of length 1, each text encoded once.

Which networks there are, and where they come from, is in `encoder`. A text that was encoded is remembered by its hash:
in memory, and where the variable TOOLKIT_EMBEDDINGS names a folder, in a file there, for all that train and predict.

Processors, and versions of onnxruntime, differ in the last digits of a sum; that is why no baseline uses embeddings
unless it is asked to.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import scipy.sparse as sp

from toolkit.encoders.encoder import ENCODERS, Encode, Encoder, digest_of_weights, named, opened
from toolkit.errors import InvalidInput
from toolkit.records.base import whole

STORE: Final = "TOOLKIT_EMBEDDINGS"
"""The environment variable that names the folder of stored embeddings."""

_KEY = 32  # bytes of a SHA-256
_REMEMBERED = 50_000  # embeddings in memory: 100 MB of the widest
_AT_ONCE = 500  # texts between two writes
_ROUNDING = 1e-3


def _of_length_1(rows: Any) -> Any:
    """Tell which of [N, width] are embeddings, of length 1 but for rounding; numbers that are none have no length."""
    return np.abs(np.linalg.norm(np.asarray(rows, dtype=np.float64), axis=-1) - 1.0) < _ROUNDING


class EmbeddingStore:
    """Embeddings by the hash of their text, in a file that only grows: 32 bytes of SHA-256, then 32-bit floats.

    A row that a kill cut off is the end of the file, and is written over by the next one. A row that a disk
    damaged is left out where its numbers do not have length 1, and its text is encoded again.

    Args:
        path: The file; None keeps them in memory alone.
        width: Numbers of an embedding.
    """

    def __init__(self, path: Path | None, width: int) -> None:
        self._path, self._width = path, width
        self._known: dict[bytes, Any] = {}
        if path is not None and path.exists():
            self._read(path)

    def _read(self, path: Path) -> None:
        size, content = self._row_size, path.read_bytes()
        for at in range(0, len(content) // size * size, size):
            numbers = np.frombuffer(content, dtype="<f4", count=self._width, offset=at + _KEY)
            if _of_length_1(numbers):
                self._known[content[at : at + _KEY]] = numbers

    @property
    def _row_size(self) -> int:
        return _KEY + 4 * self._width

    def get(self, key: bytes) -> Any:
        """Return the embedding of a text by its key; None where it is not known."""
        return self._known.get(key)

    def add(self, rows: Mapping[bytes, Any]) -> None:
        """Remember embeddings."""
        if self._path is None and len(self._known) > _REMEMBERED:
            self._known.clear()
        self._known.update(rows)
        if self._path is None or not rows:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            if cut := file.tell() % self._row_size:
                file.truncate(file.tell() - cut)
            file.write(b"".join(key + np.asarray(row, dtype="<f4").tobytes() for key, row in rows.items()))


class SentenceEmbedder:
    """Texts to embeddings of length 1, in the manner of scikit-learn's vectorizers."""

    def __init__(self, encode: Encode, width: int, store: EmbeddingStore) -> None:
        self._encode, self._width, self._store = encode, width, store

    def transform(self, texts: Sequence[str]) -> sp.csr_matrix:
        """Return [N, width]. What was asked before is remembered: folds, labels and probabilities cost one pass.

        Raises:
            InvalidInput: The network gives numbers that do not have length 1, such as "not a number".
        """
        read = list(map(whole, texts))
        keys = [hashlib.sha256(text.encode()).digest() for text in read]
        rows = {key: self._store.get(key) for key in keys}
        new = {key: text for key, text in zip(keys, read, strict=True) if rows[key] is None}
        waiting = list(new)
        for start in range(0, len(waiting), _AT_ONCE):
            batch = waiting[start : start + _AT_ONCE]
            found = np.asarray(self._encode([new[key] for key in batch]), dtype=np.float32)
            if not _of_length_1(found).all():
                raise InvalidInput(
                    "the network answers what is no embedding", remedy="install its packages and their libraries again"
                )
            made = dict(zip(batch, found, strict=True))
            self._store.add(made)
            rows.update(made)
        table = np.array([rows[key] for key in keys], dtype=np.float64).reshape(len(keys), self._width)
        return sp.csr_matrix(table)


@cache
def embedder(name: str) -> SentenceEmbedder:
    """Return the embedder of an encoder, opened once a process.

    Raises:
        InvalidInput: A package is missing, or ships other files.
    """
    encode, width = opened(name), ENCODERS[name].width
    folder = os.environ.get(STORE)
    path = Path(folder) / f"{name}-{digest_of_weights(name)}.f32" if folder else None
    return SentenceEmbedder(encode, width, EmbeddingStore(path, width))


def check(encoder: Encoder, where: str) -> str:
    """Return the name of an encoder that a stored model was trained on, if it is here.

    Raises:
        InvalidInput: It is another one, or it is not installed.
    """
    name = named(encoder)
    if name is None:
        known = ", ".join(each.encoder.name for each in ENCODERS.values())
        raise InvalidInput(
            f"was trained on embeddings of {encoder.name}, and this version of toolkit has {known}, with the files "
            "it names",
            where=where,
            remedy="train it again, or install the toolkit of its requirements.txt",
        )
    try:
        embedder(name)
    except InvalidInput as error:
        raise InvalidInput(error.what, where=where, remedy=error.remedy) from error
    return name

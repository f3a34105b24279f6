"""Texts to sparse numbers: scikit-learn's vectorizers, counted once and weighted anew in every fold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfTransformer, TfidfVectorizer

from toolkit.baselines.data.targets import Floats, Ints
from toolkit.encoders import embedding
from toolkit.encoders.encoder import ENCODERS
from toolkit.words import word_expression, word_pattern

Sparse = Any
"""A scipy CSR matrix [N, features]; scipy ships no types."""

HASHED = 2**18
"""Columns of the hashing block: at a million distinct n-grams of which most are rare, collisions cost little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One family of features.

    Attributes:
        kind: "tfidf" (1 + log tf, smoothed idf, rows of length 1), "binary" (0 or 1), "hashing" (no vocabulary, rows
            of length 1) or "embedding" (a frozen network; of what is below only `encoder` concerns it).
        analyzer: "word" (words and punctuation marks, lower case; single characters where a script has no spaces)
            or "char_wb" (characters inside words).
        ngrams: Shortest and longest n.
        min_count: A term must be in so many rows.
        terms: A vocabulary that is given and not learned.
        encoder: Of embeddings, the network; see `encoder`.
    """

    kind: Literal["tfidf", "binary", "hashing", "embedding"]
    analyzer: Literal["word", "char_wb"] = "word"
    ngrams: tuple[int, int] = (1, 2)
    min_count: int = 1
    terms: tuple[str, ...] | None = None
    encoder: str = ""

    @property
    def learns(self) -> bool:
        """Whether it has a vocabulary that comes from the texts."""
        return self.kind in ("tfidf", "binary")

    def vectorizer(self, terms: Sequence[str] | None = None) -> Any:
        """Return an unfitted scikit-learn vectorizer, or one with the vocabulary `terms`, in their order.

        Raises:
            InvalidInput: It stands for embeddings, and what makes them is not installed.
        """
        if self.kind == "embedding":
            return embedding.embedder(self.encoder)
        common: dict[str, Any] = {"analyzer": self.analyzer, "ngram_range": self.ngrams, "lowercase": True}
        if self.analyzer == "word":
            common["token_pattern"] = word_expression()
        if self.kind == "hashing":
            return HashingVectorizer(**common, n_features=HASHED, alternate_sign=False)
        common["vocabulary"] = {term: number for number, term in enumerate(terms)} if terms is not None else None
        common["min_df"] = self.min_count if terms is None else 1
        if self.kind == "tfidf":
            return TfidfVectorizer(**common, sublinear_tf=True)
        return CountVectorizer(**common, binary=True)


@dataclass(frozen=True, slots=True)
class WordNgrams:
    """The terms that a word block of scikit-learn sees in a text, in half the time; a test holds the two together."""

    shortest: int
    longest: int

    def __call__(self, text: str) -> list[str]:
        """Return the n-grams of a text, a term for every time it occurs."""
        words = word_pattern(text).findall(text.lower())
        return [
            term
            for size in range(self.shortest, self.longest + 1)
            for term in (
                words if size == 1 else map(" ".join, zip(*(words[skip:] for skip in range(size)), strict=False))
            )
        ]


class FeatureTable:
    """The features of the training texts: every block is counted once, however many folds and models use it.

    The vocabulary comes from all rows; idf and model weights only from the rows of a fold. A term that is in no
    row of the fold gets weight 0, so nothing of the held-out labels or frequencies leaks.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._counts: dict[Block, tuple[Sparse, tuple[str, ...]]] = {}

    def counts(self, block: Block) -> tuple[Sparse, tuple[str, ...]]:
        """Return [N, features] counts and the terms of the columns, sorted; values and () of blocks that learn nothing.

        A vocabulary may be empty, for texts without a word in them.
        """
        key = Block(
            kind="binary" if block.learns else block.kind,
            analyzer=block.analyzer,
            ngrams=block.ngrams,
            min_count=block.min_count,
            terms=block.terms,
            encoder=block.encoder,
        )
        if key not in self._counts:
            self._counts[key] = self._count(key)
        return self._counts[key]

    def _count(self, block: Block) -> tuple[Sparse, tuple[str, ...]]:
        vectorizer = block.vectorizer(block.terms)
        if not block.learns:
            return vectorizer.transform(self._texts), ()
        vectorizer.set_params(binary=False)
        if block.terms is not None:
            return vectorizer.transform(self._texts), block.terms
        try:
            counts = vectorizer.fit_transform(self._texts)
        except ValueError:  # "empty vocabulary; perhaps the documents only contain stop words"
            return sp.csr_matrix((len(self._texts), 0)), ()
        return counts, tuple(vectorizer.get_feature_names_out())

    def split(self, blocks: Sequence[Block], fitted: Ints, held: Ints) -> tuple[Sparse, Sparse]:
        """Return the features of rows `fitted` and of rows `held`, the latter weighted by what the former say."""
        pairs = [self._weighted(block, fitted, held) for block in blocks]
        return sp.hstack([pair[0] for pair in pairs], format="csr"), sp.hstack(
            [pair[1] for pair in pairs], format="csr"
        )

    def whole(self, blocks: Sequence[Block]) -> Sparse:
        """Return the features of all rows, weighted by what they say themselves."""
        everything = np.arange(len(self._texts))
        return self.split(blocks, everything, everything[:1])[0]  # scikit-learn refuses to weight no rows

    def _weighted(self, block: Block, fitted: Ints, held: Ints) -> tuple[Sparse, Sparse]:
        counts, _ = self.counts(block)
        first, second = counts[fitted], counts[held]
        if block.kind == "tfidf" and counts.shape[1]:
            weigh = TfidfTransformer(sublinear_tf=True).fit(first)
            return weigh.transform(first), weigh.transform(second)
        if block.kind == "binary":
            return (first > 0).astype(np.float64), (second > 0).astype(np.float64)
        return first, second

    def fit(self, blocks: Sequence[Block]) -> tuple[FittedBlock, ...]:
        """Return the blocks with vocabulary and idf of all rows."""
        return tuple(self._fit(block) for block in blocks)

    def _fit(self, block: Block) -> FittedBlock:
        counts, terms = self.counts(block)
        if block.kind != "tfidf" or not terms:
            return FittedBlock(block=block, terms=terms)
        idf = TfidfTransformer().fit(counts).idf_.astype(np.float32).astype(np.float64)
        return FittedBlock(block=block, terms=terms, idf=idf)


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedBlock:
    """A block with what it learned.

    Attributes:
        block: Its settings.
        terms: Names of the columns; () for hashing and embeddings, and for a vocabulary that came out empty.
        idf: [features] for "tfidf", representable as 32-bit floats, so that a stored model is the fitted one.
    """

    block: Block
    terms: tuple[str, ...]
    idf: Floats | None = None

    @property
    def width(self) -> int:
        """Number of columns."""
        if self.block.kind == "embedding":
            return ENCODERS[self.block.encoder].width
        return HASHED if self.block.kind == "hashing" else len(self.terms)

    def vectorizer(self, *, fast: bool = False) -> Any:
        """Return the fitted scikit-learn vectorizer.

        Args:
            fast: Let it cut words with `WordNgrams`: the same numbers, but nothing that a skops file may hold.
        """
        fitted = self.block.vectorizer(self.terms)
        if self.block.kind == "embedding":
            return fitted
        if fast and self.block.analyzer == "word":
            fitted.set_params(analyzer=WordNgrams(*self.block.ngrams), token_pattern=None, ngram_range=(1, 1))
        if self.idf is not None:
            fitted.idf_ = self.idf
        return fitted

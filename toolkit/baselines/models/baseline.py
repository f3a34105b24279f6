"""A trained baseline: texts in, labels and calibrated probabilities out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count, islice
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.special import expit

from toolkit.baselines.data.targets import Floats, Targets
from toolkit.baselines.models.features import FittedBlock, Sparse
from toolkit.baselines.spans.tagger import SpanModel
from toolkit.errors import InvalidInput, UsageError
from toolkit.project.table_files import kind
from toolkit.records import Suggestion
from toolkit.records.base import whole

_BATCH = 20_000  # rows whose features are in memory at a time


@dataclass(frozen=True, kw_only=True, eq=False)
class Model:
    """A linear model over sparse features, or one that reads no text.

    P(label | text) = 1 / (1 + exp(−(weights · features(text) + bias))), calibrated; of more than two single labels
    the probabilities are scaled to sum to 1.

    Attributes:
        baseline: Its rung on the ladder.
        targets: The labels.
        blocks: Features; none for a model that reads no text.
        weights: [questions, features], representable as 32-bit floats, as are the next two.
        bias: [questions].
        thresholds: [questions], the probability from which a label is given.
        seed: What it was trained with.
        facts: What a model card tells: training rows, counts, cross-validation, schema …; JSON-able.
        notes: What a reader must know, in sentences.
        tagger: Finds spans; None where none were learnt.
        memory: Text → what was answered, of a model that is `remembering`.
    """

    baseline: str
    targets: Targets
    blocks: tuple[FittedBlock, ...] = field(repr=False)
    weights: Floats = field(repr=False)
    bias: Floats = field(repr=False)
    thresholds: Floats = field(repr=False)
    seed: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False)
    notes: tuple[str, ...] = ()
    tagger: SpanModel | None = field(default=None, repr=False)
    memory: dict[str, Floats] | None = field(default=None, repr=False)

    @property
    def labels(self) -> tuple[str, ...]:
        """The label names, sorted: the columns of `predict_proba`."""
        return self.targets.names

    @property
    def embeds(self) -> bool:
        """Whether it reads frozen embeddings."""
        return bool(self.encoders)

    @property
    def encoders(self) -> tuple[str, ...]:
        """The encoders of its embeddings by their names, in the order of the blocks; none without."""
        return tuple(each.block.encoder for each in self.blocks if each.block.kind == "embedding")

    @property
    def chosen_by(self) -> str:
        """The fact that says what each baseline that was tried reached; of a stream, rows are held out only once."""
        return next(name for name in ("held_out_macro_f1", "cross_validated_macro_f1") if name in self.facts)

    def features(self, texts: Sequence[str]) -> Sparse:
        """Return the features of texts, CSR [N, features]. Half a character (a lone surrogate) counts as "?"."""
        if not self.blocks:
            return sp.csr_matrix((len(texts), 0))
        read = list(map(whole, texts))
        return sp.hstack([vectorizer.transform(read) for vectorizer in self.vectorizers], format="csr")

    @cached_property
    def vectorizers(self) -> list[Any]:
        """Fitted vectorizers, one a block."""
        return [block.vectorizer(fast=True) for block in self.blocks]

    def predict_proba(self, texts: Iterable[str]) -> Floats:
        """Return P(label | text) as [N, labels], in the order of `labels`.

        Raises:
            InvalidInput: A text is not a string.
            UsageError: It is one text, or no texts at all.
        """
        return self.by_label(self.asked(texts))

    def by_label(self, asked: Floats) -> Floats:
        """Return P(label | text) as [N, labels] for what was `asked`."""
        if self.targets.positive is None:
            return asked
        columns = {self.targets.positive: asked[:, 0], self.targets.negative: 1.0 - asked[:, 0]}
        return np.stack([columns[name] for name in self.labels], axis=1)

    def predict(self, texts: Iterable[str]) -> list[tuple[str, ...]]:
        """Return the labels of each text, sorted; exactly one each for a single-label model.

        Raises:
            InvalidInput: A text is not a string.
            UsageError: It is one text, or no texts at all.
        """
        texts = list(several(texts))
        return self.decided(texts, self.asked(texts))

    def decided(self, texts: Sequence[str], asked: Floats) -> list[tuple[str, ...]]:
        """Return the labels of each text for what was `asked` about them."""
        if self.baseline == "stratified":
            return [self._draw(text, row) for text, row in zip(texts, asked, strict=True)]
        return self.targets.named(self.targets.decide(asked, self.thresholds))

    def asked(self, texts: Iterable[str]) -> Floats:
        """Return P(yes) as [N, questions]; what `thresholds` are held against.

        Raises:
            InvalidInput: A text is not a string.
            UsageError: It is one text, or no texts at all.
        """
        texts = list(several(texts))
        for number, text in enumerate(texts):
            if not isinstance(text, str):
                raise InvalidInput(f"text {number} is {kind(text)}, not text")
        if self.memory is None or not texts:
            return self._read(texts)
        new = list(dict.fromkeys(text for text in texts if text not in self.memory))
        self.memory.update(zip(new, self._read(new), strict=True))
        return np.stack([self.memory[text] for text in texts])

    def remembering(self) -> Model:
        """Return the same model, which reads a text once however often it is asked: for judging rows in several ways.

        It holds the answer to every text, also when its thresholds are replaced; a stream needs the forgetful one.
        """
        return self if self.memory is not None else replace(self, memory={})

    def _read(self, texts: Sequence[str]) -> Floats:
        parts = [self._scores(texts[start : start + _BATCH]) for start in range(0, len(texts), _BATCH)]
        probabilities = expit(np.concatenate(parts)) if parts else np.zeros((0, len(self.bias)))
        if self.targets.multi or self.targets.positive is not None:
            return np.asarray(probabilities)
        return np.asarray(probabilities / probabilities.sum(axis=1, keepdims=True))

    def deciding_words(self, text: str, label: str, *, count: int = 5) -> list[tuple[str, float]]:
        """Return the terms of a text that weighed most for (positive) or against (negative) a label, in log-odds.

        Empty for a model without a vocabulary.

        Args:
            text: A sentence.
            label: One of `labels`.
            count: How many terms at most.
        """
        sign = 1.0
        if self.targets.positive is not None and label != self.targets.positive:
            label, sign = self.targets.positive, -1.0
        row = self.features([text]).tocoo()
        gains = sign * row.data * self.weights[self.targets.questions.index(label)][row.col]
        named = [(name, gain) for column, gain in zip(row.col, gains, strict=True) if (name := self._term(column))]
        named.sort(key=lambda pair: (-abs(pair[1]), pair[0]))
        return [(name, round(float(gain), 4)) for name, gain in named[:count]]

    def _scores(self, texts: Sequence[str]) -> Floats:
        return np.asarray(self.features(texts) @ self.weights.T) + self.bias

    def _term(self, column: int) -> str:
        for block in self.blocks:
            if column < block.width:
                return block.terms[column] if block.terms else ""
            column -= block.width
        return ""

    def _draw(self, text: str, probabilities: Floats) -> tuple[str, ...]:
        """Draw labels with their frequencies; the same text and seed draw the same."""
        if self.targets.multi:
            drawn = [
                _uniform(self.seed, text, name) < p for name, p in zip(self.targets.names, probabilities, strict=True)
            ]
            return tuple(name for name, yes in zip(self.targets.names, drawn, strict=True) if yes)
        luck = _uniform(self.seed, text, "")
        if self.targets.positive is not None:
            return (self.targets.positive,) if luck < probabilities[0] else (self.targets.negative,)
        number = int(np.searchsorted(np.cumsum(probabilities), luck, side="right"))
        return (self.targets.names[min(number, len(self.targets.names) - 1)],)


def several(texts: Iterable[str]) -> Iterable[str]:
    """Return texts as they are, but refuse one text, each of whose characters would be answered, and what holds none.

    Raises:
        UsageError: It is one text, or nothing that can be gone through.
    """
    if isinstance(texts, str | bytes):
        raise UsageError("one text was given where a list of texts is wanted", remedy="put it in a list: [text]")
    if not isinstance(texts, Iterable):
        raise UsageError(f"a list of texts is wanted, but it is {kind(texts)}", remedy="give a list: [text]")
    return texts


def _uniform(seed: int, *parts: str) -> float:
    """Return a number in [0, 1) that looks random and depends on nothing but the arguments."""
    payload = "\0".join((str(seed), *parts)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(payload).digest()[:7], "big") / 2**56


def predictions(
    model: Model, texts: Iterable[str], *, ids: Iterable[str] | None = None, name: str = "", size: int = 1000
) -> Iterator[Suggestion]:
    """Yield what a model says of each text, in their order.

    Texts are answered `size` at a time; no more are read before those answers have been taken, so that the input need
    not end.

    Args:
        model: The model.
        texts: Sentences.
        ids: One sentence_id per text; default: the number of the text, from "0".
        name: Of the model, as the suggestions carry it; default: its rung, such as "words-lr".
        size: Texts that are answered together.

    Yields:
        Labels, probabilities rounded to six decimals, and the spans of a model that finds some, as offsets in the text.

    Raises:
        InvalidInput: A text is not a string.
        UsageError: It is one text, or no texts at all.
    """
    waiting, named = iter(several(texts)), map(str, count()) if ids is None else iter(ids)
    called, schema = name or model.baseline, model.facts.get("schema")
    while batch := list(islice(waiting, size)):
        spans = model.tagger.predict(batch) if model.tagger is not None else [()] * len(batch)
        asked = model.asked(batch)
        answers = zip(model.decided(batch, asked), model.by_label(asked).tolist(), spans, strict=True)
        for sentence_id, (labels, row, found) in zip(islice(named, len(batch)), answers, strict=True):
            yield Suggestion(
                sentence_id=sentence_id,
                shown=True,
                model=called,
                labels=labels,
                spans=found,
                probabilities={label: round(p, 6) for label, p in zip(model.labels, row, strict=True)},
                schema=schema,
            )

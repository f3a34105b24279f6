"""The ladder of baselines, from one that reads nothing to the best linear one: settings only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from toolkit.baselines.models.features import Block
from toolkit.encoders.encoder import DEFAULT, ENCODERS
from toolkit.errors import UsageError
from toolkit.schema.model import Schema

Learner = Literal["logistic", "svm", "nb-svm", "sgd", "rules"]

WORDS = Block(kind="tfidf")
CHARACTERS = Block(kind="tfidf", analyzer="char_wb", ngrams=(2, 5), min_count=2)


@dataclass(frozen=True, slots=True)
class Setting:
    """How a part is fitted: its strength, and whether classes are balanced."""

    strength: float
    balanced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A linear model over some features.

    Attributes:
        blocks: Its features, side by side.
        learner: How weights come from rows.
        strengths: Values to try: inverse regularisation C (for "sgd" alpha, for "rules" nothing).
        balances: Values to try: whether yes and no weigh as much as each other in all; "sgd" always balances.
        weight: How many parts it counts for where log-odds are averaged.
    """

    blocks: tuple[Block, ...]
    learner: Learner
    strengths: tuple[float, ...] = (1.0,)
    balances: tuple[bool, ...] = (False,)
    weight: int = 1

    @property
    def settings(self) -> tuple[Setting, ...]:
        """Every pair of a balance and a strength; of equals, the first is taken."""
        return tuple(Setting(strength, balanced) for balanced in self.balances for strength in self.strengths)


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """A rung of the ladder.

    Attributes:
        name: As in `--baseline NAME`.
        summary: What it is, for the model card.
        parts: Linear models whose calibrated log-odds are averaged; none for a rung that reads no text.
    """

    name: str
    summary: str
    parts: tuple[Part, ...] = ()

    @property
    def shares(self) -> tuple[float, ...]:
        """The weight of each part in the mean of log-odds; they sum to 1."""
        return tuple(part.weight / sum(each.weight for each in self.parts) for part in self.parts)

    @property
    def embeds(self) -> bool:
        """Whether it reads frozen embeddings."""
        return any(block.kind == "embedding" for part in self.parts for block in part.blocks)


_EITHER = (False, True)
_WORDS_NB = Part(blocks=(Block(kind="binary"),), learner="nb-svm", strengths=(0.01, 0.1), balances=_EITHER)
_WORDS_CHARS = Part(blocks=(WORDS, CHARACTERS), learner="svm", strengths=(0.1, 0.3), balances=_EITHER)


def _embedding_rungs(suffix: str, encoders: Sequence[str]) -> tuple[Baseline, Baseline]:
    """Return the two rungs of embeddings: alone, and blended with words, where each encoder counts for two parts."""
    parts = tuple(
        Part(
            blocks=(Block(kind="embedding", encoder=encoder),),
            learner="logistic",
            strengths=(0.3, 1.0, 3.0),
            balances=_EITHER,
            weight=2,
        )
        for encoder in encoders
    )
    titles = " and ".join(ENCODERS[encoder].encoder.name for encoder in encoders)
    return (
        Baseline(
            name=f"embeddings{suffix}",
            summary=f"frozen sentence embeddings ({titles}), logistic regression",
            parts=parts,
        ),
        Baseline(
            name=f"embeddings-blend{suffix}",
            summary=f"the mean log-odds of words-chars-svm, nb-svm and, counted twice each, embeddings ({titles})",
            parts=(_WORDS_CHARS, _WORDS_NB, *parts),
        ),
    )


_ENCODERS = {"": DEFAULT} | {f":{name}": (name,) for name in ENCODERS}
"""The end of a name such as "embeddings:use" → the encoders that it stands for; without an end, both together."""

LADDER: dict[str, Baseline] = {
    rung.name: rung
    for rung in (
        Baseline(name="majority", summary="the most frequent answer for every sentence"),
        Baseline(name="stratified", summary="a random answer with the frequencies of the training rows"),
        Baseline(name="keywords", summary="words of the label schema's own examples, counted"),
        Baseline(
            name="words-lr",
            summary="TF-IDF of words and word pairs, logistic regression",
            parts=(Part(blocks=(WORDS,), learner="logistic", strengths=(1.0, 3.0, 10.0), balances=_EITHER),),
        ),
        Baseline(
            name="nb-svm",
            summary="words and word pairs weighted by their naive Bayes log-count ratio, linear SVM "
            "(Wang and Manning 2012)",
            parts=(_WORDS_NB,),
        ),
        Baseline(
            name="words-chars-svm",
            summary="TF-IDF of words, word pairs and character 2- to 5-grams, linear SVM",
            parts=(_WORDS_CHARS,),
        ),
        Baseline(
            name="blend",
            summary="the mean log-odds of words-chars-svm and nb-svm",
            parts=(_WORDS_CHARS, _WORDS_NB),
        ),
        Baseline(
            name="hashing-sgd",
            summary="hashed words and word pairs, logistic regression by stochastic gradient descent",
            parts=(Part(blocks=(Block(kind="hashing"),), learner="sgd", strengths=(1e-5, 1e-6)),),
        ),
        *(each for suffix, encoders in _ENCODERS.items() for each in _embedding_rungs(suffix, encoders)),
    )
}

_AUTO = ("majority", "keywords", "words-lr", "nb-svm", "words-chars-svm", "blend")

AUTO: dict[str, tuple[str, ...]] = {"auto": _AUTO} | {
    f"auto+embeddings{suffix}": (*_AUTO, f"embeddings{suffix}", f"embeddings-blend{suffix}") for suffix in _ENCODERS
}
"""Name → the baselines that it chooses from; of two with equal scores it takes the earlier. Of those with embeddings it
takes the last one, a blend, unless another is clearly better.

`auto` leaves embeddings alone even where they are installed: they take a hundred times as long, and the same rows must
give the same model on every machine.
"""


def rung(name: str, schema: Schema | None) -> Baseline:
    """Return a baseline by its name; keyword rules are read off `schema`.

    Raises:
        UsageError: There is no such baseline, or keyword rules were asked for without a schema.
    """
    if name not in LADDER:
        raise _unknown(name, LADDER)
    if name != "keywords":
        return LADDER[name]
    if schema is None:
        raise UsageError("keyword rules come from a schema's examples, and no schema was given", remedy="name a schema")
    terms = tuple(sorted({term for words in keywords(schema).values() for term in words}))
    part = Part(blocks=(Block(kind="binary", ngrams=(1, 1), terms=terms),), learner="rules")
    return Baseline(name=name, summary=LADDER[name].summary, parts=(part,))


def candidates(name: str, schema: Schema | None) -> tuple[Baseline, ...]:
    """Return the rungs that a name stands for: those it chooses from, or the one that is called so.

    Raises:
        UsageError: As `rung`.
    """
    if name in AUTO:
        return tuple(rung(each, schema) for each in AUTO[name] if each != "keywords" or schema is not None)
    if name not in LADDER:
        raise _unknown(name, (*AUTO, *LADDER))
    return (rung(name, schema),)


def _unknown(name: str, known: Iterable[str]) -> UsageError:
    return UsageError(f"there is no baseline {name!r}", remedy=f"choose one of {', '.join(known)}")


def keywords(schema: Schema) -> dict[str, tuple[str, ...]]:
    """Return label → the words that stand in its positive examples and in no example that lacks the label."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    words = Block(kind="binary", ngrams=(1, 1)).vectorizer().build_analyzer()
    given = [example for label in schema.labels for example in (*label.positives, *label.near_misses)]
    found = {}
    for label in schema.labels:
        positive = [*label.positives, *(example for example in given if label.id in example.labels)]
        other = [example for example in given if label.id not in example.labels and example not in label.positives]
        mine = _words(words, [example.text for example in positive])
        theirs = _words(words, [example.text for example in other])
        kept = {word for word in mine - theirs if word.isalpha() and len(word) > 2}
        found[label.id] = tuple(sorted(kept - ENGLISH_STOP_WORDS))
    return found


def _words(analyzer: object, texts: Sequence[str]) -> set[str]:
    return {word for text in texts for word in analyzer(text)}  # type: ignore[operator]  # sklearn's callable is untyped

"""Invented sentences with known labels: what decides a label is a word that stands in it."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from builders import answer, article, decision, sentence, span

from toolkit.baselines import Rows
from toolkit.baselines.spans import SpanModel, SpanRows, train_spans
from toolkit.engine.arrow import to_table
from toolkit.records import Annotation, Article, Decision, Sentence
from toolkit.release import Corpus, Release, Terms, freeze
from toolkit.schema import load

FILLERS = (
    "the",
    "town",
    "market",
    "road",
    "river",
    "school",
    "bridge",
    "harbour",
    "early",
    "late",
    "again",
    "on Monday",
)
CUES = {"denial": ("denied", "rejected"), "casualty": ("killed", "wounded"), "talks": ("met", "negotiated")}
FORMS = {
    "casualty_figure": "Storm {n} killed people in the {place}.",
    "denial": "The council denied rumour {n} about the {place}.",
    "none": "Stall {n} of the {place} sells bread.",
}
PLACES = ("market", "harbour", "old town", "valley")
SOURCES = ("The ministry", "A doctor", "The governor of Arlo", "Police")


@pytest.fixture(scope="session")
def make_rows() -> Callable[..., Rows]:
    """Makes rows of about count / 4 stories; "talks" is carried by `rare` of them."""

    def make(count: int = 200, *, multi: bool = True, noise: float = 0.05, seed: int = 0, rare: int = 20) -> Rows:
        chance = random.Random(seed)
        texts, labels, groups = [], [], []
        for number in range(count):
            given = [name for name in ("denial", "casualty") if chance.random() < 0.3]
            if number % (count // rare) == 0:
                given.append("talks")
            if not multi:
                given = given[-1:] or ["other"]
            words = [chance.choice(FILLERS) for _ in range(8)]
            words += [chance.choice(CUES[name]) for name in given if name in CUES and chance.random() > noise]
            chance.shuffle(words)
            texts.append(" ".join([*words, str(number)]))
            labels.append(tuple(given))
            groups.append(f"story-{chance.randrange(count // 4)}")
        return Rows(texts=tuple(texts), labels=tuple(labels), multi=multi, groups=tuple(groups))

    return make


@pytest.fixture
def binary(make_rows: Callable[..., Rows]) -> Rows:
    """Two labels; one in six rows is a "yes"."""
    rows = make_rows(240, multi=True, rare=40)
    labels = tuple(("yes",) if "talks" in given else ("no",) for given in rows.labels)
    return Rows(texts=rows.texts, labels=labels, multi=False, groups=rows.groups)


@pytest.fixture(scope="session")
def make_release() -> Callable[..., Release]:
    """Freezes invented articles of five sentences; one annotator agrees with gold, the other always says "none".

    Decisions rest on both, or on an expert who overruled them.
    """

    def make(
        folder: Path,
        version: str = "1.0.0",
        *,
        articles: int = 40,
        relabelled: int = 0,
        previous: Release | None = None,
        by_expert: bool = False,
    ) -> Release:
        chance = random.Random(0)
        wholes, lines, decisions = [], [], []
        annotations: list[Annotation] = []
        experts: list[Annotation] = []
        for number in range(articles):
            labels = [chance.choice(list(FORMS)) for _ in range(5)]
            texts = [
                FORMS[label].format(n=f"{number}{place}", place=chance.choice(PLACES))
                for place, label in enumerate(labels)
            ]
            whole = _article(number, "\n".join([f"Headline {number}", *texts]))
            wholes.append(whole)
            for place, (text, label) in enumerate(zip(texts, labels, strict=True)):
                line = sentence(text, whole, paragraph=place)
                gold = "none" if number < relabelled and place == 0 else label
                said = [("good", gold), ("lazy", "none")]
                answers = [answer(line.sentence_id, person, given, lead_time=4.5) for person, given in said]
                deciding = [answer(line.sentence_id, "expert", gold)] if by_expert else answers
                experts += deciding if by_expert else []
                votes = tuple(sorted(each.annotation_id for each in deciding))
                lines.append(line)
                decisions.append(decision(line.sentence_id, gold, method="expert", votes=votes))
                annotations += answers
        corpus = Corpus.of(
            load("news_events@1.0.0"),
            articles=to_table(Article, wholes),
            sentences=to_table(Sentence, lines),
            decisions=to_table(Decision, decisions),
            annotations=annotations,
            experts=experts,
        )
        return freeze(corpus, folder, Terms(version=version), previous=previous)

    return make


def _article(number: int, text: str) -> Article:
    return article(
        text,
        source=f"{number}.txt",
        title=f"Headline {number}",
        publisher=f"Paper {number % 3}",
        url=f"https://example.org/{number}",
        published_at=f"{2025 + number % 2}-01-02",
        language="en",
        licence="CC0-1.0",
    )


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory, make_release: Callable[..., Release]) -> Path:
    """Two releases; in the second, ten stories more and a sentence of forty stories relabelled."""
    folder = tmp_path_factory.mktemp("releases")
    make_release(folder)
    make_release(folder, "2.0.0", articles=50, relabelled=40)
    return folder


@pytest.fixture(scope="session")
def make_span_rows() -> Callable[..., SpanRows]:
    """Makes sentences with a source before a verb of saying, and figures of people killed beside other numbers."""

    def make(count: int = 120, *, seed: int = 0) -> SpanRows:
        chance = random.Random(seed)
        texts, spans = [], []
        for number in range(count):
            source, amount = chance.choice(SOURCES), f"at least {chance.randint(2, 99)}"
            text = chance.choice(
                (
                    f"{source} said that {amount} people were killed on day {number}.",
                    f"Bread costs {number} crowns in Arlo.",
                )
            )
            marked = [("SOURCE", source), ("FIGURE", amount)] if "killed" in text else []
            texts.append(text)
            spans.append(tuple(span(text, words, label) for label, words in marked))
        groups = tuple(f"story {number // 4}" for number in range(count))
        return SpanRows(texts=tuple(texts), spans=tuple(spans), groups=groups, languages=("en",) * count)

    return make


@pytest.fixture(scope="session")
def tagger(make_span_rows: Callable[..., SpanRows]) -> SpanModel:
    return train_spans(make_span_rows())

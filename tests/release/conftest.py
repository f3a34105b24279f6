"""A small world to release: articles of invented news, two annotators, decisions, spans and relations."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from toolkit.engine.arrow import to_table
from toolkit.records import Annotation, Article, Decision, Page, Piece, Relation, Sentence, Span, content_id
from toolkit.release import Corpus, Release, Terms, freeze
from toolkit.schema import Schema, load

TOWNS = ("Arlo", "Brenn", "Çelik", "Dørum", "Été", "القرية", "Нове", "北町")
KINDS = (
    ("The mayor of {town} said {n} people were killed in storm {i}.", ("casualty_figure", "claim")),
    ("The council of {town} denied report {i} of a sale.", ("denial",)),
    ("Talks {i} between {town} and the coast opened.", ("diplomatic_contact",)),
    ("The bakery of {town} sells {n} sorts of bread 🥖, list {i} says.", ("none",)),
)


@dataclass(frozen=True)
class World:
    """What a corpus is made of."""

    schema: Schema
    articles: tuple[Article, ...]
    sentences: tuple[Sentence, ...]
    decisions: tuple[Decision, ...]
    annotations: tuple[Annotation, ...]

    def corpus(self, **changed: Any) -> Any:
        tables = {"articles": Article, "sentences": Sentence, "decisions": Decision}
        parts = {name: to_table(cls, getattr(self, name)) for name, cls in tables.items()}
        return Corpus.of(self.schema, **({**parts, "annotations": self.annotations} | changed))

    def freeze(self, target: Path, *, previous: Release | None = None, **terms: Any) -> Release:
        terms = {"version": "1.0.0"} | terms
        corpus = self.corpus(without=terms.get("takedowns", {}))
        return freeze(corpus, target.parent, Terms(**terms), previous=previous)


def make_article(number: int, sentences: Sequence[str], *, story: str | None = None) -> Article:
    title = f"Headline {number}"
    text = "\n".join([title, " ".join(sentences)])
    raw = text.encode()
    article = Article.of(
        text,
        page=Page.of(raw, source=f"{number:04}.txt"),
        pieces=(Piece(start=0, end=len(text), byte_start=0, byte_end=len(raw)),),
        title=title,
        publisher="The Daily Example",
        url=f"https://example.org/{number}",
        published_at=f"2026-01-{1 + number % 28:02}",
        language="en",
        licence="CC0-1.0",
    )
    return replace(article, story_id=story) if story else article


def make_sentences(article: Article, texts: Sequence[str]) -> list[Sentence]:
    found, at = [], 0
    for text in texts:
        at = article.text.index(text, at)
        found.append(Sentence.of(article, at, at + len(text), paragraph=1))
        at += len(text)
    return found


def judge(sentence: Sentence, labels: tuple[str, ...]) -> tuple[tuple[Span, ...], tuple[Relation, ...]]:
    if "casualty_figure" not in labels:
        return (), ()
    number = next(word for word in sentence.text.split() if word.isdigit())
    start = sentence.text.index(number)
    source = Span(
        span_id="s1", label="SOURCE", start=0, end=9, text=sentence.text[:9], attributes={"type": "state_civil"}
    )
    figure = Span(
        span_id="s2",
        label="FIGURE",
        start=start,
        end=start + len(number),
        text=number,
        attributes={"low": int(number), "high": int(number), "qualifier": "exact", "low_open": False},
    )
    return (source, figure), (Relation(label="figure_source", head="s2", tail="s1"),)


def make_world(
    articles: int = 15,
    sentences: int = 10,
    *,
    seed: int = 0,
    schema: str = "news_events@1.0.0",
    stock: str | None = None,
) -> World:
    chance = random.Random(seed)
    loaded = load(schema)
    made: list[Article] = []
    cut: list[Sentence] = []
    decisions: list[Decision] = []
    annotations: list[Annotation] = []
    for number in range(articles):
        picks = [chance.choice(KINDS) for _ in range(sentences)]
        texts = [
            form.format(town=chance.choice(TOWNS), n=chance.randint(2, 99), i=f"{number}-{place}")
            for place, (form, _) in enumerate(picks)
        ]
        if stock is not None:  # the same last sentence everywhere, judged in two ways
            picks[-1] = (stock, ("none",) if number % 2 else ("non_disclosure",))
            texts[-1] = stock
        story = made[-1].story_id if number % 5 == 4 else None
        made.append(make_article(number, texts, story=story))
        for sentence, (_, labels) in zip(make_sentences(made[-1], texts), picks, strict=True):
            cut.append(sentence)
            spans, relations = judge(sentence, labels)
            answers = [
                Annotation(
                    annotation_id=content_id(sentence.sentence_id, person),
                    sentence_id=sentence.sentence_id,
                    annotator=person,
                    labels=labels,
                    spans=spans,
                    relations=relations,
                    schema=loaded.ref,
                    created_at="2026-01-01T10:00:00Z",
                    updated_at="2026-01-01T10:00:00Z",
                    lead_time=4.5,
                )
                for person in ("annotator-1", "annotator-2")
            ]
            annotations += answers
            if chance.random() < 0.9:
                decisions.append(
                    Decision(
                        sentence_id=sentence.sentence_id,
                        labels=labels,
                        spans=spans,
                        relations=relations,
                        schema=loaded.ref,
                        method="unanimous",
                        votes=tuple(sorted(answer.annotation_id for answer in answers)),
                        soft_labels=dict.fromkeys(labels, 1.0),
                    )
                )
    return World(loaded, tuple(made), tuple(cut), tuple(decisions), tuple(annotations))


@pytest.fixture(scope="session", name="make_world")
def _make_world() -> Callable[..., World]:
    return make_world


@pytest.fixture(scope="session")
def world() -> World:
    """15 articles, 12 stories, 150 sentences, two annotators."""
    return make_world()


@pytest.fixture(scope="session")
def release(world: World, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Release 1.0.0 of the world; not to be changed."""
    return world.freeze(tmp_path_factory.mktemp("releases") / "1.0.0")

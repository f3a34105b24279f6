"""A story of two articles, decided, in a project whose schema has links."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from builders import article, decision, lines_of, span

from toolkit.engine.arrow import parquet_bytes, to_table
from toolkit.project import Workspace
from toolkit.records import Anchor, Article, Decision, Link, Sentence

SCHEMA = "news_events@1.1.0"
FIRST = "Ferry lost 🚢\nThe coast guard said a mine had sunk the ferry.\nRain fell.\nThe office counted 22 dead."
SECOND = (
    "Navy answers\nThe navy denied that its mines were in the strait.\nThe coast guard said a mine had sunk the ferry."
)
THIRD = SECOND + "\nThe toll has risen to 31, the office said."
LABELS = {
    "The coast guard said a mine had sunk the ferry.": ("claim",),
    "The navy denied that its mines were in the strait.": ("denial",),
    "The office counted 22 dead.": ("casualty_figure",),
    "The toll has risen to 31, the office said.": ("casualty_figure", "claim"),
}
FIGURES = {"The office counted 22 dead.": "22", "The toll has risen to 31, the office said.": "31"}


def story(make_project: Callable[..., Workspace], **known: Any) -> Workspace:
    """Return a project with the decided story; the work itself was not pushed."""
    workspace = make_project([FIRST], **known)
    text = (workspace.root / "toolkit.yaml").read_text()
    workspace.write("toolkit.yaml", text.replace("news_events@1.0.0", SCHEMA))
    workspace = Workspace(workspace.root)
    first = article(FIRST, source="a.txt", publisher="Hora", published_at="2026-03-12")
    second = article(THIRD, source="b.txt", publisher="Tavli Post", published_at="2026-03-13")
    articles = [replace(each, story_id=min(first.article_id, second.article_id)) for each in (second, first)]
    sentences = [line for each in articles for line in lines_of(each)]
    for name, cls, rows in (
        ("articles.parquet", Article, articles),
        ("sentences.parquet", Sentence, sentences),
        ("gold.parquet", Decision, sorted(map(decided, sentences), key=lambda each: each.sentence_id)),
    ):
        workspace.write(name, parquet_bytes(to_table(cls, rows)))  # type: ignore[type-var]
    return workspace


def decided(sentence: Sentence) -> Decision:
    words = FIGURES.get(sentence.text)
    found = (
        [span(sentence.text, words, qualifier="exact", low=int(words), high=int(words), harm="killed")] if words else []
    )
    labels = LABELS.get(sentence.text, ("none",))
    return decision(sentence.sentence_id, *labels, schema=SCHEMA, spans=tuple(found))


def suggestion(workspace: Workspace) -> list[tuple[Link, float]]:
    """Return the link from the denial of the story to its first claim."""
    first = {article.article_id for article in workspace.articles() if article.publisher == "Hora"}
    lines = sorted(workspace.sentences(), key=lambda each: each.article_id not in first, reverse=True)
    of = {each.text: each for each in lines}
    ends = [
        Anchor(sentence_id=of[text].sentence_id, label=label, start=0, end=len(text), text=text)
        for text, label in (
            ("The navy denied that its mines were in the strait.", "denial"),
            ("The coast guard said a mine had sunk the ferry.", "claim"),
        )
    ]
    return [(Link(label="denies", head=ends[0], tail=ends[1]), 0.75)]

"""The stories of a release as documents, for tools whose links stay within one text.

A story is its articles one below the other, in the order of time, each under a line with publisher and date. A label of
a decided sentence is a span over the whole of it, a span of a decision is a span, and links between sentences are
relations like those within one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from toolkit.exchange.annotated_document import AnnotatedDocument, Mention
from toolkit.records import Relation
from toolkit.release import Release
from toolkit.release.export.formats import rows, spans_of

Row = Mapping[str, Any]


def released_stories(release: Release, decided: str) -> Iterator[AnnotatedDocument]:
    """Yield each story with a decided sentence, as it was decided.

    Args:
        release: The release, which must have its text.
        decided: The annotator that decisions are of.
    """
    for split in release.splits():
        stories: dict[str, list[Row]] = {}
        for article in rows(release, "articles", split):
            stories.setdefault(article["story_id"], []).append(article)
        sentences: dict[str, list[Row]] = {}
        for row in rows(release, "default", split):
            sentences.setdefault(row["article_id"], []).append(row)
        links: dict[str, list[Row]] = {}
        for link in rows(release, "links", split) if release.has_rows("links", split) else ():
            links.setdefault(link["story_id"], []).append(link)
        spans = spans_of(release, split)
        for story_id in sorted(stories):
            articles = sorted(stories[story_id], key=_time)
            if any(each["article_id"] in sentences for each in articles):
                yield _story(story_id, articles, sentences, spans, links.get(story_id, ()), split, decided)


def _time(article: Row) -> tuple[bool, str, str]:
    return article["published_at"] is None, article["published_at"] or "", article["article_id"]


def _story(
    story_id: str,
    articles: Sequence[Row],
    sentences: Mapping[str, Sequence[Row]],
    spans: Mapping[str, Sequence[Row]],
    links: Sequence[Row],
    split: str,
    decided: str,
) -> AnnotatedDocument:
    text = ""
    mentions: dict[str, Mention] = {}
    relations: list[Relation] = []
    for article in articles:
        text += ("\n\n" if text else "") + f"▌ {article['publisher'] or '?'} · {article['published_at'] or '?'}\n"
        for row in sentences.get(article["article_id"], ()):
            marked = spans.get(row["sentence_id"], ())
            mentions |= {each.mention_id: each for each in _mentions(row, marked, len(text) + row["start"])}
            relations += _relations(row["sentence_id"], marked)
        text += article["text"]
    for link in links:
        ends = [_end(link, side, mentions) for side in ("head", "tail")]
        relations.append(Relation(label=link["label"], head=ends[0], tail=ends[1]))
    return AnnotatedDocument(
        name=f"story-{story_id}",
        text=text,
        annotator=decided,
        mentions=tuple(mentions.values()),
        relations=tuple(relations),
        split=split,
        metadata={"story_id": story_id, "article_id": " ".join(each["article_id"] for each in articles)},
    )


def _mentions(row: Row, spans: Sequence[Row], at: int) -> Iterator[Mention]:
    whole = (at, at + len(row["text"]))
    for label in row["labels"]:
        yield Mention(mention_id=_key(row["sentence_id"], label), label=label, fragments=(whole,))
    for span in spans:
        yield Mention(
            mention_id=_key(row["sentence_id"], span["label"], span["start"], span["end"], span["span_id"]),
            label=span["label"],
            fragments=((at + span["start"], at + span["end"]),),
            attributes=span["attributes"],
        )


def _relations(sentence_id: str, spans: Sequence[Row]) -> Iterator[Relation]:
    keys = {
        span["span_id"]: _key(sentence_id, span["label"], span["start"], span["end"], span["span_id"]) for span in spans
    }
    for span in spans:
        for link in span["relations"] or ():
            yield Relation(label=link["label"], head=keys[span["span_id"]], tail=keys[link["tail"]])


def _end(link: Row, side: str, mentions: Mapping[str, Mention]) -> str:
    """Return the mention at one end of a link: of several spans of a label in one place, the first."""
    whole = _key(link[side], link[f"{side}_label"])
    if whole in mentions:
        return whole
    place = _key(link[side], link[f"{side}_label"], link[f"{side}_start"], link[f"{side}_end"], "")
    return next(name for name in mentions if name.startswith(place))


def _key(*parts: object) -> str:
    return ":".join(map(str, parts))

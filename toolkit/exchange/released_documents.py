"""The sentences of a release as documents: everybody's answer, and what was decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from toolkit.errors import UsageError
from toolkit.exchange.annotated_document import AnnotatedDocument, Losses, Mention, joined
from toolkit.exchange.catalogue import write_documents
from toolkit.exchange.released_stories import released_stories
from toolkit.project.files import ANOTHER, staged
from toolkit.records import Relation
from toolkit.release import Release
from toolkit.release.export.formats import rows, spans_of
from toolkit.release.tables.attribute_columns import held, held_in, sentence_fields

DECIDED: Final = "decided"
"""The annotator that decisions are of, beside people's answers."""

_FACTS: Final = ("url", "publisher", "language", "licence", "published_at", "article_id", "story_id")


def export_documents(
    release: Release, name: str, target: Path, *, stories: bool = False
) -> tuple[tuple[Path, ...], Losses]:
    """Write a release in a format of annotated documents, a document per sentence and person.

    Args:
        release: What to write.
        name: The format.
        target: Directory of the result, which must not be there.
        stories: A document per story instead, as it was decided, with the links between its sentences.

    Returns:
        The files, and what the format has no place for.

    Raises:
        UsageError: The release has no text, there is no such format, or `target` is there.
    """
    if release.manifest["text"] != "full":
        raise UsageError("has no text to label", where=str(release.path), remedy="run `toolkit hydrate` first")
    found = Losses()
    with staged(target.parent) as stage:
        stage.name(target.name, remedy=ANOTHER)
        documents = released_stories(release, DECIDED) if stories else released_documents(release, found)
        losses = write_documents(name, list(documents), stage.folder)
        for what, number, places in found.rows():
            losses.add(what, places, number)
        files = sorted(path.relative_to(stage.folder) for path in stage.folder.rglob("*") if path.is_file())
    return tuple(target / file for file in files), losses


def released_documents(release: Release, losses: Losses) -> Iterator[AnnotatedDocument]:
    """Yield each sentence once as it was decided, and once per person who answered it.

    Args:
        release: The release.
        losses: Earlier answers of a person to the same sentence are counted here.
    """
    asked = sentence_fields(release.schema)
    for split in release.splits():
        articles = {row["article_id"]: row for row in rows(release, "articles", split)}
        spans = spans_of(release, split)
        for row in rows(release, "default", split):
            marked = spans.get(row["sentence_id"], [])
            links = [{**link, "head": span["span_id"]} for span in marked for link in span["relations"] or ()]
            said = {"annotator": DECIDED, "relations": links, "fields": held_in(row, asked, "fields")}
            yield _document({**row, **said}, marked, split, articles)
        last: dict[tuple[str, str], Mapping[str, Any]] = {}
        if release.has_rows("annotations", split):
            for row in rows(release, "annotations", split):
                key = row["sentence_id"], row["annotator"]
                if key in last:
                    losses.add("further answers of a person to the same sentence", row["sentence_id"])
                if key not in last or last[key]["updated_at"] < row["updated_at"]:
                    last[key] = row
        for row in last.values():
            yield _document({**row, "fields": held_in(row, asked, "fields")}, row["spans"], split, articles)


def _document(
    row: Mapping[str, Any], spans: Sequence[Mapping[str, Any]], split: str, articles: Mapping[str, Mapping[str, Any]]
) -> AnnotatedDocument:
    mentions = [
        Mention(
            mention_id=span["span_id"],
            label=span["label"],
            fragments=((span["start"], span["end"]),),
            attributes=held(span.get("attributes")),
        )
        for span in spans
    ]
    facts = articles[row["article_id"]]
    place = slice(row.get("sentence_start"), row.get("sentence_end"))  # answers of version 0.1.0 carry no words
    document = AnnotatedDocument(
        name=row["sentence_id"],
        text=row["text"] if "text" in row else facts["text"][place],
        annotator=row["annotator"],
        labels=tuple(sorted(row["labels"])),
        mentions=tuple(mentions),
        relations=tuple(
            Relation(label=link["label"], head=link["head"], tail=link["tail"]) for link in row["relations"]
        ),
        fields=row["fields"],
        note=row.get("note"),
        skipped=bool(row.get("skipped")),
        answered_at=row.get("updated_at"),
        split=split,
        metadata={key: str(value) for key in _FACTS if (value := facts.get(key)) is not None},
    )
    return joined(document)

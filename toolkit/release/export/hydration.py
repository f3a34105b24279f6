"""Hydration: text put into a release that carries none, from the reader's own copies of the articles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import yaml

from toolkit.errors import InvalidInput, UsageError
from toolkit.project.files import ANOTHER, staged
from toolkit.records import Article
from toolkit.release.card.card import (
    MIXED_LICENCES,
    TEXT_RELEASED,
    declarations,
    joined,
    licence_text,
    parted,
)
from toolkit.release.card.facts import value_counts
from toolkit.release.card.licences import hub_licence
from toolkit.release.manifest import NAME, Tables, damaged, file_sums, json_text, sealed, write_table
from toolkit.release.proof import text_rule_faults
from toolkit.release.reader import Release, label_counts, load
from toolkit.release.statements import links, statements
from toolkit.release.tables.columns import TEXT_COLUMNS, arrow_schemas, dataset_features
from toolkit.release.tables.configs import in_slices
from toolkit.release.tables.story_tables import ledger_rows
from toolkit.release.tables.token_tags import token_columns
from toolkit.schema.yaml_document import yaml_values


@dataclass(frozen=True, slots=True)
class Missing:
    """An article that the reader has no copy of.

    Attributes:
        article_id: Its id, a hash of its text.
        url: Where it was published.
        page: The page that it was read from, by its name in the project that made the release.
    """

    article_id: str
    url: str | None
    page: str

    def __str__(self) -> str:
        return f"{self.article_id}  {self.url or self.page}"


@dataclass(frozen=True, slots=True)
class Hydration:
    """The result of `hydrate`.

    Attributes:
        release: The release with text.
        missing: The articles whose rows could not be rebuilt, by id.
    """

    release: Release
    missing: tuple[Missing, ...]


def hydrate(release: Release, articles: Iterable[Article], target: Path) -> Hydration:
    """Rebuild the text of a release.

    An article is found by its id, which is a hash of its text: the text that is found is exactly the one that was
    labelled. If every article is found, the rows are those of the release with text. Licence, citation and counts are
    stated anew: words that nobody gave the right to pass on make the copy one for own use, which `publish` refuses.

    Args:
        release: One with text "offsets" or "snippet:N".
        articles: The reader's own articles, as `toolkit ingest` makes them from the pages.
        target: Directory of the result, which must not be there.

    Raises:
        UsageError: The release has its text, or `target` is there.
        InvalidInput: None of its articles is among the reader's, or the release is damaged.
    """
    if release.manifest["text"] == "full":
        raise UsageError("has its text already", where=str(release.path))
    if faults := [damaged(what, where=release.path) for what in text_rule_faults(release)]:
        raise InvalidInput.all_of(faults)
    wanted = release.table("articles")
    ids = set(wanted["article_id"].to_pylist())
    found = {article.article_id: article for article in articles if article.article_id in ids}
    if not found:
        remedy = "copy the pages that it was made from into pages/ and run `toolkit ingest` as its makers did"
        raise InvalidInput(f"none of its {len(ids)} articles is among yours", where=str(release.path), remedy=remedy)
    with staged(target.parent) as stage:
        stage.name(target.name, remedy=ANOTHER)
        tables = _write_tables(release, _Texts(release, found), stage.folder)
        _write_files(release, tables, stage.folder, f"{len(found)} of {len(ids)}")
    gone = wanted.filter(pc.invert(pc.is_in(wanted["article_id"], value_set=pa.array(found, pa.string()))))
    lost = gone.select(["article_id", "url", "page_source"]).sort_by("article_id").to_pylist()
    missing = tuple(Missing(row["article_id"], row["url"], row["page_source"]) for row in lost)
    return Hydration(load(target), missing)


class _Texts:
    """Puts words back into the rows of each config."""

    def __init__(self, release: Release, articles: Mapping[str, Article]) -> None:
        self._articles = articles
        places = release.table().select(["sentence_id", "article_id", "start", "end"]).to_pylist()
        self._places = {row["sentence_id"]: row for row in places}

    def rows(self, config: str, table: pa.Table) -> Iterator[dict[str, Any]]:
        """Yield the rows whose article is there, with every column of words filled."""
        fill = {"default": self._sentence, "undecided": self._sentence, "annotations": self._annotation}
        fill |= {"articles": self._article, "links": self._ends, "relations": self._ends}
        for row in table.to_pylist():
            if {row["article_id"], row.get("tail_article_id", row["article_id"])} <= self._articles.keys():
                fill.get(config, self._span)(row, self._articles[row["article_id"]])
                yield row

    def _sentence(self, row: dict[str, Any], article: Article) -> None:
        row["title"] = article.title
        row["text"] = article.text[row["start"] : row["end"]]
        self._fill_spans(row, row["text"])
        for side in ("context_before", "context_after"):
            start, end = row[f"{side}_start"], row[f"{side}_end"]
            row[side] = None if start is None else article.text[start:end]

    def _annotation(self, row: dict[str, Any], article: Article) -> None:
        text = article.text[row["sentence_start"] : row["sentence_end"]]
        row["text"] = text
        self._fill_spans(row, text)

    def _fill_spans(self, row: dict[str, Any], text: str) -> None:
        for span in row.get("spans", ()):
            span["text"] = text[span["start"] : span["end"]]

    def _ends(self, row: dict[str, Any], article: Article) -> None:
        for side in ("head", "tail"):
            place = self._places[row.get("sentence_id", row[side])]  # a relation is within one sentence
            whole = self._articles[place["article_id"]].text[place["start"] : place["end"]]
            row[f"{side}_text"] = whole[row[f"{side}_start"] : row[f"{side}_end"]]

    def _span(self, row: dict[str, Any], article: Article) -> None:
        place = self._places[row["sentence_id"]]
        row["text"] = article.text[place["start"] : place["end"]][row["start"] : row["end"]]

    def _article(self, row: dict[str, Any], article: Article) -> None:
        row.update(text=article.text, title=article.title, byline=article.byline)


def _write_tables(release: Release, texts: _Texts, folder: Path) -> Tables:
    columns = _with_words(release)
    tables: Tables = {}
    for config in (name for name in release.configs if name not in _OF_LEDGER):
        for split in release.splits(config):
            rows = list(texts.rows(config, release.table(config, split)))
            if config == "default" and "tokens" in columns[config].names:
                labels = [span.id for span in release.schema.spans]
                found = token_columns([row["text"] for row in rows], [row["spans"] for row in rows], labels)
                rows = [{**row, **_row(found, at)} for at, row in enumerate(rows)]
            whole = pa.Table.from_pylist(rows, schema=columns[config])
            for name, entry in write_table(folder, config, split, columns[config], in_slices(whole)).items():
                tables.setdefault(name, {}).update(entry)
    _write_ledger(release, tables, folder)
    return {config: tables[config] for config in release.configs if config in tables}


_OF_LEDGER = ("claims", "tolls")  # they are made from the words of the others


def _with_words(release: Release) -> dict[str, pa.Schema]:
    """Return config → columns of the copy: what the release has in its own format, and what only words can fill."""
    full = arrow_schemas(release.schema)
    return {config: _of_copy(release.columns(config), full[config]) for config in release.configs}


def _of_copy(own: pa.Schema, full: pa.Schema) -> pa.Schema:
    fields = []
    for field in full:
        if field.name in own.names:
            fields.append(field.with_type(_type_with_text(own.field(field.name).type)))
        elif field.name in TEXT_COLUMNS or field.name == "token_starts" or field.name.startswith("tags"):
            fields.append(field)
    left = [field for field in own if field.name in ("fields", "attributes")]  # columns of JSON, which format 1 has
    return pa.schema([*fields, *left])


def _type_with_text(kind: pa.DataType) -> pa.DataType:
    """Return the type of spans with their words."""
    is_spans = pa.types.is_list(kind) and pa.types.is_struct(kind.value_type) and kind.value_type[0].name == "span_id"
    if not is_spans or kind.value_type.get_field_index("text") >= 0:
        return kind
    parts = list(kind.value_type)
    at = kind.value_type.get_field_index("end") + 1
    return pa.list_(pa.struct([*parts[:at], pa.field("text", pa.string()), *parts[at:]]))


def _write_ledger(release: Release, tables: Tables, folder: Path) -> None:
    drafted = Release(folder, {"tables": {**tables}, "files": file_sums(folder), "text": "full"})
    columns = arrow_schemas(release.schema)
    for split in drafted.splits():
        made = ledger_rows(statements(drafted, split), links(drafted, split), split)
        for config in _OF_LEDGER:
            if config in release.configs:
                whole = pa.Table.from_pylist(made[config], schema=columns[config])
                for name, entry in write_table(folder, config, split, columns[config], in_slices(whole)).items():
                    tables.setdefault(name, {}).update(entry)


def _row(columns: Mapping[str, pa.ListArray], at: int) -> dict[str, Any]:
    return {name: column[at].as_py() for name, column in columns.items()}


def _write_files(release: Release, tables: Tables, folder: Path, found: str) -> None:
    """Copy what holds for the copy too, and make every statement about words, rows and rights anew.

    croissant.json, which describes the release where it is published, is left out.
    """
    old = {entry["file"] for splits in release.manifest["tables"].values() for entry in splits.values()}
    made_anew = {"README.md", "croissant.json", "LICENSE", "CITATION.cff", "prevalence.json"}
    for name in sorted(set(release.manifest["files"]) - old - made_anew):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(release.read(name))
    draft = Release(folder, {"tables": tables, "files": file_sums(folder)})
    counts = label_counts(draft, release.schema)
    (folder / "prevalence.json").write_text(json_text(counts), encoding="utf-8")
    licences = value_counts(draft.table("articles", columns=["licence"])["licence"])
    _write_rights(release, folder, licences)
    _write_card(release, tables, folder, licences, found)
    manifest = {**release.manifest, "text": "full", "derived": "hydrated", "tables": tables, "files": file_sums(folder)}
    (folder / NAME).write_text(json_text(sealed(manifest)), encoding="utf-8")


def _write_rights(release: Release, folder: Path, licences: Mapping[str, int]) -> None:
    """Write LICENSE and CITATION.cff of the copy: what the release says of its licence may not hold with words."""
    labels = release.manifest.get("licence", "the licence of the release")
    title = release.manifest.get("title", "the release")
    (folder / "LICENSE").write_text(licence_text(title, labels, licences, "full"), encoding="utf-8")
    if "CITATION.cff" in release.manifest["files"]:
        citation = yaml_values(release.read("CITATION.cff").decode(), "CITATION.cff")
        if not _one_licence(labels, licences):
            citation.pop("license", None)
        (folder / "CITATION.cff").write_text(
            yaml.safe_dump(citation, sort_keys=False, allow_unicode=True, width=120), encoding="utf-8"
        )


def _one_licence(labels: str, licences: Mapping[str, int]) -> bool:
    return all(name.casefold() == labels.casefold() for name in licences)


def _write_card(release: Release, tables: Tables, folder: Path, licences: Mapping[str, int], found: str) -> None:
    columns = _with_words(release)
    metadata, body = parted(release.read("README.md").decode())
    metadata = {key: value for key, value in metadata.items() if not key.startswith("license")}
    labels = release.manifest.get("licence", "")
    metadata |= hub_licence(labels) if _one_licence(labels, licences) else MIXED_LICENCES
    metadata |= declarations(tables, {name: dataset_features(columns[name], release.schema) for name in tables})
    was = f"{TEXT_RELEASED}: {release.manifest['text']}."
    now = (
        f"{was} This copy was hydrated with {found} articles; it carries their words for your own use, and the counts "
        "here are the release's."
    )
    (folder / "README.md").write_text(joined(metadata, body.replace(was, now, 1)), encoding="utf-8")

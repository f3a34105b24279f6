"""The proof of a release: everything that its manifest, card and croissant.json say, made again from its tables.

`Release.verify` holds the bytes of every file against the manifest. A manifest can be edited too: here its statements
are held against the tables, by the same rules by which `toolkit build` made them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from toolkit.errors import InvalidInput, border
from toolkit.records import content_id
from toolkit.release.card.card import parted
from toolkit.release.card.licences import hub_licence, may_be_published
from toolkit.release.manifest import damaged
from toolkit.release.privacy.withheld import TextRule
from toolkit.release.reader import Release, label_counts
from toolkit.release.statements import split_ledgers
from toolkit.release.tables.attribute_columns import AttributeColumn, span_attributes
from toolkit.release.tables.columns import CONTEXT_OFFSETS, KEYS, SNIPPETS, TEXT_COLUMNS, figure_labels
from toolkit.release.tables.content_hash import ContentHash
from toolkit.release.tables.integrity import texts, unique

_SHOWN: Final = 20  # faults of one kind; more would tell nothing new


@dataclass(frozen=True, slots=True)
class Proof:
    """What was held against what.

    Attributes:
        version: Of the release.
        files: How many files were hashed.
        rows: Config → rows whose content was hashed.
        checks: What was made again and found the same, in words.
    """

    version: str
    files: int
    rows: Mapping[str, int]
    checks: tuple[str, ...]


def proof(release: Release) -> Proof:
    """Check a release: its files, its rows, and every statement about them.

    Args:
        release: Where to look; nothing is written.

    Returns:
        What was checked.

    Raises:
        InvalidInput: Something is not as it is said to be; `faults` holds every fault.

    Examples:
        >>> from toolkit.release import load
        >>> found = proof(load("releases/1.0.0"))
        >>> found.version, found.rows["default"]
        ('1.0.0', 83)
    """
    release.verify()
    faults: list[InvalidInput] = []
    for check in _CHECKS.values():
        faults += [damaged(what, where=release.path) for _, what in zip(range(_SHOWN), check(release), strict=False)]
    if faults:
        raise InvalidInput.all_of(faults)
    return Proof(release.version, len(release.manifest["files"]), release.counts, tuple(_CHECKS))


def is_derived(release: Release) -> str | None:
    """Return how a copy was made from a release ("hydrated"); None for a release that a project froze."""
    made = release.manifest.get("derived") or ("hydrated" if release.manifest.get("hydrated") else None)
    return None if made is None else str(made)


def check_publishable(release: Release) -> None:
    """Refuse to publish a copy that was derived from a release and carries words that nobody gave the right to.

    Raises:
        InvalidInput: It was hydrated or patched, and the licence of an article does not allow passing its words on.
    """
    derived = is_derived(release)
    if derived is None or "text" not in release.columns("articles").names:
        return
    licences = release.table("articles", columns=["licence"])["licence"].unique().to_pylist()
    closed = sorted(name or "not stated" for name in licences if not may_be_published(name))
    if closed:
        what = f"is a copy for your own use ({derived}): its articles' words are under {', '.join(closed)}"
        remedy = "publish the release that it was made from"
        raise InvalidInput(what, where=str(release.path), remedy=remedy)


def _rows(release: Release) -> Iterator[str]:
    for config, splits in release.manifest["tables"].items():
        for split, entry in splits.items():
            found = ContentHash(release.columns(config, split))
            for part in release.slices(config, split):
                found.update(part.combine_chunks())
            if found.hexdigest() != entry["content"]:
                yield f"the rows of {config}/{split} are not those that were frozen"


def _features(release: Release) -> Iterator[str]:
    """Hold the card's declarations, by which `datasets` reads, against the tables."""
    metadata, _ = parted(release.read("README.md").decode())
    configs = {item["config_name"]: item for item in _mappings(metadata.get("configs"))}
    infos = {item["config_name"]: item for item in _mappings(metadata.get("dataset_info"))}
    for config, splits in release.manifest["tables"].items():
        paths = {item.get("split"): item.get("path") for item in _mappings(configs.get(config, {}).get("data_files"))}
        if paths != {split: entry["file"] for split, entry in splits.items()}:
            yield f"README.md declares other files of {config}"
        info = infos.get(config, {})
        rows = {item.get("name"): item.get("num_examples") for item in _mappings(info.get("splits"))}
        if rows != {split: entry["rows"] for split, entry in splits.items()}:
            yield f"README.md declares other numbers of rows of {config}"
        declared = [item.get("name") for item in _mappings(info.get("features"))]
        if declared != release.columns(config).names:
            yield f"README.md declares other columns of {config}"
        if any(not release.columns(config, split).equals(release.columns(config)) for split in splits):
            yield f"the splits of {config} have different columns"
    for config in {*configs, *infos} - {*release.configs}:
        yield f"README.md declares a config {config} that is not there"


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def text_rule_faults(release: Release) -> Iterator[str]:
    """Yield where the tables have more, or less, of the articles' words than the manifest says."""
    rule = TextRule.parse(release.manifest["text"])
    for config in release.configs:
        columns = release.columns(config)
        words = sorted(TEXT_COLUMNS & {*columns.names})
        if rule.full and config == "default" and "text" not in words:
            yield "its manifest says that it carries text, and it has none"
        allowed = ["text"] if rule.mode == "snippet" and config in SNIPPETS else []
        if not rule.full and words != allowed:
            yield f"{config} has words of articles ({', '.join(words)}), and the rule is {rule}"
        if not rule.full and "spans" in columns.names and _span_field(columns, "text") is not None:
            yield f"the spans of {config} have words of articles, and the rule is {rule}"
        if not rule.full and config == "default" and not {*CONTEXT_OFFSETS} <= {*columns.names}:
            yield f"default lacks the offsets of the context, and the rule is {rule}"
    if rule.mode == "snippet" and "text" in release.columns().names:
        longest = pc.max(pc.utf8_length(release.table(columns=["text"])["text"])).as_py() or 0
        if longest > rule.length:
            yield f"a snippet has {longest} characters, and the rule is {rule}"


def _span_field(columns: pa.Schema, name: str) -> pa.Field | None:
    """Return a field of the spans within a row; None where there is none."""
    kind = columns.field("spans").type.value_type
    at = kind.get_field_index(name)
    return None if at < 0 else kind[at]


def _records(release: Release) -> Iterator[str]:
    """Hold ids, places and texts of the rows against each other."""
    tables = {config: release.table(config, columns=_of_records(release, config)) for config in release.configs}
    for config, table in tables.items():
        for key in KEYS.get(config, ()):
            if table[key].null_count:
                yield f"{config} has rows without {key}"
        if config in KEYS and len(KEYS[config]) == 1:
            yield from (f"{config}: {fault}" for fault in unique(table, KEYS[config][0]))
    for config in ("spans", "figures"):
        if config in tables and _strangers(tables[config]["sentence_id"], tables["default"]["sentence_id"]):
            yield f"{config} has rows of sentences that are not in default"
    if "articles" in tables:
        yield from _of_articles(release, tables)
    else:
        yield "it has no table of articles"


def _of_records(release: Release, config: str) -> list[str]:
    """Return the columns that ids, places and texts stand in; the others of a million rows need not be in memory."""
    wanted = {*KEYS.get(config, ()), "sentence_id", "article_id"}
    wanted |= {"default": {"start", "end", "text"}, "articles": {"text"}}.get(config, set())
    return [name for name in release.columns(config).names if name in wanted]


def _of_articles(release: Release, tables: Mapping[str, pa.Table]) -> Iterator[str]:
    sentences, articles = tables["default"], tables["articles"]
    for config, table in tables.items():
        if "article_id" in table.column_names and _strangers(table["article_id"], articles["article_id"]):
            yield f"{config} has rows of articles that are not there"
    down = [name for name in release.manifest["takedowns"] if pc.index(articles["article_id"], name).as_py() >= 0]
    yield from (f"article {name} is said to be taken down and is there" for name in down)
    if "text" in articles.column_names:
        place = np.asarray(pc.index_in(sentences["article_id"], articles["article_id"]).fill_null(-1)).astype(np.int64)
        yield from map(str, texts(sentences, articles, place))


def _spans(release: Release) -> Iterator[str]:
    """Make spans, figures and relations again from the spans of `default`, choices with the schema."""
    if "spans" not in release.columns().names:
        return
    own = span_attributes(release.schema)
    for split in release.splits():
        marked = _marked(release.table("default", split, columns=["sentence_id", "spans"]), own)
        figures = pc.is_in(marked["label"], value_set=pa.array([span.id for span in figure_labels(release.schema)]))
        for config, expected in (("spans", marked), ("figures", marked.filter(figures))):
            if not release.has_rows(config, split):
                wrong = expected.num_rows > 0
            else:
                table = release.table(config, split)
                names = [name for name in expected.column_names if name in table.column_names]
                wrong = not table.select(names).equals(expected.select(names))
            if wrong:
                yield f"{config} of {split} are not the spans that default has"
        for column in own:
            values = _flat(marked[column.name]) if column.choices and column.name in marked.column_names else None
            if values is not None and _strangers(values, pa.chunked_array([pa.array([*column.choices, None])])):
                yield f"a span of {split} has a {column.id} that {release.schema_ref} does not offer"
        yield from _relations(release, split)


def _marked(rows: pa.Table, own: Sequence[AttributeColumn]) -> pa.Table:
    """Return the spans of some rows as `spans` has them; attributes as one column where they are JSON."""
    spans = pa.concat_arrays(rows["spans"].chunks)
    items = spans.flatten()
    columns = {"sentence_id": rows["sentence_id"].take(pc.list_parent_indices(spans))}
    columns |= {field.name: pc.struct_field(items, field.name) for field in items.type}
    if pa.types.is_struct(attributes := getattr(columns.get("attributes"), "type", None) or pa.null()):
        said = columns.pop("attributes")
        there = {field.name for field in attributes}
        columns |= {column.name: pc.struct_field(said, column.id) for column in own if column.id in there}
    return pa.table(columns)


def _flat(values: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.list_flatten(values) if pa.types.is_list(values.type) else values


def _relations(release: Release, split: str) -> Iterator[str]:
    """Hold the relations against the spans that they lead from and to."""
    if "relations" not in release.configs:
        return
    spans = release.table("spans", split).to_pylist() if release.has_rows("spans", split) else []
    rows = release.table("relations", split).to_pylist() if release.has_rows("relations", split) else []
    ends = {(span["sentence_id"], span["span_id"]): span for span in spans}
    drawn = Counter(
        (of[0], link["label"], of[1], link["tail"]) for of, span in ends.items() for link in span["relations"]
    )
    if Counter((row["sentence_id"], row["label"], row["head"], row["tail"]) for row in rows) != drawn:
        yield f"relations of {split} are not those of its spans"
        return
    for row in rows:
        for side in ("head", "tail"):
            end = ends.get((row["sentence_id"], row[side]), {})
            parts = [name for name in ("label", "start", "end", "text") if f"{side}_{name}" in row]
            if any(end.get(name) != row[f"{side}_{name}"] for name in parts):
                yield f"relations of {split} have a {side} that is not the span of that id"
                return


def _links(release: Release) -> Iterator[str]:
    """Hold the ends of links against the sentences and spans that they name."""
    if "links" not in release.configs:
        return
    known = {link.id for link in release.schema.links}
    for split in release.splits("links"):
        rows = release.table("links", split).to_pylist()
        places = _decided_places(release, split)
        for row in rows:
            where = f"link {row['link_id']}"
            if row["link_id"] != content_id(row["label"], row["head"], row["tail"]) or row["label"] not in known:
                yield f"{where} is none of {release.schema_ref}, or has another id"
            for side in ("head", "tail"):
                start, end = row[f"{side}_start"], row[f"{side}_end"]
                place = places.get(row[side], {})
                if (row[f"{side}_label"], start, end) not in place and row[f"{side}_label"] not in place:
                    yield f"{where} has a {side} that is not decided in {split}"
                elif f"{side}_text" in row and place["text"][start:end] != row[f"{side}_text"]:
                    yield f"{where} has a {side} whose text is not what the sentence has at its offsets"


def _decided_places(release: Release, split: str) -> dict[str, dict[Any, Any]]:
    """Return sentence_id → its "text", its labels and its spans as keys."""
    if not release.has_rows("default", split):
        return {}
    table = release.table("default", split)
    names = [name for name in ("sentence_id", "labels", "spans", "text") if name in table.column_names]
    return {
        row["sentence_id"]: {
            **dict.fromkeys(
                [*row["labels"], *((each["label"], each["start"], each["end"]) for each in row.get("spans", ()))]
            ),
            "text": row.get("text", ""),
        }
        for row in table.select(names).to_pylist()
    }


def _ledger(release: Release) -> Iterator[str]:
    """Make claims and tolls again from the sentences and links."""
    if release.manifest["text"] != "full":
        return
    for split in release.splits():
        held = {
            config: release.table(config, split)
            if release.has_rows(config, split)
            else release.columns(config).empty_table()
            for config in ("claims", "tolls")
            if config in release.configs
        }
        at = dict.fromkeys(held, 0)
        wrong: set[str] = set()
        for made in split_ledgers(release, split) if held else ():
            for config, table in held.items():
                rows = pa.Table.from_pylist(made[config], schema=table.schema)
                if not rows.equals(table.slice(at[config], rows.num_rows)):
                    wrong.add(config)
                at[config] += rows.num_rows
        wrong |= {config for config, table in held.items() if at[config] != table.num_rows}
        yield from (f"{config} of {split} are not what the ledger of its sentences says" for config in sorted(wrong))


def _strangers(values: pa.ChunkedArray, among: pa.ChunkedArray) -> bool:
    return not bool(pc.all(pc.is_in(values, value_set=among)).as_py() in (True, None))


def _splits(release: Release) -> Iterator[str]:
    held = json.loads(release.read("splits.json")).get("articles", {})
    for split in release.splits():
        articles = pc.unique(release.table("default", split, columns=["article_id"])["article_id"]).to_pylist()
        if any(held.get(article) != split for article in articles):
            yield f"splits.json puts articles of {split} into another split"
    if "prevalence.json" in release.manifest["files"] and not release.manifest.get("hydrated"):
        shares = json.loads(release.read("prevalence.json"))
        if shares != label_counts(release, release.schema):
            yield "prevalence.json counts other labels than the tables have"


def _schema(release: Release) -> Iterator[str]:
    if release.schema.digest != release.manifest["schema"]["digest"]:
        yield "its label schema is not the one of its manifest"
    known = pa.array(release.schema.label_ids, pa.string())
    given = pc.list_flatten(release.table(columns=["labels"])["labels"])
    strange = pc.unique(given.filter(pc.invert(pc.is_in(given, value_set=known)))).to_pylist()
    yield from (f"default has the label {label}, which {release.schema_ref} does not know" for label in strange)


def _licence(release: Release) -> Iterator[str]:
    metadata, _ = parted(release.read("README.md").decode())
    said = metadata.get("license")
    if said in (None, "other") or "articles" not in release.configs:
        return
    carries = "text" in release.columns("articles").names
    licences = release.table("articles", columns=["licence"])["licence"].unique().to_pylist() if carries else []
    if any(hub_licence(name or "")["license"] != said for name in licences):
        yield f"README.md says {said}, and articles whose words it carries are under other licences"


def _croissant(release: Release) -> Iterator[str]:
    if "croissant.json" not in release.manifest["files"]:
        return
    try:
        with border("croissant.json describes no dataset"):
            described = json.loads(release.read("croissant.json"))
            fields = {item["@id"]: item["field"] for item in described["recordSet"]}
            sets = {name: [part["@id"].partition("/")[2] for part in parts] for name, parts in fields.items()}
            version = described.get("version")
    except InvalidInput as error:
        yield error.what
        return
    if version != release.version:
        yield f"croissant.json describes version {version}"
    for config in release.configs:
        if sets.get(config) != release.columns(config).names:
            yield f"croissant.json describes other columns of {config}"


_CHECKS: Final = {
    "rows": _rows,
    "features": _features,
    "text rule": text_rule_faults,
    "records": _records,
    "spans": _spans,
    "links": _links,
    "ledger": _ledger,
    "splits": _splits,
    "schema": _schema,
    "licence": _licence,
    "croissant": _croissant,
}
"""What is made again → the function that yields what differs, in words."""

"""The difference between two releases: rows, files, and the version number that it requires.

`patch` applies it: the older release and the difference give the newer one, byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from toolkit.errors import InvalidInput
from toolkit.project.files import ANOTHER, staged
from toolkit.release.compare.causes import label_changes, link_changes
from toolkit.release.compare.row_match import Indices, Mask, RowMatch, identical, matched_rows, unequal
from toolkit.release.compare.score_changes import Scores, score_changes
from toolkit.release.manifest import NAME, write_table
from toolkit.release.reader import Release, load
from toolkit.release.tables.columns import CONFIGS, KEYS
from toolkit.release.tables.configs import in_slices
from toolkit.release.versions import Level

SPLIT = "split"
"""An extra column of the tables here: the split that a row is in."""

SHOWN: Final = 20
"""Changed decisions that are shown to people."""

_ROWS_THAT_COUNT = ("default", "annotations", "links", "articles")  # the others follow from the decisions


@dataclass(frozen=True)
class ConfigDiff:
    """The changes to one config.

    Attributes:
        removed: Keys of the rows that are gone.
        added: Rows that are new, with their split.
        replaced: Rows that are stored differently now, with their split: those that changed, or all that remain if the
            columns changed.
        changed: How many rows changed in a column that both releases have.
        columns: Column → number of rows in which it changed.
        gone: Columns that the newer release lacks, or has with another type.
        new: Columns that the older release lacks.
        order: For each row of the newer config, its place among (older rows that stay, replaced, added).
    """

    removed: pa.Table
    added: pa.Table
    replaced: pa.Table
    changed: int
    columns: Mapping[str, int]
    gone: tuple[str, ...]
    new: tuple[str, ...]
    order: Indices


@dataclass(frozen=True)
class ReleaseDiff:
    """The difference between two releases.

    Attributes:
        older: The version that it starts from.
        newer: The version that it ends at.
        schemas: Reference of the label schema in both.
        configs: The configs that either has.
        labels: One row per sentence whose decision changed or was removed: sentence_id, before, after (null when it was
            removed), cause ("annotation", "adjudication", "migration", "segmentation", "takedown", "article").
        links: One row per link between sentences that is decided otherwise now, or was removed: link_id, label, head,
            tail, removed, and the cause, one of those of `labels`.
        scores: Whether scores on both can be compared, and how many rows each label has.
        files: Path → content of every file of the newer release that is not a table.
        words: sentence_id → text for the first twenty rows of `labels`, to be shown beside the ids; empty where the
            older release has no text.
    """

    older: str
    newer: str
    schemas: tuple[str, str]
    configs: Mapping[str, ConfigDiff]
    labels: pa.Table
    links: pa.Table
    scores: Scores
    files: Mapping[str, bytes]
    words: Mapping[str, str]

    @cached_property
    def level(self) -> Level:
        """The least change of the version number: removed rows or columns major, added ones minor, the rest patch."""
        parts = [self.configs[name] for name in _ROWS_THAT_COUNT if name in self.configs]
        old, new = (reference.partition("@") for reference in self.schemas)
        broken = old[0] != new[0] or old[2].split(".")[0] != new[2].split(".")[0]
        moved = any(SPLIT in part.columns for part in parts)
        if broken or moved or any(part.removed.num_rows or part.gone for part in parts):
            return "major"
        if old != new or any(part.added.num_rows or part.new for part in parts):
            return "minor"
        return "patch"

    @cached_property
    def causes(self) -> dict[str, int]:
        """Cause → number of sentences whose decision changed or was removed, the most frequent first."""
        return _by_cause(self.labels)

    @cached_property
    def link_causes(self) -> dict[str, int]:
        """Cause → number of links that are decided otherwise or were removed, the most frequent first."""
        return _by_cause(self.links)

    def as_dict(self) -> dict[str, Any]:
        """Return everything but the rows themselves and the files, for JSON and for people."""
        return {
            "from": self.older,
            "to": self.newer,
            "level": self.level,
            "schema": {"from": self.schemas[0], "to": self.schemas[1]},
            "configs": {
                name: {**_counts(part), "columns": dict(part.columns), "gone": part.gone, "new": part.new}
                for name, part in self.configs.items()
            },
            "causes": self.causes,
            **({"link_causes": self.link_causes, "links": self.links.to_pylist()} if self.link_causes else {}),
            "scores": self.scores.as_dict(),
            "labels": self.labels.to_pylist(),
        }

    def as_markdown(self) -> str:
        """Return the changes as items of a changelog."""
        lines = []
        if self.schemas[0] != self.schemas[1]:
            lines.append(f"- Schema {self.schemas[0]} became {self.schemas[1]}.")
        for name, part in self.configs.items():
            words = ", ".join(f"{count} {word}" for word, count in _counts(part).items() if count)
            if words:
                lines.append(f"- Rows of `{name}`: {words}.")
            lines += [f"- Column `{column}` of `{name}` is new." for column in part.new]
            lines += [f"- Column `{column}` of `{name}` is gone or of another type." for column in part.gone]
        lines += [f"- {_told(cause, count)}." for cause, count in self.causes.items()]
        lines += [f"- {_told(cause, count, 'link')}." for cause, count in self.link_causes.items()]
        lines = lines or ["- No row changed."]
        return "\n".join([*lines, f"- {self.scores.sentence()}"]) + "\n"


_BECAUSE: Final[Mapping[str, str]] = {
    "annotation": "because answers were added, changed or withdrawn",
    "adjudication": "because an expert or another method decided differently",
    "migration": "because of the migration to another schema",
    "segmentation": "because their articles were cut into other sentences",
    "takedown": "because their articles were taken down",
    "article": "because their articles are no longer there",
}


def _told(cause: str, count: int, what: str = "decision") -> str:
    changed = f"1 {what} changed or was removed" if count == 1 else f"{count} {what}s changed or were removed"
    return f"{changed} {_BECAUSE[cause]}"


def _by_cause(changed: pa.Table) -> dict[str, int]:
    counts = [(item["values"], item["counts"]) for item in pc.value_counts(changed["cause"]).to_pylist()]
    return dict(sorted(counts, key=lambda pair: (-pair[1], pair[0])))


def _counts(part: ConfigDiff) -> dict[str, int]:
    return {"added": part.added.num_rows, "removed": part.removed.num_rows, "changed": part.changed}


def diff(older: Release, newer: Release, *, whole: bool = True) -> ReleaseDiff:
    """Compare two releases.

    Args:
        older: The release to start from.
        newer: The release to end at.
        whole: Include what `patch` needs: all columns of new and changed rows instead of their keys alone, and the
            files that are not tables.

    Returns:
        The rows that were added, removed and changed in each config, the cause of each changed decision, the version
        number that the changes require, and whether scores on both can be compared.

    Raises:
        InvalidInput: One of them is damaged.

    Examples:
        >>> from toolkit.release import load
        >>> release = load("releases/1.0.0")
        >>> change = diff(release, release)
        >>> change.level, change.causes, change.scores.comparable
        ('patch', {}, True)
        >>> print(change.as_markdown(), end="")
        - No row changed.
        - Scores are comparable: the test split has the same rows, labels and spans.
    """
    configs = [name for name in CONFIGS if name in older.configs or name in newer.configs]
    tables = {entry["file"] for splits in newer.manifest["tables"].values() for entry in splits.values()}
    names = [*(name for name in newer.manifest["files"] if name not in tables), NAME]
    labels = label_changes(older, newer)
    return ReleaseDiff(
        older=older.version,
        newer=newer.version,
        schemas=(older.schema_ref, newer.schema_ref),
        configs={name: _config_diff(name, older, newer, whole=whole) for name in configs},
        labels=labels,
        links=link_changes(older, newer, labels),
        scores=score_changes(older, newer, labels["sentence_id"]),
        files={name: _content(newer, name) for name in names if whole},
        words=_words(older, labels["sentence_id"].slice(0, SHOWN)),
    )


def _words(release: Release, sentence_ids: pa.ChunkedArray) -> dict[str, str]:
    if not len(sentence_ids) or "text" not in release.columns("default").names:
        return {}
    rows = release.table(columns=["sentence_id", "text"])
    rows = rows.filter(pc.is_in(rows["sentence_id"], value_set=sentence_ids.combine_chunks()))
    return dict(zip(rows["sentence_id"].to_pylist(), rows["text"].to_pylist(), strict=True))


def _content(release: Release, name: str) -> bytes:
    return (release.path / NAME).read_bytes() if name == NAME else release.read(name)


def rows_of(release: Release, config: str, columns: Sequence[str] | None = None) -> pa.Table:
    """Return the rows of a config in the order of the release, with their split; none if it has no such config.

    Args:
        release: Where to read.
        config: Which config.
        columns: The columns to read beside the split; None for all.
    """
    if config not in release.configs:
        return pa.table({name: pa.array([], pa.string()) for name in (*KEYS[config], SPLIT)})
    parts = []
    for split in release.splits(config):
        table = release.table(config, split, columns=columns)
        rows = release.manifest["tables"][config][split]["rows"]
        parts.append(table.append_column(SPLIT, pa.array([split] * rows, pa.string())))
    return pa.concat_tables(parts)


def _config_diff(config: str, older: Release, newer: Release, *, whole: bool) -> ConfigDiff:
    before, after = _columns(older, config), _columns(newer, config)
    keys = KEYS[config]
    mine, yours = rows_of(older, config, keys), rows_of(newer, config, keys)
    pairs = identical(yours.num_rows) if older.same_rows(newer, config) else matched_rows(mine, yours, keys)
    moved = unequal(_taken(mine[SPLIT], pairs.older), _taken(yours[SPLIT], pairs.newer))
    columns, differs = _compare(config, older, newer, pairs, moved)
    stored = differs if before.equals(after) else np.ones_like(differs)
    if not whole:
        fresh = yours
    elif stored.any() or len(pairs.added) or config not in newer.configs:
        fresh = rows_of(newer, config)
    else:
        fresh = after.append(pa.field(SPLIT, pa.string())).empty_table()
    there = bool(mine.num_rows and yours.num_rows)
    return ConfigDiff(
        removed=mine.select(keys).take(pairs.removed),
        added=fresh.take(pairs.added),
        replaced=fresh.take(pairs.newer[stored]),
        changed=int(differs.sum()),
        columns=columns,
        gone=tuple(name for name in before.names if not _extends(before, after, name)) if there else (),
        new=tuple(name for name in after.names if name not in before.names) if there else (),
        order=_order(yours.num_rows, pairs.older[~stored], pairs.newer[~stored], pairs.newer[stored], pairs.added),
    )


def _columns(release: Release, config: str) -> pa.Schema:
    return release.columns(config) if config in release.configs else pa.schema([])


_AT_ONCE = 100_000  # cells


def _compare(config: str, older: Release, newer: Release, pairs: RowMatch, moved: Mask) -> tuple[dict[str, int], Mask]:
    """Return column → rows that differ, and where any differs, over the columns that both have with one type.

    A few columns are read at a time, so that memory holds no whole release; of a small one all.

    Args:
        config: Which config.
        older: A release.
        newer: Another one.
        pairs: Their rows that are the same one.
        moved: Where the split of a pair differs.
    """
    before, after = _columns(older, config), _columns(newer, config)
    columns: dict[str, int] = {}
    differs: Mask = np.zeros(len(pairs.older), dtype=bool)
    if older.same_rows(newer, config) or not len(pairs.older):
        return columns, differs
    shared = [name for name in before.names if name in after.names and before.field(name) == after.field(name)]
    lot = max(1, _AT_ONCE // len(pairs.older))
    for start in range(0, len(shared), lot):
        names = shared[start : start + lot]
        mine, yours = rows_of(older, config, names), rows_of(newer, config, names)
        for name in names:
            column = unequal(_taken(mine[name], pairs.older), _taken(yours[name], pairs.newer))
            if column.any():
                columns[name] = int(column.sum())
                differs |= column
    if moved.any():
        columns[SPLIT] = int(moved.sum())
    return columns, differs | moved


def _taken(column: pa.ChunkedArray, rows: Indices) -> pa.Array:
    taken = column.take(pa.array(rows)).combine_chunks()
    return taken if isinstance(taken, pa.Array) else pa.concat_arrays(taken.chunks)


def _extends(before: pa.Schema, after: pa.Schema, name: str) -> bool:
    """Tell whether a column is there still with its type, or as a struct that has got more fields."""
    if name not in after.names:
        return False
    old, new = before.field(name).type, after.field(name).type
    return old == new or (pa.types.is_struct(old) and pa.types.is_struct(new) and set(old) <= set(new))


def _order(rows: int, kept_older: Indices, kept_newer: Indices, replaced: Indices, added: Indices) -> Indices:
    place = np.empty(rows, dtype=np.int64)
    place[kept_newer[np.argsort(kept_older, kind="stable")]] = np.arange(len(kept_newer))
    place[replaced] = len(kept_newer) + np.arange(len(replaced))
    place[added] = len(kept_newer) + len(replaced) + np.arange(len(added))
    return place


def patch(older: Release, change: ReleaseDiff, target: Path) -> Release:
    """Make the newer release from the older one and the difference, byte for byte.

    Args:
        older: The release that the difference starts from.
        change: The difference, made with `whole`.
        target: Directory of the result, which must not exist.

    Raises:
        UsageError: `target` exists.
        InvalidInput: `older` is another release, or the result is not what the manifest of the newer one says.
    """
    if older.version != change.older:
        what = f"is version {older.version}, and the difference starts from {change.older}"
        raise InvalidInput(what, where=str(older.path))
    with staged(target.parent) as stage:
        stage.name(target.name, remedy=ANOTHER)
        folder = stage.folder
        for name, data in change.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        for config, part in change.configs.items():
            _write(folder, config, _patched(rows_of(older, config), config, part))
        load(folder).verify()
    return load(target)


def _patched(rows: pa.Table, config: str, part: ConfigDiff) -> pa.Table:
    keys = list(KEYS[config])
    fresh = pa.concat_tables([part.replaced, part.added])
    left = pa.concat_tables([part.removed, part.replaced.select(keys)])
    kept = rows.take(np.sort(matched_rows(left, rows, KEYS[config]).added))
    if kept.num_rows:
        fresh = pa.concat_tables([kept, fresh])
    return fresh.take(part.order)


def _write(folder: Path, config: str, rows: pa.Table) -> None:
    for split in pc.unique(rows[SPLIT]).to_pylist():
        own = rows.filter(pc.equal(rows[SPLIT], split)).drop_columns([SPLIT])
        write_table(folder, config, split, own.schema, in_slices(own))

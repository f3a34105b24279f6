"""A release directory: its manifest and its tables, read when they are asked for."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from toolkit.errors import InvalidInput, UsageError
from toolkit.release.manifest import file_sums, read_manifest
from toolkit.schema import Schema, parse


@dataclass(frozen=True)
class Release:
    """A frozen release directory. Tables are read when they are asked for.

    Attributes:
        path: The directory.
        manifest: Its manifest.json.

    Examples:
        >>> release = load("releases/1.0.0")
        >>> release.configs
        ('default', 'annotations', 'spans', 'figures', 'articles')
        >>> release.counts["default"], release.splits()
        (83, ('train', 'validation', 'test'))
        >>> release.table(split="test", columns=["text", "labels"]).num_rows
        9
        >>> release.verify()
    """

    path: Path
    manifest: Mapping[str, Any] = field(repr=False)

    @property
    def version(self) -> str:
        """The version, "major.minor.patch"."""
        return str(self.manifest["version"])

    @property
    def schema_ref(self) -> str:
        """The label schema as "name@version"."""
        return str(self.manifest["schema"]["ref"])

    @functools.cached_property
    def schema(self) -> Schema:
        """The label schema.

        Raises:
            InvalidInput: The copy in the release is missing or broken.
        """
        path = self.path / "schema" / f"{self.schema_ref.partition('@')[2]}.yaml"
        return parse(self._read(path).decode(), path.name)

    @property
    def configs(self) -> tuple[str, ...]:
        """The configs that have rows, "default" first."""
        return tuple(self.manifest["tables"])

    @property
    def counts(self) -> dict[str, int]:
        """Number of rows of each config, all splits together."""
        return {
            config: sum(split["rows"] for split in splits.values())
            for config, splits in self.manifest["tables"].items()
        }

    def splits(self, config: str = "default") -> tuple[str, ...]:
        """Return the splits of a config that have rows, in the order train, validation, test.

        Raises:
            UsageError: There is no such config.
        """
        if config not in self.manifest["tables"]:
            raise UsageError(
                f"has no config {config}", where=str(self.path), remedy=f"it has {', '.join(self.configs)}"
            )
        return tuple(self.manifest["tables"][config])

    def same_rows(self, other: Release, config: str) -> bool:
        """Tell from the manifests alone whether a config has the same rows in the same splits in both."""
        mine, yours = (
            {split: entry["content"] for split, entry in release.manifest["tables"].get(config, {}).items()}
            for release in (self, other)
        )
        return list(mine.items()) == list(yours.items())

    def columns(self, config: str = "default") -> pa.Schema:
        """Return the columns of a config, without reading its rows. Raises as `table`."""
        return self._file(self.path / self.manifest["tables"][config][self.splits(config)[0]]["file"]).schema_arrow

    def table(
        self, config: str = "default", split: str | None = None, *, columns: Sequence[str] | None = None
    ) -> pa.Table:
        """Read a table.

        Args:
            config: One of `configs`.
            split: One of `splits(config)`; None for all of them, one after the other.
            columns: The columns to read; None for all.

        Raises:
            UsageError: There is no such config or split.
            InvalidInput: The file is missing or not Parquet.
        """
        there = self.splits(config)
        if split is not None and split not in there:
            raise UsageError(
                f"{config} has no split {split}", where=str(self.path), remedy=f"it has {', '.join(there)}"
            )
        names = [self.manifest["tables"][config][part]["file"] for part in ([split] if split else there)]
        return pa.concat_tables([self._file(self.path / name).read(columns=columns) for name in names])

    def verify(self) -> None:
        """Compare the SHA-256 of every file with the manifest.

        Raises:
            InvalidInput: Files are missing, changed or not of the release; `faults` holds all of them.
        """
        expected, found = self.manifest["files"], file_sums(self.path)
        faults = []
        for name in sorted({*expected, *found}):
            if name not in found:
                faults.append("is missing")
            elif name not in expected:
                faults.append("does not belong to the release")
            elif expected[name]["sha256"] != found[name]["sha256"]:
                faults.append("has been changed")
            else:
                continue
            faults[-1] = f"{name} {faults[-1]}"
        if faults:
            remedy = "fetch the release again"
            if faults == ["README.md has been changed"]:
                remedy = "write sections of the card into card/ of the project, not here, and build the next version"
            raise InvalidInput.all_of([InvalidInput(what, where=str(self.path), remedy=remedy) for what in faults])

    def _file(self, path: Path) -> pq.ParquetFile:
        try:
            return pq.ParquetFile(path)
        except (FileNotFoundError, pa.ArrowInvalid) as error:
            raise self._damaged(path) from error

    def _read(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except FileNotFoundError as error:
            raise self._damaged(path) from error

    def _damaged(self, path: Path) -> InvalidInput:
        return InvalidInput("is missing or damaged", where=str(path), remedy="fetch the release again")


def load(directory: str | Path) -> Release:
    """Open a release directory.

    Only manifest.json is read; tables are read when they are asked for, and `Release.verify` checks every file.

    Args:
        directory: What `toolkit build` wrote, `toolkit publish` published, or `toolkit hydrate` made.

    Returns:
        The release: its version, schema, configs, splits and tables.

    Raises:
        InvalidInput: There is no release, its manifest is damaged, or a newer toolkit has made it.

    Examples:
        >>> from collections import Counter
        >>> release = load("releases/1.0.0")
        >>> release.version, release.schema_ref
        ('1.0.0', 'news_events@1.0.0')
        >>> test = release.table("default", "test").to_pylist()
        >>> Counter(label for row in test for label in row["labels"]).most_common(1)
        [('none', 6)]
    """
    folder = Path(directory)
    return Release(folder, read_manifest(folder))


def is_pattern(path: Path) -> bool:
    """Tell whether `datasets` would take a path for a pattern, and not find the release that lies there."""
    return any(sign in str(path.absolute()) for sign in "*?[")


def label_counts(folder: Path, tables: Mapping[str, Mapping[str, Any]], schema: Schema) -> dict[str, dict[str, Any]]:
    """Return split → {"sentences", "stories", "labels": {label: sentences}, "spans": {span label: spans}}.

    Args:
        folder: The release.
        tables: The entry "tables" of its manifest.
        schema: Names every label and span label, also those that do not occur.
    """
    found: dict[str, dict[str, Any]] = {}
    for split, entry in tables["default"].items():
        table = pq.ParquetFile(folder / entry["file"]).read(columns=["labels", "story_id"])
        spans = _counts(folder, tables.get("spans", {}).get(split))
        labels = _count_values(pc.list_flatten(table["labels"]))
        found[split] = {
            "sentences": table.num_rows,
            "stories": pc.count_distinct(table["story_id"]).as_py(),
            "labels": {label: labels.get(label, 0) for label in schema.label_ids},
            "spans": {span.id: spans.get(span.id, 0) for span in schema.spans},
        }
    return found


def _counts(folder: Path, entry: Mapping[str, Any] | None) -> dict[str, int]:
    if entry is None:
        return {}
    return _count_values(pq.ParquetFile(folder / entry["file"]).read(columns=["label"])["label"])


def _count_values(values: Any) -> dict[str, int]:
    return {item["values"]: item["counts"] for item in pc.value_counts(values).to_pylist()}

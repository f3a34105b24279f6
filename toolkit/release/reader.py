"""A release directory: its manifest and its tables, read when they are asked for."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from toolkit.engine.arrow import SLICE_ROWS
from toolkit.engine.parquet_growth import check_parquet
from toolkit.errors import InvalidInput, UsageError, border
from toolkit.limits import whole_file
from toolkit.project.files import FileState, file_state, held_file
from toolkit.release.manifest import AGAIN, damaged, file_sum, file_sums, read_manifest
from toolkit.schema import Schema, parse


@dataclass(frozen=True)
class Release:
    """A frozen release directory. Tables are read when they are asked for.

    Attributes:
        path: The directory.
        manifest: Its manifest.json.

    Examples:
        >>> release = load("releases/1.0.0")
        >>> release.configs[0], "annotations" in release.configs
        ('default', True)
        >>> release.counts["default"], release.splits()
        (83, ('train', 'validation', 'test'))
        >>> release.table(split="test", columns=["text", "labels"]).num_rows
        9
        >>> release.verify()
    """

    path: Path
    manifest: Mapping[str, Any] = field(repr=False)
    _sound: dict[str, FileState | None] = field(default_factory=dict, repr=False, compare=False)
    _measured: dict[str, FileState | None] = field(default_factory=dict, repr=False, compare=False)

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
            InvalidInput: The copy in the release is missing or damaged.
        """
        name = f"schema/{self.schema_ref.partition('@')[2]}.yaml"
        found = parse(self.read(name).decode(), name.rpartition("/")[2])
        if found.ref != self.schema_ref:
            raise damaged(f"its schema is {found.ref}, not {self.schema_ref}", where=self.path / name)
        return found

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

    def has_rows(self, config: str, split: str) -> bool:
        """Tell whether a config has rows in a split; of one that the release does not have it is not so either.

        Examples:
            >>> release = load("releases/1.0.0")
            >>> release.has_rows("annotations", "train"), release.has_rows("links", "train")
            (True, False)
        """
        return split in self.manifest["tables"].get(config, {})

    def same_rows(self, other: Release, config: str) -> bool:
        """Tell from the manifests alone whether a config has the same rows in the same splits in both."""
        mine, yours = (
            {split: entry["content"] for split, entry in release.manifest["tables"].get(config, {}).items()}
            for release in (self, other)
        )
        return list(mine.items()) == list(yours.items())

    def columns(self, config: str = "default", split: str | None = None) -> pa.Schema:
        """Return the columns of a split, by default the first one, without reading its rows. Raises as `table`."""
        return self._opened(config, split or self.splits(config)[0]).schema_arrow

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
            InvalidInput: The file is missing or damaged.
        """
        there = self.splits(config)
        if split is not None and split not in there:
            raise UsageError(
                f"{config} has no split {split}", where=str(self.path), remedy=f"it has {', '.join(there)}"
            )
        return pa.concat_tables([self._rows(config, part, columns) for part in ([split] if split else there)])

    def slices(self, config: str, split: str, *, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Yield a table as it was frozen, `SLICE_ROWS` rows at a time; written otherwise, all of it is read.

        Args and errors are those of `table`.
        """
        whole = self._opened(config, split)
        rows = [whole.metadata.row_group(group).num_rows for group in range(whole.num_row_groups)]
        if any(count != SLICE_ROWS for count in rows[:-1]) or (rows and rows[-1] > SLICE_ROWS):
            table = self._rows(config, split, columns)
            yield from (table.slice(start, SLICE_ROWS) for start in range(0, table.num_rows, SLICE_ROWS))
            return
        for group in range(whole.num_row_groups):
            with self._reading(self.manifest["tables"][config][split]["file"]):
                part = whole.read_row_group(group, columns=columns)
            yield part

    def read(self, name: str) -> bytes:
        """Return the bytes of a file of the release, as the manifest has them.

        Raises:
            InvalidInput: It is missing or damaged.
        """
        return whole_file(self.file(name))

    def file(self, name: str) -> Path:
        """Return the path of a file of the release whose bytes are those of the manifest.

        Raises:
            InvalidInput: It is missing or damaged, a link is in its place, or the manifest does not know it.
        """
        if name not in self.manifest["files"]:
            raise damaged(f"{name} is not in its manifest", where=self.path)
        try:
            path = held_file(self.path, name)
        except FileNotFoundError as error:
            raise damaged(f"{name} is missing", where=self.path) from error
        state = file_state(path)
        if self._sound.get(name) != state:
            if file_sum(path)["sha256"] != self.manifest["files"][name]["sha256"]:
                raise damaged(f"{name} has been changed", where=self.path, remedy=_REMEDIES.get(name, AGAIN))
            self._sound[name] = state
        return path

    def hold(self) -> Release:
        """Hold every file that the manifest names against it, and return the release: for what is made from all of it.

        Raises:
            InvalidInput: One is missing or changed. Other files beside them are not a fault.
        """
        for name in self.manifest["files"]:
            self.file(name)
        return self

    def whole(self) -> bool:
        """Tell without reading them whether all files are there with the size of the manifest."""
        for name, entry in self.manifest["files"].items():
            path = self.path / name
            if not path.is_file() or path.stat().st_size != entry["bytes"]:
                return False
        return True

    def verify(self) -> None:
        """Compare the SHA-256 of every file with the manifest.

        Raises:
            InvalidInput: Files are missing, changed or not of the release; `faults` holds all of them.
        """
        expected, found = self.manifest["files"], file_sums(self.path)
        faults = []
        for name in sorted({*expected, *found}):
            if name not in found:
                what = f"{name} is missing"
            elif name not in expected:
                what = f"{name} does not belong to the release"
            elif expected[name]["sha256"] != found[name]["sha256"]:
                what = f"{name} has been changed"
            else:
                continue
            remedy = _REMEDIES.get(name, AGAIN) if name in expected and name in found else AGAIN
            faults.append(damaged(what, where=self.path, remedy=remedy))
        if faults:
            raise InvalidInput.all_of(faults)

    def _opened(self, config: str, split: str) -> pq.ParquetFile:
        """Open a table; what its own metadata says is what the manifest says."""
        entry = self.manifest["tables"][config][split]
        path = self.file(entry["file"])
        with self._reading(entry["file"]):
            table = pq.ParquetFile(path)
            state = self._sound.get(entry["file"])
            if state is None or self._measured.get(entry["file"]) != state:
                check_parquet(table, str(path), path.stat().st_size)
                self._measured[entry["file"]] = state
        if table.metadata.num_rows != entry["rows"]:
            what = f"{entry['file']} has {table.metadata.num_rows} rows, not {entry['rows']}"
            raise damaged(what, where=self.path)
        return table

    def _rows(self, config: str, split: str, columns: Sequence[str] | None) -> pa.Table:
        table = self._opened(config, split)
        lost = {*(columns or ())} - {*table.schema_arrow.names}
        if lost:
            raise damaged(f"{config}/{split} has no column {', '.join(sorted(lost))}", where=self.path)
        with self._reading(self.manifest["tables"][config][split]["file"]):
            return table.read(columns=columns)

    @contextmanager
    def _reading(self, name: str) -> Iterator[None]:
        """Turn whatever a reader raises at bytes that are not a table into the one error."""
        try:
            with border(f"{name} can't be read"):
                yield
        except InvalidInput as error:
            if error.where is not None:  # a limit of ours
                raise
            raise damaged(error.what, where=self.path) from error


_REMEDIES: Final[Mapping[str, str]] = {
    "README.md": "write sections of the card into card/ of the project, not here, and build the next version"
}
"""File → what helps who has edited it."""


def load(directory: str | Path) -> Release:
    """Open a release directory.

    Only manifest.json is read. A file is read when it is asked for, and its hash is then held against the manifest;
    `Release.verify` does so for every file, and `toolkit.release.proof` checks what the files say too.

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


def label_counts(release: Release, schema: Schema) -> dict[str, dict[str, Any]]:
    """Return split → {"sentences", "stories", "labels": {label: sentences}, "spans": {span label: spans}}.

    Args:
        release: The release, or as much of one as has its tables.
        schema: Names every label and span label, also those that do not occur.
    """
    found: dict[str, dict[str, Any]] = {}
    for split in release.splits():
        table = release.table("default", split, columns=["labels", "story_id"])
        there = release.has_rows("spans", split)
        spans = _count_values(release.table("spans", split, columns=["label"])["label"]) if there else {}
        labels = _count_values(pc.list_flatten(table["labels"]))
        found[split] = {
            "sentences": table.num_rows,
            "stories": pc.count_distinct(table["story_id"]).as_py(),
            "labels": {label: labels.get(label, 0) for label in schema.label_ids},
            "spans": {span.id: spans.get(span.id, 0) for span in schema.spans},
        }
    return found


def _count_values(values: Any) -> dict[str, int]:
    return {item["values"]: item["counts"] for item in pc.value_counts(values).to_pylist()}

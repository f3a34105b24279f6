"""How often each label and span type occurs in each split."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from toolkit.schema import Schema


def by_split(folder: Path, tables: Mapping[str, Mapping[str, Any]], schema: Schema) -> dict[str, dict[str, Any]]:
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

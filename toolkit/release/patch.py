"""A release out of an older one and the difference between them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from toolkit.errors import InvalidInput
from toolkit.release.columns import KEYS
from toolkit.release.compare import match
from toolkit.release.configs import in_slices
from toolkit.release.diff import SPLIT, ConfigDiff, Diff, rows_of
from toolkit.release.manifest import write_table
from toolkit.release.release import Release, load
from toolkit.release.staging import ANOTHER, staged


def patch(older: Release, change: Diff, target: Path) -> Release:
    """Make the newer release, byte for byte.

    Args:
        older: The release that the difference starts from.
        change: The difference.
        target: Directory of the result, which must not be there.

    Raises:
        UsageError: `target` is there.
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
    kept = rows.take(np.sort(match(left, rows, KEYS[config]).added))
    if kept.num_rows:
        fresh = pa.concat_tables([kept, fresh])
    return fresh.take(part.order)


def _write(folder: Path, config: str, rows: pa.Table) -> None:
    for split in pc.unique(rows[SPLIT]).to_pylist():
        own = rows.filter(pc.equal(rows[SPLIT], split)).drop_columns([SPLIT])
        write_table(folder, config, split, own.schema, in_slices(own))

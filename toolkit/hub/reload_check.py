"""The check after publishing: the rows that `load_dataset` returns are those of the release."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from toolkit.errors import RemoteError
from toolkit.release import Release, load
from toolkit.release.tables.configs import SLICE_ROWS
from toolkit.release.tables.content_hash import ContentHash

_CALL = (
    "import sys, json; from toolkit.hub.reload_check import reload_differences; "
    "json.dump(reload_differences(*sys.argv[1:]), sys.stdout)"
)


_SHOWN = 300  # characters of an error; some of `datasets` name every kind of file


def check_reload(release: Release, repo: str, revision: str | None, *, token: str | None, endpoint: str | None) -> None:
    """Load every config of a published release as a reader would, with an empty cache, and compare all rows.

    This runs in a process of its own, because the client reads its endpoint and its cache directory only once.

    Args:
        release: The release that was published.
        repo: "owner/name", or a directory.
        revision: Tag or commit; None for a directory.
        token: Read access; passed in the environment, never on the command line.
        endpoint: The Hub, None for the public one.

    Raises:
        RemoteError: It does not load, or rows differ.
    """
    with tempfile.TemporaryDirectory(prefix="toolkit-reload-") as cache:
        environment = os.environ | {"HF_HOME": cache, "HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HUB_OFFLINE": "0"}
        environment |= {"HF_TOKEN": token} if token else {}
        environment |= {"HF_ENDPOINT": endpoint} if endpoint else {}
        place = repo if revision else str(Path(repo).absolute())
        arguments = [sys.executable, "-c", _CALL, place, revision or "", str(release.path.absolute())]
        run = subprocess.run(  # noqa: S603  # in an empty folder: `datasets` takes a folder owner/name for the dataset
            arguments, env=environment, capture_output=True, text=True, check=False, cwd=cache
        )
    where = f"{repo}@{revision}" if revision else repo
    if run.returncode:
        reason = (run.stderr.strip().splitlines() or ["no reason given"])[-1][:_SHOWN]
        raise RemoteError(f"is published but does not load: {reason}", where=where, remedy="look at the repository")
    if found := json.loads(run.stdout):
        raise RemoteError(f"loads with other rows in {', '.join(found)}", where=where, remedy="look at the repository")


def reload_differences(repo: str, revision: str, directory: str) -> list[str]:
    """Return the "config/split"s of which `load_dataset` returns other rows than a release directory holds."""
    import datasets

    datasets.disable_progress_bars()
    found = []
    for config, splits in load(directory).manifest["tables"].items():
        loaded = datasets.load_dataset(repo, config, revision=revision or None)
        found += [f"{config}/{split}" for split in sorted(set(loaded) ^ set(splits))]
        for split in sorted(set(loaded) & set(splits)):
            columns = load(directory).table(config, split).schema
            if _content(loaded[split], columns) != splits[split]["content"]:
                found.append(f"{config}/{split}")
    return found


def _content(dataset: Any, columns: pa.Schema) -> str:
    content = ContentHash(columns)
    for table in _named(dataset):
        content.update(table.select(columns.names).cast(columns))
    return content.hexdigest()


def _named(dataset: Any) -> Iterator[pa.Table]:
    """Yield the rows in slices, ClassLabel numbers (of labels, tags and choices) turned back into names."""
    arrow = dataset.with_format("arrow")
    for start in range(0, len(dataset), SLICE_ROWS):
        table = arrow[start : start + SLICE_ROWS].combine_chunks()
        for place, name in enumerate(table.column_names):
            words = _words(pa.concat_arrays(table[name].chunks), dataset.features[name])
            table = table.set_column(place, name, words)
        yield table


def _words(values: pa.Array, feature: Any) -> pa.Array:
    """Return values with names in place of the numbers of a ClassLabel, at any depth."""
    from datasets import ClassLabel, List

    if isinstance(feature, ClassLabel):
        return pa.array(feature.names, pa.string()).take(values)
    if isinstance(feature, List):
        inner = _words(values.values, feature.feature)
        return pa.ListArray.from_arrays(values.offsets, inner, mask=values.is_null())
    if isinstance(feature, dict):
        parts = [_words(values.field(name), part) for name, part in feature.items()]
        return pa.StructArray.from_arrays(parts, names=list(feature), mask=values.is_null())
    return values

"""manifest.json: the files of a release with their hashes, and the inputs that it was made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from toolkit.engine.arrow import parquet_writer
from toolkit.errors import InvalidInput
from toolkit.release.tables.content_hash import ContentHash
from toolkit.version import install_command

NAME: Final = "manifest.json"
FORMAT: Final = 1
"""Version of the file formats of a release; a reader refuses any other."""

Tables = dict[str, dict[str, dict[str, Any]]]
"""Config → split → {"file", "rows", "bytes" (uncompressed), "content"}."""


def json_text(value: Any) -> str:
    """Return JSON as in every file of a release: keys in the given order, two spaces, text not escaped."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def table_path(config: str, split: str) -> str:
    """Return the path of a table within a release."""
    return f"{'data' if config == 'default' else config}/{split}-00000-of-00001.parquet"


def write_table(folder: Path, config: str, split: str, columns: pa.Schema, slices: Iterable[pa.Table]) -> Tables:
    """Write one table of a release.

    Args:
        folder: The release.
        config: Its config.
        split: Its split.
        columns: Its Arrow schema.
        slices: Its rows, in slices of `SLICE_ROWS`.

    Returns:
        Its entry for the manifest; empty, and no file written, if there are no rows.
    """
    name = table_path(config, split)
    content, rows = ContentHash(columns), 0
    writer = None
    for part in slices:
        if part.num_rows == 0:
            continue
        if writer is None:
            (folder / name).parent.mkdir(exist_ok=True)
            writer = parquet_writer(folder / name, columns)
        whole = part.combine_chunks()
        content.update(whole)
        writer.write_table(whole)
        rows += part.num_rows
    if writer is None:
        return {}
    writer.close()
    written = pq.read_metadata(folder / name)
    size = sum(written.row_group(group).total_byte_size for group in range(written.num_row_groups))
    return {config: {split: {"file": name, "rows": rows, "bytes": size, "content": content.hexdigest()}}}


def file_sums(folder: Path) -> dict[str, dict[str, Any]]:
    """Return path → {"sha256", "bytes"} of every file below a folder but the manifest, by path.

    Files at the top whose names begin with a dot (.git, .gitattributes, .cache) belong to tools, not to the release.
    """
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return {name: _sum(folder / name) for name in names if name != NAME and not name.startswith(".")}


def _sum(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {"sha256": hashlib.file_digest(file, "sha256").hexdigest(), "bytes": path.stat().st_size}


def read_manifest(folder: Path) -> Mapping[str, Any]:
    """Read the manifest of a release.

    Raises:
        InvalidInput: There is none, it is damaged, or a newer toolkit has made it.
    """
    path = folder / NAME
    try:
        manifest = json.loads(path.read_bytes())
        missing = {"version", "schema", "tables", "files"} - set(manifest)
    except FileNotFoundError as error:
        raise InvalidInput(
            "there is no release here", where=str(folder), remedy="make one with `toolkit build VERSION`"
        ) from error
    except (ValueError, TypeError) as error:
        raise InvalidInput("is damaged", where=str(path), remedy="fetch the release again") from error
    if manifest.get("format", FORMAT) != FORMAT:
        what = f"has format {manifest['format']}, and this toolkit reads format {FORMAT}"
        raise InvalidInput(what, where=str(path), remedy=f"run `{install_command(upgrade=True)}`")
    if missing:
        raise InvalidInput(f"lacks {', '.join(sorted(missing))}", where=str(path), remedy="fetch the release again")
    checked: Mapping[str, Any] = manifest
    return checked

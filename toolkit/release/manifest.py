"""manifest.json: the files of a release with their hashes, and the inputs that it was made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import pydantic

from toolkit.engine.arrow import parquet_writer
from toolkit.errors import InvalidInput, border
from toolkit.limits import whole_file
from toolkit.project.files import held_file, safe_name
from toolkit.records import digest
from toolkit.release.tables.content_hash import ContentHash
from toolkit.version import install_command

NAME: Final = "manifest.json"
FORMAT: Final = 2
"""Version of the file formats of a release. In format 1, attributes of spans and fields of sentences were JSON."""

FORMATS: Final = (1, FORMAT)
"""The formats that are read; any other is refused."""

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


def file_sums(folder: Path, known: Mapping[str, Any] = MappingProxyType({})) -> dict[str, dict[str, Any]]:
    """Return path → {"sha256", "bytes"} of every file below a folder but the manifest, by path.

    Files at the top whose names begin with a dot (.git, .gitattributes, .cache) belong to tools, not to the release.

    Args:
        folder: The release.
        known: Sums that need not be taken again.

    Raises:
        InvalidInput: A file is a link that leads elsewhere.
    """
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
    own = [name for name in names if name != NAME and not name.startswith(".")]
    return {name: known[name] if name in known else file_sum(held_file(folder, name)) for name in own}


def file_sum(path: Path) -> dict[str, Any]:
    """Return {"sha256", "bytes"} of a file."""
    with path.open("rb") as file:
        return {"sha256": hashlib.file_digest(file, "sha256").hexdigest(), "bytes": path.stat().st_size}


def sealed(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return a manifest with the hash of all else that it says, so that an edit of it is noticed."""
    said = {key: value for key, value in manifest.items() if key != "digest"}
    return {**said, "digest": digest(json_text(said).encode())}


AGAIN: Final = "fetch the release again"


def damaged(what: str, *, where: Path, remedy: str = AGAIN) -> InvalidInput:
    """Return the one error of a release that is not what its makers froze."""
    return InvalidInput(f"is damaged: {what}", where=str(where), remedy=remedy)


_Hash = Annotated[str, pydantic.Field(pattern=r"^[0-9a-f]{64}$")]
_Count = Annotated[int, pydantic.Field(ge=0, le=2**53)]
_Name = Annotated[str, pydantic.Field(pattern=r"^\w[\w-]{0,99}$")]
"""A config or a split: a part of a file's name."""


class _Form(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(strict=True)


class _File(_Form):
    sha256: _Hash
    bytes: _Count


class _Table(_Form):
    file: str
    rows: Annotated[int, pydantic.Field(ge=1, le=2**53)]
    bytes: _Count
    content: _Hash


class _Schema(_Form):
    ref: Annotated[str, pydantic.Field(pattern=r"^[a-z][a-z0-9_]*@\d+\.\d+\.\d+$")]
    digest: _Hash


class _Manifest(_Form):
    version: Annotated[str, pydantic.Field(pattern=r"^\d+\.\d+\.\d+$")]
    schema_: _Schema = pydantic.Field(alias="schema")
    text: Annotated[str, pydantic.Field(pattern=r"^(full|offsets|snippet:[1-9]\d*)$")]
    takedowns: dict[str, str]
    tables: dict[_Name, dict[_Name, _Table]]
    files: dict[str, _File]


def read_manifest(folder: Path) -> Mapping[str, Any]:
    """Read the manifest of a release: its shape, its names and its own hash are held; no other file is opened.

    Raises:
        InvalidInput: There is none, it is damaged, it names a file outside of the release, or a newer toolkit has made
            it.
    """
    path = folder / NAME
    try:
        content = whole_file(held_file(folder, NAME), limit="page_bytes")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InvalidInput(
            "there is no release here", where=str(folder), remedy="make one with `toolkit build VERSION`"
        ) from error
    try:
        with border("it is not JSON"):
            manifest = json.loads(content)
    except InvalidInput as error:
        raise damaged(error.what, where=path) from error
    if not isinstance(manifest, dict):
        raise damaged("it is no object", where=path)
    missing = {"version", "schema", "text", "takedowns", "tables", "files"} - manifest.keys()
    if manifest.get("format", FORMAT) not in FORMATS:
        what = f"has format {manifest['format']}, and this toolkit reads formats 1 to {FORMAT}"
        raise InvalidInput(what, where=str(path), remedy=f"run `{install_command(upgrade=True)}`")
    if missing:
        raise damaged(f"it lacks {', '.join(sorted(missing))}", where=path)
    _check_form(manifest, path)
    if "digest" in manifest and sealed(manifest) != manifest:
        raise damaged("it has been changed", where=path)
    checked: Mapping[str, Any] = manifest
    return checked


def _check_form(manifest: Mapping[str, Any], path: Path) -> None:
    for config in manifest["tables"] if isinstance(manifest["tables"], dict) else ():
        safe_name(config, where=str(path), of="the release")
    try:
        form = _Manifest.model_validate(manifest)
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part)[:80] for part in first["loc"])
        raise damaged(f"{place}: {first['msg']}", where=path) from error
    for name in form.files:
        safe_name(name, where=str(path), of="the release")
    for config, splits in form.tables.items():
        for split, entry in splits.items():
            if safe_name(entry.file, where=str(path), of="the release") not in form.files:
                raise damaged(f"the table {config}/{split} is none of its files", where=path)
    if not form.tables.get("default"):
        raise damaged("it has no table of decided sentences", where=path)

"""Where the schemas and label configs that come with the package lie: in the wheel, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from toolkit.errors import UsageError
from toolkit.schema.text import nearest

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped(kind: Literal["schemas", "label_configs"]) -> Path:
    """Return the folder of shipped schemas or label configs.

    A wheel carries them in `toolkit/_shipped/`; an editable install reads them at the root of the checkout.
    """
    packed = _PACKAGE / "_shipped" / kind
    return packed if packed.is_dir() else _PACKAGE.parent / kind


def find(reference: str) -> Path:
    """Return the file of a schema by path, "name" (its newest version) or "name@version".

    Raises:
        UsageError: No such file, name or version; the nearest name is offered.
    """
    if reference.endswith((".yaml", ".yml")) or "/" in reference:
        path = Path(reference)
        if not path.is_file():
            raise UsageError("there is no such schema file", where=reference)
        return path
    name, _, version = reference.partition("@")
    versions = _versions(shipped("schemas") / name)
    if not versions:
        names = sorted(folder.name for folder in shipped("schemas").iterdir() if folder.is_dir())
        raise UsageError(
            f"no schema named {name!r} is shipped{nearest(name, names)}",
            remedy=f"take one of {', '.join(names)}, or a path to a YAML file",
        )
    if not version:
        return versions[-1]
    for path in versions:
        if path.stem == version:
            return path
    raise UsageError(f"{name} has no version {version}", remedy=f"it has {', '.join(path.stem for path in versions)}")


def _versions(folder: Path) -> list[Path]:
    """Return the version files of one schema, oldest first."""
    found = [path for path in folder.glob("*.yaml") if path.stem.replace(".", "").isdigit()]
    return sorted(found, key=lambda path: [int(part) for part in path.stem.split(".")])

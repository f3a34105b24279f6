"""The formats that documents come in and go out, by name."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, Protocol, cast

from toolkit.errors import InvalidInput, UsageError, nearest
from toolkit.exchange.annotated_document import AnnotatedDocument, Losses, Part, reduced
from toolkit.exchange.document_folders import unpacked
from toolkit.exchange.offset_units import Unit
from toolkit.limits import Allowance, check_items, check_work

FORMATS: Final = {
    "brat": "brat",
    "doccano": "doccano",
    "prodigy": "prodigy",
    "argilla": "argilla",
    "inception": "inception",
    "conll": "conll",
    "web-annotation": "web_annotation",
    "annotated-csv": "annotated_csv",
}
"""Name of a format → its module in `toolkit.exchange.formats`."""


class DocumentFormat(Protocol):
    """What the module of a format has."""

    HOLDS: frozenset[Part]

    def read(self, root: Path, losses: Losses, unit: Unit | None = None) -> Iterator[AnnotatedDocument]: ...  # noqa: D102
    def write(self, documents: Sequence[AnnotatedDocument], folder: Path) -> None: ...  # noqa: D102


def document_format(name: str) -> DocumentFormat:
    """Return a format by its name.

    Raises:
        UsageError: There is none of that name.
    """
    if name not in FORMATS:
        known = ", ".join(FORMATS)
        raise UsageError(f"there is no format {name!r}{nearest(name, FORMATS)}", remedy=f"take one of {known}")
    return cast(DocumentFormat, importlib.import_module(f"toolkit.exchange.formats.{FORMATS[name]}"))


def read_documents(name: str, path: Path, *, unit: Unit | None = None) -> tuple[list[AnnotatedDocument], Losses]:
    r"""Read all documents of a file, a folder or a zip archive.

    Args:
        name: The format.
        path: Where they are.
        unit: What offsets count; None: what the format counts, or the words show.

    Returns:
        The documents, and what could not be taken.

    Raises:
        InvalidInput: There is nothing of the format, or a file can't be read.

    Examples:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "a.txt").write_text("Ada left.")
        >>> _ = (folder / "a.ann").write_text("T1\tPerson 0 3\tAda\n")
        >>> documents, losses = read_documents("brat", folder)
        >>> documents[0].mentions[0].label, documents[0].mentions[0].fragments, losses.rows()
        ('Person', ((0, 3),), [])
    """
    losses = Losses()
    with unpacked(path) as folder:
        documents = list(_counted(document_format(name).read(folder, losses, unit), path))
    if not documents:
        raise InvalidInput(f"holds no answer in the format {name}", where=str(path), remedy=_found(losses))
    return documents, losses


def _counted(documents: Iterable[AnnotatedDocument], path: Path) -> Iterator[AnnotatedDocument]:
    """Yield documents as long as they are not too many, and none holds too much."""
    allowance, name = Allowance(), str(path)
    for document in documents:
        allowance.count(1, name)
        where = f"{path}: {document.name}"
        check_items(len(document.mentions), "a document of {} spans", where)
        check_items(len(document.relations), "a document of {} relations", where)
        check_items(len(document.labels) + len(document.fields), "a document of {} answers", where)
        check_work(sum(each.end - each.start for each in document.mentions), 0, where, of="document with marks")
        yield document


def _found(losses: Losses) -> str | None:
    return (
        "there are only " + "; ".join(f"{number} {what}" for what, number, _ in losses.rows())
        if losses.counts
        else None
    )


def write_documents(name: str, documents: Sequence[AnnotatedDocument], folder: Path) -> Losses:
    """Write documents into a folder, and return what the format could not hold."""
    losses = Losses()
    format_ = document_format(name)
    kept = [each for document in documents if (each := reduced(document, format_.HOLDS, losses)) is not None]
    format_.write(kept, folder)
    return losses

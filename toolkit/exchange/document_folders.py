"""Folders of documents: whose they are and of which split, said by the names of the folders.

We write `split=train/annotator=ada/NAME`, as Hive names partitions. Of what others have written, a folder called
`train` or `test` is a split; and where documents of one name and one text lie in several folders, these are annotators.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

from toolkit.errors import InvalidInput, border
from toolkit.exchange.annotated_document import AnnotatedDocument
from toolkit.limits import Budget, Limits, whole_file

SPLITS: Final = frozenset({"train", "training", "dev", "valid", "val", "validation", "test", "eval"})
"""Names of folders and files that are splits."""

_SPLIT, _ANNOTATOR = "split=", "annotator="
_LONGEST: Final = 180  # bytes of a name, so that an ending and a temporary name fit beside it


@dataclass(frozen=True)
class DocumentFile:
    """A file of one document.

    Attributes:
        path: The file.
        name: The document, as its file is called.
        split: Its split, if the folders say one.
        annotator: Whose answer it holds, if they say that.
    """

    path: Path
    name: str
    split: str | None = None
    annotator: str | None = None


def file_name(name: str) -> str:
    """Return a name that any disk takes; `unquote` reads it back.

    Examples:
        >>> file_name("2026/a b.txt"), file_name("..")
        ('2026%2Fa%20b.txt', '%2E.')
    """
    quoted = quote(name, safe=" .-_+,@").replace(" ", "%20")
    return f"%2E{quoted[1:]}" if quoted.startswith(".") else quoted


def folder_of(document: AnnotatedDocument) -> Path:
    """Return the folder that a document is written to.

    Examples:
        >>> str(folder_of(AnnotatedDocument(name="d", text="t", annotator="ada", split="test")))
        'split=test/annotator=ada'
    """
    folder = Path()
    if document.split is not None:
        folder /= f"{_SPLIT}{file_name(document.split)}"
    if document.annotator is not None:
        folder /= f"{_ANNOTATOR}{file_name(document.annotator)}"
    return folder


def numbered(documents: Iterable[AnnotatedDocument]) -> Iterator[tuple[Path, AnnotatedDocument]]:
    """Yield each document with a path of its own, without an ending.

    Raises:
        InvalidInput: Two documents of one person have one name, or a name is too long for a file.
    """
    taken: set[Path] = set()
    for document in documents:
        path = folder_of(document) / file_name(document.name)
        if path in taken:
            raise InvalidInput("two documents of one annotator have this name", where=document.name)
        if len(path.name.encode()) > _LONGEST:
            raise InvalidInput("is too long a name for a file", where=document.name)
        taken.add(path)
        yield path, document


def document_files(root: Path, paths: Iterable[Path], text_of: Callable[[Path], object]) -> list[DocumentFile]:
    """Return what the folders below `root` say of files.

    Args:
        root: The folder that was named.
        paths: The files.
        text_of: File → what is equal for files of one text.
    """
    found = [_placed(path, path.relative_to(root)) for path in sorted(paths)]
    if any(file.annotator is not None for file in found):
        return found
    texts: dict[str, dict[Path, object]] = defaultdict(dict)
    for file in found:
        texts[file.path.name][file.path.parent] = text_of(file.path)
    several = {name for name, by_folder in texts.items() if len(by_folder) > len(set(by_folder.values()))}
    people = {folder for name in several for folder in texts[name]}
    return [
        replace(file, name=unquote(file.path.stem), annotator=file.path.parent.name)
        if file.path.parent in people
        else file
        for file in found
    ]


def _placed(path: Path, relative: Path) -> DocumentFile:
    split = annotator = None
    folders = []
    for part in relative.parts[:-1]:
        if part.startswith(_SPLIT):
            split = unquote(part.removeprefix(_SPLIT))
        elif part.startswith(_ANNOTATOR):
            annotator = unquote(part.removeprefix(_ANNOTATOR))
        elif part.lower() in SPLITS and split is None:
            split = part
        else:
            folders.append(part)
    return DocumentFile(path, "/".join([*folders, unquote(relative.stem)]), split, annotator)


def read_text(path: Path) -> str:
    """Return the text of a file, its line breaks as they are.

    Raises:
        InvalidInput: It can't be read, or is not UTF-8.
    """
    with border("can't be read as UTF-8", where=str(path), remedy="convert it, such as with iconv"):
        return whole_file(path).decode("utf-8")


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Yield a folder as it is, and of a zip archive a folder with its content.

    Raises:
        InvalidInput: There is nothing, or the archive is damaged or unpacks to too much.
    """
    if not path.exists():
        raise InvalidInput("there is no such file or folder", where=str(path))
    if path.is_dir() or not zipfile.is_zipfile(path):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="toolkit-") as folder:
        with border("can't be unpacked", where=str(path)), zipfile.ZipFile(path) as archive:
            budget = Budget(str(path), Limits.here(), lambda: path.stat().st_size)
            budget.count(len(archive.infolist()))
            budget.check(sum(each.file_size for each in archive.infolist()))
            archive.extractall(folder)
        yield Path(folder)

"""A file of pages, in the project or behind any URL that fsspec knows."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from toolkit.errors import InvalidInput, RemoteError, one_line

_BLOCK = 1 << 20
_ROW = re.compile(r"(?P<source>.+\.(?:jsonl|ndjson)(?:\.gz)?)(?: \(bytes (?P<start>\d+)-\d+\))?", re.I | re.S)


@dataclass(frozen=True, slots=True, order=True)
class PageFile:
    """One file of pages.

    Attributes:
        source: Its name in records: its path below pages/, or its URL.
        url: Its place: a path, or a URL.
    """

    source: str
    url: str

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Open the file for reading bytes.

        Raises:
            InvalidInput: It can't be opened.
        """
        if "://" not in self.url:
            with self._open_here() as file:
                yield file
            return
        import fsspec

        try:
            opened = fsspec.open(self.url, "rb").open()
        except (OSError, ValueError, ImportError) as error:
            raise _unreachable(self.url, error) from error
        try:
            with opened as file:
                yield file
        except (ConnectionError, TimeoutError) as error:
            raise RemoteError(f"the connection broke: {one_line(error)}", where=self.url) from error

    def _open_here(self) -> BinaryIO:
        try:
            return open(self.url, "rb")
        except OSError as error:
            what = f"can't be read: {error.strerror}"
            raise InvalidInput(what, where=self.source, remedy="check its rights, or remove it") from error

    def line_at(self, byte: int) -> int:
        """Return the line, from 1, of a byte of the file; bytes are counted after decompression."""
        line, packed = 1, self.source.lower().endswith(".gz")
        with self.open() as file, gzip.open(file) if packed else nullcontext(file) as stream:
            while byte > 0 and (block := stream.read(min(byte, _BLOCK))):
                line += block.count(b"\n")
                byte -= len(block)
        return line

    def digest(self) -> str | None:
        """Return the SHA-256 of the file's bytes; None if it can't be opened."""
        found = hashlib.sha256()
        try:
            with self.open() as file:
                while block := file.read(_BLOCK):
                    found.update(block)
        except InvalidInput:
            return None
        return found.hexdigest()


_COMPANIONS = re.compile(
    r"(?P<page>.+?)(?:[_-](?:files|dateien|fichiers|archivos|ficheiros|arquivos|bestanden|filer|pliki|soubory|dosyalar)"
    r"|\.files|\.fld)",
    re.I,
)
"""The folder that a browser writes beside a saved page, as it is called in several languages."""
_SYSTEM = re.compile(
    r"(?:thumbs\.db|ehthumbs\.db|desktop\.ini|icon\r|~\$.+|.+~|#.+#|.+\.(?:crdownload|part|partial|tmp|temp|swp|lnk|url))",
    re.I,
)
"""Files that systems and programs leave behind."""


def set_aside(names: Iterable[str]) -> dict[str, str]:
    """Return the files below a folder that are not pages by their names alone, with the reason for each.

    Args:
        names: Paths of all files, relative to the folder, with "/" between folders.

    Returns:
        Name → "hidden" (.git and the like), "page-asset" (what a browser saved beside a page: images, stylesheets,
        advertisements) or "system-file" (Thumbs.db, "~$report.docx", a download that was not finished).

    Examples:
        >>> set_aside(["Clash.html", "Clash_files/ad.html", "~$Report.docx", "notes.txt"])
        {'Clash_files/ad.html': 'page-asset', '~$Report.docx': 'system-file'}
    """
    there = list(names)
    pages = {name.rpartition(".")[0] for name in there if name.lower().endswith((".html", ".htm", ".xhtml", ".mht"))}
    found = {}
    for name in there:
        parts = name.split("/")
        if any(part.startswith(".") for part in parts):
            found[name] = "hidden"
        elif any(_is_companion("/".join(parts[: depth + 1]), pages) for depth in range(len(parts) - 1)):
            found[name] = "page-asset"
        elif "__MACOSX" in parts or _SYSTEM.fullmatch(parts[-1]):
            found[name] = "system-file"
    return found


def _is_companion(folder: str, pages: Collection[str]) -> bool:
    """Return whether a folder belongs to a saved page: the page lies beside it, or its name says so by itself."""
    named = _COMPANIONS.fullmatch(folder)
    return named is not None and (named["page"] in pages or folder.lower().endswith("_files"))


def check_names(folder: Path, names: Iterable[str]) -> None:
    """Refuse file names that are not UTF-8, as records are.

    Raises:
        InvalidInput: Some names are not UTF-8; `faults` holds all of them.
    """
    faults = []
    for name in names:
        shown = name.encode("utf-8", "backslashreplace").decode()
        if shown != name:
            faults.append(InvalidInput("its name is not UTF-8", where=str(folder / shown), remedy="rename it"))
    if faults:
        raise InvalidInput.all_of(faults)


def on_its_line(where: str, files: Iterable[PageFile]) -> str:
    """Return a place in JSON Lines by its line, as editors show it, instead of its bytes; other places unchanged."""
    row = _ROW.fullmatch(where)
    file = next((file for file in files if row and file.source == row["source"]), None)
    return f"{file.source}:{file.line_at(int(row['start'] or 0))}" if row and file else where


def behind(urls: Iterable[str]) -> list[PageFile]:
    """Return the files at URLs: the file itself, the files below a folder, or those that match a pattern.

    Raises:
        InvalidInput: There is no file at one of the URLs; `faults` holds all of these.
    """
    import fsspec

    found: set[PageFile] = set()
    faults = []
    for url in urls:
        try:
            system, path = fsspec.core.url_to_fs(url)
            paths = system.glob(path) if any(mark in path for mark in "*?[") else system.find(path)
            names = [system.unstrip_protocol(name) for name in paths if system.isfile(name)]
        except (OSError, ValueError, ImportError) as error:
            faults.append(_unreachable(url, error))
            continue
        if not names:
            faults.append(InvalidInput("there are no pages", where=url, remedy="mend `ingest.urls` in toolkit.yaml"))
        found |= {PageFile(name, name) for name in names}
    if faults:
        raise InvalidInput.all_of(faults)
    return sorted(found)


def _unreachable(url: str, error: Exception) -> InvalidInput:
    what = f"can't be reached: {' '.join(str(error).split()) or type(error).__name__}"
    return InvalidInput(what, where=url, remedy="mend `ingest.urls` in toolkit.yaml")

"""CoNLL: one token per line, sentences apart by an empty line, BIO or BIOES tags in the last column.

Of columns, the first is the token. `# text = …` says the text; else tokens are joined by a space, but where the last
column of CoNLL-U says SpaceAfter=No. Files of ours have the offsets of each token beside it.
"""

from __future__ import annotations

import itertools
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

from toolkit.errors import InvalidInput
from toolkit.exchange.annotated_document import AnnotatedDocument, Losses, Mention, Part, in_order
from toolkit.exchange.document_folders import SPLITS, document_files, folder_of, read_text
from toolkit.exchange.offset_units import Unit
from toolkit.release.tables.token_tags import bio

HOLDS: Final[frozenset[Part]] = frozenset({"spans", "annotators", "split"})

_ENDINGS: Final = (".conll", ".bio", ".iob", ".iob2", ".conllu", ".txt", ".tsv")
_TAG = re.compile(r"([BIOESLUM])(?:-(.+))?")
_UNIVERSAL: Final = 10  # columns of CoNLL-U
_NUMBER = re.compile(r"\d+(?:[-.]\d+)?")
_IN_MISC = re.compile(r"(?:^|\|)(?:Span|NER|NE|ner|name)=((?:O|[BIESLUM]-[^|]+))(?:$|\|)")
_PLAIN, _ONLY = ("B", "I"), "span"  # tags without a label, of files that mark one thing alone
_MISSING = "-"  # what spaCy writes for a token whose tag it does not know


def read(root: Path, losses: Losses, unit: Unit | None = None) -> Iterator[AnnotatedDocument]:
    """Yield each sentence of a file, or of all files of a folder, as a document.

    Args:
        root: The file or folder.
        losses: What can't be taken is counted here.
        unit: Not used: tokens have no offsets but ours.

    Raises:
        InvalidInput: A file does not end in a column of tags.
    """
    paths = [root] if root.is_file() else [path for path in root.rglob("*") if path.suffix in _ENDINGS]
    for file in document_files(root if root.is_dir() else root.parent, paths, lambda path: path):
        split = file.split or (file.path.stem if file.path.stem.lower() in SPLITS else None)
        for number, block in enumerate(_blocks(file.path), start=1):
            made = block.document(f"{file.path.stem}:{number}", losses)
            if made is not None:
                name, text, mentions = made
                document = AnnotatedDocument(
                    name=name, text=text, mentions=mentions, annotator=file.annotator, split=split
                )
                yield in_order(document)


def write(documents: Sequence[AnnotatedDocument], folder: Path) -> None:
    """Write documents, one file per split and person."""
    lines: dict[Path, list[str]] = defaultdict(list)
    for document in documents:
        target = folder / folder_of(document) / "documents.conll"
        lines[target].append(_block(document))
    for target, blocks in lines.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes("".join(blocks).encode())


def _block(document: AnnotatedDocument) -> str:
    spans = document.mentions
    rows = [{"start": span.start, "end": span.end, "label": quote(span.label, safe="")} for span in spans]
    head = [f"# document = {json.dumps(document.name)}", f"# text = {json.dumps(document.text)}"]
    body = ["\t".join(map(str, token)) for token in bio(document.text, rows)]
    return "\n".join([*head, *body, "", ""])


@dataclass
class _Block:
    """The lines of one sentence."""

    where: str
    comments: dict[str, str] = field(default_factory=dict)
    rows: list[list[str]] = field(default_factory=list)

    def document(self, name: str, losses: Losses) -> tuple[str, str, tuple[Mention, ...]] | None:
        """Return name, text and spans."""
        said = (self.comments[key] for key in ("document", "sentence_id", "sent_id") if key in self.comments)
        name = _plain(next(said, name))
        text = self.comments.get("text")
        text = None if text is None else _plain(text)
        if not self.rows:
            return (name, text, ()) if text else None
        places = self._places(text)
        if text is None:
            losses.add("texts whose white space is not known: a space is put between tokens", name)
            text = self._joined()
        losses.add("tokens without a tag", name, sum(row[-1] == _MISSING for row in self.rows))
        mentions = []
        for label, first, last in _chunks([row[-1] for row in self.rows], self.where):
            fragments = ((places[first][0], places[last][1]),)
            mentions.append(Mention(mention_id=f"{first}-{last}", label=label, fragments=fragments))
        return name, text, tuple(mentions)

    def _places(self, text: str | None) -> list[tuple[int, int]]:
        whole = self._joined() if text is None else text
        found, at = [], 0
        for row in self.rows:
            start = whole.find(row[0], at)
            if start < 0 or whole[at:start].strip():
                raise InvalidInput(f"the text does not go on with the token {row[0]!r}", where=self.where)
            at = start + len(row[0])
            found.append((start, at))
        return found

    def _joined(self) -> str:
        gaps = ["" if "SpaceAfter=No" in row[-2:] else " " for row in self.rows[:-1]]
        return "".join(itertools.chain.from_iterable(zip((row[0] for row in self.rows), [*gaps, ""], strict=True)))


def _plain(said: str) -> str:
    """Return the value of a comment; ours is JSON, so that it may hold line breaks."""
    if said.startswith('"') and said.endswith('"'):
        try:
            return str(json.loads(said))
        except ValueError:
            return said
    return said


def _blocks(path: Path) -> Iterator[_Block]:
    block = _Block(f"{path}:1")
    for number, line in enumerate([*read_text(path).removeprefix("\ufeff").split("\n"), ""], start=1):
        line = line.removesuffix("\r")
        if not line.strip():
            if block.rows or "text" in block.comments:
                yield block
            block = _Block(f"{path}:{number + 1}")
        elif line.startswith("# ") and " = " in line:
            key, _, value = line[2:].partition(" = ")
            block.comments[key] = value
        elif not line.startswith("-DOCSTART-") and not (line.startswith("# ") and not _TAG.fullmatch(line.split()[-1])):
            cells = line.split("\t") if "\t" in line else line.split(" ")
            if len(cells) == _UNIVERSAL and _NUMBER.fullmatch(cells[0]):  # CoNLL-U: ID FORM … MISC
                if not cells[0].isdecimal():  # "1-2" and "1.1" are no words of the text beside those that they cover
                    continue
                misc = cells[-1].split("|")
                said = _IN_MISC.search(cells[-1])
                plain = next((part for part in misc if _TAG.fullmatch(part) or part == _MISSING), _MISSING)
                cells = [cells[1], "SpaceAfter=No" if "SpaceAfter=No" in misc else "", said[1] if said else plain]
            block.rows.append(cells)


def _chunks(tags: Sequence[str], where: str) -> Iterator[tuple[str, int, int]]:
    """Yield (label, first token, last token) of each span that tags mark.

    Raises:
        InvalidInput: One is not a tag.
    """
    label, first = "", 0
    for at, tag in enumerate([*tags, "O"]):
        found = _TAG.fullmatch(tag)
        if tag == _MISSING or tag in _PLAIN:
            found = _TAG.fullmatch("O" if tag == _MISSING else f"{tag}-{_ONLY}")
        if found is None or (found[1] != "O" and not found[2]):
            raise InvalidInput(f"the last column holds {tag!r}, which is not a tag", where=where)
        goes_on = bool(label) and found[1] in "IEML" and unquote(found[2] or "") == label
        if label and not goes_on:
            yield label, first, at - 1
            label = ""
        if not goes_on and found[1] != "O":
            label, first = unquote(found[2]), at

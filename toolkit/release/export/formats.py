"""A release in other formats: CSV that no spreadsheet executes, JSON Lines, Parquet, CoNLL, spaCy.

spaCy's is a DocBin (https://spacy.io/api/docbin) with a Doc for each decided sentence. `doc.cats` holds 1 or 0 for
every label, `doc.spans["sc"]` the spans (they may overlap, which `doc.ents` does not allow), each with its span_id, and
`doc.user_data` the "sentence_id" and "story_id". A token is cut where a span begins or ends within it, so that every
span stands exactly where it was marked, less the white space at its ends.
"""

from __future__ import annotations

import csv
import itertools
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from toolkit.engine.csv_cells import csv_cell, safe_cell
from toolkit.errors import UsageError
from toolkit.figures import acled_minimum, figure_of
from toolkit.project.files import ANOTHER, staged
from toolkit.release.reader import Release
from toolkit.release.tables.attribute_columns import held_in, span_attributes
from toolkit.release.tables.configs import SLICE_ROWS
from toolkit.release.tables.token_tags import Row, bio
from toolkit.version import add_command

SPANS: Final = "sc"
"""The key of `doc.spans` that spaCy's span categoriser looks at."""


def docbin(sentences: Iterable[Row], spans: Mapping[str, Sequence[Row]], labels: Sequence[str]) -> bytes:
    """Return a DocBin with user data; the same rows give the same bytes.

    Args:
        sentences: Rows of the config "default".
        spans: sentence_id → rows of the config "spans".
        labels: The schema's labels.

    Raises:
        UsageError: spaCy is not installed.
    """
    try:
        import spacy
        from spacy.tokens import Doc, DocBin
        from spacy.tokens import Span as DocSpan
    except ImportError as error:
        raise UsageError("spaCy is not installed", remedy=f"run `{add_command('spacy')}`") from error
    blank = spacy.blank("xx")
    out = DocBin(store_user_data=True)
    for row in sentences:
        mine = sorted(spans.get(row["sentence_id"], ()), key=lambda span: (span["start"], span["end"], span["span_id"]))
        cuts = {border for span in mine for border in (span["start"], span["end"])}
        pieces = [piece for token in blank(row["text"]) for piece in _cut(token, cuts)]
        doc = Doc(blank.vocab, words=[word for word, _ in pieces], spaces=[space for _, space in pieces])
        doc.cats = {label: float(label in row["labels"]) for label in labels}
        doc.spans[SPANS] = [
            DocSpan(doc, inside[0].i, inside[-1].i + 1, label=span["label"], span_id=span["span_id"])
            for span in mine
            if (inside := _inside(doc, span))
        ]
        doc.user_data |= {"sentence_id": row["sentence_id"], "story_id": row["story_id"]}
        out.add(doc)
    written: bytes = out.to_bytes()
    return written


def _inside(doc: Any, span: Row) -> list[Any]:
    """Return the tokens of a span, less those of white space at its ends, which spaCy refuses in training."""
    tokens = [token for token in doc if token.idx < span["end"] and span["start"] < _end(token)]
    words = [place for place, token in enumerate(tokens) if not token.is_space]
    return tokens[words[0] : words[-1] + 1] if words else []


def _end(token: Any) -> int:
    return int(token.idx) + len(token.text)


def _cut(token: Any, cuts: set[int]) -> Iterator[tuple[str, bool]]:
    """Yield (word, whether a space follows) of a token, cut where a span begins or ends within it."""
    start, end = token.idx, token.idx + len(token.text)
    borders = [start, *sorted(cut for cut in cuts if start < cut < end), end]
    for left, right in itertools.pairwise(borders):
        yield token.text[left - start : right - start], bool(token.whitespace_) and right == end


def export(release: Release, kind: str, target: Path) -> tuple[Path, ...]:
    """Write a release in another format, one file per config and split.

    Args:
        release: The release.
        kind: The format.
            "csv": lists and structs as JSON, every text quoted; a cell that a spreadsheet would take for a formula
            begins with an apostrophe. With labels, tidy-SPLIT.csv has 1 or 0 for each label, with a byte order mark.
            "jsonl": one object per row.
            In both a figure has a column more, "acled_minimum": the count of people that ACLED's rule gives it.
            "conll": one token per line (token, start, end, BIO tag), sentences separated by an empty line, of decided
            sentences only; where spans overlap the longer one is tagged. A comment begins with "# ", a line whose
            token is "#" with "#" and a tab.
            "conllu": the same with the ten columns of CoNLL-U, of which FORM and MISC are filled, stories as documents
            (`# newdoc id`), and as comments the labels of each sentence and the links that lead from it.
            "parquet": the tables of the release unchanged.
            "spacy": a DocBin of decided sentences, see `toolkit.release.export.formats`.
        target: Directory of the result, which must not exist.

    Returns:
        The files.

    Raises:
        UsageError: The format is not known, the release has no text (conll, conllu, spacy), spaCy is not installed
            (spacy), or `target` exists.

    Examples:
        >>> import tempfile
        >>> from toolkit.release import load
        >>> files = export(load("releases/1.0.0"), "jsonl", Path(tempfile.mkdtemp()) / "out")
        >>> sorted(file.name for file in files)[:3]
        ['annotations-test.jsonl', 'annotations-train.jsonl', 'annotations-validation.jsonl']
    """
    if kind not in _WRITERS:
        raise UsageError(f"format {kind!r} is not known", remedy=f"take one of {', '.join(sorted(_WRITERS))}")
    if kind in _OF_SENTENCES and release.manifest["text"] != "full":
        raise UsageError("has no text to tag", where=str(release.path), remedy="run `toolkit hydrate` first")
    names = []
    with staged(target.parent) as stage:
        stage.name(target.name, remedy=ANOTHER)
        for config in ("default",) if kind in _OF_SENTENCES else release.configs:
            for split in release.splits(config):
                names.append(f"{config}-{split}.{kind}")
                _WRITERS[kind](stage.folder / names[-1], release, config, split)
        for split in release.splits() if kind == "csv" and release.schema.labels else ():
            names.append(f"tidy-{split}.csv")
            _tidy(stage.folder / names[-1], release, split)
    return tuple(target / name for name in names)


def rows(release: Release, config: str, split: str) -> Iterator[Row]:
    """Yield the rows of a table as dicts, one slice in memory at a time."""
    table = release.table(config, split)
    for start in range(0, table.num_rows, SLICE_ROWS):
        yield from table.slice(start, SLICE_ROWS).to_pylist()


def exported(release: Release, config: str, split: str) -> Iterator[Row]:
    """Yield the rows of a table as dicts; those of figures with the count that ACLED's rule gives them.

    "acled_minimum" is the lowest number of people that a figure allows, and what its words are built on where they are
    vague ("dozens": 12), see `toolkit.figures.acled_minimum`. It is empty for "up to 9" and for "several".
    """
    if config != "figures":
        yield from rows(release, config, split)
        return
    languages: dict[str, str] = {}
    if release.has_rows("default", split):
        table = release.table("default", split)
        languages = dict(zip(table["sentence_id"].to_pylist(), table["language"].to_pylist(), strict=True))
    for row in rows(release, config, split):
        yield {**row, "acled_minimum": minimum(row, languages.get(row["sentence_id"]))}


def minimum(row: Row, language: str | None) -> int | None:
    """Return the count of people that ACLED's rule gives a row of figures; None where its words give none."""
    figure = figure_of(row, row.get("text"), language)
    return None if figure is None else acled_minimum(figure)


def spans_of(release: Release, split: str) -> dict[str, list[Row]]:
    """Return sentence_id → the rows of its spans, with "attributes" as a record has them; empty without spans."""
    found: dict[str, list[Row]] = {}
    if release.has_rows("spans", split):
        columns = span_attributes(release.schema)
        for span in rows(release, "spans", split):
            row = {**span, "attributes": held_in(span, columns, "attributes")}
            found.setdefault(span["sentence_id"], []).append(row)
    return found


def _csv(path: Path, release: Release, config: str, split: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
        for number, row in enumerate(exported(release, config, split)):
            if number == 0:
                writer.writerow(row)
            writer.writerow([csv_cell(value) for value in row.values()])


def _tidy(path: Path, release: Release, split: str) -> None:
    """Write one row per sentence with 1 or 0 for each label, as R and spreadsheets take it: with a byte order mark."""
    labels = release.schema.label_ids
    head = ["sentence_id", "story_id", "split", "text"]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow([name for name in head if name != "text" or "text" in release.columns().names] + list(labels))
        for row in rows(release, "default", split):
            said = {**row, "split": split}
            cells = [safe_cell(said[name]) for name in head if name in said]
            writer.writerow(cells + [int(label in row["labels"]) for label in labels])


def _jsonl(path: Path, release: Release, config: str, split: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in exported(release, config, split):
            file.write(_json(row) + "\n")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _conll(path: Path, release: Release, config: str, split: str) -> None:
    spans = spans_of(release, split)
    with path.open("w", encoding="utf-8") as file:
        for row in rows(release, config, split):
            file.write(f"# sentence_id = {row['sentence_id']}\n# text = {' '.join(row['text'].split())}\n")
            for token, start, end, tag in bio(row["text"], spans.get(row["sentence_id"], [])):
                file.write(f"{token}\t{start}\t{end}\t{tag}\n")
            file.write("\n")


def _conllu(path: Path, release: Release, config: str, split: str) -> None:
    spans, links = spans_of(release, split), _links_from(release, split)
    told = sorted(rows(release, config, split), key=lambda row: (row["story_id"], row["article_id"], row["start"]))
    story, article = None, None
    with path.open("w", encoding="utf-8") as file:
        for row in told:
            if row["story_id"] != story:
                file.write(f"# newdoc id = {row['story_id']}\n")
            if (row["story_id"], row["article_id"]) != (story, article):
                file.write(f"# newpar id = {row['article_id']}\n")
            story, article = row["story_id"], row["article_id"]
            file.write(f"# sent_id = {row['sentence_id']}\n# text = {' '.join(row['text'].split())}\n")
            file.write(f"# labels = {' '.join(row['labels'])}\n")
            file.writelines(f"# link = {link}\n" for link in links.get(row["sentence_id"], ()))
            tokens = bio(row["text"], spans.get(row["sentence_id"], []))
            for number, (token, start, end, tag) in enumerate(tokens, start=1):
                after = "" if row["text"][end : end + 1].isspace() else "SpaceAfter=No|"
                file.write(f"{number}\t{token}{_EMPTY}\tOffset={start}:{end}|{after}Span={tag}\n")
            file.write("\n")


_EMPTY: Final = "\t_" * 7  # LEMMA to DEPS, which nobody has annotated


def _links_from(release: Release, split: str) -> dict[str, list[str]]:
    """Return sentence_id → the links that lead from it: label, place, the other sentence and the place there."""
    found: dict[str, list[str]] = {}
    if release.has_rows("links", split):
        for row in rows(release, "links", split):
            head, tail = (f"{row[f'{side}_label']}:{row[f'{side}_start']}:{row[f'{side}_end']}" for side in _SIDES)
            votes = f"{row['votes']}/{row['offered']} {row['method']}"
            found.setdefault(row["head"], []).append(f"{row['label']} {head} {row['tail']} {tail} {votes}")
    return found


_SIDES: Final = ("head", "tail")


def _parquet(path: Path, release: Release, config: str, split: str) -> None:
    shutil.copyfile(release.file(release.manifest["tables"][config][split]["file"]), path)


def _spacy(path: Path, release: Release, config: str, split: str) -> None:

    path.write_bytes(docbin(rows(release, config, split), spans_of(release, split), release.schema.label_ids))


_OF_SENTENCES: Final = ("conll", "conllu", "spacy")
_WRITERS: Final[Mapping[str, Callable[[Path, Release, str, str], None]]] = {
    "csv": _csv,
    "jsonl": _jsonl,
    "parquet": _parquet,
    "conll": _conll,
    "conllu": _conllu,
    "spacy": _spacy,
}

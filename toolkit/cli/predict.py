"""`toolkit predict`: label sentences of the command line, of files, or of a stream."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from io import BufferedIOBase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from toolkit.api import references
from toolkit.cli.input import Batch, Unread, file_batches, read_batches
from toolkit.cli.options import Json, Model, ProjectDir, workspace_at
from toolkit.cli.output import progress_bar, put, say, say_next
from toolkit.errors import InvalidInput, UsageError, tally

if TYPE_CHECKING:
    from toolkit.baselines.models.baseline import Model as Baseline
    from toolkit.records import Suggestion

_HALVES = re.compile("[\ud800-\udfff]")


def predict(
    texts: Annotated[list[str] | None, typer.Argument(metavar="TEXT", help="Sentences; default: stdin.")] = None,
    files: Annotated[
        list[Path] | None,
        typer.Option("--file", metavar="FILE", help="Label the rows of a file instead; may be repeated."),
    ] = None,
    text_column: Annotated[str, typer.Option(help="Holds the sentence, in files and on stdin.")] = "text",
    model: Model = None,
    project: ProjectDir = None,
    as_json: Json = False,
) -> None:
    """Label sentences: given as arguments, from files, or from stdin (JSON objects with "text", or plain lines).

    Prints one JSON object per line or row, in order, as soon as the line arrives. A line that can't be read gets an
    "error", and the command then ends with exit code 3. Files are JSON Lines, CSV, TSV or Parquet, gzipped or not.

    Fields of a row are kept: where it has labels, probabilities or spans of its own, the answers are called
    predicted_labels, predicted_probabilities and predicted_spans.

    Example: toolkit predict --model models/words-lr-1.0.0 < sentences.jsonl > labelled.jsonl
    """
    batches, where = _batches(texts or (), files or (), text_column)
    ready = references.load_model(model or "newest", workspace=workspace_at(project))
    with nullcontext() if sys.stdout.isatty() else progress_bar("predict"):  # a bar would cut through what is printed
        broken = _put_answers(batches, ready, text_column)
    if sys.stdout.isatty():  # a filter between others says nothing
        say_next("`toolkit evaluate --file FILE` judges a model on rows that have labels")
    if broken:
        raise InvalidInput(
            f"{tally(broken, 'line')} could not be read", where=where, remedy='look at the lines with "error"'
        )


def _put_answers(batches: Iterator[Batch], ready: Baseline, text_column: str) -> int:
    """Print an object per row as soon as it is answered; return how many rows could not be read."""
    from toolkit import baselines

    broken = 0
    for batch in batches:
        texts = [row[text_column] for row in batch if not isinstance(row, Unread)]
        answers = baselines.predictions(ready, texts)
        for row in batch:
            if isinstance(row, Unread):
                broken += 1
                put(_line(row.told()))
            else:
                put(_line(row | _answered(row, next(answers), spans=ready.tagger is not None)))
        sys.stdout.flush()
    return broken


def _batches(texts: Sequence[str], files: Sequence[Path], text_column: str) -> tuple[Iterator[Batch], str]:
    """Return what is to be labelled, and where it comes from.

    Raises:
        UsageError: It comes from two places, or a text is the name of a file.
    """
    if texts and files:
        raise UsageError("label texts or files, not both", remedy="put --file before each file")
    if texts:
        _check_texts(texts)
        return iter([[{text_column: text} for text in texts]]), "texts"
    if files:
        return (batch for path in files for batch in file_batches(path, text_column)), ", ".join(map(str, files))
    if sys.stdin.isatty():
        say("reading sentences from the terminal, a line each; end with Ctrl+D")
    return read_batches(cast(BufferedIOBase, sys.stdin.buffer), text_column), "stdin"


def _check_texts(texts: Sequence[str]) -> None:
    """Refuse the name of a file of rows, which nobody means to have labelled.

    Raises:
        UsageError: There is one.
    """
    from toolkit.project.table_files import FORMATS

    for text in texts:
        if text.removesuffix(".gz").endswith(FORMATS) and os.path.isfile(text):
            raise UsageError(f"{text} is a file here, not a sentence", remedy=f"label its rows with --file {text}")


def _line(row: dict[str, Any]) -> str:
    """Return an object as a line of JSON; half a character, which no UTF-8 holds, is escaped."""
    from toolkit.project.logs.hash_chain import strict_json

    line = strict_json(row, default=str)
    return line if line.isascii() else _HALVES.sub(lambda half: f"\\u{ord(half[0]):04x}", line)


def _answered(row: Mapping[str, Any], answer: Suggestion, *, spans: bool) -> dict[str, Any]:
    """Return what goes out for a sentence; spans only of a model that looks for them.

    A row that has fields of these names keeps them: the answers are then called predicted_labels, ….
    """
    fields: dict[str, Any] = {"labels": answer.labels, "probabilities": answer.probabilities}
    if spans:
        names = ("label", "start", "end", "text")
        fields["spans"] = [{name: getattr(span, name) for name in names} for span in answer.spans]
    taken = any(name in row for name in fields)
    return {_free(f"predicted_{name}", row): value for name, value in fields.items()} if taken else fields


def _free(name: str, row: Mapping[str, Any]) -> str:
    """Return a name that a row does not have."""
    return _free(f"{name}_", row) if name in row else name

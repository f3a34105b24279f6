"""Anybody's answers from a file of rows: whatever made them, they pass the checks that every model's pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from toolkit.errors import InvalidInput, border
from toolkit.project.table_files import Fault as Unread
from toolkit.project.table_files import TableFile, table_file
from toolkit.records import Reject, Sentence, Suggestion
from toolkit.schema import Schema
from toolkit.suggest.model_answer import Fault, read_object

_ANSWER = ("labels", "spans", "relations", "fields")


def file_answers(
    path: Path, schema: Schema, sentences: Mapping[str, Sentence], *, name: str
) -> Iterator[Suggestion | Reject]:
    """Yield what a file says of the project's sentences, in its order; a reject for each row that can't be taken.

    A row is an object with "labels", and with "spans", "relations" and "fields" where the schema has them. A span has a
    "label" and the words that it marks as "quote", or as "text" with "start". "sentence_id" names the sentence; without
    one "text" does, for every sentence of these words. A row without "spans" answers the labels alone. "probabilities"
    of labels are kept. Other keys are passed over. So rows of the suggestion log are such rows.

    Args:
        path: JSON lines, or another kind of file that `toolkit.project.table_files` reads.
        schema: The label schema.
        sentences: The project's sentences by sentence_id.
        name: Name of the model, as suggestions carry it.

    Raises:
        InvalidInput: There is no such file, or it is damaged.
    """
    by_text: dict[str, list[Sentence]] = {}
    for each in sentences.values():
        by_text.setdefault(each.text, []).append(each)
    with table_file(path) as table:
        for number, row in table.records:
            if isinstance(row, Unread):
                yield _reject(table, number, row.text, [Fault(reason=row.reason, detail=row.what)])
                continue
            named = str(row.get("sentence_id"))
            found = [sentences[named]] if named in sentences else []
            if not found and "sentence_id" not in row:
                found = by_text.get(str(row.get("text")), [])
            if not found:
                fault = Fault(reason="unknown-sentence", detail="no sentence of the project has this id or these words")
                yield _reject(table, number, str(row), [fault])
            for each in found:
                try:
                    with border("the row can't be read"):
                        answer = _answer(table, number, row, each, schema, name)
                except InvalidInput as error:
                    answer = _reject(table, number, each.text, [Fault(reason="wrong-form", detail=error.what)])
                yield answer


def _answer(
    table: TableFile, number: int, row: Mapping[str, Any], sentence: Sentence, schema: Schema, name: str
) -> Suggestion | Reject:
    said = {key: row[key] for key in _ANSWER if row.get(key) is not None}
    read = read_object(said, schema, sentence.text, labels_only="spans" not in said)
    if isinstance(read, list):
        return _reject(table, number, sentence.text, read)
    known = {label.id for label in schema.labels}
    given = row.get("probabilities")
    shares = {str(key): value for key, value in given.items()} if isinstance(given, dict) else {}
    kept = {
        label: float(value)
        for label, value in shares.items()
        if label in known and isinstance(value, int | float) and 0 <= value <= 1
    }
    return replace(read, sentence_id=sentence.sentence_id, model=name, probabilities=kept)


def _reject(table: TableFile, number: int, text: str, faults: list[Fault]) -> Reject:
    detail = "; ".join(fault.detail for fault in faults)
    return Reject(stage="suggest", reason=faults[0].reason, source=table.place(number), text=text[:2000], detail=detail)

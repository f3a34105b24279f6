"""What must hold between the records of a release, checked a slice at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from toolkit.errors import InvalidInput
from toolkit.schema import Schema

_SLICE = 20_000

Indices = npt.NDArray[np.int64]


def unique(table: pa.Table, key: str) -> list[InvalidInput]:
    """Return a fault for each value of a key column that occurs more than once."""
    if _all_differ(table[key].combine_chunks()):
        return []
    counts = pc.value_counts(table[key].combine_chunks())
    twice = sorted(item["values"] for item in counts.to_pylist() if item["counts"] > 1)
    return [InvalidInput("occurs more than once", where=f"{key} {value}") for value in twice]


def _all_differ(values: pa.Array) -> bool:
    """Tell whether no string occurs twice; ids, which are of one length, are sorted as bytes and take no hash table."""
    lengths = np.asarray(pc.binary_length(values))
    if len(lengths) == 0 or not lengths[0] or (lengths != lengths[0]).any():
        return int(pc.count_distinct(values).as_py()) == len(values)
    _, places, data = values.buffers()
    first = int(np.frombuffer(places, dtype="<i4")[values.offset])
    rows = np.frombuffer(data, dtype=f"S{lengths[0]}", count=len(values), offset=first)
    ordered = np.sort(rows)
    return not bool((ordered[1:] == ordered[:-1]).any())


def texts(sentences: pa.Table, articles: pa.Table, article_of: Indices) -> Iterator[InvalidInput]:
    """Yield a fault for each sentence without article, or whose text is not `article.text[start:end]`."""
    for first in range(0, sentences.num_rows, _SLICE):
        part = sentences.select(["sentence_id", "article_id", "start", "end", "text"]).slice(first, _SLICE)
        used, places = np.unique(article_of[first : first + _SLICE], return_inverse=True)
        wholes = articles["text"].take(pa.array(used, mask=used < 0)).to_pylist()
        columns = (part[name].to_pylist() for name in part.column_names)
        for (name, article, start, end, text), place in zip(zip(*columns, strict=True), places.tolist(), strict=True):
            whole = wholes[place]
            if whole is None:
                yield InvalidInput(f"its article {article} is not there", where=f"sentence {name}")
            elif whole[start:end] != text:
                what = "its text is not what its article has at its offsets"
                yield InvalidInput(what, where=f"sentence {name}")


def decided_sentences(decisions: pa.Table, place: Indices) -> list[InvalidInput]:
    """Return a fault for each decision on a sentence that is not there."""
    lost = decisions["sentence_id"].take(pa.array(np.flatnonzero(place < 0))).to_pylist()
    remedy = "run `toolkit adjudicate` again"
    return [
        InvalidInput("is decided but not there", where=f"sentence {value}", remedy=remedy) for value in sorted(lost)
    ]


def judgements(
    table: pa.Table, key: str, sentences: pa.Table, place: Indices, schema: Schema
) -> Iterator[InvalidInput]:
    """Yield a fault for each label that the schema lacks, and each span that is not where it says.

    Args:
        table: Decisions or annotations.
        key: The column that names a row.
        sentences: All sentences.
        place: For each row of `table`, its sentence; -1 if it is not there: such rows are not released, nor checked.
        schema: The schema of the release.
    """
    spans = {span.id for span in schema.spans}
    for row, text in _suspects(table, key, sentences, place, schema):
        where = f"{key} {row[key]}"
        unknown = sorted({*row["labels"]} - {*schema.label_ids}) + sorted(
            {span["label"] for span in row["spans"]} - spans
        )
        for label in unknown:
            remedy = f"migrate from {row['schema']} with `toolkit schema migrate`"
            yield InvalidInput(f"label {label} is not in {schema.ref}", where=where, remedy=remedy)
        for span in row["spans"]:
            if text[span["start"] : span["end"]] != span["text"]:
                at = f"{span['start']}-{span['end']}"
                yield InvalidInput(f"span {span['span_id']} is not what the sentence has at {at}", where=where)


def _suspects(
    table: pa.Table, key: str, sentences: pa.Table, place: Indices, schema: Schema
) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the rows that have spans or an unknown label, each with its sentence's text."""
    known = pa.array(schema.label_ids, pa.string())
    for first in range(0, table.num_rows, _SLICE):
        part = table.select([key, "labels", "spans", "schema"]).slice(first, _SLICE).combine_chunks()
        labels = pa.concat_arrays(part["labels"].chunks)
        suspect = np.asarray(pc.list_value_length(part["spans"])) > 0
        strange = pc.invert(pc.is_in(labels.flatten(), value_set=known))
        suspect[np.asarray(pc.list_parent_indices(labels).filter(strange))] = True
        rows = np.flatnonzero(suspect & (place[first : first + _SLICE] >= 0))
        found = sentences["text"].take(pa.array(place[first : first + _SLICE][rows])).to_pylist()
        yield from zip(part.take(pa.array(rows)).to_pylist(), found, strict=True)

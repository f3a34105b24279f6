"""The integrity of what a release is made from: the rules within each record, then those between records.

The tables are those of `toolkit.engine.arrow.record_table`, of which columns and missing values are checked already.
What records check when they are made is held over columns here, a slice at a time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import chain
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from toolkit.errors import InvalidInput
from toolkit.records import KINDS, LinkDecision, content_id
from toolkit.release.tables.attribute_columns import misfits
from toolkit.schema import Schema

_SLICE: Final = 20_000  # rows that are Python objects at a time

Indices = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def article_faults(articles: pa.Table) -> Iterator[InvalidInput]:
    """Yield a fault for each article whose id, title, page or pieces are not those of its text."""
    page = articles["page"]
    start, end = (_numbers(pc.struct_field(page, name)) for name in ("start", "end"))
    yield from _faults(articles, "article", (start < 0) | (end < start), "the byte range of its page is not a range")
    for part in _slices(articles.select(["article_id", "text", "title", "pieces"])):
        texts, titles = part["text"].to_pylist(), part["title"].to_pylist()
        ids = [
            identity == content_id(text) for identity, text in zip(part["article_id"].to_pylist(), texts, strict=True)
        ]
        yield from _faults(part, "article", ~np.array(ids), "article_id is not the content id of the text")
        first = [
            title is None or text == title or text.startswith(f"{title}\n")
            for title, text in zip(titles, texts, strict=True)
        ]
        yield from _faults(part, "article", ~np.array(first), "the title is not the first line of the text")
        yield from _faults(part, "article", _uncovered(part["pieces"], texts), "its pieces do not cover its text")


def _uncovered(pieces: pa.ChunkedArray, texts: list[str]) -> Mask:
    """Tell which texts have pieces that overlap, are empty, pass the end or leave out more than white space."""
    whole = pa.concat_arrays(pieces.chunks)
    starts, ends, *bytes_of = (
        _numbers(whole.flatten().field(name)) for name in ("start", "end", "byte_start", "byte_end")
    )
    owners = np.asarray(pc.list_parent_indices(whole))
    lengths = np.array([len(text) for text in texts])
    wrong = np.zeros(len(texts), dtype=bool)
    first = np.diff(owners, prepend=-1) != 0
    before = np.where(first, 0, np.concatenate([[0], ends[:-1]]) if len(ends) else ends)
    empty = (starts >= ends) | (bytes_of[0] < 0) | (bytes_of[0] >= bytes_of[1])
    wrong[owners[empty | (starts < before) | (ends > lengths[owners])]] = True
    last = np.zeros(len(texts), dtype=np.int64)
    last[owners] = ends  # of several, the last one stays
    gaps = np.flatnonzero(starts > before)
    tails = np.flatnonzero(last < lengths)
    for owner, left, right in chain(
        zip(owners[gaps].tolist(), before[gaps].tolist(), starts[gaps].tolist(), strict=True),
        zip(tails.tolist(), last[tails].tolist(), lengths[tails].tolist(), strict=True),
    ):
        if texts[owner][left:right].strip():
            wrong[owner] = True
    return wrong


def sentence_faults(sentences: pa.Table) -> Iterator[InvalidInput]:
    """Yield a fault for each sentence whose id, length or kind is not what its other fields say."""
    yield from _faults(sentences, "sentence", _misplaced(sentences), "its offsets do not hold a text of its length")
    strange = pc.invert(pc.is_in(sentences["kind"], value_set=pa.array(KINDS)))
    yield from _faults(sentences, "sentence", _mask(strange), "its kind is not known")
    for part in _slices(sentences.select(["sentence_id", "article_id", "start", "end"])):
        columns = (part[name].to_pylist() for name in part.column_names)
        ids = [identity == content_id(*place) for identity, *place in zip(*columns, strict=True)]
        what = "sentence_id is not the content id of (article_id, start, end)"
        yield from _faults(part, "sentence", ~np.array(ids), what)


def decision_faults(decisions: pa.Table) -> Iterator[InvalidInput]:
    """Yield a fault for each decision with labels, soft labels, spans or relations that break a rule."""
    names = ["sentence_id", "labels", "soft_labels", "spans", "relations", "fields"]
    for part in _slices(decisions.select(names)):
        labels, spans = (pa.concat_arrays(part[name].chunks) for name in ("labels", "spans"))
        yield from _faults(part, "decision on", _unsorted(labels), "its labels are not sorted and unique")
        shares = _strange(pa.concat_arrays(part["soft_labels"].chunks), _are_shares)
        yield from _faults(part, "decision on", shares, "its soft labels are not probabilities")
        said = _strange(pa.concat_arrays(part["fields"].chunks), _are_attributes)
        yield from _faults(part, "decision on", said, "its fields are not an object of plain values")
        places = pa.Table.from_struct_array(spans.flatten())
        broken = _misplaced(places) | _strange(pa.concat_arrays(places["attributes"].chunks), _are_attributes)
        yield from _faults(part, "decision on", _owners(spans, broken), "a span has wrong offsets or attributes")
        linked = np.asarray(pc.list_value_length(spans)) + np.asarray(pc.list_value_length(part["relations"])) > 1
        for row in part.filter(pa.array(linked)).to_pylist():
            ids = [span["span_id"] for span in row["spans"]]
            if len({*ids}) < len(ids):
                yield InvalidInput(
                    "two spans share an id", where=f"decision on {row['sentence_id']}", remedy=_MADE_AGAIN
                )
            if any(not {link["head"], link["tail"]} <= {*ids} for link in row["relations"]):
                what = "a relation refers to a span that is not there"
                yield InvalidInput(what, where=f"decision on {row['sentence_id']}", remedy=_MADE_AGAIN)


_MADE_AGAIN = "delete the file and run the stage that makes it again"


def _faults(table: pa.Table, what: str, wrong: Mask, fault: str) -> Iterator[InvalidInput]:
    for name in table.column(0).filter(pa.array(wrong)).to_pylist() if wrong.any() else ():
        yield InvalidInput(fault, where=f"{what} {name}", remedy=_MADE_AGAIN)


def _slices(table: pa.Table) -> Iterator[pa.Table]:
    for first in range(0, table.num_rows, _SLICE):
        yield table.slice(first, _SLICE)


def _misplaced(table: pa.Table) -> Mask:
    """Tell which texts are empty, or of another length than their offsets."""
    start, end = _numbers(table["start"]), _numbers(table["end"])
    length = _numbers(pc.utf8_length(table["text"]))
    misplaced: Mask = (start < 0) | (length == 0) | (end - start != length)
    return misplaced


def _unsorted(labels: pa.ListArray) -> Mask:
    """Tell which lists are not sorted, or hold a string twice; UTF-8 sorts as code points do."""
    values, owners = labels.flatten(), np.asarray(pc.list_parent_indices(labels))
    wrong = np.zeros(len(labels), dtype=bool)
    if len(values) > 1:
        rising = _mask(pc.less(values[:-1], values[1:]))
        wrong[owners[1:][~rising & (owners[1:] == owners[:-1])]] = True
    return wrong


def _owners(lists: pa.ListArray, items: Mask) -> Mask:
    """Tell which lists hold a marked item."""
    wrong = np.zeros(len(lists), dtype=bool)
    wrong[np.asarray(pc.list_parent_indices(lists))[items]] = True
    return wrong


def _strange(values: pa.Array, holds: Callable[[Any], bool]) -> Mask:
    """Tell which strings are not JSON for which a rule holds, looking at each different string once."""
    coded = values.dictionary_encode()
    strange = np.array([not _json_holds(text, holds) for text in coded.dictionary.to_pylist()], dtype=bool)
    found: Mask = strange[np.asarray(coded.indices)] if len(strange) else np.zeros(len(values), dtype=bool)
    return found


def _json_holds(text: str, holds: Callable[[Any], bool]) -> bool:
    try:
        return holds(json.loads(text))
    except ValueError:
        return False


def _are_shares(value: Any) -> bool:
    numbers = (int, float)
    return isinstance(value, dict) and all(type(share) in numbers and 0 <= share <= 1 for share in value.values())


def _are_attributes(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_attribute, value.values()))


def _is_attribute(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    return not isinstance(value, dict) and (not isinstance(value, float) or bool(np.isfinite(value)))


def _numbers(column: pa.ChunkedArray | pa.Array) -> npt.NDArray[np.int64]:
    return np.asarray(column).astype(np.int64)


def _mask(column: pa.ChunkedArray | pa.Array) -> Mask:
    return np.asarray(column, dtype=bool)


def unique(table: pa.Table, key: str) -> list[InvalidInput]:
    """Return a fault for each value of a key column that occurs more than once."""
    if _all_differ(table[key].combine_chunks()):
        return []
    counts = pc.value_counts(table[key].combine_chunks())
    twice = sorted(item["values"] for item in counts.to_pylist() if item["counts"] > 1)
    return [InvalidInput("occurs more than once", where=f"{key} {value}") for value in twice]


def _all_differ(values: pa.Array) -> bool:
    """Tell whether all strings differ; ids of one length are sorted as bytes, which needs no hash table."""
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


def held_links(
    links: Iterable[LinkDecision], sentences: pa.Table, decisions: pa.Table
) -> tuple[list[LinkDecision], int, list[InvalidInput]]:
    """Return the links that hold between decided places, how many hold and lack one, and the faults.

    A place is decided if the sentence carries the label of that end, or has a span of it just there. A link whose
    sentence is not decided any more, or is decided otherwise now, waits for it.

    Args:
        links: As they were decided; those that do not hold are left out.
        sentences: All sentences.
        decisions: All decisions.
    """
    holding = [each for each in links if each.holds]
    ends = [end for each in holding for end in (each.link.head, each.link.tail)]
    wanted = pa.array(sorted({end.sentence_id for end in ends}), pa.string())
    words = _rows_of(sentences, wanted, "text")
    decided = _rows_of(decisions, wanted, "labels", "spans")
    places = {
        sentence_id: {*row["labels"], *((span["label"], span["start"], span["end"]) for span in row["spans"])}
        for sentence_id, row in decided.items()
    }
    held, faults = [], []
    for each in holding:
        both = (each.link.head, each.link.tail)
        if all({end.label, (end.label, end.start, end.end)} & places.get(end.sentence_id, set()) for end in both):
            held.append(each)
            moved = [end for end in both if words[end.sentence_id]["text"][end.start : end.end] != end.text]
            where = f"link {each.link.link_id}"
            faults += [
                InvalidInput(f"is not the text of sentence {end.sentence_id} at its offsets", where=where)
                for end in moved
            ]
    return held, len(holding) - len(held), faults


def _rows_of(table: pa.Table, sentence_ids: pa.Array, *columns: str) -> dict[str, dict[str, Any]]:
    found = table.select(["sentence_id", *columns]).filter(pc.is_in(table["sentence_id"], value_set=sentence_ids))
    return {row["sentence_id"]: row for row in found.to_pylist()}


def judgements(
    table: pa.Table, key: str, sentences: pa.Table, place: Indices, schema: Schema
) -> Iterator[InvalidInput]:
    """Yield a fault for each label, field and choice that the schema lacks, and each span that is not at its offsets.

    Args:
        table: Decisions or annotations.
        key: The column that names a row.
        sentences: All sentences.
        place: For each row of `table`, its sentence; -1 if it is not there: such rows are neither released nor checked.
        schema: The schema of the release.
    """
    fields = {span.id: span.attributes for span in schema.spans}
    strange = cache(lambda label, said: tuple(misfits(schema.fields if label is None else fields.get(label, ()), said)))
    for row, text in _suspects(table, key, sentences, place, schema, strange):
        where = f"{key} {row[key]}"
        remedy = f"migrate from {row['schema']} with `toolkit schema migrate`"
        unknown = sorted({*row["labels"]} - {*schema.label_ids}) + sorted(
            {span["label"] for span in row["spans"]} - fields.keys()
        )
        for label in unknown:
            yield InvalidInput(f"label {label} is not in {schema.ref}", where=where, remedy=remedy)
        for what in strange(None, row["fields"]):
            yield InvalidInput(f"{what} is not in {schema.ref}", where=where, remedy=remedy)
        for span in row["spans"]:
            for what in strange(span["label"], span["attributes"]) if span["label"] in fields else ():
                yield InvalidInput(f"{what} of {span['label']} is not in {schema.ref}", where=where, remedy=remedy)
            if text[span["start"] : span["end"]] != span["text"]:
                at = f"{span['start']}-{span['end']}"
                yield InvalidInput(f"span {span['span_id']} is not the text that the sentence has at {at}", where=where)


def _suspects(
    table: pa.Table,
    key: str,
    sentences: pa.Table,
    place: Indices,
    schema: Schema,
    strange: Callable[[str | None, str], tuple[str, ...]],
) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the rows that have spans, an unknown label or unknown fields, each with its sentence's text."""
    known = pa.array(schema.label_ids, pa.string())
    for first in range(0, table.num_rows, _SLICE):
        part = table.select([key, "labels", "spans", "fields", "schema"]).slice(first, _SLICE).combine_chunks()
        labels = pa.concat_arrays(part["labels"].chunks)
        suspect = np.asarray(pc.list_value_length(part["spans"])) > 0
        unknown = pc.invert(pc.is_in(labels.flatten(), value_set=known))
        suspect[np.asarray(pc.list_parent_indices(labels).filter(unknown))] = True
        wrong = pa.array([said for said in pc.unique(part["fields"]).to_pylist() if strange(None, said)], pa.string())
        suspect |= np.asarray(pc.is_in(part["fields"], value_set=wrong), dtype=bool)
        rows = np.flatnonzero(suspect & (place[first : first + _SLICE] >= 0))
        found = sentences["text"].take(pa.array(place[first : first + _SLICE][rows])).to_pylist()
        yield from zip(part.take(pa.array(rows)).to_pylist(), found, strict=True)

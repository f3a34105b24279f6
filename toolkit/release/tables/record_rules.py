"""The rules of articles, sentences and decisions, held over columns: what the records check when they are made.

The tables are those of `toolkit.engine.arrow.record_table`, of which columns and missing values are checked already.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from toolkit.errors import InvalidInput
from toolkit.records import KINDS, content_id

_SLICE: Final = 20_000  # rows that are Python objects at a time

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
    for part in _slices(decisions.select(["sentence_id", "labels", "soft_labels", "spans", "relations"])):
        labels, spans = (pa.concat_arrays(part[name].chunks) for name in ("labels", "spans"))
        yield from _faults(part, "decision on", _unsorted(labels), "its labels are not sorted and unique")
        shares = _strange(pa.concat_arrays(part["soft_labels"].chunks), _are_shares)
        yield from _faults(part, "decision on", shares, "its soft labels are not probabilities")
        places = pa.Table.from_struct_array(spans.flatten())
        broken = _misplaced(places) | _strange(pa.concat_arrays(places["attributes"].chunks), _are_attributes)
        yield from _faults(part, "decision on", _owners(spans, broken), "a span has wrong offsets or attributes")
        linked = np.asarray(pc.list_value_length(spans)) + np.asarray(pc.list_value_length(part["relations"])) > 1
        for row in part.filter(pa.array(linked)).to_pylist():
            ids = [span["span_id"] for span in row["spans"]]
            if len({*ids}) < len(ids):
                yield InvalidInput("two spans share an id", where=f"decision on {row['sentence_id']}", remedy=_REMEDY)
            if any(not {link["head"], link["tail"]} <= {*ids} for link in row["relations"]):
                what = "a relation refers to a span that is not there"
                yield InvalidInput(what, where=f"decision on {row['sentence_id']}", remedy=_REMEDY)


_REMEDY = "delete the file and run the stage that makes it again"


def _faults(table: pa.Table, what: str, wrong: Mask, fault: str) -> Iterator[InvalidInput]:
    for name in table.column(0).filter(pa.array(wrong)).to_pylist() if wrong.any() else ():
        yield InvalidInput(fault, where=f"{what} {name}", remedy=_REMEDY)


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

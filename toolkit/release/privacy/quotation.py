"""Quotations: words of articles that must not be released, wherever in a release they stand.

A text quotes an article if it has `RUN` words in a row of it; of scripts that write no spaces, twice as many
characters. Case, punctuation and the width of letters do not matter. Words that stand in what is released anyway are
nobody's secret.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from toolkit.release.tables.corpus import Corpus
from toolkit.schema import Schema
from toolkit.schema.model import Example

Key = TypeVar("Key", bound=Hashable)

RUN: Final = 8
"""So many words in a row are a quotation."""

_SHORT = 3  # words of a whole example that stands in an article
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_CHARACTER = re.compile(rf"[{_UNSPACED}]")

Gram = tuple[str, ...]


def words(text: str) -> list[str]:
    """Return the words of a text as quotations are compared by; a character each where a script writes no spaces.

    Examples:
        >>> words("The mayor’s “bridge” 開いた")
        ['the', 'mayor', 's', 'bridge', '開', 'い', 'た']
    """
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _grams(found: list[str], length: int) -> Iterator[Gram]:
    for start in range(len(found) - length + 1):
        gram = tuple(found[start : start + length])
        if length != RUN or not _CHARACTER.match("".join(word[0] for word in gram)):
            yield gram


@dataclass(frozen=True)
class Withheld:
    """Texts whose words must not be released.

    Attributes:
        texts: The articles; gone through once per question.
        released: Returns texts whose words are released anyway; asked only where something was found.
    """

    texts: pa.ChunkedArray
    released: Callable[[], Iterable[str]] = tuple

    def quoted(self, passages: Mapping[Key, str], *, whole: bool = False) -> dict[Key, str]:
        """Return the passages that quote one of the articles, with the words that they share.

        Args:
            passages: Any key → a text.
            whole: A shorter passage that stands in an article as a whole is a quotation too.

        Examples:
            >>> texts = pa.chunked_array([["The mayor opened the new bridge over the river on Monday morning."]])
            >>> Withheld(texts).quoted({"rule": "“Opened the NEW bridge over the river on Monday”", "title": "M"})
            {'rule': 'opened the new bridge over the river on'}
        """
        if not len(self.texts) or not passages:
            return {}
        wanted: dict[Gram, list[Key]] = {}
        for key, text in passages.items():
            found = words(text)
            lengths = (RUN, 2 * RUN) if not whole or len(found) >= RUN else (len(found),)
            for gram in (gram for length in lengths if length >= _SHORT for gram in _grams(found, length)):
                wanted.setdefault(gram, []).append(key)
        hits = _occurring(wanted, (text.as_py() for text in self.texts))
        if hits:
            hits -= _occurring({gram: wanted[gram] for gram in hits}, self.released())
        quoted: dict[Key, str] = {}
        for gram in sorted(hits):
            for key in wanted[gram]:
                quoted.setdefault(key, " ".join(gram))
        return {key: quoted[key] for key in passages if key in quoted}


def _occurring(wanted: Mapping[Gram, Any], texts: Iterable[str]) -> set[Gram]:
    """Return the runs of words that stand in a text."""
    lengths_by_first: dict[str, set[int]] = {}
    for gram in wanted:
        lengths_by_first.setdefault(gram[0], set()).add(len(gram))
    hits: set[Gram] = set()
    for text in texts if wanted else ():
        found = words(text)
        for place, word in enumerate(found):
            for length in lengths_by_first.get(word, ()):
                gram = tuple(found[place : place + length])
                if gram in wanted:
                    hits.add(gram)
    return hits


def with_examples_withheld(schema: Schema, withheld: Withheld) -> tuple[Schema, int]:
    """Return the schema with a number in place of each example that quotes an article, and how many those were.

    The labels of an example stay, so that the copy is a whole schema.
    """
    examples = dict.fromkeys(item for label in schema.labels for item in (*label.positives, *label.near_misses))
    said = {item: item.text for item in examples}
    quoted = withheld.quoted(said) | withheld.quoted({item: item.why or "" for item in examples})
    quoted |= withheld.quoted({item: text for item, text in said.items() if item not in quoted}, whole=True)
    numbers = {text: number for number, text in enumerate(dict.fromkeys(item.text for item in quoted), start=1)}
    if not quoted:
        return schema, 0

    def kept(items: Iterable[Example]) -> tuple[Example, ...]:
        return tuple(
            replace(item, text=_IN_PLACE.format(number=numbers[item.text]), why=None) if item.text in numbers else item
            for item in items
        )

    labels = (
        replace(label, positives=kept(label.positives), near_misses=kept(label.near_misses)) for label in schema.labels
    )
    return replace(schema, labels=tuple(labels)), len(quoted)


_IN_PLACE: Final = "(example {number}: words of an article, not released)"


def with_notes_withheld(corpus: Corpus, withheld: Withheld) -> tuple[Corpus, int]:
    """Return the corpus without the notes and free texts of fields that quote an article, and how many those were."""
    notes = corpus.annotations["note"]
    strings = {text for text in pc.unique(notes).to_pylist() if text}
    attributes = _attribute_strings(corpus.annotations) | _attribute_strings(corpus.decisions)
    texts = {text: " \n ".join(_words_in(text)) for text in attributes}
    quoted = withheld.quoted({text: text for text in strings} | {text: said for text, said in texts.items() if said})
    if not quoted:
        return corpus, 0
    gone = pc.is_in(notes, value_set=pa.array(sorted(quoted), pa.string()))
    place = corpus.annotations.column_names.index("note")
    annotations = corpus.annotations.set_column(place, "note", pc.if_else(gone, pa.scalar(None, pa.string()), notes))
    emptied = {text: _emptied(text) for text in quoted if text in attributes}
    tables = [_with_attributes(table, emptied) for table in (annotations, corpus.decisions)]
    return replace(corpus, annotations=tables[0], decisions=tables[1]), len(quoted)


def _attribute_strings(table: pa.Table) -> set[str]:
    of_spans = pc.unique(pc.struct_field(pc.list_flatten(table["spans"]), "attributes"))
    return {text for part in (of_spans, pc.unique(table["fields"])) for text in part.to_pylist() if text}


def _words_in(attributes: str) -> list[str]:
    values = [each if isinstance(each, list) else [each] for each in json.loads(attributes).values()]
    return [word for each in values for word in each if isinstance(word, str)]


def _emptied(attributes: str) -> str:
    """Return attributes, which are JSON, without the values that are long enough to quote."""
    kept = {name: value for name, value in json.loads(attributes).items() if not _is_long(value)}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _is_long(value: object) -> bool:
    if isinstance(value, list):
        return any(map(_is_long, value))
    return isinstance(value, str) and len(words(value)) >= RUN


def _with_attributes(table: pa.Table, changed: Mapping[str, str]) -> pa.Table:
    if not changed:
        return table
    said = [changed.get(text, text) for text in table["fields"].to_pylist()]
    table = table.set_column(table.column_names.index("fields"), "fields", pa.array(said, pa.string()))
    spans = table["spans"].combine_chunks()
    spans = pa.concat_arrays(spans.chunks) if isinstance(spans, pa.ChunkedArray) else spans
    items = spans.flatten()
    parts = {field.name: part for field, part in zip(items.type, items.flatten(), strict=True)}
    parts["attributes"] = pa.array([changed.get(text, text) for text in parts["attributes"].to_pylist()], pa.string())
    rebuilt = pa.StructArray.from_arrays(list(parts.values()), fields=list(items.type))
    offsets = pc.cumulative_sum(pc.list_value_length(spans))
    starts = pa.concat_arrays([pa.array([0], pa.int32()), offsets.cast(pa.int32())])
    column = pa.ListArray.from_arrays(starts, rebuilt, type=spans.type)
    return table.set_column(table.column_names.index("spans"), "spans", column)

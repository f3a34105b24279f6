"""A release as spaCy's DocBin (https://spacy.io/api/docbin): a Doc for each decided sentence.

`doc.cats` holds 1 or 0 for every label, `doc.spans["sc"]` the spans (they may overlap, which `doc.ents` could not
hold), each with its span_id, and `doc.user_data` the "sentence_id" and "story_id". A token that a span begins or ends
in the middle of is cut there, so that every span stands exactly where it was marked.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from toolkit.errors import UsageError

SPANS: Final = "sc"
"""The key of `doc.spans` that spaCy's span categoriser looks at."""

Row = Mapping[str, Any]


def docbin(sentences: Iterable[Row], spans: Mapping[str, Sequence[Row]], labels: Sequence[str]) -> bytes:
    """Return a DocBin, with user data, of the same bytes for the same rows.

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
        raise UsageError("spaCy is not installed", remedy="run `pip install 'toolkit[spacy]'`") from error
    blank = spacy.blank("xx")
    out = DocBin(store_user_data=True)
    for row in sentences:
        mine = sorted(spans.get(row["sentence_id"], ()), key=lambda span: (span["start"], span["end"], span["span_id"]))
        cuts = {border for span in mine for border in (span["start"], span["end"])}
        pieces = [piece for token in blank(row["text"]) for piece in _cut(token, cuts)]
        doc = Doc(blank.vocab, words=[word for word, _ in pieces], spaces=[space for _, space in pieces])
        doc.cats = {label: float(label in row["labels"]) for label in labels}
        starts = {token.idx: token.i for token in doc}
        ends = {token.idx + len(token.text): token.i + 1 for token in doc}
        doc.spans[SPANS] = [
            DocSpan(doc, starts[span["start"]], ends[span["end"]], label=span["label"], span_id=span["span_id"])
            for span in mine
        ]
        doc.user_data |= {"sentence_id": row["sentence_id"], "story_id": row["story_id"]}
        out.add(doc)
    written: bytes = out.to_bytes()
    return written


def _cut(token: Any, cuts: set[int]) -> Iterator[tuple[str, bool]]:
    """Yield (word, whether a space follows) of a token, cut where a span begins or ends within it."""
    start, end = token.idx, token.idx + len(token.text)
    borders = [start, *sorted(cut for cut in cuts if start < cut < end), end]
    for left, right in itertools.pairwise(borders):
        yield token.text[left - start : right - start], bool(token.whitespace_) and right == end

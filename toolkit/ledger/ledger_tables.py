"""A ledger as rows for JSON, CSV and Parquet; every number has its sentences and their bytes beside it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import pyarrow as pa

from toolkit.engine.arrow import parquet_bytes
from toolkit.engine.csv_cells import csv_cell
from toolkit.ledger.mention import KINDS, Mention
from toolkit.ledger.statement import Statement
from toolkit.ledger.story_ledger import Claim, Ledger
from toolkit.ledger.toll import Cell, Toll

Row = Mapping[str, Any]

CELLS: Final = ("acled", "low", "best", "high", "latest_low", "latest_high")
"""The numbers of a toll; beside each stands NAME_from, where it comes from."""

_S, _I, _F, _B = pa.string(), pa.int64(), pa.float64(), pa.bool_()
_FROM = pa.list_(
    pa.struct([("sentence_id", _S), ("page", _S), ("page_sha256", _S), ("byte_start", _I), ("byte_end", _I)])
)

COLUMNS: Final = {
    "claims": pa.schema(
        [
            ("story_id", _S),
            ("published_at", _S),
            ("publisher", _S),
            ("acts", pa.list_(_S)),
            ("sources", pa.list_(_S)),
            ("source_types", pa.list_(_S)),
            ("figures", pa.list_(_S)),
            ("text", _S),
            ("contradicts", pa.list_(_S)),
            ("denies", pa.list_(_S)),
            ("denied_by", pa.list_(_S)),
            ("confirms", pa.list_(_S)),
            ("confirmed_by", pa.list_(_S)),
            ("repeats", pa.list_(_S)),
            ("guessed", pa.list_(pa.struct([("link", _S), ("sentence_id", _S), ("probability", _F)]))),
            ("copies", pa.list_(_S)),
            ("probability", _F),
            ("article_id", _S),
            ("sentence_id", _S),
            ("from", _FROM),
        ]
    ),
    "figures": pa.schema(
        [
            ("story_id", _S),
            ("published_at", _S),
            ("publisher", _S),
            ("source", _S),
            ("words", _S),
            ("least", _I),
            ("most", _I),
            *[(kind, _S) for kind in KINDS],
            ("stance", _S),
            ("standing", _B),
            ("replaced_by", _S),
            ("probability", _F),
            ("article_id", _S),
            ("sentence_id", _S),
            ("span_id", _S),
            ("start", _I),
            ("end", _I),
            ("from", _FROM),
        ]
    ),
    "tolls": pa.schema(
        [
            ("story_id", _S),
            *[(kind, _S) for kind in KINDS],
            *[(cell, _I) for cell in CELLS],
            ("open", _B),
            ("sources", pa.list_(_S)),
            ("mentions", _I),
            ("corrections", pa.list_(pa.struct([("before", _S), ("after", _S), ("words", _S)]))),
            ("contradiction", pa.list_(_S)),
            *[(f"{cell}_from", _FROM) for cell in CELLS],
        ]
    ),
}
"""Table → its columns."""


def story_rows(ledger: Ledger) -> dict[str, Any]:
    """Return a ledger in JSON values: its story, and the rows of each table.

    Returns:
        "story_id", "articles", "contradictions", and the rows of "claims", "figures" and "tolls", with the columns of
        `COLUMNS`.
    """
    return {
        "story_id": ledger.story_id,
        "articles": ledger.articles,
        "contradictions": ledger.contradictions,
        "claims": [_claim(claim) for claim in ledger.claims],
        "figures": [row for toll in ledger.tolls for row in _figures(toll)],
        "tolls": [_toll(toll) for toll in ledger.tolls],
    }


def table_files(stories: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, bytes]]:
    """Yield (file name, content) of each table as CSV and as Parquet.

    Args:
        stories: What `story_rows` returned of each.
    """
    held = list(stories)
    for name, columns in COLUMNS.items():
        rows = [row for story in held for row in story[name]]
        yield f"{name}.csv", _csv(columns.names, rows)
        yield f"{name}.parquet", parquet_bytes(pa.Table.from_pylist(rows, schema=columns))


def _csv(names: list[str], rows: Iterable[Row]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(names)
    writer.writerows([csv_cell(row[name]) for name in names] for row in rows)
    return out.getvalue().encode()


def _claim(claim: Claim) -> Row:
    first = claim.told.first
    return {
        **_published(first),
        "acts": list(first.acts),
        "sources": [span.text for span in first.sources],
        "source_types": [str(span.attributes.get("type") or "") for span in first.sources],
        "figures": [mention.span.text for mention in claim.mentions],
        "text": first.text,
        "contradicts": list(claim.contradicts),
        "denies": list(claim.linked.get("denies", ())),
        "denied_by": list(claim.linked_by.get("denies", ())),
        "confirms": list(claim.linked.get("confirms", ())),
        "confirmed_by": list(claim.linked_by.get("confirms", ())),
        "repeats": list(claim.linked.get("repeats", ())),
        "guessed": [
            {"link": each.link, "sentence_id": each.sentence_id, "probability": round(each.probability, 4)}
            for each in claim.guesses
        ],
        "copies": [copy.sentence_id for copy in claim.told.copies],
        "probability": first.probability,
        "article_id": first.article_id,
        "sentence_id": first.sentence_id,
        "from": _from(first),
    }


def _published(statement: Statement) -> dict[str, Any]:
    return {
        "story_id": statement.story_id,
        "published_at": statement.published_at,
        "publisher": statement.publisher,
    }


def _figures(toll: Toll) -> Iterator[Row]:
    replaced = {id(each.before): each.after.sentence_id for each in toll.corrections}
    standing = {id(mention) for mention in toll.standing}
    for mention in toll.mentions:
        first, figure, span = mention.told.first, mention.figure, mention.span
        yield {
            **_published(first),
            "source": mention.source,
            "words": span.text,
            "least": None if figure is None else figure.least,
            "most": None if figure is None else figure.most,
            **{kind: _said(span.attributes.get(kind)) for kind in KINDS},
            "stance": _said(span.attributes.get("stance")),
            "standing": id(mention) in standing,
            "replaced_by": replaced.get(id(mention)),
            "probability": first.probability,
            "article_id": first.article_id,
            "sentence_id": first.sentence_id,
            "span_id": span.span_id,
            "start": span.start,
            "end": span.end,
            "from": _from(first),
        }


def _said(value: object) -> str | None:
    return None if value is None else str(value)


def _toll(toll: Toll) -> Row:
    cells: dict[str, Cell] = {name: getattr(toll, name) for name in CELLS}
    return {
        "story_id": toll.story_id,
        **{kind: toll.kind.get(kind) or None for kind in KINDS},
        **{name: cell.value for name, cell in cells.items()},
        "open": toll.open,
        "sources": list(toll.sources),
        "mentions": len(toll.mentions),
        "corrections": [
            {
                "before": each.before.sentence_id,
                "after": each.after.sentence_id,
                "words": f"{each.before.span.text} → {each.after.span.text}",
            }
            for each in toll.corrections
        ],
        "contradiction": list(toll.contradiction),
        **{f"{name}_from": _places(cell.mentions) for name, cell in cells.items()},
    }


def _places(found: Iterable[Mention]) -> list[Row]:
    statements = {mention.sentence_id: mention.told.first for mention in found}
    return [place for statement in statements.values() for place in _from(statement)]


def _from(statement: Statement) -> list[Row]:
    place = statement.place
    return [
        {
            "sentence_id": statement.sentence_id,
            "page": place.page,
            "page_sha256": place.sha256,
            "byte_start": start,
            "byte_end": end,
        }
        for start, end in place.pieces
    ]

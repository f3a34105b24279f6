"""A chunk of a corpus: tables in a Parquet file that workers find by its name, or in memory for a small corpus."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from toolkit.engine.arrow import parquet_border
from toolkit.engine.storage import reading, writing

_PLAIN: dict[str, Any] = {"compression": "none", "use_dictionary": False, "write_statistics": False}
"""Options for files that are soon read and removed: compression would take two to three times as long."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A sequence of tables with one schema, each a row group of a Parquet file.

    Attributes:
        url: A path, or any URL that fsspec knows; every worker must be able to read it.
        group: The row group; None: all of the file.
        held: The tables themselves, if there is no file.
        columns: Names of the top-level columns that are read where none are named; (): all.
        rows: First row and number of rows of the table that are read; None: all.
    """

    url: str = ""
    group: int | None = None
    held: tuple[pa.Table, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[int, int] | None = None

    def read(self, group: int | None = None, columns: Sequence[str] | None = None) -> pa.Table:
        """Return one table, or all of them together.

        Args:
            group: Number of a table; None: all tables of the chunk.
            columns: Names of top-level columns; None: those of the chunk.
        """
        table = self._table(self.group if group is None else group, columns or self.columns or None)
        return table if self.rows is None else table.slice(*self.rows)

    def _table(self, group: int | None, columns: Sequence[str] | None) -> pa.Table:
        if self.held:
            table = pa.concat_tables(self.held) if group is None else self.held[group]
            return table if columns is None else table.select(list(columns))
        import pyarrow.parquet as pq

        with parquet_border(self.url), reading(self.url) as file, pq.ParquetFile(file) as parquet:
            names = None if columns is None else list(columns)
            if group is None:
                return parquet.read(names, use_threads=False)
            return parquet.read_row_group(group, names, use_threads=False)


def write_chunk(tables: Iterable[pa.Table], url: str) -> int:
    """Write tables as the row groups of a Parquet file, and return the number of rows.

    The file appears whole or not at all.

    Args:
        tables: At least one; an empty table becomes an empty row group.
        url: As in `Chunk`; a file that is there already is replaced.
    """
    import pyarrow.parquet as pq

    rows = 0
    with writing(url) as file:
        writer = None
        for table in tables:
            writer = writer or pq.ParquetWriter(file, table.schema, **_PLAIN)
            writer.write_table(table, row_group_size=max(table.num_rows, 1))
            rows += table.num_rows
        if writer is not None:
            writer.close()
    return rows

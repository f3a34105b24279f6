"""Map a pure function over the chunks of an Arrow table with Daft: here, or on a Ray cluster.

A stage is a function from an Arrow table to an Arrow table that treats rows independently of each other. The
table is cut into chunks of a fixed number of rows, each chunk travels as one Arrow IPC message, and the results
are put together in the order of the input: the same output on any number of workers.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pyarrow as pa

from toolkit.errors import InvalidConfig

Stage = Callable[[pa.Table], pa.Table]

EMBEDDED = "embedded"
_RAY = "ray://"
_CHUNK_ROWS = 500


def run(stage: Stage, table: pa.Table, *, engine: str = EMBEDDED, chunk_rows: int = _CHUNK_ROWS) -> pa.Table:
    """Apply `stage` to every chunk of `table` and concatenate the results in order.

    Args:
        stage: A picklable pure function; its output schema must not depend on the rows.
        table: Any number of rows, also none.
        engine: "embedded", or "ray://HOST:PORT" of a Ray cluster.
        chunk_rows: Rows that a call of `stage` gets at most. It has no influence on the output.

    Raises:
        InvalidConfig: `engine` is neither.
    """
    chunks = [table.slice(start, chunk_rows) for start in range(0, table.num_rows, chunk_rows)]
    if engine == EMBEDDED and len(chunks) <= 1:
        return stage(table)  # Daft would add its start-up and change nothing
    return pa.concat_tables([_from_message(message) for message in _map(stage, chunks, engine)])


def _map(stage: Stage, chunks: list[pa.Table], engine: str) -> list[bytes]:
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ.setdefault("DAFT_PROGRESS_BAR", "0")
    import daft

    if engine.startswith(_RAY):
        daft.set_runner_ray(engine)
    elif engine != EMBEDDED:
        raise InvalidConfig(
            f"engine {engine!r} is neither {EMBEDDED!r} nor {_RAY}HOST:PORT", remedy="mend `engine` in toolkit.yaml"
        )

    def apply(messages: daft.Series) -> pa.Array:
        results = [_to_message(stage(_from_message(message))) for message in messages.to_arrow().to_pylist()]
        return pa.array(results, type=pa.large_binary())

    mapped = daft.func.batch(
        return_dtype=daft.DataType.binary(),
        batch_size=1,
        use_process=engine == EMBEDDED,  # Ray has processes of its own
    )(apply)
    frame = daft.from_pydict({"chunk": [_to_message(chunk) for chunk in chunks]})
    result: list[bytes] = frame.select(mapped(daft.col("chunk")).alias("chunk")).to_pydict()["chunk"]
    return result


def _to_message(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    message: bytes = sink.getvalue().to_pybytes()
    return message


def _from_message(message: bytes) -> pa.Table:
    with pa.ipc.open_stream(message) as reader:
        return reader.read_all()

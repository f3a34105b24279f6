"""The engine that runs corpus stages: embedded in this process, or on a Ray cluster. A stage is the same on both."""

from toolkit.engine import storage
from toolkit.engine.background import ahead
from toolkit.engine.chunk import Chunk, write_chunk
from toolkit.engine.chunk_task import Stage
from toolkit.engine.executor import EMBEDDED, run

__all__ = ["EMBEDDED", "Chunk", "Stage", "ahead", "run", "storage", "write_chunk"]

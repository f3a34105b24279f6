"""Where corpus stages run: embedded in this process, or on a Ray cluster. The stages themselves don't know."""

from toolkit.engine import place
from toolkit.engine.chunk import Chunk, write_chunk
from toolkit.engine.run import EMBEDDED, Stage, run
from toolkit.engine.thread import ahead

__all__ = ["EMBEDDED", "Chunk", "Stage", "ahead", "place", "run", "write_chunk"]

"""Raw pages in, articles out: bytes to records, pure."""

from toolkit.ingest.read import Extraction, extract, read
from toolkit.ingest.stories import assign_stories, merge_copies, signature, story_ids

__all__ = ["Extraction", "assign_stories", "extract", "merge_copies", "read", "signature", "story_ids"]

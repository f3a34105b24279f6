"""Raw pages in, articles out: bytes to records, pure."""

from toolkit.ingest.corpus import PageLines, is_silent, lines_to_count, recurring_lines
from toolkit.ingest.pages import Limits, pages
from toolkit.ingest.profile import Profile, Rule, default_profile, parse_profile
from toolkit.ingest.read import Extraction, Settings, extract, read
from toolkit.ingest.reasons import why
from toolkit.ingest.rebuild import bytes_of, rebuild
from toolkit.ingest.stories import assign_stories, merge_copies, page_order, signature, story_ids
from toolkit.ingest.whole import read_whole

__all__ = [
    "Extraction",
    "Limits",
    "PageLines",
    "Profile",
    "Rule",
    "Settings",
    "assign_stories",
    "bytes_of",
    "default_profile",
    "extract",
    "is_silent",
    "lines_to_count",
    "merge_copies",
    "page_order",
    "pages",
    "parse_profile",
    "read",
    "read_whole",
    "rebuild",
    "recurring_lines",
    "signature",
    "story_ids",
    "why",
]

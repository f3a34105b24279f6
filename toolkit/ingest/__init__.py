"""From raw pages to articles: bytes in, records out, without files or network."""

from toolkit.ingest.extraction import Extraction, Passage, Settings, extract, read, read_page
from toolkit.ingest.formats.container import pages
from toolkit.ingest.formats.raw_page import RawPage
from toolkit.ingest.layout.boilerplate import PageLines, is_silent, lines_to_count, recurring_lines
from toolkit.ingest.layout.profile import Profile, Rule, default_profile, parse_profile, why
from toolkit.ingest.provenance import bytes_of, rebuild
from toolkit.ingest.stories import assign_stories, merge_copies, page_order, signature, story_ids
from toolkit.limits import Limits

__all__ = [
    "Extraction",
    "Limits",
    "PageLines",
    "Passage",
    "Profile",
    "RawPage",
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
    "read_page",
    "rebuild",
    "recurring_lines",
    "signature",
    "story_ids",
    "why",
]

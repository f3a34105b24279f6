"""From an article's text to sentences: exact code point offsets, rules by language, other splitters by entry point."""

from toolkit.segment.languages import LANGUAGES, is_known
from toolkit.segment.rules import segment
from toolkit.segment.units import sentences

__all__ = ["LANGUAGES", "is_known", "segment", "sentences"]

"""Sentences of a text, with exact offsets: rules for each language, and splitters of other packages by entry point."""

from toolkit.segment.language import LANGUAGES, is_known
from toolkit.segment.rules import segment

__all__ = ["LANGUAGES", "is_known", "segment"]

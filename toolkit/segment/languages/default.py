"""Any language without lists of its own."""

from toolkit.segment.language import Language

LANGUAGE = Language(code="und")

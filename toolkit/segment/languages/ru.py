"""Russian."""

from toolkit.segment.language import Language

LANGUAGE = Language(code="ru")

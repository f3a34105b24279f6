"""Korean."""

from toolkit.segment.language import Language

LANGUAGE = Language(code="ko")

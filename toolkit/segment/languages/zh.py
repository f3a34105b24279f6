"""Chinese."""

from toolkit.segment.language import Language

LANGUAGE = Language(code="zh", unspaced=True)

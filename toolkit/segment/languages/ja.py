"""Japanese."""

from toolkit.segment.language import Language

LANGUAGE = Language(code="ja", unspaced=True)

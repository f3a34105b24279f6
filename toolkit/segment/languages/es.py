"""Spanish."""

from toolkit.segment.language import Language

LANGUAGE = Language(code="es")

"""What a reader sees of a text."""

import unicodedata

PREPENDED = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"  # Cf that is seen


def seen(text):
    """Return what a reader sees of a text."""
    return "".join(mark for mark in text if unicodedata.category(mark) != "Cf" or mark in PREPENDED).strip()

"""Agreement on spans, relations and links: answers that are not one label per item."""

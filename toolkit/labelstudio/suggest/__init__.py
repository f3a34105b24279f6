"""Pre-annotation: suggestions of a model and of the figure reader, pushed or served, with a hold-out."""

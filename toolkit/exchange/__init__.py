"""Annotated documents in the formats of other tools, read and written by way of one neutral record."""

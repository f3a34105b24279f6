"""Answers from the server, or from an export, into the annotation log."""

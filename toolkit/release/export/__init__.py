"""Releases in other formats, and text put back into releases without it."""

"""The comparison of two releases: rows, causes, version number and what scores on both mean."""

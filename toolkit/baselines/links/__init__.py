"""The baseline for links between sentences: pairs of a story, ranked."""

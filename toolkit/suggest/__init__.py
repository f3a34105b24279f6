"""Models as annotators: one that is asked answers under the same codebook and the same checks as people do."""

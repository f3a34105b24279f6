"""The tables of a release: from a project's records, joined and checked, to the rows of each config."""

"""Logs that only grow: the answers, the suggestions, and what was pushed where."""

"""Translations of one report: what stories in different languages have in common."""

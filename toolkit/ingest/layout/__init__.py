"""The layout of a page: its lines, their roles, and the articles that they make."""

"""Quizzes made of a schema's own examples."""

"""Sentences to the server as tasks: the work, the quiz, and disputed sentences for an expert."""

"""From raw news pages to a versioned Hugging Face dataset, with people's judgement in between."""

__version__ = "0.1.0"

"""Shares of labels in a whole corpus, from people's labels on a random part and any model's answers on all of it."""

from toolkit.estimate.corpus_share import Share, power_tuned, share_in_corpus

__all__ = ["Share", "power_tuned", "share_in_corpus"]

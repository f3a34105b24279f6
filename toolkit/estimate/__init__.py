"""Shares of labels in a whole corpus, from people's labels on a random part and any model's answers on all of it."""

from toolkit.estimate.prediction_powered import Share, power_tuned, share_in_corpus

__all__ = ["Share", "power_tuned", "share_in_corpus"]

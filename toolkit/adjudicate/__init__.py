"""From many people's answers to what the project holds to be true. Pure: records in, records out."""

from toolkit.adjudicate.aggregate import METHODS, Method, aggregate
from toolkit.adjudicate.decide import THRESHOLD, Answer, Decisions, Dispute, decide

__all__ = ["METHODS", "THRESHOLD", "Answer", "Decisions", "Dispute", "Method", "aggregate", "decide"]

"""From many people's answers to what the project holds to be true. Pure: records in, records out."""

from toolkit.adjudicate.aggregate import METHODS, Method, aggregate
from toolkit.adjudicate.changes import Change, changes
from toolkit.adjudicate.decide import THRESHOLD, Answer, Decisions, Dispute, SecondLook, decide
from toolkit.adjudicate.label_errors import Doubt, Suspect, label_errors

__all__ = [
    "METHODS",
    "THRESHOLD",
    "Answer",
    "Change",
    "Decisions",
    "Dispute",
    "Doubt",
    "Method",
    "SecondLook",
    "Suspect",
    "aggregate",
    "changes",
    "decide",
    "label_errors",
]

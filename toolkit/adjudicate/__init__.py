"""From many people's answers to what the project holds to be true. Pure: records in, records out."""

from toolkit.adjudicate.aggregation import METHODS, aggregate
from toolkit.adjudicate.decide import THRESHOLD, Decisions, decide
from toolkit.adjudicate.decision_changes import Change, changes
from toolkit.adjudicate.dispute import Answer, Dispute, SecondLook, Verdict
from toolkit.adjudicate.label_errors import Doubt, Suspect, label_errors

__all__ = [
    "METHODS",
    "THRESHOLD",
    "Answer",
    "Change",
    "Decisions",
    "Dispute",
    "Doubt",
    "SecondLook",
    "Suspect",
    "Verdict",
    "aggregate",
    "changes",
    "decide",
    "label_errors",
]

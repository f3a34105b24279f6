"""From many people's answers to what the project holds to be true. Pure: records in, records out."""

from toolkit.adjudicate.aggregate import METHODS, Method, aggregate
from toolkit.adjudicate.changes import Change, changes
from toolkit.adjudicate.decide import THRESHOLD, Decisions, decide
from toolkit.adjudicate.dispute import Answer, Dispute, SecondLook
from toolkit.adjudicate.label_errors import Doubt, Suspect, label_errors
from toolkit.adjudicate.verdict import Verdict

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
    "Verdict",
    "aggregate",
    "changes",
    "decide",
    "label_errors",
]

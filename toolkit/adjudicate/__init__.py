"""From many people's answers to one decision per sentence. The core is pure: records in, records out."""

from toolkit.adjudicate.aggregation import METHODS, aggregate
from toolkit.adjudicate.ballot import CompetingAnswer, Dispute, SecondLook
from toolkit.adjudicate.decide import THRESHOLD, Decisions, decide
from toolkit.adjudicate.decision_changes import DecisionChange, changes
from toolkit.adjudicate.decision_log import LoggedDecision
from toolkit.adjudicate.label_errors import Doubt, Suspect, answer_probabilities, label_errors, with_spans
from toolkit.adjudicate.span_errors import SpanDoubt, span_errors

__all__ = [
    "METHODS",
    "THRESHOLD",
    "CompetingAnswer",
    "DecisionChange",
    "Decisions",
    "Dispute",
    "Doubt",
    "LoggedDecision",
    "SecondLook",
    "SpanDoubt",
    "Suspect",
    "aggregate",
    "answer_probabilities",
    "changes",
    "decide",
    "label_errors",
    "span_errors",
    "with_spans",
]

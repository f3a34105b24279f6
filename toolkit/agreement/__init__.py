"""How far people agree, with the uncertainty said. Pure: ratings and records in, numbers and records out."""

from toolkit.agreement.coefficients import COEFFICIENTS, Coefficient, alpha, coefficient
from toolkit.agreement.intervals import Interval, interval
from toolkit.agreement.measurement import report
from toolkit.agreement.ratings import Level, Ratings
from toolkit.agreement.report import (
    INTERVAL,
    REVISION,
    AgreementReport,
    AnnotatorRow,
    AnnotatorWarning,
    Disputed,
    Estimate,
    Given,
    Row,
    Slice,
    SpanRow,
)
from toolkit.agreement.span_agreement import Unitizing, unitizing_alpha, unitizing_alphas

__all__ = [
    "COEFFICIENTS",
    "INTERVAL",
    "REVISION",
    "AgreementReport",
    "AnnotatorRow",
    "AnnotatorWarning",
    "Coefficient",
    "Disputed",
    "Estimate",
    "Given",
    "Interval",
    "Level",
    "Ratings",
    "Row",
    "Slice",
    "SpanRow",
    "Unitizing",
    "alpha",
    "coefficient",
    "interval",
    "report",
    "unitizing_alpha",
    "unitizing_alphas",
]

"""Agreement between annotators: coefficients, intervals and the report. The core is pure: ratings in, numbers out.

`alpha` and `coefficient` measure agreement on labels, `unitizing_alpha` on where spans begin and end. `interval` and
`unitizing_interval` say how far they can be trusted. `alt_test` says whether a model may stand in for a person.
`measure` makes the whole report of a project.
"""

from toolkit.agreement.agreement_report import (
    INTERVAL,
    REVISION,
    AgreementReport,
    AgreementRow,
    AnnotatorRow,
    AnnotatorWarning,
    Disputed,
    Given,
    RelationRow,
    Slice,
    SpanRow,
)
from toolkit.agreement.coefficients import COEFFICIENTS, Coefficient, alpha, coefficient
from toolkit.agreement.intervals import interval
from toolkit.agreement.measurement import measure
from toolkit.agreement.model_agreement.alternative_annotator import AltTest, Rival, alt_test, benjamini_yekutieli
from toolkit.agreement.ratings import Level, Ratings
from toolkit.agreement.structures.span_agreement import (
    Unitizing,
    unitizing_alpha,
    unitizing_alphas,
    unitizing_interval,
)

__all__ = [
    "COEFFICIENTS",
    "INTERVAL",
    "REVISION",
    "AgreementReport",
    "AgreementRow",
    "AltTest",
    "AnnotatorRow",
    "AnnotatorWarning",
    "Coefficient",
    "Disputed",
    "Given",
    "Level",
    "Ratings",
    "RelationRow",
    "Rival",
    "Slice",
    "SpanRow",
    "Unitizing",
    "alpha",
    "alt_test",
    "benjamini_yekutieli",
    "coefficient",
    "interval",
    "measure",
    "unitizing_alpha",
    "unitizing_alphas",
    "unitizing_interval",
]

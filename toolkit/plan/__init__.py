"""Designs of labelling, compared before anybody is paid: what each costs, and how well agreement will be known."""

from toolkit.plan.design import Design, PlanRow, expected

__all__ = ["Design", "PlanRow", "expected"]

"""wtpsplit: its SaT models, whose weights the user has; the environment's WTPSPLIT_MODEL says where."""

from __future__ import annotations

import os
from functools import cache
from itertools import accumulate, pairwise

from wtpsplit import SaT

from toolkit.errors import UsageError

_VARIABLE = "WTPSPLIT_MODEL"


def split(line: str, _language: str) -> list[tuple[int, int]]:
    """Return the sentences of a line as (start, end) in code points; SaT returns strings that join to the line.

    Raises:
        UsageError: WTPSPLIT_MODEL is not set.
    """
    return list(pairwise(accumulate(map(len, _model().split(line)), initial=0)))


@cache
def _model() -> SaT:
    weights = os.environ.get(_VARIABLE)
    if not weights:
        remedy = f"set {_VARIABLE} to the directory that holds them, or to the name of a model to download"
        raise UsageError("the splitter 'wtpsplit' needs weights", remedy=remedy)
    return SaT(weights)

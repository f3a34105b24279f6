"""Our ids inside an exported annotation, by which it comes back from a file as the same answer.

Label Studio's JSON has no place for the id and the pseudonym that an answer has in our records: ids count from 1 on
every server, and a user must be a member. So the annotations that `export_writer` writes carry them under a key of
their own, which Label Studio ignores when it imports the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, Literal, Self

import pydantic

from toolkit.records import Annotation
from toolkit.records.base import record

KEY: Final = "toolkit"
"""The key of an annotation under which they are."""

Origin = Literal["manual", "prediction", "prediction-changed"]

_PSEUDONYM: Final = r"^(annotator|user|expert|nobody)-[0-9a-z]+(-[0-9a-z]+)*$"


@record
class RoundTrip:
    """The facts about an answer that Label Studio's own keys do not hold.

    Attributes:
        annotation_id: As `Annotation.annotation_id`.
        annotator: A pseudonym as this project makes them; never an address, whatever the file says.
        schema: As `Annotation.schema`.
        origin: As `Annotation.origin`.
    """

    annotation_id: str = pydantic.Field(pattern=r"^[0-9a-f]{24}$")
    annotator: str = pydantic.Field(pattern=_PSEUDONYM)
    schema: str = pydantic.Field(pattern=r"^[a-z][a-z0-9_]*@\d+\.\d+\.\d+$")
    origin: Origin

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Self | None:
        """Return what an annotation has under `KEY`; None if nothing, or nothing that an export of ours could have."""
        value = raw.get(KEY)
        if not isinstance(value, Mapping):
            return None
        try:
            return cls(**value)
        except (TypeError, pydantic.ValidationError):
            return None


def to_export(answer: Annotation) -> dict[str, str]:
    """Return what an exported annotation gets under `KEY`."""
    return {
        "annotation_id": answer.annotation_id,
        "annotator": answer.annotator,
        "schema": answer.schema,
        "origin": answer.origin,
    }


def is_pseudonym(name: str) -> bool:
    """Tell whether a name is a pseudonym as a project makes them, and so may stand in a log as it is.

    Examples:
        >>> is_pseudonym("annotator-1f0c2a3b4d"), is_pseudonym("ada@example.org")
        (True, False)
    """
    return re.fullmatch(_PSEUDONYM, name) is not None

"""What an answer keeps when it leaves a release as Label Studio JSON and comes back: the server it was made on is gone.

Label Studio's JSON has no place for the id and the pseudonym that an answer has in our records: ids count from 1 on
every server, and a user must be a member. So the annotations that `export_writer` writes carry them
under a key of their own, which Label Studio leaves aside when it imports the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

import pydantic

from toolkit.records import Annotation
from toolkit.records.base import record

KEY: Final = "toolkit"
"""The key of an annotation under which it is carried."""

Origin = Literal["manual", "prediction", "prediction-changed"]

_PSEUDONYM: Final = r"^(annotator|user|expert)-[0-9a-z]+(-[0-9a-z]+)*$"


@record
class Carried:
    """What can't be told from Label Studio's own keys.

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


def to_carry(answer: Annotation) -> dict[str, str]:
    """Return what stands under `KEY`."""
    return {
        "annotation_id": answer.annotation_id,
        "annotator": answer.annotator,
        "schema": answer.schema,
        "origin": answer.origin,
    }


def carried(raw: Mapping[str, Any]) -> Carried | None:
    """Return what an exported annotation carries; None if nothing, or nothing that one of our exports could have."""
    value = raw.get(KEY)
    if not isinstance(value, Mapping):
        return None
    try:
        return Carried(**value)
    except (TypeError, pydantic.ValidationError):
        return None

"""A reject: a thing that was not taken. It goes to a rejects file with its reason and never vanishes."""

from __future__ import annotations

from toolkit.records.base import record


@record
class Reject:
    """A stretch of input that a stage left out.

    Attributes:
        stage: "ingest", "pull", …
        reason: Id of the rule that left it out, such as "widget" or "offset-mismatch".
        source: The file, or the URL of the task.
        start: First byte within the page (ingest), code point (pull), or line (imports); None for the whole record.
        end: One past the last.
        text: What was left out, as it stood.
        detail: What a reader needs beside the reason.
    """

    stage: str
    reason: str
    source: str
    start: int | None = None
    end: int | None = None
    text: str = ""
    detail: str | None = None

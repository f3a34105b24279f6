"""Answers of a foreign project under a schema of ours: its words are our titles (or ids)."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.labelstudio.answers import Item, Reader, Reading, page_of
from toolkit.schema import Schema


def is_foreign(result: Sequence[Item], schema: Schema) -> bool:
    """Tell whether none of a result's items comes from a control of the schema's page."""
    page = page_of(schema)
    return not any(item.get("from_name") in page for item in result)


def read_foreign(result: Sequence[Item], text: str, schema: Schema) -> Reading:
    """Read a result whose controls are not those of the schema's page.

    Labels, span labels and fields are matched by title, then by id, as `infer_schema` writes them; what matches
    nothing is a misfit, and so is what hangs on it.

    Args:
        result: Label Studio's list.
        text: The text of the task.
        schema: The project's schema.
    """
    return _ForeignReader(text, schema).read(result)


class _ForeignReader(Reader):
    """Reads items by what they are, and finds their words among the titles of a schema."""

    def __init__(self, text: str, schema: Schema) -> None:
        super().__init__(text, None)
        self._labels = {label.id: label.id for label in schema.labels}
        self._labels |= {label.title: label.id for label in schema.labels}
        self._spans = {span.id: span for span in schema.spans} | {span.title: span for span in schema.spans}
        self._relations = {relation.id for relation in schema.relations}

    def label_id(self, name: str) -> str | None:
        return self._labels.get(name)

    def span_label(self, name: str) -> str | None:
        found = self._spans.get(name)
        return None if found is None else found.id

    def field_id(self, name: str, span: str) -> str | None:
        fields = self._spans[span].attributes
        by_title = (field.id for field in fields if field.title == name)
        return next(by_title, name if any(field.id == name for field in fields) else None)

    def relation_id(self, name: str) -> str | None:
        return name if name in self._relations else None

"""The codebook of a schema, for annotators: in Markdown, as an HTML page, and as Label Studio's instructions."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from toolkit.schema.model import Schema
from toolkit.schema.page_words import page_words

if TYPE_CHECKING:
    import jinja2

_MARKDOWN_SIGNS = re.compile(r"([\\`*_\[\]<>&|#$~])")


def guidelines(schema: Schema) -> str:
    """Return the codebook of a schema in Markdown.

    It has every label with its rule, key, positives and near-misses; the span labels with their fields; the relations;
    and the rules between them. The same schema gives the same text.

    Args:
        schema: The schema.

    Returns:
        The text; it ends with a line feed.

    Examples:
        >>> from toolkit.schema import load
        >>> text = guidelines(load("claims@1.0.0"))
        >>> text.splitlines()[0]
        '# Claims and denials'
    """
    return _rendered("guidelines.md.j2", schema)


def guidelines_html(schema: Schema) -> str:
    """Return the same codebook as one HTML page that loads nothing else."""
    return (
        _environment()
        .get_template("guidelines.html.j2")
        .render(schema=schema, say=page_words(schema.language), fragment=False, examples=True)
    )


def instructions(schema: Schema, *, examples: bool = True) -> str:
    """Return the same codebook as the HTML fragment that Label Studio shows as a project's instructions.

    Args:
        schema: The schema.
        examples: Show them. The quiz asks about them, so its project does not show them.

    The server keeps only some tags and attributes (measured with 1.23.2) and drops others silently, `id` among them.
    The fragment uses none that would be dropped, so the server returns the text that was sent to it.
    """
    return (
        _environment()
        .get_template("body.html.j2")
        .render(schema=schema, say=page_words(schema.language), fragment=True, examples=examples)
    )


def _rendered(template: str, schema: Schema, **how: bool) -> str:
    say = page_words(schema.language)
    return _environment().get_template(template).render(schema=schema, say=say, **how)


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("toolkit.schema"),
        autoescape=jinja2.select_autoescape(["html.j2"]),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["words"] = _words
    environment.filters["markdown"] = _markdown
    return environment


def _words(text: str) -> str:
    return " ".join(text.split())


def _markdown(text: str) -> str:
    """Return text with a backslash before every character that Markdown would read as markup."""
    return _MARKDOWN_SIGNS.sub(r"\\\1", _words(text))

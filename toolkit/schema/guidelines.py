"""What annotators read: the schema as a codebook in Markdown, as a page in HTML, and as Label Studio's instructions."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from toolkit.schema.model import Schema

if TYPE_CHECKING:
    import jinja2

_MARKDOWN_SIGNS = re.compile(r"([\\`*_\[\]<>&|#$~])")


def guidelines(schema: Schema) -> str:
    """Return the codebook of a schema in Markdown, ending with a line feed.

    Every label with its rule, key, positives and near-misses; spans with their fields; relations; rules between them.
    """
    return _environment().get_template("guidelines.md.j2").render(schema=schema)


def guidelines_html(schema: Schema) -> str:
    """Return the same codebook as one HTML page that needs nothing else."""
    return _environment().get_template("guidelines.html.j2").render(schema=schema, fragment=False, examples=True)


def instructions(schema: Schema, *, examples: bool = True) -> str:
    """Return the same codebook as the HTML fragment that Label Studio shows as a project's instructions.

    Args:
        schema: The schema.
        examples: Show them; not to people who are about to be asked about them.

    The server keeps a short list of tags and attributes (measured, 1.23.2) and drops every other without a word, `id`
    among them; the fragment uses none that would be dropped, so that what was sent can be told from what is there.
    """
    return _environment().get_template("body.html.j2").render(schema=schema, fragment=True, examples=examples)


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
    """Return words that Markdown shows as they are."""
    return _MARKDOWN_SIGNS.sub(r"\\\1", _words(text))

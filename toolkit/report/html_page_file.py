"""A report as one HTML file that asks nothing of any other machine.

Text of articles and of people is data: Jinja escapes what stands in the markup, the table of sentences lies in a JSON
block in which no "<" occurs, and the page's script shows it as text nodes only. The page's own policy names its one
script and its one style sheet by their SHA-256; nothing else runs, whatever a page of the corpus holds.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup

from toolkit.report.contents import Report
from toolkit.report.sections import Section, sections


def render(report: Report) -> str:
    """Return the page; the same report gives the same text."""
    style, script = _asset("style.css"), _asset("script.js")
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )
    data = None if report.table is None else {**report.table.rows, "labels": dict(report.labels)}
    parts: list[Section] = sections(report)
    return _template().render(
        report=report,
        sections=parts,
        style=Markup(style),  # noqa: S704  # the package's own files
        script=Markup(script),  # noqa: S704
        policy=policy,
        data=None if data is None else Markup(embedded(data)),  # noqa: S704  # holds no markup: see `embedded`
    )


def embedded(data: Any) -> str:
    """Return JSON that may stand in a script element: nothing in it can end the element or open a comment."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _asset(name: str) -> str:
    return resources.files("toolkit.report").joinpath("page", name).read_text(encoding="utf-8")


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["svg"] = Markup  # drawn by matplotlib, which escapes the names in it
    return environment.from_string(_asset("report.html"))

"""A report, or the report on agreement alone, as one HTML file that asks nothing of any other machine.

Text of articles and of people is data: Jinja escapes what stands in the markup, the table of sentences lies in a JSON
block in which no "<" occurs, and the page's script shows it as text nodes only. The page's own policy names its one
script and its one style sheet by their SHA-256; nothing else runs, whatever a page of the corpus holds.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup

from toolkit.agreement.report_tables import ReportTable
from toolkit.errors import InvalidInput, tally
from toolkit.ingest import why
from toolkit.ingest.survey import FileSurvey
from toolkit.project import Workspace
from toolkit.project.workspace import AGREEMENT, SENTENCES
from toolkit.records import Sentence
from toolkit.report.agreement_sections import agreement_page_sections
from toolkit.report.contents import Report, Section
from toolkit.report.first_screen import first_screen
from toolkit.report.sections import label_titles, sections


def report_page(report: Report) -> str:
    """Return the page of a project; the same report gives the same text."""
    made = [f"schema {report.schema}", f"toolkit {report.toolkit}"]
    made += [f"newest release {report.releases.version}"] if report.releases else []
    data = None if report.table is None else {**report.table.rows, "labels": dict(report.labels)}
    return page_of(
        title=report.title,
        kind="Project report",
        made=made,
        tiles=_tiles(report),
        answers=first_screen(report),
        sections=[section for section in sections(report) if section.command is None],
        table=report.table,
        data=data,
    )


_ONE = {
    "articles": "article",
    "stories": "story",
    "sentences": "sentence",
    "annotators": "annotator",
    "answers": "answer",
}


def _tiles(report: Report) -> dict[str, int]:
    """Return the numbers at the head of the page, those that are known."""
    found: dict[str, int] = {}
    if report.corpus is not None:
        found |= {name: report.corpus.counts[name] for name in ("articles", "stories", "sentences")}
    if report.progress is not None:
        found["annotators"] = len(report.progress.people)
        found["answers"] = sum(person.answers for person in report.progress.people)
    if report.decisions is not None:
        found["decided"] = sum(report.decisions.values())
    if report.disagreement is not None:
        found["waiting for an expert"] = report.disagreement.causes
    return {_ONE.get(name, name) if number == 1 else name: number for name, number in found.items()}


def agreement_page(workspace: Workspace) -> str:
    """Return the last report on agreement as one page, with every number of it.

    Raises:
        InvalidInput: Agreement was not measured yet.
    """
    path = workspace.path(AGREEMENT)
    if not path.exists():
        raise InvalidInput("is not there yet", where=str(path), remedy="run `toolkit agreement`")
    texts = {}
    if workspace.path(SENTENCES).exists():
        table = workspace.table(Sentence)
        texts = dict(zip(table["sentence_id"].to_pylist(), table["text"].to_pylist(), strict=True))
    schema = workspace.schema()
    labels = {label.id: label.title for label in schema.labels} | {span.id: span.title for span in schema.spans}
    return agreement_html(json.loads(path.read_bytes()), labels, texts)


def agreement_html(report: Mapping[str, Any], labels: Mapping[str, str], texts: Mapping[str, str]) -> str:
    """Return the page of a report on agreement; the same report gives the same text.

    Args:
        report: As reports/agreement.json has it.
        labels: Label → its title.
        texts: sentence_id → text, to show the disputed sentences by.
    """
    numbers = ("answers", "annotators", "sentences", "skipped")
    return page_of(
        title=f"Agreement on {report['schema']}",
        kind="Agreement report",
        made=[f"intervals over {tally(report['articles'], 'article')}"],
        tiles={name: report[name] for name in numbers} | {"answered by several": report["doubled"]},
        answers=(),
        sections=agreement_page_sections(report, label_titles(labels), texts),
        table=None,
        data=None,
    )


def ingest_page(files: Sequence[FileSurvey], report: Mapping[str, Any]) -> str:
    """Return the page on what became of the files of pages; the same files give the same text.

    Args:
        files: What became of each one.
        report: As reports/ingest.json has it.
    """
    suspect = [file for file in files if file.suspicions]
    ordered = [*suspect, *(file for file in files if not file.suspicions)]
    reasons = sorted(report["reasons"].items(), key=lambda found: (-found[1], found[0]))
    unreadable = tuple(str(InvalidInput(**fault)) for fault in report["unreadable"])
    tables = {
        "kinds": ReportTable(
            "Kinds of files",
            ("kind", "files", "pages"),
            tuple((name, f"{count:,}", f"{pages:,}") for name, (count, pages) in report["forms"].items()),
        ),
        "reasons": ReportTable(
            "Left out",
            ("reason", "why", "lines or files"),
            tuple((name, why(name) or "", f"{count:,}") for name, count in reasons),
            words=2,
        ),
        "files": ReportTable("Files", FILE_HEADER, tuple(map(file_cells, ordered)), words=len(FILE_HEADER)),
    }
    sections = [
        Section("kinds", "Kinds of files", tables=(tables["kinds"],)),
        Section("unreadable", "Unreadable", said="" if unreadable else "Every file was read.", points=unreadable),
        Section("files", "Files", said="Those that look wrong come first.", tables=(tables["files"],)),
        Section("left-out", "Left out", tables=(tables["reasons"],)),
    ]
    return page_of(
        title="What became of the pages",
        kind="Ingest report",
        made=[tally(len(files), "file")],
        tiles={"articles": sum(file.articles for file in files), "files that look wrong": len(suspect)}
        | {"unreadable": len(unreadable)},
        answers=(),
        sections=sections,
        table=None,
        data=None,
    )


FILE_HEADER = ("file", "kind", "articles", "title", "date", "publisher", "language", "kept", "looks wrong")


def file_cells(file: FileSurvey) -> tuple[str, ...]:
    """Return what is shown of a file, in the order of `FILE_HEADER`."""
    kept = "" if file.kept is None else f"{file.kept:.0%}"
    facts = (file.title, file.published_at, file.publisher, file.language)
    said = [value or "–" for value in facts] if file.articles else [""] * 4
    return (file.source, file.form, f"{file.articles:,}", *said, kept, ", ".join(file.suspicions))


def page_of(*, data: Any, shows: str = "script.js", mistakes: bool = False, **parts: Any) -> str:
    """Fill the template; a script is on the page only if there is data that it shows.

    Args:
        data: JSON for the script, or None.
        shows: The script's file.
        mistakes: Whether the data is a list of mistakes to browse.
        **parts: title, kind, made, tiles, answers, sections and table.
    """
    style, script = _asset("style.css"), _asset(shows) if data is not None else None
    source = "'none'" if script is None else f"'{_hash(script)}'"
    policy = (
        f"default-src 'none'; script-src {source}; style-src '{_hash(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )
    return _template().render(
        **parts,
        mistakes=mistakes,
        policy=policy,
        style=Markup(style),  # noqa: S704  # the package's own files
        script=None if script is None else Markup(script),  # noqa: S704
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

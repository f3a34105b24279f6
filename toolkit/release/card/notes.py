"""The short texts beside the card: changelog, citation, licence."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import yaml

from toolkit.release.card.facts import Facts
from toolkit.release.reader import Release

_CHANGELOG_HEAD: Final = """# Changelog

Versions follow semver for data: patch = corrected labels, minor = added rows or labels, major = removed rows or a
schema that breaks what was.
"""


def write(folder: Path, facts: Facts, previous: Release | None, changes: str | None = None) -> None:
    """Write CHANGELOG.md, CITATION.cff and LICENSE into a release.

    Args:
        folder: The release.
        facts: What they are written from.
        previous: The release before it; its changelog is continued.
        changes: What changed since, as Markdown list items.
    """
    (folder / "CHANGELOG.md").write_text(_changelog(facts, previous, changes), encoding="utf-8")
    (folder / "CITATION.cff").write_text(_citation(facts), encoding="utf-8")
    (folder / "LICENSE").write_text(_licence(facts), encoding="utf-8")


def _changelog(facts: Facts, previous: Release | None, changes: str | None) -> str:
    terms = facts.terms
    date = f" – {terms.released_on}" if terms.released_on else ""
    entry = (
        changes or f"- First release: {facts.rows} sentences of {facts.stories} stories, schema {facts.schema.ref}.\n"
    )
    older = ""
    if previous is not None:
        _, _, older = (previous.path / "CHANGELOG.md").read_text(encoding="utf-8").partition("\n## ")
    return f"{_CHANGELOG_HEAD}\n## {terms.version}{date}\n\n{entry}" + (f"\n## {older}" if older else "")


def _citation(facts: Facts) -> str:
    terms = facts.terms
    value: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use this dataset, please cite it as below.",
        "type": "dataset",
        "title": terms.title,
        "version": terms.version,
        "authors": [{"name": author} for author in terms.authors] or [{"name": f"The authors of {terms.title}"}],
    }
    if facts.licence:
        value["license"] = facts.licence
    if terms.released_on:
        value["date-released"] = terms.released_on
    if terms.repo:
        value["url"] = f"https://huggingface.co/datasets/{terms.repo}"
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=120)


def _licence(facts: Facts) -> str:
    terms = facts.terms
    lines = [
        f"The labels, spans, decisions and annotators' answers of {terms.title} are released under {terms.licence}:",
        f"https://spdx.org/licenses/{terms.licence}.html",
        "",
        "Each article keeps the licence that its source states (column `licence`); released articles by licence:",
        *(f"  {licence}: {count}" for licence, count in facts.licences.items()),
        "",
        "Where none is stated, no right to the article's words is granted: they are their owners'.",
        f"Of the articles' words this release carries: {terms.text}.",
        "",
    ]
    return "\n".join(lines)

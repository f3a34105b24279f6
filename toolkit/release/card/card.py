"""The card of a release (README.md), written from the data, and the short texts beside it.

Some sections only people can write. They stand in card/NAME.md of the project, one file per section, and go into every
release from then on. On the Hub they can be edited in place, between the marks; see `toolkit.hub.card_merge`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from toolkit.agreement.report_tables import question_cells, questions
from toolkit.errors import InvalidInput, readable, tally
from toolkit.project.files import held_file
from toolkit.release.card.data_dictionary import CONFIG_ROWS, attribute_meaning, meaning, type_name
from toolkit.release.card.facts import Facts
from toolkit.release.card.licences import hub_licence, spdx_page
from toolkit.release.card.recipes import recipes
from toolkit.release.manifest import Tables, damaged
from toolkit.release.reader import Release
from toolkit.release.tables.attribute_columns import sentence_fields, span_attributes
from toolkit.schema.yaml_document import yaml_values

if TYPE_CHECKING:
    import jinja2
    from datasets import Features

FOLDER: Final = "card"

OWN_SECTION: Final = "<!-- own:{name} -->\n{text}<!-- /own -->"
"""A section of people's own words as it stands on a card."""

PROMPTS: Final[Mapping[str, str]] = {
    "motivation": "*Nobody has written yet why this dataset was made and who paid for it.*",
    "collection": "*Nobody has written yet how the pages were chosen and fetched.*",
    "annotators": "*Nobody has written yet who the annotators are, how they were trained and paid.*",
    "uses": "*Nobody has written yet what the dataset should and should not be used for.*",
    "limitations": "*Nobody has written yet about biases and limitations beyond those below.*",
    "maintenance": "*Nobody has written yet who maintains the dataset and where to ask.*",
}
"""Sections that only people can write → the text that stands there until they have."""

_OWN = re.compile(r"<!-- own:([a-z]+) -->\n(.*?)<!-- /own -->", re.DOTALL)
_MARK = re.compile(r"<!-- (?:own:[a-z]+|/own) -->")


def own_sections(text: str) -> dict[str, str]:
    """Return the sections of a card that people may write, by name."""
    return {name: body for name, body in _OWN.findall(text) if name in PROMPTS}


def read_sections(folder: Path) -> dict[str, str]:
    """Return name → text of the sections in a folder, by name; {} if it is not there.

    Raises:
        InvalidInput: A file is not one of a section, is not UTF-8, or holds the marks that stand around sections;
            `faults` holds every fault.
    """
    found, faults = {}, []
    for path in sorted(folder.glob("*")):
        if path.name.startswith("."):
            continue
        try:
            found[path.stem] = _read(path)
        except InvalidInput as fault:
            faults.append(fault)
    if faults:
        raise InvalidInput.all_of(faults)
    return found


def _read(path: Path) -> str:
    if path.suffix != ".md" or path.stem not in PROMPTS:
        names = ", ".join(f"{name}.md" for name in PROMPTS)
        raise InvalidInput("is not a section of the card", where=str(path), remedy=f"there are {names}")
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (UnicodeDecodeError, IsADirectoryError) as error:
        raise InvalidInput("is not UTF-8 text", where=str(path), remedy="save it as UTF-8") from error
    if mark := _MARK.search(text):
        remedy = "write the section's words alone"
        raise InvalidInput(f"holds {mark[0]}, which stands around sections on the card", where=str(path), remedy=remedy)
    return f"{text or PROMPTS[path.stem]}\n"


TEXT_RELEASED: Final = "- Text released"
"""The beginning of the card's line on how much of the articles' words is released."""


def card_text(facts: Facts, previous: Release | None = None, pictures: Mapping[str, str] | None = None) -> str:
    """Return the card of a release.

    Args:
        facts: The numbers that it is written from.
        previous: The release before it: the sections that people wrote on its card are kept, unless the terms have
            their own.
        pictures: Path within the release → title of the picture.
    """
    before = "" if previous is None else _as_it_stands(previous)
    return _template().render(
        front=yaml.safe_dump(front_matter(facts), sort_keys=False, allow_unicode=True, width=120),
        text_released=TEXT_RELEASED,
        place=place_of(facts.terms.repo),
        at=f', revision="v{facts.terms.version}"' if facts.terms.repo else "",
        rows_of=CONFIG_ROWS,
        dictionary={config: _dictionary(facts, config) for config in facts.tables},
        recipes=recipes(facts),
        facts=facts,
        terms=facts.terms,
        schema=facts.schema,
        own={
            **{name: f"{prompt}\n" for name, prompt in PROMPTS.items()},
            **own_sections(before),
            **facts.terms.sections,
        },
        agreement=_agreement_rows(facts.agreement),
        pictures={} if pictures is None else {Path(name).stem: (name, title) for name, title in pictures.items()},
    )


@cache
def _template() -> jinja2.Template:
    import jinja2

    environment = jinja2.Environment(  # noqa: S701  # Markdown, not HTML; `cell` escapes what comes from data
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=jinja2.StrictUndefined
    )
    environment.filters |= {"cell": cell, "counted": tally}
    return environment.from_string(files("toolkit.release.card").joinpath("card.md.jinja").read_text(encoding="utf-8"))


UNPLACED: Final = '"path/to/this/directory"'
"""What a card's examples load where nobody has said yet where the release will be."""


def place_of(repo: str | None) -> str:
    """Return the first argument of `load_dataset` on a card."""
    return f'"{repo}"' if repo else UNPLACED


def _dictionary(facts: Facts, config: str) -> list[dict[str, str]]:
    """Return name, type and meaning of every column of a config; those of attributes and fields by their titles."""
    own = {"spans": span_attributes, "figures": span_attributes, "default": sentence_fields}
    own |= {"annotations": sentence_fields}
    columns = own[config](facts.schema) if config in own else ()
    named = {column.name: attribute_meaning(column) for column in columns}
    return [
        {
            "name": column.name,
            "type": type_name(column.type),
            "meaning": named.get(column.name) or meaning(config, column.name),
        }
        for column in facts.columns[config]
    ]


def _as_it_stands(previous: Release) -> str:
    """Return a release's card with what people wrote into it afterwards: only their sections are taken from it."""
    try:
        return held_file(previous.path, "README.md").read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError) as error:
        raise damaged("README.md is missing or no text", where=previous.path) from error


def parted(card: str) -> tuple[dict[str, Any], str]:
    """Return a card's metadata ({} where it has none that can be read) and the text after it."""
    head, mark, rest = card.removeprefix("---\n").partition("\n---\n")
    if not card.startswith("---\n") or not mark:
        return {}, card
    metadata = readable(lambda: yaml_values(head))
    return (metadata, rest) if isinstance(metadata, dict) else ({}, rest)


def joined(metadata: Mapping[str, Any], body: str) -> str:
    """Return the card with this metadata and text."""
    return f"---\n{yaml.safe_dump(dict(metadata), sort_keys=False, allow_unicode=True, width=120)}---\n{body}"


def cell(value: object) -> str:
    """Return a value as the text of one table cell: on one line, without anything that ends the cell or is markup."""
    escaped = str(value).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace(">", "&gt;")
    return " ".join(escaped.split())


def front_matter(facts: Facts) -> dict[str, Any]:
    """Return the card's metadata as the Hub and `datasets` read it."""
    terms = facts.terms
    languages = sorted(language for language in facts.languages if re.fullmatch(r"[a-z]{2,3}", language))
    tasks = [
        *(["text-classification"] if facts.schema.labels else []),
        *(["token-classification"] * bool(facts.schema.spans)),
    ]
    return {
        "pretty_name": terms.title,
        **_licence(facts),
        **({"language": [language for language in languages if language != "und"]} if languages != ["und"] else {}),
        "task_categories": tasks,
        "task_ids": ["multi-label-classification"] if facts.schema.labels else [],
        "size_categories": [facts.size_category],
        "source_datasets": ["original"],
        "tags": ["news", facts.schema.name],
        **declarations(facts.tables, facts.features),
    }


MIXED_LICENCES: Final[Mapping[str, str]] = {
    "license": "other",
    "license_name": "of-labels-and-articles",
    "license_link": "LICENSE",
}
"""The Hub's keys where one licence does not cover labels and words."""


def _licence(facts: Facts) -> dict[str, str]:
    """Return the Hub's keys for a licence; where one does not cover everything, they name the file LICENSE."""
    if facts.licence is not None:
        return hub_licence(facts.licence)
    return dict(MIXED_LICENCES)


def declarations(tables: Tables, features: Mapping[str, Features]) -> dict[str, Any]:
    """Return the part of the metadata that tells `datasets` which files and columns there are."""
    from datasets import DatasetInfo, SplitDict, SplitInfo
    from datasets.info import DatasetInfosDict
    from huggingface_hub import DatasetCardData

    infos = DatasetInfosDict()
    for name, splits in tables.items():
        parts = {
            split: SplitInfo(name=split, num_bytes=entry["bytes"], num_examples=entry["rows"])
            for split, entry in splits.items()
        }
        infos[name] = DatasetInfo(features=features[name], config_name=name, splits=SplitDict(parts))
    card = DatasetCardData()
    infos.to_dataset_card_data(card)
    found = card["dataset_info"]
    return {
        "configs": [_config(name, splits) for name, splits in tables.items()],
        "dataset_info": [_spelled(info) for info in (found if isinstance(found, list) else [found])],
    }


def _spelled(value: Any) -> Any:
    """Return a declaration with lists of scalars as `sequence`, which datasets 3.6 gives a feature of their own."""
    if isinstance(value, list):
        return [_spelled(item) for item in value]
    if not isinstance(value, dict):
        return value
    scalars = {"list"} & {key for key, item in value.items() if not isinstance(item, list)}
    return {"sequence" if key in scalars else key: _spelled(item) for key, item in value.items()}


def _config(name: str, splits: Mapping[str, Any]) -> dict[str, Any]:
    data_files = [{"split": split, "path": entry["file"]} for split, entry in splits.items()]
    return {"config_name": name, **({"default": True} if name == "default" else {}), "data_files": data_files}


def _agreement_rows(report: Mapping[str, Any] | None) -> list[dict[str, str]]:
    """Return a table row for every label and layer of an agreement report."""
    names = ("prevalence", "percent", "α", "95 % interval")
    return [
        {
            "name": row["name"],
            "n": str(row["n_units"]),
            **dict(
                zip(("prevalence", "percent", "alpha", "interval"), question_cells(row, names, digits=3), strict=True)
            ),
        }
        for row in questions(report)
    ]


_CHANGELOG_HEAD: Final = """# Changelog

Versions follow semver for data: patch = corrected labels, minor = added rows or labels, major = removed rows or a
schema that breaks what was.
"""


def write_notes(folder: Path, facts: Facts, previous: Release | None, changes: str | None = None) -> None:
    """Write CHANGELOG.md, CITATION.cff and LICENSE into a release.

    Args:
        folder: The release.
        facts: What they are written from.
        previous: The release before it; its changelog is continued.
        changes: What changed since, as Markdown list items.
    """
    (folder / "CHANGELOG.md").write_text(_changelog(facts, previous, changes), encoding="utf-8")
    (folder / "CITATION.cff").write_text(_citation(facts), encoding="utf-8")
    terms = facts.terms
    licence = licence_text(terms.title, terms.licence, facts.licences, str(terms.text))
    (folder / "LICENSE").write_text(licence, encoding="utf-8")


def _changelog(facts: Facts, previous: Release | None, changes: str | None) -> str:
    terms = facts.terms
    date = f" – {terms.released_on}" if terms.released_on else ""
    entry = (
        changes
        or f"- First release: {tally(facts.rows, 'sentence')} of {tally(facts.stories, 'story', 'stories')}, "
        f"schema {facts.schema.ref}.\n"
    )
    older = ""
    if previous is not None:
        _, _, older = previous.read("CHANGELOG.md").decode().partition("\n## ")
    return f"{_CHANGELOG_HEAD}\n## {terms.version}{date}\n\n{entry}" + (f"\n## {older}" if older else "")


def _citation(facts: Facts) -> str:
    terms = facts.terms
    value: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use this dataset, please cite it as below.",
        "type": "dataset",
        "title": terms.title,
        "version": terms.version,
        "authors": [_author(author) for author in terms.authors] or [{"name": f"The authors of {terms.title}"}],
    }
    if facts.licence:
        value["license"] = facts.licence
    if terms.released_on:
        value["date-released"] = terms.released_on
    if terms.doi:
        value["doi"] = terms.doi
    if terms.repo:
        value["url"] = f"https://huggingface.co/datasets/{terms.repo}"
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=120)


_ORCID = re.compile(r"(.+?)[\s(<,]+(?:https://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])[)>]?")


def _author(said: str) -> dict[str, str]:
    """Return an author as CITATION.cff has one: "Ada Example 0000-0002-1825-0097" with the ORCID iD apart."""
    found = _ORCID.fullmatch(said.strip())
    return {"name": said} if found is None else {"name": found[1], "orcid": f"https://orcid.org/{found[2]}"}


def licence_text(title: str, licence: str, licences: Mapping[str, int], text: str) -> str:
    """Return the text of LICENSE.

    Args:
        title: Of the release.
        licence: Of the labels.
        licences: Licence → released articles.
        text: How much of the articles' words is released.
    """
    page = spdx_page(licence)
    lines = [
        f"The labels, spans, decisions and annotators' answers of {title} are released under {licence}"
        + (":" if page else "."),
        *([page] if page else []),
        "",
        "Each article keeps the licence that its source states (column `licence`); released articles by licence:",
        *(f"  {name}: {count}" for name, count in licences.items()),
        "",
        "Where none is stated, no right to the article's words is granted: they are their owners'.",
        f"Of the articles' words this release carries: {text}.",
        "",
    ]
    return "\n".join(lines)

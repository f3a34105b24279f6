"""From a project to a release."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from toolkit.agreement.stage import renew_agreement
from toolkit.project import Workspace
from toolkit.project.files import file_digest
from toolkit.records import Article, Decision, Sentence
from toolkit.release.card.card import FOLDER, PROMPTS, read_sections
from toolkit.release.freeze import AUTO, freeze
from toolkit.release.privacy.scan import identities
from toolkit.release.privacy.text_policy import TextRule, read_takedowns
from toolkit.release.reader import Release, load
from toolkit.release.tables.corpus import Corpus, gather
from toolkit.release.terms import Terms
from toolkit.release.versions import Version, check_version
from toolkit.schema import guidelines

_INPUTS = (
    "articles.parquet",
    "sentences.parquet",
    "gold.parquet",
    "annotations/log.jsonl",
    "adjudications/log.jsonl",
    "reports/agreement.json",
    "takedowns.yaml",
    *(f"{FOLDER}/{name}.md" for name in PROMPTS),
)


def build(
    workspace: Workspace,
    version: str,
    *,
    seed: int | None = None,
    text: str | None = None,
    released_on: str | None = None,
) -> Release:
    """Freeze the project's gold, answers and articles as releases/<version>/.

    Where agreement was measured, it is measured again if answers came since: a release tells of the answers in it.

    Args:
        workspace: The project.
        version: "major.minor.patch", as great as what changed since the newest release asks; or "auto".
        seed: Seed of the splits, by default that of toolkit.yaml.
        text: "full", "offsets" or "snippet:N": how much of the articles' words; default: as toolkit.yaml.
        released_on: ISO 8601 date for changelog and citation; no clock is read.

    Raises:
        UsageError: The version is malformed, too small or there already.
        InvalidInput: A stage has not run yet, agreement was measured in rounds and is older than the answers,
            takedowns.yaml or a file of card/ is malformed, the records contradict each other, or an e-mail address, a
            token or the name of an annotator would be released.
    """
    renew_agreement(workspace)
    with workspace.lock():
        previous = newest(workspace.path("releases"))
        if version != AUTO:
            check_version(version, None if previous is None else previous.version)
        terms = _terms(workspace, version, seed, TextRule.parse(text or workspace.config.release.text), released_on)
        known = identities(workspace)
        return freeze(_corpus(workspace, terms), workspace.path("releases"), terms, previous=previous, known=known)


def _corpus(workspace: Workspace, terms: Terms) -> Corpus:
    return gather(
        workspace.schema(),
        articles=workspace.stream(Article),
        sentences=workspace.stream(Sentence),
        decisions=workspace.stream(Decision),
        annotations=workspace.stream_answers(),
        experts=workspace.expert_answers(),
        without=terms.takedowns,
    )


def standing(
    workspace: Workspace,
    version: str,
    *,
    seed: int | None = None,
    text: str | None = None,
    released_on: str | None = None,
) -> Release | None:
    """Return releases/<version>/ if it was frozen from exactly what the project holds now, else None.

    Args:
        workspace: The project.
        version: "major.minor.patch", or "auto" for the newest release.
        seed: As for `build`.
        text: As for `build`.
        released_on: As for `build`.

    Raises:
        InvalidInput: The release, or a file of the project, is damaged.
    """
    folder = workspace.path("releases")
    if version != AUTO and not Version.is_one(version):
        return None
    release = newest(folder) if version == AUTO else _existing(folder / version)
    terms = _terms(workspace, version, seed, TextRule.parse(text or workspace.config.release.text), released_on)
    if release is None or release.manifest.get("recipe") != terms.recipe(workspace.schema().digest):
        return None
    return release


def _existing(path: Path) -> Release | None:
    return load(path) if path.is_dir() else None


def newest(folder: Path) -> Release | None:
    """Return the release with the greatest version in a folder of releases, None if there is none."""
    names = [path.parent.name for path in folder.glob("*/manifest.json")]
    versions = [Version.parse(name) for name in names if Version.is_one(name)]
    return load(folder / str(max(versions))) if versions else None


def _terms(
    workspace: Workspace,
    version: str,
    seed: int | None,
    text: TextRule,
    released_on: str | None,
) -> Terms:
    settings = workspace.config.release
    sums = {name: file_digest(workspace.path(name)) for name in _INPUTS}
    return Terms(
        version=version,
        title=settings.title,
        licence=settings.licence,
        authors=settings.authors,
        repo=workspace.config.hub.repo,
        released_on=released_on,
        seed=settings.seed if seed is None else seed,
        fractions=settings.splits.model_dump(),
        text=text,
        takedowns=_takedowns(workspace),
        allowed=settings.allowed,
        withheld=tuple(sorted(name for name, given in settings.consent.items() if not given)),
        sections=read_sections(workspace.path(FOLDER)),
        guidelines=guidelines(workspace.schema()),
        agreement=_agreement(workspace.path("reports", "agreement.json")),
        inputs={name: value for name, value in sums.items() if value is not None},
    )


def _takedowns(workspace: Workspace) -> Mapping[str, str]:
    path = workspace.path("takedowns.yaml")
    return read_takedowns(path, workspace.stream(Article)) if path.exists() else {}


def _agreement(path: Path) -> Mapping[str, Any] | None:
    report: Mapping[str, Any] | None = json.loads(path.read_bytes()) if path.exists() else None
    return report

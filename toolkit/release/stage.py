"""The stage build: articles, sentences, gold and answers of a project → releases/<version>/."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from toolkit.adjudicate import stage as adjudicate_stage
from toolkit.agreement import stage as agreement_stage
from toolkit.errors import InvalidInput
from toolkit.project import Outcome, Workspace
from toolkit.project.annotators_file import design_in_words
from toolkit.project.logs.standing_answers import INPUTS
from toolkit.project.logs.suggestion_log import MODELS, SuggestionLog
from toolkit.project.stage import Provenance, out_of_date, provenance
from toolkit.project.workspace import AGREEMENT, ARTICLES, GOLD, SENTENCES
from toolkit.records import Article, Decision, Sentence
from toolkit.release.card.card import FOLDER, PROMPTS, read_sections
from toolkit.release.freeze import AUTO, freeze
from toolkit.release.privacy.scan import identities, secrets_at_hand
from toolkit.release.privacy.withheld import TextRule, read_takedowns
from toolkit.release.reader import Release, load
from toolkit.release.tables.corpus import Corpus
from toolkit.release.terms import Terms
from toolkit.release.versions import Version, check_version
from toolkit.version import __version__

_INPUTS = (
    "articles.parquet",
    "sentences.parquet",
    "gold.parquet",
    "annotations/log.jsonl",
    "adjudications/log.jsonl",
    "links/log.jsonl",
    "links/experts.jsonl",
    "reports/agreement.json",
    "takedowns.yaml",
    *INPUTS,
    *(f"{FOLDER}/{name}.md" for name in PROMPTS),
)


@dataclass(frozen=True, kw_only=True)
class Build(Outcome):
    """The result of the stage build.

    Attributes:
        version: Version of the release.
        path: Its directory.
    """

    version: str
    path: Path

    @property
    def release(self) -> Release:
        """The release."""
        return load(self.path)


def build(
    workspace: Workspace,
    version: str,
    *,
    seed: int | None = None,
    text: str | None = None,
    released_on: str | None = None,
    allow_stale: bool = False,
) -> Build:
    """Freeze the project's gold, answers and articles as releases/<version>/.

    A release that would be frozen the same now is up to date: nothing is written.

    Args:
        workspace: The project.
        version: "major.minor.patch", as great as what changed since the newest release asks; or "auto".
        seed: Seed of the splits, by default that of toolkit.yaml.
        text: "full", "offsets" or "snippet:N": how much of the articles' words; default: as toolkit.yaml.
        released_on: ISO 8601 date for changelog and citation; no clock is read.
        allow_stale: Freeze what is there although it is out of date.

    Raises:
        UsageError: The version is malformed, too small or there already.
        InvalidInput: A stage has not run yet, a page was changed or taken away since it was read, sentences.parquet,
            gold.parquet or reports/agreement.json is out of date, takedowns.yaml or a file of card/ is malformed, the
            records contradict each other, or an e-mail address, a token or the name of an annotator would be released.

    Examples:
        >>> built = build(Workspace(Path()), "auto")
        >>> built.up_to_date, built.counts["default"], built.release.splits()
        (False, 83, ('train', 'validation', 'test'))
    """
    started = time.perf_counter()
    settings = _settings(workspace, version, seed, text, released_on)
    with workspace.lock():
        if not allow_stale:
            _refuse_old_inputs(workspace)
        there = _up_to_date(workspace, settings)
        release = there or _frozen(workspace, settings)
    return Build(
        stage="build",
        counts={**release.counts, **_cut_short(workspace)},
        up_to_date=there is not None,
        seconds=time.perf_counter() - started,
        version=release.version,
        path=release.path,
    )


def _refuse_old_inputs(workspace: Workspace) -> None:
    """Refuse to release articles, sentences, decisions, or a report on agreement, that are older than their inputs.

    Raises:
        InvalidInput: One of them is out of date; `faults` has each.
    """
    faults = [
        InvalidInput(
            f"is out of date ({', '.join(because)})",
            where=str(workspace.path(output)),
            remedy=f"run `{stage_command(workspace, stage)}` and build again",
        )
        for stage, output in _RELEASED.items()
        if (because := _stale(workspace, stage, output))
    ]
    if faults:
        raise InvalidInput.all_of(faults)


def refuse_old_pages(workspace: Workspace) -> None:
    """Refuse to publish words of pages that were changed, or taken away, since they were read.

    Raises:
        InvalidInput: One was.
    """
    if because := _stale(workspace, "ingest", ARTICLES):
        what = f"is out of date ({', '.join(because)}), and so is the release"
        remedy = "run `toolkit ingest` and what follows from it, or publish it as it is with --allow-stale"
        raise InvalidInput(what, where=str(workspace.path(ARTICLES)), remedy=remedy)


_RELEASED = {"ingest": ARTICLES, "segment": SENTENCES, "agreement": AGREEMENT, "adjudicate": GOLD}
"""The file of each stage that a release is made from."""


def _stale(workspace: Workspace, stage: str, output: str) -> tuple[str, ...]:
    """Return why the file of a stage is out of date; nothing where there is none, or nobody knows what it came from.

    An article or a sentence that another version of the toolkit made is not: its page has the same words. Nor is a page
    that came since: it is in no release yet.
    """
    made = provenance(workspace.root, stage)
    if made is None or not workspace.path(output).exists():
        return ()
    return reasons(workspace, stage, replace(made, toolkit=__version__) if stage in ("ingest", "segment") else made)


_RULES = {"agreement": agreement_stage.rules, "adjudicate": adjudicate_stage.rules}
"""The parameters that hold now, of the stages whose parameters are not all of the command line."""


def reasons(workspace: Workspace, stage: str, made: Provenance, there: Collection[str] = ()) -> tuple[str, ...]:
    """Return why the files of a stage are out of date; nothing if they would be made the same now.

    Args:
        workspace: The project.
        stage: A stage of toolkit.lock.
        made: Its entry there.
        there: Names of inputs that are there now, where new ones may have come.
    """
    rules = _RULES[stage](workspace) if stage in _RULES else None
    return out_of_date(workspace.root, made, there=there, parameters=rules)


def stage_command(workspace: Workspace, stage: str) -> str:
    """Return the command that brings a stage up to date."""
    return agreement_stage.agreement_command(workspace) if stage == "agreement" else f"toolkit {stage}"


def release_reasons(workspace: Workspace, release: Release, settings: Terms | None = None) -> tuple[str, ...]:
    """Return why a release is out of date; nothing if it would be frozen the same now.

    Args:
        workspace: The project.
        release: One of its releases.
        settings: The settings that hold now; None: they are not compared.
    """
    manifest, then = release.manifest, release.manifest.get("inputs", {})
    made = Provenance(
        toolkit=manifest.get("toolkit", ""),
        inputs={name: then.get(name) for name in _INPUTS},
        parameters={"recipe": manifest.get("recipe")},
        outputs={f"releases/{release.version}/manifest.json": None},
    )
    found = out_of_date(workspace.root, made)
    if found or settings is None:
        return found  # the recipe holds what is read from the inputs: it says no more once one of them has changed
    recipe = _with_inputs(workspace, settings, then).recipe(workspace.schema().digest)
    return out_of_date(workspace.root, made, parameters={"recipe": recipe})


def _up_to_date(workspace: Workspace, settings: Terms) -> Release | None:
    """Return the release of the wanted version, or the newest, if it is up to date."""
    folder = workspace.path("releases")
    wanted = folder / settings.version
    release = newest(folder) if settings.version == AUTO else load(wanted) if wanted.is_dir() else None
    if release is None or release_reasons(workspace, release, settings):
        return None
    release.verify()
    return release


def _frozen(workspace: Workspace, settings: Terms) -> Release:
    folder = workspace.path("releases")
    previous = newest(folder)
    if settings.version != AUTO:
        check_version(settings.version, None if previous is None else previous.version)
    sums = workspace.digests(*_INPUTS)
    terms = _with_inputs(workspace, settings, {name: value for name, value in sums.items() if value is not None})
    secrets = secrets_at_hand(os.environ, workspace)
    known = identities(workspace)
    return freeze(_corpus(workspace, terms), folder, terms, previous=previous, known=known, secrets=secrets)


def newest(folder: Path) -> Release | None:
    """Return the release with the greatest version in a folder of releases, None if there is none."""
    names = [path.parent.name for path in folder.glob("*/manifest.json")]
    versions = [Version.parse(name) for name in names if Version.is_one(name)]
    return load(folder / str(max(versions))) if versions else None


def _cut_short(workspace: Workspace) -> dict[str, int]:
    """Return how many articles of the project are cut short, if any is."""
    with pq.ParquetFile(workspace.path(ARTICLES)) as file:
        if "truncated" not in file.schema_arrow.names:  # a project of an earlier version
            return {}
        count = pc.sum(file.read(columns=["truncated"])["truncated"]).as_py()
    return {"truncated articles": count} if count else {}


def _settings(workspace: Workspace, version: str, seed: int | None, text: str | None, released_on: str | None) -> Terms:
    """Return the terms as far as toolkit.yaml and the call say them."""
    said = workspace.config.release
    return Terms(
        version=version if version == AUTO else str(Version.parse(version)),
        title=said.title,
        licence=said.licence,
        authors=said.authors,
        repo=workspace.config.hub.repo,
        doi=said.doi,
        released_on=released_on,
        seed=said.seed if seed is None else seed,
        fractions=said.splits.model_dump(),
        text=TextRule.parse(text or said.text),
        allowed=said.allowed,
        times=said.times,
        repeated_at_most=said.repeated_at_most,
        withheld=tuple(sorted(name for name, given in said.consent.items() if not given)),
    )


def _with_inputs(workspace: Workspace, settings: Terms, inputs: Mapping[str, str]) -> Terms:
    """Return the terms with what the files of the project add to them."""
    takedowns, agreement = workspace.path("takedowns.yaml"), workspace.path(AGREEMENT)
    return replace(
        settings,
        takedowns=read_takedowns(takedowns, workspace.table(Article)) if takedowns.exists() else {},
        sections=read_sections(workspace.path(FOLDER)),
        guidelines=True,
        design=design_in_words(workspace),
        agreement=json.loads(agreement.read_bytes()) if agreement.exists() else None,
        inputs=inputs,
        models=_models(workspace),
    )


def _models(workspace: Workspace) -> dict[str, Any]:
    """Return the models whose suggestions people saw: on how many sentences, and what each was asked with.

    The address of a language model is left out; its prompt is not.
    """
    shown = Counter(each.model for each in SuggestionLog(workspace).offered() if each.shown)
    asked = [json.loads(path.read_bytes()) for path in sorted(workspace.path(MODELS).glob("*.json"))]
    how = {about["model"]: {key: about[key] for key in about if key not in ("model", "url")} for about in asked}
    return {name: {"shown_on": number, **how.get(name, {})} for name, number in sorted(shown.items())}


def _corpus(workspace: Workspace, terms: Terms) -> Corpus:
    return Corpus.of(
        workspace.schema(),
        articles=partial(workspace.table, Article),
        sentences=partial(workspace.table, Sentence),
        decisions=partial(workspace.table, Decision),
        annotations=workspace.stream_answers(),
        experts=workspace.expert_answers(),
        links=adjudicate_stage.decided_links(workspace) if workspace.schema().links else (),
        models=adjudicate_stage.counted_models(workspace),
        without=terms.takedowns,
    )

"""The freezing of a corpus as a release directory. The same corpus and terms give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import yaml

from toolkit.errors import InvalidInput
from toolkit.project.files import staged
from toolkit.records import to_row
from toolkit.release.card.card import FOLDER, card_text, write_notes
from toolkit.release.card.croissant import croissant
from toolkit.release.card.facts import Facts
from toolkit.release.card.pictures import write_pictures
from toolkit.release.compare.causes import GONE
from toolkit.release.compare.release_diff import ReleaseDiff, diff
from toolkit.release.harder_splits import Sides, harder_splits
from toolkit.release.manifest import FORMAT, NAME, Tables, file_sums, json_text, sealed, table_path, write_table
from toolkit.release.privacy.quotation import Withheld, with_examples_withheld, with_notes_withheld
from toolkit.release.privacy.scan import Identities, Scanner
from toolkit.release.privacy.withheld import check_withheld
from toolkit.release.reader import Release, label_counts, load
from toolkit.release.repeats import check_repeats, repeats
from toolkit.release.splits import SplitRow, story_splits
from toolkit.release.tables.columns import arrow_schemas
from toolkit.release.tables.configs import Configs, in_parts
from toolkit.release.tables.corpus import Corpus
from toolkit.release.terms import Terms
from toolkit.release.versions import Version, check_version
from toolkit.schema import Schema, guidelines, parse
from toolkit.schema import diff as schema_diff
from toolkit.version import __version__

_HARDER: Final = "harder"  # the key of splits.json for what the columns split_by_* keep

_REPEATED: Final = ("relations", "links", "claims", "tolls")  # configs whose words stand in others

AUTO: Final = "auto"
"""The version that stands for the smallest number that the changes allow."""


def freeze(
    corpus: Corpus,
    folder: Path,
    terms: Terms,
    *,
    previous: Release | None = None,
    known: Identities | None = None,
    secrets: Mapping[str, str] = MappingProxyType({}),
) -> Release:
    """Write a corpus as a release directory.

    The directory appears with all of its files or not at all, and no file of it is changed afterwards.

    Args:
        corpus: The tables that it is made from. They are freed before the comparison with `previous`, which needs as
            much memory: keep no other reference to a large corpus.
        folder: The folder of all releases; this one becomes `folder`/<version>.
        terms: Title, licence, splits and everything else that the tables do not say. Version "auto" is the smallest
            that the changes since `previous` allow.
        previous: The release before it: its sentences keep their splits, and its card the sections that people wrote.
        known: The annotators' names and addresses, which must not be in it; those of the authors may.
        secrets: Secret → what it is: strings that must not be in it either.

    Returns:
        The release.

    Raises:
        UsageError: There is a release of that version, or the version is too small for the changes.
        InvalidInput: Nothing is decided yet, a person who is said not to consent gave no answer, the schema gives its
            labels other numbers than the release before, something private or an annotator's name would be released,
            or what people wrote quotes words of an article that must not be.

    Examples:
        >>> import tempfile
        >>> from toolkit.project import Workspace
        >>> from toolkit.records import Article, Decision, Sentence
        >>> from toolkit.release import Corpus
        >>> project = Workspace(Path())
        >>> corpus = Corpus.of(
        ...     project.schema(),
        ...     articles=project.table(Article),
        ...     sentences=project.table(Sentence),
        ...     decisions=project.table(Decision),
        ...     annotations=project.stream_answers(),
        ... )
        >>> release = freeze(corpus, Path(tempfile.mkdtemp()), Terms(version="1.0.0", title="Invented news"))
        >>> release.version, release.splits(), release.counts["default"]
        ('1.0.0', ('train', 'validation', 'test'), 83)
    """
    if not (corpus.decision_of >= 0).any():
        raise InvalidInput("no sentence is decided yet", where=str(folder), remedy="run `toolkit adjudicate`")
    check_withheld(corpus, terms.withheld)
    if previous is not None:
        _hold_label_numbers(previous.schema, corpus.schema)
    with staged(folder) as stage:
        if terms.version != AUTO:
            stage.name(terms.version)
        split_of = _article_splits(corpus, terms, previous)
        before = {} if previous is None else read_splits(previous).get(_HARDER, {})
        sides, kept = harder_splits(corpus, partial(_strata, corpus), seed=terms.seed, before=before)
        scanner = Scanner(terms.allowed, known, terms.authors, secrets)
        withheld = _withheld(corpus, terms, stage.folder)
        corpus, notes = with_notes_withheld(corpus, withheld)
        schema, examples = with_examples_withheld(corpus.schema, withheld)
        tables = _write_tables(corpus, stage.folder, terms, split_of, sides, scanner)
        schema_digest = _write_schema(stage.folder, schema, terms)
        _write_splits(stage.folder, corpus, terms, split_of, kept, previous)
        if previous is not None:
            _write_gone(stage.folder, corpus, previous)
        sums = file_sums(stage.folder)
        drafted = Release(stage.folder, {"tables": tables, "files": sums, "text": str(terms.text)})
        facts = Facts.of(corpus, terms, tables, label_counts(drafted, corpus.schema))
        pa.default_memory_pool().release_unused()
        found = repeats(drafted)
        check_repeats(found, terms.repeated_at_most)
        counts = {"notes": notes, "examples": examples}
        facts = replace(facts, schema_digest=schema_digest, withheld=counts, repeats=found)
        del corpus
        pa.default_memory_pool().release_unused()
        change = None
        if previous is not None:
            change = diff(previous, Release(stage.folder, _manifest(facts, sums)), whole=False)
        facts = replace(facts, terms=replace(terms, version=_version(terms.version, previous, change)))
        stage.name(facts.terms.version)
        _write_texts(stage.folder, facts, previous, change)
        manifest = sealed(_manifest(facts, file_sums(stage.folder, sums)))
        (stage.folder / NAME).write_text(json_text(manifest), encoding="utf-8")
        _refuse_private_words(stage.folder, scanner)
        _refuse_quotations(stage.folder, withheld)
    return load(folder / facts.terms.version)


def _hold_label_numbers(before: Schema, now: Schema) -> None:
    """Refuse to renumber labels within a schema's major version: the outputs of trained models would change meaning."""
    if (before.name, before.version.split(".")[0]) != (now.name, now.version.split(".")[0]):
        return
    remedy = "keep the order, retire labels instead of removing them, and append new ones"
    faults = [InvalidInput(fault, where=now.ref, remedy=remedy) for fault in schema_diff(before, now).faults]
    if faults:
        raise InvalidInput.all_of(faults)


def _refuse_private_words(folder: Path, scanner: Scanner) -> None:
    """Look at every file that is not a table: the words of people on the card, in takedowns and as authors."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".parquet":
            scanner.look_at(path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8"))
    scanner.refuse()


def _withheld(corpus: Corpus, terms: Terms, folder: Path) -> Withheld:
    """Return the words that must not be released: of all articles where text is not, else of those taken down."""
    if not terms.text.full:
        texts = pa.chunked_array([*corpus.articles["text"].chunks, *corpus.taken_down.chunks], pa.string())
        return Withheld(texts, partial(_released_words, folder))
    return Withheld(corpus.taken_down, partial(_released_words, folder))


def _released_words(folder: Path) -> Iterator[str]:
    """Yield the words of articles that the tables carry."""
    for config, column in (("articles", "text"), ("default", "text"), ("undecided", "text")):
        for path in sorted(folder.glob(table_path(config, "*"))):
            table = pq.ParquetFile(path)
            if column in table.schema_arrow.names:
                yield from table.read(columns=[column])[column].to_pylist()


def _refuse_quotations(folder: Path, withheld: Withheld) -> None:
    """Refuse words of articles that are not released in what people wrote: card, codebook, reasons, title."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".parquet")
    texts = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}
    quoted = withheld.quoted(texts)
    if quoted:
        remedy = "say it in other words where it stands, or release the text"
        faults = [
            InvalidInput(f"quotes an article whose words are not released: “{words} …”", where=name, remedy=remedy)
            for name, words in quoted.items()
        ]
        raise InvalidInput.all_of(faults)


def _version(wanted: str, previous: Release | None, change: ReleaseDiff | None) -> str:
    if previous is None or change is None:
        return "1.0.0" if wanted == AUTO else wanted
    if wanted == AUTO:
        return str(Version.parse(previous.version).bump(change.level))
    check_version(wanted, previous.version, level=change.level)
    return wanted


def _write_texts(folder: Path, facts: Facts, previous: Release | None, change: ReleaseDiff | None) -> None:
    terms = facts.terms
    (folder / "prevalence.json").write_text(json_text(facts.shares), encoding="utf-8")
    if facts.agreement is not None:
        (folder / "agreement.json").write_text(json_text(facts.agreement), encoding="utf-8")
    write_notes(folder, facts, previous, None if change is None else change.as_markdown())
    columns = arrow_schemas(facts.schema, text=terms.text.full, snippet=terms.text.mode == "snippet")
    (folder / "croissant.json").write_text(json_text(croissant(facts, columns)), encoding="utf-8")
    drawn = write_pictures(folder, facts)
    (folder / "README.md").write_text(card_text(facts, previous, drawn), encoding="utf-8")


def _article_splits(corpus: Corpus, terms: Terms, previous: Release | None) -> list[str | None]:
    """Return the split of each article of the corpus; None if none of its sentences has an answer or a decision.

    A story goes where its articles were in the previous release. If they were in different splits, because only now
    they are known to be one story, each stays where it was, and new articles join the first split.
    """
    told = corpus.told
    stories = corpus.articles["story_id"].to_pylist()
    ids = corpus.articles["article_id"].to_pylist()
    before: Mapping[str, str] = {} if previous is None else read_splits(previous)["articles"]
    order = {split: place for place, split in enumerate(terms.fractions)}
    frozen: dict[str, str] = {}
    for article, story in zip(ids, stories, strict=True):
        split = before.get(article)
        if split is not None:
            frozen[story] = min(split, frozen.get(story, split), key=lambda name: order.get(name, len(order)))
    split_of = story_splits(_strata(corpus, told, stories), seed=terms.seed, fractions=terms.fractions, frozen=frozen)
    return [before.get(article) or split_of.get(story) for article, story in zip(ids, stories, strict=True)]


def _strata(corpus: Corpus, told: npt.NDArray[np.bool_], stories: list[str]) -> Iterator[SplitRow]:
    for rows in in_parts(np.flatnonzero(told)):
        places = corpus.decision_of[rows]
        decisions = corpus.decisions.select(["labels", "spans"]).take(pa.array(places, mask=places < 0))
        labels = decisions["labels"].to_pylist()
        spans = (
            pc.list_parent_indices(decisions["spans"]),
            pc.struct_field(pc.list_flatten(decisions["spans"]), "label"),
        )
        marked: list[set[str]] = [set() for _ in labels]
        for row, label in zip(*(part.to_pylist() for part in spans), strict=True):
            marked[row].add(f"span:{label}")
        for article, given, found in zip(corpus.article_of[rows].tolist(), labels, marked, strict=True):
            yield SplitRow(stories[article], (*(given or ()), *sorted(found)))


def read_splits(release: Release) -> dict[str, Any]:
    """Read the splits.json of a release."""
    splits: dict[str, Any] = json.loads(release.read("splits.json"))
    return splits


def _write_tables(
    corpus: Corpus, folder: Path, terms: Terms, split_of: list[str | None], sides: Sides, scanner: Scanner
) -> Tables:
    columns = arrow_schemas(corpus.schema, text=terms.text.full, snippet=terms.text.mode == "snippet")
    configs = Configs(corpus, columns, terms.text, terms.withheld, coarse=terms.times == "day", sides=sides)
    told = corpus.told
    sentence_split = np.array(split_of, dtype=object)[corpus.article_of]
    scanner.look_at("agreement.json", json_text(terms.agreement))
    for name, words in terms.sections.items():
        scanner.look_at(f"{FOLDER}/{name}.md", words)
    for article, reason in terms.takedowns.items():
        scanner.look_at(f"takedowns.yaml, {article}", reason)
    kept = sorted(
        {split for split in split_of if split is not None} - set(terms.fractions)
    )  # splits of earlier releases
    tables: Tables = {}
    for config in columns:
        for split in (*terms.fractions, *kept):
            slices = configs.slices(config, told & (sentence_split == split), split)
            slices = slices if config in _REPEATED else scanner.watch(config, slices)
            for name, entry in write_table(folder, config, split, columns[config], slices).items():
                tables.setdefault(name, {}).update(entry)
    scanner.refuse()
    return tables


def _write_schema(folder: Path, schema: Schema, terms: Terms) -> str:
    """Write the schema, and its codebook where there is one, and return the schema's digest."""
    content = {key: value for key, value in to_row(schema).items() if key != "digest"}
    (folder / "schema").mkdir()
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)
    (folder / "schema" / f"{schema.version}.yaml").write_text(text, encoding="utf-8")
    if terms.guidelines:
        (folder / "schema" / "guidelines.md").write_text(guidelines(schema), encoding="utf-8")
    return parse(text).digest


def _write_splits(
    folder: Path,
    corpus: Corpus,
    terms: Terms,
    split_of: list[str | None],
    kept: Mapping[str, Any],
    previous: Release | None,
) -> None:
    """Write the split of every article; articles that are gone keep their entries, in case they come back."""
    before = {} if previous is None else read_splits(previous)["articles"]
    now = dict(zip(corpus.articles["article_id"].to_pylist(), split_of, strict=True))
    articles = dict(sorted({**before, **{article: split for article, split in now.items() if split}}.items()))
    value = {
        "grouped_by": "story_id",
        "seed": terms.seed,
        "fractions": dict(terms.fractions),
        _HARDER: kept,
        "articles": articles,
    }
    (folder / "splits.json").write_text(json_text(value), encoding="utf-8")


def _write_gone(folder: Path, corpus: Corpus, previous: Release) -> None:
    """Write which sentences of the release before are gone: withdrawn answers and new cuts look alike without it.

    So do links that an expert decided against and links that nobody draws any more.
    """
    before = previous.table(columns=["sentence_id", "article_id"])
    lost = before.filter(pc.invert(pc.is_in(before["sentence_id"], value_set=corpus.sentences["sentence_id"])))
    gone = dict(zip(lost["sentence_id"].to_pylist(), lost["article_id"].to_pylist(), strict=True))
    earlier = {} if GONE not in previous.manifest["files"] else json.loads(previous.read(GONE))["sentences"]
    back = pc.is_in(pa.array(list(earlier), pa.string()), value_set=corpus.sentences["sentence_id"]).to_pylist()
    gone |= {name: article for (name, article), is_back in zip(earlier.items(), back, strict=True) if not is_back}
    articles = pa.array(sorted({*gone.values()}), pa.string())
    there = articles.filter(pc.is_in(articles, value_set=corpus.articles["article_id"])).to_pylist()
    value = {"sentences": dict(sorted(gone.items())), "articles_there": there}
    if corpus.schema.links:
        value["refused_links"] = list(corpus.refused_links)
    (folder / GONE).write_text(json_text(value), encoding="utf-8")


def _manifest(facts: Facts, files: Mapping[str, Any]) -> dict[str, Any]:
    schema, terms = facts.schema, facts.terms
    return {
        "format": FORMAT,
        "title": terms.title,
        "version": terms.version,
        "toolkit": __version__,
        "arrow": pa.__version__,
        "schema": {"ref": schema.ref, "digest": facts.schema_digest},
        "recipe": terms.recipe(schema.digest),
        "text": str(terms.text),
        "licence": terms.licence,
        "takedowns": dict(sorted(terms.takedowns.items())),
        "left_out": {
            "annotations_of_sentences_that_are_gone": facts.orphans,
            "notes_that_quote_an_article": facts.withheld.get("notes", 0),
            "examples_that_quote_an_article": facts.withheld.get("examples", 0),
            "annotations_of_which_a_part_was_lost": facts.partial,
            "sentences": facts.left_out.as_dict(),
        },
        "repeats": facts.repeats.as_dict(),
        **({"models": dict(sorted(terms.models.items()))} if terms.models else {}),
        "inputs": dict(sorted(terms.inputs.items())),
        "tables": facts.tables,
        "files": files,
    }

"""The facts of a release: the numbers that card, changelog, citation and licence are written from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from toolkit.errors import tally
from toolkit.release.manifest import Tables
from toolkit.release.privacy.withheld import released_report
from toolkit.release.repeats import Repeats
from toolkit.release.tables.columns import arrow_schemas, dataset_features
from toolkit.release.tables.corpus import Corpus
from toolkit.release.terms import Terms
from toolkit.schema import Schema

if TYPE_CHECKING:
    from datasets import Features

_FEW_STORIES = 5
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The sentences that were answered and not decided, and how that bends how often labels occur.

    Attributes:
        answered: Sentences with an answer or a decision; skips are none.
        undecided: How many of them are not decided.
        skipped: Sentences that were only skipped.
        labels: Label → "votes" (undecided sentences that somebody gave it to), "prevalence" among the decided, and
            "with_undecided" (the prevalence if each undecided sentence counts by its share of votes).
    """

    answered: int
    undecided: int
    skipped: int
    labels: Mapping[str, Mapping[str, float]]

    @classmethod
    def of(cls, corpus: Corpus, shares: Mapping[str, Any]) -> Self:
        """Count them."""
        rows = np.flatnonzero(corpus.undecided)
        decided = int((corpus.decision_of >= 0).sum())
        told = int(corpus.told.sum())
        votes = corpus.votes(rows)
        people = np.maximum(corpus.people(rows), 1)[:, None]
        expected = (votes / people).sum(axis=0)
        labels = {}
        for number, label in enumerate(corpus.schema.label_ids):
            held = sum(int(share["labels"][label]) for share in shares.values())
            labels[label] = {
                "votes": int((votes[:, number] > 0).sum()),
                "prevalence": round(held / max(decided, 1), 4),
                "with_undecided": round((held + float(expected[number])) / max(decided + len(rows), 1), 4),
            }
        return cls(decided + len(rows), len(rows), told - decided - len(rows), labels)

    def as_dict(self) -> dict[str, Any]:
        """Return everything for JSON."""
        return {"answered": self.answered, "undecided": self.undecided, "skipped": self.skipped, "labels": self.labels}


@dataclass(frozen=True)
class Facts:
    """Counts and declarations, all taken from the data.

    Attributes:
        terms: Title, licence, splits and what else the tables do not say.
        schema: Its label schema.
        tables: Its tables, as in the manifest.
        features: Config → features as `datasets` has them.
        shares: Prevalence by split.
        languages: Language → articles, those of the config `articles`.
        licences: Licence → articles; "not stated" among them.
        publishers: Publisher → articles.
        methods: Method → decisions.
        published: First and last date of publication that is known.
        annotators: Pseudonyms of those who answered, experts not among them.
        answers: Their answers, skipped ones not among them.
        skipped: Their skipped ones.
        agreement: The agreement report as it may be released; see `toolkit.release.privacy.withheld`.
        orphans: Answers that were left out because their sentence is not there any more.
        left_out: What was answered and is not in `default`.
        columns: Config → columns.
        repeats: What stands in it more than once.
        schema_digest: Of the schema as it is released.
        withheld: "notes" and "examples" → how many were withheld because they quote an article that is not released.
        loose_links: Links that hold and are left out: an end is not decided, or the two are in different splits.
        truncated: Articles of which the page shows only the beginning.
        partial: Answers that were left out because a part of them could not be taken from the server.
    """

    terms: Terms
    schema: Schema
    tables: Tables
    features: Mapping[str, Features]
    shares: Mapping[str, Mapping[str, Any]]
    languages: Mapping[str, int]
    licences: Mapping[str, int]
    publishers: Mapping[str, int]
    methods: Mapping[str, int]
    published: tuple[str, str] | None
    annotators: tuple[str, ...]
    answers: int
    skipped: int
    agreement: Mapping[str, Any] | None
    orphans: int
    left_out: LeftOut
    columns: Mapping[str, pa.Schema]
    schema_digest: str = ""
    repeats: Repeats = field(default_factory=lambda: Repeats({}, 0, 0))
    withheld: Mapping[str, int] = field(default_factory=dict)
    partial: int = 0
    truncated: int = 0
    loose_links: int = 0

    @classmethod
    def of(cls, corpus: Corpus, terms: Terms, tables: Tables, shares: Mapping[str, Any]) -> Self:
        """Take the facts from the frozen tables."""
        columns = arrow_schemas(corpus.schema, text=terms.text.full, snippet=terms.text.mode == "snippet")
        articles = corpus.articles.take(np.unique(corpus.article_of[corpus.told]))
        dates = pc.min_max(articles["published_at"]).as_py()
        answers = corpus.annotations.select(["annotator", "role", "skipped"]).take(corpus.annotation_order)
        answers = answers.filter(pc.equal(answers["role"], "annotator"))
        skipped = pc.sum(answers["skipped"]).as_py() or 0
        return cls(
            terms=terms,
            schema=corpus.schema,
            tables=tables,
            features={config: dataset_features(columns[config], corpus.schema) for config in tables},
            shares=shares,
            languages=value_counts(articles["language"]),
            licences=value_counts(articles["licence"]),
            publishers=value_counts(articles["publisher"]),
            methods=value_counts(corpus.decisions["method"]),
            published=(dates["min"], dates["max"]) if dates["min"] else None,
            annotators=tuple(sorted(answers["annotator"].unique().to_pylist())),
            answers=answers.num_rows - skipped,
            skipped=skipped,
            agreement=released_report(terms.agreement, corpus, terms.withheld),
            orphans=len(corpus.orphans),
            partial=corpus.partial,
            truncated=pc.sum(articles["truncated"]).as_py() or 0 if "truncated" in articles.column_names else 0,
            left_out=LeftOut.of(corpus, shares),
            loose_links=corpus.loose_links
            + len(corpus.links)
            - sum(entry["rows"] for entry in tables.get("links", {}).values()),
            columns={config: columns[config] for config in tables},
        )

    @property
    def rows(self) -> int:
        """Number of rows of the default config."""
        return sum(int(entry["rows"]) for entry in self.tables["default"].values())

    @property
    def stories(self) -> int:
        """Number of stories of the default config."""
        return sum(int(share["stories"]) for share in self.shares.values())

    @property
    def thin_ground(self) -> str:
        """Why the labels rest on little: a single annotator, or fewer than five stories; empty where they do not."""
        few = f"{tally(self.stories, 'story', 'stories')}, and five are few"
        reasons = ["one annotator"] * (len(self.annotators) == 1) + [few] * (self.stories < _FEW_STORIES)
        return "; ".join(reasons)

    @property
    def licence(self) -> str | None:
        """The licence of the whole release; None if it carries words of articles under another one or none."""
        foreign = {name for name in self.licences if name.casefold() != self.terms.licence.casefold()}
        return None if foreign and self.terms.text.mode != "offsets" else self.terms.licence

    @property
    def size_category(self) -> str:
        """The Hub's word for the number of rows."""
        return next((name for limit, name in _SIZES if self.rows < limit), "1M<n<10M")

    def total(self, layer: str, name: str) -> int:
        """Return how often a label ("labels") or span label ("spans") occurs in all splits."""
        return sum(int(share[layer][name]) for share in self.shares.values())


def value_counts(values: Any) -> dict[str, int]:
    """Return value → count, the most frequent first, then by name."""
    pairs = [(item["values"] or "not stated", item["counts"]) for item in pc.value_counts(values).to_pylist()]
    return dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))

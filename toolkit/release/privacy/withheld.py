"""The parts that a release leaves out: words of articles, articles that were taken down, and answers without consent.

takedowns.yaml of a project names the articles that must not be released any more, with the reasons:

    6f1d3c…: the author asked for it
    https://example.org/story: the publisher asked for it

The answers of annotators who do not consent to their release count in decisions, in `n_annotators` and in every number
about all annotators, but stand nowhere alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

import pyarrow as pa
import pyarrow.compute as pc

from toolkit.agreement.annotators import PAIR
from toolkit.errors import InvalidInput, UsageError
from toolkit.release.tables.corpus import Corpus
from toolkit.schema.yaml_document import text_of, yaml_values

_FORM = re.compile(r"full|offsets|snippet:([1-9][0-9]*)")


@dataclass(frozen=True, slots=True)
class TextRule:
    """The share of the articles' words that is released.

    Attributes:
        mode: "full": all of it. "offsets": no word, but url, hashes and offsets, from which `hydrate` rebuilds the
            text out of the reader's own copies of the pages. "snippet": as "offsets", with the beginning of each
            sentence.
        length: Code points of a snippet.

    Examples:
        >>> TextRule.parse("snippet:40")
        TextRule(mode='snippet', length=40)
        >>> TextRule.parse("offsets").full
        False
    """

    mode: Literal["full", "offsets", "snippet"] = "full"
    length: int = 0

    @classmethod
    def parse(cls, value: str) -> Self:
        """Read "full", "offsets" or "snippet:N".

        Raises:
            UsageError: It is none of them.
        """
        found = _FORM.fullmatch(value)
        if found is None:
            raise UsageError(f"text: {value!r} is not known", remedy="say full, offsets or snippet:N")
        if found[1]:
            return cls("snippet", int(found[1]))
        return cls("full" if value == "full" else "offsets")

    def __str__(self) -> str:
        return f"snippet:{self.length}" if self.mode == "snippet" else self.mode

    @property
    def full(self) -> bool:
        """Every word is released."""
        return self.mode == "full"

    def shorten(self, texts: pa.ChunkedArray) -> pa.ChunkedArray:
        """Cut texts to what may be released of them."""
        return pc.utf8_slice_codeunits(texts, 0, self.length) if self.mode == "snippet" else texts


_ID = re.compile(r"[0-9a-f]{24}")


def plain_address(url: str) -> str:
    """Return what an address has in common with the other ways to write it.

    Examples:
        >>> plain_address("HTTP://Www.Paper.Example/a/?q=1#top") == plain_address("https://paper.example/a?q=1")
        True
    """
    address, _, _ = url.strip().partition("#")
    address = re.sub(r"^https?://(?:www\.)?", "", address, flags=re.IGNORECASE)
    host, slash, rest = address.partition("/")
    path, mark, query = rest.partition("?")
    return f"{host.casefold()}{slash}{path.rstrip('/')}{mark}{query}".rstrip("/")


def read_takedowns(path: Path, articles: pa.Table) -> dict[str, str]:
    """Return article_id → reason, by article_id.

    Args:
        path: The list; it need not exist.
        articles: Columns article_id, url and addresses, where urls are looked up, in whatever way they are written. An
            article_id may be listed after its page is gone.

    Raises:
        InvalidInput: The list is not a mapping of article_ids or urls to reasons, or no article has one of the urls.
    """
    if not path.exists():
        return {}
    listed = yaml_values(text_of(path), str(path)) or {}
    if not isinstance(listed, dict) or not all(isinstance(part, str) for pair in listed.items() for part in pair):
        raise InvalidInput("is not a mapping", where=str(path), remedy="write `article_id or url: reason` on each line")
    by_url: dict[str, list[str]] = {}
    wanted = {plain_address(key): key for key in listed}
    columns = (articles[name].to_pylist() for name in ("article_id", "url", "addresses"))
    for article, url, further in zip(*columns, strict=True):
        for key in {wanted.get(plain_address(each)) for each in (url, *(further or ())) if each} - {None}:
            by_url.setdefault(str(key), []).append(article)
    lost = [key for key in listed if key not in by_url and not _ID.fullmatch(key)]
    if lost:
        remedy = "correct it, or list the article_id"
        faults = [InvalidInput(f"no article has this url: {key}", where=str(path), remedy=remedy) for key in lost]
        raise InvalidInput.all_of(faults)
    found = {name: reason for key, reason in listed.items() for name in by_url.get(key, [key])}
    return dict(sorted(found.items()))


def check_withheld(corpus: Corpus, withheld: Collection[str]) -> None:
    """Check that each of those who do not consent gave an answer: a misspelt name would withhold nothing.

    Raises:
        InvalidInput: Nobody of that name answered; `faults` holds all such names.
    """
    answered = corpus.annotations["annotator"].unique().to_pylist()
    remedy = f"take it out, or name one of {', '.join(sorted(answered))}"
    where = "toolkit.yaml: release.consent"
    faults = [
        InvalidInput(f"nobody who answered is called {name}", where=where, remedy=remedy)
        for name in sorted({*withheld} - {*answered})
    ]
    if faults:
        raise InvalidInput.all_of(faults)


def released_report(
    report: Mapping[str, Any] | None, corpus: Corpus, withheld: Collection[str]
) -> Mapping[str, Any] | None:
    """Return the part of an agreement report that may be released.

    Left out are the rows, pairs and warnings of those who do not consent, the disputes that they took part in, and
    disputes on sentences that are not in the corpus, such as those of an article that was taken down.
    """
    if report is None:
        return None
    gone = {*withheld}
    disputed = [dispute["sentence_id"] for dispute in report.get("disputed", ())]
    there = pc.is_in(pa.array(disputed, pa.string()), value_set=corpus.sentences["sentence_id"])
    released = {*pa.array(disputed, pa.string()).filter(there).to_pylist()}
    kept: dict[str, Callable[[Mapping[str, Any]], bool]] = {
        "by_annotator": lambda row: row["annotator"] not in gone,
        "pairs": lambda row: not gone & {*row["name"].split(PAIR)},
        "disputed": lambda row: row["sentence_id"] in released and not gone & _voices(row),
        "warnings": lambda row: row["annotator"] not in gone,
    }
    return {key: [row for row in value if kept[key](row)] if key in kept else value for key, value in report.items()}


def _voices(dispute: Mapping[str, Any]) -> set[str]:
    return {name for answer in dispute["answers"] for name in answer["annotators"]}

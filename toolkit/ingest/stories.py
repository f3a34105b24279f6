"""Stories: groups of near-duplicate articles and wire copies. No split of a release divides a story.

MinHash over word shingles (rensa's R-MinHash) with LSH bands proposes pairs, and dismisses those that are far from
alike. The exact Jaccard similarity of their shingle sets decides, and connected pairs are one story. The result does
not depend on the order of the articles, or on the worker that computed a signature.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from toolkit.records import Article, Page, to_json

SHINGLE = 3
"""Words per shingle: unrelated articles share almost none, and an edited word changes three at most."""
THRESHOLD = 0.5
"""Jaccard similarity from which two articles are one story.

Deduplication for language models takes 0.8, but here a missed pair puts one text into train and test, while a false
pair only makes a split coarser. A wire copy with a new lead, or cut to two thirds, lies between 0.5 and 0.8. Of 2,000
press releases, 45 pairs reach 0.5, all one text or one form letter filled in anew; articles written apart stay
below 0.2.
"""
_BANDS, _ROWS = 64, 4  # a pair at 0.5 is proposed with 1 - (1 - 0.5**4)**64 = 98.4 %, one at 0.1 with 0.7 %
_HOPELESS = 80  # equal minima of 256; a pair at 0.5 has 128 ± 8, and fewer than 80 once in a billion
_SEED = 0x5EED
_REMEMBERED = 4096  # shingle sets; the pairs of a bucket use the same ones again
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|\w+")  # where no spaces separate words, each character is one

Ranks = npt.NDArray[np.int64]

SIGNATURE_BYTES = _BANDS * _ROWS
"""Bytes of a signature."""


def signature(text: str) -> bytes:
    """Return the last byte of each of a text's 256 minima.

    The share of minima that two texts have in common estimates the share of their common shingles; 1 of 256 is equal by
    chance. Texts that share a band of four minima are compared.
    """
    from rensa import RMinHash

    sketch = RMinHash(num_perm=SIGNATURE_BYTES, seed=_SEED)
    sketch.update(_shingled(text))  # minima don't depend on order or repeats
    return np.array(sketch.digest(), dtype=np.uint64).astype(np.uint8).tobytes()


def shingles(text: str) -> frozenset[str]:
    """Return the word shingles of a text, without case and punctuation; a text of fewer words is one shingle."""
    return frozenset(_shingled(text))


def jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    """Return the share of shingles that two texts have in common, in [0, 1].

    Example:
        >>> jaccard(shingles("The ferry sailed on Monday."), shingles("the ferry sailed on Sunday"))
        0.5
    """
    both = len(left & right)
    return both / (len(left) + len(right) - both)


def story_ids(ids: Sequence[str], signatures: Sequence[bytes], text_of: Callable[[int], str]) -> list[str]:
    """Cluster articles by their signatures.

    Args:
        ids: article_ids, each once.
        signatures: The `signature` of each.
        text_of: Returns the text of the article at a position; called only for articles that share a band with others.

    Returns:
        The story_id of each article: the smallest article_id of its cluster.
    """
    order = sorted(range(len(ids)), key=ids.__getitem__)
    minima = np.frombuffer(b"".join(signatures[i] for i in order), np.uint8).reshape(len(ids), SIGNATURE_BYTES)
    clusters = _Clusters(minima, lambda rank: text_of(order[rank]))
    for band in range(_BANDS):
        clusters.join_alike(band)
    stories = [""] * len(ids)
    for rank, root in enumerate(clusters.roots().tolist()):
        stories[order[rank]] = ids[order[root]]
    return stories


def assign_stories(articles: Iterable[Article]) -> list[Article]:
    """Merge exact duplicates and give near-duplicates one story_id.

    Of articles with the same text, the one whose page comes first (by source, then place) stays. The pages of the
    others become its `copies`, their URLs its `addresses`; facts that only they have, such as a date, fill its gaps.

    Returns:
        One article per text, in the order of the pages; the order of the input does not matter.
    """
    merged = merge_copies(articles)
    ids = [article.article_id for article in merged]
    stories = story_ids(ids, [signature(article.text) for article in merged], lambda i: merged[i].text)
    return [replace(article, story_id=story) for article, story in zip(merged, stories, strict=True)]


def merge_copies(articles: Iterable[Article]) -> list[Article]:
    """Return one article per text, in the order of the pages; see `assign_stories`."""
    by_id: dict[str, list[Article]] = {}
    for article in articles:
        by_id.setdefault(article.article_id, []).append(article)
    return sorted(map(_merge, by_id.values()), key=page_order)


def page_order(article: Article) -> tuple[str, int, int, str, int, str]:
    """Return the key that sorts articles as their pages stand: by file, place in the file, place on the page."""
    first = min((piece.byte_start for piece in article.pieces), default=0)
    return (*_place(article.page), first, article.article_id)


_FACTS = ("publisher", "byline", "url", "published_at", "published_text", "licence")


def _merge(copies: list[Article]) -> Article:
    copies = sorted(copies, key=lambda article: (page_order(article), to_json(article)))
    first = copies[0]
    if len(copies) == 1:
        return first
    pages = {_place(page): page for article in copies for page in (article.page, *article.copies)}
    pages.pop(_place(first.page))
    facts: dict[str, Any] = {
        name: next((v for a in copies if (v := getattr(a, name)) is not None), None) for name in _FACTS
    }
    addresses = {address for article in copies for address in (article.url, *article.addresses) if address}
    further = tuple(sorted(addresses - {facts["url"]}))
    return replace(first, copies=tuple(pages[place] for place in sorted(pages)), addresses=further, **facts)


def _place(page: Page) -> tuple[str, int, int, str]:
    return (page.source, page.start, page.end, page.sha256)


def _prints(shingled: frozenset[str]) -> npt.NDArray[np.uint16]:
    """Return 16 bits of each shingle's hash: two sets have at most as many shingles in common as these say."""
    return np.array([crc32(each.encode()) & 0xFFFF for each in shingled], np.uint16)


def _shingled(text: str) -> list[str]:
    words = _WORD.findall(text.casefold())
    runs = zip(*(words[first:] for first in range(SHINGLE)), strict=False)
    return list(map(" ".join, runs)) or [" ".join(words)]


class _Clusters:
    """Union-find over ranks: pairs that share a band and are alike are joined, and the smallest rank is the root.

    Attributes:
        minima: The signature of each rank, a row each.
        text_of: Returns the text of a rank.
    """

    def __init__(self, minima: npt.NDArray[np.uint8], text_of: Callable[[int], str]) -> None:
        self._minima = minima
        self._bands = minima.view("<u4")
        self._parent = np.arange(len(minima))
        self._shingles = lru_cache(maxsize=_REMEMBERED)(lambda rank: shingles(text_of(rank)))
        self._prints = lru_cache(maxsize=16 * _REMEMBERED)(lambda rank: _prints(self._shingles(rank)))

    def roots(self) -> Ranks:
        """Return the root of every rank."""
        return self._roots(np.arange(len(self._parent)))

    def join_alike(self, band: int) -> None:
        """Join the pairs that are alike and share this band, and none before it, by which they were compared."""
        for bucket in self._undecided(band):
            roots = self._roots(bucket)
            for place, rank in enumerate(bucket.tolist()):
                others = bucket[place + 1 :][roots[place + 1 :] != roots[place]]
                met = np.any(self._bands[others, :band] == self._bands[rank, :band], axis=1)
                alike = self._alike(rank, others[~met])
                if len(alike):
                    found = self._roots(np.append(alike, rank))
                    self._parent[found] = found.min()
                    roots = self._roots(bucket)
                    if np.all(roots == roots[0]):
                        break

    def _alike(self, rank: int, others: Ranks) -> Ranks:
        """Return those of the others that are alike with a rank: three sieves of rising cost, and the last decides."""
        near = np.count_nonzero(self._minima[others] == self._minima[rank], axis=1) >= _HOPELESS
        others = others[near]
        if not len(others):
            return others
        prints = [self._prints(other) for other in others.tolist()]
        sizes = np.array([len(each) for each in prints])
        marked = np.zeros(2**16, np.uint8)
        marked[self._prints(rank)] = 1
        starts = np.cumsum(sizes) - sizes
        shared = np.add.reduceat(marked[np.concatenate(prints)], starts, dtype=np.int64)  # at most: prints can be equal
        likely = shared >= THRESHOLD * (sizes + len(self._prints(rank)) - shared)
        shingled = self._shingles(rank)
        return np.array([o for o in others[likely].tolist() if jaccard(shingled, self._shingles(o)) >= THRESHOLD], int)

    def _roots(self, ranks: Ranks) -> Ranks:
        found = ranks
        while not np.array_equal(found, above := self._parent[found]):
            found = above
        self._parent[ranks] = found
        return found

    def _undecided(self, band: int) -> Iterator[Ranks]:
        """Yield the groups of ranks, ascending, that share a band and are not all in one cluster yet."""
        if not len(self._minima):
            return
        size = len(self._minima)
        keys = self._bands[:, band].astype(np.uint64) << np.uint64(32)
        pairs = np.sort(keys | np.arange(size, dtype=np.uint64))
        order = (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)
        starts = np.concatenate([[0], np.flatnonzero(np.diff(pairs >> np.uint64(32))) + 1])
        roots = self.roots()[order]
        mixed = np.minimum.reduceat(roots, starts) != np.maximum.reduceat(roots, starts)
        ends = np.append(starts[1:], size)
        for start, end in zip(starts[mixed].tolist(), ends[mixed].tolist(), strict=True):
            yield order[start:end]

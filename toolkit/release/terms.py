"""The terms of a release: title, licence, splits, text policy and everything else that the tables do not say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from toolkit.records import content_id
from toolkit.release.privacy.withheld import TextRule
from toolkit.release.splits import FRACTIONS
from toolkit.version import __version__


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything about a release that the tables do not say.

    Attributes:
        version: "major.minor.patch".
        title: Its title on the card.
        licence: SPDX id of the labels; articles keep their own.
        authors: Whom to cite.
        repo: Where it is published, "owner/name"; the card's examples load it from there.
        released_on: ISO 8601 date for changelog and citation; None leaves it out, no clock is read.
        seed: Seed of the splits.
        fractions: Split → share of the sentences.
        text: How much of the articles' words is released.
        takedowns: article_id → why it must not be released any more.
        allowed: Strings that look like an e-mail address or a token and may be released all the same.
        withheld: Pseudonyms of annotators who do not consent to their answers being released one by one.
        times: "day": times of answers are told by the day and in whole seconds; "exact": as the server had them.
        repeated_at_most: Share of the sentences outside of train that may stand in it word for word; None: any.
        sections: Section of the card → what people wrote there; see `toolkit.release.card.card`.
        guidelines: The codebook is released too.
        agreement: The report of `toolkit agreement`.
        inputs: Name of an input → SHA-256.
        models: Model whose suggestions people saw → on how many sentences, and what it was asked with.
        design: Who answered what, in words; empty where everybody asked answered the same.
        doi: Its DOI, where one is reserved or known.

    Examples:
        >>> terms = Terms(version="1.0.0", title="Invented news", text=TextRule.parse("snippet:40"))
        >>> terms.fractions["train"], str(terms.text), terms.licence
        (0.8, 'snippet:40', 'CC0-1.0')
    """

    version: str
    title: str = "News sentences"
    licence: str = "CC0-1.0"
    authors: tuple[str, ...] = ()
    repo: str | None = None
    released_on: str | None = None
    seed: int = 0
    fractions: Mapping[str, float] = field(default_factory=lambda: FRACTIONS)
    text: TextRule = field(default_factory=TextRule)
    takedowns: Mapping[str, str] = field(default_factory=dict)
    allowed: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    times: Literal["day", "exact"] = "day"
    repeated_at_most: float | None = None
    sections: Mapping[str, str] = field(default_factory=dict)
    guidelines: bool = False
    agreement: Mapping[str, Any] | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    models: Mapping[str, Any] = field(default_factory=dict)
    design: str = ""
    doi: str | None = None

    def recipe(self, schema_digest: str) -> str:
        """Return the id of everything that decides the release's bytes, except its version."""
        parts = {item.name: getattr(self, item.name) for item in fields(self) if item.name != "version"}
        parts["text"] = str(self.text)
        for name in ("models", "design", "doi"):  # a release without them keeps the recipe that it had before
            if not parts[name]:
                del parts[name]
        return content_id(
            __version__, schema_digest, json.dumps(parts, sort_keys=True, ensure_ascii=False, default=dict)
        )

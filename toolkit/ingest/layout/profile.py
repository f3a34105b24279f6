"""Rules, as data, for lines that belong to the site and not to the article.

A profile is a YAML file. Every rule judges whole lines only: a paragraph is never cut for a word that it contains.

    name: example.org
    sources: ["example.org/*", "*example*"]     # glob patterns over source or URL; absent: every page
    rules:
      - id: share-bar
        why: Buttons that pass the article on.
        effect: line
        phrases: [share, "share this article", tweet]
        patterns: ['(?:share|teilen) (?:on|auf) .{2,20}']

Effects: `line` cuts the line, `head` only above an article's body; `end` says besides that the article's body is over
where nothing substantial follows; `related` opens a list of other articles; `comments` opens what readers wrote.

Why something was cut: the ids that rejects carry, in a sentence each.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import pydantic
import yaml

from toolkit.errors import InvalidInput

Effect = Literal["line", "head", "end", "related", "comments"]

_EDGES = " \t-–—•·*#>»«›‹|:：.…!¡?¿+()[]▼▾▸►→←↓↑✕×✓"
_REPORTED = re.compile(r"\b(?:said|says|told|asked|dit|déclaré|sagte|dijo|disse|ha detto|сказал\w*|قال\w*)\b", re.I)
"""A line that reports what somebody said is prose, whatever a pattern thinks of it."""
_STRICT = pydantic.ConfigDict(extra="forbid", frozen=True)


class Rule(pydantic.BaseModel):
    """One reason for which lines are cut.

    Attributes:
        id: What rejects name as their reason.
        why: One sentence for a reader of rejects.
        effect: What the line says about what follows; see the module.
        max_length: Longer lines, in code points, are never judged.
        phrases: Whole lines, compared without case, outer punctuation and doubled spaces.
        patterns: Regular expressions for whole lines, without case.
    """

    model_config = _STRICT

    id: str = pydantic.Field(pattern=r"^[a-z][a-z0-9-]*$")
    why: str
    effect: Effect = "line"
    max_length: int = pydantic.Field(default=160, ge=1, le=1000)
    phrases: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()

    @pydantic.field_validator("patterns")
    @classmethod
    def _compile(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            try:
                re.compile(f"(?:{pattern})")  # as it stands among others: flags for the whole of a regex are refused
            except re.error as error:
                raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
        return patterns


class Profile(pydantic.BaseModel):
    """The rules for one site, or for every site.

    Attributes:
        name: What the profile is called.
        sources: Glob patterns, of which one must match a page's source or URL; empty: every page.
        rules: In the order in which they are asked; the first that matches names the reason.
    """

    model_config = _STRICT

    name: str
    sources: tuple[str, ...] = ()
    rules: tuple[Rule, ...]

    def covers(self, source: str, url: str | None = None) -> bool:
        """Whether the profile is meant for a page."""
        return not self.sources or any(fnmatchcase(name, glob) for name in (source, url or "") for glob in self.sources)


class Rulebook:
    """Profiles, compiled to judge lines quickly."""

    def __init__(self, profiles: Iterable[Profile]) -> None:
        self._by_phrase: dict[str, Rule] = {}
        self._by_pattern: list[tuple[re.Pattern[str], Rule]] = []
        for profile in profiles:
            for rule in profile.rules:
                for phrase in rule.phrases:
                    self._by_phrase.setdefault(fold(phrase), rule)
                self._by_pattern += ((pattern, rule) for pattern in _compiled(rule.patterns))
        self._longest = max((rule.max_length for _, rule in self._by_pattern), default=0)
        patterns = tuple(pattern.pattern for pattern, _ in self._by_pattern)
        self._any = _compiled(patterns)  # most lines match none of them, which one regex tells faster

    def judge(self, line: str) -> Rule | None:
        """Return the first rule that a line, stripped, falls under."""
        if len(line) > max(self._longest, 160):
            return None
        rule = self._by_phrase.get(fold(line))
        if rule is not None:
            return rule
        tidy = line.replace("’", "'")
        if not any(pattern.fullmatch(tidy) for pattern in self._any) or _REPORTED.search(line):
            return None
        for pattern, rule in self._by_pattern:
            if len(line) <= rule.max_length and pattern.fullmatch(tidy):
                return rule
        return None


def _compiled(patterns: Sequence[str]) -> list[re.Pattern[str]]:
    """Compile patterns as one regex; those with groups, which count from its beginning, each for itself."""
    alone = [pattern for pattern in patterns if re.compile(pattern).groups]
    joined = "|".join(f"(?:{pattern})" for pattern in patterns if pattern not in alone)
    return [re.compile(pattern, re.I) for pattern in (joined, *alone) if pattern]


def fold(line: str) -> str:
    """Return a line without case, outer punctuation, doubled spaces and curly apostrophes: how phrases compare."""
    text = unicodedata.normalize("NFKC", line).casefold().replace("’", "'")
    return " ".join(text.split()).strip(_EDGES)


def parse_profile(text: str, *, where: str) -> Profile:
    """Read a profile from YAML.

    Args:
        text: The YAML.
        where: File name for messages.

    Raises:
        InvalidInput: With all faults: no YAML, an unknown key, a missing one, a pattern that is no regular expression.
    """
    try:
        return Profile.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        what = " ".join(str(error).split())
        raise InvalidInput(f"not YAML: {what}", where=where, remedy="mend the profile's syntax") from error
    except pydantic.ValidationError as error:
        raise InvalidInput.all_of([_fault(fault, where) for fault in error.errors(include_url=False)]) from error


def _fault(fault: Any, where: str) -> InvalidInput:
    place = ".".join(map(str, fault["loc"]))
    return InvalidInput(f"not a valid profile: {fault['msg'].removeprefix('Value error, ')} @ {place}", where=where)


@cache
def default_profile() -> Profile:
    """Return the profile that ships with the package: widgets of news sites and aggregators in general."""
    text = files("toolkit.ingest.layout").joinpath("profiles/default.yaml").read_text(encoding="utf-8")
    return parse_profile(text, where="toolkit/ingest/layout/profiles/default.yaml")


PLACED = {
    "publisher": "Name of the publisher above an article: kept as metadata.",
    "publisher-echo": "The publisher's name once more, after a dash.",
    "published": "Time of publication on a line of its own: kept as metadata.",
    "byline": "Author above the title: kept as metadata.",
    "kicker": "A section's name above a title.",
    "teaser": "Title of another article that the page does not hold.",
    "furniture": "A short line among widgets, after the article's end.",
    "comment": "What a reader wrote.",
    "recurring": "A line that recurs over many pages.",
    "outside-article": "Part of an HTML page that its extractor does not count to the article.",
    "not-on-page": "Text of the extractor that stands nowhere on the page as it was sent.",
    "second-title": "The page's title where a column states another.",
    "malformed-bytes": "Bytes that the page's encoding does not allow; U+FFFD stands for them.",
    "no-text": "A page on which a reader sees no text, such as one that only a script fills.",
    "unreadable": "A page of a file that can't be read.",
}
"""Reasons that come from the page or a line's place on it; all others are ids of a profile's rules."""


def why(reason: str, profiles: Iterable[Profile] = ()) -> str | None:
    """Return what a reject's reason means, None where no profile has a rule of that id."""
    rules = (rule for profile in (*profiles, default_profile()) for rule in profile.rules)
    return PLACED.get(reason) or next((rule.why for rule in rules if rule.id == reason), None)

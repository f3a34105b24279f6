"""Profiles: rules, as data, for lines that belong to the site and not to the article.

A profile is a YAML file. Rules judge whole lines only: a paragraph is never cut for a word in it.

    name: example.org
    sources: ["example.org/*", "*example*"]     # glob patterns over source or URL; absent: every page
    rules:
      - id: share-bar
        why: Buttons that pass the article on.
        effect: line
        phrases: [share, "share this article", tweet]
        patterns: ['(?:share|teilen) (?:on|auf) .{2,20}']

Effects: `line` cuts the line; `head` cuts it only above an article's body. The others cut the line and say what comes
below: `end`, that the article is over, unless a paragraph follows; `close`, that it is over; `related`, a list of other
articles; `aside`, links between two paragraphs; `comments`, readers' comments.
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
from toolkit.schema.yaml_document import read_document

Effect = Literal["line", "head", "end", "close", "related", "aside", "comments"]

_EDGES = " \t-–—•·*#>»«›‹|:：.…!¡?¿+()[]▼▾▸►→←↓↑✕×✓"
_REPORTED = re.compile(r"\b(?:said|says|told|asked|dit|déclaré|sagte|dijo|disse|ha detto|сказал\w*|قال\w*)\b", re.I)
"""A line that reports somebody's words is prose, even if a pattern matches it."""
_STRICT = pydantic.ConfigDict(extra="forbid", frozen=True)


class Rule(pydantic.BaseModel):
    """One reason for which lines are cut.

    Attributes:
        id: The reason that rejects name.
        why: One sentence for readers of the rejects.
        effect: See the module.
        max_length: Patterns do not apply to lines of more code points.
        phrases: Whole lines, compared without case, outer punctuation and repeated spaces.
        patterns: Regular expressions for whole lines; case is ignored.
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
                raise ValueError(f"{pattern!r} is not a regular expression: {error}") from error
        return patterns


class Profile(pydantic.BaseModel):
    """The rules for one site, or for every site.

    Attributes:
        name: Its name.
        sources: Glob patterns; the profile covers a page if one of them matches its source or URL. Empty: every page.
        rules: In the order in which they are tried; the first one that matches gives the reason.
    """

    model_config = _STRICT

    name: str
    sources: tuple[str, ...] = ()
    rules: tuple[Rule, ...]

    def covers(self, source: str, url: str | None = None) -> bool:
        """Return whether the profile applies to a page."""
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
        self._any = _compiled(patterns)  # one regex for all is a quick filter, since most lines match none

    def judge(self, line: str) -> Rule | None:
        """Return the first rule that matches a line, which has no white space around it."""
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
    """Compile patterns into one regex, and each one with groups alone: groups are numbered over the whole regex."""
    alone = [pattern for pattern in patterns if re.compile(pattern).groups]
    joined = "|".join(f"(?:{pattern})" for pattern in patterns if pattern not in alone)
    return [re.compile(pattern, re.I) for pattern in (joined, *alone) if pattern]


def fold(line: str) -> str:
    """Return a line as phrases are compared: without case, outer punctuation, repeated spaces, curly apostrophes."""
    text = unicodedata.normalize("NFKC", line).casefold().replace("’", "'")
    return " ".join(text.split()).strip(_EDGES)


def parse_profile(text: str, *, where: str) -> Profile:
    """Read a profile from YAML.

    Args:
        text: The YAML.
        where: File name for messages.

    Raises:
        InvalidInput: It is not YAML, or it has unknown or missing keys, or wrong patterns; `faults` holds all faults.
    """
    try:
        document = read_document(text, where)
        if document.faults:
            raise InvalidInput.all_of(document.faults)
        return Profile.model_validate(document.data)
    except pydantic.ValidationError as error:
        raise InvalidInput.all_of([_fault(fault, where) for fault in error.errors(include_url=False)]) from error


def _fault(fault: Any, where: str) -> InvalidInput:
    place = ".".join(map(str, fault["loc"]))
    return InvalidInput(f"not a valid profile: {fault['msg'].removeprefix('Value error, ')} @ {place}", where=where)


@cache
def default_profile() -> Profile:
    """Return the profile that comes with the package: widgets of news sites and aggregators in general."""
    return Profile.model_validate(packaged("default"))


def packaged(name: str) -> Any:
    """Return the content of a file of the package, `profiles/NAME.yaml`; libyaml reads it, where it is there."""
    text = files("toolkit.ingest.layout").joinpath(f"profiles/{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are safe


PLACED = {
    "publisher": "Name of the publisher above an article: kept as metadata.",
    "publisher-echo": "The publisher's name repeated after a dash.",
    "published": "Time of publication on a line of its own: kept as metadata.",
    "byline": "Author above the title: kept as metadata.",
    "kicker": "A section's name above a title.",
    "teaser": "Title of another article that the page does not hold.",
    "furniture": "A short line among widgets, after the article's end.",
    "comment": "A reader's comment.",
    "after-the-end": "Notes and contacts below the mark that ends a press release.",
    "separator": "A rule between two articles.",
    "cut-mark": "A mark for the rest of a text that is not there.",
    "running-head": "Page number, head or foot of a printed page.",
    "line-hyphen": "A hyphen that only the end of a line has called for.",
    "recurring": "A line that recurs over many pages.",
    "outside-article": "Part of an HTML page that the extractor leaves out of the article.",
    "hidden": "A part of an HTML page that is not shown.",
    "struck-out": "Text that the page has struck out.",
    "note-mark": "The number of a note, set above the line.",
    "newsletter": "A box that asks the reader to subscribe to a newsletter.",
    "cookie-box": "A box that asks for consent to cookies.",
    "challenge-page": "A page that asks whether its reader is a machine; there is no article on it.",
    "error-page": "A page that says that there is no such page, or that the site is down.",
    "consent-page": "A page that only asks for consent to cookies.",
    "field": 'A line such as "Date: …" above an article: kept as metadata.',
    "near-empty": "A title with nothing below it but itself, or a word for what is not there.",
    "not-on-page": "Text of the extractor that is not on the page as it was sent.",
    "second-title": "The page's own title; a column gives another one.",
    "malformed-bytes": "Bytes that the page's encoding does not allow; U+FFFD stands for them.",
    "no-text": "A page without visible text, such as one that a script fills.",
    "link-only": "A line of a page in Markdown that is nothing but links: navigation.",
    "footnote": "A note below a page in Markdown.",
    "caption": "The caption of an image.",
    "code": "A listing of code in a page in Markdown.",
    "not-a-page": "A record of an archive that is not a page: an error, a script, a stylesheet, an image.",
    "page-asset": 'A file that a browser saved beside a page, in a folder such as "Clash_files".',
    "system-file": "A file that a system or a program left behind, such as Thumbs.db or ~$report.docx.",
    "unreadable": "A page of a file that can't be read.",
}
"""Reasons that come from the page, or from a line's place on it; all others are ids of a profile's rules."""


def why(reason: str, profiles: Iterable[Profile] = ()) -> str | None:
    """Return the meaning of a reject's reason in a sentence; None if no profile has a rule with that id."""
    rules = (rule for profile in (*profiles, default_profile()) for rule in profile.rules)
    return PLACED.get(reason) or next((rule.why for rule in rules if rule.id == reason), None)

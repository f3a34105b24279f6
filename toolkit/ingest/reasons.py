"""Why something was cut: the ids that rejects carry, in a sentence each."""

from __future__ import annotations

from collections.abc import Iterable

from toolkit.ingest.profile import Profile, default_profile

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

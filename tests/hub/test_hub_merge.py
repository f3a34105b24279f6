"""Two cards become one in which what each wrote survives."""

from __future__ import annotations

from toolkit.hub.card_merge import merge_cards
from toolkit.release.card.card import PROMPTS

OURS = f"""---
license: cc0-1.0
tags:
- news
---

# News 1.1.0

<!-- own:motivation -->
{PROMPTS["motivation"]}
<!-- /own -->

<!-- own:uses -->
For storms.
<!-- /own -->
"""


def edited(motivation: str, uses: str, *, head: str = "") -> str:
    theirs = OURS.replace("1.1.0", "1.0.0").replace("tags:\n", f"{head}tags:\n")
    return theirs.replace(PROMPTS["motivation"], motivation).replace("For storms.", uses)


def test_an_untouched_card_is_taken_as_it_is() -> None:
    assert merge_cards(OURS, "") == OURS
    assert merge_cards(OURS, edited(PROMPTS["motivation"], PROMPTS["uses"])) == OURS


def test_their_words_stand_where_we_have_none() -> None:
    merged = merge_cards(OURS, edited("To learn.\n\nAnd to teach.", "For bread."))
    assert "To learn.\n\nAnd to teach." in merged
    assert "For storms." in merged
    assert "For bread." not in merged
    assert "# News 1.1.0" in merged


def test_their_metadata_is_added_but_not_what_follows_from_data() -> None:
    merged = merge_cards(
        OURS, edited("x", "y", head="extra_gated_prompt: please\nlanguage:\n- xx\n").replace("cc0", "mit")
    )
    assert "extra_gated_prompt: please" in merged
    assert "language" not in merged
    assert "license: cc0-1.0" in merged


def test_a_card_without_readable_metadata_adds_none() -> None:
    for theirs in ("no front matter", "---\n: [\n---\nbody", "---\n- list\n---\nbody"):
        assert merge_cards(OURS, theirs) == OURS

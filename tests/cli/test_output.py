"""One line for people about what a stage counted."""

from __future__ import annotations

from toolkit.cli.output import counts_line


def test_one_of_a_thing_is_told_in_the_singular() -> None:
    assert counts_line("ingest", {"pages": 1, "stories": 1, "rejects": 2}).split(maxsplit=1)[1] == (
        "1 page · 1 story · 2 rejects"
    )
    assert counts_line("push", {"already there": 1}).endswith("1 already there")

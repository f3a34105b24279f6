"""The page for links is rendered from the schema, and the library that reads pages takes it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml import etree

from toolkit.cli import main
from toolkit.errors import UsageError
from toolkit.labelstudio import push_links
from toolkit.labelstudio.codec.page_check import PageCheck
from toolkit.labelstudio.links.link_page import render_link_config
from toolkit.project import Workspace
from toolkit.schema import load

SCHEMA = load("news_events@1.1.0")


def test_every_link_and_every_end_of_one_is_on_the_page() -> None:
    page = render_link_config(SCHEMA)
    assert page == render_link_config(SCHEMA)
    root = etree.fromstring(page.encode())
    assert [each.get("value") for each in root.iter("Relation")] == [link.id for link in SCHEMA.links]
    ends = {label for link in SCHEMA.links for label in (*link.head, *link.tail)}
    assert {each.get("value") for each in root.iter("Label")} == ends
    shown = " ".join(str(each.get("value")) for each in root.iter("Header"))
    assert all(" ".join(link.rule.split()) in shown for link in SCHEMA.links)
    PageCheck(page.strip(), "the page")


def test_a_schema_without_links_is_told_before_a_server_is_asked(make_project: Callable[..., Workspace]) -> None:
    with pytest.raises(UsageError, match=r"news_events@1\.0\.0 has no links"):
        push_links(make_project(["Nothing."]))


def test_links_are_sent_without_a_choice_of_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["push", "--links", "--limit", "3"])
    assert (ended.value.code, "--links sends every story" in capsys.readouterr().err) == (2, True)

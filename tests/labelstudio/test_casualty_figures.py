"""Figures before and after people: suggested on the page, and held against the words on pull, by a real server."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from toolkit.engine.arrow import parquet_bytes, to_table
from toolkit.labelstudio import Server
from toolkit.labelstudio.casualty_figures import read_figures
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.codec.encode import encode_result
from toolkit.labelstudio.pull.log_writer import DIFFERING, FILLED, UNNUMBERED
from toolkit.labelstudio.pull.stage import pull
from toolkit.labelstudio.push.stage import push
from toolkit.project import Workspace
from toolkit.records import Article, Page, Piece, Sentence, Span
from toolkit.schema import load

TOLL = "At least 14 people were killed and dozens wounded."
CALM = "The 14 ferries left on time."


@pytest.fixture
def workspace(make_project: Any) -> Workspace:
    """A project with the same two sentences in an English article and in one whose language nobody knows."""
    made: Workspace = make_project([TOLL])
    articles, sentences = [], []
    for language in ("en", "und"):
        text = f"{TOLL}\n{CALM} ({language})"
        raw = text.encode()
        piece = Piece(start=0, end=len(text), byte_start=0, byte_end=len(raw))
        page = Page.of(raw, source="a.txt")
        article = Article.of(text, page=page, pieces=(piece,), language=language)
        articles.append(article)
        cut = len(TOLL)
        sentences += [
            Sentence.of(article, 0, cut, paragraph=0),
            Sentence.of(article, cut + 1, len(text), paragraph=1),
        ]
    made.write("articles.parquet", parquet_bytes(to_table(Article, articles)))
    made.write("sentences.parquet", parquet_bytes(to_table(Sentence, sentences)))
    return made


def test_figures_are_read_where_the_language_is_known(workspace: Workspace) -> None:
    schema = workspace.schema()
    assert [(span.label, span.text, dict(span.attributes)) for span in read_figures(TOLL, "en", schema)] == [
        ("FIGURE", "At least 14", {"low": 14, "qualifier": "at_least", "harm": "killed", "affected_party": "people"}),
        ("FIGURE", "dozens", {"qualifier": "vague", "harm": "wounded"}),
    ]
    assert read_figures(CALM, "en", schema) == ()
    assert read_figures(TOLL, None, schema) == read_figures(TOLL, "und", schema) == ()
    assert read_figures(TOLL, "en", load("claims")) == ()


@pytest.mark.studio
def test_numbers_that_differ_from_their_words_are_named_and_kept(server: Server, workspace: Workspace) -> None:
    push(workspace, server=server)
    (project,) = server_project.work_projects(server, workspace)
    (task, *_) = server.tasks(project.id, include="id,data")
    fields = {"low": 41, "qualifier": "at_least", "harm": "killed"}
    span = Span(span_id="f", label="FIGURE", start=0, end=11, text="At least 14", attributes=fields)
    result = encode_result(workspace.schema(), labels=("casualty_figure",), spans=(span,))
    made = server.post(f"/api/tasks/{task['id']}/annotations/", {"result": result})
    assert pull(workspace, server=server).counts[DIFFERING] == 1
    assert DIFFERING not in pull(workspace, server=server, full=True).counts
    (row,) = map(json.loads, workspace.path("annotations/figures.jsonl").read_text().splitlines())
    assert (row["text"], row["given"]) == ("At least 14", {"low": 41})
    (answer,) = workspace.answers()
    assert answer.spans[0].attributes["low"] == 41, "what a person wrote is never changed"
    right = encode_result(
        workspace.schema(), labels=("casualty_figure",), spans=(replace(span, attributes={**fields, "low": 14}),)
    )
    server.patch(f"/api/annotations/{made['id']}/", {"result": right})
    assert DIFFERING not in pull(workspace, server=server).counts

    # numbers that are left to the words are filled in from them, and the log says so; of no language they stay open
    left = replace(span, attributes={"harm": "killed"})
    empty = encode_result(workspace.schema(), labels=("casualty_figure",), spans=(left,))
    server.patch(f"/api/annotations/{made['id']}/", {"result": empty})
    other = next(
        each
        for each in server.tasks(project.id, include="id,data")
        if each["id"] != task["id"] and each["data"]["text"] == TOLL
    )
    server.post(f"/api/tasks/{other['id']}/annotations/", {"result": empty})
    counts = pull(workspace, server=server).counts
    assert (counts[FILLED], counts[UNNUMBERED], counts.get(DIFFERING)) == (1, 1, None)
    known, unknown = sorted((answer.spans[0] for answer in workspace.answers()), key=lambda each: -len(each.attributes))
    assert known.attributes == {"low": 14, "qualifier": "at_least", "harm": "killed", "affected_party": "people"}
    assert unknown.attributes == {"harm": "killed"}
    rows = [row for row in workspace.annotations.rows() if "filled" in row]
    assert [row["filled"] for row in rows] == [{known.span_id: ["affected_party", "low", "qualifier"]}]
    stored = {item["from_name"] for item in rows[0]["raw"]["result"]}
    assert stored == {"content", "spans", "figure_harm"}, "the server's JSON stays as it came"
    assert pull(workspace, server=server, full=True).up_to_date

"""Foreign projects, read by their own page: what each (control, value) means is decided once, and nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from toolkit.adjudicate.stage import adjudicate
from toolkit.errors import InvalidInput
from toolkit.labelstudio import infer_schema, pull_export, read_export_all
from toolkit.labelstudio.codec.visible_text import VisibleText
from toolkit.project import Workspace
from toolkit.records import Annotation
from toolkit.schema import load

TEXT = "Nine sailors drowned 😀 off the cape."


def item(name: str, type_: str, value: dict[str, Any], to: str = "t", **more: Any) -> dict[str, Any]:
    return {"id": "r1", "from_name": name, "to_name": to, "type": type_, "value": value, **more}


def ticked(name: str, *choices: str, to: str = "t") -> dict[str, Any]:
    return item(name, "choices", {"choices": list(choices)}, to)


def region(name: str, label: str, words: str, text: str = TEXT, **more: Any) -> dict[str, Any]:
    start = text.index(words)
    value = {"start": start, "end": start + len(words), "text": words, "labels": [label]}
    return item(name, "labels", value, **more)


def task(number: int, data: dict[str, Any], *results: list[dict[str, Any]], project: int = 5) -> dict[str, Any]:
    annotations = [
        {
            "id": 10 * number + at,
            "completed_by": at,
            "result": result,
            "created_at": f"2026-01-01T10:00:{number:02}.{at:06}Z",
            "updated_at": f"2026-01-01T10:00:{number:02}.{at:06}Z",
        }
        for at, result in enumerate(results, start=2)
    ]
    return {"id": number, "project": project, "data": data, "annotations": annotations}


def adopted(tmp_path: Path, tasks: Any, **how: Any) -> tuple[Workspace, list[Annotation]]:
    """Infer a schema from an export, and pull the export into a new project under it."""
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks))
    (tmp_path / "theirs.yaml").write_text(infer_schema(path, name="theirs", **how))
    workspace = Workspace.create(tmp_path / "project", schema=str(tmp_path / "theirs.yaml"))
    result = pull_export(workspace, path, import_texts=True, **how)
    assert result.partial == 0
    for values in result.values.values():
        assert all(counts["read"] == counts["taken"] for counts in values.values())
    return workspace, workspace.answers()


def test_two_questions_may_share_their_words(tmp_path: Path) -> None:
    tasks = [
        task(1, {"text": TEXT}, [ticked("a", "No"), ticked("b", "Yes")]),
        task(2, {"text": "Two."}, [ticked("a", "Yes"), ticked("b", "No")]),
    ]
    workspace, answers = adopted(tmp_path, tasks)
    assert [layer.title for layer in workspace.schema().layers] == ["a", "b"]
    assert sorted(answer.labels for answer in answers) == [("a_no", "b_yes"), ("a_yes", "b_no")]
    everything = read_export_all(tmp_path / "export.json")
    assert sorted(answer.labels for answer in everything.annotations) == [("a:No", "b:Yes"), ("a:Yes", "b:No")]


def test_controls_may_bear_the_names_of_our_own(tmp_path: Path) -> None:
    said = [ticked("labels", "Is so"), region("spans", "Person", "sailors"), ticked("note", "Sure", "Not sure")]
    workspace, answers = adopted(tmp_path, [task(1, {"text": TEXT}, said)])
    assert [(answer.labels, answer.note) for answer in answers] == [(("is_so", "not_sure", "sure"), None)]
    assert [span.label for span in answers[0].spans] == ["PERSON"]
    assert {layer.id for layer in workspace.schema().layers} == {"labels", "note_2"}


def test_a_span_label_of_two_controls_keeps_them_apart(tmp_path: Path) -> None:
    said = [region("who", "Other", "sailors"), region("where", "Other", "cape") | {"id": "r2"}]
    _, answers = adopted(tmp_path, [task(1, {"text": TEXT}, said)])
    assert [(span.label, span.text) for span in answers[0].spans] == [("OTHER_WHO", "sailors"), ("OTHER_WHERE", "cape")]


@pytest.mark.parametrize("page", [True, False], ids=["by its page", "by the answers alone"])
def test_a_dialogue_is_read_turn_by_turn(tmp_path: Path, *, page: bool) -> None:
    turns = [{"author": "Ada", "text": "Nine 😀 sailors drowned."}, {"author": "Ben", "text": "Off the cape?"}]
    # as a browser gave them on 1.23.2: UTF-16 units, and times where there are none
    within = {"start": "0", "end": "0", "startOffset": 8, "endOffset": 15, "text": "sailors"}
    words = "drowned.\n00:00:00 - 00:00:00\nOff"
    across = {"start": "0", "end": "1", "startOffset": 16, "endOffset": 3, "text": words}
    said = [
        item("who", "paragraphlabels", within | {"paragraphlabels": ["People"]}),
        item("who", "paragraphlabels", across | {"paragraphlabels": ["Doubt"]}) | {"id": "r2"},
        item("who", "paragraphlabels", {"start": "1", "end": "1", "paragraphlabels": ["Doubt"]}) | {"id": "r3"},
        ticked("kind", "Asked"),
    ]
    xml = """<View><Paragraphs name="t" value="$talk" layout="dialogue" nameKey="author" textKey="text"/>
    <ParagraphLabels name="who" toName="t"><Label value="People"/><Label value="Doubt"/></ParagraphLabels>
    <Choices name="kind" toName="t"><Choice value="Asked"/></Choices></View>"""
    config = tmp_path / "page.xml"
    config.write_text(xml)
    how = {"config": config} if page else {}
    workspace, (answer,) = adopted(tmp_path, [task(1, {"talk": turns}, said)], **how)
    (sentence,) = workspace.sentences()
    assert sentence.text == "Ada: Nine 😀 sailors drowned.\nBen: Off the cape?"
    assert [span.text for span in answer.spans] == ["sailors", "drowned.\nBen: Off", "Off the cape?"]
    assert (answer.labels, answer.rejected) == (("asked",), 0)


def test_a_page_without_a_text_is_refused_by_name(tmp_path: Path) -> None:
    box = item("box", "rectanglelabels", {"x": 1, "y": 2, "rectanglelabels": ["Boat"]})
    tasks = [task(1, {"picture": "https://example.org/a.png", "caption": "A boat."}, [box, ticked("kind", "Boat")])]
    config = tmp_path / "page.xml"
    config.write_text(
        '<View><Image name="i" value="$picture"/><RectangleLabels name="box" toName="i"><Label value="Boat"/>'
        '</RectangleLabels><Choices name="kind" toName="i"><Choice value="Boat"/></Choices></View>'
    )
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks))
    with pytest.raises(InvalidInput, match="shows no text but Image; Text, HyperText and Paragraphs are read"):
        infer_schema(path, config=config)
    assert "title: Boat" in infer_schema(path, config=config, texts=["caption"])


@pytest.mark.parametrize("address", ["/data/upload/5/story.txt", "https://example.org/story.txt", "s3://news/1.txt"])
def test_an_address_is_not_taken_for_a_text(tmp_path: Path, address: str) -> None:
    tasks = [task(1, {"story": address}, [region("ner", "Toll", "Nine"), ticked("kind", "So")])]
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks))
    with pytest.raises(InvalidInput, match="hold an address under 'story' and not a text"):
        infer_schema(path)
    assert "title: So" in infer_schema(path, texts=["story"]), "addresses may be what was labelled"


def test_relations_and_fields_of_spans_and_sentences_come_along(tmp_path: Path) -> None:
    said = [
        region("ner", "Toll", "Nine"),
        region("ner", "Place", "cape") | {"id": "r2"},
        item("sure", "rating", {"start": 0, "end": 4, "text": "Nine", "rating": 4}),
        {"type": "relation", "from_id": "r1", "to_id": "r2", "direction": "right", "labels": ["died at"]},
        {"type": "relation", "from_id": "r2", "to_id": "r1", "direction": "right"},
        item("certainty", "rating", {"rating": 3}),
        item("when", "datetime", {"datetime": "2025-06-18"}),
        item("summary", "textarea", {"text": ["They drowned.", "Nine."]}),
        item("note", "textarea", {"text": ["unsure"]}),
        item("better", "pairwise", {"selected": "left"}),
    ]
    workspace, (first, second) = adopted(tmp_path, [task(1, {"text": TEXT}, said, said)])
    assert first.fields == {"certainty": 3, "when": "2025-06-18", "summary": "They drowned.\nNine."}
    assert (first.labels, first.note) == (("left",), "unsure")
    assert [(span.label, dict(span.attributes)) for span in first.spans] == [("TOLL", {"sure": 4}), ("PLACE", {})]
    assert [link.label for link in first.relations] == ["died_at", "related"]
    assert second.fields == first.fields
    adjudicate(workspace)
    (decision,) = workspace.decisions()
    assert (decision.fields, decision.method, len(decision.relations)) == (first.fields, "unanimous", 2)


PAGE = """<View><Text name="head" value="$title"/><Text name="body" value="$content"/>
<Labels name="ner" toName="body"><Label value="Toll"/><Label value="Place"/></Labels>
<Choices name="kind" toName="body"><Choice value="Claim" alias="c"/><Choice value="Denial"/></Choices></View>"""


def test_the_page_says_which_text_is_the_sentence(tmp_path: Path) -> None:
    data = {"title": "Many words stand in this long title of a short story on sailors", "content": TEXT}
    config = tmp_path / "page.xml"
    config.write_text(PAGE)
    tasks = [task(1, data, [ticked("kind", "c", to="body"), region("ner", "Toll", "Nine", to_name="body")])]
    workspace, answers = adopted(tmp_path, tasks, config=config)
    assert [sentence.text for sentence in workspace.sentences()] == [TEXT]
    assert [(label.id, label.title) for label in workspace.schema().labels] == [("c", "c"), ("denial", "Denial")]
    assert answers[0].labels == ("c",)


def test_a_page_inside_the_file_is_read(tmp_path: Path) -> None:
    data = {"title": "A title that is a good deal longer than the text below it is", "content": TEXT}
    wrapped = {"label_config": PAGE, "tasks": [task(1, data, [ticked("kind", "Denial", to="body")])]}
    workspace, answers = adopted(tmp_path, wrapped)
    assert (workspace.sentences()[0].text, answers[0].labels) == (TEXT, ("denial",))


def test_a_text_that_nothing_decides_is_asked_for(tmp_path: Path) -> None:
    data = {"left": "One text of some words.", "right": "Another text of words."}
    tasks = [task(1, data, [ticked("kind", "Claim", to="left"), ticked("other", "Yes", to="right")])]
    with pytest.raises(InvalidInput, match=r"several texts .*--text-field left"):
        adopted(tmp_path, tasks)
    workspace, answers = adopted(tmp_path, tasks, texts=["left", "right"])
    assert workspace.sentences()[0].text == "One text of some words.\n\nAnother text of words."
    assert answers[0].labels == ("claim", "yes")


HTML = "<h1>Storm</h1>\n<p>Nine <b>sailors</b> drowned&nbsp;😀.<br>Boats sank.</p><script>x</script>"


def test_html_is_read_as_it_is_seen_and_its_offsets_with_it(tmp_path: Path) -> None:
    shown = VisibleText.of(HTML)
    assert shown.text == "Storm\nNine sailors drowned\N{NO-BREAK SPACE}😀.\nBoats sank."
    value = {
        "start": "/p[1]/b[1]/text()[1]",
        "end": "/p[1]/text()[3]",
        "startOffset": 0,
        "endOffset": 5,
        "globalOffsets": {"start": 11, "end": 35},
        "text": "sailors drowned\N{NO-BREAK SPACE}😀.\\nBoats",
        "hypertextlabels": ["Who"],
    }
    nodes_only = {key: held for key, held in value.items() if key != "globalOffsets"}
    said = [item("who", "hypertextlabels", value, to="page"), ticked("act", "Claim", to="page")]
    again = [item("who", "hypertextlabels", nodes_only, to="page"), ticked("act", "Claim", to="page")]
    workspace, answers = adopted(tmp_path, [task(1, {"page": HTML}, said, again)])
    assert workspace.sentences()[0].text == shown.text
    assert [answer.spans[0].text for answer in answers] == ["sailors drowned\N{NO-BREAK SPACE}😀.\nBoats"] * 2


def test_answers_of_nobody_are_of_nobody_else_either(tmp_path: Path) -> None:
    bare = {"data": {"text": TEXT}, "annotations": [{"result": [ticked("kind", "Claim")]}] * 2}
    _, answers = adopted(tmp_path, [bare, bare])
    assert len({answer.annotation_id for answer in answers}) == 4
    assert len({answer.annotator for answer in answers}) == 4
    assert all(answer.annotator.startswith("nobody-") for answer in answers)


def test_user_numbers_are_people_of_one_server_only(tmp_path: Path) -> None:
    one = [task(1, {"text": TEXT}, [ticked("kind", "Claim")], [ticked("kind", "Claim")])]
    workspace, _ = adopted(tmp_path, one)
    other = tmp_path / "other.json"
    other.write_text(json.dumps([task(59, {"text": TEXT}, [ticked("kind", "Claim")], project=6)]))
    pull_export(workspace, other)
    assert len({answer.annotator for answer in workspace.answers()}) == 3
    one.append(task(2, {"text": "Later."}, [ticked("kind", "Claim")]))
    other.write_text(json.dumps(one))
    pull_export(workspace, other, import_texts=True)
    assert len({answer.annotator for answer in workspace.answers()}) == 3, "the same server, by an answer that is known"


def test_an_answer_that_lost_a_part_does_not_vote(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps([task(1, {"text": TEXT}, [ticked("kind", "Claim")], [ticked("kind", "Claim", "New")])]))
    (tmp_path / "theirs.yaml").write_text(infer_schema(path, name="theirs").replace("title: New", "title: Else"))
    assert load(str(tmp_path / "theirs.yaml")).labels[1].title == "Else"
    text = (tmp_path / "theirs.yaml").read_text().replace("id: new", "id: other")
    (tmp_path / "theirs.yaml").write_text(text.replace("- new\n", "- other\n"))
    workspace = Workspace.create(tmp_path / "project", schema=str(tmp_path / "theirs.yaml"))
    result = pull_export(workspace, path, import_texts=True)
    assert result.partial == 1
    assert result.values["kind"]["New"] == {"read": 1, "taken": 0, "unknown-label": 1}
    assert sorted(answer.votes for answer in workspace.answers()) == [False, True]
    adjudicate(workspace)
    (decision,) = workspace.decisions()
    assert (decision.method, len(decision.votes)) == ("single", 1)
    pages = workspace.path("annotations", "pages.json")
    mended = json.loads(pages.read_text())
    mended["export of project 5"]["controls"]["kind"]["values"]["New"] = "other"
    pages.write_text(json.dumps(mended))
    assert pull_export(workspace, path).partial == 0
    assert sorted(answer.labels for answer in workspace.answers()) == [("claim",), ("claim", "other")]


@pytest.mark.parametrize(
    ("markup", "value"),
    [
        (
            "<div><p>Judge <b>Kay</b> left.</p></div>",  # the first editors left the words empty
            {"start": "/div[1]/p[1]/text()[1]", "end": "/div[1]/p[1]/text()[1]", "startOffset": 0, "endOffset": 5},
        ),
        (
            "<!DOCTYPE html>\n<html>\n<head><title>News</title></head>\n<body>\n\n<h1>A Judge left.</h1></body></html>",
            {"globalOffsets": {"start": 90, "end": 95}},  # of a whole page it counts what nobody sees
        ),
    ],
)
def test_html_of_other_editors_is_found_by_its_words(tmp_path: Path, markup: str, value: dict[str, Any]) -> None:
    words = "" if "start" in value else "Judge"
    region = item("who", "hypertextlabels", {**value, "text": words, "htmllabels": ["Judge"]}, to="page")
    _, (answer,) = adopted(tmp_path, [task(1, {"page": markup}, [region])])
    assert [span.text for span in answer.spans] == ["Judge"]


def test_old_and_bare_files_come_in(tmp_path: Path) -> None:
    old = {"id": 5, "created_at": 1600000000, "lead_time": "a while", "result": [ticked("kind", "Claim", to="s")]}
    tasks = [
        {"id": 1, "data": {"s": TEXT}, "completions": [old]},
        {"id": 2, "data": {"s": "Two."}, "annotations": [{"id": 6, "result": None}]},
        {"id": 3, "data": {"s": "Three."}, "annotations": None},
    ]
    path = tmp_path / "lines.jsonl"
    path.write_text("\n".join(map(json.dumps, tasks)))
    contents = read_export_all(path)
    assert [answer.created_at for answer in contents.annotations] == ["2020-09-13T12:26:40Z", "1970-01-01T00:00:00Z"]
    assert [answer.lead_time for answer in contents.annotations] == [None, None]


def test_a_file_of_which_nothing_can_be_taken_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps([task(1, {"image": {"url": 3}}, [ticked("kind", "Claim", to="image")])]))
    workspace = Workspace.create(tmp_path / "project")
    with pytest.raises(InvalidInput, match=r"none of its 1 answers could be taken; see annotations/rejects\.jsonl"):
        pull_export(workspace, path)

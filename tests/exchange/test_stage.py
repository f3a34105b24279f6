"""Documents of other tools in a project: answers in its log, people under pseudonyms, and what they are worth."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from toolkit import Project
from toolkit.errors import InvalidInput, UsageError
from toolkit.exchange.annotated_document import AnnotatedDocument, Mention, in_order
from toolkit.exchange.catalogue import write_documents
from toolkit.exchange.stage import import_documents
from toolkit.project import Workspace
from toolkit.records import Relation

pytestmark = pytest.mark.slow

PEOPLE = ("ada@example.org", "ben")


def corpus() -> list[AnnotatedDocument]:
    """Return 40 texts, each answered by two people who differ on every eighth."""
    found = []
    for number in range(40):
        denies = number % 2 == 0
        text = f"The ministry {'denied' if denies else 'said'} that bridge {number} was hit 😀 on day {number * 7}."
        for person in PEOPLE:
            differs = person == "ben" and number % 8 == 0
            span = Mention(mention_id="a", label="Actor", fragments=((0, 12),), attributes={"sure": number})
            day = Mention(mention_id="b", label="When", fragments=((text.index("on"), len(text) - 1),))
            found.append(
                in_order(
                    AnnotatedDocument(
                        name=f"doc {number}",
                        text=text,
                        annotator=person,
                        labels=("Denial",) if denies and not differs else ("Claim",),
                        mentions=(span, day),
                        relations=(Relation(label="dated", head="a", tail="b"),),
                        split="train" if number < 30 else "test",
                    )
                )
            )
    return found


def brought(name: str, documents: Sequence[AnnotatedDocument], tmp_path: Path) -> Path:
    write_documents(name, documents, tmp_path / "corpus")
    return tmp_path / "corpus"


@pytest.mark.parametrize("name", ["brat", "prodigy", "inception", "web-annotation", "annotated-csv", "doccano"])
def test_an_import_makes_a_project_whose_log_has_every_answer(name: str, tmp_path: Path) -> None:
    found = import_documents(name, brought(name, corpus(), tmp_path), tmp_path / "p", judge=False)
    answers = Workspace.find(tmp_path / "p").answers()
    assert found.made
    assert (found.documents, found.annotators, found.losses, len(answers)) == (80, 2, (), 80)
    assert {answer.labels for answer in answers} == {("claim",), ("denial",)}
    assert {span.label for answer in answers for span in answer.spans} == {"ACTOR", "WHEN"}
    assert all(answer.relations[0].label == "dated" and answer.votes for answer in answers)
    assert all(answer.spans[0].text == "The ministry" for answer in answers)
    if name != "doccano":
        assert {answer.spans[0].attributes["sure"] for answer in answers} == set(range(40))


def test_no_name_of_a_person_gets_into_the_project(tmp_path: Path) -> None:
    import_documents("prodigy", brought("prodigy", corpus(), tmp_path), tmp_path / "p", judge=False)
    files = [path for path in (tmp_path / "p").rglob("*") if path.is_file()]
    assert not [path for path in files if b"ada@example" in path.read_bytes() or b'"ben"' in path.read_bytes()]


def test_importing_again_adds_nothing_and_a_change_is_a_revision(tmp_path: Path) -> None:
    documents = corpus()
    import_documents("prodigy", brought("prodigy", documents, tmp_path), tmp_path / "p", judge=False)
    again = import_documents("prodigy", tmp_path / "corpus", tmp_path / "p", judge=False)
    assert again.up_to_date
    assert not again.made
    rows = (tmp_path / "corpus" / "annotations.jsonl").read_text().splitlines()
    first = json.loads(rows[0]) | {"accept": ["Claim"]}
    (tmp_path / "corpus" / "annotations.jsonl").write_text("\n".join([json.dumps(first), *rows[1:]]))
    edited = import_documents("prodigy", tmp_path / "corpus", tmp_path / "p", judge=False)
    assert edited.result.counts["edited"] == 1


def test_the_verdict_says_agreement_leakage_label_errors_and_a_baseline(tmp_path: Path) -> None:
    documents = corpus()
    text = documents[0].text
    leaked = AnnotatedDocument(name="copy", text=text, annotator=PEOPLE[0], labels=("Denial",), split="test")
    found = import_documents("annotated-csv", brought("annotated-csv", [*documents, leaked], tmp_path), tmp_path / "p")
    said = {(row.topic, row.what): row for row in found.verdict}
    alpha = said["agreement", "denial: α"].estimate
    assert alpha is not None
    assert alpha.low is not None
    assert 0.4 < alpha.low < float(alpha) < 1
    assert said["leakage", "test in what comes before it"].said.startswith("1 text word for word and ")
    score = said["baseline", "words-lr: macro F1"].estimate
    assert score is not None
    assert float(score) > 0.8
    assert "decisions" in said["label errors", "look wrong"].said


def test_where_everybody_says_the_same_the_verdict_says_so_and_not_that_nobody_was_asked_twice(tmp_path: Path) -> None:
    lines = [f"s{at},Sentence {at} of the river.,claim,{who}" for at in range(6) for who in ("ada", "ben")]
    (tmp_path / "a.csv").write_text("\n".join(["id,text,label,annotator", *lines]))
    found = import_documents("annotated-csv", tmp_path / "a.csv", tmp_path / "p")
    (said,) = [row.said for row in found.verdict if row.topic == "agreement"]
    assert said == "every pairable rating is 'claim': without variation there is nothing to agree on"


def test_a_table_of_a_tool_that_writes_json_too_is_told_how_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,text,label\n1,It rained.,claim\n")
    with pytest.raises(InvalidInput) as caught:
        import_documents("doccano", tmp_path / "a.csv", tmp_path / "p", judge=False)
    assert caught.value.remedy == "import it as annotated-csv"


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label,label\nIt rained.,claim,none\n")
    with pytest.raises(InvalidInput, match="has several columns called 'label'"):
        import_documents("annotated-csv", tmp_path / "a.csv", tmp_path / "p", judge=False)


def test_a_label_that_reads_like_an_empty_cell_is_counted_as_lost(tmp_path: Path) -> None:
    lines = ["id,text,label", "1,It rained.,none", "2,It snowed.,claim", "3,It froze.,", "4,It thawed.,NA"]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    found = import_documents("annotated-csv", tmp_path / "a.csv", tmp_path / "p", judge=False)
    ((what, number, _),) = found.losses
    assert (what, number) == ("labels called nan, none, null or NA, taken for no label", 2)


def test_a_release_goes_out_and_comes_back_with_everybodys_answers(tmp_path: Path) -> None:
    import_documents("brat", brought("brat", corpus(), tmp_path), tmp_path / "p", judge=False)
    project = Project.find(tmp_path / "p")
    project.agreement()
    project.adjudicate()
    project.build("1.0.0")
    from toolkit.api.references import export

    done = export("1.0.0", tmp_path / "out", "web-annotation", workspace=project.workspace)
    assert done.losses == ()
    back = import_documents("web-annotation", tmp_path / "out", tmp_path / "q", judge=False)
    before = {(each.annotator, each.labels, each.spans[0].text) for each in project.workspace.answers()}
    after = {(each.annotator, each.labels, each.spans[0].text) for each in Workspace.find(tmp_path / "q").answers()}
    assert after == before
    assert back.losses[0][0] == "decisions, which are not a person's answers"


def test_without_a_project_one_must_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="--project DIR"):
        import_documents("prodigy", brought("prodigy", corpus(), tmp_path), None)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="holds no answer in the format brat"):
        import_documents("brat", tmp_path, tmp_path / "p")


def test_the_verdict_of_spans_says_what_a_tagger_reaches_and_that_nobody_is_named(tmp_path: Path) -> None:
    spans_alone = [
        replace(document, labels=(), annotator=None) for document in corpus() if document.annotator == PEOPLE[0]
    ]
    found = import_documents("brat", brought("brat", spans_alone, tmp_path), tmp_path / "p")
    said = {(row.topic, row.what): row for row in found.verdict}
    assert said["agreement", "not known"].said == "the files do not say who answered"
    assert said["baseline", "labels: not known"].said == "no decided text carries a label"
    score = said["baseline", "tagger: ACTOR, F1 (exact)"]
    assert score.estimate is not None
    assert score.estimate.low is not None
    assert float(score.estimate) > 0.9
    assert score.said.endswith("on 40 spans that it did not see")

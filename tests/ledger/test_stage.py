"""`toolkit ledger` on a project and on its release: the same tables, and every sentence at its bytes."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from toolkit import Project, samples
from toolkit.engine.arrow import parquet_bytes, to_table
from toolkit.errors import InvalidInput, UsageError
from toolkit.ledger.ledger_tables import CELLS
from toolkit.ledger.stage import write_tables
from toolkit.records import Decision
from toolkit.samples import Recorded


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project of the sample pages, decided as the recorded expert and annotators say."""
    made = Project.init(tmp_path_factory.mktemp("ledger") / "project", samples=True)
    made.ingest()
    made.segment()
    return made


@pytest.fixture(scope="module")
def decided(project: Project) -> Project:
    said: dict[str, Recorded] = {}
    for file in (samples.answers(), samples.expert()):
        said |= {each.text: each for each in samples.read(file) if each.annotator != "ben"}
    schema = project.workspace.schema().ref
    found = [
        (sentence.sentence_id, said[sentence.text])
        for sentence in project.workspace.sentences()
        if sentence.text in said and not said[sentence.text].skipped
    ]
    decisions = [
        Decision(
            sentence_id=sentence_id,
            labels=answer.labels,
            spans=tuple(sorted(answer.located(), key=lambda span: (span.start, span.end, span.label))),
            relations=answer.relations,
            schema=schema,
            method="unanimous",
        )
        for sentence_id, answer in sorted(found, key=lambda each: each[0])
    ]
    project.workspace.write("gold.parquet", parquet_bytes(to_table(Decision, decisions)))
    return project


def test_before_anything_is_decided_it_says_what_to_run(tmp_path: Path) -> None:
    project = Project.init(tmp_path / "p", samples=True)
    project.ingest()
    project.segment()
    with pytest.raises(InvalidInput, match="toolkit adjudicate"):
        project.ledger()


@pytest.mark.slow
def test_every_row_leads_to_the_bytes_of_its_sentence(decided: Project) -> None:
    report = decided.ledger().report
    texts = {sentence.sentence_id: sentence.text for sentence in decided.workspace.sentences()}
    claims = [row for story in report["stories"] for row in story["claims"]]
    for row in claims:
        page = decided.workspace.path("pages", row["from"][0]["page"]).read_bytes()
        if row["from"][0]["page"].endswith(".txt") and page.isascii():
            found = b" ".join(page[place["byte_start"] : place["byte_end"]] for place in row["from"])
            assert found.decode().split() == texts[row["sentence_id"]].split()
    for row in claims[::12]:
        trace = decided.trace(row["sentence_id"])
        at = trace.article.page.start
        assert [(place["byte_start"], place["byte_end"]) for place in row["from"]] == [
            (at + piece.byte_start, at + piece.byte_end) for piece in trace.pieces
        ]
    tolls = [toll for story in report["stories"] for toll in story["tolls"]]
    assert all(bool(toll[f"{cell}_from"]) for toll in tolls for cell in CELLS if toll[cell] is not None)


def test_the_tables_are_the_report_and_a_second_run_writes_nothing(decided: Project) -> None:
    report = decided.ledger().report
    again = decided.ledger()
    assert again.up_to_date
    assert again.report == report
    for name in ("claims", "figures", "tolls"):
        rows = [row for story in report["stories"] for row in story[name]]
        assert pq.read_table(decided.workspace.path("ledger", f"{name}.parquet")).to_pylist() == rows
        with decided.workspace.path("ledger", f"{name}.csv").open(encoding="utf-8", newline="") as file:
            assert len(list(csv.DictReader(file))) == len(rows)
    assert not decided.ledger(kinds=("harm",)).up_to_date


def test_a_wire_copy_counts_once(decided: Project) -> None:
    claims = [row for story in decided.ledger().report["stories"] for row in story["claims"]]
    copied = [row for row in claims if row["copies"]]
    assert copied, "the sample pages have a wire copy"
    assert len({row["text"] for row in claims}) == len(claims)


def test_fields_that_no_figure_has_and_a_schema_without_acts_are_refused(decided: Project, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'colour' does not tell figures apart"):
        decided.ledger(kinds=("colour",))
    target = tmp_path / "out"
    write_tables(target, decided.ledger().report)
    assert {path.name for path in target.iterdir()} >= {"ledger.json", "claims.csv", "tolls.parquet"}
    with pytest.raises(UsageError, match="is there already"):
        write_tables(target, decided.ledger().report)


def test_a_ledger_with_the_columns_of_an_earlier_toolkit_is_made_anew(
    decided: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided.ledger()
    assert decided.ledger().up_to_date
    monkeypatch.setattr("toolkit.ledger.stage.REVISION", "another")
    assert not decided.ledger().up_to_date

"""The files of a paper: every number in them is that of a stage, and LaTeX can set them."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from toolkit.agreement.report_tables import bounded
from toolkit.baselines.evaluation.stage import evaluate
from toolkit.baselines.training.stage import train
from toolkit.cli import main
from toolkit.project import Workspace
from toolkit.records import Estimate
from toolkit.report.contents import AnnotatorWork, LabellingWork, Report
from toolkit.report.publication.methods_text import methods
from toolkit.report.publication.paper import PaperTable, write_paper


@pytest.fixture
def scored(project: Workspace) -> Workspace:
    train(project, baseline="words-lr")
    evaluate(project)
    return project


@pytest.mark.slow
def test_tables_plots_and_methods_have_the_numbers_of_the_stages(scored: Workspace, tmp_path: Path) -> None:
    files, missing = write_paper(scored, tmp_path / "paper")
    names = {path.name for path in files}
    stems = {"agreement", "scores"}
    assert names == {
        *(f"{stem}.{ending}" for stem in stems for ending in ("tex", "csv", "svg", "pdf")),
        *(f"{stem}.{ending}" for stem in ("spans", "splits") for ending in ("tex", "csv")),
        *("methods.md", "methods.tex", "CITATION.cff"),
    }
    assert missing == {"date of the release": "toolkit build VERSION --released-on YYYY-MM-DD"}
    report = json.loads(scored.path("reports/agreement.json").read_bytes())
    with (tmp_path / "paper" / "agreement.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["label"]: row for row in csv.DictReader(file)}
    for row in (*report["layers"], *report["labels"]):
        alpha = row["alpha"]
        held = rows[row["name"]]
        assert [held["α"], held["α low"], held["α high"]] == [
            "" if alpha[name] is None else str(alpha[name]) for name in ("value", "low", "high")
        ]
        tex = (tmp_path / "paper" / "agreement.tex").read_text(encoding="utf-8")
        assert bounded(alpha["value"], alpha["low"], alpha["high"]).replace("–", "--") in tex
    methods = (tmp_path / "paper" / "methods.md").read_text(encoding="utf-8")
    evaluation = json.loads(scored.path("reports/evaluation.json").read_bytes())
    macro = evaluation["macro_f1"]
    assert f"a macro F1 of {bounded(macro['value'], macro['low'], macro['high'])}" in methods
    assert "2 annotators gave" in methods
    assert "None" not in methods
    assert (tmp_path / "paper" / "agreement.pdf").read_bytes().startswith(b"%PDF")
    assert ElementTree.parse(tmp_path / "paper" / "scores.svg").getroot().tag == "{http://www.w3.org/2000/svg}svg"


@pytest.mark.slow
def test_the_same_project_gives_the_same_bytes(scored: Workspace, tmp_path: Path) -> None:
    one, two = (write_paper(scored, tmp_path / name)[0] for name in "ab")
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


@pytest.mark.slow
def test_the_citation_has_orcid_and_doi(scored: Workspace, tmp_path: Path) -> None:
    from toolkit import release

    path = scored.path("toolkit.yaml")
    text = path.read_text(encoding="utf-8")
    authors = 'authors: ["Ada Example 0000-0002-1825-0097", "A Newsroom"]\n  doi: 10.57967/hf/1234'
    path.write_text(text.replace("authors: []", authors), encoding="utf-8")
    workspace = Workspace.find(scored.root)
    _, missing = write_paper(workspace, tmp_path / "undated")
    assert missing["date of the release"] == "toolkit build VERSION --released-on YYYY-MM-DD"
    release.build(workspace, "1.0.1", released_on="2026-11-29")
    assert "date of the release" not in write_paper(workspace, tmp_path / "paper")[1]
    frozen = yaml.safe_load(workspace.path("releases/1.0.1/CITATION.cff").read_text(encoding="utf-8"))
    citation = yaml.safe_load((tmp_path / "paper" / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["authors"] == [
        {"name": "Ada Example", "orcid": "https://orcid.org/0000-0002-1825-0097"},
        {"name": "A Newsroom"},
    ]
    assert (citation["doi"], citation["date-released"]) == ("10.57967/hf/1234", "2026-11-29")
    assert frozen == citation


def test_what_no_stage_has_made_is_left_out_and_named(make_project, tmp_path: Path, capsys) -> None:  # type: ignore[no-untyped-def]
    workspace = make_project(["A title\nOne sentence."])
    with pytest.raises(SystemExit) as ended:
        main(["report", "--paper", str(tmp_path / "paper"), "--project", str(workspace.root)])
    assert ended.value.code == 0
    out = capsys.readouterr()
    assert "methods.tex" in out.out
    assert "agreement.tex" not in out.out
    assert "agreement: not yet, run `toolkit agreement`" in out.err
    assert "Krippendorff" not in (tmp_path / "paper" / "methods.md").read_text(encoding="utf-8")


def test_signs_of_latex_are_words_and_formulas_are_not_run() -> None:
    table = PaperTable(
        "t", "50 % & more", ("a_b", "α"), (("=1+1", Estimate(value=0.5, low=None, high=0.75)), ("x#", None))
    )
    assert r"\caption{50 \% \& more}" in table.tex({})
    assert r"a\_b & $\alpha$ \\" in table.tex({})
    assert r"x\# & -- \\" in table.tex({})
    assert list(csv.reader(table.csv().splitlines())) == [
        ["a_b", "α", "α low", "α high"],
        ["'=1+1", "0.5", "", "0.75"],
        ["x#", "", "", ""],
    ]
    assert re.findall(r"\\(toprule|midrule|bottomrule)", table.tex({})) == ["toprule", "midrule", "bottomrule"]


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="NO LATEX, THE TABLES ARE NOT SET: pdflatex is missing")
def test_latex_sets_the_tables(scored: Workspace, tmp_path: Path) -> None:
    files, _ = write_paper(scored, tmp_path)
    inputs = "\n".join(rf"\input{{{path.name}}}" for path in files if path.suffix == ".tex")
    main_file = tmp_path / "main.tex"
    main_file.write_text(rf"\documentclass{{article}}\usepackage{{booktabs}}\begin{{document}}{inputs}\end{{document}}")
    subprocess.run(["pdflatex", "-halt-on-error", main_file.name], cwd=tmp_path, check=True, capture_output=True)


def test_a_change_of_the_schema_is_told_and_labels_go_by_their_titles() -> None:
    table = PaperTable("scores", "Scores", ("label", "n"), (("rain_fell", 12), ("macro F1", 12)))
    assert "Rain fell & 12" in table.tex({"rain_fell": "Rain fell"})
    assert '"rain_fell",12' in table.csv()
    people = (AnnotatorWork("ann", answers=3, skipped=0, seconds=None, first="2031-01-01", last="2031-01-01"),)
    report = Report(
        title="Weather",
        schema="weather@2.0.0",
        toolkit="0",
        labels={"rain_fell": "Rain fell", "fog": "Fog", "none": "None"},
        retired=("fog",),
        migrated={"carried": 2, "asked again": 1},
        progress=LabellingWork(people=people, coverage={"1": 3}, days={"2031-01-01": 3}),
        decisions={"single": 1},
    )
    text = methods(report)
    assert "weather@2.0.0 (2 labels)" in text
    assert "2 answers to earlier versions of it were carried over by rules, and 1 whose meaning" in text
    assert "2 answered ones have no decision." in text

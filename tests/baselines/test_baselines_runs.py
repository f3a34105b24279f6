from __future__ import annotations

import csv
import json
import random
import re
from pathlib import Path

import numpy as np
import pytest
from huggingface_hub import ModelCard

from toolkit.baselines import (
    Model,
    Rows,
    Targets,
    annotator_curve,
    compare,
    evaluate_release,
    load,
    rows_of_release,
    train,
    train_files,
    train_release,
)
from toolkit.baselines.evaluation.on_release import answers_of_release
from toolkit.baselines.training import training_run
from toolkit.cli import main
from toolkit.engine.arrow import to_table
from toolkit.errors import InvalidInput, UsageError
from toolkit.project import Workspace
from toolkit.records import Annotation, Article, Decision, Page, Piece, Sentence, content_id
from toolkit.release import Corpus, Release, Terms, freeze
from toolkit.schema import load as load_schema

FORMS = {
    "casualty_figure": "Storm {n} killed people in the {place}.",
    "denial": "The council denied rumour {n} about the {place}.",
    "none": "Stall {n} of the {place} sells bread.",
}
PLACES = ("market", "harbour", "old town", "valley")


def make_release(
    folder: Path,
    version: str = "1.0.0",
    *,
    articles: int = 40,
    relabelled: int = 0,
    previous: Release | None = None,
    by_expert: bool = False,
) -> Release:
    """Freeze invented articles of five sentences; one annotator agrees with gold, the other always says "none".

    Decisions rest on both, or on an expert who overruled them.
    """
    chance = random.Random(0)
    schema = load_schema("news_events@1.0.0")
    corpus: tuple[list[Article], list[Sentence], list[Decision], list[Annotation]] = ([], [], [], [])
    experts: list[Annotation] = []
    for number in range(articles):
        labels = [chance.choice(list(FORMS)) for _ in range(5)]
        texts = [
            FORMS[label].format(n=f"{number}{place}", place=chance.choice(PLACES)) for place, label in enumerate(labels)
        ]
        article = make_article(number, "\n".join([f"Headline {number}", *texts]))
        corpus[0].append(article)
        for place, (text, label) in enumerate(zip(texts, labels, strict=True)):
            start = article.text.index(text)
            sentence = Sentence.of(article, start, start + len(text), paragraph=place)
            gold = "none" if number < relabelled and place == 0 else label
            answers = [answer(sentence, person, said) for person, said in (("good", gold), ("lazy", "none"))]
            deciding = [answer(sentence, "expert", gold)] if by_expert else answers
            experts += deciding if by_expert else []
            corpus[1].append(sentence)
            corpus[2].append(
                Decision(
                    sentence_id=sentence.sentence_id,
                    labels=(gold,),
                    schema=schema.ref,
                    method="expert",
                    votes=tuple(sorted(item.annotation_id for item in deciding)),
                    soft_labels={gold: 1.0},
                )
            )
            corpus[3].extend(answers)
    articles, sentences, decisions, annotations = corpus
    return freeze(
        Corpus.of(
            schema,
            articles=to_table(Article, articles),
            sentences=to_table(Sentence, sentences),
            decisions=to_table(Decision, decisions),
            annotations=annotations,
            experts=experts,
        ),
        folder,
        Terms(version=version),
        previous=previous,
    )


def make_article(number: int, text: str) -> Article:
    raw = text.encode()
    return Article.of(
        text,
        page=Page.of(raw, source=f"{number}.txt"),
        pieces=(Piece(start=0, end=len(text), byte_start=0, byte_end=len(raw)),),
        title=f"Headline {number}",
        publisher=f"Paper {number % 3}",
        url=f"https://example.org/{number}",
        published_at=f"{2025 + number % 2}-01-02",
        language="en",
        licence="CC0-1.0",
    )


def answer(sentence: Sentence, person: str, label: str) -> Annotation:
    return Annotation(
        annotation_id=content_id(sentence.sentence_id, person),
        sentence_id=sentence.sentence_id,
        annotator=person,
        labels=(label,),
        schema="news_events@1.0.0",
        created_at="2026-01-01T10:00:00Z",
        updated_at="2026-01-01T10:00:00Z",
        lead_time=4.5,
    )


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("releases")
    make_release(folder)
    make_release(folder, "2.0.0", articles=50, relabelled=40)
    return folder


def test_a_split_of_a_release_is_rows(releases: Path) -> None:
    rows = rows_of_release(releases / "1.0.0", "train")
    assert rows.multi
    assert set(rows.columns) == {"source", "language", "year"}
    assert len(set(rows.groups)) == len(rows) // 5  # one story an article
    with pytest.raises(InvalidInput, match="has no dev split; it has train, validation, test"):
        rows_of_release(releases / "1.0.0", "dev")
    with pytest.raises(InvalidInput, match="there is no release here"):
        rows_of_release(releases, "train")


def test_a_release_becomes_a_model_directory(releases: Path, tmp_path: Path) -> None:
    run = train_release(releases / "1.0.0", tmp_path, baseline="words-lr", resamples=50, dataset="owner/news")
    assert run.path == tmp_path / "words-lr-1.0.0"
    files = {path.name for path in run.path.iterdir()}
    assert files == {
        "README.md",
        "config.json",
        "f1.png",
        "metrics.json",
        "model.safetensors",
        "model.skops",
        "requirements.txt",
        "vocabulary.json",
    }
    assert list(run.evaluations) == ["validation", "test"]
    assert run.model.targets.exclusive == ("none",)
    assert load(run.path).predict(["Storm 5 killed people in the valley."]) == [("casualty_figure",)]
    metrics = json.loads((run.path / "metrics.json").read_text())
    assert metrics["test"]["macro_f1"]["value"] == run.to_dict()["metrics"]["macro_f1"] > 0.9
    card = ModelCard.load(run.path / "README.md")
    (result, *_) = [item for item in card.data.eval_results if item.dataset_split == "test"]
    assert (result.dataset_type, result.dataset_revision) == ("owner/news", "v1.0.0")
    assert result.metric_value == run.evaluations["test"].macro_f1.value


def test_people_stand_beside_the_model_and_changes_are_told_apart(releases: Path, tmp_path: Path) -> None:
    run = train_release(releases / "1.0.0", tmp_path, baseline="words-lr", resamples=20)
    figures = evaluate_release(run.model, releases / "2.0.0", split="train", since=releases / "1.0.0", resamples=20)
    good, lazy = figures.ceiling
    assert (good.annotator, good.macro_f1.value) == ("good", 1.0)
    assert lazy.macro_f1.value < figures.macro_f1.value
    since = {item.value: item for item in figures.slices if item.column == "since"}
    assert set(since) == {"unchanged", "relabelled", "added"}
    assert since["relabelled"].accuracy.value == 0
    assert since["unchanged"].accuracy.value > 0.9


def test_people_whom_an_expert_overruled_are_judged_too_and_the_expert_is_not(tmp_path: Path) -> None:
    release = make_release(tmp_path, by_expert=True)
    answers = answers_of_release(release.path, "train")
    rows = rows_of_release(release.path, "train")
    assert sorted(answers) == ["good", "lazy"]
    assert answers["good"] == dict(zip(rows.ids, rows.labels, strict=True))
    assert set(answers["lazy"].values()) == {("none",)}
    assert annotator_curve(rows, answers, resamples=10).points[0].amount == 1


def test_a_model_is_judged_on_a_later_release_and_against_another_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = Workspace.create(tmp_path / "project", title="Two releases")
    first = make_release(project.path("releases"))
    make_release(project.path("releases"), "2.0.0", articles=60, relabelled=40, previous=first)
    for name in ("words-lr", "majority"):
        train_release(first.path, tmp_path, baseline=name, resamples=0, name=name)
    line = [
        "evaluate",
        str(tmp_path / "words-lr"),
        "2.0.0",
        "--since",
        "1.0.0",
        "--against",
        str(tmp_path / "majority"),
    ]

    def run(*more: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main([*line, "--project", str(project.root), "--resamples", "50", *more])
        assert ended.value.code == 0
        return capsys.readouterr().out

    found = json.loads(run("--json"))
    causes = {move["cause"]: move["rows"] for move in found["moves"]}
    parts = {item["value"]: item["rows"] for item in found["slices"] if item["column"] == "since"}
    assert causes == {"before": 20, "rows removed": 0, "labels changed": parts["relabelled"], "rows added": 10}
    assert found["against"]["model"] == "majority"
    assert found["against"]["difference"]["value"] > 0.5
    short, full = run(), run("--full")
    bounded = r"^label, with 95 % intervals +precision +recall +AP +calibration error\n─.*\n\w+ +\d\.\d\d \(\d\.\d\d to"
    assert re.search(bounded, full, flags=re.MULTILINE)
    assert not re.search(bounded, short, flags=re.MULTILINE)
    assert "evaluate    30 rows · 6 stories   [up to date]" in short
    assert "words-lr less majority: +0.9" in short
    assert "words that decided" not in short
    assert "words that decided" in full
    with project.path("reports/errors.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["sentence_id"], row["label"]) for row in rows] == [(e["id"], e["label"]) for e in found["errors"]]
    assert rows[0]["words"].startswith(found["errors"][0]["words"][0][0])


@pytest.mark.parametrize("option", [("--seed", "-1"), ("--seed", "99999999999"), ("--resamples", "-1")])
def test_numbers_that_nothing_can_be_drawn_with_are_refused(
    option: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["train", "--train", "rows.jsonl", *option])
    assert ended.value.code == 2
    assert option[0] in capsys.readouterr().err


def test_without_a_file_to_judge_on_the_cross_validated_score_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [{"text": f"{('they met', 'a road')[n % 2]} {n}", "label": "ab"[n % 2]} for n in range(40)]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["train", "--train", str(tmp_path / "rows.jsonl"), "--baseline", "words-lr"])
    out = capsys.readouterr().out
    assert "cross-validation" in out
    assert re.search(r"^macro_f1 +1\.00 +–$", out, flags=re.MULTILINE)


def test_several_files_follow_one_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [tmp_path / f"part-{number}.jsonl" for number in range(3)]
    for number, path in enumerate(paths):
        lines = [{"text": f"part {number} line {n} {'met' * (n % 2)}", "label": "ab"[n % 2]} for n in range(10)]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")

    def run(*arguments: object) -> tuple[object, str]:
        with pytest.raises(SystemExit) as ended:
            main(["train", "--baseline", "majority", "--json", *map(str, arguments)])
        out, err = capsys.readouterr()
        return ended.value.code, out or err

    for arguments in (["--train", *paths], ["--train", paths[0], "--train", paths[1], paths[2]]):
        code, out = run(*arguments, "--test", paths[0])
        assert code == 0
        assert json.loads(out)["train_rows"] == 30
    assert run("--train", paths[0], tmp_path) == (2, "error: train on a release or on files, not on both\n")
    assert run("1.0.0", "2.0.0")[0] == 2


def test_a_split_that_the_older_release_lacks_is_noted(releases: Path) -> None:
    model = train(rows_of_release(releases / "1.0.0", "train"), baseline="majority")
    older = make_release(releases / "small", articles=2)
    figures = evaluate_release(model, releases / "1.0.0", since=older.path, resamples=0)
    assert "test" not in older.splits()
    assert figures.moves == ()
    assert "why the score moved can't be told: 1.0.0 has no test split" in figures.notes


def test_a_model_of_another_schema_says_so(releases: Path, make_rows) -> None:  # type: ignore[no-untyped-def]
    figures = evaluate_release(train(make_rows(), baseline="majority"), releases / "1.0.0", resamples=0)
    assert figures.notes[-1].startswith("trained without a schema and asked about news_events@1.0.0: it never gives")
    assert figures.notes[-1].endswith(
        "make a model of news_events@1.0.0 with `toolkit build VERSION` and `toolkit train`"
    )
    assert figures.macro_f1.value == 0


def test_files_train_a_model_and_are_judged(make_rows, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    for name, seed in (("train", 0), ("test", 1)):
        rows = make_rows(seed=seed)
        lines = [{"text": text, "labels": list(given)} for text, given in zip(rows.texts, rows.labels, strict=True)]
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    files, out = tmp_path / "test.jsonl", tmp_path / "model"
    run = train_files([tmp_path / "train.jsonl"], test=files, baseline="words-lr", resamples=50, out=out)
    (result, *_) = ModelCard.load(out / "README.md").data.eval_results
    assert (result.dataset_name, result.dataset_split) == ("test.jsonl", "test")
    told = run.to_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    low, high = told["metrics"]["intervals"]["macro_f1"]
    assert low < told["metrics"]["macro_f1"] < high
    assert told["metrics"]["f1_positive"] is None
    assert told["model_bytes"] > 1000
    assert told["path"] == str(out)
    alone = train_files([tmp_path / "train.jsonl"], baseline="majority").to_dict()
    assert alone["metrics_of"] == "cross-validation"


def test_a_label_that_training_never_saw_is_noted(make_rows, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    rows = make_rows(40, multi=False)
    for name, labels in (("train", rows.labels), ("test", (("unheard of",), *rows.labels[1:]))):
        lines = [json.dumps({"text": t, "label": given[0]}) for t, given in zip(rows.texts, labels, strict=True)]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    run = train_files([tmp_path / "train.jsonl"], test=tmp_path / "test.jsonl", baseline="words-lr", resamples=10)
    notes = run.to_dict()["notes"]
    assert [note for note in notes if "unheard of" in note]
    assert len(notes) == len(set(notes))


def test_an_exclusive_label_is_given_alone_or_not_at_all() -> None:
    targets = Targets(names=("a", "b", "none"), multi=True, exclusive=("none",))
    probabilities = np.array([[0.9, 0.6, 0.6], [0.5, 0.6, 0.9], [0.1, 0.1, 0.7], [0.1, 0.1, 0.1]])
    assert targets.named(targets.decide(probabilities, np.full(3, 0.5))) == [("a", "b"), ("none",), ("none",), ()]


def test_a_schema_tells_which_labels_stand_alone() -> None:
    rows = Rows(texts=("a", "b") * 10, labels=(("none",), ("claim",)) * 10, multi=True)
    schema = load_schema("news_events@1.0.0")
    assert train(rows, baseline="majority", schema=schema).targets.exclusive == ("none",)


def test_a_stream_calls_its_score_that_of_held_out_rows(
    make_rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("toolkit.baselines.training.training_run.STREAM_BYTES", 1000)
    rows = make_rows(400, multi=False)
    lines = [json.dumps({"text": t, "label": given[0]}) for t, given in zip(rows.texts, rows.labels, strict=True)]
    (tmp_path / "train.jsonl").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["train", "--train", str(tmp_path / "train.jsonl"), "-o", str(tmp_path / "model"), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert told["metrics_of"] == "held-out rows"
    assert told["held_out_macro_f1"] == {"hashing-sgd": told["metrics"]["macro_f1"]}
    card = (tmp_path / "model" / "README.md").read_text(encoding="utf-8")
    assert "cross-valid" not in json.dumps(told) + card
    assert "held out by group" in card


def test_a_text_is_read_once_however_a_release_is_judged(releases: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = train(rows_of_release(releases / "1.0.0", "train"), baseline="words-lr").remembering()
    read: list[str] = []
    original = Model.features

    def features(self: Model, texts: list[str]) -> object:
        read.extend(texts if self.blocks else ())
        return original(self, texts)

    monkeypatch.setattr(Model, "features", features)
    monkeypatch.setattr(Model, "deciding_words", lambda *_: [])
    rows = rows_of_release(releases / "2.0.0", "test")
    evaluate_release(model, releases / "2.0.0", since=releases / "1.0.0", resamples=0)
    compare(model, train(rows, baseline="majority"), rows, resamples=0)
    once = [text for text in read if text in rows.texts]
    assert sorted(once) == sorted(set(rows.texts))


def test_unusable_rows_go_to_a_file_and_are_counted(make_rows, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path, rejects = tmp_path / "train.jsonl", tmp_path / "rejects.jsonl"
    rows = make_rows(40)
    lines = [json.dumps({"text": text, "labels": given}) for text, given in zip(rows.texts, rows.labels, strict=True)]
    path.write_text("\n".join([*lines, "{broken", '{"text": 3, "labels": []}', ""]))
    run = train_files([path], test=path, baseline="majority", rejects=rejects, resamples=0)
    assert run.to_dict()["train_rows"] == 40
    assert run.to_dict()["left_out_rows"] == 2
    assert f"2 rows left out, which can't be used; the reasons are in {rejects}" in run.to_dict()["notes"]
    found = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert [(each["source"], each["start"], each["reason"]) for each in found] == [
        (str(path), 41, "not-json"),
        (str(path), 42, "no-text"),
    ]


def test_a_stream_writes_what_it_leaves_out_once(
    make_rows,  # type: ignore[no-untyped-def]
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(training_run, "STREAM_BYTES", 0)
    path, rejects = tmp_path / "train.jsonl", tmp_path / "rejects.jsonl"
    rows = make_rows(200, multi=False)
    lines = [json.dumps({"text": text, "label": given[0]}) for text, given in zip(rows.texts, rows.labels, strict=True)]
    path.write_text("\n".join(["{broken", *lines, "[]"]))
    assert train_files([path], rejects=rejects, resamples=0).left_out == 2
    assert len(rejects.read_text().splitlines()) == 2


def test_rejects_never_replace_what_is_read(make_rows, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "train.jsonl"
    path.write_text('{"text": "x", "label": "y"}\n')
    for place, message in ((path, "is read from"), (tmp_path, "is a directory")):
        with pytest.raises(UsageError, match=message):
            train_files([path], rejects=place)
    assert path.read_text() == '{"text": "x", "label": "y"}\n'


def test_files_of_two_kinds_are_refused_before_anything_is_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training_run, "train", None)
    one, many = tmp_path / "one.jsonl", tmp_path / "many.jsonl"
    one.write_text('{"text": "x", "label": "y"}\n')
    many.write_text('{"text": "x", "labels": ["y"]}\n')
    with pytest.raises(
        InvalidInput, match=r"many\.jsonl: the rows give a sentence any number of labels, the model one"
    ):
        train_files([one], test=many)


def test_any_label_may_be_the_positive_one(make_rows, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path, rows = tmp_path / "train.jsonl", make_rows(40)
    lines = [json.dumps({"text": text, "labels": given}) for text, given in zip(rows.texts, rows.labels, strict=True)]
    path.write_text("\n".join(lines))
    run = train_files([path], test=path, baseline="words-lr", positive="talks", resamples=20).to_dict()
    assert run["positive"] == "talks"
    assert run["metrics"]["f1_positive"] > 0
    assert len(run["metrics"]["intervals"]["f1_positive"]) == 2
    with pytest.raises(UsageError, match="the positive label 'none' does not occur; the labels are casualty, denial"):
        train_files([path], positive="none", baseline="majority")

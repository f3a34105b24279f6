"""A model goes to the Hub and comes back equal, its figures tied to the commit of its dataset."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from huggingface_hub import HfApi
from standin import TOKEN, Hub

from toolkit import Project, baselines
from toolkit.cli import main
from toolkit.errors import InvalidInput, RemoteError, UsageError
from toolkit.hub import fetch_model, publish, publish_model
from toolkit.release import Release
from toolkit.release.card.card import parted

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")  # the client's own way to upload

DATASET, REPO = "someone/news", "someone/news"


@pytest.fixture
def release(make_release: Callable[..., Release]) -> Release:
    return make_release(articles=24)


@pytest.fixture
def model(release: Release, tmp_path: Path) -> Path:
    run = baselines.train_release(release.path, tmp_path / "models", baseline="words-lr", dataset=DATASET)
    assert run.path is not None
    return run.path


@pytest.mark.slow
def test_a_model_round_trips_and_names_the_commit_of_its_dataset(
    hub: Hub, endpoint: str, release: Release, model: Path
) -> None:
    with pytest.raises(RemoteError, match=r"dataset someone/news: there is no such repository"):
        publish_model(model, REPO, token=TOKEN, endpoint=endpoint)
    dataset = publish(release, DATASET, token=TOKEN, endpoint=endpoint, check=False)
    published = publish_model(model, REPO, token=TOKEN, endpoint=endpoint)
    assert (published.tag, published.changed) == ("words-lr-1.0.0", True)
    again = publish_model(model, REPO, token=TOKEN, endpoint=endpoint)
    assert (again.commit, again.changed) == (published.commit, False)

    there = fetch_model(REPO, published.tag, token=TOKEN, endpoint=endpoint)
    texts = ["The baker denied report 3.", "The mayor opened bridge 9.", ""]
    theirs, ours = baselines.load(there), baselines.load(model)
    assert (theirs.predict_proba(texts) == ours.predict_proba(texts)).all()
    assert theirs.predict(texts) == ours.predict(texts)
    for name in ("model.safetensors", "config.json", "requirements.txt", "metrics.json", "f1.svg"):
        assert (there / name).read_bytes() == (model / name).read_bytes(), name

    metadata, _ = parted((there / "README.md").read_text())
    results = metadata["model-index"][0]["results"]
    assert {result["dataset"]["revision"] for result in results} == {dataset.commit}
    assert not (there / ".eval_results").exists(), (
        "the Hub counts those of a registered benchmark with an eval.yaml only"
    )
    assert HfApi(endpoint=endpoint, token=TOKEN).list_repo_commits(REPO)[0].title == "Model words-lr-1.0.0"


@pytest.mark.slow
def test_what_was_changed_or_is_there_already_is_refused(
    hub: Hub, endpoint: str, release: Release, model: Path, tmp_path: Path
) -> None:
    publish(release, DATASET, token=TOKEN, endpoint=endpoint, check=False)
    publish_model(model, REPO, token=TOKEN, endpoint=endpoint, check=False)
    (model / "README.md").write_text((model / "README.md").read_text() + "\nMore.\n")
    with pytest.raises(RemoteError, match=r"the tag words-lr-1\.0\.0 is there with another README\.md"):
        publish_model(model, REPO, token=TOKEN, endpoint=endpoint)
    (model / "vocabulary.json").write_text("[]")
    with pytest.raises(InvalidInput, match=r"vocabulary\.json is missing or is not the one"):
        publish_model(model, REPO, token=TOKEN, endpoint=endpoint)
    with pytest.raises(InvalidInput, match="is not a model directory"):
        publish_model(tmp_path, REPO, token=TOKEN, endpoint=endpoint)


@pytest.mark.slow
def test_a_directory_whose_name_no_tag_can_have_is_refused(endpoint: str, model: Path) -> None:
    for name in ("my model", "-model", "model.", "m\u00fcll"):
        other = model.rename(model.with_name(name))
        with pytest.raises(UsageError, match="is not a name that a tag can have; give the directory one of letters"):
            publish_model(other, REPO, token=TOKEN, endpoint=endpoint)
        model = other


@pytest.mark.slow
def test_a_dataset_that_is_not_there_is_to_be_published_first(endpoint: str, model: Path) -> None:
    with pytest.raises(
        RemoteError, match=r"dataset .*: there is no such repo.*; publish it first with `toolkit publish"
    ):
        publish_model(model, REPO, token=TOKEN, endpoint=endpoint)


@pytest.mark.slow
def test_the_command_refuses_a_changed_configuration_and_an_empty_token(
    endpoint: str, model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(code: int) -> str:
        with pytest.raises(SystemExit) as ended:
            main(["publish", "--model", str(model), "--repo", REPO, "--endpoint", endpoint])
        assert ended.value.code == code
        return capsys.readouterr().err

    monkeypatch.setenv("HF_TOKEN", " ")
    assert "there is no token" in refused(5)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    config = model / "config.json"
    config.write_text(config.read_text(encoding="utf-8").replace('"seed": 0', '"seed": 1'), encoding="utf-8")
    assert "config.json: was changed after it was written" in refused(3)


@pytest.mark.slow
def test_the_command_says_where_it_is_and_how_to_load_it(
    hub: Hub,
    endpoint: str,
    release: Release,
    model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    publish(release, DATASET, token=TOKEN, endpoint=endpoint, check=False)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.chdir(model.parent)
    for again in (False, True):
        with pytest.raises(SystemExit) as ended:
            main(["publish", "--model", model.name, "--repo", REPO, "--endpoint", endpoint])
        said = capsys.readouterr()
        assert (ended.value.code, "[up to date]" in said.out) == (0, again), said.err
        assert 'baselines.load(hub.fetch_model("someone/news", "words-lr-1.0.0"))' in said.err
    with pytest.raises(SystemExit) as ended:
        main(["publish"])
    assert ended.value.code == 2
    assert "give either a RELEASE or --model DIR" in capsys.readouterr().err


@pytest.mark.slow
def test_commands_take_datasets_and_models_of_the_hub(
    hub: Hub,
    endpoint: str,
    release: Release,
    model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    dataset = publish(release, DATASET, token=TOKEN, endpoint=endpoint, check=False)
    published = publish_model(model, REPO, token=TOKEN, endpoint=endpoint, check=False)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        said = capsys.readouterr()
        assert ended.value.code == 0, said.err
        return said.out

    trained = ("train", f"hub:{DATASET}@{dataset.tag}", "--baseline", "words-lr", "-o", "here")
    assert json.loads(run(*trained, "--json"))["baseline"] == "words-lr"
    metadata, _ = parted((tmp_path / "here/README.md").read_text(encoding="utf-8"))
    assert metadata["datasets"] == [DATASET]
    assert metadata["model-index"][0]["results"][0]["dataset"]["revision"] == dataset.tag
    for name in ("model.safetensors", "vocabulary.json"):
        assert (tmp_path / "here" / name).read_bytes() == (model / name).read_bytes()

    reference = f"hub:{REPO}@{published.tag}"
    (answer,) = run("predict", "--model", reference, "The baker denied report 3.").splitlines()
    assert json.loads(answer)["labels"] == ["denial"]
    run("init", "project")
    start = Project(tmp_path / "project").suggest(reference)
    assert start.suggester.name.startswith(f"{REPO}@{published.tag}")
    with pytest.raises(SystemExit) as ended:
        main(["predict", "--model", f"hub:{REPO}@v9.9.9", "One."])
    assert ended.value.code == 5
    assert "v9.9.9" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        main(["predict", "--model", "hub:news", "One."])
    assert ended.value.code == 2
    assert "write owner/name" in capsys.readouterr().err

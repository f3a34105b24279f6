"""The card: what a release leaves out, what its columns mean, and lines that train on it, all from data."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from toolkit.errors import GateFailed
from toolkit.records import content_id
from toolkit.release import Release, TextRule
from toolkit.release.card.data_dictionary import meaning
from toolkit.release.repeats import repeats
from toolkit.release.tables.attribute_columns import span_attributes

pytestmark = pytest.mark.slow

OFFLINE = {**os.environ, "HF_HUB_OFFLINE": "1", "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "2"}


def card(release: Release) -> str:
    return (release.path / "README.md").read_text()


def recipe(release: Release, title: str) -> str:
    """The Python under a title of the card, with the directory in place of where it will be."""
    _, _, rest = card(release).partition(f"### {title}")
    code = rest.partition("```python\n")[2].partition("```")[0]
    assert code, title
    return code.replace("path/to/this/directory", str(release.path))


def run(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "recipe", "exec"), {"__name__": "recipe"})  # what the card tells people to run
    return printed.getvalue()


def own_columns(release: Release) -> set[str]:
    return {column.name for column in span_attributes(release.schema)}


def test_every_column_of_every_config_is_explained(release: Release) -> None:
    text = card(release)
    for config in release.configs:
        own = text.partition(f"### `{config}`\n")[2].partition("\n### ")[0]
        for column in release.columns(config).names:
            assert f"| `{column}` |" in own
            if column not in own_columns(release):
                assert meaning(config, column) != "see the codebook"


def test_the_card_tells_what_is_left_out_and_how_that_bends_the_labels(world: Any, release: Release) -> None:
    answered, decided = len(world.sentences), len(world.decisions)
    assert f"{answered - decided} of {answered} answered sentences are not in `default`" in card(release)
    left = release.manifest["left_out"]["sentences"]
    assert (left["answered"], left["undecided"], left["skipped"]) == (answered, answered - decided, 0)
    by_id = {decision.sentence_id for decision in world.decisions}
    claims = [answer for answer in world.annotations if "claim" in answer.labels and answer.annotator == "annotator-1"]
    assert left["labels"]["claim"]["votes"] == sum(answer.sentence_id not in by_id for answer in claims)
    assert left["labels"]["claim"]["with_undecided"] == round(len(claims) / answered, 4)


def test_decisions_by_one_and_thin_ground_are_told(
    make_world: Callable[..., Any], release: Release, tmp_path: Path
) -> None:
    assert "Decided by one" not in card(release)
    assert "Thin ground" not in card(release)
    small = make_world(3)
    alone = replace(
        small,
        decisions=tuple(
            replace(each, method="single", votes=(content_id(each.sentence_id, "annotator-1"),))
            for each in small.decisions
        ),
        annotations=tuple(each for each in small.annotations if each.annotator == "annotator-1"),
    )
    told = card(alone.freeze(tmp_path / "1.0.0"))
    number = len(alone.decisions)
    assert f"Decided by one: {number} sentences of {number} rest on the answer of a single person" in told
    assert "Thin ground: one annotator; 3 stories, and five are few." in told


def test_every_answer_has_its_sentence_and_every_answered_sentence_stands_somewhere(
    world: Any, release: Release
) -> None:
    texts = {sentence.sentence_id: sentence.text for sentence in world.sentences}
    answers = release.table("annotations", columns=["sentence_id", "text"]).to_pylist()
    assert len(answers) == len(world.annotations)
    assert all(row["text"] == texts[row["sentence_id"]] for row in answers)
    there = {name for config in ("default", "undecided") for name in release.table(config)["sentence_id"].to_pylist()}
    assert there == set(texts)
    row = release.table("undecided").to_pylist()[0]
    given = [answer.labels for answer in world.annotations if answer.sentence_id == row["sentence_id"]]
    assert row["n_annotators"] == 2
    assert all(row["votes"][label] == sum(label in labels for labels in given) for label in row["votes"])
    assert all(row["soft_labels"][label] == votes / 2 for label, votes in row["votes"].items())


def test_spans_tokens_tags_and_vectors_stand_beside_the_text(release: Release) -> None:
    labels = release.schema.label_ids
    tagged = 0
    for row in release.table().to_pylist():
        assert row["label_vector"] == [float(label in row["labels"]) for label in labels]
        assert all(row["text"][span["start"] : span["end"]] == span["text"] for span in row["spans"])
        places = zip(row["tokens"], row["token_starts"], row["tags"], strict=True)
        for token, start, _ in places:
            assert row["text"][start : start + len(token)] == token
        for span in row["spans"]:
            own = row[f"tags_{span['label'].lower()}"]
            first, last = own.index(f"B-{span['label']}"), max(at for at, tag in enumerate(own) if tag != "O")
            assert row["token_starts"][first] == span["start"]
            assert row["token_starts"][last] + len(row["tokens"][last]) == span["end"]
            tagged += 1
    assert tagged == release.counts["spans"]


def test_times_of_people_are_told_by_the_day_unless_asked_for(world: Any, release: Release, tmp_path: Path) -> None:
    columns = ["created_at", "updated_at", "lead_time"]
    assert release.table("annotations", columns=columns).to_pylist()[0] == {
        "created_at": "2026-01-01",
        "updated_at": "2026-01-01",
        "lead_time": 4.0,
    }
    exact = world.freeze(tmp_path / "1.0.0", times="exact")
    assert exact.table("annotations", columns=columns).to_pylist()[0] == {
        "created_at": "2026-01-01T10:00:00Z",
        "updated_at": "2026-01-01T10:00:00Z",
        "lead_time": 4.5,
    }
    assert "Times are told by the day" in card(release)
    assert "Times are told by the day" not in card(exact)


def test_stock_sentences_across_splits_are_told_and_may_be_refused(
    make_world: Callable[..., Any], tmp_path: Path
) -> None:
    stocked = make_world(12, 4, stock="Officials did not answer.")
    release = stocked.freeze(tmp_path / "1.0.0")
    found = repeats(release)
    tests = release.table(split="test")["text"].to_pylist()
    rows, of = found.in_train["test"]
    assert (rows, of) == (tests.count("Officials did not answer."), len(tests))
    assert rows
    assert f"{rows} of {of} sentences of `test` stand in `train` word for word" in card(release)
    everywhere = release.table()["text"].to_pylist().count("Officials did not answer.")
    assert f"1 text was decided in more than one way, in {everywhere} rows" in card(release)
    assert release.manifest["repeats"] == found.as_dict()
    with pytest.raises(GateFailed, match="stand in it word for word, more than 5%"):
        stocked.freeze(tmp_path / "gated" / "1.0.0", repeated_at_most=0.05)
    assert not list((tmp_path / "gated").glob("*"))


@pytest.mark.parametrize("title", ["scikit-learn: several", "spaCy: spans", "pandas: every answer", "DuckDB: SQL"])
def test_the_recipes_of_the_card_run(
    release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, title: str
) -> None:
    assert run(recipe(release, title), tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def tiny_models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A random DistilBERT with 1 layer of 16 numbers, and the same as a sentence transformer, by the names on cards."""
    for library in ("torch", "transformers", "setfit"):
        pytest.importorskip(library, reason=f"NO {library.upper()}, RECIPES THAT FINE-TUNE ARE NOT RUN")
    code = """
import sys
from pathlib import Path
from sentence_transformers import SentenceTransformer, models
from tokenizers import Tokenizer, models as pieces, pre_tokenizers, trainers
from transformers import DistilBertConfig, DistilBertModel, PreTrainedTokenizerFast
folder, signs = Path(sys.argv[1]), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
tokens = Tokenizer(pieces.WordPiece(unk_token="[UNK]"))
tokens.pre_tokenizer = pre_tokenizers.Whitespace()
text = ["The mayor of Arlo said 14 people were killed in storm 3-2."] * 3
tokens.train_from_iterator(text, trainers.WordPieceTrainer(vocab_size=200, special_tokens=signs))
names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), signs))
PreTrainedTokenizerFast(tokenizer_object=tokens, model_max_length=64, **names).save_pretrained(folder / "bert")
shape = DistilBertConfig(vocab_size=200, dim=16, hidden_dim=32, n_layers=1, n_heads=2, max_position_embeddings=64)
DistilBertModel(shape).save_pretrained(folder / "bert")
body = models.Transformer(str(folder / "bert"))
SentenceTransformer(modules=[body, models.Pooling(16)]).save(str(folder / "sentences"))
"""
    folder = tmp_path_factory.mktemp("tiny")
    subprocess.run([sys.executable, "-W", "ignore", "-c", code, str(folder)], check=True, env=OFFLINE)
    return {
        "distilbert-base-multilingual-cased": folder / "bert",
        "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2": folder / "sentences",
    }


@pytest.mark.slow
@pytest.mark.parametrize("title", ["transformers: several", "transformers: token", "SetFit: several"])
def test_the_recipes_that_fine_tune_run_on_tiny_random_models(
    release: Release, tmp_path: Path, title: str, tiny_models: dict[str, Path]
) -> None:
    code = recipe(release, title).replace("num_epochs=1", "num_epochs=1, max_steps=3")
    for name, folder in tiny_models.items():
        code = code.replace(name, str(folder))
    (tmp_path / "recipe.py").write_text(code, encoding="utf-8")
    command = [sys.executable, "-W", "ignore", "recipe.py"]
    done = subprocess.run(command, cwd=tmp_path, env=OFFLINE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "eval_loss" in done.stdout or "tensor" in done.stdout


def test_a_release_without_text_has_no_recipes(world: Any, tmp_path: Path) -> None:
    bare = world.freeze(tmp_path / "1.0.0", text=TextRule.parse("offsets"))
    assert "## Training" not in card(bare)
    assert "tokens" not in bare.columns().names


def test_the_declarations_are_those_of_datasets(release: Release, tmp_path: Path) -> None:
    import datasets

    copy = Path(shutil.copytree(release.path, tmp_path / "copy"))
    loaded = datasets.load_dataset(str(copy), cache_dir=str(tmp_path / "cache"))
    features = loaded["train"].features
    assert features["labels"].feature.names == list(release.schema.label_ids)
    assert features["tags"].feature.names[:3] == ["O", "B-SOURCE", "I-SOURCE"]
    assert features["label_vector"].feature.dtype == "float32"
    assert loaded["test"].num_rows == release.table(split="test").num_rows
    metadata = yaml.safe_load(card(release).split("---\n")[1])
    default = next(info for info in metadata["dataset_info"] if info["config_name"] == "default")
    spelled = next(item for item in default["features"] if item["name"] == "labels")
    assert "sequence" in spelled  # what datasets 3.6 reads as a feature with names


def test_the_card_tells_how_many_articles_are_cut_short(world: Any, tmp_path: Path) -> None:
    first, *others = world.articles
    short = replace(world, articles=(replace(first, truncated=True), *others))
    made = short.freeze(tmp_path / "1.0.0")
    assert "Of 1 article only the beginning is there" in card(made)
    assert "only the beginning is there" not in card(world.freeze(tmp_path / "plain" / "1.0.0"))

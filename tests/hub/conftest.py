"""A Hub on loopback, and releases to publish on it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import huggingface_hub.constants
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the stand-in lies beside the tests

from standin import Hub, serving

from toolkit.engine.arrow import to_table
from toolkit.records import Annotation, Article, Decision, Page, Piece, Sentence, content_id
from toolkit.release import Corpus, Release, Terms, freeze
from toolkit.schema import load


@pytest.fixture(autouse=True)
def _no_ambient_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No token, cache or Xet of this machine."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_TOKEN_PATH", str(tmp_path / "no-token"))
    for name in ("HF_TOKEN", "HF_ENDPOINT", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")
    monkeypatch.setenv("HF_HUB_DISABLE_TELEMETRY", "1")


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def endpoint(hub: Hub) -> Iterator[str]:
    with serving(hub) as address:
        yield address


@pytest.fixture
def make_release(tmp_path: Path) -> Callable[..., Release]:
    """Freeze a release of `articles` small articles."""

    def make(
        version: str = "1.0.0", *, articles: int = 6, previous: Release | None = None, labels_of: str = "claims@1.0.0"
    ) -> Release:
        schema = load(labels_of)
        made, cut, decisions, answers = [], [], [], []
        for number in range(articles):
            text = f"The mayor opened bridge {number}.\nThe baker denied report {number}."
            raw = text.encode()
            page = Page.of(raw, source=f"{number}.txt")
            piece = Piece(start=0, end=len(text), byte_start=0, byte_end=len(raw))
            made.append(Article.of(text, page=page, pieces=(piece,), language="en"))
            middle = text.index("\n")
            for start, end, labels in ((0, middle, ("none",)), (middle + 1, len(text), ("denial",))):
                cut.append(Sentence.of(made[-1], start, end, paragraph=0))
                when = "2026-01-01T00:00:00Z"
                common = {"sentence_id": cut[-1].sentence_id, "labels": labels, "schema": schema.ref}
                answers.append(
                    Annotation(
                        annotation_id=content_id(cut[-1].sentence_id),
                        annotator="annotator-1",
                        created_at=when,
                        updated_at=when,
                        **common,
                    )
                )
                decisions.append(Decision(method="unanimous", votes=(answers[-1].annotation_id,), **common))
        corpus = Corpus.of(
            schema,
            articles=to_table(Article, made),
            sentences=to_table(Sentence, cut),
            decisions=to_table(Decision, decisions),
            annotations=answers,
        )
        return freeze(corpus, tmp_path / "releases", Terms(version=version), previous=previous)

    return make

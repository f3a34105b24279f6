"""A small project whose words try to be markup, labelled by two people who agree on most of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from builders import write_corpus

from toolkit import release
from toolkit.adjudicate import stage as adjudicate_stage
from toolkit.agreement import stage as agreement_stage
from toolkit.project import Workspace
from toolkit.project.logs.annotation_log import revision
from toolkit.records import Annotation, Span, content_id

SCRIPT = "<script>document.title='broken'</script> the army said, \"onmouseover=alert(1) x='"
CLOSING = "</script><img src=x onerror=\"document.title='broken'\"> and <!-- <script> & $x_1$ \u2028 the end."
ARABIC = "قال الجيش 😀 إن 14 جنديا قتلوا."


def texts(number: int) -> list[str]:
    """Return articles of a title and three sentences, no two alike."""
    stems = ["harbour", "bridge", "market", "valley", "tunnel", "island", "orchard", "mill", "quarry", "station"]
    made = [
        f"Report on the {stem} {at}\nThe {stem} was shelled at {at} o'clock.\n"
        f"The mayor of {stem} denied all {at} claims.\nNobody in {stem} {at} would say more."
        for at in range(number // len(stems) + 1)
        for stem in stems
    ]
    return made[:number]


def answer(sentence_id: str, who: str, labels: tuple[str, ...], text: str, *, skipped: bool = False) -> Annotation:
    spans = (Span(span_id="s1", label="SOURCE", start=1, end=4, text=text[1:4]),) if labels == ("claim",) else ()
    return Annotation(
        annotation_id=content_id("test", sentence_id, who),
        sentence_id=sentence_id,
        annotator=who,
        labels=() if skipped else labels,
        spans=() if skipped else spans,
        schema="news_events@1.0.0",
        created_at="2031-03-12T10:00:00Z",
        updated_at="2031-03-12T10:00:00Z",
        lead_time=12.0 if who == "ann" else 20.0,
        skipped=skipped,
        note='<b onclick="x">note</b>' if who == "ann" else None,
    )


@pytest.fixture
def label() -> Callable[[Workspace], None]:
    """Puts answers into a project's log: ben skips the first sentence and differs from ann on every tenth."""

    def run(workspace: Workspace) -> None:
        rows = []
        for number, sentence in enumerate(workspace.sentences()):
            labels = ("claim",) if number % 3 else ("none",)
            other = ("denial",) if number % 10 == 1 else labels
            rows.append(revision(answer(sentence.sentence_id, "ann", labels, sentence.text), {}))
            mine = answer(sentence.sentence_id, "ben", other, sentence.text, skipped=number == 0)
            rows.append(revision(mine, {}))
        workspace.annotations.append(rows)

    return run


@pytest.fixture
def project(tmp_path: Path, label: Callable[[Workspace], None], monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """12 articles, labelled, measured, decided and released."""
    for variable in ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY", "HF_TOKEN"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    workspace = Workspace.create(tmp_path / "project", title="Words <b>as</b> data")
    write_corpus(workspace, [*texts(11), f"A title\n{SCRIPT}\n{CLOSING}\n{ARABIC}"])
    label(workspace)
    agreement_stage.agreement(workspace)
    adjudicate_stage.adjudicate(workspace)
    release.build(workspace, "1.0.0")
    return workspace

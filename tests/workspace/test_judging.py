"""When the stages of people's judgement run again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from toolkit import agreement
from toolkit.records import Annotation, content_id
from toolkit.workspace import Workspace, judging
from toolkit.workspace.history import revision

WHEN = "2026-01-01T00:00:00Z"


@pytest.fixture
def workspace(make_project: Callable[..., Workspace]) -> Workspace:
    """Eight articles of two sentences, which two people answer alike but for one."""
    made = make_project([f"The mayor of town {at} said so.\nTown {at} is quiet." for at in range(8)])
    for at, sentence in enumerate(made.sentences()):
        for who in ("ada", "ben"):
            made.annotations.append(
                [
                    revision(
                        Annotation(
                            annotation_id=content_id(sentence.sentence_id, who),
                            sentence_id=sentence.sentence_id,
                            annotator=who,
                            labels=("claim",) if (at % 2 == 0) != (at == 3 and who == "ben") else ("none",),
                            schema="news_events@1.0.0",
                            created_at=WHEN,
                            updated_at=WHEN,
                        ),
                        {},
                    )
                ]
            )
    return made


def test_a_report_whose_intervals_were_made_otherwise_is_not_up_to_date(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr(agreement, "INTERVAL", "BCa over articles")
        assert not judging.agreement(workspace, resamples=9).up_to_date
        assert judging.agreement(workspace, resamples=9).up_to_date
    assert not judging.agreement(workspace, resamples=9).up_to_date
    assert judging.agreement(workspace, resamples=9).up_to_date

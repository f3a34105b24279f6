"""`toolkit status`: how far the annotators are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.api.facade import Project
from toolkit.cli.connect import connected
from toolkit.cli.options import Json, ProjectDir
from toolkit.cli.output import number, put, put_counts, put_json, put_table, say, say_next

if TYPE_CHECKING:
    from toolkit.agreement.known_answers import KnownScore
    from toolkit.labelstudio.progress import AnnotatorProgress, LabellingProgress
    from toolkit.schema import Score


def status(project: ProjectDir = None, as_json: Json = False) -> None:
    """Show how far the annotators are.

    Example: toolkit status --json
    """
    opened = Project.find(project)
    with connected(opened) as server:
        result = opened.status(server=server)
    if as_json:
        put_json(result)
        return
    put_counts("status", {"sentences": result.sentences, "sent": result.sent, "complete": result.complete})
    if len(result.projects) > 1:
        rows = [[part.title, *map(str, (part.sent, part.answers)), _whole(part.changed)] for part in result.projects]
        put_table(["project", "sent", "answers", "changed"], rows)
    header = ["annotator", "sent", "done", "skipped", "median s", "a day", "days left", "agreement", "quiz"]
    checked = any(who.known is not None for who in result.annotators)
    rows = [_person(who, result.sent) + [_known(who.known)] * checked for who in result.annotators]
    if rows:
        put_table([*header, *["known answers met"] * checked], rows)
    _explain(result, opened.config.label_studio.annotators_per_sentence)
    for who in result.annotators:
        if who.warning is not None:
            put(f"{who.annotator}: {who.warning}")
    if result.agreement is not None:
        put(f"agreement so far: α {result.agreement:.2f} of the label sets")
    if result.changed is not None:
        put(f"{result.changed:,} tasks changed since the last pull")
    if result.days_left is not None:
        put(f"{result.per_day:.0f} answers a day; {result.days_left:.1f} days left at that rate")
    say_next(_next(result))


def _explain(result: LabellingProgress, wanted: int) -> None:
    """Say what "complete" means, where it surprises."""
    if wanted > 1 and not result.complete and any(who.done for who in result.annotators):
        say(f"a sentence is complete with {wanted} answers: annotators_per_sentence in toolkit.yaml")
    if result.complete > result.sent > 0:
        say(f"{result.complete - result.sent:,} more than were sent: these had their answers before the schema changed")


def _next(result: LabellingProgress) -> str:
    """Return what comes next, by how far the answers are."""
    if not result.sent:
        return "`toolkit push` sends the sentences"
    if result.complete < result.sent:
        return "people label on, and `toolkit pull` fetches what they have answered at any time"
    return "`toolkit agreement`" if result.changed == 0 else "`toolkit pull`, then `toolkit agreement`"


def _whole(number: float | None) -> str:
    return "–" if number is None else f"{number:.0f}"


def _person(who: AnnotatorProgress, sent: int) -> list[str]:
    whole = [sent if who.sent is None else who.sent, who.done, who.skipped, who.seconds, who.per_day, who.days_left]
    return [who.annotator, *map(_whole, whole), number(who.agreement), _share(who.quiz)]


def _known(score: KnownScore | None) -> str:
    return "–" if score is None else str(score)


def _share(quiz: Score | None) -> str:
    return "–" if quiz is None else f"{quiz.correct} of {quiz.answered}"

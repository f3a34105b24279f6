"""The stage agreement: annotations/log.jsonl, calibration/log.jsonl → reports/agreement.json."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import Any

from toolkit.agreement.agreement_report import INTERVAL, REVISION
from toolkit.agreement.known_answers import KnownScore, known_answers, known_scores
from toolkit.agreement.measurement import measure
from toolkit.agreement.model_agreement.preannotation_effect import PreannotationEffect, measure_effect
from toolkit.agreement.model_agreement.replacement import ReplacementReport, measure_replacement
from toolkit.agreement.structures.link_agreement import LinkAgreement, LinkUptake, link_agreement, uptake
from toolkit.project.annotators_file import FURTHER, further, quiz_rules, read_team
from toolkit.project.logs.link_log import link_answers, logged_suggestions, standing_links
from toolkit.project.logs.standing_answers import GONE, INPUTS, PARTIAL
from toolkit.project.logs.suggestion_log import SuggestionLog
from toolkit.project.stage import Made, ReportOutcome, derive_report, provenance
from toolkit.project.workspace import AGREEMENT, GOLD, SENTENCES, Workspace
from toolkit.records import Annotation, Article, Decision, Sentence, content_id, to_json
from toolkit.schema import Score, quiz, score
from toolkit.schema.quiz.pair_quiz import PairScore, pair_scores


def quiz_scores(workspace: Workspace, *, first: bool = False) -> Mapping[str, Score]:
    """Return the score of each annotator who answered an item of the present quiz, by pseudonym.

    Of several answers of a person to an item the last one counts; a skip is not an answer.

    Args:
        workspace: The project.
        first: The first answer counts: what a person knew before reading why.
    """
    items = quiz(workspace.schema())
    given: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for (annotator, item), answers in quiz_attempts(workspace).items():
        given[annotator][item] = answers[0 if first else -1].labels
    scores = {annotator: score(items, given[annotator]) for annotator in sorted(given)}
    return {annotator: found for annotator, found in scores.items() if found.answered}


def quiz_attempts(workspace: Workspace) -> Mapping[tuple[str, str], Sequence[Annotation]]:
    """Return each person's answers to each item of the quiz, the oldest first, by (pseudonym, item_id).

    There are several where the person has answered it again after reading why; skips are left out.
    """
    if not workspace.calibration.path.exists():
        return {}
    found: dict[tuple[str, str], list[Annotation]] = defaultdict(list)
    for answer in sorted(workspace.quiz_answers(), key=lambda each: (each.created_at, each.annotation_id)):
        if not answer.skipped:
            found[answer.annotator, answer.sentence_id].append(answer)
    return found


def quiz_passed(workspace: Workspace) -> frozenset[str]:
    """Return who has answered every item of the quiz and reached the pass mark, by pseudonym."""
    mark, number = quiz_rules(workspace).pass_mark, len(quiz(workspace.schema()))
    scores = quiz_scores(workspace).items()
    return frozenset(name for name, found in scores if found.answered == number and (found.share or 0.0) >= mark)


def known_labels(workspace: Workspace) -> Mapping[str, tuple[str, ...]]:
    """Return the labels of each sentence whose answer is known, by sentence_id; see `agreement.known_answers`."""
    team, schema = read_team(workspace), workspace.schema()
    rules = team.known if team is not None else None
    return known_answers(
        workspace.answers(),
        workspace.expert_answers(),
        items=quiz(schema),
        texts=dict(workspace.columns(Sentence, "sentence_id", "text")),
        **({} if rules is None else {"agreed": rules.agreed}),
    )


def hidden_scores(workspace: Workspace) -> Mapping[str, KnownScore]:
    """Return how often each person met the known answers that were hidden among the tasks, by pseudonym."""
    hidden = workspace.hidden_answers()
    return known_scores(hidden, known_labels(workspace)) if hidden else {}


_FURTHER = "further answers to hard sentences, left out"

_ANNOTATIONS, _CALIBRATION = "annotations/log.jsonl", "calibration/log.jsonl"


def agreement(
    workspace: Workspace,
    *,
    round_of: Mapping[str, str] = MappingProxyType({}),
) -> ReportOutcome:
    """Measure how well the annotators agree, with intervals over articles, into reports/agreement.json.

    Args:
        workspace: The project.
        round_of: sentence_id → round of labelling, to measure each round apart too.

    Returns:
        The report, as reports/agreement.json has it; see `AgreementReport`.

    Raises:
        InvalidInput: No answers were pulled yet.
    """

    def make() -> tuple[Made, Mapping[str, Any]]:
        sentences = workspace.columns(Sentence, "sentence_id", "article_id", "text")
        report = measure(
            answers,
            workspace.schema(),
            {sentence_id: article_id for sentence_id, article_id, _ in sentences},
            texts={sentence_id: text for sentence_id, _, text in sentences},
            round_of=round_of,
            quiz=quiz_scores(workspace, first=True),
        )
        counts = {
            "answers": len(answers),
            "annotators": len({answer.annotator for answer in answers}),
            "sentences": len({answer.sentence_id for answer in answers}),
            **({GONE: len(logged) - len(living_answers)} if len(logged) > len(living_answers) else {}),
            **({_FURTHER: number} if (number := len(living_answers) - len(answers)) else {}),
            **({PARTIAL: partial} if (partial := sum(map(bool, (answer.rejected for answer in answers)))) else {}),
        }
        return Made({}, counts), json.loads(to_json(report))

    with workspace.lock():
        logged = workspace.answers(some=True)
        living = {sentence_id for (sentence_id,) in workspace.columns(Sentence, "sentence_id")}
        asked_further = {(name, one) for name, mine in further(workspace).items() for one in mine}
        living_answers = [answer for answer in logged if answer.sentence_id in living]
        answers = [each for each in living_answers if (each.annotator, each.sentence_id) not in asked_further]
        return derive_report(
            workspace.root,
            "agreement",
            AGREEMENT,
            inputs=workspace.digests(_ANNOTATIONS, _CALIBRATION, FURTHER, SENTENCES, *INPUTS),
            parameters={
                **rules(workspace),
                "rounds": content_id(*chain.from_iterable(sorted(round_of.items()))) if round_of else None,
            },
            make=make,
        )


def agreement_command(workspace: Workspace) -> str:
    """Return the command that measures agreement again as it was measured last: with its rounds."""
    made, path = provenance(workspace.root, "agreement"), workspace.path(AGREEMENT)
    if made is None or not path.exists():
        return "toolkit agreement"
    rounds = made.parameters.get("rounds")
    slices = json.loads(path.read_bytes()).get("slices", ()) if rounds is not None else ()
    names = [part["name"] for part in slices if part["kind"] == "round"] or ["NAME"] * (rounds is not None)
    return " ".join(["toolkit agreement", *(f"--round {name}=FILE" for name in names)])


def rules(workspace: Workspace) -> dict[str, Any]:
    """Return what decides the report beside its input files and the options of its command."""
    return {
        "schema": workspace.schema().digest,
        "report": REVISION,  # so that a report of an older revision is not up to date
        "interval": INTERVAL,
    }


def preannotation_effect(workspace: Workspace) -> PreannotationEffect | None:
    """Return how suggestions changed the answers, measured on the hold-out; None if nothing was suggested yet."""
    offered = list(SuggestionLog(workspace).offered())
    if not offered:
        return None
    articles = dict(workspace.columns(Sentence, "sentence_id", "article_id"))
    return measure_effect(workspace.answers(), offered, articles)


def replacement(workspace: Workspace, model: str, *, annotators: str = "trained") -> ReplacementReport:
    """Say whether a model may stand in for a person, by answers that no suggestion could have swayed.

    Args:
        workspace: The project.
        model: Its name in the suggestion log.
        annotators: What the people are: "experts", "trained" or "crowd".

    Raises:
        InvalidInput: There are no answers yet, or none of the model.
    """
    log = SuggestionLog(workspace)
    stories = dict(workspace.columns(Article, "article_id", "story_id"))
    return measure_replacement(
        workspace.answers(some=True),
        log.answers(model),
        workspace.schema(),
        {name: stories[article] for name, article in workspace.columns(Sentence, "sentence_id", "article_id")},
        model=log.full_name(model),
        shown={each.sentence_id for each in log.offered() if each.shown},
        annotators=annotators,
    )


def links(workspace: Workspace) -> tuple[LinkAgreement, ...]:
    """Return how well people agree on links between sentences; empty where nobody could link two yet."""
    schema = workspace.schema()
    if not schema.links or not workspace.links.path.exists() or not workspace.path(GOLD).exists():
        return ()
    ends = {
        each.sentence_id: {*each.labels, *(span.label for span in each.spans)} for each in workspace.stream(Decision)
    }
    story_of = dict(workspace.columns(Article, "article_id", "story_id"))
    articles = workspace.columns(Sentence, "sentence_id", "article_id")
    stories = {sentence_id: story_of[article_id] for sentence_id, article_id in articles}
    return link_agreement(link_answers(workspace, stories), schema, ends, stories)


def link_uptake(workspace: Workspace) -> LinkUptake | None:
    """Return how many suggested links people drew; None where nobody has answered a window with suggestions."""
    rows = logged_suggestions(workspace)
    answers = [each for each in link_answers(workspace) if each.window_id in rows]
    suggested = {
        name: [(each["label"], each["head"], each["tail"]) for each in row["links"]] for name, row in rows.items()
    }
    return uptake(answers, suggested, {name for name, row in rows.items() if row["shown"]}) if answers else None


def link_quiz_scores(workspace: Workspace) -> Mapping[str, PairScore]:
    """Return each person's score in the quiz of links, by pseudonym; empty where nobody has answered it."""
    return pair_scores(workspace.schema(), standing_links(workspace.link_quiz))

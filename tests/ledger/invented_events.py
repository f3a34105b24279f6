"""Invented events with known truth, in six languages: biased sources, updates, rewrites and wire copies. CC0.

An event has sources that report counts over some days. Outlets print the reports, some as copies hours later. The truth
of each count follows from the reports alone: nothing here knows how the ledger is made.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from builders import article, sentence, span

from toolkit.ledger import Place, Statement
from toolkit.records import Article, Relation, Sentence, Span

TOWNS = ("Arlo", "Brenn", "Selm", "Dorum", "Tavel", "Kiry", "Novet", "Lumas")
OUTLETS = ("Tavli Post", "Morgenblatt Selm", "Le Courrier", "Hora", "Вести Арло", "Новини Кіру")
PHRASES = {
    "en": ("{n}", "at least {n}", "more than {n}", "up to {n}", "{n} to {m}", "about {n}", "dozens of"),
    "de": ("{n}", "mindestens {n}", "mehr als {n}", "bis zu {n}", "{n} bis {m}", "etwa {n}", "Dutzende"),
    "es": ("{n}", "al menos {n}", "más de {n}", "hasta {n}", "entre {n} y {m}", "unos {n}", "decenas de"),
    "fr": ("{n}", "au moins {n}", "plus de {n}", "jusqu'à {n}", "entre {n} et {m}", "environ {n}", "des dizaines de"),
    "ru": ("{n}", "не менее {n}", "более {n}", "до {n}", "от {n} до {m}", "около {n}", "десятки"),
    "uk": ("{n}", "щонайменше {n}", "понад {n}", "до {n}", "від {n} до {m}", "близько {n}", "десятки"),
}
QUALIFIERS = ("exact", "at_least", "more_than", "up_to", "range", "about", "vague")
ACLED = {"en": 12, "de": 12, "es": 10, "fr": 10, "ru": 10, "uk": 10}
"""What the vague word of each language counts as, by ACLED's rule: "dozens" 12, "tens" 10."""

SOURCES = {
    "en": ("the governor", "the rebel command", "the rescue service"),
    "de": ("die Gouverneurin", "das Kommando der Rebellen", "der Rettungsdienst"),
    "es": ("el gobernador", "el mando rebelde", "el servicio de rescate"),
    "fr": ("le gouverneur", "le commandement rebelle", "le service de secours"),
    "ru": ("губернатор", "штаб повстанцев", "служба спасения"),
    "uk": ("губернатор", "штаб повстанців", "служба порятунку"),
}
ROLES = ("own_side", "opposing", "third")
SENTENCES = {
    ("en", "killed"): ("{s} said {f} people were killed in {t}.", "In {t} {f} people were killed, {s} said."),
    ("en", "wounded"): ("{s} said {f} people were wounded in {t}.", "In {t} {f} people were wounded, {s} said."),
    ("de", "killed"): (
        "Laut {s} wurden {f} Menschen in {t} getötet.",
        "In {t} wurden {f} Menschen getötet, sagte {s}.",
    ),
    ("de", "wounded"): (
        "Laut {s} wurden {f} Menschen in {t} verletzt.",
        "In {t} wurden {f} Menschen verletzt, sagte {s}.",
    ),
    ("es", "killed"): ("Según {s}, {f} personas murieron en {t}.", "En {t} murieron {f} personas, dijo {s}."),
    ("es", "wounded"): (
        "Según {s}, {f} personas resultaron heridas en {t}.",
        "En {t} {f} personas resultaron heridas, dijo {s}.",
    ),
    ("fr", "killed"): (
        "Selon {s}, {f} personnes ont été tuées à {t}.",
        "À {t}, {f} personnes ont été tuées, a dit {s}.",
    ),
    ("fr", "wounded"): (
        "Selon {s}, {f} personnes ont été blessées à {t}.",
        "À {t}, {f} personnes ont été blessées, a dit {s}.",
    ),
    ("ru", "killed"): ("{s} сообщает: в {t} погибли {f} человек.", "В {t} погибли {f} человек, сообщает {s}."),
    ("ru", "wounded"): ("{s} сообщает: в {t} ранены {f} человек.", "В {t} ранены {f} человек, сообщает {s}."),
    ("uk", "killed"): ("{s} повідомляє: у {t} загинули {f} людей.", "У {t} загинули {f} людей, повідомляє {s}."),
    ("uk", "wounded"): ("{s} повідомляє: у {t} поранено {f} людей.", "У {t} поранено {f} людей, повідомляє {s}."),
}


@dataclass(frozen=True)
class Report:
    """What a source says at one time."""

    source: int
    harm: str
    day_only: bool
    at: datetime
    qualifier: str
    low: int | None
    high: int | None
    acled: int | None

    @property
    def first(self) -> datetime:
        return self.at.replace(hour=0) if self.day_only else self.at

    @property
    def last(self) -> datetime:
        return self.first + timedelta(hours=23, minutes=59) if self.day_only else self.at


@dataclass
class Event:
    """A story: its reports, and the statements that outlets print."""

    story_id: str
    language: str
    reports: list[Report] = field(default_factory=list)
    printed: list[tuple[Article, Sentence, Statement]] = field(default_factory=list)

    @property
    def statements(self) -> list[Statement]:
        return [statement for _, _, statement in self.printed]

    def truth(self, harm: str) -> dict[str, int | None]:
        """Return the value of each cell by the rules, from the reports alone."""
        standing = [
            one
            for one in self.reports
            if one.harm == harm
            and not any(
                other.source == one.source and other.harm == harm and other.first > one.last for other in self.reports
            )
        ]
        lows = [each.low for each in standing if each.low is not None]
        third = [each.low for each in standing if each.low is not None and ROLES[each.source] == "third"]
        tops = [top for each in standing if (top := each.low if each.high is None else each.high) is not None]
        counts = [each.acled for each in standing if each.acled is not None]
        latest = [one for one in standing if not any(other.first > one.last for other in standing)]
        bounded = [[getattr(each, end) for each in latest] for end in ("low", "high")]
        return {
            "acled": min(counts, default=None) if harm == "killed" else None,
            "low": min(lows, default=None),
            "best": min(third or lows, default=None),
            "high": max(tops, default=None),
            "latest_low": None if None in bounded[0] else min(bounded[0]),
            "latest_high": None if None in bounded[1] else max(bounded[1]),
        }


def events(count: int, seed: int = 0) -> Iterator[Event]:
    """Yield invented events, the languages in turn."""
    draw = random.Random(seed)
    languages = sorted(PHRASES)
    for number in range(count):
        yield _event(draw, f"story-{number:04}", languages[number % len(languages)], TOWNS[number % len(TOWNS)])


def _event(draw: random.Random, story_id: str, language: str, town: str) -> Event:
    event = Event(story_id, language)
    start = datetime(2026, 3, draw.randrange(1, 20), 6, tzinfo=UTC)
    true = {"killed": draw.randrange(5, 80), "wounded": draw.randrange(5, 200)}
    for step in range(draw.randrange(2, 7)):
        harm = draw.choice(("killed", "wounded"))
        source = draw.randrange(len(ROLES))
        known = true[harm] * (0.5 + 0.1 * step) * (0.7, 1.5, 1.0)[source]  # each side has its bias, and counts rise
        when = start + timedelta(hours=9 * step + draw.randrange(9))
        report = _report(draw, language, source, harm, when, max(2, round(known)))
        event.reports.append(report)
        _print(draw, event, report, town, step)
    return event


def _report(draw: random.Random, language: str, source: int, harm: str, at: datetime, n: int) -> Report:
    qualifier = draw.choice(QUALIFIERS)
    low: int | None
    low, high = {
        "exact": (n, n),
        "about": (n, n),
        "at_least": (n, None),
        "more_than": (n + 1, None),
        "up_to": (None, n),
        "range": (n, n + 3),
        "vague": (None, None),
    }[qualifier]
    acled = ACLED[language] if qualifier == "vague" else low
    return Report(source, harm, draw.random() < 0.2, at, qualifier, low, high, acled)


def _print(draw: random.Random, event: Event, report: Report, town: str, step: int) -> None:
    """Let an outlet print a report, another one rewrite it, and a third copy it word by word, hours later."""
    forms = SENTENCES[event.language, report.harm]
    outlet = draw.randrange(len(OUTLETS))
    place = f"{town}-{step}"  # so that two reports are never the same words
    _publish(event, report, forms[0], place, OUTLETS[outlet], timedelta())
    if draw.random() < 0.3:
        _publish(event, report, forms[1], place, OUTLETS[(outlet + 1) % len(OUTLETS)], timedelta())
    if draw.random() < 0.5:
        hours = timedelta(hours=draw.randrange(1, 60))
        _publish(event, report, forms[0], place, OUTLETS[(outlet + 2) % len(OUTLETS)], hours)


def _publish(event: Event, report: Report, form: str, place: str, outlet: str, later: timedelta) -> None:
    number = {} if report.qualifier == "vague" else {"n": _named(report), "m": report.high}
    phrase = PHRASES[event.language][QUALIFIERS.index(report.qualifier)].format(**number)
    source = SOURCES[event.language][report.source]
    text = form.format(s=source, f=phrase, t=place)
    text = text[0].upper() + text[1:]
    at = report.at + later
    when = at.date().isoformat() if report.day_only else at.isoformat()
    whole = article(f"{outlet}, {when}.\n{text}", source=f"{event.story_id}.txt", publisher=outlet, published_at=when)
    told = sentence(text, whole, paragraph=1)
    spans = (_source(text, source, report), _figure(text, phrase, report))
    start = len(whole.text[: told.start].encode())
    statement = Statement(
        story_id=event.story_id,
        article_id=whole.article_id,
        sentence_id=told.sentence_id,
        start=told.start,
        text=text,
        language=event.language,
        publisher=outlet,
        published_at=when,
        labels=("casualty_figure", "claim"),
        spans=spans,
        relations=(Relation(label="figure_source", head="f", tail="s"),),
        place=Place(page=whole.page.source, sha256=whole.page.sha256, pieces=((start, start + len(text.encode())),)),
    )
    event.printed.append((whole, told, statement))


def _named(report: Report) -> int | None:
    """Return the number that the words name: "more than 14" begins at 15."""
    if report.qualifier == "more_than" and report.low is not None:
        return report.low - 1
    return report.high if report.qualifier == "up_to" else report.low


def _source(text: str, source: str, report: Report) -> Span:
    at = text.casefold().index(source.casefold())
    words = text[at : at + len(source)]
    return span(text, words, "SOURCE", span_id="s", type="military", party_role=ROLES[report.source])


def _figure(text: str, phrase: str, report: Report) -> Span:
    fields: dict[str, Any] = {"qualifier": report.qualifier, "harm": report.harm, "stance": "asserted"}
    named = _named(report)
    if report.low is not None:
        fields |= {"low": named, "low_open": True} if report.qualifier == "more_than" else {"low": report.low}
    if report.high is not None:
        fields["high"] = report.high
    words = phrase.removesuffix(" of").removesuffix(" de")
    return span(
        text,
        words[0].upper() + words[1:] if text.startswith(words[0].upper() + words[1:]) else words,
        span_id="f",
        **fields,
    )

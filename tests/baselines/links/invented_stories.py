"""Invented stories with planted denials, confirmations and updates, in six languages. CC0.

A story has two to four articles of different outlets. Accusers make claims about things; some of the accused deny, in
the same article or another outlet's, and name the thing, name it by another word, or name nothing at all. Other claims,
denials of nothing that stands in the story, corrected counts and plain sentences stand between them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from toolkit.ledger import Place, Statement
from toolkit.records import Span, content_id

LANGUAGES = ("de", "en", "es", "fr", "ru", "uk")
OUTLETS = ("Tavli Post", "Hora", "Morgenblatt Selm", "Le Courrier de Brenn", "Вести Арло", "Новини Кіру")

ACCUSERS = {
    "en": ("the harbour union", "two consulates", "a former officer", "the fishermen", "the opposition", "an auditor"),
    "de": (
        "die Hafengewerkschaft",
        "zwei Konsulate",
        "ein früherer Offizier",
        "die Fischer",
        "die Opposition",
        "ein Prüfer",
    ),
    "es": (
        "el sindicato del puerto",
        "dos consulados",
        "un antiguo oficial",
        "los pescadores",
        "la oposición",
        "un auditor",
    ),
    "fr": (
        "le syndicat du port",
        "deux consulats",
        "un ancien officier",
        "les pêcheurs",
        "l'opposition",
        "un auditeur",
    ),
    "ru": ("профсоюз порта", "два консульства", "бывший офицер", "рыбаки", "оппозиция", "ревизор"),
    "uk": ("профспілка порту", "два консульства", "колишній офіцер", "рибалки", "опозиція", "ревізор"),
}
ACCUSED = {
    "en": ("the navy", "the island's government", "the shipyard", "the customs office", "the northern militia"),
    "de": ("die Marine", "die Inselregierung", "die Werft", "das Zollamt", "die Miliz im Norden"),
    "es": ("la marina", "el gobierno de la isla", "el astillero", "la aduana", "la milicia del norte"),
    "fr": ("la marine", "le gouvernement de l'île", "le chantier naval", "la douane", "la milice du nord"),
    "ru": ("флот", "правительство острова", "верфь", "таможня", "северное ополчение"),
    "uk": ("флот", "уряд острова", "верф", "митниця", "північне ополчення"),
}
ALIASES = {  # what the accused are called where they answer: in the same order
    "en": ("the admiral", "the capital", "its director", "a spokeswoman for the inspectors", "a commander"),
    "de": ("der Admiral", "die Hauptstadt", "ihr Direktor", "eine Sprecherin der Prüfer", "ein Kommandeur"),
    "es": ("el almirante", "la capital", "su director", "una portavoz", "un comandante"),
    "fr": ("l'amiral", "la capitale", "son directeur", "une porte-parole", "un commandant"),
    "ru": ("адмирал", "столица", "её директор", "представительница", "один из командиров"),
    "uk": ("адмірал", "столиця", "її директор", "речниця", "один із командирів"),
}
THINGS = {  # language → (the deed as a fact about {a}, the deed as a noun, another word for it, content label)
    "en": (
        (
            "{a} shipped mortar shells to the border valley",
            "the shipment of mortar shells",
            "any such deliveries",
            "weapon_transfer",
        ),
        (
            "{a} sold drones to the mainland rebels",
            "the sale of drones",
            "arms dealings with the rebels",
            "weapon_transfer",
        ),
        (
            "{a} moved two battalions across the river",
            "the movement of battalions",
            "a crossing of the river",
            "troop_movement",
        ),
        ("{a} laid mines in the strait", "the laying of mines", "having mined the waterway", ""),
        (
            "{a} seized the lighthouse hill by night",
            "the seizure of the hill",
            "holding the lighthouse",
            "territorial_control",
        ),
        (
            "{a} met the exiles in secret",
            "a secret meeting with the exiles",
            "talks with the exiles",
            "diplomatic_contact",
        ),
        ("{a} destroyed the files of the inquiry", "the destruction of files", "having burned the papers", ""),
    ),
    "de": (
        (
            "{a} habe Mörsergranaten in das Grenztal geliefert",
            "die Lieferung von Mörsergranaten",
            "derartige Transporte",
            "weapon_transfer",
        ),
        (
            "{a} habe Drohnen an die Rebellen verkauft",
            "den Verkauf von Drohnen",
            "Waffengeschäfte mit den Rebellen",
            "weapon_transfer",
        ),
        (
            "{a} habe zwei Bataillone über den Fluss verlegt",
            "die Verlegung der Bataillone",
            "ein Überschreiten des Flusses",
            "troop_movement",
        ),
        ("{a} habe Minen in der Meerenge gelegt", "das Legen von Minen", "eine Verminung der Wasserstraße", ""),
        (
            "{a} habe nachts den Leuchtturmhügel besetzt",
            "die Besetzung des Hügels",
            "eine Kontrolle des Leuchtturms",
            "territorial_control",
        ),
        (
            "{a} habe heimlich Exilpolitiker getroffen",
            "ein heimliches Treffen mit Exilpolitikern",
            "Gespräche mit den Exilierten",
            "diplomatic_contact",
        ),
        (
            "{a} habe Akten der Untersuchung vernichtet",
            "die Vernichtung von Akten",
            "ein Verbrennen der Unterlagen",
            "",
        ),
    ),
    "es": (
        (
            "{a} envió granadas de mortero al valle",
            "el envío de granadas de mortero",
            "esas entregas",
            "weapon_transfer",
        ),
        (
            "{a} vendió drones a los rebeldes",
            "la venta de drones",
            "negocios de armas con los rebeldes",
            "weapon_transfer",
        ),
        (
            "{a} trasladó dos batallones al otro lado del río",
            "el traslado de batallones",
            "haber cruzado el río",
            "troop_movement",
        ),
        ("{a} sembró minas en el estrecho", "la siembra de minas", "haber minado las aguas", ""),
        ("{a} tomó de noche la colina del faro", "la toma de la colina", "el control del faro", "territorial_control"),
        (
            "{a} se reunió en secreto con los exiliados",
            "una reunión secreta con los exiliados",
            "contactos con el exilio",
            "diplomatic_contact",
        ),
        ("{a} destruyó archivos de la investigación", "la destrucción de archivos", "haber quemado papeles", ""),
    ),
    "fr": (
        (
            "{a} a livré des obus de mortier dans la vallée",
            "la livraison d'obus de mortier",
            "de tels transports",
            "weapon_transfer",
        ),
        (
            "{a} a vendu des drones aux rebelles",
            "la vente de drones",
            "un commerce d'armes avec les rebelles",
            "weapon_transfer",
        ),
        (
            "{a} a déplacé deux bataillons au-delà du fleuve",
            "le déplacement de bataillons",
            "avoir franchi le fleuve",
            "troop_movement",
        ),
        ("{a} a posé des mines dans le détroit", "la pose de mines", "avoir miné le passage", ""),
        ("{a} a pris de nuit la colline du phare", "la prise de la colline", "tenir le phare", "territorial_control"),
        (
            "{a} a rencontré en secret les exilés",
            "une rencontre secrète avec les exilés",
            "des contacts avec l'exil",
            "diplomatic_contact",
        ),
        ("{a} a détruit des dossiers de l'enquête", "la destruction de dossiers", "avoir brûlé des papiers", ""),
    ),
    "ru": (
        (
            "{a} доставил миномётные снаряды в долину",
            "доставку миномётных снарядов",
            "подобные перевозки",
            "weapon_transfer",
        ),
        ("{a} продал беспилотники повстанцам", "продажу беспилотников", "сделки с повстанцами", "weapon_transfer"),
        ("{a} перебросил два батальона через реку", "переброску батальонов", "переход через реку", "troop_movement"),
        ("{a} поставил мины в проливе", "постановку мин", "минирование вод", ""),
        ("{a} ночью занял холм с маяком", "захват холма", "контроль над маяком", "territorial_control"),
        (
            "{a} тайно встретился с изгнанниками",
            "тайную встречу с изгнанниками",
            "контакты с эмиграцией",
            "diplomatic_contact",
        ),
        ("{a} уничтожил документы следствия", "уничтожение документов", "сожжение бумаг", ""),
    ),
    "uk": (
        (
            "{a} доставив мінометні снаряди в долину",
            "доставку мінометних снарядів",
            "такі перевезення",
            "weapon_transfer",
        ),
        ("{a} продав безпілотники повстанцям", "продаж безпілотників", "оборудки з повстанцями", "weapon_transfer"),
        (
            "{a} перекинув два батальйони через річку",
            "перекидання батальйонів",
            "перехід через річку",
            "troop_movement",
        ),
        ("{a} поставив міни в протоці", "встановлення мін", "мінування вод", ""),
        ("{a} уночі зайняв пагорб з маяком", "захоплення пагорба", "контроль над маяком", "territorial_control"),
        (
            "{a} таємно зустрівся з вигнанцями",
            "таємну зустріч з вигнанцями",
            "контакти з еміграцією",
            "diplomatic_contact",
        ),
        ("{a} знищив документи слідства", "знищення документів", "спалення паперів", ""),
    ),
}
CLAIMS = {
    "en": (
        "{s} said {f}.",
        "According to {s}, {f}.",
        "{s} reported on {d} that {f}.",
        "It was {s} who alleged that {f}.",
    ),
    "de": ("{s} sagte, {f}.", "Nach Angaben von {s}: {f}.", "{s} meldete am {d}, {f}.", "{s} behauptete, {f}."),
    "es": ("{s} dijo que {f}.", "Según {s}, {f}.", "{s} informó el {d} de que {f}.", "{s} afirmó que {f}."),
    "fr": ("{s} a dit que {f}.", "Selon {s}, {f}.", "{s} a rapporté {d} que {f}.", "{s} affirme que {f}."),
    "ru": ("{s} сообщает: {f}.", "По словам {s}, {f}.", "{s} заявляет в {d}: {f}.", "{s} утверждает, что {f}."),
    "uk": ("{s} повідомляє: {f}.", "За словами {s}, {f}.", "{s} заявляє в {d}: {f}.", "{s} стверджує, що {f}."),
}
DENIALS = {
    "en": (
        "{s} denied {n}.",
        "{s} has dismissed {n} as invented.",
        "Asked about it, {s} rejected {n}.",
        "{s} called the charge of {n} a lie.",
    ),
    "de": (
        "{s} bestritt {n}.",
        "{s} wies {n} als erfunden zurück.",
        "{s} dementierte auf Nachfrage {n}.",
        "{s} nannte den Vorwurf falsch und bestritt {n}.",
    ),
    "es": ("{s} negó {n}.", "{s} desmintió {n}.", "Preguntada, {s} rechazó {n}.", "{s} calificó de falso {n}."),
    "fr": (
        "{s} a nié {n}.",
        "{s} a démenti {n}.",
        "Interrogée, {s} a rejeté {n}.",
        "{s} a qualifié {n} de pure invention.",
    ),
    "ru": ("{s} отрицает {n}.", "{s} опровергает {n}.", "На вопрос {s} отвергает {n}.", "{s} называет ложью {n}."),
    "uk": ("{s} заперечує {n}.", "{s} спростовує {n}.", "На запитання {s} відкидає {n}.", "{s} називає брехнею {n}."),
}
NOTHING = {
    "en": ("the accusation", "the report", "all of this"),
    "de": ("den Vorwurf", "den Bericht", "das alles"),
    "es": ("la acusación", "la noticia", "todo esto"),
    "fr": ("l'accusation", "l'information", "tout cela"),
    "ru": ("обвинение", "сообщение", "всё это"),
    "uk": ("звинувачення", "повідомлення", "все це"),
}
TOLLS = {
    "en": ("{s} counted {n} dead.", "The toll now stands at {n} dead, {s} said."),
    "de": ("{s} zählte {n} Tote.", "Inzwischen gebe es {n} Tote, sagte {s}."),
    "es": ("{s} contó {n} muertos.", "Ya hay {n} muertos, dijo {s}."),
    "fr": ("{s} a compté {n} morts.", "Il y a désormais {n} morts, a dit {s}."),
    "ru": ("{s} насчитывает {n} погибших.", "Уже {n} погибших, сообщает {s}."),
    "uk": ("{s} нараховує {n} загиблих.", "Уже {n} загиблих, повідомляє {s}."),
}
PLAIN = {
    "en": (
        "Rain fell on the quays.",
        "The market opened late.",
        "Trains to the coast ran as usual.",
        "The bridge dates from another age.",
        "Schools stayed shut.",
        "Prices of bread rose again.",
    ),
    "de": (
        "Regen fiel auf die Kais.",
        "Der Markt öffnete spät.",
        "Die Züge an die Küste fuhren.",
        "Die Brücke ist alt.",
        "Die Schulen blieben zu.",
        "Brot wurde teurer.",
    ),
    "es": (
        "Llovió sobre los muelles.",
        "El mercado abrió tarde.",
        "Los trenes circularon.",
        "El puente es antiguo.",
        "Las escuelas cerraron.",
        "Subió el pan.",
    ),
    "fr": (
        "La pluie tombait sur les quais.",
        "Le marché a ouvert tard.",
        "Les trains roulaient.",
        "Le pont est ancien.",
        "Les écoles sont restées fermées.",
        "Le pain a augmenté.",
    ),
    "ru": (
        "Над причалами шёл дождь.",
        "Рынок открылся поздно.",
        "Поезда шли по расписанию.",
        "Мост очень старый.",
        "Школы были закрыты.",
        "Хлеб подорожал.",
    ),
    "uk": (
        "Над причалами йшов дощ.",
        "Ринок відчинився пізно.",
        "Потяги йшли за розкладом.",
        "Міст дуже старий.",
        "Школи були зачинені.",
        "Хліб подорожчав.",
    ),
}
DAYS = {
    "en": ("Monday", "Friday"), "de": ("Montag", "Freitag"), "es": ("lunes", "viernes"), "fr": ("lundi", "vendredi"),
    "ru": ("понедельник", "пятницу"), "uk": ("понеділок", "п'ятницю"),
}  # fmt: skip


@dataclass(frozen=True)
class Story:
    """A story: its decided sentences, and the links that are true, as label and two sentences."""

    story_id: str
    language: str
    statements: tuple[Statement, ...]
    links: frozenset[tuple[str, str, str]]


@dataclass
class _Line:
    text: str
    labels: tuple[str, ...] = ("none",)
    source: str = ""
    figure: str = ""
    name: str = ""
    link: tuple[str, str] | None = None


def stories(count: int, seed: int = 0) -> Iterator[Story]:
    """Yield invented stories, the languages in turn; the same seed gives the same stories."""
    draw = random.Random(seed)
    for number in range(count):
        yield _story(draw, f"invented-{seed}-{number:04}", LANGUAGES[number % len(LANGUAGES)])


def _story(draw: random.Random, story_id: str, language: str) -> Story:
    articles: list[list[_Line]] = [[] for _ in range(draw.randint(2, 4))]
    things = draw.sample(THINGS[language], len(THINGS[language]))
    planted = draw.randint(3, 4)
    accused = draw.sample(range(len(ACCUSED[language])), 3)
    for number, thing in enumerate(things[:planted]):
        _affair(draw, language, articles, f"c{number}", thing, draw.choice(accused))
    for thing in things[planted:-1]:  # what nobody denies
        _claim(draw, language, articles, "", thing, draw.choice(accused))
    if draw.random() < 0.4:  # a denial of what nobody has said here
        who = ACCUSED[language][draw.choice(accused)]
        text = draw.choice(DENIALS[language]).format(s=who, n=things[-1][1])
        _insert(draw, draw.choice(articles), _Line(text, _labels("denial", things[-1][3]), source=who))
    if draw.random() < 0.7:
        _toll(draw, language, articles)
    for lines in articles:
        for words in draw.sample(PLAIN[language], draw.randint(2, 5)):
            _insert(draw, lines, _Line(words))
    return _printed(story_id, language, articles)


def _insert(draw: random.Random, lines: list[_Line], line: _Line) -> None:
    lines.insert(draw.randint(0, len(lines)), line)


def _labels(act: str, content: str) -> tuple[str, ...]:
    return (act, content) if content else (act,)


def _claim(
    draw: random.Random, language: str, articles: list[list[_Line]], name: str, thing: tuple[str, ...], accused: int
) -> tuple[int, int]:
    """Plant a claim; return its article and its place there."""
    accuser = draw.choice(ACCUSERS[language])
    at = draw.randrange(len(articles))
    fact = thing[0].format(a=ACCUSED[language][accused])
    text = draw.choice(CLAIMS[language]).format(s=accuser, f=fact, d=draw.choice(DAYS[language]))
    place = draw.randint(0, len(articles[at]))
    articles[at].insert(place, _Line(text, _labels("claim", thing[3]), source=accuser, name=name))
    return at, place


def _affair(
    draw: random.Random, language: str, articles: list[list[_Line]], name: str, thing: tuple[str, ...], accused: int
) -> None:
    """Plant a claim, and mostly a denial of it: later in its article, or in a later one.

    The denial names the deed, calls it otherwise, or says "the accusation", and then follows at once or names who is
    accused; every second time the accused answer under another name.
    """
    _, noun, other, content = thing
    at, place = _claim(draw, language, articles, name, thing, accused)
    if draw.random() < 0.2:
        return
    vague = draw.random()
    named = noun if vague < 0.45 else other if vague < 0.75 else draw.choice(NOTHING[language])
    who = (ALIASES if draw.random() < 0.5 else ACCUSED)[language][accused]
    text = draw.choice(DENIALS[language]).format(s=who, n=named)
    line = _Line(text, _labels("denial", content if vague < 0.75 else ""), source=who, link=("denies", name))
    later = articles[at + 1 :]
    if later and vague < 0.75 and draw.random() < 0.5:
        _insert(draw, draw.choice(later), line)
    else:
        target = articles[at]
        target.insert(place + 1 if vague >= 0.75 else draw.randint(place + 1, len(target)), line)


def _toll(draw: random.Random, language: str, articles: list[list[_Line]]) -> None:
    """Plant a count that its source corrects in the last article, and counts of another source that it does not."""
    source, other = draw.sample(ACCUSERS[language], 2)
    first, second, third = (draw.randint(3, 90) for _ in range(3))
    counted = [(source, first, 0, "t0", None), (other, third, len(articles) // 2, "", None)]
    counted.append((source, second, len(articles) - 1, "", ("updates", "t0")))
    for who, count, at, name, link in counted:
        text = TOLLS[language][int(link is not None)].format(s=who, n=count)
        line = _Line(text, ("casualty_figure", "claim"), who, str(count), name, link)
        _insert(draw, articles[at], line)


def _printed(story_id: str, language: str, articles: list[list[_Line]]) -> Story:
    statements: list[Statement] = []
    names: dict[str, str] = {}
    drawn: list[tuple[str, str, str]] = []
    for number, lines in enumerate(articles):
        article_id, at = f"{story_id}-{number}", 0
        for line in lines:
            text = line.text[0].upper() + line.text[1:]
            sentence_id = content_id(article_id, at, text)
            statements.append(_statement(story_id, language, number, article_id, sentence_id, at, text, line))
            names.setdefault(line.name or sentence_id, sentence_id)
            if line.link is not None:
                drawn.append((line.link[0], sentence_id, line.link[1]))
            at += len(text) + 1
    links = frozenset((label, head, names[tail]) for label, head, tail in drawn)
    return Story(story_id, language, tuple(statements), links)


def _statement(
    story_id: str, language: str, number: int, article_id: str, sentence_id: str, at: int, text: str, line: _Line
) -> Statement:
    spans = []
    for label, words, attributes in (
        ("SOURCE", line.source, {"type": "person"}),
        ("FIGURE", line.figure, _counted(line.figure)),
    ):
        start = text.casefold().find(words.casefold()) if words else -1
        if start >= 0:
            end = start + len(words)
            spans.append(
                Span(span_id=label, label=label, start=start, end=end, text=text[start:end], attributes=attributes)
            )
    return Statement(
        story_id=story_id,
        article_id=article_id,
        sentence_id=sentence_id,
        start=at,
        text=text,
        language=language,
        publisher=OUTLETS[number],
        published_at=f"2026-03-{10 + number}",
        labels=tuple(sorted(line.labels)),
        spans=tuple(spans),
        place=Place(page=f"{article_id}.txt", sha256="0" * 64, pieces=((at, at + len(text.encode())),)),
    )


def _counted(figure: str) -> dict[str, Any]:
    return {"low": int(figure), "high": int(figure), "qualifier": "exact", "harm": "killed"} if figure else {}

"""Text exports of press archives: Nexis, Factiva, ProQuest. A document is an article, and its fields are facts.

The lines of a paragraph, which these archives wrap, are joined.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from toolkit.errors import InvalidInput
from toolkit.ingest.formats.encoding import decode
from toolkit.ingest.formats.raw_page import RawPage, Rows
from toolkit.ingest.layout.dates import moment_of

Archive = Literal["nexis", "nexis-uni", "factiva", "proquest"]

_Values = dict[str, str]

_NEXIS = re.compile(
    r"^[ \t]*(?:Do[ck]ument )?(?P<number>\d+) (?:of|von|de|van|di) \d+(?: DO[CK]UMENT[SEO]*)?[ \t]*$", re.M
)
_NEXIS_COUNT = re.compile(r"^[ \t]*\d+ (?:of|von|de|van|di) \d+ DO[CK]UMENT[SEO]*[ \t]*$", re.M)
_NEXIS_FIELD = re.compile(r"^[ \t]*(?P<name>[A-ZÄÖÜÉ][A-ZÄÖÜÉ-]+(?: [A-Z-]+){0,2}):[ \t]*(?P<value>.*)$", re.S)
_NEXIS_HEAD = {
    **dict.fromkeys(("BYLINE", "AUTOR", "AUTEUR"), "byline"),
    **dict.fromkeys(("HEADLINE", "TITLE", "RUBRIK-TITEL", "TITRE"), "title"),
    **dict.fromkeys(
        ("SECTION", "LENGTH", "DATELINE", "HIGHLIGHT", "SERIES", "TYPE", "RUBRIK", "LÄNGE", "RUBRIQUE"), ""
    ),
    **dict.fromkeys(("LONGUEUR", "SERIE", "CORRECTION-DATE", "DISTRIBUTION", "SOURCE"), ""),
    **dict.fromkeys(("BODY", "TEXT", "FULL TEXT"), "body"),
}
_NEXIS_TAIL = {
    **dict.fromkeys(("LANGUAGE", "SPRACHE", "LANGUE"), "language"),
    "URL": "url",
    **dict.fromkeys(("LOAD-DATE", "UPDATE", "DATE-CHARGEMENT", "PUBLICATION-TYPE", "JOURNAL-CODE", "GRAPHIC"), ""),
    **dict.fromkeys(("SUBJECT", "ORGANIZATION", "GEOGRAPHIC", "PERSON", "COUNTRY", "STATE", "CITY", "COMPANY"), ""),
    **dict.fromkeys(("INDUSTRY", "TICKER", "NOTES", "DOCUMENT-TYPE", "ACC-NO", "CORRECTION", "PHOTO", "COPYRIGHT"), ""),
    "CLASSIFICATION": "",
}
_RIGHTS = re.compile(r"(?:Copyright|©|\(c\)|All Rights Reserved|Alle Rechte|Tous droits)\b.*", re.I | re.S)
_RIGHTS_LINE = re.compile(
    r"^[ \t]*(?:Copyright (?:\(c\) |© )?\d{4}|All Rights Reserved|Alle Rechte vorbehalten).*$", re.I | re.M
)
_EDITION = re.compile(r".*\b(?:Edition|Final|Ausgabe|Édition|Edición)\b.*", re.I | re.S)
_WEEKDAY = re.compile(
    r",?\s*\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Mon|Diens|Donners|Frei|Sams|Sonn)tag|Mittwoch|lundi|mardi|"
    r"mercredi|jeudi|vendredi|samedi|dimanche)\b,?",
    re.I,
)
_CENTRED = 6  # blanks before a centred line


def archive_of(text: str) -> Archive | None:
    """Return the archive that an export comes from, by the marks on its first pages; None if it is no export."""
    if _UNI_END.search(text) and _has(text, r"(?:Load-Date|Length):"):
        return "nexis-uni"
    if _NEXIS_COUNT.search(text) or (_has(text, r"LOAD-DATE:") and _has(text, r"LENGTH:\s*[\d,.]+ words")):
        return "nexis"
    if _has(text, r"ProQuest document") or (
        _has(text, r"Publication title:") and _has(text, r"(?:Full text:|FULL TEXT)")
    ):
        return "proquest"
    if _has(text, r"HD\b") and _has(text, r"(?:LP|TD)\b") and (_has(text, r"(?:PD|SN)\b")):
        return "factiva"
    return "factiva" if _FACTIVA_WORDS.search(text) and _FACTIVA_END.search(text) else None


def _has(text: str, line: str) -> bool:
    return re.search(rf"^[ \t]*{line}", text, re.M) is not None


def documents(raw: bytes, source: str, most_bytes: int) -> Iterator[RawPage]:
    """Yield the documents of an export as pages.

    Raises:
        InvalidInput: It holds none.
    """
    yield from documents_in(decode(raw).text, source, most_bytes)


def documents_in(text: str, source: str, most_bytes: int) -> Iterator[RawPage]:
    """Do the same as `documents`, with the text of an export."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    archive = archive_of(text)
    rows = Rows(source, most_bytes)
    number = 0
    for values in _READERS[archive](text) if archive else ():
        number += 1
        fault = None if values.get("text") else "a document without a text"
        yield rows.page({name: value for name, value in values.items() if value}, f"document {number}", fault)
    if not number:
        raise InvalidInput("an export without documents", where=source, remedy="export it again as text")


def _blocks(text: str) -> list[str]:
    return [block.strip("\n") for block in re.split(r"\n[ \t]*\n", text) if block.strip()]


def _line(block: str) -> str:
    """Return the lines of a paragraph as one; a word that is parted at a line's end stays as it is."""
    return " ".join(block.split())


def _nexis(text: str) -> Iterator[_Values]:
    borders = list((_NEXIS_COUNT if _NEXIS_COUNT.search(text) else _NEXIS).finditer(text))
    if not borders:
        yield from _nexis_uni(text)
        return
    edges = [*(border.start() for border in borders[1:]), len(text)]
    for border, edge in zip(borders, edges, strict=True):
        part = text[border.end() : edge]
        if part.strip():
            yield _nexis_document(_blocks(_RIGHTS_LINE.sub("", part)))


def _nexis_document(blocks: list[str]) -> _Values:
    values: _Values = {}
    body: list[str] = []
    state = "head"
    for block in blocks:
        field = _NEXIS_FIELD.match(block)
        name = field["name"].strip() if field else ""
        value = _line(field["value"]) if field else ""
        if name in _NEXIS_TAIL and (state != "head" or body):
            state = "tail"
            values.setdefault(_NEXIS_TAIL[name] or "_", value)
        elif state == "tail" or _RIGHTS.fullmatch(block.strip()):
            continue
        elif name in _NEXIS_HEAD and not body:
            state = "fields"
            role = _NEXIS_HEAD[name]
            if role == "body":
                body += [value] if value else []
                state = "body"
            elif role:
                values[role] = value
        elif state == "head":
            _take_head(values, block)
        else:
            body.append(_line(block))
    values.pop("_", None)
    return _joined(values, body)


def _take_head(values: _Values, block: str) -> None:
    """Take a block above the fields: publisher, date, edition, title, in this order."""
    line = _line(block)
    date = _date_of(line)
    if date is not None and "published_at" not in values:
        values["published_at"] = date
    elif "publisher" not in values and "published_at" not in values:
        values["publisher"] = _line(block.split("\n")[0])
        for below in block.split("\n")[1:]:
            if (date := _date_of(_line(below))) is not None:
                values.setdefault("published_at", date)
    elif block.startswith(" " * _CENTRED) or (_EDITION.fullmatch(line) and len(line) < 60):
        return
    elif "title" not in values:
        values["title"] = line


def _date_of(line: str) -> str | None:
    """Return a date without its weekday and the edition behind it; None if the line does not begin with one."""
    bare = _WEEKDAY.sub("", line).strip(" ,")
    for candidate in (" ".join(bare.split()[:3]).rstrip(","), " ".join(bare.split()[:4]).rstrip(","), bare):
        if re.search(r"\b(?:19|20)\d\d\b", candidate) and len(candidate) < 60 and moment_of(candidate):
            return candidate
    return None


def _joined(values: _Values, body: list[str]) -> _Values:
    return {**values, "text": "\n".join(body)}


_UNI_END = re.compile(r"^[ \t]*End of Document[ \t]*$", re.M)
_UNI_FIELD = re.compile(r"^(?P<name>[A-Z][A-Za-z-]+(?: [A-Za-z-]+)?):[ \t]*(?P<value>.*)$")
_UNI_TAIL = ("graphic", "classification", "load-date", "notes", "correction", "images", "related content")
_UNI_HEAD = ("section", "length", "dateline", "highlight", "series", "byline", "correction-date", "distribution")


def _nexis_uni(text: str) -> Iterator[_Values]:
    at = 0
    for end in [*_UNI_END.finditer(text), None]:
        part = text[at : end.start() if end else len(text)]
        if re.search(r"^(?:Load-Date|Length|Body)\b", part, re.M):
            yield _uni_document(_blocks(part))
        at = end.end() if end else len(text)


def _uni_document(blocks: list[str]) -> _Values:
    """Return a document of Nexis Uni: title, source and date, then fields, a line "Body", and the text."""
    lines = [_line(line) for block in blocks for line in ([block] if len(block) > 400 else block.split("\n"))]
    values: _Values = {"title": lines[0] if lines else ""}
    body: list[str] = []
    state = "head"
    for line in lines[1:]:
        field = _UNI_FIELD.match(line)
        name = field["name"].lower() if field else ""
        if state == "body" and (name in _UNI_TAIL or line.lower() in _UNI_TAIL):
            state = "tail"
        if state == "body":
            body.append(line)
        elif line == "Body" and state == "head":
            state = "body"
        elif state == "head" and name == "byline":
            values["byline"] = field["value"] if field else ""
        elif state == "head" and name not in _UNI_HEAD and not _RIGHTS.match(line):
            date = _date_of(line)
            if date is not None:
                values.setdefault("published_at", date)
            else:
                values.setdefault("publisher", line)
    return _joined(values, body)


_FACTIVA_FIELD = re.compile(
    r"^(?P<name>HD|BY|CR|WC|PD|ET|SN|SC|ED|PG|LA|CY|LP|TD|CO|IN|NS|RE|PUB|AN|CT|RF|ART|CLM|VOL|IPC|IPD|SE|CX)"
    r"(?:[ \t]+(?P<value>.*))?$"
)
_FACTIVA_WORDS = re.compile(r"^[\d,.]+ (?:words|Wörter|mots|palabras)[ \t]*$", re.M)
_FACTIVA_END = re.compile(r"^(?:AN[ \t]+)?Document [A-Z0-9]{6,}[a-z0-9]+[ \t]*$", re.M)
_FACTIVA_ROLES = {"HD": "title", "BY": "byline", "PD": "published_at", "SN": "publisher", "LA": "language"}


def _factiva(text: str) -> Iterator[_Values]:
    if _has(text, r"HD\b"):
        yield from _factiva_fields(text)
        return
    at = 0
    for end in _FACTIVA_END.finditer(text):
        yield _factiva_page(text[at : end.start()])
        at = end.end()


def _factiva_fields(text: str) -> Iterator[_Values]:
    """Yield the documents of an export with the codes of its fields."""
    values: dict[str, list[str]] = {}
    name = ""
    for line in text.split("\n"):
        field = _FACTIVA_FIELD.match(line)
        if field and not (name == "TD" and field["name"] in ("LP", "TD")):
            if field["name"] in ("HD", "SE") and "HD" in values:
                yield _factiva_document(values)
                values = {}
            name = field["name"]
            values.setdefault(name, []).append(field["value"] or "")
        elif name:
            values[name].append(line)
        if name == "AN" and "HD" in values:
            yield _factiva_document(values)
            values, name = {}, ""
    if "HD" in values:
        yield _factiva_document(values)


def _factiva_document(fields: Mapping[str, list[str]]) -> _Values:
    values = {role: _line("\n".join(fields[name])) for name, role in _FACTIVA_ROLES.items() if name in fields}
    if "published_at" in values and (clock := _line("\n".join(fields.get("ET", [])))):
        values["published_at"] += f" {clock}"
    body = [_line(block) for name in ("LP", "TD") for block in _blocks("\n".join(fields.get(name, [])))]
    return _joined(values, body)


def _factiva_page(text: str) -> _Values:
    """Return a document as Factiva prints it: title, author, length, date, source, language, rights, then the body."""
    words = _FACTIVA_WORDS.search(text)
    if words is None:
        return {"text": ""}
    above = [line.strip() for line in text[: words.start()].split("\n") if line.strip()]
    byline = above.pop() if len(above) > 1 and above[-1].lower().startswith(("by ", "von ", "par ", "por ")) else ""
    below = text[words.end() :].strip("\n").split("\n")
    values = {"title": above[-1] if above else "", "byline": byline}
    at = 0
    while at < len(below) and not _RIGHTS.fullmatch(below[at].strip()) and below[at].strip():
        line = below[at].strip()
        if (date := _date_of(line)) is not None:
            values.setdefault("published_at", date)
        elif re.fullmatch(r"\d{1,2}:\d\d(?: [AP]M)?", line) and "published_at" in values:
            values["published_at"] += f" {line}"
        elif not re.fullmatch(r"[A-Z0-9]{2,10}", line):
            values.setdefault("publisher", line)
        at += 1
    body = [_line(block) for block in _blocks("\n".join(below[at:]))]
    return _joined(values, [block for block in body if not _RIGHTS.fullmatch(block)])


_PROQUEST_BORDER = re.compile(r"^(?:_{20,}|[ \t]*Document \d+ of \d+[ \t]*)$", re.M)
_PROQUEST_FIELD = re.compile(r"^(?P<name>[A-Z][A-Za-z]+(?:[ /][A-Za-z]+){0,3}):(?:[ \t]+(?P<value>.*))?$")
_PROQUEST_ROLES = {
    **dict.fromkeys(("Title", "Document title"), "title"),
    "Author": "byline",
    "Publication title": "publisher",
    "Publication date": "published_at",
    "Language of document": "language",
    "Language": "language",
    "Document URL": "url",
    "Full text": "text",
    "Publication info": "info",
}
_PROQUEST_OTHER = frozenset(
    (
        *(
            "Abstract",
            "Links",
            "Subject",
            "Location",
            "People",
            "Company",
            "Classification",
            "Pages",
            "First page",
            "Section",
        ),
        *(
            "Publication year",
            "Publisher",
            "Place of publication",
            "Country of publication",
            "Publication subject",
            "ISSN",
        ),
        *("Source type", "Document type", "ProQuest document ID", "Copyright", "Last updated", "Database", "Dateline"),
        *(
            "Identifier",
            "Identifiers",
            "Volume",
            "Issue",
            "Number of pages",
            "Column",
            "Credit",
            "Word count",
            "Edition",
        ),
        *("CODEN", "Company organization", "Publication subject", "Document feature", "Business indexing term"),
    )
)


_PROQUEST_PARTS = {"FULL TEXT": "Full text", "ABSTRACT": "Abstract", "DETAILS": "Details", "LINKS": "Links"}


def _proquest(text: str) -> Iterator[_Values]:
    at = 0
    for border in [*_PROQUEST_BORDER.finditer(text), None]:
        part = text[at : border.start() if border else len(text)]
        if re.search(r"^(?:Full text:|FULL TEXT[ \t]*$)", part, re.M):
            yield _proquest_document(part)
        at = border.end() if border else len(text)


def _proquest_document(part: str) -> _Values:
    fields: dict[str, list[str]] = {}
    name = "above"
    for line in part.split("\n"):
        field = _PROQUEST_FIELD.match(line)
        if line.strip() in _PROQUEST_PARTS:
            name = _PROQUEST_PARTS[line.strip()]
        elif field and (field["name"] in _PROQUEST_ROLES or field["name"] in _PROQUEST_OTHER):
            name = field["name"]
            fields.setdefault(name, []).append(field["value"] or "")
        else:
            fields.setdefault(name, []).append(line)
    values = {
        role: _line("\n".join(_blocks("\n".join(fields[name]))[:1]))
        for name, role in reversed(_PROQUEST_ROLES.items())
        if name in fields and role != "text"
    }
    info = values.pop("info", "")
    values["publisher"] = (values.get("publisher") or info).partition(";")[0].strip()
    if not values.get("title"):
        values["title"] = next(iter(map(_line, _blocks("\n".join(fields.get("above", []))))), "")
    return _joined(values, [_line(block) for block in _blocks("\n".join(fields.get("Full text", [])))])


_READERS: Mapping[Archive, Callable[[str], Iterator[_Values]]] = {
    "nexis": _nexis,
    "nexis-uni": _nexis_uni,
    "factiva": _factiva,
    "proquest": _proquest,
}

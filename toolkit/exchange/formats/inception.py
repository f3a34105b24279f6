"""INCEpTION: UIMA CAS as XMI with TypeSystem.xml, or as JSON, by dkpro-cassis.

A layer of spans is a type of annotations; its feature "label", "value" or "identifier" is the label, else the type's
own name, and its other features are attributes. A type with the features Governor and Dependent is one of relations.
UIMA counts UTF-16, which cassis turns into code points. XML can't hold some control characters; a document with such is
written as JSON. INCEpTION's own export has `annotation/DOCUMENT/USER.xmi`.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from toolkit.errors import InvalidInput, UsageError, border
from toolkit.exchange.annotated_document import AnnotatedDocument, Losses, Mention, Part, joined, values_of
from toolkit.exchange.document_folders import DocumentFile, document_files, numbered, unpacked
from toolkit.exchange.offset_units import Unit
from toolkit.limits import whole_file
from toolkit.records import AttributeValue, Relation
from toolkit.version import add_command

HOLDS: Final[frozenset[Part]] = frozenset(
    {
        *("labels", "fields", "note", "skips", "spans", "overlaps", "white space", "attributes", "relations"),
        *("annotators", "times", "split", "metadata"),
    }
)

_SPAN, _LINK, _ABOUT = "webanno.custom.Span", "webanno.custom.Relation", "webanno.custom.AboutDocument"
_ANNOTATION: Final = "uima.tcas.Annotation"
_TYPES: Final = "TypeSystem.xml"
_LABEL_FEATURES: Final = ("label", "value", "identifier")
_OWN: Final = frozenset({"begin", "end", "sofa", "order", "uiOrder", "Governor", "Dependent", *_LABEL_FEATURES})
_ANALYSIS: Final = ("uima.", "de.tudarmstadt.ukp.dkpro.core.api.")
_PEOPLE: Final = "de.tudarmstadt.ukp.dkpro.core.api.ner.type."
_NOBODY: Final = frozenset({"INITIAL_CAS", "CURATION_USER"})
_RANGES: Final = {bool: "uima.cas.Boolean", float: "uima.cas.Double", str: "uima.cas.String", int: "uima.cas.Long"}
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ABOUT_FIELDS: Final = ("labels", "fields", "note", "skipped", "answered_at", "metadata")


def read(root: Path, losses: Losses, unit: Unit | None = None) -> Iterator[AnnotatedDocument]:
    """Yield the documents of an export.

    Args:
        root: A file, or a folder with files, or with archives of them, as INCEpTION exports a project.
        losses: What can't be taken is counted here.
        unit: Not used: UIMA says what it counts.

    Raises:
        InvalidInput: A file can't be read.
        UsageError: dkpro-cassis is not installed.
    """
    with ExitStack() as archives:
        folder = root if root.is_dir() else root.parent
        found = [(file, file.path) for file in _files(folder, root)]
        for archive in sorted(folder.rglob("*.zip")) if root.is_dir() else ():
            inside = archives.enter_context(unpacked(archive))
            place = DocumentFile(archive, archive.parent.name, annotator=archive.stem)
            found += [(place, path) for path in _cas_files(inside)]
        for file, path in found:
            if file.annotator in _NOBODY:
                losses.add("answers of nobody: texts as they came, and curated ones", file.name)
                continue
            with border("can't be read as a CAS", where=str(path), remedy="export it as UIMA CAS XMI or JSON"):
                cas = _load(path)
                if not cas.sofa_string:
                    losses.add("empty texts", file.name)
                    continue
                document = _document(cas, file.name, losses)
            yield replace(document, annotator=file.annotator, split=file.split)


def write(documents: Sequence[AnnotatedDocument], folder: Path) -> None:
    """Write documents as XMI, beside one type system.

    Raises:
        UsageError: dkpro-cassis is not installed.
    """
    system, features = _type_system(documents)
    folder.mkdir(parents=True, exist_ok=True)
    system.to_xml(str(folder / _TYPES))
    for path, document in numbered(documents):
        cas = _cas(document, system, features)
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if _NOT_XML.search(_everything(document)):
            cas.to_json(str(target.with_name(f"{target.name}.json")))
        else:
            cas.to_xmi(str(target.with_name(f"{target.name}.xmi")))


def _cassis() -> Any:
    try:
        import cassis
    except ImportError as error:
        raise UsageError("dkpro-cassis is not installed", remedy=f"run `{add_command('inception')}`") from error
    return cassis


def _files(folder: Path, root: Path) -> list[DocumentFile]:
    """Return the files of CAS, with document and person as INCEpTION's folders or ours say them."""
    paths = _cas_files(root)
    found = []
    for file in document_files(folder, paths, lambda path: path):
        parts = file.path.relative_to(folder).parts
        if file.annotator is None and len(parts) > 2 and parts[-3] in ("annotation", "curation"):
            file = replace(file, name=unquote(parts[-2]), annotator=unquote(file.path.stem))
        found.append(file)
    return found


def _cas_files(root: Path) -> list[Path]:
    if root.is_file():
        return [root]
    return sorted(path for path in root.rglob("*") if path.suffix in (".xmi", ".json") and path.name[0] != ".")


def _load(path: Path) -> Any:
    cassis, content = _cassis(), io.BytesIO(whole_file(path, limit="page_bytes"))
    if path.suffix == ".json":
        return cassis.load_cas_from_json(content)
    beside = next((each / _TYPES for each in path.parents if (each / _TYPES).is_file()), None)
    if beside is None:
        raise InvalidInput(f"there is no {_TYPES} beside it", where=str(path), remedy="export them together")
    types = io.BytesIO(whole_file(beside, limit="page_bytes"))
    return cassis.load_cas_from_xmi(content, typesystem=cassis.load_typesystem(types))


def _document(cas: Any, name: str, losses: Losses) -> AnnotatedDocument:
    text: str = cas.sofa_string
    mentions: dict[int, Mention] = {}
    links: list[Any] = []
    about: dict[str, Any] = {}
    for item in cas.select_all_annotations():
        if item.type.name == _ABOUT:
            about = json.loads(item.content)
        elif {"Governor", "Dependent"} <= {feature.name for feature in item.type.all_features}:
            links.append(item)
        elif item.type.name.startswith(_ANALYSIS) and not item.type.name.startswith(_PEOPLE):
            continue  # tokens, sentences, tags: what programs say of every text
        elif item.begin < item.end:
            mentions[id(item)] = _mention(item, f"s{len(mentions)}", name, losses)
        else:
            losses.add("spans of no characters", name)
    relations = []
    for item in links:
        ends = [mentions.get(id(item.Governor)), mentions.get(id(item.Dependent))]
        if ends[0] is None or ends[1] is None:
            losses.add("relations between what are not spans", name)
        else:
            label = _label(item)
            relations.append(Relation(label=label, head=ends[0].mention_id, tail=ends[1].mention_id))
    known = {key: about[key] for key in _ABOUT_FIELDS if key in about}
    return joined(
        AnnotatedDocument(
            name=name,
            text=text,
            mentions=tuple(mentions.values()),
            relations=tuple(dict.fromkeys(relations)),
            **{**known, "labels": tuple(known.get("labels", ())), "fields": values_of(known.get("fields", {}))},
        )
    )


def _label(item: Any) -> str:
    names = {feature.name for feature in item.type.all_features}
    given = (getattr(item, name) for name in _LABEL_FEATURES if name in names)
    return str(next((value for value in given if isinstance(value, str) and value), item.type.name.rpartition(".")[2]))


def _mention(item: Any, key: str, name: str, losses: Losses) -> Mention:
    attributes: dict[str, AttributeValue] = {}
    for feature in item.type.all_features:
        value = getattr(item, feature.name)
        if feature.name in _OWN or value is None:
            continue
        if item.type.name == _SPAN and feature.name == "more":
            attributes |= values_of(json.loads(value))
        elif isinstance(value, bool | int | float | str):
            attributes[feature.name] = value
        else:
            losses.add("features that are not values", name)
    return Mention(mention_id=key, label=_label(item), fragments=((item.begin, item.end),), attributes=attributes)


def _type_system(documents: Sequence[AnnotatedDocument]) -> tuple[Any, set[str]]:
    """Return the types, and the attributes that are features; others are JSON in the feature "more"."""
    cassis = _cassis()
    seen: dict[str, set[type]] = {}
    for document in documents:
        for mention in document.mentions:
            for name, value in mention.attributes.items():
                seen.setdefault(name, set()).add(type(value))
    system = cassis.TypeSystem()
    span = system.create_type(_SPAN, supertypeName=_ANNOTATION)
    for name in ("label", "more"):
        system.create_feature(span, name, "uima.cas.String")
    features = set()
    for name, kinds in sorted(seen.items()):
        kind = next(iter(kinds))
        if len(kinds) == 1 and kind in _RANGES and re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII) and _is_free(name):
            system.create_feature(span, name, _RANGES[kind])
            features.add(name)
    link = system.create_type(_LINK, supertypeName=_ANNOTATION)
    system.create_feature(link, "label", "uima.cas.String")
    for name in ("Governor", "Dependent"):
        system.create_feature(link, name, _ANNOTATION)
    about = system.create_type(_ABOUT, supertypeName=_ANNOTATION)
    system.create_feature(about, "content", "uima.cas.String")
    return system, features


def _is_free(name: str) -> bool:
    return name not in _OWN and name not in ("more", "type", "self", "xmiID")


def _cas(document: AnnotatedDocument, system: Any, features: set[str]) -> Any:
    cas = _cassis().Cas(typesystem=system)
    cas.sofa_string, cas.sofa_mime = document.text, "text/plain"
    span_type, link_type, about_type = map(system.get_type, (_SPAN, _LINK, _ABOUT))
    spans = {}
    for mention in document.mentions:
        more = {name: value for name, value in mention.attributes.items() if name not in features}
        spans[mention.mention_id] = span_type(
            begin=mention.start,
            end=mention.end,
            label=mention.label,
            more=json.dumps(more) if more else None,
            **{name: value for name, value in mention.attributes.items() if name in features},
        )
    links = [
        link_type(
            begin=spans[link.tail].begin,
            end=spans[link.tail].end,
            label=link.label,
            Governor=spans[link.head],
            Dependent=spans[link.tail],
        )
        for link in document.relations
    ]
    known = {name: value for name in _ABOUT_FIELDS if (value := getattr(document, name))}
    about = [about_type(begin=0, end=len(document.text), content=json.dumps(known))] if known else []
    cas.add_all([*spans.values(), *links, *about])
    return cas


def _everything(document: AnnotatedDocument) -> str:
    """Return all words that go into a file as they are."""
    values = (str(value) for mention in document.mentions for value in mention.attributes.values())
    names = (*(mention.label for mention in document.mentions), *(link.label for link in document.relations))
    return "".join([document.text, *names, *values])

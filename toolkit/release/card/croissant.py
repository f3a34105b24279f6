"""croissant.json: a description of the release for machines that look for datasets, with its responsible-AI part.

Formats: Croissant 1.1 (https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html), which takes origin and terms
of use from PROV-O and ODRL (see `toolkit.release.card.lineage`), and its vocabulary for responsible AI
(https://docs.mlcommons.org/croissant/docs/croissant-rai-spec.html).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pyarrow as pa

from toolkit.release.card.facts import Facts
from toolkit.release.card.lineage import PREFIXES, PROPERTIES, origin_of_records, origin_of_release, terms_of_use
from toolkit.release.tables.columns import KEYS

_CONTEXT: Final[dict[str, Any]] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    **PREFIXES,
    "annotation": "cr:annotation",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}

_TYPES: Final = {pa.string(): "sc:Text", pa.int64(): "sc:Integer", pa.float64(): "sc:Float", pa.bool_(): "sc:Boolean"}
_TYPES[pa.float32()] = "sc:Float"


def croissant(facts: Facts, columns: dict[str, pa.Schema]) -> dict[str, Any]:
    """Return the description of a release as JSON-LD.

    Args:
        facts: What it is written from.
        columns: Config → Arrow schema.
    """
    terms = facts.terms
    home = _home(terms.repo)
    at_tag = _at_tag(home, terms.version)
    repository = {
        "@type": "cr:FileObject",
        "@id": "repo",
        "name": "repo",
        "description": "The directory that the release is.",
        "contentUrl": at_tag,
        "encodingFormat": "git+https",
        "sha256": "https://github.com/mlcommons/croissant/issues/80",
    }
    licence = (
        f"https://spdx.org/licenses/{facts.licence}.html" if facts.licence else f"{home}/blob/v{terms.version}/LICENSE"
    )
    found: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"],
        "name": facts.schema.name,
        "alternateName": terms.title,
        "description": f"{facts.rows} sentences of {facts.stories} news stories. {facts.schema.description}",
        "url": home,
        "version": terms.version,
        "license": licence,
        "creator": [{"@type": "sc:Person", "name": author} for author in terms.authors],
        **({"datePublished": terms.released_on} if terms.released_on else {}),
        "distribution": [repository, *(_file_set(config) for config in facts.tables)],
        "recordSet": [
            {**_record_set(config, columns[config]), **origin_of_records(config, facts)} for config in facts.tables
        ],
    }
    return {**found, **origin_of_release(facts), **terms_of_use(facts, licence), **_responsible_use(facts)}


def placed(description: Mapping[str, Any], repo: str, version: str) -> dict[str, Any]:
    """Return a description that names a repository of the Hub as the place of the release."""
    home = _home(repo)
    licence = str(description.get("license", ""))
    licence = f"{home}/blob/v{version}/LICENSE" if licence.endswith("/LICENSE") else licence
    offer = description.get("usageInfo")
    distribution = [
        {**item, "contentUrl": _at_tag(home, version)} if item.get("@id") == "repo" else item
        for item in description["distribution"]
    ]
    return {
        **description,
        "url": home,
        "license": licence,
        "distribution": distribution,
        **({"usageInfo": {**offer, "license": licence}} if offer else {}),
    }


def _home(repo: str | None) -> str:
    return f"https://huggingface.co/datasets/{repo}" if repo else "https://example.org/not-published"


def _at_tag(home: str, version: str) -> str:
    """Return the address by which git finds the tag: a clone knows no other branches than those of its head."""
    return f"{home}/tree/refs%2Ftags%2Fv{version}"


def _file_set(config: str) -> dict[str, Any]:
    folder = "data" if config == "default" else config
    return {
        "@type": "cr:FileSet",
        "@id": f"files-{config}",
        "name": f"files-{config}",
        "containedIn": {"@id": "repo"},
        "encodingFormat": "application/x-parquet",
        "includes": f"{folder}/*.parquet",
    }


def _record_set(config: str, columns: pa.Schema) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": config,
        "name": config,
        "key": [{"@id": f"{config}/{name}"} for name in KEYS[config]],
        "field": [_field(config, field) for field in columns],
    }


def _field(config: str, field: pa.Field) -> dict[str, Any]:
    found: dict[str, Any] = {"@type": "cr:Field", "@id": f"{config}/{field.name}", "name": f"{config}/{field.name}"}
    if found["@id"] in PROPERTIES:
        found["equivalentProperty"] = PROPERTIES[found["@id"]]
    kind = field.type
    if pa.types.is_list(kind):
        found["repeated"] = True
        kind = kind.value_type
    source = {"fileSet": {"@id": f"files-{config}"}, "extract": {"column": field.name}}
    if pa.types.is_struct(kind):
        found["subField"] = [each for part in kind for each in _parts(found["@id"], part, source, part.name)]
        return found
    return {**found, "dataType": _TYPES[kind], "source": source}


def _parts(owner: str, part: pa.Field, source: dict[str, Any], path: str) -> Iterator[dict[str, Any]]:
    """Yield a part of a struct as a field; those of a struct within it lie beside it, as mlcroissant reads them."""
    name, kind = f"{owner}/{part.name}", part.type
    if pa.types.is_struct(kind):
        for inner in kind:
            yield from _parts(name, inner, source, f"{path}.{inner.name}")
        return
    found: dict[str, Any] = {"@type": "cr:Field", "@id": name, "name": name}
    if pa.types.is_list(kind):
        found["repeated"] = True
        kind = kind.value_type
    yield {**found, "dataType": _TYPES[kind], "source": {**source, "transform": {"jsonPath": path}}}


def _responsible_use(facts: Facts) -> dict[str, Any]:
    """Return the responsible-AI part as far as the data tells it; what only people know stands on the card."""
    decided = ", ".join(f"{count} by {method}" for method, count in facts.methods.items())
    answered = max(facts.left_out.answered, 1)
    return {
        "rai:dataAnnotationProtocol": f"Schema {facts.schema.ref}; the guidelines are in schema/guidelines.md.",
        "rai:dataAnnotationPlatform": "Label Studio",
        "rai:dataAnnotationAnalysis": f"Decisions: {decided}. Agreement with intervals is in agreement.json.",
        "rai:annotationsPerItem": f"{facts.answers / answered:.2f} on average, by {len(facts.annotators)} annotators",
        "rai:personalSensitiveInformation": "Annotators appear under pseudonyms. Articles may name people in the news.",
        "rai:dataReleaseMaintenancePlan": "Versions are git tags; CHANGELOG.md says what changed and why.",
        "rai:dataLimitations": f"Text released: {facts.terms.text}. Rare labels are listed on the card.",
    }

"""The origin and the terms of use of a release, in the vocabularies that Croissant 1.1 names for them.

Origin: PROV-O (https://www.w3.org/TR/prov-o/): pages → articles → sentences → answers → decisions, each by an activity
of a program or of people, who stand under their pseudonyms. Terms of use: ODRL (https://www.w3.org/TR/odrl-model/);
they say what the licences say and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from toolkit.release.card.facts import Facts
from toolkit.version import __version__

PREFIXES: Final = {
    "cc": "http://creativecommons.org/ns#",
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "prov": "http://www.w3.org/ns/prov#",
}
"""Of the vocabularies, for the JSON-LD context."""

_NOT_STATED: Final = "not stated"
_ACTIVITIES: Final[Mapping[str, tuple[str, str, tuple[str, ...]]]] = {
    "articles": ("ingest", "Raw pages are read into articles, every character traced to bytes", ()),
    "annotations": ("labelling", "People answer each sentence in Label Studio", ("articles",)),
    "default": ("adjudicate", "Answers are decided on, what is disputed by experts", ("articles", "annotations")),
    "undecided": ("adjudicate", "Answers are not decided on yet", ("articles", "annotations")),
    "spans": ("adjudicate", "Spans of the decisions", ("default",)),
    "relations": ("adjudicate", "Relations between spans of the decisions", ("default",)),
    "figures": ("adjudicate", "Spans of the decisions that hold a number", ("default",)),
    "links": ("adjudicate", "Links that people drew between decided sentences of a story", ("default",)),
    "claims": ("ledger", "Decided sentences in the order of time, copies once", ("default", "links")),
    "tolls": ("ledger", "Figures merged by named rules, never added up", ("figures", "links")),
}
"""Config → the activity that made it: name, what is done, and the configs that it is derived from."""

PROPERTIES: Final[Mapping[str, str]] = {
    "annotations/annotator": "prov:wasAttributedTo",
    "annotations/updated_at": "prov:generatedAtTime",
    "annotations/sentence_id": "prov:wasDerivedFrom",
    "default/article_id": "prov:wasDerivedFrom",
    "default/page_sha256": "prov:wasDerivedFrom",
    "articles/page_source": "prov:wasDerivedFrom",
    "articles/url": "prov:hadPrimarySource",
    "spans/sentence_id": "prov:wasDerivedFrom",
}
"""Field of a record set → the property of PROV-O that its values are."""


def origin_of_release(facts: Facts) -> dict[str, Any]:
    """Return how the release as a whole came about."""
    activity = _activity("build", f"Release {facts.terms.version} is frozen", facts, ())
    inputs = [
        {"@type": "prov:Entity", "@id": f"sha256:{digest}", "prov:label": name}
        for name, digest in sorted(facts.terms.inputs.items())
    ]
    return {
        "prov:wasGeneratedBy": activity | ({"prov:used": inputs} if inputs else {}),
        "prov:wasDerivedFrom": {"@type": "prov:Entity", "@id": "pages", "prov:label": "The raw pages of news"},
    }


def origin_of_records(config: str, facts: Facts) -> dict[str, Any]:
    """Return how the records of a config came about."""
    if config not in _ACTIVITIES:
        return {}
    name, said, sources = _ACTIVITIES[config]
    people = [each for each in facts.annotators if each not in facts.terms.withheld] if config == "annotations" else []
    found: dict[str, Any] = {
        "prov:wasGeneratedBy": _activity(f"{config}/{name}", said, facts, people),
        "prov:wasDerivedFrom": [{"@id": source} for source in sources if source in facts.tables] or {"@id": "pages"},
    }
    return found


def _activity(name: str, said: str, facts: Facts, people: Sequence[str]) -> dict[str, Any]:
    software = {"@type": "prov:SoftwareAgent", "@id": "software", "prov:label": f"toolkit {__version__}"}
    persons = [{"@type": "prov:Person", "@id": f"annotator/{person}", "prov:label": person} for person in people]
    return {
        "@type": "prov:Activity",
        "@id": f"activity/{name}",
        "prov:label": f"{said}; schema {facts.schema.ref}",
        "prov:wasAssociatedWith": [software, *persons],
    }


def terms_of_use(facts: Facts, licence: str) -> dict[str, Any]:
    """Return what may be done with the release: of its labels, and of the articles' words where no licence is stated.

    Args:
        facts: What it is written from.
        licence: Address of the licence.
    """
    parts = facts.terms.licence.upper().split("-")
    duties = [
        {"@type": "odrl:Duty", "odrl:action": {"@id": word}}
        for part, word in (("BY", "cc:Attribution"), ("SA", "cc:ShareAlike"))
        if part in parts
    ]
    permission = {"@type": "odrl:Permission", "odrl:action": {"@id": "odrl:use"}}
    offer: dict[str, Any] = {
        "@type": ["CreativeWork", "odrl:Offer"],
        "name": f"Terms of use: {facts.terms.licence}",
        "license": licence,
        "odrl:permission": permission | ({"odrl:duty": duties} if duties else {}),
    }
    forbidden = [
        {"@type": "odrl:Prohibition", "odrl:action": {"@id": word}}
        for part, word in (("NC", "cc:CommercialUse"), ("ND", "odrl:derive"))  # codespell:ignore nd
        if part in parts
    ]
    if facts.terms.text.full and facts.licences.get(_NOT_STATED):
        forbidden.append(
            {
                "@type": "odrl:Prohibition",
                "name": f"No right is granted to the words of {facts.licences[_NOT_STATED]} articles without a licence",
                "odrl:action": {"@id": "odrl:distribute"},
                "odrl:target": {"@id": "articles/text"},
            }
        )
    return {"usageInfo": offer | ({"odrl:prohibition": forbidden} if forbidden else {})}

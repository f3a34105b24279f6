"""Licences: the ids of SPDX, those that the Hub knows, and those under which an article's words may be passed on."""

from __future__ import annotations

from typing import Final

_HUB = """
apache-2.0 mit openrail bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0 bigcode-openrail-m
afl-3.0 artistic-2.0 bsl-1.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear c-uda cc cc0-1.0 cc-by-2.0 cc-by-2.5
cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0
cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0
cdla-permissive-2.0 wtfpl ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 eupl-1.2 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl
lgpl-2.1 lgpl-3.0 isc h-research intel-research lppl-1.3c ms-pl apple-ascl apple-amlr mpl-2.0 odc-by odbl openmdw-1.0
openrail++ osl-3.0 postgresql ofl-1.1 ncsa unlicense zlib pddl lgpl-lr deepfloyd-if-license
fair-noncommercial-research-license llama2 llama3 llama3.1 llama3.2 llama3.3 llama4 grok2-community gemma unknown
other
"""
HUB: Final = frozenset(_HUB.split())
"""Ids that the Hub takes in a card; any other is an error of the whole card there."""

_RENAMED: Final = {
    "odbl-1.0": "odbl",
    "odc-by-1.0": "odc-by",
    "pddl-1.0": "pddl",
    "gfdl-1.3": "gfdl",
    "gfdl-1.2": "gfdl",
    "gfdl-1.1": "gfdl",
    "c-uda-1.0": "c-uda",
}
"""SPDX id in lower case, without -only and -or-later → the Hub's id, where it is another one."""


def hub_licence(spdx: str) -> dict[str, str]:
    """Return the keys of a card's metadata for a licence.

    Args:
        spdx: Its SPDX id; any other name is given as `license_name`.

    Examples:
        >>> hub_licence("ODbL-1.0"), hub_licence("CC-BY-4.0")
        ({'license': 'odbl'}, {'license': 'cc-by-4.0'})
        >>> hub_licence("CC-BY-SA-2.0")["license_name"]
        'cc-by-sa-2.0'
    """
    low = spdx.strip().casefold()
    plain = low.removesuffix("-only").removesuffix("-or-later")
    for name in (low, plain, _RENAMED.get(plain, "")):
        if name in HUB:
            return {"license": name}
    named = "-".join("".join(sign if sign.isalnum() or sign in "-._" else " " for sign in low).split())
    return {"license": "other", "license_name": named or "unnamed", "license_link": "LICENSE"}


_OPEN: Final = ("cc0-", "cc-by-", "cc-pddc", "pddl-", "odc-by-", "odbl-", "ogl-", "public domain", "nlod-", "dl-de-by-")
"""How the ids of licences begin that let anybody pass the words on, at least unchanged and not for money."""


def may_be_published(licence: str | None) -> bool:
    """Tell whether a licence, as a source states it, lets others pass an article's words on.

    Examples:
        >>> may_be_published("CC-BY-NC-4.0"), may_be_published("All rights reserved"), may_be_published(None)
        (True, False, False)
    """
    return licence is not None and licence.strip().casefold().startswith(_OPEN)


def spdx_page(licence: str) -> str | None:
    """Return the page of an SPDX licence; None for a name that is no SPDX id, such as "see website"."""
    return f"https://spdx.org/licenses/{licence}.html" if _is_id(licence) else None


def _is_id(licence: str) -> bool:
    return bool(licence) and all(sign.isascii() and (sign.isalnum() or sign in "-.+") for sign in licence)

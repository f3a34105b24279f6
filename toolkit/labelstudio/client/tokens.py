"""The two kinds of token that Label Studio gives out, and the remedy when one is refused.

A legacy token is 40 hexadecimal digits and goes into every request. A personal access token is a JWT that is good
for one thing only: to be exchanged for an access token, which lives five minutes (measured, 1.23.2).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import time
from typing import Literal

from toolkit.errors import AccessDenied, InvalidConfig

Kind = Literal["legacy", "personal"]

_LEGACY = re.compile(r"[0-9a-f]{40}")
_EARLY = 30.0  # seconds before its end at which an access token is exchanged


class NoToken(InvalidConfig):
    """There is an address, and no token for it."""


def kind_of(token: str, *, variable: str) -> Kind:
    """Tell the kinds apart by their form.

    Args:
        token: What the user gave.
        variable: Name of the variable it came from, for the message.

    Raises:
        InvalidConfig: It is neither.
    """
    if _LEGACY.fullmatch(token):
        return "legacy"
    if (claims := _claims(token)) is not None:
        if claims.get("token_type") == "access":
            raise InvalidConfig(
                "it is the access token for which a personal access token was exchanged, and lives five minutes",
                where=variable,
                remedy="copy the personal access token itself from Account & Settings in Label Studio",
            )
        return "personal"
    raise InvalidConfig(
        f"its {len(token)} characters are neither a legacy token (40 hexadecimal digits) nor a personal access token "
        "(three parts with dots between)",
        where=variable,
        remedy="copy it again from Account & Settings in Label Studio",
    )


def expires(access: str) -> float:
    """Return when an access token has to be exchanged, as seconds of `time.time`."""
    claims = _claims(access) or {}
    end = claims.get("exp")
    return (float(end) if isinstance(end, int | float) else time.time() + 300) - _EARLY


def refused(kind: Kind, detail: str, *, url: str, variable: str) -> AccessDenied:
    """Return the error of a refused token, with what mends it."""
    if "legacy" in detail and "disabled" in detail:
        return AccessDenied(
            "the server has legacy tokens switched off",
            where=url,
            remedy=f"put a personal access token into {variable}, or switch legacy tokens on under Organization > "
            "API Tokens Settings",
        )
    name = {"legacy": "legacy token", "personal": "personal access token"}[kind]
    return AccessDenied(
        f"the server refuses the {name} ({detail.rstrip('.')})",
        where=url,
        remedy=f"copy a token of this server from Account & Settings into {variable}",
    )


def _claims(token: str) -> dict[str, object] | None:
    """Return the claims of a JWT, None if it is not one."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return None
    return claims if isinstance(claims, dict) else None

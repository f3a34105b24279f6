"""Annotators by pseudonym: the log never holds a name, an e-mail address or a user number.

A pseudonym is an HMAC-SHA256 of the e-mail address under a secret of the project, so that it is the same in every
pull and can't be found by trying addresses. The secret is in .secrets/ with mode 0600 and never leaves it; a
fingerprint of it beside the log tells whether it is still the one that the log was made with.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from toolkit.errors import InvalidInput, UsageError
from toolkit.project import Workspace, write_atomic
from toolkit.project.logs.annotation_log import ADDRESS, CONTENT_KEYS, NAME_KEYS, USER_KEYS

SECRET = ".secrets/pseudonyms.key"  # noqa: S105  # where it is
FINGERPRINT = "annotations/pseudonyms.fingerprint"
_HEX_DIGITS = 10

NOBODY = "nobody-"
"""Begins the pseudonym of an answer that names nobody."""

_STRIPPED = frozenset({*NAME_KEYS, "created_ago", "avatar", "initials", "phone"})  # created_ago changes by the minute


class Pseudonyms:
    """Pseudonyms under one secret.

    Args:
        secret: The key; None makes names of the user numbers, for files that are read outside a project.
        emails: User number → e-mail address, where the server says.
        keep_identities: `strip` leaves everything as it is.
        server: What tells the server of user numbers from others: user 1 of one is not user 1 of another.
        known: User number there → pseudonym, where a person has one already.
    """

    def __init__(
        self,
        secret: bytes | None,
        emails: Mapping[int, str] | None = None,
        *,
        keep_identities: bool = False,
        server: str = "",
        known: Mapping[int, str] = MappingProxyType({}),
    ) -> None:
        self._secret = secret
        self._server = server
        self._known = dict(known)
        self._keep = keep_identities
        self._emails = dict(emails or {})
        self._made: dict[tuple[int | None, str | None], str] = {}

    def of(self, user: Any, *, alone: str = "") -> str:
        """Return the pseudonym of a user as Label Studio names one: a number, an address or an object.

        An object with both teaches the address of the number.

        Args:
            user: The user; None where nobody is known.
            alone: Id of the answer: one that nobody is known of is nobody else's either.
        """
        number, email = _parts(user)
        if number is None and email is None:
            return f"{NOBODY}{_short(hashlib.sha256(alone.encode()).hexdigest())}"
        if number is not None and email:
            self._emails.setdefault(number, email)
        if number is not None:
            email = email or self._emails.get(number)
        if number is not None and number in self._known:
            return self._known[number]
        if (number, email) not in self._made:
            self._made[number, email] = self._pseudonym(number, email)
        return self._made[number, email]

    def _pseudonym(self, number: int | None, email: str | None) -> str:
        if self._secret is None:
            return f"user-{number}" if number is not None else f"user-{_short(hashlib.sha256(_key(email)).hexdigest())}"
        key = _key(email) if email else f"{self._server} number {number}".strip().encode()
        return f"annotator-{_short(hmac.new(self._secret, key, hashlib.sha256).hexdigest())}"

    def numbers(self) -> dict[int, str]:
        """Return user number → pseudonym of everybody who is known by number."""
        met = {number: made for (number, _), made in self._made.items() if number is not None}
        return {**{number: self.of(number) for number in self._emails}, **met, **self._known}

    def strip(self, raw: Any) -> Any:
        """Return the server's JSON with every person in it replaced by the pseudonym.

        What was labelled and what was answered (`data`, `result`) stays untouched: an address in a text is part of it.
        """
        return raw if self._keep else self._stripped(raw)

    def _stripped(self, raw: Any) -> Any:
        if isinstance(raw, Mapping):
            return {key: self._entry(key, value) for key, value in raw.items() if key not in _STRIPPED}
        if isinstance(raw, str):
            return ADDRESS.sub(lambda found: self.of(found[0]), raw) if "@" in raw else raw
        return [self._stripped(value) for value in raw] if isinstance(raw, list) else raw

    def _entry(self, key: str, value: Any) -> Any:
        if key in CONTENT_KEYS:
            return value
        return self._user(value) if key in USER_KEYS else self._stripped(value)

    def _user(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._user(entry) for entry in value]
        return None if value is None else self.of(value)


def project_pseudonyms(
    workspace: Workspace,
    emails: Mapping[int, str] | None = None,
    *,
    keep_identities: bool = False,
    server: str = "",
    known: Mapping[int, str] = MappingProxyType({}),
) -> Pseudonyms:
    """Return the pseudonyms of a project; the first call makes its secret. See `Pseudonyms` for the arguments.

    Raises:
        InvalidInput: The secret is damaged, others may read it, or it is not the one that made the log's pseudonyms.
    """
    secret = _secret(workspace)
    check_key(workspace)
    if secret is None:
        secret = _made(workspace)
    _keep_fingerprint(workspace, secret)
    return Pseudonyms(secret, emails, keep_identities=keep_identities, server=server, known=known)


def check_key(workspace: Workspace) -> bool:
    """Tell whether a project has a secret yet, after a look whether it is the one that made the log's pseudonyms.

    Raises:
        InvalidInput: It is not, or it is gone, and the same people would get other pseudonyms from now on.
    """
    path, secret, held = workspace.path(SECRET), _secret(workspace), _kept_fingerprint(workspace)
    if secret is None:
        if held is None and not _has_pseudonyms(workspace):
            return False
        what = "the key of the pseudonyms is gone, and the answers in the log were made with it"
        raise InvalidInput(what, where=str(path), remedy=_REMEDY)
    if held not in (None, _fingerprint(secret)):
        what = "the key of the pseudonyms is another than the one that the answers in the log were made with"
        raise InvalidInput(what, where=str(path), remedy=_REMEDY)
    return True


def take_new_key(workspace: Workspace) -> None:
    """Let the secret that is there, or a new one, make the pseudonyms from now on, since the old one is lost.

    Raises:
        UsageError: The old one is there.
    """
    secret, held = _secret(workspace), _kept_fingerprint(workspace)
    if secret is not None and held in (None, _fingerprint(secret)):
        raise UsageError("the key of the pseudonyms is there", where=str(workspace.path(SECRET)))
    secret = secret or _made(workspace)
    workspace.path(FINGERPRINT).unlink(missing_ok=True)
    _keep_fingerprint(workspace, secret)


_REMEDY = (
    "copy .secrets/ from where the log was made; if it is lost for good, `toolkit pull --new-key` goes on with "
    "another; see docs/how-to/team.md"
)


def _secret(workspace: Workspace) -> bytes | None:
    """Return the secret of a project; None before there is one."""
    path = workspace.path(SECRET)
    try:
        text = path.read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        return None
    if os.stat(path).st_mode & 0o077:
        raise InvalidInput("others may read it", where=str(path), remedy=f"run `chmod 600 {path}`")
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise InvalidInput("is damaged", where=str(path), remedy="bring it back from a backup") from error


def _made(workspace: Workspace) -> bytes:
    path, secret = workspace.path(SECRET), secrets.token_bytes(32)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    write_atomic(path, secret.hex() + "\n", mode=0o600)
    return secret


def _fingerprint(secret: bytes) -> str:
    return hmac.new(secret, b"fingerprint of this key", hashlib.sha256).hexdigest()[:32]


def _kept_fingerprint(workspace: Workspace) -> str | None:
    try:
        return workspace.path(FINGERPRINT).read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        return None


def _keep_fingerprint(workspace: Workspace, secret: bytes) -> None:
    if _kept_fingerprint(workspace) is None:
        write_atomic(workspace.path(FINGERPRINT), _fingerprint(secret) + "\n")


def _has_pseudonyms(workspace: Workspace) -> bool:
    """Tell whether the log has answers under pseudonyms that a secret made."""
    return next(workspace.annotations.rows(having=re.compile(rb'"annotator":"annotator-')), None) is not None


def user_number(said: Any) -> int | None:
    """Return the number of a user; None for what can't be one: true and false are numbers only in Python."""
    return said if isinstance(said, int) and not isinstance(said, bool) and 0 <= said < 2**63 else None


def _parts(user: Any) -> tuple[int | None, str | None]:
    if isinstance(user, Mapping):
        number = user.get("id", user.get("user_id", user.get("pk")))
        email = user.get("email")
        return user_number(number), (email if isinstance(email, str) else None)
    if user_number(user) is not None:
        return user_number(user), None
    return None, user if isinstance(user, str) and user else None


def _key(email: str | None) -> bytes:
    return (email or "").strip().lower().encode(errors="backslashreplace")


def _short(digits: str) -> str:
    return digits[:_HEX_DIGITS]

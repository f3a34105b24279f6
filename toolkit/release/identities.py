"""The names and addresses of annotators that a project knows, so that none of them gets into a release.

They stand in two places: annotators.yaml has addresses, and the logs have what the server says of people if they were
pulled with --keep-identities. From an address such as ada.lovelace@example.org the name is taken too. A user name that
is one plain word (info, ada) says nothing that a text could be searched for.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from toolkit.workspace import Workspace

TEAM: Final = "annotators.yaml"

_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*")
_NAME_IN_ADDRESS = re.compile(r"[^\W\d_]{2,}(?:[._-][^\W\d_]{2,})+")
_NEWS: Final = frozenset({"result", "data"})
"""Keys of the server's JSON that hold what was labelled and what was answered: names there are those of the news."""

_USERS: Final = ("completed_by", "updated_by", "last_created_by", "created_by", "reviewed_by", "user")
_PERSONAL: Final = ("email", "username", "created_username", "first_name", "last_name")
_NAMES_SOMEBODY = re.compile(
    rb'"(?:%s)":"[^"]|"(?:%s)":"[^"@]*@' % ("|".join(_PERSONAL).encode(), "|".join(_USERS).encode())
)
"""What a line of a log has if it names anybody; all others are passed over unparsed."""

_SHORTEST = 3  # characters of a first or last name that is looked for alone


@dataclass(frozen=True)
class Identities:
    """What must not be released.

    Attributes:
        phrases: Addresses and full names, looked for in any case.
        words: First and last names, looked for as they are written, since "May" is a name and "may" is none.
    """

    phrases: frozenset[str] = field(default=frozenset(), repr=False)
    words: frozenset[str] = field(default=frozenset(), repr=False)

    def pattern(self, allowed: Collection[str]) -> re.Pattern[str] | None:
        """Return what finds them as whole words, and the allowed strings around them; None if nobody is known."""
        if not (self.phrases or self.words):
            return None
        ways = {text: rf"(?i:{_spaced(text)})" for text in self.phrases}
        ways |= {text: _spaced(text) for text in {*self.words, *allowed} - self.phrases if text}
        longest_first = sorted(ways, key=lambda text: (-len(text), text))
        return re.compile(rf"(?<!\w)(?:{'|'.join(ways[text] for text in longest_first)})(?!\w)")


def identities(workspace: Workspace) -> Identities:
    """Collect the names and addresses that a project knows to be its annotators'.

    Raises:
        InvalidInput: A log is damaged.
    """
    found = _Found()
    team = workspace.path(TEAM)
    if team.exists():
        found.addresses(team.read_text(encoding="utf-8", errors="replace"))
    for log in (workspace.annotations, workspace.adjudications):
        for row in log.rows(having=_NAMES_SOMEBODY):
            found.look(row.get("raw"))
    return Identities(frozenset(found.phrases), frozenset(found.words))


class _Found:
    def __init__(self) -> None:
        self.phrases: set[str] = set()
        self.words: set[str] = set()

    def look(self, raw: Any) -> None:
        """Take in every person of the server's JSON."""
        if isinstance(raw, Mapping):
            self._person(raw)
            for key, value in raw.items():
                if key not in _NEWS:
                    self.look(value)
        elif isinstance(raw, list):
            for value in raw:
                self.look(value)

    def addresses(self, text: str) -> None:
        """Take in every address of a text, and the names that stand in them."""
        for address in _ADDRESS.findall(text):
            self.phrases.add(address)
            self._user_name(address.partition("@")[0])

    def _person(self, person: Mapping[str, Any]) -> None:
        for key in (*_USERS, *_PERSONAL):
            self.addresses(_text(person.get(key)))
        first, last = (_text(person.get(key)) for key in ("first_name", "last_name"))
        if first and last:
            self.phrases |= {f"{first} {last}", f"{last}, {first}"}
        self.words |= {name for name in (first, last) if len(name) >= _SHORTEST}
        self._user_name(_text(person.get("username")))
        before_address = _ADDRESS.split(_text(person.get("created_username")))[0].strip()
        if " " in before_address:
            self.phrases.add(before_address)

    def _user_name(self, name: str) -> None:
        if _NAME_IN_ADDRESS.fullmatch(name):
            self.phrases |= {name, re.sub(r"[._-]", " ", name)}


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _spaced(text: str) -> str:
    """Return a pattern for a text whose words may stand on two lines."""
    return r"\s+".join(map(re.escape, text.split()))
